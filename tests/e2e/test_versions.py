"""Other versions: ledgers of every schema with a backlog, a till at a centre of later and at one of before."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pos_app.ledger.ledger import Ledger
from pos_app.ledger.verify import verify
from pos_app.services.figures import current_state
from sync.client.transport import Answer
from sync.protocol.messages import ACK, PAGE
from sync.protocol.problems import encode_problem, problem_of
from sync.protocol.wire import Signed, deflate, inflate, key_id, public_bytes, sign, unpack
from sync.server.database import schema
from sync.server.trust import figures
from tests.exchange_machine.world import CORNER, CentreHere, Line, TillHere, template

LEDGERS = sorted((Path(__file__).parents[1] / "fixtures" / "ledgers").glob("v*.db"))
Change = Callable[[dict[str, Any], str], dict[str, Any]]


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[CentreHere]:
    shutil.copy(template() / "centre.db", tmp_path / "centre.db")
    made = CentreHere(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("path", LEDGERS, ids=lambda path: path.stem)
def test_a_ledger_of_every_schema_brings_its_whole_backlog(tmp_path: Path, centre: CentreHere, path: Path) -> None:
    shutil.copy(path, tmp_path / "Z.db")
    Ledger.open(tmp_path / "Z.db").close()
    till = TillHere(tmp_path, centre, "Z")
    who = till.ledger.identity
    assert who.corner == CORNER
    till.till = who.till
    till.enrol()
    entries = till.ledger.head().seq
    report = till.exchange()
    assert (report.status, report.pushed, report.acked) == ("ok", entries, entries)
    assert not centre.rows(schema.quarantine)
    (device,) = [row for row in centre.rows(schema.devices) if row["ledger_id"] == who.ledger_id]
    assert (device["head_seq"], bytes(device["head_hash"])) == (entries, till.ledger.head().hash)
    theirs = figures.state(centre.centre, who.corner, who.till)
    assert theirs | {"journal": {}} == current_state(till.ledger) | {"journal": {}}
    verify(till.ledger)
    till.close()


class OtherCentre(Line):
    """A line to a centre of another version: what it says is changed, and signed by it."""

    def __init__(self, centre: CentreHere, change: Change, missing: tuple[str, ...] = ()) -> None:
        super().__init__(centre)
        self._change, self._missing, self._here = change, missing, centre

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        if any(f"{method} " + path.partition("?")[0].rpartition("/")[2] == one for one in self._missing):
            return Answer(404, {}, encode_problem(problem_of("not_found")))
        answer = super().send(method, path, body, headers)
        if answer.status != 200:
            return answer
        purpose = ACK if path.endswith("/entries") else PAGE if "/pull/" in path else ""
        return replace(answer, body=self._changed(answer.body, purpose)) if purpose else answer

    def _changed(self, sealed: bytes, purpose: str) -> bytes:
        told = self._change(msgspec.msgpack.decode(inflate(unpack(sealed, Signed).payload)), purpose)
        payload, key = deflate(msgspec.msgpack.encode(told)), self._here.centre.key
        return msgspec.msgpack.encode(Signed(payload, key_id(public_bytes(key)), sign(key, purpose, payload)))


def of_later(told: dict[str, Any], purpose: str) -> dict[str, Any]:
    """Unknown fields everywhere: in the message, in rows, in facts."""
    if purpose == ACK:
        return told | {"mood": {"weather": ["hujan"]}, "protocol": 9, "cursors": told["cursors"] | {"festivals": "x.7"}}
    rows = msgspec.msgpack.decode(inflate(told["block"])) if told["block"] else []
    later = []
    for key, body, *rest in rows:
        facts = msgspec.json.encode(msgspec.json.decode(body) | {"carbon": 3, "grade": None}) if body else body
        later.append([key, facts, *rest, "later", {"x": 1}])
    told |= {"count": None, "digest": None}
    return told | {"block": deflate(msgspec.msgpack.encode(later)) if later else b"", "colour": "blue"}


def of_before(told: dict[str, Any], purpose: str) -> dict[str, Any]:
    """As the first version spoke: no neighbours, no rollover, no count, no digest, no tokens."""
    if purpose == ACK:
        cursors = {scope: cursor for scope, cursor in told["cursors"].items() if scope != "neighbours"}
        return {name: value for name, value in told.items() if name != "rollover"} | {"cursors": cursors}
    rows = msgspec.msgpack.decode(inflate(told["block"])) if told["block"] else []
    plain = {name: value for name, value in told.items() if name not in ("count", "digest")}
    return plain | {"block": deflate(msgspec.msgpack.encode([row[:2] for row in rows])) if rows else b""}


NEW_ENDPOINTS = ("GET entries", "POST repair", "POST proposals")


@pytest.fixture
def till(tmp_path: Path, centre: CentreHere) -> Iterator[TillHere]:
    made = TillHere(tmp_path, centre, "C")
    made.enrol()
    made.record(4)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("change", "missing"), [(of_later, ()), (of_before, NEW_ENDPOINTS)], ids=["of_later", "of_before"]
)
def test_a_till_goes_on_at_a_centre(
    centre: CentreHere, till: TillHere, change: Change, missing: tuple[str, ...]
) -> None:
    till.line = OtherCentre(centre, change, missing)
    till.register_producer("Usaha Baru")
    first = till.exchange()
    assert (first.status, first.acked) == ("ok", 4), first
    assert first.pulled >= 60
    till.record(2)
    again = till.exchange()
    assert (again.status, again.acked, till.store.standing().problem) == ("ok", 6, "")


def test_a_fork_at_a_centre_of_before_stops_the_pushing_and_loses_nothing(
    tmp_path: Path, centre: CentreHere, till: TillHere
) -> None:
    answered = till.back_up(tmp_path / "old")
    till.record(2)
    assert till.exchange().status == "ok"
    till.come_back(tmp_path / "old", answered, new_computer=False)
    till.record(1)
    till.line = OtherCentre(centre, of_before, NEW_ENDPOINTS)
    assert till.exchange().status == "fork"
    assert till.answered <= set(till.documents())
    till.line = Line(centre)
    assert till.exchange().reason == "repair_waiting", "the centre was updated meanwhile"
