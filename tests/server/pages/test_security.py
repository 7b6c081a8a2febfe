"""What keeps strangers out: passwords, sessions that end, waits for who guesses, cookies and headers."""

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from litestar.testing import TestClient

from sync.server import commands
from sync.server.access import accounts, sessions
from sync.server.access.officers import Role, asked_from
from sync.server.app import create_app
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.limits import Rate
from tests.server.pages.conftest import RATES
from tests.server.pages.support import NAMES, PASSWORD, Page

NAME = NAMES[Role.OFFICER]


def try_at(centre, password=PASSWORD, name=NAME, address="10.0.0.1"):
    """The code of what was refused; empty for a session."""
    asked_from.set(address)
    try:
        accounts.sign_in(centre, name, password, address)
    except CentreError as error:
        return error.code
    return ""


def lets_in(browser: Page) -> bool:
    return browser.get("/sandi", follow_redirects=False).status_code == 200


def test_the_database_holds_neither_passwords_nor_tokens(centre, database):
    token = accounts.sign_in(centre, NAME, PASSWORD, "10.0.0.1")
    with reading(centre.engine) as db:
        kept = repr([list(db.execute(sa.select(table))) for table in (schema.officers, schema.sessions, schema.audit)])
    assert "$argon2id$" in kept
    assert PASSWORD not in kept
    assert token not in kept


def test_a_session_ends_when_it_is_idle_and_at_the_end_of_the_day(client, clock):
    browser = client(Role.OFFICER)
    clock.pass_(minutes=59)
    assert lets_in(browser)
    clock.pass_(minutes=59)
    assert lets_in(browser), "its use was noted"
    clock.pass_(minutes=61)
    assert not lets_in(browser)
    busy = client(Role.OFFICER)
    for _ in range(16):
        clock.pass_(minutes=45)
        assert lets_in(busy)
    clock.pass_(seconds=1)
    assert not lets_in(busy), "twelve hours are over, however busy it is"


def test_what_has_ended_is_swept_out_when_somebody_signs_in(client, centre, clock):
    client(Role.VIEWER)
    clock.pass_(minutes=61)
    client(Role.OFFICER)
    with reading(centre.engine) as db:
        assert db.execute(sa.select(schema.sessions.c.officer)).scalars().all() == [NAME]


def test_a_closed_account_has_no_session_though_one_began_while_it_was_closed(client, centre):
    with writing(centre.engine) as db:
        accounts.disable(centre, db, "Adi", NAME)
    assert not lets_in(client(Role.OFFICER))
    with writing(centre.engine) as db:
        accounts.enable(centre, db, "Adi", NAME)
    assert lets_in(client(Role.OFFICER))


def test_signing_out_ends_this_session_and_everywhere_all(client):
    one, two, three = (client(Role.OFFICER) for _ in range(3))
    one.post("/keluar")
    assert (lets_in(one), lets_in(two)) == (False, True)
    two.post("/keluar/semua")
    assert (lets_in(two), lets_in(three)) == (False, False)


@pytest.mark.parametrize(
    "change",
    [
        lambda centre, db: accounts.change_role(centre, db, "Adi", NAME, Role.VIEWER),
        lambda centre, db: accounts.disable(centre, db, "Adi", NAME),
        lambda centre, db: accounts.new_password(centre, db, "Adi", NAME),
        lambda centre, db: accounts.put_officer(centre, db, NAME, Role.OFFICER, "satu dua tiga empat"),
    ],
)
def test_another_role_or_password_ends_every_session_of_the_account(client, centre, change):
    browser, other = client(Role.OFFICER), client(Role.ADMIN)
    with writing(centre.engine) as db:
        change(centre, db)
    assert (lets_in(browser), lets_in(other)) == (False, True)


def test_a_session_holds_at_every_worker(database, clock, client, centre):
    browser = client(Role.OFFICER)
    with TestClient(create_app(database, clock=clock, **RATES)) as another_worker:
        other = Page(another_worker)
        other.hold(browser.client.cookies["sesi"])
        assert other.get("/petugas", follow_redirects=False).status_code == 403, "it knows who asks"
        other.client.cookies.set("formulir", browser.token(), domain="testserver.local")
        assert other.post("/keluar", follow_redirects=False).status_code == 303
    assert not lets_in(browser)


def test_who_guesses_waits_longer_each_time_but_never_for_ever(centre, clock):
    assert [try_at(centre, "salah") for _ in range(7)] == ["wrong_password"] * 6 + ["wait"]
    assert try_at(centre) == "wait", "the right password tells a guesser nothing before its time"
    clock.pass_(seconds=31)
    assert try_at(centre, "salah") == "wrong_password"
    clock.pass_(seconds=31)
    assert try_at(centre) == "wait"
    for _ in range(5):
        clock.pass_(minutes=15, seconds=1)
        assert try_at(centre, "salah") == "wrong_password"
    clock.pass_(minutes=15, seconds=1)
    assert try_at(centre) == ""


def test_the_right_password_forgives_the_wrong_ones_before_it(centre):
    assert try_at(centre) == ""
    assert [try_at(centre, "salah") for _ in range(5)] == ["wrong_password"] * 5
    assert [try_at(centre) for _ in range(2)] == ["", ""]


