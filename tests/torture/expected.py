"""What an action has to leave behind, from the books before it: its document, what it moves, or why it is refused.

Documents are told as their JSON without number, note and batches, and without what says nothing (``books.plain``).
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tests.torture.actions import Action
from tests.torture.books import Books, Entry, Moved, Past
from tests.torture.goods import CASH_STEP, PRODUCER_NAMES, Product, half_up, part, thousandths
from tests.torture.scenario import Broken

TAB_LIMIT = 100_000
REVERSIBLE = (
    "sale",
    "goods_received",
    "goods_returned",
    "write_off",
    "stock_count",
    "settlement",
    "tab_payment",
    "cash_move",
    "opening",
)
MAY_BE_GONE = ("goods_received", "goods_returned", "write_off", "stock_count")
"""Undone only while their goods lie where they said and nobody counted since; these books know no batches."""
TENDERED = {"sale": ("total", "rounding", "change"), "refund": ("total",)}
SUMS = {
    **{kind: {name: name for name in names} for kind, names in TENDERED.items()},
    "settlement": {"total": "amount", "paid": "amount", "remaining": "remaining"},
    "tab_payment": {"total": "amount"},
    "cash_move": {"total": "amount"},
    "shift_closed": {name: name for name in ("expected", "counted", "difference")},
}
"""By kind: the sums of an answer, and the fields of the document that they repeat."""


class Verdict(NamedTuple):
    """``reason`` names the error that must come; those in ``perhaps`` may come instead of a document."""

    reason: str = ""
    perhaps: tuple[str, ...] = ()


Document = dict[str, Any]


def should_say(books: Books, action: Action, entry: Entry) -> Document:
    """The document."""
    return DOCUMENTS[action["do"]](books, action, entry)


def moved_by(books: Books, action: Action, entry: Entry) -> Moved:
    """What follows from it. ``entry`` is trusted: it says what ``should_say`` says."""
    moved = Moved()
    MOVES[action["do"]](books, action, entry.document, moved)
    return moved


def why_refused(books: Books, action: Action) -> Verdict:
    """Why it must not be taken, if so."""
    return REFUSALS[action["do"]](books, action) if action["do"] in REFUSALS else Verdict()


# Sales


class Sold(NamedTuple):
    """A line of a sale."""

    product: Product
    quantity: int
    discount: int
    borne_by: str
    total: int
    share: int


def sold(books: Books, action: Action) -> list[Sold]:
    """The lines with their totals and shares."""
    found = []
    for line in action["lines"]:
        product, quantity = books.products[line["code"]], thousandths(line["quantity"])
        discount = line.get("discount", 0)
        borne_by = "corner" if product.pricing == "putus" else line.get("borne_by", "corner")
        share = product.share(quantity, discount, borne_by)
        found.append(Sold(product, quantity, discount, borne_by, product.worth(quantity) - discount, share))
    return found


class Paid(NamedTuple):
    """How a sale is paid; ``cash`` is what the drawer keeps."""

    total: int
    others: int
    cash: int
    received: int


def paid(books: Books, action: Action) -> Paid:
    """Cash pays what the other tenders leave, rounded half up to its step."""
    total = sum(line.total for line in sold(books, action))
    others = sum(one["amount"] for one in action["tenders"] if one["kind"] != "cash")
    received = sum(one["amount"] for one in action["tenders"] if one["kind"] == "cash")
    return Paid(total, others, half_up(total - others, CASH_STEP) * CASH_STEP, received)


def _sale(books: Books, action: Action, entry: Entry) -> Document:
    how = paid(books, action)
    _check_takes(entry.document["lines"])
    return {
        "lines": [
            line.product._asdict()
            | {"quantity": line.quantity, "discount": line.discount, "total": line.total, "share": line.share}
            | {"borne_by": line.borne_by}
            for line in sold(books, action)
        ],
        "tenders": [
            *(one for one in action["tenders"] if one["kind"] != "cash"),
            {"kind": "cash", "amount": how.cash},
        ],
        "total": how.total,
        "rounding": how.cash + how.others - how.total,
        "received": how.received,
        "change": how.received - how.cash,
        "buyer": action.get("buyer"),
    }


def _moved_by_sale(books: Books, action: Action, document: Document, moved: Moved) -> None:
    how = paid(books, action)
    moved.cash = how.cash
    moved.figures.update(sales=1, gross=how.total, rounding=how.cash + how.others - how.total, tender_cash=how.cash)
    moved.figures.update(cash_received=how.received, change=how.received - how.cash)
    for tender in action["tenders"]:
        if tender["kind"] != "cash":
            moved.figures[f"tender_{tender['kind']}"] += tender["amount"]
        if tender["kind"] == "tab":
            moved.tabs[tender["staff"]] += tender["amount"]
    for line, said in zip(sold(books, action), document["lines"], strict=True):
        _moved_by_line(line.product, -line.quantity, line.total, line.share, _cost(said), moved)


def _moved_by_line(product: Product, quantity: int, total: int, share: int, cost: int, moved: Moved) -> None:
    """Pieces sold (``quantity`` below zero), or given back with the other sums negative too."""
    moved.stock[product.sku] += quantity
    if product.pricing == "putus":
        moved.figures["margin"] += total - cost
        return
    moved.figures["commission"] += total - share
    moved.payable[product.producer] += share
    moved.tell(product.sku, sold=-quantity, gross=total, share=share)


def _why_no_sale(books: Books, action: Action) -> Verdict:
    how = paid(books, action)
    on_tab = sum(one["amount"] for one in action["tenders"] if one["kind"] == "tab")
    reason = ""
    if not books.shift:
        reason = "no_open_shift"
    elif how.others > how.total:
        reason = "overpaid_non_cash"
    elif how.received < how.cash:
        reason = "underpaid"
    elif on_tab and books.tabs["S1"] + on_tab > TAB_LIMIT:
        reason = "tab_limit_exceeded"
    return Verdict(reason, ("stale_shift",) if books.shift else ())  # a round may be under way at midnight


# Refunds


def given_back(books: Books, action: Action) -> tuple[Past, int, int, int, int]:
    """The sale, the line of it, and quantity, total and share that come back. Raises ``KeyError`` for none."""
    past, wanted = books.past[action["of"]], action["lines"][0]
    if past.entry.kind != "sale" or past.reversed:
        raise KeyError(action["of"])
    line, quantity = past.entry.document["lines"][wanted["line"]], thousandths(wanted["quantity"])
    before = past.given_back.get(wanted["line"], [])
    if quantity + sum(one[0] for one in before) > line["quantity"]:
        raise KeyError(action["of"])
    total = part(line["total"], quantity, line["quantity"], [(one[0], one[1]) for one in before])
    share = part(line.get("share", 0), quantity, line["quantity"], [(one[0], one[2]) for one in before])
    return past, wanted["line"], quantity, total, share


def _tab_of(past: Past) -> str | None:
    return next((one["staff"] for one in past.entry.document["tenders"] if one["kind"] == "tab"), None)


def _refund(books: Books, action: Action, entry: Entry) -> Document:
    past, number, quantity, total, share = given_back(books, action)
    line = past.entry.document["lines"][number]
    same = {name: line.get(name) for name in ("sku", "name", "producer", "unit", "pricing")}
    _check_takes(entry.document["lines"])
    return {
        "sale_id": past.entry.id,
        "sale_number": past.entry.number,
        "lines": [same | {"line": number, "quantity": quantity, "total": total, "share": share}],
        "total": total,
        "tender": action["tender"],
        "staff": _tab_of(past) if action["tender"] == "tab" else None,
    }


def _moved_by_refund(books: Books, action: Action, document: Document, moved: Moved) -> None:
    past, number, quantity, total, share = given_back(books, action)
    product = books.products[past.entry.document["lines"][number]["sku"]]
    moved.figures.update({"refunds": 1, "gross": -total, f"tender_{action['tender']}": -total})
    if action["tender"] == "cash":
        moved.cash = -total
        moved.figures["refunds_cash"] += total
    elif action["tender"] == "tab":
        moved.tabs[str(_tab_of(past))] -= total
    _moved_by_line(product, quantity, -total, -share, -_cost(document["lines"][0]), moved)


def _why_no_refund(books: Books, action: Action) -> Verdict:
    if not books.shift:
        return Verdict("no_open_shift")
    try:
        past, _line, _quantity, total, _share = given_back(books, action)
    except KeyError:
        return Verdict("not_refundable")
    if action["tender"] == "cash" and total > max(books.drawer, 0):
        return Verdict("insufficient_cash")
    return Verdict("not_refundable" if action["tender"] == "tab" and not _tab_of(past) else "")


# The shift and its drawer


def _shift_opened(books: Books, action: Action, entry: Entry) -> Document:
    return {"float": action["float"]}


def _moved_by_opening_the_shift(books: Books, action: Action, document: Document, moved: Moved) -> None:
    moved.cash = action["float"]


def _shift_closed(books: Books, action: Action, entry: Entry) -> Document:
    shift = books.shift
    assert shift is not None  # else it was refused
    return {
        "shift": shift.number,
        "opened_at": shift.opened_at,
        "first_seq": shift.seq,
        "head": entry.prev.hex(),
        "float": shift.opening_float,
        "figures": shift.figures,
        "expected": books.drawer,
        "counted": action["counted"],
        "difference": action["counted"] - books.drawer,
        "pieces": action.get("pieces"),
    }


def _moved_by_closing(books: Books, action: Action, document: Document, moved: Moved) -> None:
    moved.cash = -books.drawer


def _cash_move(books: Books, action: Action, entry: Entry) -> Document:
    same = {name: action[name] for name in ("direction", "amount")}
    return same | {"reason": "safe" if action.get("safe") else "other"}


def _moved_by_cash(books: Books, action: Action, document: Document, moved: Moved) -> None:
    moved.cash = action["amount"] if action["direction"] == "in" else -action["amount"]
    moved.figures[f"cash_{action['direction']}"] += action["amount"]


def _tab_payment(books: Books, action: Action, entry: Entry) -> Document:
    return {name: action.get(name) for name in ("staff", "amount", "tender", "reference")}


def _moved_by_tab_payment(books: Books, action: Action, document: Document, moved: Moved) -> None:
    cash = action["tender"] == "cash"
    moved.cash = action["amount"] if cash else 0
    moved.tabs[action["staff"]] -= action["amount"]
    moved.figures["tab_payments_cash" if cash else "tab_payments_other"] += action["amount"]


# Goods


def _goods_received(books: Books, action: Action, entry: Entry) -> Document:
    lines = []
    for place, line in enumerate(action["lines"]):
        product, quantity = books.products[line["sku"]], thousandths(line["quantity"])
        said = entry.document["lines"][place]
        if said["batch"] != f"{entry.number}.{place}" or not 0 <= said.get("covers", 0) <= quantity:
            raise Broken(f"not the batch of this delivery: {entry}")
        cost = (product.consign_price or 0) * quantity // 1_000 if product.pricing == "putus" else 0
        lines.append({**product._asdict(), "producer": "", "quantity": quantity, "cost": cost})
    return {"producer": action["producer"], "lines": lines}


def _moved_by_delivery(books: Books, action: Action, document: Document, moved: Moved) -> None:
    for line in document["lines"]:
        moved.stock[line["sku"]] += line["quantity"]
        moved.payable[action["producer"]] += line.get("cost", 0)
        if line["pricing"] != "putus":
            moved.tell(line["sku"], received=line["quantity"])


def _leaving(books: Books, sku: str, quantity: int, reason: str, borne_by: str, share: int) -> Document:
    product = books.products[sku]._asdict()
    same = {name: product[name] for name in ("sku", "name", "producer", "unit", "pricing")}
    owed = borne_by == "corner" and product["pricing"] != "putus"
    prices = {name: product[name] for name in ("sell_price", "consign_price", "commission_bp") if owed}
    return same | prices | {"quantity": quantity, "reason": reason, "borne_by": borne_by, "share": share}


def _goods_returned(books: Books, action: Action, entry: Entry) -> Document:
    _check_takes(entry.document["lines"])
    lines = [
        _leaving(books, line["sku"], thousandths(line["quantity"]), "unsold", "producer", 0) for line in action["lines"]
    ]
    return {"producer": action["producer"], "lines": lines}


def _moved_by_return(books: Books, action: Action, document: Document, moved: Moved) -> None:
    for line in document["lines"]:
        moved.stock[line["sku"]] -= line["quantity"]
        moved.payable[action["producer"]] -= _cost(line)
        if line["pricing"] != "putus":
            moved.tell(line["sku"], returned=line["quantity"])


def _write_off(books: Books, action: Action, entry: Entry) -> Document:
    _check_takes(entry.document["lines"])
    lines = []
    for line in action["lines"]:
        product, quantity = books.products[line["sku"]], thousandths(line["quantity"])
        borne_by = line.get("borne_by") or ("corner" if product.pricing == "putus" else "producer")
        share = product.share(quantity) if borne_by == "corner" else 0
        lines.append(_leaving(books, product.sku, quantity, line["reason"], borne_by, share))
    return {"lines": lines}


def _moved_by_loss(books: Books, action: Action, document: Document, moved: Moved) -> None:
    for line in document["lines"]:
        _lose(line, moved)


def _lose(line: Mapping[str, Any], moved: Moved) -> None:
    moved.stock[line["sku"]] -= line["quantity"]
    moved.payable[line["producer"]] += line.get("share", 0)
    if line["pricing"] != "putus":
        moved.tell(line["sku"], lost=line["quantity"])


def _stock_count(books: Books, action: Action, entry: Entry) -> Document:
    lines = []
    for line in action["lines"]:
        product, expected, counted = books.products[line["sku"]], books.stock[line["sku"]], thousandths(line["counted"])
        borne_by = "corner" if product.pricing == "putus" else "producer"
        missing = _leaving(books, product.sku, expected - counted, "lost", borne_by, 0) if counted < expected else None
        lines.append(
            {"sku": product.sku, "name": product.name, "expected": expected, "counted": counted, "missing": missing}
        )
    _check_takes([one["missing"] for one in entry.document["lines"] if one.get("missing")])
    return {"at_seq": entry.seq - 1, "lines": lines}


def _moved_by_count(books: Books, action: Action, document: Document, moved: Moved) -> None:
    for line in document["lines"]:
        if line.get("missing"):
            _lose(line["missing"], moved)
        elif books.products[line["sku"]].pricing != "putus":
            moved.tell(line["sku"], lost=line.get("expected", 0) - line.get("counted", 0))
        if not line.get("missing"):
            moved.stock[line["sku"]] += line.get("counted", 0) - line.get("expected", 0)


def _why_goods_stay(books: Books, action: Action) -> Verdict:
    short = any(thousandths(line["quantity"]) > books.stock[line["sku"]] for line in action["lines"])
    return Verdict("exceeds_stock" if short else "")


# Settlements


def _settlement(books: Books, action: Action, entry: Entry) -> Document:
    producer = action["producer"]
    last = _last_settlement(books, producer)
    begin = last.entry.document["through_seq"] if last else 0
    goods = _settled_goods(books, producer, begin)
    earned, gross = (sum(line[name] for line in goods) for name in ("share", "gross"))
    other = sum(one.payable[producer] for one in books.since(begin) if not one.payment) - earned
    owed = books.payable[producer]
    amount = _to_pay(books, action)
    return {
        "producer": producer,
        "producer_name": PRODUCER_NAMES[producer],
        "tender": action["tender"],
        "from_seq": begin,
        "through_seq": entry.seq - 1,
        "from_date": last.entry.document["through_date"] if last else None,
        "through_date": entry.date,
        "goods": goods,
        "gross": gross,
        "commission": gross - earned,
        "earned": earned,
        "other": other,
        "carried_over": owed - earned - other,
        "amount": amount,
        "remaining": owed - amount,
    }


def _to_pay(books: Books, action: Action) -> int:
    owed = max(books.payable[action["producer"]], 0)
    return owed // CASH_STEP * CASH_STEP if action["tender"] == "cash" else owed


def _last_settlement(books: Books, producer: str) -> Past | None:
    stands = (one for one in reversed(books.past.values()) if one.entry.kind == "settlement" and not one.reversed)
    return next((one for one in stands if one.entry.document["producer"] == producer), None)


def _settled_goods(books: Books, producer: str, begin: int) -> list[Document]:
    """One line for each product that something happened to, even where it came to nothing."""
    sums: dict[str, Any] = {}
    for one in books.since(begin):
        for sku, amounts in one.goods.items():
            if books.products[sku].producer == producer:
                sums.setdefault(sku, dict.fromkeys(("received", "sold", "returned", "lost", "gross", "share"), 0))
                for name, amount in amounts.items():
                    sums[sku][name] += amount
    return [_settled(books, sku, sums[sku]) for sku in sorted(sums)]


def _settled(books: Books, sku: str, sums: dict[str, int]) -> Document:
    product, start = books.products[sku], books.stock[sku]
    start += sums["sold"] + sums["returned"] + sums["lost"] - sums["received"]
    return {"sku": sku, "name": product.name, "unit": product.unit, "start": start, **sums}


def _moved_by_settlement(books: Books, action: Action, document: Document, moved: Moved) -> None:
    amount = _to_pay(books, action)
    moved.payment = True
    moved.cash = -amount if action["tender"] == "cash" else 0
    moved.payable[action["producer"]] -= amount
    moved.figures[f"settlements_{action['tender']}"] += amount


def _why_nothing_is_paid(books: Books, action: Action) -> Verdict:
    amount = _to_pay(books, action)
    if amount <= 0:
        return Verdict("nothing_payable")
    if action["tender"] == "cash":
        if not books.shift:
            return Verdict("no_open_shift")
        return Verdict("insufficient_cash" if amount > books.drawer else "")
    return Verdict()


# Prices, opening balances, reversals


def _price_set(books: Books, action: Action, entry: Entry) -> Document:
    return {name: action.get(name) for name in ("sku", "sell_price", "consign_price", "commission_bp")}


def _opening(books: Books, action: Action, entry: Entry) -> Document:
    return {name: action.get(name) for name in ("payable", "tabs")}


def _moved_by_opening(books: Books, action: Action, document: Document, moved: Moved) -> None:
    moved.payable.update(action["payable"])
    moved.tabs.update(action["tabs"])


def _reversal(books: Books, action: Action, entry: Entry) -> Document:
    """Legs and movements are compared by what they come to; the figures as they stand."""
    past = books.past[action["of"]]
    undone, said = past.moved.undone(), entry.document
    legs: dict[str, int] = dict(said["postings"])
    stock: dict[str, int] = {}
    for sku, _batch, quantity, _cost, _expires_on in said.get("movements", ()):
        stock[sku] = stock.get(sku, 0) + quantity
    due = {"cash": undone.cash}
    due |= {f"payable:{producer}": -amount for producer, amount in undone.payable.items()}
    due |= {f"tab:{staff}": amount for staff, amount in undone.tabs.items()}
    if {name: legs.get(name, 0) for name in due} != due or sum(legs.values()) or stock != dict(undone.stock):
        raise Broken(f"not the opposite: due {due} and {undone.stock}, said {said}")
    return {
        "original_id": past.entry.id,
        "original_number": past.entry.number,
        "original_kind": past.entry.kind,
        "postings": said["postings"],
        "movements": said.get("movements"),
        "figures": undone.figures,
    }


def _moved_by_reversal(books: Books, action: Action, document: Document, moved: Moved) -> None:
    undone = books.past[action["of"]].moved.undone()
    for name in moved.__dataclass_fields__:
        setattr(moved, name, getattr(undone, name))


def _why_no_reversal(books: Books, action: Action) -> Verdict:
    past = books.past.get(action["of"])
    if past is None or past.entry.kind not in REVERSIBLE or past.reversed or past.given_back:
        return Verdict("not_reversible")
    gone = ("not_reversible",) if past.entry.kind in MAY_BE_GONE else ()
    cash = past.moved.cash
    if (cash or past.entry.kind == "sale") and not books.shift:
        return Verdict("no_open_shift", gone)
    return Verdict("insufficient_cash" if cash > max(books.drawer, 0) else "", gone)


def _check_takes(lines: list[dict[str, Any]]) -> None:
    """The batches add up to the line, and only goods that were bought outright cost something."""
    for line in lines:
        taken = sum(one["quantity"] for one in line["takes"])
        if taken != line["quantity"] or (_cost(line) and line["pricing"] != "putus"):
            raise Broken(f"batches that do not make the line: {line}")


def _cost(line: Mapping[str, Any]) -> int:
    return sum(one.get("cost", 0) for one in line["takes"])


def _nothing(books: Books, action: Action, document: Document, moved: Moved) -> None:
    """A price moves no money and no goods."""


def _needs_shift(books: Books, action: Action) -> Verdict:
    if not books.shift:
        return Verdict("no_open_shift")
    short = action["do"] == "cash_move" and action["direction"] == "out" and action["amount"] > books.drawer
    return Verdict("insufficient_cash" if short else "")


DOCUMENTS: dict[str, Callable[[Books, Action, Entry], Document]] = {
    "sale": _sale,
    "refund": _refund,
    "open_shift": _shift_opened,
    "close_shift": _shift_closed,
    "cash_move": _cash_move,
    "tab_payment": _tab_payment,
    "receive": _goods_received,
    "return_goods": _goods_returned,
    "write_off": _write_off,
    "count": _stock_count,
    "settle": _settlement,
    "set_price": _price_set,
    "opening": _opening,
    "reverse": _reversal,
}
MOVES: dict[str, Callable[[Books, Action, Document, Moved], None]] = {
    "sale": _moved_by_sale,
    "refund": _moved_by_refund,
    "open_shift": _moved_by_opening_the_shift,
    "close_shift": _moved_by_closing,
    "cash_move": _moved_by_cash,
    "tab_payment": _moved_by_tab_payment,
    "receive": _moved_by_delivery,
    "return_goods": _moved_by_return,
    "write_off": _moved_by_loss,
    "count": _moved_by_count,
    "settle": _moved_by_settlement,
    "set_price": _nothing,
    "opening": _moved_by_opening,
    "reverse": _moved_by_reversal,
}
REFUSALS: dict[str, Callable[[Books, Action], Verdict]] = {
    "sale": _why_no_sale,
    "refund": _why_no_refund,
    "open_shift": lambda books, _action: Verdict("shift_already_open" if books.shift else ""),
    "close_shift": _needs_shift,
    "cash_move": _needs_shift,
    "tab_payment": _needs_shift,
    "return_goods": _why_goods_stay,
    "write_off": _why_goods_stay,
    "settle": _why_nothing_is_paid,
    "reverse": _why_no_reversal,
}
