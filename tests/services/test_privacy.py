"""Persons: shown masked, opened with a reason, exported, anonymised; the books stay as they are."""

import json
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from openpyxl import load_workbook

from pos_app.domain.errors import DiskFull, ManagerNeeded, Misuse, UnknownProducer, UnknownStaff
from pos_app.ledger import exchange, persons, queries, registry
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.persons import Kind
from pos_app.ledger.sqlite import connect_plainly
from pos_app.ledger.vault import Vault, about
from pos_app.services import papers, people, privacy, receiving
from pos_app.services.context import Counter, User
from pos_app.services.ids import uuid7
from pos_app.services.receiving import Delivered
from pos_app.services.registering import import_file
from sync.protocol.facts import ProducerFacts
from sync.protocol.messages import Page, Row, pack_rows
from tests.corner import MORNING, Corner, new_corner, register, write_csv

PRODUCERS = [
    {"producer_code": "P1", "business_name": "Warung Sutinah Marked", "owner_name": "Sutinah Marked"}
    | {"phone": "081299887766", "npwp": "013121660091000", "bank_name": "BRI", "bank_account": "998877665544"},
    {"producer_code": "P2", "business_name": "Dua"},
]
PRODUCTS = [
    {"sku": "T1", "barcode": "2000000000015", "name": "Keripik", "producer_code": "P1"}
    | {"pricing": "titip", "consign_price": 14400, "sell_price": 16000},
]
STAFF = [
    {"staff_code": "S1", "name": "Wagiman Marked", "nip": "197509282000032901", "unit": "Bagian Marked"}
    | {"tab_limit": 100000},
    {"staff_code": "S2", "name": "Pegawai Dua", "tab_limit": 0},
]
MARKS = (b"Marked", b"081299887766", b"+6281299887766", b"998877665544", b"197509282000032901", b"rahasia")


@pytest.fixture
def held(tmp_path: Path) -> Corner:
    """A corner with marked persons, a tab that was paid, a delivery sold out and settled, and notes; a manager acts."""
    made = new_corner(tmp_path)
    register(made, tmp_path, PRODUCERS, PRODUCTS, STAFF)
    for name, pin in (("Ratna", "123456"), ("Tuti Marked", "222222")):
        people.add_user(made.ledger, made.counter.vault, name=name, pin=pin, role="pengelola", now=MORNING)
    made.counter.user = next(user for user in people.users(made.counter) if user.name == "Ratna")
    made.do("open_shift", float=200_000)
    made.receive("T1", "2")
    tab = [{"kind": "tab", "staff": "S1", "amount": 16_000}]
    made.do("sale", lines=[{"code": "T1", "quantity": "1"}], tenders=tab, note="rahasia Wagiman")
    made.sell("T1")
    return made


def settle(corner: Corner) -> None:
    corner.do("tab_payment", staff="S1", amount=16_000, tender="cash")
    corner.do("settle", producer="P1", tender="cash", note="rahasia Sutinah")


def other_user(corner: Corner) -> User:
    return next(user for user in people.users(corner.counter) if user.name == "Tuti Marked")


def sealed_blobs(corner: Corner) -> list[bytes]:
    sql = (
        "SELECT personal FROM staff WHERE code = 'S1' UNION ALL SELECT personal FROM producers WHERE code = 'P1'"
        " UNION ALL SELECT sealed FROM notes"
    )
    return [row[0] for row in corner.db.execute(sql)]


def bytes_on_disk(corner: Corner) -> bytes:
    path = corner.ledger.path
    files = [path, path.with_name(f"{path.name}-wal")]
    return b"".join(file.read_bytes() for file in files if file.exists())


def activity(corner: Corner) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in corner.db.execute("SELECT user, action, detail FROM activity ORDER BY id")]