def test_a_strangers_guesses_do_not_keep_an_officer_out_where_he_works(centre):
    assert try_at(centre, address="10.0.0.1") == ""
    for _ in range(9):
        try_at(centre, "salah", address="203.0.113.9")
    assert try_at(centre, address="203.0.113.9") == "wait"
    assert try_at(centre, address="10.0.0.1") == ""


def test_an_account_that_is_not_there_or_closed_answers_like_one_that_is(centre):
    with writing(centre.engine) as db:
        accounts.disable(centre, db, "Adi", NAMES[Role.VIEWER])
    told = {name: [try_at(centre, "salah", name) for _ in range(8)] for name in (NAME, "Siapa", NAMES[Role.VIEWER])}
    assert told[NAME] == told["Siapa"] == told[NAMES[Role.VIEWER]]
    assert try_at(centre, PASSWORD, NAMES[Role.VIEWER], "10.9.9.9") == "wait"


def test_many_names_from_one_address_are_slowed_down(database, clock):
    rates = RATES | {"per_login": Rate(burst=3, per_second=0.001)}
    with TestClient(create_app(database, clock=clock, **rates)) as client:
        browser = Page(client)
        answers = [browser.post("/masuk", {"nama": f"a{n}", "sandi": "x"}) for n in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_an_old_hash_is_made_anew_at_the_next_sign_in(centre, real_passwords):
    weak = PasswordHasher(time_cost=1, memory_cost=1_024, parallelism=1).hash(PASSWORD)
    officers = schema.officers
    with writing(centre.engine) as db:
        db.execute(sa.update(officers).where(officers.c.name == NAME).values(password_hash=weak))
    assert try_at(centre) == ""
    with reading(centre.engine) as db:
        found = db.execute(sa.select(officers.c.password_hash).where(officers.c.name == NAME)).scalar_one()
    assert not PasswordHasher().check_needs_rehash(found)
    assert "m=65536," in found
    assert try_at(centre) == ""


def test_over_plain_http_cookies_are_closed_to_scripts_and_other_sites(client):
    browser = client(None)
    answer = browser.post("/masuk", {"nama": NAME, "sandi": PASSWORD}, follow_redirects=False)
    (cookie,) = [told for told in answer.headers.get_list("set-cookie") if told.startswith("sesi=")]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert "strict-transport-security" not in answer.headers


def test_behind_tls_cookies_travel_in_nothing_else_and_browsers_stay_with_it(database, clock):
    app = create_app(database, clock=clock, address="https://pojok.example.go.id", **RATES)
    with TestClient(app, base_url="https://testserver.local") as client:
        form = client.get("/masuk")
        told = {"nama": NAME, "sandi": PASSWORD, "_csrf_token": client.cookies["__Host-formulir"]}
        answer = client.post("/masuk", data=told, follow_redirects=False)
        assert answer.status_code == 303
        for cookie in (*form.headers.get_list("set-cookie"), *answer.headers.get_list("set-cookie")):
            assert cookie.startswith("__Host-")
            assert cookie.endswith("Secure")
            assert "Path=/;" in cookie
            assert "Domain" not in cookie
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert client.get("/sandi", follow_redirects=False).status_code == 200


@pytest.mark.parametrize("path", ["/health", "/metrics", "/openapi.json", "/v1/slips/X?code=1"])
def test_what_programs_ask_for_gets_neither_cookies_nor_the_headers_of_pages(client, path):
    headers = client(None).get(path).headers
    assert not {"set-cookie", "content-security-policy", "referrer-policy"} & set(headers)


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\r\nX: 1"])
def test_signing_in_leads_to_no_other_site(client, path):
    told = {"nama": NAME, "sandi": PASSWORD, "ke": path}
    answer = client(None).post("/masuk", told, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client(None).get("/bahasa/en", params={"ke": path}, follow_redirects=False).headers["location"] == "/"


def test_a_session_of_nobody_is_nobody(client):
    for token in ("", "x", "é", "0" * 5_000):
        browser = client(None)
        assert (
            browser.get("/sandi", headers={"cookie": f"sesi={token}".encode()}, follow_redirects=False).status_code
            == 303
        )


def test_a_new_browser_gets_a_new_session_whatever_it_held(client):
    browser = client(None)
    browser.hold("chosen-by-a-stranger")
    browser.post("/masuk", {"nama": NAME, "sandi": PASSWORD}, follow_redirects=False)
    assert lets_in(browser)
    stranger = client(None)
    stranger.hold("chosen-by-a-stranger")
    assert not lets_in(stranger)


def test_the_command_makes_an_account_that_signs_in(database, centre):
    with pytest.raises(CentreError, match="pemantau, petugas, admin"):
        commands.officer(database, "Lia", "pembaca")
    assert commands.officer(database, "Lia", "pemantau", "rahasia sekali")
    assert try_at(centre, "rahasia sekali", "Lia") == ""
    with reading(centre.engine) as db:
        assert db.execute(sa.select(schema.sessions.c.token_hash)).scalars().all()
        assert sessions.find(centre, db, "x") is None
