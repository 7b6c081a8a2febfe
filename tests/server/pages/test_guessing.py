"""Guesses at passwords: who waits and who does not, what the audit tells of them, which passwords are taken at all."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from sync.protocol.problems import ExchangeProblem
from sync.server import commands
from sync.server.access import accounts, attempts, passwords
from sync.server.access.attempts import browser_of, held_after
from sync.server.access.officers import Role, asked_from, note
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.limits import Limiter, Rate, network_of
from tests.server.pages.conftest import ON_SQLITE
from tests.server.pages.support import NAMES, PASSWORD
from tests.server.pages.test_officers import SECRET, noted
from tests.server.pages.test_security import NAME, try_at

STRANGER = "203.0.113.9"
OWN = "kuda lumping makan pagar"


def guess(centre, times=9, name=NAME, address=STRANGER) -> None:
    for _ in range(times):
        try_at(centre, "salah", name, address)


def change(centre, new) -> str:
    """The code of what was refused; empty for another password."""
    try:
        accounts.change_password(centre, NAME, PASSWORD, new, "10.0.0.1")
    except CentreError as error:
        return error.code
    return ""


def traces(centre) -> list[tuple[str, str, str]]:
    """What the audit tells, without how the accounts were made."""
    return [row for row in noted(centre) if row[1] != "officer_made"]


def test_a_browser_that_an_officer_signed_in_at_is_let_in_from_any_address_whatever_strangers_guess(client, centre):
    browser, told = client(None), {"nama": NAME, "sandi": PASSWORD}
    assert browser.post("/masuk", told, follow_redirects=False).status_code == 303
    browser.post("/keluar")
    with writing(centre.engine) as db:
        db.execute(sa.update(schema.audit).values(address="10.1.2.3"))
    guess(centre)
    assert client(None).post("/masuk", told, follow_redirects=False).status_code == 429
    assert browser.post("/masuk", told, follow_redirects=False).status_code == 303


def test_the_cookie_of_a_browser_is_good_for_its_accounts_alone_and_bounded():
    held = held_after("s", "", "Rahma")
    assert browser_of("s", held, "Rahma")
    assert held_after("s", held, "Rahma") == held
    both = held_after("s", held, "Wati")
    assert browser_of("s", both, "Wati") == browser_of("s", held, "Rahma") == browser_of("s", both, "Rahma")
    assert browser_of("s", held, "Wati") == browser_of("other", held, "Rahma") == browser_of("s", "", "Rahma") == ""
    for number in range(40):
        both = held_after("s", both, f"N{number}")
    assert len(both) < 400
    assert (browser_of("s", both, "N39"), browser_of("s", both, "Rahma")) == (both[:32], "")
    assert browser_of("s", "é.\udcff", "Rahma") == ""
    assert browser_of("s", held_after("s", "x" * 5_000, "Rahma"), "Rahma")


@pytest.mark.parametrize("how", ["new_password", "enable", "put_officer"])
def test_an_administrator_lets_an_officer_in_again_at_once(centre, how):
    guess(centre)
    guess(centre, name="Wati")
    assert try_at(centre) == "wait"
    with writing(centre.engine) as db:
        password = PASSWORD
        if how == "new_password":
            password = accounts.new_password(centre, db, "Adi", NAME)
        elif how == "enable":
            accounts.enable(centre, db, "Adi", NAME)
        else:
            accounts.put_officer(centre, db, NAME, Role.OFFICER, PASSWORD)
    assert try_at(centre, password) == ""
    assert try_at(centre, name="Wati") == "wait", "nobody else"


def test_changing_ones_password_forgives_the_wrong_ones_before_it(centre):
    assert try_at(centre) == ""
    guess(centre, 5, address="10.0.0.1")
    assert change(centre, OWN) == ""
    assert try_at(centre, OWN) == ""


def test_failures_are_traced_once_for_a_row_of_them_and_once_for_each_wait(centre, clock):
    guess(centre, 8)
    assert sorted(traces(centre)) == [("", "sign_in_failed", NAME), ("", "sign_in_locked", NAME)]
    clock.pass_(seconds=31)
    guess(centre, 3)
    assert [what for _, what, _ in traces(centre)].count("sign_in_locked") == 2
    with reading(centre.engine) as db:
        audit = schema.audit.c
        query = sa.select(audit.address).where(audit.what != "officer_made").distinct()
        assert db.execute(query).scalars().all() == [STRANGER]


def test_of_names_that_are_no_accounts_the_audit_tells_once_an_hour_that_they_are_tried(centre, clock):
    for number in range(6):
        guess(centre, 1, f"rahasia{number}")
    assert traces(centre) == [("", "sign_in_failed", "")], "what was typed may be a password"
    guess(centre, 1, "rahasia", address="203.0.113.10")
    assert len(traces(centre)) == 2
    clock.pass_(minutes=61)
    guess(centre, 1, "rahasia")
    assert len(traces(centre)) == 3


def test_the_page_tells_that_nobody_was_signed_in_who_guessed(client, centre):
    guess(centre, 1)
    asked_from.set("")
    with writing(centre.engine) as db:
        note(centre, db, "", "key", "K1")
    rows = re.findall(r"<tr>.*?</tr>", client(Role.ADMIN).get("/jejak").text, re.DOTALL)
    (guessed,) = [row for row in rows if "salah kata sandi" in row]
    assert "belum masuk" in guessed
    assert STRANGER in guessed
    assert "di komputer pusat" in next(row for row in rows if "K1" in row)


def test_signing_out_is_noted(client, centre):
    client(Role.OFFICER).post("/keluar")
    client(Role.VIEWER).post("/keluar/semua")
    assert sorted(traces(centre)) == [("Rahma", "sign_out", "Rahma"), ("Wati", "sign_out_everywhere", "Wati")]


def test_signing_in_again_ends_the_session_before(client):
    browser, stranger = client(Role.VIEWER), client(None)
    old = browser.client.cookies["sesi"]
    browser.post("/masuk", {"nama": NAME, "sandi": PASSWORD}, follow_redirects=False)
    stranger.hold(old)
    assert stranger.get("/sandi", follow_redirects=False).status_code == 303


def test_counts_of_guesses_are_bounded(centre, clock, monkeypatch):
    monkeypatch.setattr(attempts, "MOST", 5)
    with writing(centre.engine) as db:
        for number in range(12):
            clock.pass_(seconds=1)
            attempts.count(centre, db, f"N{number}", STRANGER, "")
        assert db.execute(sa.select(sa.func.count()).select_from(schema.attempts)).scalar_one() == 5


def test_of_ipv6_the_network_counts_and_not_the_address():
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert network_of("2001:db8:1:3::4") != network_of("2001:db8:1:2::4")
    assert network_of("::ffff:203.0.113.9") == "203.0.113.9"
    for other in ("203.0.113.9", "testclient", "a:b", ""):
        assert network_of(other) == other
    limiter = Limiter(Rate(burst=3, per_second=0.001))
    assert [limiter.wait(f"2001:db8::{number:x}") > 0 for number in range(5)] == [False] * 3 + [True] * 2


@pytest.mark.parametrize("what", ["new_password", "disable"])
def test_a_password_changed_while_an_administrator_acts_does_not_undo_it(centre, monkeypatch, what):
    real, given = passwords.matches, []

    def meanwhile(hashed: str, password: str) -> bool:
        with writing(centre.engine) as db:
            given.append(getattr(accounts, what)(centre, db, "Adi", NAME))
        return real(hashed, password)

    monkeypatch.setattr(passwords, "matches", meanwhile)
    assert change(centre, "milik orang lain") == "wrong_password"
    assert try_at(centre) == "wrong_password"
    monkeypatch.undo()
    with reading(centre.engine) as db:
        assert db.execute(sa.select(schema.sessions)).all() == []
    if what == "new_password":
        assert try_at(centre, given[-1]) == ""


@pytest.mark.parametrize(
    "weak",
    [
        "1234567890", "0987654321", "aaaaaaaaaa", "abcabcabcabc", "passwordpassword", "qwertyuiop123", "          ",
        "Rahma12345", "R a h m a 2026!", "password2026", "Bismillah123", "admin.metro.2026", "ababababab", "abcdefgh12",
    ],
)  # fmt: skip
def test_a_password_that_is_guessed_first_is_refused(centre, weak):
    assert change(centre, weak) == "weak_password"


@pytest.mark.parametrize("good", [OWN, "tukar8Hujan", "Rahma suka hujan", "rahasia sekali", "x7#kQ2!pVw"])
def test_any_other_is_taken_whatever_signs_it_has(centre, good):
    assert change(centre, good) == ""
    assert try_at(centre, good) == ""


def test_the_page_and_the_command_say_what_a_better_password_is(client, database):
    told = {"lama": PASSWORD, "baru": "1234567890", "ulang": "1234567890"}
    assert "mudah ditebak" in client(Role.OFFICER).post("/sandi", told).text
    with pytest.raises(CentreError, match="four words"):
        commands.officer(database, "Lia", "pemantau", "1234567890")


def test_a_one_time_password_is_good_for_three_days(client, centre, clock):
    (password,) = SECRET.findall(client(Role.ADMIN).post("/petugas", {"nama": "Sari", "peran": "petugas"}).text)
    clock.pass_(hours=71)
    assert try_at(centre, password, "Sari") == ""
    clock.pass_(hours=2)
    assert try_at(centre, password, "Sari") == "one_time_ended"
    assert "72 jam" in client(None).post("/masuk", {"nama": "Sari", "sandi": password}).text
    with writing(centre.engine) as db:
        password = accounts.new_password(centre, db, "Adi", "Sari")
    assert try_at(centre, password, "Sari") == ""
    assert accounts.change_password(centre, "Sari", password, OWN, "10.0.0.1")
    clock.pass_(days=30)
    assert try_at(centre, OWN, "Sari") == ""


def test_few_passwords_are_looked_at_at_once_and_who_cannot_wait_is_told_so(centre, client, monkeypatch):
    open_one, entered, inside, most = threading.Event(), threading.Semaphore(0), [], []
    real = passwords.matches

    def slow(hashed: str, password: str) -> bool:
        inside.append(1)
        most.append(len(inside))
        entered.release()
        open_one.wait(60)
        inside.pop()
        return real(hashed, password)

    def enter(_number: int) -> bool:
        try:
            accounts.sign_in(centre, NAME, PASSWORD, "10.0.0.1", browser="b")
        except CentreError:
            return True
        except ExchangeProblem:
            return False
        return True

    monkeypatch.setattr(passwords, "matches", slow)
    monkeypatch.setattr(passwords.TURNS, "_seconds", 60)
    with ThreadPoolExecutor(20) as crowd:
        tried = [crowd.submit(enter, number) for number in range(20)]
        while sum(one.done() for one in tried) < 6:
            open_one.wait(0.01)
        assert entered.acquire(timeout=60)
        assert entered.acquire(timeout=60)
        answer = client(None).post("/masuk", {"nama": NAME, "sandi": PASSWORD})
        open_one.set()
        assert sum(one.result() for one in tried) == 14
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert max(most) == 2


@pytest.mark.parametrize("name", ["adi", " ADI ", "Adi"])
def test_an_account_is_called_like_no_other(centre, name):
    with writing(centre.engine) as db, pytest.raises(CentreError) as found:
        accounts.make(centre, db, "Adi", name, Role.VIEWER)
    assert found.value.code == "officer_exists"
    with writing(centre.engine) as db, pytest.raises(CentreError) as found:
        accounts.put_officer(centre, db, "aDI", Role.VIEWER, PASSWORD)
    assert found.value.code == "officer_exists"


@pytest.mark.parametrize("name", ["\u0410di", "\uff21di", "Adi\u200b", "Adi\u0331", "\u202eidA", "Ad\u0456"])
def test_letters_that_only_look_like_ours_make_no_name(centre, name):
    with writing(centre.engine) as db, pytest.raises(CentreError) as found:
        accounts.make(centre, db, "Adi", name, Role.VIEWER)
    assert found.value.code == "no_name"


def test_a_name_is_the_same_however_it_is_typed(centre):
    with writing(centre.engine) as db:
        password = accounts.make(centre, db, "Adi", "Jose\u0301  Maria", Role.VIEWER)
    assert try_at(centre, password, "Jos\u00e9 Maria") == try_at(centre, password, " Jose\u0301 Maria") == ""


def test_two_administrators_cannot_close_each_other(centre):
    with writing(centre.engine) as db:
        accounts.put_officer(centre, db, "Budi", Role.ADMIN, PASSWORD)
    with writing(centre.engine) as db:
        accounts.disable(centre, db, "Adi", "Budi")
    for act in (accounts.disable, accounts.enable, accounts.new_password):
        with writing(centre.engine) as db, pytest.raises(CentreError) as found:
            act(centre, db, "Budi", "Adi")
        assert found.value.code == "unknown_officer"
    assert try_at(centre, name=NAMES[Role.ADMIN]) == ""


def test_a_page_that_renews_itself_keeps_no_session_alive(client, clock):
    board = client(Role.OFFICER)
    for _ in range(7):
        assert board.get("/pojok", headers={"X-Pojok-Anew": "1"}, follow_redirects=False).status_code == 200
        clock.pass_(minutes=9)
    assert board.get("/pojok", headers={"X-Pojok-Anew": "1"}, follow_redirects=False).status_code == 303


def test_a_sentence_for_the_next_page_is_shown_only_as_the_centre_wrote_it(client):
    browser = client(Role.ADMIN)
    answer = browser.post("/petugas/tutup", {"nama": "Rahma"}, follow_redirects=False)
    (told,) = [cookie for cookie in answer.headers.get_list("set-cookie") if cookie.startswith("kata=")]
    value = told.split(";")[0].removeprefix("kata=").strip('"')
    assert "Akun Rahma" in browser.get("/sandi").text
    session = browser.client.cookies["sesi"]
    for forged in ("UGVuaXB1", value[:-1], f"UGVuaXB1.{value.partition('.')[2]}", "é", "."):
        cookies = f"sesi={session}; kata={forged}".encode("latin-1")
        text = client(None).get("/sandi", headers={"cookie": cookies}).text
        assert "Akun saya" in text
        assert "Penipu" not in text
        assert "Akun Rahma" not in text


@ON_SQLITE
def test_no_guess_reads_the_whole_audit(centre):
    asked = []

    def plan(_connection, cursor, statement, parameters, *_rest):
        if "audit" in statement and statement.startswith("SELECT"):
            asked.extend(row[3] for row in cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    sa.event.listen(centre.engine, "before_cursor_execute", plan)
    for name in (NAME, "nobody"):
        guess(centre, 1, name)
    assert try_at(centre, PASSWORD) == ""
    assert [step for step in asked if "audit" in step]
    assert [step for step in asked if step.startswith("SCAN audit") or "audit_by_time" in step] == []
