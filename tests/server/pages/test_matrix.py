"""Every page × method × who asks: nobody, viewer, officer, admin. Who may not get in changes nothing."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from sync.server.access.officers import Role
from sync.server.app import create_app
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.dialect import reading
from tests.server.pages.conftest import RATES, copied
from tests.server.pages.matrix import ACCESS, Call, calls
from tests.server.pages.support import Page, sign_in
from tests.server.support import Clock

WHO = (None, Role.VIEWER, Role.OFFICER, Role.ADMIN)
LISTED = [Call(*call.split()) for call in ACCESS]
GUARDED = [call for call in LISTED if ACCESS[str(call)] is not None]
FORMS = [call for call in LISTED if call.method == "POST"]
WITH_FILES = ("/gambar/{sku}", "/impor", "/produsen/{code}/sertifikat", "/stik")
"""Forms of which nothing is read before it is known who sends them."""
Browsers = Callable[[Role | None], Page]


@pytest.fixture(scope="module")
def app(with_officers: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Litestar]:
    with copied(with_officers, tmp_path_factory.mktemp("matrix")) as database:
        yield create_app(database, clock=Clock(), **RATES)


@pytest.fixture(scope="module")
def everywhere(app: Litestar) -> Iterator[Browsers]:
    with TestClient(app, raise_server_exceptions=False) as first:

        def browser(role: Role | None) -> Page:
            page = Page(first)
            first.cookies.clear()
            if role is not None:
                sign_in(page, app.state.centre, role)
            return page

        yield browser


def send(browser: Page, call: Call, *, with_token: bool = True):
    headers = {"accept": "text/html"}
    if call.method == "GET":
        return browser.get(call.target, headers=headers, follow_redirects=False)
    if with_token:
        return browser.post(call.target, headers=headers, follow_redirects=False)
    return browser.client.request(call.method, call.target, data={"x": "1"}, headers=headers, follow_redirects=False)


def everything(centre: Centre) -> dict[str, list[tuple[object, ...]]]:
    """Every row that a page could change; sessions come and go by themselves."""
    with reading(centre.engine) as db:
        tables = [table for table in schema.metadata.sorted_tables if table.name != "sessions"]
        return {table.name: sorted(map(tuple, db.execute(sa.select(table))), key=repr) for table in tables}


def test_every_page_stands_in_the_matrix_and_nothing_else(app):
    assert sorted(map(str, calls(app))) == sorted(ACCESS)


@pytest.mark.parametrize("call", LISTED, ids=str)
def test_a_page_opens_to_its_role_and_those_above_it(everywhere, call):
    least = ACCESS[str(call)]
    for role in WHO:
        answer = send(everywhere(role), call)
        if least is None or (role is not None and role >= least):
            assert answer.status_code not in (401, 403, 405), (role, answer.text)
            assert answer.status_code < 500, (role, answer.text)
            if least is not None and not call.path.startswith("/keluar"):
                assert not answer.headers.get("location", "").startswith("/masuk"), role
        elif role is None:
            assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/masuk")
        else:
            assert answer.status_code == 403, role
            assert "Akun Anda tidak berhak" in answer.text


def test_who_may_not_get_in_changes_nothing(app, everywhere):
    before = everything(app.state.centre)
    for call in GUARDED:
        for role in WHO:
            if role is None or role < ACCESS[str(call)]:
                send(everywhere(role), call)
    assert everything(app.state.centre) == before


@pytest.mark.parametrize("call", FORMS, ids=str)
def test_a_form_without_its_token_is_refused_whoever_sends_it(app, everywhere, call):
    before = everything(app.state.centre)
    for role in (None, ACCESS[str(call)]):
        answer = send(everywhere(role), call, with_token=False)
        if role is None and call.path in WITH_FILES:
            assert (answer.status_code, answer.headers["location"]) == (303, "/masuk")
            continue
        assert answer.status_code == 403
        assert "Formulir ini terbuka terlalu lama" in answer.text
    assert everything(app.state.centre) == before


def test_a_page_takes_no_other_method(app, everywhere):
    known = {call.path: set[str]() for call in LISTED}
    for call in LISTED:
        known[call.path].add(call.method)
    browser = everywhere(Role.ADMIN)
    for path, methods in known.items():
        for method in {"POST", "PUT", "PATCH", "DELETE"} - methods:
            answer = browser.client.request(method, Call(method, path).target, headers={"x-csrftoken": browser.token()})
            assert answer.status_code in (404, 405), (method, path)


def test_every_page_tells_the_browser_what_it_may_do(everywhere):
    for call in LISTED:
        headers = send(everywhere(Role.ADMIN), call).headers
        assert headers["content-security-policy"].startswith("default-src 'self'"), call
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer"), call
        if ACCESS[str(call)] is not None:
            assert headers["cache-control"] == "no-store", call
