"""The programme's pages, over a centre whose tills really traded."""

import csv
import io
import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
import sqlalchemy as sa

from sync.server import schema
from sync.server.centre import Centre, open_centre
from sync.server.dialect import reading
from sync.server.figures import state
from sync.server.officers import Role
from sync.server.reports import tables
from tests.pages.figures import fill
from tests.pages.support import Page
from tests.server.support import Clock

ALL_ADDRESSES = (
    "/program",
    "/program/terjual",
    *(
        f"/program/terjual?menurut={by}"
        for by in ("waktu", "jenis", "bagian", "kategori", "barang", "produsen", "kelurahan", "kelas")
    ),
    "/program/pembayaran",
    "/program/hak",
    "/program/hak?menurut=produsen",
    *(f"/program/barang?menurut={by}" for by in ("produsen", "pojok", "kategori", "barang", "kelurahan", "kelas")),
    *(f"/program/sertifikat?kurang={kind}" for kind in ("nib", "pirt", "halal", "tkdn", "ekatalog")),
    "/program/nota",
)
RUPIAH = re.compile(r"(-?)Rp\u00a0([\d.]+)")


@pytest.fixture(scope="session")
def traded(with_officers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre of three corners that traded for five weeks, made once: its file."""
    file = tmp_path_factory.mktemp("traded") / "centre.db"
    shutil.copy(with_officers, file)
    made = open_centre(f"sqlite:///{file}", Clock())
    fill(made, corners=3, days=35, sales=6)
    made.close()
    return file


@pytest.fixture
def database(traded: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(traded, tmp_path / 'centre.db')}"


@pytest.fixture
def viewer(client: Callable[[Role | None], Page]) -> Page:
    return client(Role.VIEWER)


def text_of(page: Page, path: str) -> str:
    answer = page.get(path)
    assert answer.status_code == 200, (path, answer.text[:2000])
    return unescape(answer.text)


def links(html: str, path: str) -> list[str]:
    """Links of a page that begin with ``path``, each once."""
    return list(dict.fromkeys(found for found in re.findall(r'href="([^"]+)"', html) if found.startswith(path)))


def amount(text: str) -> int:
    sign, digits = RUPIAH.search(text).groups()
    return int(digits.replace(".", "")) * (-1 if sign else 1)


def rows_of(page: Page, path: str) -> list[dict[str, str]]:
    answer = page.get(f"{path}{'&' if '?' in path else '?'}format=csv")
    assert answer.headers["content-type"].startswith("text/csv"), path
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("period", ["", "masa=lalu", "masa=90", "masa=tahun", "dari=2026-09-03&sampai=2026-09-03"])
def test_every_page_of_the_programme_opens_with_every_period(viewer: Page, period: str):
    for address in ALL_ADDRESSES:
        joined = "&" if "?" in address else "?"
        text_of(viewer, f"{address}{joined}{period}" if period else address)


@pytest.mark.parametrize(("kind", "start"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_every_table_of_the_programme_comes_as_a_file(viewer: Page, kind: str, start: bytes):
    for address in ALL_ADDRESSES[1:]:
        joined = "&" if "?" in address else "?"
        answer = viewer.get(f"{address}{joined}masa=90&format={kind}")
        assert answer.content.startswith(start), (address, kind)


def test_what_was_sold_equals_the_tills_own_figures(viewer: Page, centre: Centre):
    rows = rows_of(viewer, "/program/terjual?menurut=pojok&masa=90")
    sold = {row["Kode"]: int(row["Terjual"]) for row in rows}

    assert len(sold) == 3
    assert sold == {corner: state(centre, corner)["gross"] for corner in sold}


def test_every_way_to_ask_gives_the_same_sum(viewer: Page, centre: Centre):
    gross = state(centre)["gross"]
    for by in ("waktu", "jenis", "bagian", "kategori", "barang", "produsen", "kelurahan", "kelas"):
        rows = rows_of(viewer, f"/program/terjual?menurut={by}&masa=90")
        assert sum(int(row["Terjual"]) for row in rows) == gross, by
        assert sum(int(row["Untuk dinas"]) + int(row["Pribadi"]) for row in rows) == gross, by


def test_an_office_leads_down_to_a_single_receipt(viewer: Page):
    offices = text_of(viewer, "/program/terjual?masa=lalu")
    producers = text_of(viewer, links(offices, "/program/terjual?masa=lalu&pojok=MTR-001")[0])
    days = text_of(viewer, next(link for link in links(producers, "/program/terjual") if "produsen=P" in link))
    papers = [text_of(viewer, link) for link in links(days, "/program/nota?")]
    receipt = text_of(viewer, next(link for day in papers for link in links(day, "/program/nota/")))

    assert "ST-MTR001A-" in receipt
    assert "cocok dengan isinya" in receipt


def test_a_days_papers_add_up_to_what_was_sold_that_day(viewer: Page):
    days = rows_of(viewer, "/program/terjual?menurut=waktu&dari=2026-09-01&sampai=2026-09-30&pojok=MTR-001")
    for day in days:
        papers = rows_of(viewer, f"/program/nota?dari={day['Hari pertama']}&sampai={day['Hari pertama']}&pojok=MTR-001")
        assert sum(int(paper["Nilai (Rp)"]) for paper in papers) == int(day["Terjual"]), day


@pytest.mark.parametrize("filter_", ["produsen=P001", "kategori=makanan", "pembeli=office", "kelas=mikro"])
def test_papers_of_what_was_asked_about_add_up_too(viewer: Page, filter_: str):
    days = rows_of(viewer, f"/program/terjual?menurut=waktu&dari=2026-09-01&sampai=2026-09-30&{filter_}")
    checked = 0
    for day in days:
        first = day["Hari pertama"]
        papers = rows_of(viewer, f"/program/nota?dari={first}&sampai={first}&{filter_}")
        assert sum(int(paper["Nilai (Rp)"]) for paper in papers) == int(day["Terjual"]), day
        checked += len(papers)
    assert checked


def test_a_refunded_sale_names_its_refund_and_the_refund_its_sale(viewer: Page, centre: Centre):
    with reading(centre.engine) as db:
        refund = db.execute(sa.select(tables.papers).where(tables.papers.c.kind == "refund")).first()
        sale = db.execute(sa.select(tables.papers).where(tables.papers.c.document_id == refund.of)).one()

    assert refund.number in text_of(viewer, f"/program/nota/{sale.device}/{sale.seq}")
    assert sale.number in text_of(viewer, f"/program/nota/{refund.device}/{refund.seq}")
    assert "Dikembalikan" in text_of(viewer, f"/program/nota/{sale.device}/{sale.seq}")


def test_a_paper_is_found_by_its_number(viewer: Page):
    assert "ST-MTR001A-000005" in text_of(viewer, "/program/nomor?n=st-mtr001a-000005")
    assert "tidak mempunyai nota ST-X" in text_of(viewer, "/program/nomor?n=ST-X")


def test_an_entry_that_was_changed_in_the_database_is_seen(viewer: Page, centre: Centre):
    with centre.engine.begin() as db:
        device = db.execute(sa.select(schema.devices.c.device)).scalars().first()
        mine = (schema.entries.c.device == device, schema.entries.c.seq == 5)
        body = db.execute(sa.select(schema.entries.c.body).where(*mine)).scalar_one()
        db.execute(sa.update(schema.entries).where(*mine).values(body=bytes(body).replace(b"0", b"1", 1)))

    assert "tidak cocok" in text_of(viewer, f"/program/nota/{device}/5")


def test_an_entry_in_quarantine_says_why(viewer: Page, centre: Centre):
    with centre.engine.begin() as db:
        device = db.execute(sa.select(schema.devices.c.device)).scalars().first()
        row = {"device": device, "epoch": 1, "seq": 6, "reason": "unbalanced", "detail": ""}
        db.execute(sa.insert(schema.quarantine), row)

    assert "Dalam karantina" in text_of(viewer, f"/program/nota/{device}/6")


@pytest.mark.parametrize(
    "path",
    ["/program/nota/nobody/1", "/program/nota/nobody/0", "/program/produsen/P999", "/program/terjual?menurut=nama"],
)
def test_what_is_not_there_is_told(viewer: Page, path: str):
    assert viewer.get(path).status_code == 404


def test_what_a_producer_is_owed_where_is_what_the_tills_owe(viewer: Page, centre: Centre):
    with reading(centre.engine) as db:
        query = sa.select(schema.balances.c.account).where(schema.balances.c.account.like("payable:%"))
        account = db.execute(query.where(schema.balances.c.amount < 0)).scalars().first()
    code = account.removeprefix("payable:")
    rows = rows_of(viewer, f"/program/produsen/{code}")

    owed = {row["Pojok"]: int(row["Hak sekarang"]) for row in rows}
    assert any(owed.values())
    assert owed == {corner: state(centre, corner)["payable"][code] for corner in owed}
    assert sum(owed.values()) == amount(text_of(viewer, f"/program/produsen/{code}").split('id="hak"')[1])


def test_what_corners_owe_is_what_producers_are_owed(viewer: Page):
    by_corner = rows_of(viewer, "/program/hak")
    by_producer = rows_of(viewer, "/program/hak?menurut=produsen")

    total = sum(int(row["Hak sekarang"]) for row in by_corner)
    assert total == sum(int(row["Hak sekarang"]) for row in by_producer) > 0


def test_payments_are_told_with_how_long_the_producer_waited(viewer: Page, centre: Centre):
    rows = rows_of(viewer, "/program/pembayaran?masa=90")

    with reading(centre.engine) as db:
        paid = db.execute(
            sa.select(sa.func.count(), sa.func.sum(tables.paid.c.amount)).where(tables.paid.c.taken_back == 0)
        ).one()
    assert (len(rows), sum(int(row["Sudah dibayar"]) for row in rows)) == tuple(paid)
    assert {row["Tepat waktu"] for row in rows} <= {"ya", "tidak"}


def test_no_name_of_a_person_stands_on_any_page(viewer: Page, centre: Centre):
    demo = Path(__file__).resolve().parents[2] / "assets" / "demo"
    people = {"producers.csv": "owner_name", "staff.csv": "name"}
    names = {
        row[name] for file, name in people.items() for row in csv.DictReader((demo / file).read_text().splitlines())
    }
    papers = text_of(viewer, "/program/nota?dari=2026-09-30&sampai=2026-09-30")
    more = (papers, text_of(viewer, "/program/produsen/P001"), text_of(viewer, links(papers, "/program/nota/")[0]))
    pages = [*(text_of(viewer, address) for address in ALL_ADDRESSES), *more]

    assert not [name for name in names for html in pages if name in html]


def test_the_address_says_period_and_filters_and_nothing_else(viewer: Page):
    html = text_of(viewer, "/program?masa=&pojok=MTR-001&pembeli=&jenis=")

    assert "/program/terjual?pojok=MTR-001&menurut=waktu" in html


def test_a_wrong_address_is_told_and_shows_this_month(viewer: Page):
    html = text_of(viewer, "/program?dari=2026-13-01")

    assert "Sebagian alamat tidak terbaca" in html
    assert "1 Okt 2026 s.d. 31 Okt 2026" in html


def test_figures_that_wait_are_told(viewer: Page, centre: Centre):
    with centre.engine.begin() as db:
        db.execute(sa.update(tables.reported).values(seq=tables.reported.c.seq - 1))

    assert "belum masuk angka ini" in text_of(viewer, "/program")


def test_the_plot_names_itself_and_its_figures_stand_in_a_table(viewer: Page):
    html = text_of(viewer, "/program?masa=90")

    assert '<title id="sold-title">Penjualan dari waktu ke waktu</title>' in html
    assert "Angka yang sama sebagai tabel" in html


def test_pages_are_in_english_for_who_asks(client):
    page = client(Role.VIEWER)
    page.get("/bahasa/en")

    assert "Bought for the office" in text_of(page, "/program")


def test_nobody_sees_figures_without_signing_in(client):
    nobody = client(None)
    for address in ALL_ADDRESSES:
        assert nobody.get(address, follow_redirects=False).headers["location"].startswith("/masuk"), address
