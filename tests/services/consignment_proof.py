"""What must hold of a whole journal: worked out from its bytes, and by the centre."""

import atexit
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_app.ledger.verify import verify
from sync.protocol.batch import Batch
from sync.protocol.wire import key_id, public_bytes
from sync.server.centre import Centre, open_centre
from sync.server.database.dialect import writing
from sync.server.exchange import ingest
from sync.server.trust import figures
from tests.corner import Corner
from tests.server.support import Clock, Journal, new_centre
from tests.services.consignment_books import ConsignmentBooks

SLIP = ("received", "sold", "returned", "lost", "gross", "share")


def entries(corner: Corner) -> list[dict[str, Any]]:
    """The journal as plain data: nothing of the program reads it."""
    return [
        json.loads(body) | {"id": document_id, "seq": seq}
        for seq, document_id, body in corner.db.execute("SELECT seq, document_id, body FROM journal ORDER BY seq")
    ]


def assert_the_journal_agrees(corner: Corner, books: ConsignmentBooks) -> None:
    """``verify`` passes, goods are what came less what went, no batch gave more than it had, every slip is right."""
    story = entries(corner)
    assert verify(corner.ledger).entries == len(story) == len(books.facts)
    batches: Counter[tuple[str, str]] = Counter()
    for sku, batch, quantity in corner.db.execute("SELECT sku, batch, quantity FROM stock_movements ORDER BY seq"):
        batches[sku, batch] += quantity
        assert not batch or batches[sku, batch] >= 0, f"{sku}: batch {batch} gave more than it had"
    for sku, quantity in books.stock.items():
        assert sum(left for (one, _batch), left in batches.items() if one == sku) == quantity
    by_id = {entry["id"]: entry for entry in story}
    for entry in story:
        if entry["kind"] == "settlement":
            assert_slip(entry["doc"], story, by_id, books)


def assert_slip(slip: dict[str, Any], story: list[dict[str, Any]], by_id: dict[str, Any], books: Any) -> None:
    """The slip's lines once more, from the documents between its two entries."""
    sums: dict[str, Counter[str]] = {}
    for entry in story:
        if slip.get("from_seq", 0) < entry["seq"] <= slip["through_seq"]:
            for sku, owner, name, amount in told(entry, by_id, 1):
                if (owner or books.owner(sku)) == slip["producer"] and not books.bought(sku):
                    sums.setdefault(sku, Counter())[name] += amount
    goods = {one["sku"]: {name: one[name] for name in SLIP if one.get(name)} for one in slip.get("goods", ())}
    ours = {sku: {name: n for name, n in one.items() if n} for sku, one in sums.items()}
    assert {k: v for k, v in goods.items() if v} == {k: v for k, v in ours.items() if v}
    assert slip.get("earned", 0) == sum(one["share"] for one in sums.values())
    assert slip.get("gross", 0) == sum(one["gross"] for one in sums.values())
    assert slip.get("commission", 0) == slip.get("gross", 0) - slip.get("earned", 0)
    kept = sum(one["amount"] for one in slip.get("deductions", ()))
    due = slip.get("carried_over", 0) + slip.get("earned", 0) + slip.get("other", 0)
    assert due == slip.get("amount", 0) + kept + slip.get("remaining", 0)


def told(entry: dict[str, Any], by_id: dict[str, Any], sign: int) -> Iterator[tuple[str, str, str, int]]:
    """SKU, owner (empty: not told), which figure of a slip, by how much."""
    doc = entry["doc"]
    match entry["kind"]:
        case "reversal":
            yield from told(by_id[doc["original_id"]], by_id, -sign)
        case "sale" | "refund":
            sign = sign if entry["kind"] == "sale" else -sign
            for line in doc["lines"]:
                for name, amount in (("sold", "quantity"), ("gross", "total"), ("share", "share")):
                    yield line["sku"], line["producer"], name, sign * line.get(amount, 0)
        case "goods_received":
            for line in doc["lines"]:
                yield line["sku"], doc["producer"], "received", sign * line["quantity"]
        case "goods_returned" | "write_off":
            name = "returned" if entry["kind"] == "goods_returned" else "lost"
            for line in doc["lines"]:
                yield line["sku"], line["producer"], name, sign * line["quantity"]
        case "stock_count":
            for line in doc["lines"]:
                yield line["sku"], "", "lost", sign * (line["expected"] - line["counted"])


@cache
def empty_centre() -> Path:
    """The database of a centre with two corners, made once and copied for every day."""
    folder = Path(tempfile.mkdtemp(prefix="pojok-centre-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = f"sqlite:///{folder / 'centre.db'}"
    centre = new_centre(database, Clock())
    centre.close()
    return Path(database.removeprefix("sqlite:///"))


def assert_the_centre_agrees(corner: Corner, folder: Path) -> None:
    """The same entries, received by an embedded centre, make the same figures."""
    bodies = [bytes(row[0]) for row in corner.db.execute("SELECT body FROM journal ORDER BY seq")]
    clock = Clock()
    clock.now = datetime(2027, 1, 1, tzinfo=UTC)
    centre = open_centre(f"sqlite:///{shutil.copy(empty_centre(), folder / 'centre.db')}", clock)
    identity = corner.ledger.identity
    journal = Journal(identity.corner, identity.till, identity.ledger_id, key=Ed25519PrivateKey.generate())
    for body in bodies:
        journal.add_bytes(body)
    try:
        journal.enrol_at(centre)
        _push(centre, journal.batch(), key_id(public_bytes(journal.key)))
        theirs, ours = figures.state(centre, identity.corner, identity.till), corner.state
    finally:
        centre.close()
    assert theirs | {"journal": {}} == ours | {"journal": {}}


def _push(centre: Centre, batch: Batch, key: str) -> None:
    with writing(centre.engine) as db:
        ingest.take_batch(centre, db, ingest.valid_device(ingest.device_of(db, key, lock=True)), batch)
