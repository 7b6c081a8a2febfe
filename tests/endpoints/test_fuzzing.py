"""Wild requests to every endpoint, on both engines; 100,000 of them are ``make endpoints``."""

from collections.abc import Iterator

import pytest

from tests.endpoints.fuzzing import OPERATIONS, Fuzz

COUNT = 15


@pytest.fixture(scope="module")
def fuzz(module_database: str) -> Iterator[Fuzz]:
    made = Fuzz(module_database)
    yield made
    made.close()


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_request_makes_the_centre_fail(fuzz: Fuzz, name: str) -> None:
    fuzz.throw(name, COUNT, start=20_261_001)
    assert any(key.startswith(f"{name} ") for key in fuzz.answers)


def test_the_wild_requests_got_into_every_endpoint_and_were_refused_for_many_reasons(fuzz: Fuzz) -> None:
    """Runs after the others; requests that are all refused at the door would prove little."""
    for name in OPERATIONS:
        fuzz.throw(name, 25, start=7)
    for start in range(100, 120):  # an old program that pulls is the rarest of all
        if not any(key.endswith(" 426") for key in fuzz.answers):
            fuzz.throw("get_page", 25, start=start)
    assert {key.split()[0] for key in fuzz.answers if key.endswith(" 200")} == OPERATIONS.keys()
    assert {key.split()[1] for key in fuzz.answers} >= {"200", "400", "401", "403", "404", "409", "426"}


@pytest.mark.parametrize("name", ["post_entries", "get_page"])
def test_a_centre_that_fails_is_found(fuzz: Fuzz, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError

    handler = {
        "post_entries": "sync.server.exchange.routes_devices.read_batch",
        "get_page": "sync.server.exchange.routes_devices.read_page",
    }
    monkeypatch.setattr(handler[name], broken)
    with pytest.raises(BaseException, match="Server error") as found:
        fuzz.throw(name, 50, start=1)
    assert "500" in repr(found.value) + str(found.value)
