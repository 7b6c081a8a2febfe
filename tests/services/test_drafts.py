"""A draft ends with the document it becomes: in one transaction, or not at all (field lessons, row 22)."""

from collections.abc import Callable

import pytest

from pos_app.domain.errors import ExceedsStock, PosError, Underpaid
from pos_app.domain.tendering import Offer
from pos_app.ledger import drafts
from pos_app.services import checkout, receiving, shifts
from pos_app.services.context import Counter, Recorded, User
from tests.corner import Corner

Act = Callable[[Counter], Recorded]

CART = [checkout.Wanted("T1", 1_000)]


@pytest.fixture
def drafted(open_corner: Corner) -> Corner:
    """A manager at work, with a draft in the slot ``cart`` and one in ``held:1``."""
    open_corner.counter.user = User("manager", "pengelola")
    for slot in ("cart", "held:1"):
        drafts.save(open_corner.db, slot, "2026-10-01T08:00:00+07:00", "{}")
    return open_corner


def slots(corner: Corner) -> list[str]:
    return [draft.slot for draft in drafts.drafts(corner.db, "")]


def test_the_cart_is_gone_the_moment_the_sale_is_durable(drafted: Corner) -> None:
    other = drafted.ledger.another()
    seen: list[tuple[int, int]] = []

    def look() -> int:
        sales = other.db.execute("SELECT count(*) FROM documents WHERE kind = 'sale'").fetchone()[0]
        carts = other.db.execute("SELECT count(*) FROM drafts WHERE slot = 'cart'").fetchone()[0]
        seen.append((sales, carts))
        return 0

    drafted.db.set_progress_handler(look, 10)
    checkout.sell(drafted.counter, CART, [Offer("cash", 16_000)], draft="cart")
    drafted.db.set_progress_handler(None, 0)
    look()
    other.close()
    assert set(seen) == {(0, 1), (1, 0)}
    assert slots(drafted) == ["held:1"]


@pytest.mark.parametrize(
    ("act", "fault"),
    [
        (lambda c: checkout.sell(c, CART, [], draft="cart"), Underpaid),
        (lambda c: receiving.return_goods(c, "P1", [receiving.Leaving("T1", 99_000)], draft="cart"), ExceedsStock),
    ],
    ids=["sale", "return"],
)
def test_what_is_refused_keeps_its_draft(drafted: Corner, act: Act, fault: type[PosError]) -> None:
    with pytest.raises(fault):
        act(drafted.counter)
    assert slots(drafted) == ["cart", "held:1"]


def test_deliveries_returns_and_closings_end_their_drafts(drafted: Corner) -> None:
    acts: list[Act] = [
        lambda c: receiving.receive(c, "P1", [receiving.Delivered("T1", 1_000)], draft="cart"),
        lambda c: receiving.return_goods(c, "P1", [receiving.Leaving("T1", 1_000)], draft="cart"),
        lambda c: shifts.close_shift(c, 200_000, draft="cart"),
    ]
    for act in acts:
        drafts.save(drafted.db, "cart", "2026-10-01T08:00:00+07:00", "{}")
        act(drafted.counter)
        assert slots(drafted) == ["held:1"]
