"""Several workers at the same moment: what only one may do is done once, on both engines."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import sqlalchemy as sa

from sync.documents.money import CashMove
from sync.protocol.wire import key_id, public_bytes
from sync.server import commands
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.exchange.enrolment import enrol
from sync.server.exchange.ingest import device_of, take_batch
from sync.server.trust import figures
from tests.server.support import Journal

AT_ONCE = 6
T = TypeVar("T")


def everybody(centre: Centre, work: Callable[[int], T]) -> list[T]:
    """What ``work`` gives to each of ``AT_ONCE`` threads, which begin together and have their connections ready."""
    start = Barrier(AT_ONCE)

    def one(number: int) -> T:
        with reading(centre.engine):
            start.wait()
        start.wait()
        return work(number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def rows(centre: Centre, table: sa.Table) -> int:
    with reading(centre.engine) as db:
        return db.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_a_batch_that_comes_many_times_at_once_is_taken_once(database: str, centre: Centre, journal: Journal) -> None:
    journal.add_moves(300)
    key = key_id(public_bytes(journal.key))

    def push(number: int) -> tuple[int, int]:
        with writing(centre.engine) as db:
            taken = take_batch(centre, db, device_of(db, key, lock=True), journal.batch(1 + number))
            return taken.new, taken.known

    with writing(centre.engine) as db:
        take_batch(centre, db, device_of(db, key, lock=True), journal.batch(last=10))
    assert sum(new for new, _known in everybody(centre, push)) == 291
    assert rows(centre, schema.entries) == 301
    figures.verify(centre)


def test_tills_that_bring_the_same_document_at_once_have_it_counted_once(database: str, centre: Centre) -> None:
    tills = [Journal(till="ABCDEF"[n], ledger_id=f"{n + 1}{n + 1}" * 16).enrol_at(centre) for n in range(AT_ONCE)]
    for till in tills:
        till.add(CashMove(number="KK-MTR001A-000001", direction="in", amount=500), document_id="the same")

    def push(number: int) -> int:
        key = key_id(public_bytes(tills[number].key))
        with writing(centre.engine) as db:
            return take_batch(centre, db, device_of(db, key, lock=True), tills[number].batch()).new

    assert everybody(centre, push) == [1] * AT_ONCE
    assert rows(centre, schema.quarantine) == AT_ONCE - 1
    with reading(centre.engine) as db:
        cash = sa.select(sa.func.sum(schema.balances.c.amount)).where(schema.balances.c.account == "cash")
        assert db.execute(cash).scalar_one() == 500


def test_a_code_that_is_used_many_times_at_once_makes_one_till(database: str, centre: Centre) -> None:
    journal = Journal()
    code = commands.code(database, journal.corner, journal.till)

    def join(_number: int) -> str:
        with writing(centre.engine) as db:
            return enrol(centre, db, journal.enrol_request(code), "n").device

    assert len(set(everybody(centre, join))) == 1
    assert rows(centre, schema.devices) == 1
