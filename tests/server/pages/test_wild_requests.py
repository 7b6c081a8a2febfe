"""Wild requests to every page by who may open it, made by schemathesis: none makes the centre fail."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.openapi import OpenAPIConfig
from litestar.testing import TestClient
from schemathesis import GenerationMode

from sync.server.access.officers import Role
from sync.server.app import create_app
from sync.server.pages.every import HANDLERS
from tests.server.pages.conftest import RATES, copied
from tests.server.pages.matrix import ACCESS, SAMPLES
from tests.server.pages.support import Page, new_session
from tests.server.support import Clock

COUNT = 3
"""Requests to each page in the suite."""
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def _operation(_handler: Any, method: Any, path: Any) -> str:
    return f"{method} {path}"


CONFIG = OpenAPIConfig("Pages", "1", operation_id_creator=_operation)
SLOW = {"POST /masuk", "POST /petugas", "POST /sandi", "POST /petugas/sandi"}
"""Each asks for a hash that takes a tenth of a second."""


SCHEMA = schemathesis.openapi.from_dict(
    Litestar([*HANDLERS], openapi_config=CONFIG, logging_config=None).openapi_schema.to_schema()
)
OPERATIONS = {
    f"{one.method.upper()} {one.path}": one
    for one in (found.ok() for found in SCHEMA.get_all_operations())
    if one.method != "head"
}


@pytest.fixture(scope="module")
def app(with_officers: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with (
        copied(with_officers, tmp_path_factory.mktemp("wild")) as database,
        TestClient(create_app(database, clock=Clock(), **RATES), raise_server_exceptions=False) as client,
    ):
        yield client


def test_every_page_is_thrown_at():
    assert OPERATIONS.keys() == ACCESS.keys() - {"GET /static/{file_path}"}


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_request_of_an_officer_makes_the_centre_fail(app, name):
    @seed(7)
    @settings(
        max_examples=1 if name in SLOW else COUNT,
        deadline=None,
        database=None,
        derandomize=False,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def throw(data: st.DataObject) -> None:
        case = data.draw(OPERATIONS[name].as_strategy(data.draw(st.sampled_from(MODES))))
        if data.draw(st.booleans()):
            case.path_parameters = {
                part: SAMPLES.get(part, value) for part, value in (case.path_parameters or {}).items()
            }
        send(app, name, case)

    throw()


def send(client: TestClient, name: str, case: Any) -> None:
    client.cookies.clear()
    browser = Page(client)
    browser.hold(new_session(client.app.state.centre, ACCESS[name] or Role.ADMIN))
    told = case.as_transport_kwargs(base_url="http://testserver")
    parts = ("method", "url", "headers", "params", "data", "json", "files")
    request = requests.Request(**{part: told[part] for part in parts if part in told}).prepare()
    body = request.body.encode() if isinstance(request.body, str) else request.body or b""
    headers = {key: text for key, text in request.headers.items() if key.lower() not in ("content-length", "cookie")}
    headers = {key: text for key, text in headers.items() if text.isascii() and text.isprintable()}
    headers |= {"x-csrftoken": browser.token(), "accept": "text/html"}
    answer = client.request(case.method, request.path_url, content=body, headers=headers, follow_redirects=False)
    assert answer.status_code < 500, answer.text
    assert answer.status_code != 403, answer.text
    assert "content-security-policy" in answer.headers
