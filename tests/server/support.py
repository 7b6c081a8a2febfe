"""A centre in a temporary folder, and journals made of real entries."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.documents.money import CashMove
from sync.documents.shift import ShiftOpened
from sync.protocol.batch import Batch, chain, pack_batch
from sync.protocol.entry import entry_hash, genesis, make_body
from sync.protocol.messages import ENROL, ENROL_PATH, Enrolment, EnrolRequest, entries_path
from sync.protocol.request import signed_headers
from sync.protocol.wire import public_bytes, unseal
from sync.server.centre import Centre, init_centre, open_centre
from sync.server.database import schema
from sync.server.database.dialect import writing
from sync.server.exchange.enrolment import enrol, new_code

ON_SQLITE = pytest.mark.parametrize("pattern", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("pattern", ["postgresql"], indirect=True)
"""Tests of what one engine alone does; all others run on both."""
AT = "2026-10-01T08:00:00+07:00"
DATE = "2026-10-01"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 10, 1, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **by: int) -> None:
        self.now += timedelta(**by)


def new_centre(database: str, clock: Clock) -> Centre:
    """A centre with two corners."""
    init_centre(database, clock)
    centre = open_centre(database, clock)
    with writing(centre.engine) as db:
        rows = [
            {"code": code, "name": name, "position": n}
            for n, (code, name) in enumerate([("MTR-001", "Sekretariat Daerah"), ("MTR-002", "Sekretariat DPRD")], 1)
        ]
        db.execute(sa.insert(schema.corners), rows)
        db.execute(sa.update(schema.positions).where(schema.positions.c.scope == "corner").values(value=2))
    return centre


@dataclass
class Journal:
    """A till's journal in memory, of whatever bytes a test wants."""

    corner: str = "MTR-001"
    till: str = "A"
    ledger_id: str = "11" * 16
    epoch: int = 1
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    bodies: list[bytes] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    device: str = ""
    prefix: str = "d"

    def hash_at(self, seq: int) -> bytes:
        return self.hashes[seq - 1] if seq else genesis(self.ledger_id, self.corner, self.till, self.epoch)

    def add(self, document, document_id: str | None = None, at: str = AT, date: str = DATE) -> None:
        seq = len(self.bodies) + 1
        name = document_id or f"{self.ledger_id[:2]}-{self.prefix}{seq}"
        self.add_bytes(
            make_body(
                document, epoch=self.epoch, seq=seq, document_id=name, at=at, date=date, cashier="k1", app="0.1.0"
            )
        )

    def add_bytes(self, body: bytes) -> None:
        self.hashes.append(entry_hash(self.hash_at(len(self.bodies)), body))
        self.bodies.append(body)

    def add_moves(self, count: int, amount: int = 1_000) -> "Journal":
        """Opens a shift where there is none, then puts cash in ``count`` times."""
        if not self.bodies:
            self.add(ShiftOpened(number="BK-MTR001A-000001", float=200_000))
        for _ in range(count):
            number = f"KK-MTR001A-{len(self.bodies):06}"
            self.add(CashMove(number=number, direction="in", amount=amount))
        return self

    def batch(self, first: int = 1, last: int | None = None, **changed) -> Batch:
        bodies = tuple(self.bodies[first - 1 : last])
        prev = self.hash_at(first - 1)
        hashes = chain(prev, bodies)
        plain = Batch(
            device=self.device,
            ledger_id=self.ledger_id,
            corner=self.corner,
            till=self.till,
            epoch=self.epoch,
            first_seq=first,
            prev=prev,
            last_hash=hashes[-1] if hashes else prev,
            entries=bodies,
        )
        return msgspec.structs.replace(plain, **changed)

    def enrol_request(self, code: str, **changed) -> EnrolRequest:
        plain = EnrolRequest(
            code=code,
            public_key=public_bytes(self.key),
            ledger_id=self.ledger_id,
            corner=self.corner,
            till=self.till,
        )
        return msgspec.structs.replace(plain, **changed)

    def enrol_at(self, centre: Centre) -> "Journal":
        with writing(centre.engine) as db:
            code = new_code(centre, db, self.corner, self.till)
            self.device = enrol(centre, db, self.enrol_request(code), "n").device
        return self


class Caller:
    """Signed requests to the app in process."""

    def __init__(self, client) -> None:
        self.client = client

    def call(self, journal: Journal, method: str, path: str, body: bytes = b"", at: str = AT, **headers: str):
        signed = signed_headers(journal.key, method, path, body, nonce="abc", time=at)
        return self.client.request(method, path, content=body or None, headers={**signed, **headers})

    def push(self, journal: Journal, batch: Batch | None = None, **headers: str):
        return self.call(journal, "POST", entries_path(journal.device), pack_batch(batch or journal.batch()), **headers)

    def enrol(self, journal: Journal, code: str, **changed):
        body = msgspec.msgpack.encode(journal.enrol_request(code, **changed))
        return self.call(journal, "POST", ENROL_PATH, body)


def read_enrolment(centre: Centre, data: bytes) -> Enrolment:
    return unseal(data, Enrolment, ENROL, public_bytes(centre.key))


def problem(response) -> str:
    """The name of a problem; fails unless the answer is one (RFC 9457)."""
    assert response.headers["content-type"] == "application/problem+json"
    found = response.json()
    assert found["status"] == response.status_code
    assert found["title"]
    return found["type"].removeprefix("urn:problem-type:pojok:")
