"""A centre that came back from a copy, and the registry of a till that pulled more: both count the same afterwards.

What a till holds is compared with what a till holds that joins today and pulls everything.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pos_app.ledger import digests
from pos_app.ledger.exchange import LedgerStore
from sync.server.database import schema
from sync.server.errors import CentreError
from sync.server.exchange.feeds import take_positions
from sync.server.registry import deciding, merging
from tests.exchange_machine.machine import ExchangeMachine
from tests.exchange_machine.world import OFFICER, TillHere

DAY = timedelta(days=1)
EVENTS = st.lists(
    st.sampled_from(("renamed", "added", "registered", "confirmed", "merged", "pulled", "copied", "restored")),
    min_size=4,
    max_size=14,
)


class Registry:
    """A till and a centre with sixty producers, whose registry goes on."""

    def __init__(self) -> None:
        self.run = ExchangeMachine()
        self.centre, self.till = self.run.centre, self.run.tills["A"]
        self.copies: list[Path] = []
        self.codes: list[str] = []
        self.count = 0

    def happens(self, event: str, *, new_timeline: bool) -> None:
        self.count += 1
        match event:
            case "renamed":
                self._write(sa.update(schema.producers).where(schema.producers.c.code == "P001"))
            case "added":
                plain = {"code": f"Q{self.count:03}", "class": "mikro", "payout_terms": "harian"}
                self._write(sa.insert(schema.producers).values(plain))
            case "registered":
                self.codes.append(self.till.register_producer(f"Warung {self.count}"))
                assert self.till.exchange().status == "ok"
            case "confirmed" | "merged":
                self._decide(merged=event == "merged")
            case "pulled":
                assert self.till.exchange().status == "ok"
            case "copied":
                self.copies.append(self.till.folder / f"copy-{self.count}")
                self.centre.copy_to(self.copies[-1])
            case "restored" if self.copies:
                self.centre.come_back(self.copies[self.count % len(self.copies)], new_timeline=new_timeline)

    def _write(self, statement: Any) -> None:
        with self.centre.office() as (_centre, db):
            position = take_positions(db, "producers", 1)
            db.execute(statement.values(business_name=f"Usaha {self.count}", position=position))

    def _decide(self, *, merged: bool) -> None:
        for code in self.codes:
            try:
                with self.centre.office() as (centre, db):
                    if merged:
                        merging.merge_proposed(centre, db, code, "P002", OFFICER)
                    else:
                        deciding.confirm(centre, db, code, {}, OFFICER)
            except CentreError:
                continue
            return

    def comes_to_rest(self) -> None:
        """Two exchanges: what the restored centre lacks is sent again by the first."""
        for _exchange in range(2):
            assert self.till.exchange().status == "ok"

    def newcomer(self) -> TillHere:
        """A till that joined today and pulled everything."""
        other = TillHere(self.till.folder, self.centre, "C")
        other.enrol()
        assert other.exchange().status == "ok"
        return other


def held(till: TillHere) -> tuple[Any, ...]:
    """What a till has of the centre's producers: rows with names and tokens, and other names of them."""
    db = till.ledger.db
    rows = db.execute("SELECT code, business_name, version FROM producers WHERE version > 0 ORDER BY code").fetchall()
    merged = db.execute("SELECT code, target, token FROM aliases WHERE token > 0 ORDER BY code").fetchall()
    return [tuple(row) for row in rows], [tuple(row) for row in merged], digests.totals(db, "producers")


@pytest.fixture
def registry() -> Iterator[Registry]:
    made = Registry()
    yield made
    made.run.teardown()


@settings(
    max_examples=25, deadline=None, derandomize=True, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
)
@given(EVENTS, st.booleans())
def test_a_day_after_any_restore_a_till_holds_what_one_holds_that_joins_today(
    events: list[str], new_timeline: bool
) -> None:
    registry = Registry()
    try:
        for event in events:
            registry.happens(event, new_timeline=new_timeline)
        registry.till.moment += DAY
        registry.comes_to_rest()
        newcomer = registry.newcomer()
        assert held(registry.till) == held(newcomer)
        assert LedgerStore(registry.till.ledger).state().problem == ""
        newcomer.close()
    finally:
        registry.run.teardown()


def test_a_new_timeline_lets_a_till_compare_at_once_where_the_positions_are_the_same(registry: Registry) -> None:
    for event in ("copied", "renamed", "pulled", "restored", "added"):
        registry.happens(event, new_timeline=True)
    registry.comes_to_rest()
    newcomer = registry.newcomer()
    assert held(registry.till) == held(newcomer)
    newcomer.close()


def test_without_a_new_timeline_the_same_positions_hide_it_for_a_day(registry: Registry) -> None:
    for event in ("copied", "renamed", "pulled", "restored", "added"):
        registry.happens(event, new_timeline=False)
    registry.comes_to_rest()
    newcomer = registry.newcomer()
    assert held(registry.till) != held(newcomer)
    registry.till.moment += DAY
    registry.comes_to_rest()
    assert held(registry.till) == held(newcomer)
    newcomer.close()
