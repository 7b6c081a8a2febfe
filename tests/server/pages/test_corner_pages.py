"""The pages about corners and tills, as an officer's browser gets them."""

import html
import re

import msgspec
import sqlalchemy as sa

from sync.documents.money import Opening
from sync.protocol.batch import Condition
from sync.server.access.officers import Role
from sync.server.corners import closing
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.exchange import enrolment
from sync.server.pages.corners.board import SHOWN
from sync.server.reports.reporter import catch_up
from tests.server.pages.support import NAMES
from tests.server.support import AT, Caller, Journal, problem


def text_of(answer):
    """What a reader sees of a page."""
    assert answer.status_code == 200, answer.text
    body = re.sub(r"(?s)<(script|style|svg|head).*?</\1>", " ", answer.text)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def row_of(answer, corner):
    """What stands in the board's row of a corner."""
    row = re.search(rf'(?s)<tr data-corner="{corner}">(.*?)</tr>', answer.text)
    assert row is not None
    cells = re.findall(r"(?s)<t[dh][^>]*>(.*?)</t[dh]>", row[1])
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in cells]


def journal_at(centre, **where):
    return Journal(**where).enrol_at(centre)


def push(page, journal, batch=None):
    answer = Caller(page.client).push(journal, batch)
    assert answer.status_code == 200, answer.text


WELL = Condition(
    app="0.6.0",
    unsent=4,
    oldest_unsent_at=AT,
    backup_at="2026-09-30T16:00:00+07:00",
    free_mib=120_000,
    shift_opened_at=AT,
)


def test_the_board_shows_what_a_till_told(centre, client):
    page, journal = client(Role.VIEWER), journal_at(centre).add_moves(3)
    push(page, journal, journal.batch(1, 2, condition=WELL))
    assert row_of(page.get("/pojok"), "MTR-001") == [
        "Sekretariat Daerah MTR-001",
        "Lancar",
        "1 Okt, 08.00",
        "2",
        "0",
        "tepat",
        "16 jam lalu kosong 117 GB",
        "1 Okt, 08.00",
        "0.6.0",
        "Rp 0",
    ]


def test_a_corner_that_went_silent_stands_first_with_since_when(centre, client, clock):
    page = client(Role.VIEWER)
    push(page, journal_at(centre).add_moves(1))
    clock.pass_(days=5)
    push(page, journal_at(centre, corner="MTR-002", ledger_id="22" * 16, prefix="b").add_moves(1))
    page = client(Role.VIEWER)
    answer = page.get("/pojok")
    told = text_of(answer)
    assert "Sekretariat Daerah MTR-001 sejak 1 Okt 2026, 08.00 WIB (5 hari lalu)" in told
    assert answer.text.index('data-corner="MTR-001"') < answer.text.index('data-corner="MTR-002"')
    only = page.get("/pojok?tampil=silent").text
    assert 'data-corner="MTR-001"' in only
    assert 'data-corner="MTR-002"' not in only


def test_offices_stand_by_kelurahan_and_those_of_none_together(centre, client):
    with writing(centre.engine) as db:
        table = schema.corners
        db.execute(sa.update(table).where(table.c.code == "MTR-001").values(address="Jl. X, Kel. Imopuro, Kec. Y"))
    answer = client(Role.VIEWER).get("/pojok")
    assert re.findall(r'<div class="place"><h3>([^<]*)</h3>', answer.text) == ["Imopuro", "Kelurahan tidak diketahui"]


def end(centre, corner, *, revoked=False):
    """Close a corner; ``revoked``: its till ends after it."""
    with writing(centre.engine) as db:
        closing.close(centre, db, corner, NAMES[Role.OFFICER])
        if revoked:
            enrolment.revoke(centre, db, corner, "A")


