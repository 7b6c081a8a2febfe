"""What follows from the entries is made anew from them, also what an older program could not read."""

import msgspec
import pytest
import sqlalchemy as sa

from sync.documents.goods import GoodsReceived, ReceivedLine
from sync.protocol.messages import ACK, PAGE, Ack, Page, pull_path
from sync.protocol.wire import public_bytes, unseal
from sync.server import commands
from sync.server.centre import Centre, open_centre
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.projecting import projection
from sync.server.projecting.projection import Unprojectable
from sync.server.projecting.storing import PROJECTED
from sync.server.trust import figures
from tests.server.projecting.test_checking import slip
from tests.server.support import Journal


def everything(centre: Centre) -> list[object]:
    with reading(centre.engine) as db:
        tables = [sorted(map(tuple, db.execute(sa.select(table)))) for table in (*PROJECTED, schema.document_ids)]
        devices = db.execute(sa.select(schema.devices.c.held, schema.devices.c.open_shift)).all()
        return [*tables, sorted(map(tuple, devices))]


@pytest.fixture
def busy(centre: Centre, caller, journal: Journal) -> Journal:
    """Cash moves, a slip, an unreadable entry and a document that is there twice."""
    journal.add_moves(3)
    journal.add(slip(1, 28_800))
    journal.add_bytes(b"unreadable")
    journal.add(slip(2, 100), document_id=f"{journal.ledger_id[:2]}-d4")
    assert caller.push(journal).status_code == 200
    return journal


def test_what_was_lost_or_changed_by_hand_comes_back(database: str, centre: Centre, busy: Journal) -> None:
    before = everything(centre)
    with writing(centre.engine) as db:
        db.execute(sa.update(schema.balances).values(amount=1))
        db.execute(sa.update(schema.devices).values(held=0, open_shift=0))
        for table in (schema.stock, schema.days, schema.slips, schema.quarantine, schema.document_ids):
            db.execute(sa.delete(table))
    done = commands.rebuild(database)
    assert done == {"status": "ok", "tills": 1, "entries": 7, "quarantined_before": 0, "quarantined": 2}
    assert everything(centre) == before
    figures.verify(centre)


def test_rebuilding_twice_changes_nothing(database: str, centre: Centre, busy: Journal) -> None:
    before = everything(centre)
    assert commands.rebuild(database)["quarantined"] == 2
    assert everything(centre) == before


def test_a_kind_that_an_older_program_did_not_know_is_projected_later(
    database: str, centre: Centre, caller, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = projection.readable

    def older(envelope, epoch, seq):
        known = envelope is None or envelope.kind != "cash_move"
        return real(envelope, epoch, seq) if known else Unprojectable("unknown_kind", "unknown document: cash_move")

    journal.add_moves(2)
    with monkeypatch.context() as patch:
        patch.setattr("sync.server.projecting.storing.readable", older)
        assert caller.push(journal).status_code == 200
    assert commands.state(database)["drawer"] == 200_000
    done = commands.rebuild(database, "MTR-001", "A")
    assert (done["quarantined_before"], done["quarantined"]) == (2, 0)
    assert commands.state(database)["drawer"] == 202_000


def test_a_till_that_is_not_enrolled_is_named(database: str, centre: Centre) -> None:
    with pytest.raises(CentreError, match="MTR-077"):
        commands.rebuild(database, "MTR-077")


def test_a_broken_chain_is_not_rebuilt_over(database: str, centre: Centre, busy: Journal) -> None:
    before = everything(centre)
    with writing(centre.engine) as db:
        db.execute(sa.update(schema.entries).where(schema.entries.c.seq == 3).values(body=b"{}"))
    with pytest.raises(CentreError, match="entry 3"):
        commands.rebuild(database)
    assert everything(centre) == before


def test_a_new_timeline_makes_every_till_pull_anew(database: str, centre: Centre, caller, journal: Journal) -> None:
    old = commands.timeline(database)
    assert old == centre.timeline
    new = commands.timeline(database, new=True)
    assert new != old
    assert commands.timeline(database) == new
    again = open_centre(database)
    assert again.timeline == new
    again.close()


def test_a_new_timeline_is_noticed_by_a_centre_that_serves(
    database: str, centre: Centre, caller, journal: Journal
) -> None:
    def told() -> tuple[str, Page]:
        ack = unseal(caller.push(journal).content, Ack, ACK, key)
        answer = caller.call(journal, "GET", pull_path(journal.device, "corner", cursor))
        return ack.timeline, unseal(answer.content, Page, PAGE, key)

    key, cursor = public_bytes(centre.key), f"{centre.timeline}.2"
    timeline, page = told()
    assert (timeline, page.timeline, page.restart) == (centre.timeline, centre.timeline, False)
    new = commands.timeline(database, new=True)
    timeline, page = told()
    assert (timeline, page.timeline, page.restart) == (new, new, True)


def test_who_read_the_timeline_before_it_changed_does_not_bring_it_back(centre: Centre) -> None:
    old = centre.timeline
    for told in ("second", old, "third", "second"):
        centre.notice(told)
    assert centre.timeline == "third"


def read_reasons(caller) -> list[str]:
    with reading(caller.client.app.state.centre.engine) as db:
        return list(db.execute(sa.select(schema.quarantine.c.reason)).scalars())


@pytest.mark.parametrize("at", ["id", "at", "sku"])
def test_a_name_with_a_nul_is_kept_and_quarantined_on_both_engines(database: str, caller, journal: Journal, at) -> None:
    journal.add_moves(1)
    if at == "sku":
        line = ReceivedLine(sku="\0", name="x", quantity=1_000, batch="b", pricing="putus", sell_price=2, cost=1)
        journal.add(GoodsReceived(number="NT-MTR001A-000001", producer="P", lines=(line,)))
    else:
        plain = msgspec.json.decode(journal.bodies[-1]) | {"seq": 3, "id": "n3", at: "\0"}
        journal.add_bytes(msgspec.json.encode(plain))
    journal.add_moves(1)
    assert caller.push(journal).status_code == 200
    state = commands.state(database)
    assert read_reasons(caller) == ["invalid_document"]
    assert state["journal"]["entries"] == 4
    assert state["drawer"] == 202_000
    assert commands.verify(database)["entries"] == 4
