"""Deliberate faults about producers' money: whoever trusts the machine wants to see it find them.

Each leaves the journal well-formed and its sums at zero, so that only books kept apart can tell.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import replace as changed

from pos_app.domain import stock
from pos_app.ledger import settlements
from pos_app.services import checkout, count_posting, losses, refunding, settling
from sync.documents import arithmetic
from sync.documents.base import Effects, postings, tender_account
from sync.documents.money import Settlement

Mutant = Callable[[pytest.MonkeyPatch], None]


def _wrap(patch: pytest.MonkeyPatch, place: Any, name: str, change: Callable[..., Any]) -> None:
    """``change(original, *arguments)`` instead of ``place.name``."""
    original = getattr(place, name)
    patch.setattr(place, name, lambda *arguments, **named: change(original, *arguments, **named))


def part_of_a_refund_rounded_down(patch: pytest.MonkeyPatch) -> None:
    def down(right: Any, whole: int, quantity: int, of: int, already: int, before: int) -> int:
        return whole - already if quantity + before == of else whole * quantity // of

    _wrap(patch, refunding, "part", down)


def last_part_of_a_refund_rounded_like_the_others(patch: pytest.MonkeyPatch) -> None:
    _wrap(
        patch, refunding, "part", lambda right, whole, quantity, of, *_before: arithmetic.half_up(whole * quantity, of)
    )


def commission_rounded_down(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(arithmetic, "commission_of", lambda total, bp: total * bp // 10_000)


def refund_charged_to_another_producer(patch: pytest.MonkeyPatch) -> None:
    _wrap(patch, refunding, "_refund_line", lambda right, *a: changed(right(*a), producer="P1"))


def discount_of_the_producer_borne_by_the_corner(patch: pytest.MonkeyPatch) -> None:
    _wrap(
        patch,
        checkout,
        "_line",
        lambda right, now, shelf, wanted, by: right(now, shelf, replace(wanted, borne_by="corner"), by),
    )


def settlement_begins_one_entry_late(patch: pytest.MonkeyPatch) -> None:
    def late(right: Any, *arguments: Any) -> Any:
        found = right(*arguments)
        return found and replace(found, through_seq=found.through_seq + 1)

    _wrap(patch, settlements, "last", late)


def settlement_begins_at_the_beginning(patch: pytest.MonkeyPatch) -> None:
    """The last settlement is not looked for: every slip tells everything again."""
    patch.setattr(settlements, "last", lambda _db, _producer: None)


def reversed_settlement_still_stands(patch: pytest.MonkeyPatch) -> None:
    def newest(_right: Any, db: Any, producer: str) -> Any:
        row = db.execute(
            "SELECT seq, through_seq, through_date FROM settled WHERE producer = ? ORDER BY seq DESC LIMIT 1",
            (producer,),
        ).fetchone()
        return settlements.LastSettlement(*row) if row else None

    _wrap(patch, settlements, "last", newest)


def cut_off_is_the_day_after(patch: pytest.MonkeyPatch) -> None:
    _wrap(patch, settlements, "seq_at_end_of", lambda right, db, day: right(db, day.replace(day=min(day.day + 1, 28))))


def what_came_after_the_cut_off_is_paid_too(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settling.Due, "owed", property(lambda due: max(due.payable, 0)))


def cash_paid_to_the_rupiah(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settling, "whole_steps", lambda amount, _step: amount)


def deduction_is_not_posted(patch: pytest.MonkeyPatch) -> None:
    def without(_right: Any, paid: Settlement) -> Effects:
        legs = postings((f"payable:{paid.producer}", paid.amount), (tender_account(paid.tender, None), -paid.amount))
        return Effects(legs, figures={f"settlements_{paid.tender}": paid.amount})

    _wrap(patch, Settlement, "effects", without)


def loss_of_the_corner_is_not_owed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(losses, "share_of_loss", lambda **_terms: 0)


def agreement_is_not_asked(patch: pytest.MonkeyPatch) -> None:
    def rule(_right: Any, _db: Any, product: Any, _reason: str) -> str:
        return "corner" if product.pricing == "putus" else "producer"

    _wrap(patch, losses, "bearer_by_rule", rule)
    patch.setattr(count_posting, "bearer_by_rule", losses.bearer_by_rule)


def slow_count_forgets_what_was_sold_meanwhile(patch: pytest.MonkeyPatch) -> None:
    def of_now(right: Any, shelf: Any, product: Any, _expected: int, found: int, by: Any, *_when: int) -> Any:
        return right(shelf, product, shelf.on_hand(product.sku), found, by)

    _wrap(patch, count_posting, "_counted_line", of_now)


def bought_goods_leave_last_in_first_out(patch: pytest.MonkeyPatch) -> None:
    _wrap(patch, stock, "in_order", lambda right, *a: right(*a)[::-1])


MUTANTS: tuple[Mutant, ...] = (
    part_of_a_refund_rounded_down,
    last_part_of_a_refund_rounded_like_the_others,
    commission_rounded_down,
    refund_charged_to_another_producer,
    discount_of_the_producer_borne_by_the_corner,
    settlement_begins_one_entry_late,
    settlement_begins_at_the_beginning,
    reversed_settlement_still_stands,
    cut_off_is_the_day_after,
    what_came_after_the_cut_off_is_paid_too,
    cash_paid_to_the_rupiah,
    deduction_is_not_posted,
    loss_of_the_corner_is_not_owed,
    agreement_is_not_asked,
    slow_count_forgets_what_was_sold_meanwhile,
    bought_goods_leave_last_in_first_out,
)
