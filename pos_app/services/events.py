"""The log of events: who did what that is worth a look afterwards, with names and words. Run it on a worker."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from pos_app.domain.formats import rupiah
from pos_app.i18n import N_, _
from pos_app.ledger import activity, registry, reports
from pos_app.ledger.activity import Traced
from pos_app.ledger.queries import Entry
from pos_app.ledger.sqlite import Connection
from pos_app.services import drawer, people
from pos_app.services.context import Counter
from sync.documents.money import CashMove, PriceSet
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal
from sync.documents.sale import Sale

KINDS: Final = {
    "removed": N_("Removed"),
    "discount": N_("Discounts"),
    "drawer": N_("Drawer"),
    "approval": N_("Approvals"),
    "pin": N_("Wrong PINs"),
    "price": N_("Prices"),
    "reprint": N_("Reprints"),
    "correction": N_("Corrections"),
    "other": N_("Other"),
}
"""What the log is filtered by."""
_ACTIONS: Final = {
    "line_removed": ("removed", N_("Line removed before payment")),
    "held_cart_cancelled": ("removed", N_("Held cart cancelled")),
    "drawer_opened": ("drawer", N_("Drawer opened without a sale")),
    "pin_failed": ("pin", N_("Wrong PIN")),
    "reprinted": ("reprint", N_("Paper printed again")),
    "recount": ("correction", N_("Counted again at closing")),
    "count_cancelled": ("correction", N_("Stock count cancelled")),
    "look": ("other", N_("Personal data shown")),
    "corrected": ("other", N_("Personal data corrected")),
    "anonymised": ("other", N_("Person anonymised")),
    "tab_limit": ("other", N_("Limit of a tab changed")),
    "user_added": ("other", N_("User added")),
    "user_pin_changed": ("other", N_("PIN of a user changed")),
    "user_deactivated": ("other", N_("User deactivated")),
    "recovery_code_made": ("other", N_("Recovery code made")),
    "ledger_repaired": ("other", N_("Ledger repaired")),
    "ledger_rejoined": ("other", N_("Ledger joined again")),
    "goods_registered": ("other", N_("Goods registered")),
    "goods_changed": ("other", N_("Goods changed")),
    "shelf_changed": ("other", N_("Shelf of goods changed")),
    "barcode_added": ("other", N_("Barcode added")),
    "barcode_removed": ("other", N_("Barcode removed")),
    "registry_exported": ("other", N_("Registry exported")),
    "picture_set": ("other", N_("Picture of goods set")),
    "picture_removed": ("other", N_("Picture of goods removed")),
    "favourite_added": ("other", N_("Favourite added")),
    "favourite_removed": ("other", N_("Favourite removed")),
    "staff_pin_set": ("other", N_("PIN of a staff member set")),
    "price_down": ("price", N_("Lower price for a batch")),
    "price_down_ended": ("price", N_("Lower price of a batch ended")),
    "mandate_given": ("other", N_("Letter of authority noted")),
    "mandate_withdrawn": ("other", N_("Letter of authority withdrawn")),
    "producer_registered": ("other", N_("Producer registered")),
    "producer_changed": ("other", N_("Facts of a producer corrected")),
    "agreement_recorded": ("other", N_("Agreement with a producer recorded")),
    "certificate_kept": ("other", N_("Certificate recorded")),
    "transfer_list": ("other", N_("Transfer list for the bank written")),
    "certificate_removed": ("other", N_("Certificate removed")),
}
_APPROVED: Final = {
    "discount": N_("discount"),
    "refund": N_("refund"),
    "reverse": N_("reversal"),
    "expired_goods": N_("expired goods"),
    "tab_over_limit": N_("tab over its limit"),
    "register_goods": N_("new goods"),
    "change_goods": N_("data of goods"),
    "barcode": N_("barcodes of goods"),
    "export_registry": N_("export of the registry"),
    "receive": N_("goods in"),
    "return_goods": N_("return of goods"),
    "settle": N_("payment of a producer"),
    "transfer_list": N_("transfer list for the bank"),
    "set_price": N_("price"),
    "count": N_("stock count"),
    "write_off": N_("write-off"),
    "price_down": N_("lower price for a batch"),
    "cash_move": N_("cash in or out"),
    "recount": N_("count again"),
    "large_difference": N_("large cash difference"),
    "report": N_("report of a period"),
    "log": N_("log of events"),
    "users": N_("users"),
    "settings": N_("settings"),
    "enrol": N_("joining Diskoperin"),
    "rejoin": N_("putting both histories together"),
    "drawer_opened": N_("open the drawer"),
    "look": N_("personal data"),
    "staff_account": N_("account of a staff member"),
    "deduction_list": N_("deduction list"),
    "deduction_collected": N_("deduction collected"),
    "match_qris": N_("matching of QRIS"),
    "producer_data": N_("data of a producer"),
}
_OF_STAFF: Final = frozenset({"staff_pin_set", "mandate_given", "mandate_withdrawn", "pin_failed"})
_PERSONS: Final = {"staff": N_("Staff"), "producer": N_("Producer"), "user": N_("User")}
_REASONS: Final = {
    "damaged": N_("Damaged pack"),
    "near_expiry": N_("Near expiry"),
    "promotion": N_("Promotion"),
    "other": N_("Other"),
}
_BEARERS: Final = {"corner": N_("Corner bears it"), "producer": N_("Producer bears it")}
_DISCOUNT: Final = re.compile(
    r"(?P<what>\d+ (?P<lines>lines)|\S+) (?P<amount>\d+)(?: (?P<bearer>corner|producer))? (?P<reason>[a-z_]+)"
)
_OVER_LIMIT: Final = re.compile(r"(?P<staff>\S+) (?P<amount>\d+)")


@dataclass(frozen=True, slots=True)
class Event:
    """One event: ISO time, kind of ``KINDS``, who, and what in words."""

    at: str
    kind: str
    who: str
    what: str
    detail: str = ""


def events(counter: Counter, db: Connection, first: date, last: date) -> list[Event]:
    """The events of the business dates from ``first`` to ``last``, the newest first. ``db`` is the worker's own."""
    since, until = first.isoformat(), last.isoformat()
    unseal = counter.vault.unseal
    users = (*registry.users(db, unseal), *registry.former_users(db, unseal))
    people_of = {f"user:{user.id}": user.name for user in users}
    people_of |= {f"producer:{code}": name for code, name in registry.producers(db)}
    staff = {member.code: member.name for member in registry.staff_members(db, unseal)}
    people_of |= {f"staff:{code}": name for code, name in staff.items()}
    teller = _Teller(counter, {user.id: user.name for user in users}, people_of, staff)
    found = [teller.traced(one) for one in activity.traced(db, since, until)]
    for kind in ("price_set", "refund", "reversal", "cash_move"):
        found += [event for entry in activity.entries(db, kind, since, until) for event in teller.document(entry)]
    for start, end in reports.spans(db, since, until):
        found += [event for entry in activity.discounted(db, start, end) for event in teller.document(entry)]
    named = activity.product_names(db, _codes(event.detail for event in found))
    told = [_with_names(event, named) for event in found]
    return sorted(told, key=lambda event: event.at, reverse=True)


