"""Deliberate bugs for the process under torture: whoever trusts the oracle wants to see it find them.

    NAME COMMAND...

runs a command of ``pojok`` with the bug of this name patched into it. The ledger stays well-formed wherever the bug
allows it, so that ``verify`` finds nothing and the oracle alone has to.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from msgspec.structs import replace as changed

from pos_app import cli
from pos_app.ledger import ledger
from pos_app.services import checkout, losses, play, receiving, refunding, settling, shifts, tabs
from sync.documents.base import Effects
from sync.documents.sale import Sale

Bug = Callable[[], None]


def _wrap(place: Any, name: str, change: Callable[..., Any]) -> None:
    """``change(original, *arguments)`` instead of ``place.name``."""
    original = getattr(place, name)
    setattr(place, name, lambda *arguments, **named: change(original, *arguments, **named))


def double_quantity() -> None:
    _wrap(checkout, "check_quantity", lambda right, *a, **k: 2 * right(*a, **k))


def wrong_price() -> None:
    _wrap(
        checkout.Shelf,
        "find",
        lambda right, *a: changed(found := right(*a), sell_price=found.sell_price + 100),
    )


def discount_forgotten() -> None:
    _wrap(checkout, "_line", lambda right, now, shelf, wanted, by: right(now, shelf, replace(wanted, discount=0), by))


def discount_borne_by_another() -> None:
    _wrap(
        checkout,
        "_line",
        lambda right, now, shelf, wanted, by: right(now, shelf, replace(wanted, borne_by="corner"), by),
    )


def _pay(change: Callable[[Any], Any]) -> None:
    _wrap(checkout, "pay", lambda right, *a: change(right(*a)))


def tender_swapped() -> None:
    def swap(paid: Any) -> Any:
        others = tuple(changed(one, kind="transfer") if one.kind == "qris" else one for one in paid.tenders)
        return replace(paid, tenders=others)

    _pay(swap)


def change_wrong() -> None:
    _pay(lambda paid: replace(paid, received=paid.received - 1_000, change=paid.change - 1_000))


def rounding_down() -> None:
    def always_down(right: Any, total: int, offers: Any, step: int) -> Any:
        paid = right(total, offers, step)
        if paid.rounding <= 0:
            return paid
        tenders = tuple(changed(one, amount=one.amount - step) if one.kind == "cash" else one for one in paid.tenders)
        return replace(paid, tenders=tenders, rounding=paid.rounding - step, change=paid.change + step)

    _wrap(checkout, "pay", always_down)


def sale_dropped_but_answered() -> None:
    """Every third sale is answered and was never recorded."""
    told: list[Any] = []

    def drop(right: Any, *arguments: Any, **named: Any) -> Any:
        if len(told) % 3 != 2:
            told.append(right(*arguments, **named))
            return told[-1]
        head, _dash, count = told[-1].number.rpartition("-")
        told.append(None)
        invented = replace(told[-2], id=f"{told[-2].id}x", number=f"{head}-{int(count) + 1:06d}", seq=told[-2].seq + 1)
        told[-1] = invented
        return invented

    _wrap(checkout, "sell", drop)


def sale_recorded_twice() -> None:
    def twice(right: Any, *arguments: Any, **named: Any) -> Any:
        right(*arguments, **named)
        return right(*arguments, **named)

    _wrap(checkout, "sell", twice)


def answered_twice() -> None:
    def twice(right: Any, *arguments: Any) -> Iterator[dict[str, Any]]:
        for answer in right(*arguments):
            yield answer
            if answer["ok"]:
                yield answer

    _wrap(play.Player, "play", twice)


def answer_tells_another_total() -> None:
    def more(right: Any, recorded: Any) -> dict[str, Any]:
        answer: dict[str, Any] = right(recorded)
        return answer | ({"change": answer["change"] + 100} if "change" in answer else {})

    _wrap(play, "answer_of", more)


def number_reused() -> None:
    """Every document of a kind after its second bears the number before."""
    _wrap(ledger.hot, "last_number", lambda right, *a: right(*a) - (right(*a) > 1))


def number_skipped() -> None:
    _wrap(ledger.hot, "last_number", lambda right, *a: right(*a) + (right(*a) > 0))


def projection_not_updated() -> None:
    """What follows from a sale is written without its goods, as if the table had been forgotten."""
    _wrap(Sale, "effects", lambda right, document: Effects(right(document).postings, (), right(document).figures))


def money_not_posted() -> None:
    def without_payables(right: Any, document: Any) -> Effects:
        effects = right(document)
        kept = tuple(leg for leg in effects.postings if not leg[0].startswith("payable:"))
        return Effects(kept, effects.movements, effects.figures)

    _wrap(Sale, "effects", without_payables)


def figures_forgotten() -> None:
    def without_gross(right: Any, document: Any) -> Effects:
        effects = right(document)
        return Effects(effects.postings, effects.movements, effects.figures | {"gross": 0})

    _wrap(Sale, "effects", without_gross)


def refund_too_small() -> None:
    _wrap(refunding, "part", lambda right, *a: max(right(*a) - 1, 0))


def reversal_of_half() -> None:
    def half(right: Any, effects: Effects) -> Effects:
        found: Effects = right(effects)
        return Effects(tuple((account, amount // 2 * 2) for account, amount in found.postings), (), found.figures)

    _wrap(refunding, "opposite", half)


def settled_too_much() -> None:
    _wrap(settling.Due, "amount", lambda right, *a: right(*a) + 100)


def loss_borne_by_another() -> None:
    _wrap(
        losses,
        "_loss",
        lambda right, shelf, product, quantity, reason, _by: right(shelf, product, quantity, reason, "corner"),
    )


def count_takes_no_notice() -> None:
    _wrap(losses, "_counted_line", lambda right, shelf, product, _found, by: right(shelf, product, 5_000, by))


def delivery_of_one_more() -> None:
    _wrap(receiving, "check_quantity", lambda right, *a, **k: right(*a, **k) + 1_000)


def cash_the_other_way() -> None:
    _wrap(shifts, "move_cash", lambda right, counter, _way, *a, **k: right(counter, "in", *a, **k))


def tab_of_another_tender() -> None:
    _wrap(
        tabs, "pay_tab", lambda right, counter, staff, amount, _tender, **k: right(counter, staff, amount, "cash", **k)
    )


def float_forgotten() -> None:
    _wrap(shifts, "open_shift", lambda right, counter, _float, **k: right(counter, 0, **k))


def counted_forgotten() -> None:
    _wrap(shifts, "close_shift", lambda right, counter, counted, **k: right(counter, counted + 500, **k))


def refuses_at_will() -> None:
    """Every sale is refused as if its shift were closed."""

    def refuse(*_arguments: Any, **_named: Any) -> Any:
        raise checkout.NoPrice("")

    _wrap(checkout, "sell", refuse)


BUGS: tuple[Bug, ...] = (
    double_quantity,
    wrong_price,
    discount_forgotten,
    discount_borne_by_another,
    tender_swapped,
    change_wrong,
    rounding_down,
    sale_dropped_but_answered,
    sale_recorded_twice,
    answered_twice,
    answer_tells_another_total,
    number_reused,
    number_skipped,
    refund_too_small,
    reversal_of_half,
    settled_too_much,
    loss_borne_by_another,
    count_takes_no_notice,
    delivery_of_one_more,
    cash_the_other_way,
    tab_of_another_tender,
    float_forgotten,
    counted_forgotten,
    refuses_at_will,
)
"""Bugs that the entries and answers give away."""
IN_THE_FIGURES: tuple[Bug, ...] = (projection_not_updated, money_not_posted, figures_forgotten)
"""Bugs of what follows from right entries: ``verify`` sees them where it has not the same bug, ``state`` tells them."""


def main(arguments: list[str]) -> int:
    """``NAME COMMAND...``"""
    name, *command = arguments
    next(bug for bug in (*BUGS, *IN_THE_FIGURES) if bug.__name__ == name)()
    return cli.main(command)