def test_a_closed_corner_stands_in_its_own_list_alone(centre, client):
    page = client(Role.OFFICER)
    journal = journal_at(centre).add_moves(1)
    push(page, journal, journal.batch(condition=msgspec.structs.replace(WELL, free_mib=1)))
    journal_at(centre, corner="MTR-002", ledger_id="22" * 16, prefix="b")
    end(centre, "MTR-001")
    end(centre, "MTR-002", revoked=True)

    def lists(corner):
        return [name for name in SHOWN if f'data-corner="{corner}"' in page.get(f"/pojok?tampil={name}").text]

    assert lists("MTR-001") == lists("MTR-002") == ["closed"]
    assert 'class="tile' not in page.get("/pojok").text


def test_a_till_is_not_moved_to_a_closed_corner(centre, client):
    page = client(Role.OFFICER)
    journal_at(centre)
    journal_at(centre, corner="MTR-002", ledger_id="22" * 16, prefix="b")
    address, offered = "/pojok/MTR-001/kasir/A/pindah", '<option value="MTR-002"'
    assert offered in page.get(address).text
    end(centre, "MTR-002")
    assert offered not in page.get(address).text
    refused = text_of(page.post(address, {"pojok": "MTR-002", "kasir": "B", "tetap": "ya"}))
    assert "MTR-002 ditutup. Buka lagi dahulu, di halamannya." in refused
    assert "pojok centre" not in refused


def test_the_first_page_leads_to_the_board(client):
    assert str(client(Role.VIEWER).get("/").url).endswith("/pojok")
    assert "/masuk" in str(client(None).get("/").url)


FACTS = {
    "corner_code": "MTR-003",
    "name": "Inspektorat",
    "kind": "opd",
    "address": "Kel. Imopuro",
    "postcode": "34111",
    "staff_count": "48",
}


def test_a_corner_is_made_and_changed_by_forms_that_keep_what_was_typed(client):
    page = client(Role.OFFICER)
    refused = page.post("/pojok/baru", FACTS | {"corner_code": "MTR-001"})
    assert "MTR-001 sudah ada" in text_of(refused)
    assert 'value="Inspektorat"' in refused.text
    made = page.post("/pojok/baru", FACTS)
    assert str(made.url).endswith("/pojok/MTR-003")
    assert "Inspektorat" in text_of(made)
    mark = {"mark": re.search(r'name="mark" value="(\d+)"', page.get("/pojok/MTR-003/ubah").text)[1]}
    changed = page.post("/pojok/MTR-003/ubah", FACTS | mark | {"name": "Inspektorat Kota"})
    assert "Inspektorat Kota" in text_of(changed)
    unseen = page.post("/pojok/MTR-003/ubah", FACTS | mark | {"address": ""})
    assert "sudah diubah orang lain" in text_of(unseen), "nobody empties what another wrote meanwhile"
    assert 'value="Inspektorat"' in unseen.text
    assert page.get("/pojok/MTR-099").status_code == 404
    assert page.post("/pojok/MTR-099/ubah", FACTS).status_code == 404


def test_a_code_is_shown_once_with_its_end_and_as_qr_and_a_till_joins_with_it(client):
    page = client(Role.OFFICER)
    answer = page.post("/pojok/MTR-001/kode", {"kasir": "b"})
    (code,) = re.findall(r'id="kode">([0-9A-Z-]{19})<', answer.text)
    assert "<svg" in answer.text
    assert "Berlaku sekali, sampai 2 Okt 2026, 08.00 WIB." in text_of(answer)
    assert Caller(page.client).enrol(Journal(till="B"), code).status_code == 200
    told = text_of(page.get("/pojok/MTR-001"))
    assert code not in told
    assert "Kasir B" in told


def test_a_code_for_a_till_that_is_there_warns_of_the_one_that_is_locked_out(centre, client):
    journal_at(centre)
    assert "terkunci" in text_of(client(Role.OFFICER).post("/pojok/MTR-001/kode", {"kasir": "A"}))
    assert "bukan nama kasir" in text_of(client(Role.OFFICER).post("/pojok/MTR-001/kode", {"kasir": "12"}))