@dataclass(frozen=True, slots=True)
class _Teller:
    """``names`` of users by id, ``persons`` by ``kind:code``, ``staff`` by code."""

    counter: Counter
    names: dict[str, str]
    persons: dict[str, str]
    staff: dict[str, str]

    def who(self, user: str) -> str:
        return self.names.get(user, user[:8] or "-")

    def traced(self, one: Traced) -> Event:
        detail = people.readable(self.counter, one.detail)
        who = self.who(one.user)
        if one.action.startswith("approved:"):
            action = one.action.removeprefix("approved:")
            what = _("Approved: {action}").format(action=_(_APPROVED[action]) if action in _APPROVED else action)
            return Event(one.at, "approval", who, what, self._approved(action, detail))
        if one.action.startswith("tab_limit:"):
            before, after = (rupiah(int(amount)) for amount in one.action.split(":")[1:])
            return Event(
                one.at, "other", who, _("Tab limit changed"), f"{self.staff.get(detail, detail)}: {before} → {after}"
            )
        if one.action == "held_cart_cancelled":
            detail = _cart_words(detail)
        if one.action == "drawer_opened":
            detail = _drawer_words(detail)
        if one.action == "count_cancelled":
            detail = _("{count} counted").format(count=detail)
        if one.action in _OF_STAFF:
            detail = self.staff.get(detail, detail)
        detail = self._person(detail)
        if one.action in ("pin_failed", "user_added", "user_pin_changed", "user_deactivated"):
            detail = self.names.get(detail, detail)
        kind, words = _ACTIONS.get(one.action.partition(":")[0], ("other", ""))
        return Event(one.at, kind, who, _(words) if words else one.action, detail)

    def _approved(self, action: str, detail: str) -> str:
        """What was allowed, in words; what is no code was typed by a person and stays."""
        if action == "drawer_opened":
            return _drawer_words(detail.removeprefix("reason:"))
        over = _OVER_LIMIT.fullmatch(detail)
        if action == "tab_over_limit" and over is not None:
            return f"{self.staff.get(over['staff'], over['staff'])} · +{rupiah(int(over['amount']))}"
        given = _DISCOUNT.fullmatch(detail)
        if action == "discount" and given is not None:
            what = _("Whole cart") if given["lines"] else given["what"]
            reason, bearer = given["reason"], given["bearer"]
            words = [what, rupiah(int(given["amount"])), _(_REASONS[reason]) if reason in _REASONS else reason]
            return " · ".join([*words, _(_BEARERS[bearer])] if bearer else words)
        return self._person(detail.removeprefix("reason:"))

    def _person(self, detail: str) -> str:
        """The name of ``staff:S001``; the words of the kind with the code of somebody who is forgotten."""
        kind, _colon, code = detail.partition(":")
        if kind not in _PERSONS or not code:
            return detail
        return f"{_(_PERSONS[kind])} {self.persons.get(detail, code)}"

    def document(self, entry: Entry) -> Iterable[Event]:
        at, who, document = entry.envelope.at, self.who(entry.envelope.cashier), entry.document
        match document:
            case PriceSet():
                detail = f"{document.sku}: {rupiah(document.sell_price)}"
                yield Event(at, "price", who, _("Price set"), detail)
            case Refund():
                detail = f"{document.number} · {document.sale_number} · {rupiah(document.total)}"
                yield Event(at, "correction", who, _("Refund"), detail)
            case Reversal():
                detail = f"{document.number} · {document.original_number}"
                yield Event(at, "correction", who, _("Reversal"), detail)
            case CashMove():
                sign = "+" if document.direction == "in" else "-"
                yield Event(
                    at, "drawer", who, _("Cash in or out"), f"{document.number} · {sign}{rupiah(document.amount)}"
                )
            case Sale():
                for line in document.lines:
                    if line.discount:
                        detail = f"{document.number} · {line.name} · -{rupiah(line.discount)}"
                        yield Event(at, "discount", who, _("Discount"), detail)


def _drawer_words(reason: str) -> str:
    return _(drawer.REASONS[reason]) if reason in drawer.REASONS else reason


def _cart_words(body: str) -> str:
    try:
        kept = json.loads(body)
        return _("{amount} · {lines} lines").format(amount=rupiah(int(kept["total"])), lines=len(kept["lines"]))
    except (ValueError, KeyError, TypeError):
        return ""


_CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]*[0-9]")


def _codes(texts: Iterable[str]) -> set[str]:
    return {code for text in texts for code in _CODE.findall(text)}


def _with_names(event: Event, names: dict[str, str]) -> Event:
    if not names:
        return event
    detail = _CODE.sub(lambda match: names.get(match[0], match[0]), event.detail)
    return Event(event.at, event.kind, event.who, event.what, detail)
