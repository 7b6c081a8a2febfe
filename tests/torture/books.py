"""The torture's own bookkeeping: plain dicts and integers, from what was asked and what was answered.

It shares no rule with the program. ``expected`` says what an action has to leave behind, ``oracle`` holds the entries
against it, and ``compare`` holds the sums against ``pojok state``.

Money in rupiah, quantities in thousandths. One thing is taken from the documents: which batches the pieces came from,
and so what goods bought outright had cost.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from tests.torture.actions import Action
from tests.torture.goods import Product, products
from tests.torture.scenario import Broken

EMPTY = (None, 0, "", [], {})


class Entry(NamedTuple):
    """One row of the journal, read without the program; ``salt`` is the one of its note."""

    seq: int
    id: str
    number: str
    kind: str
    at: str
    date: str
    cashier: str
    prev: bytes
    document: dict[str, Any]
    salt: bytes | None


@dataclass
class Moved:
    """What one document changes. ``goods`` is what a settlement tells of consigned goods, by SKU."""

    cash: int = 0
    payable: Counter[str] = field(default_factory=Counter)
    tabs: Counter[str] = field(default_factory=Counter)
    stock: Counter[str] = field(default_factory=Counter)
    figures: Counter[str] = field(default_factory=Counter)
    goods: dict[str, Counter[str]] = field(default_factory=dict)
    payment: bool = False

    def undone(self) -> "Moved":
        """The opposite."""
        sums = (Counter({name: -amount for name, amount in one.items()}) for one in self._sums())
        goods = {sku: Counter({name: -amount for name, amount in one.items()}) for sku, one in self.goods.items()}
        return Moved(-self.cash, *sums, goods=goods, payment=self.payment)

    def _sums(self) -> Iterator[Counter[str]]:
        return iter((self.payable, self.tabs, self.stock, self.figures))

    def tell(self, sku: str, **amounts: int) -> None:
        self.goods.setdefault(sku, Counter()).update(amounts)


@dataclass
class Shift:
    """A shift as ``pojok state`` tells it, with its running figures."""

    number: str
    seq: int
    opened_at: str
    opening_float: int
    figures: Counter[str] = field(default_factory=Counter)
    expected: int | None = None
    counted: int | None = None


@dataclass
class Past:
    """What was recorded under one number."""

    entry: Entry
    moved: Moved
    reversed: bool = False
    given_back: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)
    """By line of a sale: quantity, total and share of each refund."""

    def copy(self) -> "Past":
        return replace(self, given_back={line: list(back) for line, back in self.given_back.items()})


@dataclass
class Books:
    """Drawer, stock, payables, tabs, shifts and figures."""

    drawer: int = 0
    payable: Counter[str] = field(default_factory=Counter)
    tabs: Counter[str] = field(default_factory=Counter)
    stock: Counter[str] = field(default_factory=Counter)
    figures: Counter[str] = field(default_factory=Counter)
    shifts: list[Shift] = field(default_factory=list)
    past: dict[str, Past] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=products)
    story: list[tuple[Action, Entry]] = field(default_factory=list)

    def __deepcopy__(self, _memo: dict[int, Any]) -> "Books":
        """Books that go their own way from here; entries and actions never change and are shared."""
        past = {number: one.copy() for number, one in self.past.items()}
        shifts = [replace(one, figures=Counter(one.figures)) for one in self.shifts]
        sums = (Counter(one) for one in (self.payable, self.tabs, self.stock, self.figures))
        return Books(self.drawer, *sums, shifts, past, dict(self.products), list(self.story))

    @property
    def shift(self) -> Shift | None:
        """The open one."""
        return self.shifts[-1] if self.shifts and self.shifts[-1].counted is None else None

    def enter(self, action: Action, entry: Entry, moved: Moved) -> None:
        """It is recorded, and moved this."""
        self.story.append((action, entry))
        self.past[entry.number] = Past(entry, moved)
        if entry.kind == "shift_opened":
            self.shifts.append(Shift(entry.number, entry.seq, entry.at, action["float"]))
        for mine, theirs in (
            (self.payable, moved.payable),
            (self.tabs, moved.tabs),
            (self.stock, moved.stock),
            (self.figures, moved.figures),
            (self.shift.figures if self.shift else Counter(), moved.figures),
        ):
            mine.update(theirs)
        self.drawer += moved.cash
        if entry.kind == "shift_closed" and self.shift:
            self.shift.expected, self.shift.counted = -moved.cash, action["counted"]
        elif entry.kind == "price_set":
            product = self.products[action["sku"]]
            given = {name: action[name] for name in ("consign_price", "commission_bp") if action.get(name) is not None}
            self.products[action["sku"]] = product._replace(sell_price=action["sell_price"], **given)
        elif entry.kind == "reversal":
            self.past[action["of"]].reversed = True
        elif entry.kind == "refund":
            for line in entry.document["lines"]:
                back = (line["quantity"], line["total"], line.get("share", 0))
                self.past[action["of"]].given_back.setdefault(line["line"], []).append(back)

    def since(self, seq: int) -> Iterator[Moved]:
        """What was recorded after this entry."""
        return (one.moved for one in self.past.values() if one.entry.seq > seq)

    def compare(self, state: dict[str, Any]) -> None:
        """``pojok state`` says the same. Raises ``Broken``."""
        journal = state.pop("journal")
        ours, theirs = plain(self._state()), plain(state)
        if ours != theirs:
            names = [name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name)]
            raise Broken(
                "; ".join(f"{name}: booked {ours.get(name)}, pojok state {theirs.get(name)}" for name in sorted(names))
            )
        last = self.story[-1][1] if self.story else None
        if journal["entries"] != (last.seq if last else 0):
            raise Broken(f"pojok state counts {journal}, the last entry is {last}")

    def _state(self) -> dict[str, Any]:
        kinds = ("cash", "qris", "tab", "transfer")
        shifts = [
            {
                "opened_at": one.opened_at,
                "expected": self.drawer if one.expected is None else one.expected,
                "counted": one.counted,
                "difference": None if one.counted is None else one.counted - (one.expected or 0),
            }
            for one in self.shifts
        ]
        return {
            "stock": {sku: _written(quantity) for sku, quantity in self.stock.items()},
            "payable": dict(self.payable),
            "tabs": dict(self.tabs),
            "tenders": {kind: self.figures[f"tender_{kind}"] for kind in kinds},
            "shifts": shifts,
            **{name: self.figures[name] for name in ("sales", "refunds", "gross", "commission", "margin")},
            "drawer": self.drawer,
        }


def plain(value: Any, without: Collection[str] = (), unsaid: Collection[tuple[str, str]] = ()) -> Any:
    """Without what says nothing: null, zero, empty, keys ``without``, and keys with the value that goes ``unsaid``."""
    if isinstance(value, Mapping):
        inner = {key: plain(one, without, unsaid) for key, one in value.items() if key not in without}
        return {
            key: one
            for key, one in inner.items()
            if one not in EMPTY and one != "0" and (isinstance(one, dict | list) or (key, one) not in unsaid)
        }
    if isinstance(value, list | tuple):
        return [plain(one, without, unsaid) for one in value]
    return value


def _written(quantity: int) -> str:
    """``375`` as ``0.375``."""
    sign, digits = "-" if quantity < 0 else "", f"{abs(quantity):04d}"
    return sign + f"{digits[:-3]}.{digits[-3:]}".rstrip("0").rstrip(".")