# Masks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "text", "shown"),
    [
        ("nik", "1872010101900001", "187201******0001"),
        ("nip", "197509282000032901", "1975**********2901"),
        ("bank_account", "998877661234", "****1234"),
        ("phone", "081299887766", "0812*****766"),
        ("npwp", "013121660091000", "01*********1000"),
        ("owner_name", "Sutinah Ayu", "S**** A****"),
        ("bank_account", "12345", "*****"),
        ("phone", "", ""),
    ],
)
def test_a_number_shows_its_ends_only(field: str, text: str, shown: str) -> None:
    assert privacy.masked_text(field, text) == shown


def test_a_masked_person_tells_no_number_and_is_no_look(held: Corner) -> None:
    producer = privacy.masked(held.counter, "producer", "P1")
    assert producer.name == "Warung Sutinah Marked"
    assert producer.personal["bank_account"] == "****5544"
    staff = privacy.masked(held.counter, "staff", "S1")
    assert staff.personal == {"name": "Wagiman Marked", "nip": "1975**********2901"}
    assert activity(held) == []


# Looks ------------------------------------------------------------------------------------------------------------


def test_a_look_tells_everything_and_keeps_who_when_whom_and_why(held: Corner) -> None:
    person = privacy.look(held.counter, "producer", "P1", "payment")
    assert person.personal["bank_account"] == "998877665544"
    assert person.personal["owner_name"] == "Sutinah Marked"
    user = held.counter.user
    assert user is not None
    assert activity(held) == [(user.id, "look:payment", "producer:P1")]
    (look,) = privacy.looks(held.counter)
    assert (look.user, look.kind, look.code, look.purpose) == ("Ratna", "producer", "P1", "payment")
    assert look.at == held.clock().isoformat(timespec="seconds")


def test_a_cashier_may_not_look_without_a_manager(held: Corner) -> None:
    held.counter.user = User("c1", "kasir")
    with pytest.raises(ManagerNeeded):
        privacy.look(held.counter, "staff", "S1", "contact")
    assert activity(held) == []
    privacy.look(held.counter, "staff", "S1", "contact", approved_by="m1")
    assert activity(held) == [("m1", "look:contact", "staff:S1")]


def test_a_look_needs_a_known_reason_and_a_known_person(held: Corner) -> None:
    for kind, code, purpose, error in (
        ("staff", "S1", "curious", Misuse),
        ("staff", "S9", "contact", UnknownStaff),
        ("producer", "P9", "contact", UnknownProducer),
        ("user", "u9", "contact", Misuse),
        ("cat", "S1", "contact", Misuse),
    ):
        with pytest.raises(error):
            privacy.look(held.counter, kind, code, purpose)  # type: ignore[arg-type]
    assert activity(held) == []


def test_looks_are_listed_by_person_newest_first(held: Corner) -> None:
    for code, purpose in (("S1", "contact"), ("S2", "contact"), ("S1", "check")):
        privacy.look(held.counter, "staff", code, purpose)
    assert [look.purpose for look in privacy.looks(held.counter, kind="staff", code="S1")] == ["check", "contact"]
    assert [look.code for look in privacy.looks(held.counter, 2)] == ["S1", "S2"]
    assert privacy.looks(held.counter, code="S*") == []


def test_who_looked_keeps_their_name_after_leaving_the_till(held: Corner) -> None:
    gone = other_user(held)
    privacy.look(held.counter, "staff", "S1", "check", approved_by=gone.id)
    people.dismiss(held.counter, gone.id)
    assert privacy.looks(held.counter)[0].user == "Tuti Marked"
    privacy.anonymise(held.counter, "user", gone.id)
    erasure, look = privacy.looks(held.counter)
    assert (erasure.purpose, erasure.user, erasure.code) == ("anonymised", "Ratna", gone.id)
    assert look.user == f"{gone.id} (dianonimkan)"


def test_looks_of_more_than_two_years_ago_are_dropped_and_nothing_else(held: Corner) -> None:
    people.log(held.counter, "drawer_opened")
    privacy.look(held.counter, "staff", "S1", "contact")
    held.clock.pass_by(days=2 * 365 + 1)
    privacy.look(held.counter, "staff", "S2", "contact")
    assert [row[1:] for row in activity(held)] == [("drawer_opened", ""), ("look:contact", "staff:S2")]