def test_a_till_is_revoked_only_when_its_name_is_typed(centre, client):
    page, journal = client(Role.OFFICER), journal_at(centre).add_moves(1)
    wrong = page.post("/pojok/MTR-001/kasir/A/cabut", {"nama": "MTR-001 B"})
    assert "Ini bukan nama kasir itu" in text_of(wrong)
    push(page, journal)
    done = page.post("/pojok/MTR-001/kasir/A/cabut", {"nama": "mtr-001 a"})
    assert "Kasir MTR-001 A dicabut." in text_of(done)
    assert problem(Caller(page.client).push(journal)) == "key_revoked"
    assert page.get("/pojok/MTR-001/kasir/A/cabut").status_code == 404


def test_a_till_that_moves_says_what_stays_behind_and_gives_a_code_for_the_new_corner(centre, client):
    page, journal = client(Role.OFFICER), journal_at(centre).add_moves(1)
    push(page, journal)
    address = "/pojok/MTR-001/kasir/A/pindah"
    assert "kasir yang masih buka" in text_of(page.get(address))
    wanted = {"pojok": "MTR-002", "kasir": "A"}
    assert "masih ada yang harus diselesaikan" in text_of(page.post(address, wanted))
    moved = page.post(address, wanted | {"tetap": "ya"})
    assert "Kasir MTR-001 A sudah berakhir." in text_of(moved)
    (code,) = re.findall(r'id="kode">([0-9A-Z-]{19})<', moved.text)
    fresh = Journal(corner="MTR-002", ledger_id="33" * 16)
    assert Caller(page.client).enrol(fresh, code).status_code == 200
    assert page.get(address).status_code == 404


def test_messages_go_to_one_corner_or_all(client):
    page = client(Role.OFFICER)
    assert "Mohon setor." in text_of(page.post("/pojok/MTR-001/pesan", {"pesan": "Mohon setor."}))
    assert "Tuliskan" in text_of(page.post("/pojok/MTR-001/pesan", {"pesan": " "}))
    assert "Besok libur." in text_of(page.post("/pesan", {"pesan": "Besok libur."}))
    told = text_of(page.get("/pojok/MTR-002"))
    assert "Besok libur." in told
    assert "Mohon setor." not in told
    long = page.post("/pesan", {"pesan": "a" * 501})
    assert "a" * 501 in long.text


def test_only_an_administrator_asks_for_a_newer_program(centre, client):
    journal = journal_at(centre).add_moves(1)
    push(client(Role.OFFICER), journal, journal.batch(condition=WELL))
    assert client(Role.OFFICER).post("/versi", {"versi": "0.7.0"}).status_code == 403
    admin = client(Role.ADMIN)
    assert "bukan versi" in text_of(admin.post("/versi", {"versi": "baru"}))
    assert "0.6.0: 1 kasir terlalu lama untuk menerima" in text_of(admin.post("/versi", {"versi": "0.7.0"}))
    assert "terlalu lama" not in text_of(admin.post("/versi", {"versi": ""}))


def test_what_officers_did_is_in_the_audit(centre, client):
    page = client(Role.OFFICER)
    page.post("/pojok/baru", FACTS)
    page.post("/pojok/MTR-001/kode", {"kasir": "A"})
    page.post("/pesan", {"pesan": "Halo."})
    with reading(centre.engine) as db:
        audit = schema.audit
        mine = sa.select(audit.c.what, audit.c.of).where(audit.c.officer == "Rahma")
        rows = {tuple(row) for row in db.execute(mine)}
    assert rows == {("code", "MTR-001 A"), ("corner", "MTR-003"), ("message", "*")}


