"""The cart of one buyer: lines, selection, undo and redo.

Money is whole rupiah, quantity thousandths. Every change replaces the tuple of lines, so undo is a step back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

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
        for row, line in enumerate(self.lines):
            same = line.product.sku == product.sku and line.product.sell_price == product.sell_price
            if same and (line.marked or not line.discount):
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

    def mark_down(self, discounts: Sequence[tuple[int, Bearer]]) -> None:
        """What lower prices of batches take off each line, in rupiah, and who bears it; a discount given here stays.

        Not a change to undo.
        """
        lines = tuple(
            replace(line, discount=amount, borne_by=bearer, marked=bool(amount))
            if line.marked or (amount and not line.discount)
            else line
            for line, (amount, bearer) in zip(self.lines, discounts, strict=True)
        )
        self._state = replace(self._state, lines=lines)

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
