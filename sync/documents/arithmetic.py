"""Rounding and shares: rules 1 to 5, 8 and 9 of the figures.

Everything is integer arithmetic; "rounded" means half up to whole rupiah. Arguments are not negative.
"""

from typing import NamedTuple

THOUSANDTHS = 1_000
BASIS_POINTS = 10_000


class Split(NamedTuple):
    """A line's total and how it is divided, in rupiah; ``total == share + commission`` for consigned goods."""

    total: int
    share: int
    commission: int


def half_up(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` rounded half up; both in rupiah-sized integers, denominator above zero."""
    return (2 * numerator + denominator) // (2 * denominator)


def quantity_code(thousandths: int) -> str:
    """A quantity for JSON and CSV: ``9000`` as ``9``, ``375`` as ``0.375``; no decimals that say nothing."""
    whole, rest = divmod(abs(thousandths), THOUSANDTHS)
    fraction = f".{rest:03}".rstrip("0") if rest else ""
    return f"{'-' if thousandths < 0 else ''}{whole}{fraction}"


def priced(unit_price: int, quantity: int) -> int:
    """Price of ``quantity`` thousandths at ``unit_price`` rupiah, rounded once (rule 1)."""
    # half_up, written out: a replay comes here for every line of every sale.
    return (2 * unit_price * quantity + THOUSANDTHS) // (2 * THOUSANDTHS)


def commission_of(total: int, commission_bp: int) -> int:
    """Commission in rupiah on ``total`` (rule 3)."""
    return half_up(total * commission_bp, BASIS_POINTS)


def split_line(
    *,
    pricing: str,
    quantity: int,
    sell_price: int,
    consign_price: int | None,
    commission_bp: int | None,
    discount: int = 0,
    borne_by: str = "corner",
) -> Split:
    """Total, share and commission of a sold line (rules 1, 2, 3, 8, 9).

    Goods bought outright have neither share nor commission. The discount must not exceed the price.
    """
    full = priced(sell_price, quantity)
    total = full - discount
    if pricing == "putus":
        return Split(total, 0, 0)
    by_producer = borne_by == "producer"
    if pricing == "titip":
        share = priced(consign_price or 0, quantity)
        if by_producer:
            share = max(share - discount, 0)
        return Split(total, share, total - share)
    base = total if by_producer else full
    share = base - commission_of(base, commission_bp or 0)
    return Split(total, share, total - share)


def share_of_loss(
    *, pricing: str, quantity: int, sell_price: int, consign_price: int | None, commission_bp: int | None
) -> int:
    """What the corner owes the producer for pieces it lost (rule 10)."""
    return split_line(
        pricing=pricing,
        quantity=quantity,
        sell_price=sell_price,
        consign_price=consign_price,
        commission_bp=commission_bp,
    ).share


def part(whole: int, quantity: int, of_quantity: int, already: int, already_quantity: int) -> int:
    """The part of ``whole`` that ``quantity`` of ``of_quantity`` pieces carries (rule 5).

    ``already`` was given back before with ``already_quantity`` pieces; the part that completes the
    line is exactly what is left. Parts rounded up never add up to more than the whole.
    """
    left = whole - already
    if quantity + already_quantity == of_quantity:
        return left
    return min(half_up(whole * quantity, of_quantity), left)


def round_cash(amount: int, step: int) -> int:
    """Nearest multiple of ``step`` rupiah, half up (rule 4; Permendag 35/2013 allows it for cash only)."""
    return (amount + step // 2) // step * step


def whole_steps(amount: int, step: int) -> int:
    """``amount`` rounded down to whole cash steps (rule 6)."""
    return amount // step * step


def taken_cost(cost_left: int, taken: int, left: int) -> int:
    """Cost of ``taken`` pieces out of a lot of ``left`` pieces with ``cost_left`` rupiah (rule 9)."""
    return cost_left if taken == left else half_up(cost_left * taken, left)