def test_without_the_key_a_person_is_a_code(held: Corner, tmp_path: Path) -> None:
    held.counter.vault = Vault(tmp_path / "other")
    person = privacy.look(held.counter, "staff", "S1", "contact")
    assert (person.name, person.personal, person.readable) == ("S1", {}, False)


def test_a_reason_typed_for_an_approval_is_kept_sealed(held: Corner) -> None:
    people.approve(held.counter, "123456", "cash_out", "untuk Wagiman Marked")
    people.approve(held.counter, "123456", "expired_goods", "MKN-002")
    people.approve(held.counter, "123456", "cash_out", "Wagiman")
    details = [row[2] for row in activity(held)]
    assert details[1] == "MKN-002"
    assert not [mark for mark in ("Marked", "Wagiman") if mark in "".join(details)]
    assert people.readable(held.counter, details[0]) == "untuk Wagiman Marked"


def test_a_reason_that_a_manager_types_at_the_counter_is_kept_sealed_too(held: Corner) -> None:
    from pos_app.ui.screens.sell.presenter import SellPresenter  # the screen's rules, without the screen

    SellPresenter(held.counter).approval("discount", None, "T1 1600 untuk Wagiman Marked")
    (row,) = activity(held)
    assert "Wagiman" not in row[2]
    assert people.readable(held.counter, row[2]) == "T1 1600 untuk Wagiman Marked"


# Export -----------------------------------------------------------------------------------------------------------


def test_a_staff_member_gets_everything_that_is_held(held: Corner, tmp_path: Path) -> None:
    settle(held)
    sheet = privacy.export_person(held.counter, "staff", "S1", tmp_path / "out")
    told = json.loads(sheet.with_suffix(".json").read_text(encoding="utf-8"))
    person = told["person"]
    assert (person["name"], person["nip"], person["unit"]) == ("Wagiman Marked", "197509282000032901", "Bagian Marked")
    assert (person["tab_limit"], person["tab_owed"]) == (100_000, 0)
    assert [(row["kind"], row["amount"]) for row in told["documents"]] == [("sale", 16_000), ("tab_payment", -16_000)]
    assert [(row["name"], row["total"]) for row in told["goods"]] == [("Keripik", 16_000)]
    assert [row["text"] for row in told["notes"]] == ["rahasia Wagiman"]
    assert [row["action"] for row in told["log"]] == ["look:export"]
    book = load_workbook(sheet)
    assert book.sheetnames == ["Orang", "Dokumen", "Barang", "Catatan", "Catatan kegiatan"]
    assert ("nip", "197509282000032901") in [tuple(cell.value for cell in row) for row in book["Orang"].rows]


def test_a_producer_gets_contact_deliveries_and_settlements(held: Corner, tmp_path: Path) -> None:
    settle(held)
    told = json.loads(
        privacy.export_person(held.counter, "producer", "P1", tmp_path).with_suffix(".json").read_text(encoding="utf-8")
    )
    assert told["person"]["bank_account"] == "998877665544"
    assert [row["kind"] for row in told["documents"]] == ["goods_received", "settlement"]
    assert [row["text"] for row in told["notes"]] == ["rahasia Sutinah"]
    assert told["person"]["payable"] == 0


def test_a_user_gets_what_they_recorded(held: Corner, tmp_path: Path) -> None:
    user = held.counter.user
    assert user is not None
    told = json.loads(
        privacy.export_person(held.counter, "user", user.id, tmp_path).with_suffix(".json").read_text(encoding="utf-8")
    )
    assert [row["kind"] for row in told["documents"]] == ["shift_opened", "goods_received", "sale", "sale"]
    assert told["person"]["name"] == "Ratna"
    assert "pin" not in json.dumps(told["person"])


