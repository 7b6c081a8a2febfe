"""Several documents in one transaction: all of them are recorded or none, also where the disk hides which."""

import pytest

from pos_app.domain.errors import Unsettled
from pos_app.ledger.ledger import Ledger
from pos_app.services.context import Counter, Recorded, done
from sync.documents.money import CashMove, PriceSet
from tests.corner import Corner
from tests.failing import Failing, Unreachable


def record_two(counter: Counter, *, then_fail: bool = False) -> Recorded:
    with counter.record() as now:
        also = now.another()
        also.append(PriceSet(number=also.number("PH"), sku="T1", sell_price=17_000))
        now.append(CashMove(number=now.number("KK"), direction="in", amount=500))
        if then_fail:
            raise RuntimeError
    return done(now)


def kinds(corner: Corner) -> list[str]:
    return [row[0] for row in corner.db.execute("SELECT kind FROM journal ORDER BY seq")]


def test_both_are_recorded_with_ids_and_numbers_of_their_own(open_corner: Corner) -> None:
    before = kinds(open_corner)
    recorded = record_two(open_corner.counter)
    assert kinds(open_corner) == [*before, "price_set", "cash_move"]
    assert (recorded.number, recorded.seq) == ("KK-MTR001A-000001", len(before) + 2)
    open_corner.verify()


def test_a_fault_between_them_leaves_neither(open_corner: Corner) -> None:
    before = kinds(open_corner)
    with pytest.raises(RuntimeError):
        record_two(open_corner.counter, then_fail=True)
    assert kinds(open_corner) == before


def test_the_last_one_tells_for_all_where_the_disk_hid_them(
    open_corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger: Ledger = open_corner.ledger
    disk = Unreachable(monkeypatch)
    monkeypatch.setattr(ledger, "_db", Failing(ledger.db, committed=True))
    with pytest.raises(Unsettled) as fault:
        record_two(open_corner.counter)
    disk.back = True
    earlier = open_corner.counter.settled(fault.value.id)
    assert earlier is not None
    assert earlier.document.KIND == "cash_move"
    assert kinds(open_corner)[-2:] == ["price_set", "cash_move"]
