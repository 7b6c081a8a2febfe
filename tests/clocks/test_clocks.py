"""Clocks that are ten years wrong or jump, at the till or at the centre: nothing is lost or out of order."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest

from pos_app.ledger.verify import verify
from sync.client.caller import Stopped
from sync.server.database import schema
from sync.server.limits import Limiter, Rate
from tests.exchange_machine.world import CentreHere, TillHere, template

TEN_YEARS = timedelta(days=3_652)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[CentreHere]:
    shutil.copy(template() / "centre.db", tmp_path / "centre.db")
    made = CentreHere(tmp_path)
    yield made
    made.close()


@pytest.fixture
def till(tmp_path: Path, centre: CentreHere) -> Iterator[TillHere]:
    made = TillHere(tmp_path, centre, "C")
    made.enrol()
    made.moment = centre.clock.now
    yield made
    made.close()


def kept(centre: CentreHere, till: TillHere) -> list[str]:
    """The documents that the centre has of the till, in order."""
    device = till.store.standing().link.device
    found = [row for row in centre.rows(schema.document_ids) if row["device"] == device]
    return [row["document_id"] for row in sorted(found, key=lambda row: row["seq"])]


def drifted(centre: CentreHere, till: TillHere) -> bool:
    device = till.store.standing().link.device
    return any(row["drifted_at"] for row in centre.rows(schema.devices) if row["device"] == device)


def test_right_clocks_are_not_marked(centre: CentreHere, till: TillHere) -> None:
    till.record(3)
    centre.clock.now = till.moment
    assert till.exchange().status == "ok"
    assert not drifted(centre, till)


@pytest.mark.parametrize("years", [TEN_YEARS, -TEN_YEARS], ids=["ahead", "behind"])
def test_a_till_ten_years_off_loses_nothing_keeps_its_order_and_is_marked(
    centre: CentreHere, till: TillHere, years: timedelta
) -> None:
    till.moment += years
    till.record(5)
    assert till.exchange().status == "ok"
    assert kept(centre, till) == till.documents()
    assert drifted(centre, till)


@pytest.mark.parametrize("years", [TEN_YEARS, -TEN_YEARS], ids=["ahead", "behind"])
def test_a_centre_ten_years_off_takes_everything(centre: CentreHere, till: TillHere, years: timedelta) -> None:
    till.record(2)
    centre.clock.now += years
    assert till.exchange().status == "ok"
    till.record(2)
    centre.clock.now -= years
    assert till.exchange().status == "ok"
    assert kept(centre, till) == till.documents()


def test_clocks_that_jump_with_every_request_and_every_sale_change_nothing(centre: CentreHere, till: TillHere) -> None:
    jumps = cycle((TEN_YEARS, -TEN_YEARS, -TEN_YEARS, TEN_YEARS))
    for sale, jump in zip(range(12), jumps, strict=False):
        till.moment += jump
        till.record(1)
        till.now = lambda: (till.moment + next(jumps)).isoformat(timespec="seconds")
        centre.clock.now += next(jumps)
        assert till.exchange().status == "ok", sale
    assert kept(centre, till) == till.documents()
    assert len(till.documents()) == 12
    verify(till.ledger)


@pytest.mark.parametrize(("years", "holds"), [(TEN_YEARS, False), (-TEN_YEARS, True)], ids=["ahead", "behind"])
def test_a_code_ends_by_the_clock_of_the_centre_and_a_new_one_helps(
    centre: CentreHere, till: TillHere, years: timedelta, holds: bool
) -> None:
    code = centre.code("C")
    centre.clock.now += years
    if holds:
        till.enrol_with(code)
    else:
        with pytest.raises(Stopped) as refused:
            till.enrol_with(code)
        assert refused.value.reason == "bad_code"
    till.enrol_with(centre.code("C"))
    assert till.exchange().status == "ok"


def test_how_often_one_may_ask_does_not_follow_the_clock(
    centre: CentreHere, till: TillHere, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert till.exchange().status == "ok"
    monkeypatch.setattr(centre.client.app.state, "devices", Limiter(Rate(burst=5, per_second=0.001)))
    said = []
    for number in range(7):
        centre.clock.now += TEN_YEARS if number % 2 else -TEN_YEARS
        said.append(till.exchange().status)
    assert said == ["ok"] * 5 + ["busy"] * 2
