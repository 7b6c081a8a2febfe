"""The registry as files: what is exported is imported as it was, whatever stands in it."""

import csv
import io
import tempfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos_app.domain.errors import LedgerExists, ManagerNeeded, Misuse
from pos_app.ledger import exports, registry
from pos_app.services import exporting, prices, products
from pos_app.services.context import User
from pos_app.services.exporting import FORMATS, KINDS, Format, Kind
from pos_app.services.products import NewGoods
from pos_app.services.registering import import_file
from sync.protocol.registry_rows import ProducerRow, ProductRow, StaffRow
from tests.corner import DEMO, Corner, new_corner

TODAY = date(2026, 11, 22)
MANAGER = User("m1", "pengelola", "Ratna")
HOSTILE = (
    "=1+1",
    "+62 x",
    "-5",
    "@SUM(A1)",
    '"Dua; Tiga", Empat',
    "Satu\nDua",
    "0007",
    "a\u00a0b",
    "'kutip",
    "1,5",
    "=cmd|' /C calc'!A0",
)


def filled(folder: Path) -> Corner:
    """A corner with the demo's registry."""
    folder.mkdir(parents=True, exist_ok=True)
    made = new_corner(folder)
    for kind in ("producers", "products", "staff"):
        assert not import_file(made.ledger, made.counter.vault, kind, DEMO / f"{kind}.csv", TODAY).rejected
    made.counter.user = MANAGER
    return made


def registry_of(corner: Corner) -> dict[str, list[tuple[object, ...]]]:
    """Everything an import stores, with the prices that hold now; sealed data as it reads."""
    counter = corner.counter
    producers = exports.producers(corner.db)
    staff = exports.staff(corner.db)
    codes = corner.db.execute("SELECT sku, barcode FROM barcodes ORDER BY sku, barcode")
    return {
        "producers": [tuple(exporting._producer(counter, row)) for row in producers],
        "products": [tuple(row) for row in exports.products(corner.db)],
        "barcodes": [tuple(row) for row in codes],
        "staff": [tuple(exporting._member(counter, row) or ()) for row in staff],
    }


def passed_on(corner: Corner, folder: Path, file_format: Format) -> Corner:
    """An empty ledger into which all files of another were imported."""
    folder.mkdir()
    other = new_corner(folder)
    for kind in ("producers", "products", "staff"):
        written = exporting.export(corner.counter, kind, folder / f"{kind}.{file_format}")
        assert (written.refused, written.codes_left_out) == ((), 0)
        imported = import_file(other.ledger, other.counter.vault, kind, written.path, TODAY)
        assert (imported.imported, imported.rejected, imported.warnings) == (written.rows, [], [])
    return other


@pytest.mark.parametrize("file_format", FORMATS)
def test_an_export_imported_into_an_empty_ledger_gives_the_same_registry(tmp_path: Path, file_format: Format) -> None:
    corner = filled(tmp_path / "one")
    prices.set_price(corner.counter, "MKN-001", 17_500, consign_price=15_250, min_stock=8_000)
    other = passed_on(corner, tmp_path / "other", file_format)
    assert registry_of(other) == registry_of(corner)
    row = next(row for row in registry_of(other)["products"] if row[0] == "MKN-001")
    assert row[6:9] == (15_250, None, 17_500)


@pytest.mark.parametrize("kind", KINDS)
def test_a_csv_has_exactly_the_columns_of_the_import(tmp_path: Path, kind: Kind) -> None:
    corner = filled(tmp_path / "one")
    written = exporting.export(corner.counter, kind, tmp_path / f"{kind}.csv")
    header = (DEMO / f"{kind}.csv").read_text(encoding="utf-8").splitlines()[0]
    content = written.path.read_bytes()
    assert content.decode().splitlines()[0] == header
    assert b"\r" not in content
    assert not content.startswith(b"\xef\xbb\xbf")


TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(
        lambda text: text.strip(" \t\u00a0")
    ),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(names=st.lists(TEXTS, min_size=3, max_size=3), code=st.sampled_from(["0007", "P-1", "=P", "00,1", "1E5"]))