def test_an_export_is_for_its_user_alone_and_replaces_nothing(held: Corner, tmp_path: Path) -> None:
    first = privacy.export_person(held.counter, "staff", "S1", tmp_path)
    second = privacy.export_person(held.counter, "staff", "S1", tmp_path)
    assert first != second
    if hasattr(stat, "S_IMODE") and first.stat().st_uid:
        assert stat.S_IMODE(first.stat().st_mode) == 0o600


def test_a_name_never_becomes_a_formula(held: Corner, tmp_path: Path) -> None:
    sealed = held.counter.vault.seal(b'{"name":"=HYPERLINK(1)"}', about("staff", "S1"))
    held.db.execute("UPDATE staff SET personal = ? WHERE code = 'S1'", (sealed,))
    book = load_workbook(privacy.export_person(held.counter, "staff", "S1", tmp_path))
    cells = [cell for row in book.worksheets[0].rows for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]


# Correct ----------------------------------------------------------------------------------------------------------


def test_what_is_wrong_is_corrected_and_that_is_logged_without_the_data(held: Corner) -> None:
    shown = privacy.correct(held.counter, "producer", "P1", {"phone": " 081200001111 ", "bank_account": "1234567890"})
    assert (shown.personal["phone"], shown.personal["bank_account"]) == ("0812*****111", "****7890")
    plain = privacy.look(held.counter, "producer", "P1", "check").personal
    assert (plain["phone"], plain["owner_name"]) == ("081200001111", "Sutinah Marked")
    assert activity(held)[0][1:] == ("corrected", "producer:P1")


def test_a_tab_is_stopped_by_its_limit_and_other_fields_are_not_touched(held: Corner) -> None:
    assert privacy.correct(held.counter, "staff", "S1", {"tab_limit": "0"}).facts["tab_limit"] == 0
    for changes in ({"tab_limit": "-1"}, {"tab_limit": "x"}, {"code": "S7"}, {"personal": ""}):
        with pytest.raises(Misuse):
            privacy.correct(held.counter, "staff", "S1", changes)
    assert privacy.look(held.counter, "staff", "S1", "check").personal["name"] == "Wagiman Marked"
    held.counter.user = User("c1", "kasir")
    with pytest.raises(ManagerNeeded):
        privacy.correct(held.counter, "staff", "S1", {"name": "X"})


# Anonymise --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "code"), [("staff", "S1"), ("producer", "P1")])
def test_nobody_is_anonymised_while_money_is_open(held: Corner, kind: Kind, code: str) -> None:
    with pytest.raises(Misuse, match=r"16\.000|28\.800"):
        privacy.anonymise(held.counter, kind, code)
    assert privacy.masked(held.counter, kind, code).personal


def test_a_producer_whose_goods_lie_on_the_shelf_stays(held: Corner) -> None:
    settle(held)
    held.receive("T1", "3")
    with pytest.raises(Misuse, match="3"):
        privacy.anonymise(held.counter, "producer", "P1")


def test_the_last_manager_and_oneself_stay(held: Corner) -> None:
    user = held.counter.user
    assert user is not None
    with pytest.raises(Misuse):
        privacy.anonymise(held.counter, "user", user.id)
    privacy.anonymise(held.counter, "user", other_user(held).id)
    held.counter.user = None
    with pytest.raises(Misuse):
        privacy.anonymise(held.counter, "user", user.id, approved_by="m9")


def test_anonymising_needs_a_manager(held: Corner) -> None:
    settle(held)
    held.counter.user = User("c1", "kasir")
    with pytest.raises(ManagerNeeded):
        privacy.anonymise(held.counter, "staff", "S1")


def test_who_is_anonymised_leaves_no_byte_in_the_file_and_the_books_balance(held: Corner) -> None:
    settle(held)
    state, entries = held.state, held.verify()
    blobs = sealed_blobs(held)
    assert len(blobs) == 4
    done = [privacy.anonymise(held.counter, kind, code) for kind, code in (("staff", "S1"), ("producer", "P1"))]
    done.append(privacy.anonymise(held.counter, "user", other_user(held).id))
    assert [(one.notes, one.complete, one.copies) for one in done] == [(1, True, ()), (1, True, ()), (0, True, ())]
    on_disk = bytes_on_disk(held)
    assert not [blob for blob in blobs if blob[:12] in on_disk or blob[-16:] in on_disk]
    assert held.state == state
    assert held.verify() == entries
    user = held.counter.user
    assert user is not None
    assert activity(held)[:2] == [(user.id, "anonymised", "staff:S1"), (user.id, "anonymised", "producer:P1")]


