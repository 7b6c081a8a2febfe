"""The description of the endpoints: complete, closed where it can be, and the one that is kept beside the protocol."""

from pathlib import Path

import msgspec
import pytest

from sync.protocol.problems import STATUS, TYPE
from sync.server.app import HANDLERS
from sync.server.openapi import CALLS, COMPONENTS, EXTENSION, describe, document

DOCUMENT = describe(HANDLERS)
KEPT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
OPERATIONS = {one["operationId"]: one for path in DOCUMENT["paths"].values() for one in path.values()}


def test_the_kept_description_is_that_of_the_code() -> None:
    assert KEPT.read_bytes() == document(HANDLERS), "run: make openapi"


def test_the_centre_serves_it(caller) -> None:
    answer = caller.client.get("/openapi.json")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.content == document(HANDLERS)


def test_every_endpoint_is_described_and_nothing_else() -> None:
    assert OPERATIONS.keys() == CALLS.keys()
    assert all(operation["description"] for operation in OPERATIONS.values())


def test_every_struct_that_is_named_is_there() -> None:
    found = [word for word in document(HANDLERS).decode().split('"') if word.startswith(COMPONENTS)]
    assert {name.removeprefix(COMPONENTS) for name in found} <= DOCUMENT["components"]["schemas"].keys()
    assert EXTENSION in OPERATIONS["post_entries"]["requestBody"]["content"]["application/vnd.pojok+msgpack"]


def test_every_problem_of_the_exchange_is_named_somewhere() -> None:
    told = {
        name
        for operation in OPERATIONS.values()
        for answer in operation["responses"].values()
        for name in answer["description"].split(", ")
    }
    assert STATUS.keys() - told == {"method_not_allowed"}, "which no described request can get"
    problem = DOCUMENT["components"]["schemas"]["Problem"]
    assert {TYPE + name for name in STATUS} < set(problem["properties"]["type"]["enum"])
    assert problem["additionalProperties"] is False


def test_an_endpoint_that_nobody_described_is_found() -> None:
    from litestar import get

    @get("/v1/new", sync_to_thread=False)
    def get_new() -> str:
        return ""

    with pytest.raises(KeyError, match="get_new"):
        describe([*HANDLERS, get_new])


def test_it_is_json_that_others_can_read() -> None:
    assert msgspec.json.decode(document(HANDLERS))["openapi"].startswith("3.1")