def test_an_officer_says_which_till_owes_now_what_a_lost_one_owed_and_takes_it_back(centre, client):
    page = client(Role.OFFICER)
    for ledger in ("11", "22"):
        journal = journal_at(centre, ledger_id=ledger * 16)
        journal.add(Opening(number="SA-MTR001A-000001", payable={"P001": 45_000}))
        push(page, journal)
        if ledger == "11":
            old = journal
            page.post("/pojok/MTR-001/kasir/A/cabut", {"nama": "MTR-001 A"})
    new, address = journal, f"/pojok/MTR-001/dicabut/{old.device}"
    catch_up(centre)
    shown = page.get("/pojok/MTR-001")
    assert "Hak produsen saat berakhir Rp 45.000 (1 produsen)" in text_of(shown)
    assert address in shown.text
    assert "A, saldo awal Rp 45.000" in text_of(shown)
    assert address not in client(Role.VIEWER).get("/pojok/MTR-001").text
    assert "tidak dihitung lagi" in text_of(page.post(address, {"oleh": new.device}))
    assert "oleh kasir A" in text_of(page.get("/pojok/MTR-001"))
    assert "Rp 45.000" in text_of(page.get("/program/hak"))
    assert "Rp 90.000" not in text_of(page.get("/program/hak"))
    page.post(address)
    assert "Rp 90.000" in text_of(page.get("/program/hak"))
    assert "belum diambil alih" in text_of(page.post(address))
    assert page.post("/pojok/MTR-001/dicabut/x", {"oleh": new.device}).status_code == 404


def test_a_corner_tells_on_which_days_its_tills_called_also_without_documents(centre, client, clock):
    page, journal = client(Role.VIEWER), journal_at(centre).add_moves(1)
    push(page, journal)
    clock.pass_(days=1, hours=2)
    push(page, journal, journal.batch(3))
    told = text_of(client(Role.VIEWER).get("/pojok/MTR-001"))
    assert "2 Okt 2026 A 2 Okt 2026, 10.00 WIB 2 Okt 2026, 10.00 WIB" in told
    assert "1 Okt 2026 A 1 Okt 2026, 08.00 WIB 1 Okt 2026, 08.00 WIB" in told


def test_a_code_unlike_the_others_is_asked_about_once_because_it_stays(client):
    page = client(Role.OFFICER)
    asked = page.post("/pojok/baru", FACTS | {"corner_code": "10"})
    assert "Pojok lain berkode seperti MTR-001" in text_of(asked)
    assert page.get("/pojok/10").status_code == 404
    assert 'value="Inspektorat"' in asked.text
    other = page.post("/pojok/baru", FACTS | {"corner_code": "11", "sure": "10"})
    assert "Pojok lain berkode seperti MTR-001" in text_of(other), "asked about each code"
    made = page.post("/pojok/baru", FACTS | {"corner_code": "10", "sure": "10"})
    assert str(made.url).endswith("/pojok/10")


def mark_in(page, path):
    found = re.search(r'name="mark" value="(\d+)"', page.get(path).text)
    assert found is not None
    return found[1]


def test_an_admin_removes_a_corner_that_never_had_a_till_after_typing_its_code(centre, client):
    admin, officer = client(Role.ADMIN), client(Role.OFFICER)
    assert "/pojok/MTR-002/hapus" not in officer.get("/pojok/MTR-002").text
    assert "/pojok/MTR-002/hapus" in admin.get("/pojok/MTR-002").text
    mark = mark_in(admin, "/pojok/MTR-002/hapus")
    refused = admin.post("/pojok/MTR-002/hapus", {"kode": "MTR-001", "mark": mark})
    assert "Ini bukan kode Pojoknya. Ketik MTR-002." in text_of(refused)
    done = admin.post("/pojok/MTR-002/hapus", {"kode": "mtr-002", "mark": mark})
    assert str(done.url).endswith("/pojok")
    assert "Pojok MTR-002 dihapus." in text_of(done)
    assert admin.get("/pojok/MTR-002").status_code == 404
    assert admin.post("/pojok/MTR-002/hapus", {"kode": "MTR-002", "mark": mark}).status_code == 404
    assert "menghapus Pojok tanpa kasir" in text_of(admin.get("/jejak"))


