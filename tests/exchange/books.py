"""What the documents of a till come to, added up from their JSON with plain integers.

It shares no rule and no code with the program: neither the documents' own effects nor its sums. Money in rupiah,
quantities in thousandths.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NamedTuple

Json = dict[str, Any]
SUMS = ("stock", "payable", "tabs", "tenders")


class Moved(NamedTuple):
    """What one document changes."""

    drawer: int
    sums: "Counter[tuple[str, str]]"


class Books:
    """Sums over the entries of one till, by what they are about: ``("stock", sku)``, ``("payable", producer)`` …"""

    def __init__(self) -> None:
        self.sums: Counter[tuple[str, str]] = Counter()
        self.drawer = 0
        self.shifts: list[Json] = []
        self.moved: dict[str, Moved] = {}

    def add(self, bodies: Iterable[bytes]) -> "Books":
        for body in bodies:
            entry = json.loads(body)
            document = entry["doc"]
            moved = self._moved(entry["kind"], document)
            self.moved[entry["id"]] = moved
            self.sums.update(moved.sums)
            if entry["kind"] == "shift_opened":
                self.shifts.append({"opened_at": entry["at"], "expected": 0, "counted": None, "difference": None})
            elif entry["kind"] == "shift_closed":
                counted = document.get("counted", 0)
                self.shifts[-1].update(expected=self.drawer, counted=counted, difference=counted - self.drawer)
            self.drawer += moved.drawer
        return self

    def _moved(self, kind: str, document: Json) -> Moved:
        if kind == "reversal":
            undone = self.moved[document["original_id"]]
            return Moved(-undone.drawer, Counter({name: -amount for name, amount in undone.sums.items()}))
        if kind == "shift_closed":
            return Moved(-self.drawer, Counter())
        sums: Counter[tuple[str, str]] = Counter()
        drawer = KINDS[kind](document, sums)
        return Moved(drawer or 0, sums)

    def state(self) -> Json:
        """The same in the form of ``told``."""
        found: Json = {name: {} for name in SUMS}
        for (about, name), amount in self.sums.items():
            if about == "figure":
                found[name] = amount
            elif amount:
                found[about][name] = amount
        is_open = bool(self.shifts) and self.shifts[-1]["counted"] is None
        shifts = [*self.shifts[:-1], {**self.shifts[-1], "expected": self.drawer}] if is_open else self.shifts
        return {**found, "shifts": shifts, "drawer": self.drawer}


def told(state: Json) -> Json:
    """``pojok state`` without its journal and without zeros that the books need not know; stock in thousandths."""
    plain = {name: value for name, value in state.items() if name != "journal"}
    plain["stock"] = {sku: int(Decimal(quantity) * 1000) for sku, quantity in plain["stock"].items()}
    sums = {
        name: {key: one for key, one in plain[name].items() if one} for name in ("stock", "payable", "tabs", "tenders")
    }
    return plain | sums


def differences(ours: Json, theirs: Json) -> list[str]:
    """What differs, in words; a figure that is 0 here may be missing there."""
    names = sorted(ours.keys() | theirs.keys())
    return [
        f"{name}: {ours.get(name)} ≠ {theirs.get(name)}"
        for name in names
        if (ours.get(name) or 0) != (theirs.get(name) or 0)
    ]


def _sale(document: Json, sums: "Counter[tuple[str, str]]") -> int:
    drawer = 0
    sums["figure", "sales"] += 1
    sums["figure", "gross"] += document["total"]
    for tender in document["tenders"]:
        drawer += _paid(tender["kind"], tender["amount"], tender.get("staff"), sums)
        sums["tenders", tender["kind"]] += tender["amount"]
    for line in document["lines"]:
        _sold(line, 1, sums)
    return drawer


def _refund(document: Json, sums: "Counter[tuple[str, str]]") -> int:
    total, kind = document["total"], document["tender"]
    sums["figure", "refunds"] += 1
    sums["figure", "gross"] -= total
    sums["tenders", kind] -= total
    for line in document["lines"]:
        _sold(line, -1, sums)
    return _paid(kind, -total, document.get("staff"), sums)


def _paid(kind: str, amount: int, staff: str | None, sums: "Counter[tuple[str, str]]") -> int:
    if kind == "tab":
        sums["tabs", str(staff)] += amount
    return amount if kind == "cash" else 0


def _sold(line: Json, way: int, sums: "Counter[tuple[str, str]]") -> None:
    """One line of a sale, or of a refund with ``way`` -1."""
    sums["stock", line["sku"]] -= way * line["quantity"]
    if line["pricing"] == "putus":
        sums["figure", "margin"] += way * (line["total"] - _cost(line))
        return
    sums["payable", line["producer"]] += way * line.get("share", 0)
    sums["figure", "commission"] += way * (line["total"] - line.get("share", 0))


def _cost(line: Json) -> int:
    return sum(take.get("cost", 0) for take in line["takes"])


def _received(document: Json, sums: "Counter[tuple[str, str]]") -> None:
    for line in document["lines"]:
        sums["stock", line["sku"]] += line["quantity"]
        sums["payable", document["producer"]] += line.get("cost", 0)


def _returned(document: Json, sums: "Counter[tuple[str, str]]") -> None:
    for line in document["lines"]:
        sums["stock", line["sku"]] -= line["quantity"]
        sums["payable", document["producer"]] -= _cost(line)


def _lost(document: Json, sums: "Counter[tuple[str, str]]") -> None:
    for line in document["lines"]:
        sums["stock", line["sku"]] -= line["quantity"]
        sums["payable", line["producer"]] += line.get("share", 0)


def _counted(document: Json, sums: "Counter[tuple[str, str]]") -> None:
    for line in document["lines"]:
        if line.get("missing"):
            _lost({"lines": [line["missing"]]}, sums)
        else:
            sums["stock", line["sku"]] += line.get("counted", 0) - line.get("expected", 0)


def _cash(document: Json, sums: "Counter[tuple[str, str]]") -> int:
    if producer := document.get("producer"):
        sums["payable", producer] += document["amount"]
    return document["amount"] if document["direction"] == "in" else -document["amount"]


def _tab_payment(document: Json, sums: "Counter[tuple[str, str]]") -> int:
    sums["tabs", document["staff"]] -= document["amount"]
    return document["amount"] if document["tender"] == "cash" else 0


def _settlement(document: Json, sums: "Counter[tuple[str, str]]") -> int:
    kept = sum(one["amount"] for one in document.get("deductions", ()))
    sums["payable", document["producer"]] -= document["amount"] + kept
    return -document["amount"] if document["tender"] == "cash" else 0


def _opening(document: Json, sums: "Counter[tuple[str, str]]") -> None:
    for producer, amount in document.get("payable", {}).items():
        sums["payable", producer] += amount
    for staff, amount in document.get("tabs", {}).items():
        sums["tabs", staff] += amount


KINDS: dict[str, Callable[[Json, "Counter[tuple[str, str]]"], int | None]] = {
    "sale": _sale,
    "refund": _refund,
    "shift_opened": lambda document, _sums: document["float"],
    "cash_move": _cash,
    "tab_payment": _tab_payment,
    "settlement": _settlement,
    "opening": _opening,
    "goods_received": _received,
    "goods_returned": _returned,
    "write_off": _lost,
    "stock_count": _counted,
    "price_set": lambda _document, _sums: None,
}
"""By kind: enters the document, and says what it moves in the drawer."""