def test_the_search_forgets_the_business_name_and_it_stays_in_the_journal_alone(held: Corner) -> None:
    def found(word: str) -> int:
        return len(queries.search_products(held.db, word))

    def indexed() -> int:
        held.db.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab (main, product_search, 'instance')")
        count = held.db.execute("SELECT count(*) FROM temp.words WHERE term IN ('rke', 'nah')").fetchone()[0]
        held.db.execute("DROP TABLE temp.words")
        return int(count)

    settle(held)
    assert (found("Sutinah"), found("Keripik"), indexed()) == (1, 1, 2)
    privacy.anonymise(held.counter, "producer", "P1")
    assert (found("Sutinah"), found("Keripik"), found("dianonimkan")) == (0, 1, 1)
    assert indexed() == 0
    settled = held.db.execute("SELECT CAST(body AS TEXT) FROM journal WHERE kind = 'settlement'").fetchone()[0]
    assert "Warung Sutinah Marked" in settled
    assert bytes_on_disk(held).count(b"Sutinah") == 1


def test_copies_that_sqlite_left_where_it_moved_rows_go_too(demo_corner: Corner) -> None:
    demo_corner.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    blobs = dict(demo_corner.db.execute("SELECT code, personal FROM staff").fetchall())
    raw = bytes_on_disk(demo_corner)
    moved = [code for code, blob in blobs.items() if raw.count(blob[:12]) > 1][:3]
    assert moved
    for code in moved:
        privacy.anonymise(demo_corner.counter, "staff", code, approved_by="m1")
    raw = bytes_on_disk(demo_corner)
    assert not [code for code in moved if blobs[code][:12] in raw]


class TestAnErasureThatWasInterrupted:
    """The person is gone from the tables with the first commit; the pages of before go with the rewriting."""

    @pytest.fixture
    def half_done(self, held: Corner, monkeypatch: pytest.MonkeyPatch) -> Corner:
        def full(ledger: Ledger) -> bool:
            raise DiskFull(str(ledger.path))

        settle(held)
        with monkeypatch.context() as patched:
            patched.setattr(persons, "rewrite", full)
            with pytest.raises(DiskFull):
                privacy.anonymise(held.counter, "staff", "S1")
        assert persons.rewrite_due(held.db)
        return held

    def test_is_finished_when_asked_for_again(self, half_done: Corner) -> None:
        again = privacy.anonymise(half_done.counter, "staff", "S1")
        assert (again.notes, again.complete) == (0, True)
        assert not persons.rewrite_due(half_done.db)
        assert [row[1] for row in activity(half_done)].count("anonymised") == 1
        with pytest.raises(Misuse):
            privacy.anonymise(half_done.counter, "staff", "S1")

    def test_is_finished_at_the_next_start(self, half_done: Corner) -> None:
        other = half_done.ledger.another()
        assert privacy.finish(other)
        assert privacy.finish(other)
        other.close()
        assert not persons.rewrite_due(half_done.db)

    def test_is_finished_with_the_next_person(self, half_done: Corner) -> None:
        assert privacy.anonymise(half_done.counter, "staff", "S2").complete
        assert not persons.rewrite_due(half_done.db)

    def test_stays_due_while_somebody_still_reads_the_old_pages(self, held: Corner) -> None:
        settle(held)
        held.db.execute("PRAGMA busy_timeout = 0")
        with closing(held.ledger.another()) as reader:
            reader.db.execute("BEGIN")
            reader.db.execute("SELECT count(*) FROM staff").fetchone()
            assert not privacy.anonymise(held.counter, "staff", "S1").complete
            assert persons.rewrite_due(held.db)
            assert not privacy.finish(held.ledger)
        assert privacy.finish(held.ledger)
        assert not persons.rewrite_due(held.db)