def test_a_removal_of_what_another_officer_changed_is_not_done(centre, client):
    admin = client(Role.ADMIN)
    mark = mark_in(admin, "/pojok/MTR-002/hapus")
    with writing(centre.engine) as db:
        table = schema.corners
        db.execute(sa.update(table).where(table.c.code == "MTR-002").values(position=99))
    again = admin.post("/pojok/MTR-002/hapus", {"kode": "MTR-002", "mark": mark})
    assert "sudah diubah orang lain" in text_of(again)


def test_an_officer_closes_a_corner_that_had_tills_and_opens_it_again(centre, client, clock):
    push(client(Role.VIEWER), journal_at(centre).add_moves(1))
    clock.pass_(days=5)
    page = client(Role.OFFICER)
    assert "/pojok/MTR-001/hapus" not in client(Role.ADMIN).get("/pojok/MTR-001").text
    assert "Kasirnya belum dicabut: A." in text_of(page.get("/pojok/MTR-001/tutup"))
    done = page.post("/pojok/MTR-001/tutup", {"mark": mark_in(page, "/pojok/MTR-001/tutup")})
    assert "Ditutup sejak 6 Okt 2026" in text_of(done)
    assert "Daftarkan kasir" not in text_of(done)
    board = text_of(page.get("/pojok"))
    assert "Pojok dengan kasir 0" in board
    assert "Diam 0" in board
    assert row_of(page.get("/pojok?tampil=closed"), "MTR-001")[1] == "Ditutup"
    refused = page.post("/pojok/MTR-001/kode", {"kasir": "B"})
    assert "MTR-001 ditutup" in text_of(refused)
    opened = page.post("/pojok/MTR-001/buka", {"mark": mark_in(page, "/pojok/MTR-001")})
    assert "Pojok dibuka lagi." in text_of(opened)
    assert "Diam 1" in text_of(page.get("/pojok"))


def test_officers_keep_the_holidays_of_a_year(client, clock):
    page = client(Role.OFFICER)
    assert "Belum ada hari libur" in text_of(page.get("/libur"))
    refused = page.post("/libur", {"dari": "2026-12-26", "sampai": "2026-12-24", "nama": "Natal"})
    assert "paling banyak 31 hari" in text_of(refused)
    assert 'value="Natal"' in refused.text
    added = page.post("/libur", {"dari": "2026-12-24", "sampai": "2026-12-25", "nama": "Natal"})
    told = text_of(added)
    assert "2 hari ditambahkan." in told
    assert "24 Des 2026 Natal" in told
    assert page.get("/libur?tahun=2026&format=csv").text.splitlines()[1:] == [
        '"2026-12-24","Natal"',
        '"2026-12-25","Natal"',
    ]
    gone = page.post("/libur/hapus", {"dari": "2026-12-24"})
    assert "24 Des 2026 Natal" not in text_of(gone)
    assert "25 Des 2026 Natal" in text_of(gone)
    assert "Tidak ada yang diubah" in text_of(page.post("/libur/hapus", {"dari": "2026-12-24"}))
    viewer = client(Role.VIEWER).get("/libur?tahun=2026")
    assert "25 Des 2026 Natal" in text_of(viewer)
    assert 'action="/libur' not in viewer.text


def test_the_holidays_of_a_year_are_imported_as_they_were_saved(client):
    page = client(Role.OFFICER)
    file = b"Tanggal,Nama\n2027-01-01,Tahun Baru\n"
    told = page.post("/impor", {"kind": "holidays"}, files={"file": ("libur.csv", file)})
    assert "1 baris diimpor" in text_of(told)
    saved = page.get("/libur?tahun=2027&format=csv").content
    again = page.post("/impor", {"kind": "holidays", "correct": "1"}, files={"file": ("libur.csv", saved)})
    assert "0 baris dibetulkan" in text_of(again)
