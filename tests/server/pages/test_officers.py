"""The page of accounts and the audit: an administrator makes, changes and closes accounts, and everything is noted."""

import io
import re

import pytest
from openpyxl import load_workbook

from sync.server.access.officers import Role, note
from sync.server.access.reading_audit import Wanted, read
from sync.server.database.dialect import reading, writing
from tests.server.pages.support import PASSWORD

SECRET = re.compile(r'<code class="secret">([^<]+)</code>')


def noted(centre, **wanted) -> list[tuple[str, str, str]]:
    with reading(centre.engine) as db:
        return [(row.officer, row.what, row.of) for row in read(db, Wanted(**wanted), 100)]


def test_a_new_officer_changes_the_one_time_password_before_anything_else(client, centre):
    admin, new = client(Role.ADMIN), client(None)
    told = admin.post("/petugas", {"nama": " Sari ", "peran": "petugas"})
    (password,) = SECRET.findall(told.text)
    assert ("Adi", "officer_made", "Sari") in noted(centre)
    new.post("/masuk", {"nama": "Sari", "sandi": password}, follow_redirects=False)
    sent = new.get("/pojok", follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (303, "/sandi")
    assert "Pilih dulu kata sandi Anda sendiri." in new.get("/sandi").text
    wrong = {"lama": password, "baru": "pendek", "ulang": "pendek"}
    assert "Kata sandi terdiri dari 10 sampai 200 karakter" in new.post("/sandi", wrong).text
    own = {"lama": password, "baru": "kata yang saya pilih", "ulang": "kata yang saya pilih"}
    assert "Kata sandi Anda sudah diganti" in new.post("/sandi", own).text
    assert new.get("/pojok", follow_redirects=False).status_code == 200
    assert ("Sari", "own_password", "Sari") in noted(centre)
    assert SECRET.findall(admin.get("/petugas").text) == [], "shown once"


def test_a_changed_own_password_ends_the_other_sessions_and_keeps_this_one(client):
    here, there = client(Role.OFFICER), client(Role.OFFICER)
    wrong = {"lama": "bukan ini", "baru": "kata yang saya pilih", "ulang": "kata yang saya pilih"}
    assert "Nama atau kata sandi salah" in here.post("/sandi", wrong).text
    assert "Keduanya tidak sama" in here.post("/sandi", wrong | {"ulang": "lain"}).text
    own = {"lama": PASSWORD, "baru": "kata yang saya pilih", "ulang": "kata yang saya pilih"}
    assert here.post("/sandi", own, follow_redirects=False).status_code == 303
    assert here.get("/sandi", follow_redirects=False).status_code == 200
    assert there.get("/sandi", follow_redirects=False).status_code == 303


def test_an_account_is_closed_opened_again_and_given_another_role(client, centre):
    admin, officer = client(Role.ADMIN), client(Role.OFFICER)
    admin.post("/petugas/tutup", {"nama": "Rahma"})
    assert officer.get("/sandi", follow_redirects=False).status_code == 303
    told = {"nama": "Rahma", "sandi": PASSWORD}
    assert "Nama atau kata sandi salah" in client(None).post("/masuk", told).text
    assert "ditutup" in admin.get("/petugas").text
    admin.post("/petugas/buka", {"nama": "Rahma"})
    admin.post("/petugas/peran", {"nama": "Rahma", "peran": "pemantau"})
    officer = client(Role.OFFICER)
    assert officer.get("/pesan", follow_redirects=False).status_code == 403
    assert {what for _, what, _ in noted(centre, of="rahma", officer="Adi")} == {
        "officer_disabled", "officer_enabled", "officer_role",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "told", "sentence"),
    [
        ("/petugas", {"nama": "Rahma"}, "Akun Rahma sudah ada"),
        ("/petugas", {"nama": "  "}, "Akun perlu nama"),
        ("/petugas", {"nama": "Sari", "peran": "raja"}, "raja"),
        ("/petugas/peran", {"nama": "Adi", "peran": "pemantau"}, "Akun sendiri tidak dapat diubah"),
        ("/petugas/tutup", {"nama": "Adi"}, "Akun sendiri tidak dapat diubah"),
        ("/petugas/sandi", {"nama": "Siapa"}, "Tidak ada akun Siapa"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(client, centre, path, told, sentence):
    before = noted(centre)
    assert sentence in client(Role.ADMIN).post(path, told).text
    assert noted(centre) == before


def test_a_name_is_shown_as_it_is_and_never_run(client):
    admin = client(Role.ADMIN)
    page = admin.post("/petugas", {"nama": '<script>alert(1)</script>"', "peran": "pemantau"}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_audit_is_filtered_by_officer_deed_subject_and_day(client, centre, clock):
    with writing(centre.engine) as db:
        note(centre, db, "Rahma", "look", "P001", "telepon")
        clock.pass_(days=1)
        note(centre, db, "Adi", "look", "P002")
    admin = client(Role.ADMIN)

    def shown(query: str) -> list[str]:
        return re.findall(r">(P\d+)</td>", admin.get(f"/jejak?{query}").text)

    assert shown("tindakan=look") == ["P002", "P001"]
    assert shown("petugas=Rahma") == ["P001"]
    assert shown("tentang=p002") == ["P002"]
    assert shown("tindakan=look&sampai=2026-10-01") == ["P001"]
    assert shown("tindakan=look&dari=2026-10-02") == ["P002"]
    assert shown("dari=2027-01-01") == []
    assert shown("tindakan=look&dari=kemarin&sampai=9999-12-31&halaman=99") == ["P002", "P001"]
    assert shown("dari=0001-01-01&tentang=%25") == []


def test_the_audit_as_a_file_holds_every_row_of_the_filters(client, centre):
    with writing(centre.engine) as db:
        for number in range(120):
            note(centre, db, "Rahma", "look", f"P{number:03}", "=1+1")
    answer = client(Role.ADMIN).get("/jejak?petugas=Rahma&format=xlsx")
    assert answer.headers["content-disposition"] == 'attachment; filename="jejak.xlsx"'
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert len(rows) == 121
    assert {row[4] for row in rows[1:]} == {"'=1+1"}


def test_what_is_done_on_a_page_is_noted_with_the_address(client, centre):
    client(None).post("/masuk", {"nama": "Rahma", "sandi": PASSWORD}, follow_redirects=False)
    with reading(centre.engine) as db:
        (row,) = read(db, Wanted(what="sign_in"), 10)
    assert (row.officer, row.address) == ("Rahma", "testclient")
