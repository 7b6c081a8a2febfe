"""Every endpoint of a till × everybody who is not that till: refused, and not one row written."""

from collections.abc import Callable, Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.protocol.batch import pack_batch
from sync.protocol.messages import entries_path
from sync.protocol.request import KEY, NONCE, SIGNATURE, TIME
from sync.server.app import HANDLERS
from sync.server.openapi import name_of
from tests.endpoints.requests import OPEN, SIGNED, Call, World, rows
from tests.server.support import Caller, Journal, problem

Forge = Callable[[Call, Journal, dict[str, Journal]], dict[str, str]]


def other_key(call: Call, owner: Journal, _others: dict[str, Journal]) -> dict[str, str]:
    return call.signed(owner) | {KEY: "0" * 32}


def unknown(call: Call, owner: Journal, _others: dict[str, Journal]) -> dict[str, str]:
    return call.signed(Journal(device=owner.device, key=Ed25519PrivateKey.generate()))


def other_path(call: Call, owner: Journal, others: dict[str, Journal]) -> dict[str, str]:
    return call.signed(owner, path=call.path.replace(owner.device, others["neighbour"].device))


def other_method(call: Call, owner: Journal, _others: dict[str, Journal]) -> dict[str, str]:
    return call._replace(method="DELETE").signed(owner)


def other_body(call: Call, owner: Journal, _others: dict[str, Journal]) -> dict[str, str]:
    return call._replace(body=call.body + b"x").signed(owner)


def cut_signature(call: Call, owner: Journal, _others: dict[str, Journal]) -> dict[str, str]:
    return call.signed(owner) | {SIGNATURE: call.signed(owner)[SIGNATURE][:-4]}


def changed(header: str, text: str) -> Forge:
    return lambda call, owner, _others: call.signed(owner) | {header: text}


def without(header: str) -> Forge:
    return lambda call, owner, _others: {name: text for name, text in call.signed(owner).items() if name != header}


def by(name: str) -> Forge:
    return lambda call, _owner, others: call.signed(others[name])


FORGERIES: dict[str, tuple[Forge, int, str]] = {
    "nobody": (lambda *_: {}, 401, "bad_signature"),
    "an_unknown_key": (unknown, 401, "unknown_key"),
    "the_name_of_no_key": (other_key, 401, "unknown_key"),
    "a_till_of_another_corner": (by("foreign"), 403, "foreign_device"),
    "the_other_till_of_the_corner": (by("neighbour"), 403, "foreign_device"),
    "a_revoked_key": (by("revoked"), 403, "key_revoked"),
    "a_signature_for_another_path": (other_path, 401, "bad_signature"),
    "a_signature_for_another_method": (other_method, 401, "bad_signature"),
    "a_signature_for_another_body": (other_body, 401, "bad_signature"),
    "a_cut_signature": (cut_signature, 401, "bad_signature"),
    "another_nonce": (changed(NONCE, "abd"), 401, "bad_signature"),
    "an_endless_nonce": (changed(NONCE, "a" * 129), 401, "bad_signature"),
    "another_time": (changed(TIME, "2016-10-01T08:00:00+07:00"), 401, "bad_signature"),
    "a_signature_in_no_base64": (changed(SIGNATURE, "~"), 401, "bad_signature"),
    "no_key": (without(KEY), 401, "bad_signature"),
    "no_nonce": (without(NONCE), 401, "bad_signature"),
    "no_time": (without(TIME), 401, "bad_signature"),
    "no_signature": (without(SIGNATURE), 401, "bad_signature"),
}


@pytest.fixture(scope="module")
def world(module_database: str) -> Iterator[World]:
    made = World(module_database)
    yield made
    made.close()


@pytest.fixture
def owner(world: World) -> Journal:
    return world.new_till().add_moves(3)


@pytest.fixture
def others(world: World, owner: Journal) -> dict[str, Journal]:
    """Tills that are not the owner; ``revoked`` was the owner's own key once."""
    revoked = Journal(key=owner.key, ledger_id=owner.ledger_id, device=owner.device)
    owner.key = Ed25519PrivateKey.generate()
    owner.enrol_at(world.centre)
    return {"neighbour": world.new_till(), "foreign": world.new_till("MTR-002"), "revoked": revoked}


def test_every_endpoint_is_open_to_all_or_tried_by_everybody_who_is_not_the_till() -> None:
    assert {name_of(handler) for handler in HANDLERS} == OPEN | SIGNED.keys()


@pytest.mark.parametrize("name", SIGNED)
def test_the_till_itself_is_answered(world: World, owner: Journal, others: dict[str, Journal], name: str) -> None:
    call = SIGNED[name](owner)
    assert call.send(world.client, call.signed(owner)).status_code == 200


@pytest.mark.parametrize("who", FORGERIES)
@pytest.mark.parametrize("name", SIGNED)
def test_nobody_else_is_answered_and_nothing_is_written(
    world: World, owner: Journal, others: dict[str, Journal], name: str, who: str
) -> None:
    forge, status, reason = FORGERIES[who]
    call = SIGNED[name](owner)
    before = rows(world.centre)
    answer = call.send(world.client, forge(call, owner, others))
    assert (answer.status_code, problem(answer)) == (status, reason)
    assert rows(world.centre) == before


@pytest.mark.parametrize("name", SIGNED)
def test_the_same_request_once_more_changes_nothing(
    world: World, owner: Journal, others: dict[str, Journal], name: str
) -> None:
    call = SIGNED[name](owner)
    headers = call.signed(owner)
    assert call.send(world.client, headers).status_code == 200
    before = rows(world.centre)
    again = call.send(world.client, headers)
    assert again.status_code == 200
    assert rows(world.centre) == before


@pytest.mark.parametrize("at", ["2016-10-01T08:00:00+07:00", "2036-10-01T08:00:00+07:00", "never"])
@pytest.mark.parametrize("name", SIGNED)
def test_a_wrong_clock_refuses_nobody(
    world: World, owner: Journal, others: dict[str, Journal], name: str, at: str
) -> None:
    call = SIGNED[name](owner)
    assert call.send(world.client, call.signed(owner, at=at)).status_code == 200


@pytest.mark.parametrize("who", ["neighbour", "foreign"])
def test_a_batch_of_another_till_is_refused_on_the_own_path_too(
    world: World, owner: Journal, others: dict[str, Journal], who: str
) -> None:
    thief = others[who]
    call = Call("POST", entries_path(thief.device), pack_batch(owner.batch()))
    before = rows(world.centre)
    answer = call.send(world.client, call.signed(thief))
    assert (answer.status_code, problem(answer)) == (403, "foreign_device")
    assert rows(world.centre) == before


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [("0000-0000-0000-0000", 403, "bad_code"), ("", 400, "malformed"), ("x" * 65, 400, "malformed")],
)
def test_enrolment_without_a_code_binds_no_key(world: World, code: str, status: int, reason: str) -> None:
    before = rows(world.centre)
    answer = Caller(world.client).enrol(Journal(ledger_id="55" * 16), code)
    assert (answer.status_code, problem(answer)) == (status, reason)
    assert rows(world.centre) == before
