"""The cart of one buyer: lines, selection, undo and redo.

Money is whole rupiah, quantity thousandths. Every change replaces the tuple of lines, so undo is a step back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from pos_app.domain.product import Product
from sync.documents.arithmetic import priced
from sync.documents.base import Bearer


@dataclass(frozen=True, slots=True)
class CartLine:
    """Goods as they were when scanned. ``approved_by`` names the manager who allowed a discount or expired goods.

    ``marked`` tells a discount that nobody gave at the till: batches on hand have a lower price.
    """

    product: Product
    quantity: int
    discount: int = 0
    borne_by: Bearer = "corner"
    approved_by: str | None = None
    marked: bool = False

    @property
    def gross(self) -> int:
        """Price times quantity, rounded half up (rule 1)."""
        return priced(self.product.sell_price, self.quantity)

    @property
    def total(self) -> int:
        """What the buyer pays for the line."""
        return self.gross - self.discount

    @property
    def is_free(self) -> bool:
        """Whether nobody gave a discount at the till."""
        return self.marked or not self.discount


class Part(NamedTuple):
    """Pieces that cost the same: thousandths, the rupiah that a lower price of their batch takes off, who bears it."""

    quantity: int
    discount: int = 0
    borne_by: Bearer = "corner"


Divide = Callable[[Product, int, int], Sequence[Part]]
"""How so many pieces of goods are apart that leave after so many others: those of a cheaper batch stand alone."""


def _discounted(line: CartLine, discount: int, borne_by: Bearer, approved_by: str | None) -> CartLine:
    amount = min(discount, line.gross)
    allowed = approved_by or line.approved_by
    return replace(line, discount=amount, borne_by=borne_by, approved_by=allowed, marked=False)


def spread(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """``amount`` rupiah over lines by their prices, exact: what rounding down leaves goes to the largest remainders.

    No part is above its weight as long as ``amount`` is not above their sum; among equals the earlier line comes first.
    """
    whole = sum(weights)
    if not whole:
        return tuple(0 for _weight in weights)
    parts = [amount * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda number: (-(amount * weights[number] % whole), number))
    for number in by_remainder[: amount - sum(parts)]:
        parts[number] += 1
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class _State:
    lines: tuple[CartLine, ...] = ()
    selected: int = -1


@dataclass(slots=True)
class Cart:
    """Lines in the order they were added; ``selected`` is the row that keys act on, -1 for none."""

    _state: _State = field(default_factory=_State)
    _past: list[_State] = field(default_factory=list)
    _future: list[_State] = field(default_factory=list)

    @property
    def lines(self) -> tuple[CartLine, ...]:
        """The lines now."""
        return self._state.lines

    @property
    def selected(self) -> int:
        """Row that keys act on, -1 for none."""
        return self._state.selected

    @property
    def total(self) -> int:
        """Sum of the lines, before cash rounding."""
        return sum(line.total for line in self.lines)

    @property
    def pieces(self) -> int:
        """Goods counted: whole pieces as they are, each weighed line as one."""
        return sum(1 if line.product.fractional else line.quantity // 1000 for line in self.lines)

    @property
    def approved_by(self) -> str | None:
        """The manager who allowed something in this cart, if any."""
        return next((line.approved_by for line in self.lines if line.approved_by), None)

    def quantity_of(self, sku: str) -> int:
        """Thousandths of these goods over all lines."""
        return sum(line.quantity for line in self.lines if line.product.sku == sku)

    def select(self, row: int) -> None:
        """Moves the selection, kept within the lines; not a change to undo."""
        last = len(self.lines) - 1
        self._state = replace(self._state, selected=max(0, min(row, last)) if last >= 0 else -1)

    def add(self, product: Product, quantity: int, approved_by: str | None = None) -> None:
        """Adds goods: to the line that has them at the same price and without a discount, else as a new line."""
        for row, line in reversed(list(enumerate(self.lines))):
            same = line.product.sku == product.sku and line.product.sell_price == product.sell_price
            if same and line.is_free:
                grown = replace(
                    line,
                    product=product,
                    quantity=line.quantity + quantity,
                    approved_by=approved_by or line.approved_by,
                )
                self._change(self._with(row, grown), row)
                return
        line = CartLine(product, quantity, approved_by=approved_by)
        self._change((*self.lines, line), len(self.lines))

    def set_quantity(self, row: int, quantity: int) -> None:
        """Another quantity; a discount larger than the line's price shrinks to it."""
        line = replace(self.lines[row], quantity=quantity)
        self._change(self._with(row, replace(line, discount=min(line.discount, line.gross))), row)

    def set_discount(self, row: int, discount: int, borne_by: Bearer, approved_by: str | None) -> None:
        """A discount in rupiah on the line, at most its price."""
        line = self.lines[row]
        self._change(self._with(row, _discounted(line, discount, borne_by, approved_by)), row)

    def set_discounts(self, discounts: Sequence[int], borne_by: Bearer, approved_by: str | None) -> None:
        """A discount in rupiah on every line, in their order, each at most its price; one change to undo."""
        lines = tuple(
            _discounted(line, discount, borne_by, approved_by)
            for line, discount in zip(self.lines, discounts, strict=True)
        )
        self._change(lines, self.selected)

    def replace_goods(self, fresh: Mapping[str, Product]) -> None:
        """Takes prices and stock as they are now, by SKU; a discount above a price that fell shrinks to it.

        Not a change to undo.
        """
        changed = (replace(line, product=fresh.get(line.product.sku, line.product)) for line in self.lines)
        lines = tuple(replace(line, discount=min(line.discount, line.gross)) for line in changed)
        self._state = replace(self._state, lines=lines)

    def mark_down(self, divide: Divide) -> None:
        """Put pieces of cheaper batches in lines of their own, one for each price; a discount given here stays.

        Lines of the same goods that nobody gave a discount are taken together. Not a change to undo.
        """
        free: dict[tuple[str, int], list[int]] = {}
        for row, line in enumerate(self.lines):
            if line.is_free:
                free.setdefault((line.product.sku, line.product.sell_price), []).append(row)
        lines: list[CartLine] = []
        taken: dict[str, int] = {}
        selected = self.selected
        for row, line in enumerate(self.lines):
            sku = line.product.sku
            rows = free.get((sku, line.product.sell_price), []) if line.is_free else []
            if rows and row == rows[0]:
                apart = self._apart(rows, divide, taken.get(sku, 0))
                if self.selected in rows:
                    place = (
                        rows.index(self.selected) if len(apart) <= len(rows) else len(apart)
                    )  # a new part comes last
                    selected = len(lines) + min(place, len(apart) - 1)
            elif rows:
                continue
            else:
                apart = [line]
                if self.selected == row:
                    selected = len(lines)
            lines += apart
            taken[sku] = taken.get(sku, 0) + sum(one.quantity for one in apart)
        self._state = _State(tuple(lines), selected)

    def _apart(self, rows: Sequence[int], divide: Divide, before: int) -> list[CartLine]:
        lines = [self.lines[row] for row in rows]
        whole = replace(
            lines[0],
            quantity=sum(line.quantity for line in lines),
            approved_by=next((line.approved_by for line in lines if line.approved_by), None),
        )
        return [
            replace(whole, quantity=one.quantity, discount=one.discount, borne_by=one.borne_by, marked=one.discount > 0)
            for one in divide(whole.product, whole.quantity, before)
        ]

    def remove(self, row: int) -> CartLine:
        """Takes a line out; returns it for the log."""
        line = self.lines[row]
        rest = self.lines[:row] + self.lines[row + 1 :]
        self._change(rest, min(row, len(rest) - 1))
        return line

    def empty(self) -> tuple[CartLine, ...]:
        """Takes all lines out (undoable); returns them for the log."""
        lines = self.lines
        if lines:
            self._change((), -1)
        return lines

    def clear(self) -> None:
        """A new buyer: nothing to undo either."""
        self._state = _State()
        self._past.clear()
        self._future.clear()

    def restore(self, lines: tuple[CartLine, ...]) -> None:
        """A held or saved cart comes back."""
        self.clear()
        self._state = _State(lines, len(lines) - 1)

    def undo(self) -> bool:
        """One change back; False when there is none."""
        if not self._past:
            return False
        self._future.append(self._state)
        self._state = self._past.pop()
        return True

    def redo(self) -> bool:
        """One undone change again; False when there is none."""
        if not self._future:
            return False
        self._past.append(self._state)
        self._state = self._future.pop()
        return True

    def _with(self, row: int, line: CartLine) -> tuple[CartLine, ...]:
        return (*self.lines[:row], line, *self.lines[row + 1 :])

    def _change(self, lines: tuple[CartLine, ...], selected: int) -> None:
        self._past.append(self._state)
        self._future.clear()
        self._state = _State(lines, selected)