def test_the_name_shows_as_a_code_with_a_word(held: Corner) -> None:
    settle(held)
    privacy.anonymise(held.counter, "staff", "S1")
    privacy.anonymise(held.counter, "producer", "P1")
    names = {member.code: member.name for member in registry.staff_members(held.db, held.counter.vault.unseal)}
    assert names["S1"] == "S1 (dianonimkan)"
    assert registry.producer_name(held.db, "P1") == "P1 (dianonimkan)"
    assert queries.search_products(held.db, "sutinah") == []
    person = privacy.look(held.counter, "staff", "S1", "request")
    assert (person.name, person.personal, person.erased) == ("S1 (dianonimkan)", {}, True)
    with pytest.raises(Misuse):
        privacy.anonymise(held.counter, "staff", "S1")


def test_papers_of_an_anonymised_person_can_still_be_printed(held: Corner) -> None:
    settle(held)
    privacy.anonymise(held.counter, "staff", "S1")
    for row in held.db.execute("SELECT document_id, kind FROM journal").fetchall():
        if row["kind"] in papers.PAPERS:
            paper = papers.document_paper(held.ledger, held.counter.vault, row["document_id"], copy=True)
            assert "Wagiman" not in str(paper)


def test_an_anonymised_user_can_no_longer_log_in(held: Corner) -> None:
    gone = other_user(held)
    privacy.anonymise(held.counter, "user", gone.id)
    assert gone.id not in [user.id for user in people.users(held.counter)]
    row = held.db.execute("SELECT pin_hash, active, personal FROM users WHERE id = ?", (gone.id,)).fetchone()
    assert tuple(row) == ("", 0, b"")


def test_nothing_of_the_centre_brings_an_anonymised_producer_back(held: Corner) -> None:
    settle(held)
    privacy.anonymise(held.counter, "producer", "P1")
    facts = [
        ProducerFacts(code="P1", business_name="Warung Sutinah Marked", nib="1234567890123"),
        ProducerFacts(code="P2", business_name="Dua Baru"),
    ]
    rows = [Row(key=one.code, body=msgspec.json.encode(one)) for one in facts]
    page = page_of("producers", rows)
    assert exchange.LedgerStore(held.ledger).apply_page(page) == 2
    assert registry.producer_name(held.db, "P1") == "P1 (dianonimkan)"
    assert registry.producer_name(held.db, "P2") == "Dua Baru"
    assert queries.search_products(held.db, "sutinah") == []
    assert [product.sku for product in queries.search_products(held.db, "keripik")] == ["T1"]
    assert b"1234567890123" not in bytes_on_disk(held)


def page_of(scope: str, rows: list[Row]) -> Page:
    """A first page of a feed."""
    return Page(nonce="", device="d", scope=scope, timeline="t", after="", cursor="c1", block=pack_rows(rows))


def test_an_import_does_not_bring_an_anonymised_person_back(held: Corner, tmp_path: Path) -> None:
    settle(held)
    privacy.anonymise(held.counter, "staff", "S1")
    path = write_csv(tmp_path / "again.csv", "staff", STAFF[:1])
    result = import_file(held.ledger, held.counter.vault, "staff", path, MORNING.date(), skip_bad=True)
    assert result.imported == 0
    assert privacy.masked(held.counter, "staff", "S1").erased


def restored(held: Corner, backup: Path, tmp_path: Path) -> Corner:
    """The backup on the same computer: same keys."""
    path = tmp_path / "again.db"
    with closing(connect_plainly(str(backup))) as source, closing(connect_plainly(str(path))) as copy:
        source.backup(copy)
    ledger = Ledger.open(path)
    return Corner(ledger, Counter(ledger, held.counter.vault, held.clock, uuid7), held.clock)