def test_hostile_texts_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], code: str
) -> None:
    clean = [name.strip(" \t\u00a0") for name in names]
    for file_format in FORMATS:
        folder = tmp_path_factory.mktemp("hostile")
        (folder / "one").mkdir()
        corner = new_corner(folder / "one")
        corner.counter.user = MANAGER
        seal = corner.counter.vault.seal
        owner = ProducerRow(
            code, clean[0], clean[1], "", "", "mikro", "", "", "", None, "", clean[2], "", "harian", None
        )
        goods = ProductRow(
            sku=code,
            barcode=None,
            name=clean[1],
            category="makanan",
            unit="pcs",
            producer_code=code,
            pricing="titip",
            consign_price=900,
            commission_bp=None,
            sell_price=1000,
            shelf_life_days=None,
            min_stock=0,
            needs_pirt=False,
            needs_halal=True,
            e_katalog=False,
            tkdn_bp=None,
        )
        with corner.ledger.write() as tx:
            registry.add_producers(tx.db, [owner], seal)
            registry.add_products(tx.db, [goods])
            registry.add_staff(tx.db, [StaffRow(code, clean[2], "", clean[0], 0)], seal)
        other = passed_on(corner, folder / "other", file_format)
        assert registry_of(other) == registry_of(corner)
        other.ledger.close()
        corner.ledger.close()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_spreadsheet_computes_nothing_of_what_is_exported(text: str) -> None:
    line: list[str | int] = ["S1", text, "", "Umum", 0]
    row = list(csv.reader(io.StringIO(exporting.to_csv("staff", [line]).decode(), newline="")))[1]
    assert not row[1].startswith(("=", "+", "-", "@"))
    cell = openpyxl.load_workbook(io.BytesIO(exporting.to_xlsx("staff", [line])))["staff"]["B2"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.number_format == "@"


def first_row(path: Path) -> dict[str, object]:
    """What a spreadsheet's program reads in the first row below the header."""
    names, values = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))[:2]
    return {str(name): value for name, value in zip(names, values, strict=True)}


def test_identifiers_are_texts_and_money_is_numbers_in_a_workbook(tmp_path: Path) -> None:
    corner = filled(tmp_path / "one")
    written = exporting.export(corner.counter, "producers", tmp_path / "producers.xlsx")
    first = first_row(written.path)
    assert (first["npwp"], first["bank_account"], first["phone"]) == (
        "0000010017321000",
        "0000000448730",
        "08440000001",
    )
    written = exporting.export(corner.counter, "products", tmp_path / "products.xlsx")
    first = first_row(written.path)
    assert (first["barcode"], first["sell_price"]) == ("2001872001650", 48_000)


def test_what_a_file_cannot_carry_is_told(tmp_path: Path) -> None:
    corner = filled(tmp_path / "one")
    products.add_barcode(corner.counter, "MKN-001", "8991234567891")
    products.add_barcode(corner.counter, "MKN-002", "2001872000011")
    goods = NewGoods("", "Gula Curah", "sembako", "P001", 18_000, 18_000, pricing="putus")
    sku = products.register_goods(corner.counter, goods).sku
    with corner.ledger.write() as tx:
        tx.db.execute("UPDATE products SET consign_price = 20000 WHERE sku = ?", (sku,))
    written = exporting.export(corner.counter, "products", tmp_path / "products.csv")
    rows = {row["sku"]: row for row in csv.DictReader(written.path.read_text(encoding="utf-8").splitlines())}
    assert rows["MKN-001"]["barcode"] == "8991234567891", "the maker's code comes before the in-store one"
    assert rows["MKN-002"]["barcode"] == "2001872000028", "no code of other goods"
    assert written.codes_left_out == 2
    line = list(rows).index(sku) + 2
    assert [(one.line, one.field) for one in written.refused] == [(line, "consign_price")]
    assert len(exporting.remarks(written)) == 2


@pytest.mark.parametrize("kind", ["producers", "staff"])
def test_personal_data_leaves_with_a_manager_only_and_each_look_is_kept(tmp_path: Path, kind: Kind) -> None:
    corner = filled(tmp_path / "one")
    corner.counter.user = User("c1", "kasir")
    with pytest.raises(ManagerNeeded):
        exporting.export(corner.counter, kind, tmp_path / "file.csv")
    assert not (tmp_path / "file.csv").exists()
    exporting.export(corner.counter, kind, tmp_path / "file.csv", "m1")
    logged = [tuple(row) for row in corner.db.execute("SELECT user, action, detail FROM activity")]
    assert ("m1", "registry_exported", kind) in logged
    assert sum(action == "look:export" for _user, action, _detail in logged) == {"producers": 60, "staff": 80}[kind]
    assert (tmp_path / "file.csv").stat().st_mode & 0o077 == 0


def test_signs_that_no_spreadsheet_holds_are_told_and_leave_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(Misuse):
        exporting.to_xlsx("staff", [["S1", "Satu", "", "", 0], ["S2", "Du\x0ba", "", "", 0]])
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_is_stopped_leaves_nothing_behind(tmp_path: Path) -> None:
    corner = filled(tmp_path / "one")
    heard: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        heard.append((done, total))
        if done:
            raise KeyboardInterrupt

    (tmp_path / "to").mkdir()
    with pytest.raises(KeyboardInterrupt):
        exporting.export_into(corner.counter, "products", tmp_path / "to", "xlsx", None, tell)
    assert heard == [(0, 250), (200, 250)]
    assert list((tmp_path / "to").iterdir()) == []
    actions = corner.db.execute("SELECT count(*) FROM activity WHERE action = 'registry_exported'")
    assert actions.fetchone()[0] == 0


def test_a_file_that_is_there_is_not_touched(tmp_path: Path) -> None:
    corner = filled(tmp_path / "one")
    there = tmp_path / "products.csv"
    there.write_text("mine")
    with pytest.raises(LedgerExists):
        exporting.export(corner.counter, "products", there)
    with pytest.raises(Misuse):
        exporting.export(corner.counter, "products", tmp_path / "products.ods")
    assert there.read_text() == "mine"
