"""A good request to every endpoint, by the name of its handler; and what the whole database holds."""

from collections.abc import Callable, Mapping
from itertools import product
from string import ascii_uppercase
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from sync.protocol.batch import pack_batch
from sync.protocol.facts import ProducerFacts
from sync.protocol.messages import (
    Proposal,
    Proposals,
    RepairRequest,
    entries_path,
    kept_path,
    proposals_path,
    pull_path,
    repair_path,
)
from sync.protocol.request import signed_headers
from sync.protocol.wire import MESSAGE_TYPE, deflate
from sync.server.app import create_app
from sync.server.centre import Centre, open_centre
from sync.server.database import schema
from sync.server.database.dialect import reading
from sync.server.limits import Rate
from tests.direct import Direct
from tests.server.support import AT, Clock, Journal

UNLIMITED = Rate(burst=10**9, per_second=10**9)

OPEN = {"post_enrol", "get_slip", "get_health", "get_metrics"}
"""Endpoints that need no key of a till: a code, a slip or nothing opens them."""


class Call(NamedTuple):
    """A request before it is signed."""

    method: str
    path: str
    body: bytes = b""

    def signed(self, journal: Journal, *, path: str = "", nonce: str = "abc", at: str = AT) -> dict[str, str]:
        """The headers with which ``journal`` signs it, or the same for another ``path``."""
        return signed_headers(journal.key, self.method, path or self.path, self.body, nonce=nonce, time=at)

    def send(self, client: Any, headers: Mapping[str, str]) -> Any:
        """Send it with ``headers`` and nothing else."""
        typed = {"content-type": MESSAGE_TYPE} if self.body else {}
        return client.request(self.method, self.path, content=self.body or None, headers={**typed, **headers})


def packed(message: msgspec.Struct) -> bytes:
    """Plain MessagePack."""
    return msgspec.msgpack.encode(message)


def _repair(till: Journal) -> Call:
    """Asks for a new epoch after nothing: the centre has no entry of this till yet."""
    nothing, own = till.hash_at(0), till.hash_at(len(till.bodies))
    wanted = RepairRequest(
        base_seq=0, base_hash=nothing, own_seq=len(till.bodies), own_hash=own, head_seq=0, head_hash=nothing
    )
    return Call("POST", repair_path(till.device), deflate(packed(wanted)))


def _proposals(till: Journal) -> Call:
    code = f"{till.corner.replace('-', '')}{till.till}-P01"
    facts = msgspec.json.encode(ProducerFacts(code=code, business_name="Usaha Baru"))
    one = Proposal(code=code, kind="producer", facts=facts)
    return Call("POST", proposals_path(till.device), deflate(packed(Proposals(proposals=(one,)))))


SIGNED: Mapping[str, Callable[[Journal], Call]] = {
    "post_entries": lambda till: Call("POST", entries_path(till.device), pack_batch(till.batch())),
    "get_entries": lambda till: Call("GET", kept_path(till.device, 0, 10)),
    "post_repair": _repair,
    "post_proposals": _proposals,
    "get_page": lambda till: Call("GET", pull_path(till.device, "producers", "")),
}
"""What a till with some entries asks of each endpoint that is a till's; a new one fails until it stands here."""


def rows(centre: Centre) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with reading(centre.engine) as db:
        return {
            table.name: sorted((tuple(row) for row in db.execute(sa.select(table))), key=repr)
            for table in schema.metadata.sorted_tables
        }


class World:
    """A centre that answers in process without limits of how often one may ask, and as many tills as are wanted."""

    def __init__(self, database: str) -> None:
        self.clock = Clock()
        self.centre = open_centre(database, self.clock)
        names = ("per_device", "per_stranger", "per_checker", "per_reader")
        rates = dict.fromkeys(names, UNLIMITED)
        self.client = Direct(create_app(database, clock=self.clock, **rates))
        self._tills = product(ascii_uppercase, ascii_uppercase)

    def new_till(self, corner: str = "MTR-001") -> Journal:
        """An enrolled till with no entries."""
        letters = "".join(next(self._tills))
        return Journal(corner=corner, till=letters, ledger_id=letters.encode().hex() * 8).enrol_at(self.centre)

    def close(self) -> None:
        """Give the connections back."""
        self.centre.close()
        self.client.app.state.centre.close()
        self.client.close()