def test_a_backup_of_earlier_days_brings_nobody_back(held: Corner, tmp_path: Path) -> None:
    privacy.anonymise(held.counter, "staff", "S2")
    settle(held)
    backup = tmp_path / "backup.db"
    with closing(connect_plainly(str(backup))) as copy:
        held.db.backup(copy)
    blob = held.db.execute("SELECT personal FROM staff WHERE code = 'S1'").fetchone()[0]
    privacy.anonymise(held.counter, "staff", "S1")
    again = restored(held, backup, tmp_path)
    assert not privacy.masked(again.counter, "staff", "S1").erased
    assert privacy.anonymise_again(again.counter) == []
    assert privacy.masked(again.counter, "staff", "S1").erased
    assert blob[:12] not in bytes_on_disk(again)
    assert activity(again)[-1] == ("restore", "anonymised", "staff:S1")
    assert privacy.anonymise_again(again.counter) == []
    again.ledger.close()


def test_whose_tab_is_open_again_after_a_restore_stays_until_it_is_settled(held: Corner, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    with closing(connect_plainly(str(backup))) as copy:
        held.db.backup(copy)
    settle(held)
    privacy.anonymise(held.counter, "staff", "S1")
    again = restored(held, backup, tmp_path)
    assert privacy.anonymise_again(again.counter) == ["staff:S1"]
    assert not privacy.masked(again.counter, "staff", "S1").erased
    again.ledger.close()


def test_copies_made_before_are_named(held: Corner) -> None:
    old = held.ledger.path.with_name(f"{held.ledger.path.name}.before-v3")
    old.write_bytes(b"")
    assert privacy.anonymise(held.counter, "staff", "S2").copies == (old,)


def test_a_persons_own_number_is_no_code(held: Corner, tmp_path: Path) -> None:
    rows = [{"staff_code": code, "name": "X"} for code in ("197509282000032901", "1872010101900001", "S77")]
    path = write_csv(tmp_path / "numbers.csv", "staff", rows)
    result = import_file(held.ledger, held.counter.vault, "staff", path, MORNING.date(), skip_bad=True)
    assert [(one.line, one.field, one.code) for one in result.rejected] == [
        (2, "staff_code", "personal_code"),
        (3, "staff_code", "personal_code"),
    ]
    assert result.imported == 1


def test_the_number_of_a_producers_note_is_a_number(held: Corner) -> None:
    for reference in ("titipan Bu Sutinah", "x" * 41 + "1", "12;Sutinah"):
        with pytest.raises(Misuse):
            receiving.receive(held.counter, "P1", [Delivered("T1", 1_000)], reference=reference)
    receiving.receive(held.counter, "P1", [Delivered("T1", 1_000)], reference="SJ 12/2026")


# Where nothing personal may lie -----------------------------------------------------------------------------------


def test_no_document_log_draft_or_job_holds_a_name_or_a_number(held: Corner) -> None:
    settle(held)
    held.counter.ledger.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    names = [row[0] for row in held.db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    open_by_law = {("producers", "business_name")}
    found = []
    for table in names:
        for row in held.db.execute(f"SELECT * FROM {table}"):
            for column in row.keys():  # noqa: SIM118  a Row
                value = row[column]
                raw = value if isinstance(value, bytes) else str(value).encode()
                if [mark for mark in MARKS if mark in raw] and (table, column) not in open_by_law:
                    found.append((table, column, raw[:80]))
    allowed = {("journal", "body"), ("staff", "unit")}
    assert {(table, column) for table, column, _raw in found} <= allowed
    for row in held.db.execute("SELECT kind, body FROM journal"):
        marks = [mark for mark in MARKS if mark in row["body"]]
        assert marks == ([b"Marked"] if row["kind"] == "settlement" else [])


def test_every_sealed_field_has_a_row_in_the_document() -> None:
    text = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
    fields = {field for struct in persons.PERSONAL.values() for field in struct.__struct_fields__}
    assert not [field for field in fields if f"`{field}`" not in text]
