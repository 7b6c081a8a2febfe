"""What strangers send: nothing large is read of it and nothing makes the centre fail; machines find what is theirs."""

import logging
import re

import pytest
from litestar.testing import TestClient

from sync.server.access.officers import Role
from sync.server.app import create_app
from sync.server.database.dialect import writing
from sync.server.limits import Rate
from sync.server.registry.producer_links import make_link
from tests.server.pages.conftest import RATES
from tests.server.pages.matrix import ACCESS, Call
from tests.server.pages.test_proxy import MOST
from tests.server.registry_support import producer

HTML = {"accept": "text/html"}
FORM = {"content-type": "application/x-www-form-urlencoded"} | HTML
MULTIPART = {"content-type": "multipart/form-data; boundary=x"} | HTML
OPEN = ["/katalog", "/katalog.json", "/katalog.csv", "/katalog/umpan", "/sitemap.xml", "/robots.txt", "/periksa"]


def part(disposition: str, more: str = "", body: str = "a") -> bytes:
    return f"--x\r\nContent-Disposition: form-data; {disposition}\r\n{more}\r\n{body}\r\n--x--\r\n".encode()


@pytest.fixture
def reading_none(client, monkeypatch):
    """Fails where the body of a form is read."""
    from litestar import Request

    async def form(_self):
        raise AssertionError("the form was read")

    monkeypatch.setattr(Request, "form", form)
    return client


@pytest.mark.parametrize("path", MOST)
def test_a_file_is_not_read_unless_its_page_is_open_to_who_sends_it(reading_none, path):
    for role, status in ((None, 303), (Role.VIEWER, 403), (Role.OFFICER, 500)):
        browser = reading_none(role).client
        answer = browser.post(path, content=part('name="a"'), headers=MULTIPART, follow_redirects=False)
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("cookie", "headers", "body"),
    [
        ("x" * 128, FORM, "_csrf_token=é".encode()),
        ("x" * 128, FORM, b"_csrf_token=" + b"%C3%A9" * 64),
        ("é" * 128, FORM, b"_csrf_token=" + b"a" * 128),
        ("x" * 128, MULTIPART, part('name="_csrf_token"; filename="a"')),
        ("x" * 128, MULTIPART, part('name="_csrf_token"', "Content-Type: text/plain; charset=nonsense\r\n")),
        ("x" * 128, MULTIPART, part("name*=nonsense''_csrf_token")),
        ("x" * 128, FORM | {"x-csrftoken": "é" * 128}, b""),
    ],
    ids=["raw", "quoted", "cookie", "file", "charset", "name", "header"],
)
def test_a_token_that_is_none_is_refused_and_nothing_is_logged(client, caplog, cookie, headers, body):
    sent = {name: value.encode("latin-1") for name, value in headers.items()}
    with caplog.at_level(logging.WARNING):
        answer = client(None).client.post(
            "/masuk", content=body, headers=sent | {"cookie": f"formulir={cookie}".encode("latin-1")}
        )
    assert answer.status_code in (400, 403), answer.text
    assert caplog.records == []


@pytest.mark.parametrize(
    "path", ["/static/%00", "/static/pojok.css%00", "/static/%01%02", "/static/..%2f%00", "/static/" + "a" * 5_000]
)
def test_a_file_that_cannot_be_called_so_is_not_there(client, caplog, path):
    with caplog.at_level(logging.WARNING):
        assert client(None).get(path).status_code == 404
    assert caplog.records == []


@pytest.mark.parametrize("path", OPEN)
def test_the_headers_of_an_open_page_may_be_asked_for_alone(client, path):
    page = client(None)
    whole, head = page.get(path), page.client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert head.headers.get("etag") == whole.headers.get("etag")


def test_no_other_page_answers_to_who_asks_for_headers_alone(client):
    for call in (Call(*one.split()) for one, role in ACCESS.items() if role is not None):
        assert client(None).client.head(call.target).status_code in (404, 405), call


def test_a_private_page_may_be_asked_for_by_robots_and_says_itself_that_it_is_listed_nowhere(client):
    assert "Allow: /p/\n" in client(None).get("/robots.txt").text
    assert "noindex" in client(None).get("/p/nothing").headers["x-robots-tag"]


@pytest.mark.parametrize(
    "path", ["/health", "/metrics", "/openapi.json", "/v1/x", "/katalog", "/masuk", "/nowhere", "/static/x"]
)
def test_every_answer_keeps_browsers_to_tls_and_to_what_it_is(database, clock, path):
    with TestClient(create_app(database, clock=clock, address="https://pojok.example.go.id", **RATES)) as client:
        for answer in (client.get(path), client.get(path, headers=HTML), client.delete(path)):
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_a_private_page_changes_its_language_in_place_so_that_no_other_address_names_its_link(client, centre):
    producer(centre, "P1", "Dapur Siger")
    with writing(centre.engine) as db:
        token = make_link(centre, db, "P1", "Adi")
    page = client(None)
    text = page.get(f"/p/{token}").text
    assert f'href="/p/{token}?bahasa=en"' in text
    assert not re.search(rf"/bahasa/[^\"]*{token}", text)
    english = page.get(f"/p/{token}?bahasa=en")
    assert '<html lang="en">' in english.text
    assert '<html lang="en">' in page.get("/katalog").text, "from now on"
    assert '<html lang="id">' in page.get(f"/p/{token}?bahasa=id").text
    assert '<html lang="id">' in client(None).get("/katalog?bahasa=en").text
    assert "set-cookie" not in client(None).get(f"/p/{token}?bahasa=x").headers


def test_who_makes_the_centre_work_without_end_waits_and_a_reader_never_does(database, clock, centre):
    producer(centre, "P1", "Dapur Siger")
    with writing(centre.engine) as db:
        token = make_link(centre, db, "P1", "Rahma")
    pages = ("/katalog?q=kripik", "/katalog/X", f"/p/{token}")
    files = ("/katalog.json", "/katalog.csv", "/sitemap.xml", f"/p/{token}/rekap-2026-10.pdf")
    paths = {"/katalog/X/y-small.jpg": 1} | dict.fromkeys(pages, 10) | dict.fromkeys(files, 60)
    for path, cost in paths.items():
        rates = RATES | {"per_reader": Rate(burst=2 * cost, per_second=0.5)}
        with TestClient(create_app(database, clock=clock, **rates), raise_server_exceptions=False) as client:
            first, second, third = (client.get(path, headers=HTML) for _ in range(3))
            assert {first.status_code, second.status_code} <= {200, 404}, path
            assert third.status_code == 429, path
            assert "Terlalu banyak permintaan" in third.text
            assert 0 < int(third.headers["retry-after"]) <= 2 * cost
            assert client.get("/periksa").status_code == 200, "what costs nothing stays open"
    with TestClient(create_app(database, clock=clock), raise_server_exceptions=False) as client:
        seen = [client.get(path).status_code for _ in range(8) for path in paths]
    assert 429 not in seen, "everything that is there, eight times in a row"
