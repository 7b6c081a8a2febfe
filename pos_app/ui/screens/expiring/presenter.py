"""Rules of the screen of goods near expiry: what is listed, what is done with a batch, the paper. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import Final, Literal

from pos_app.domain.dates import business_date, short_date
from pos_app.domain.errors import PosError, RuleError
from pos_app.domain.formats import rupiah
from pos_app.domain.product import Product
from pos_app.i18n import _, ngettext
from pos_app.ledger import queries
from pos_app.services import expiring, price_downs
from pos_app.services.context import Counter
from pos_app.services.expiring import Expiring
from pos_app.services.goods import find_product
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, failure, of_error
from pos_app.ui.paper_words import past_the_queue
from sync.documents.base import Bearer

Filter = Literal["all", "expired", "today", "soon", "tasks"]
Fact = tuple[str, str, str]
"""Words, icon, tone."""
TONES: Final = {"expired": "danger", "today": "warning", "soon": "muted"}


class ExpiringPresenter:
    """The batches, and the one that is looked at."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.filter: Filter = "all"
        self.all: list[Expiring] = []
        self.key = ("", "")
        """SKU and batch of what is looked at."""
        self.wanted = ""
        """Goods to look at first once the batches are read."""

    @property
    def today(self) -> date:
        """The business date."""
        return business_date(self.counter.clock())

    def read(self) -> None:
        """Reads the batches anew, at once: something was recorded, and what is done next goes by it."""
        self.all = expiring.listed(self.counter.db, self.today)

    def work(self) -> Callable[[object], list[Expiring]]:
        """What a worker does to read the batches."""
        ledger, today = self.counter.ledger, self.today

        def work(_tell: object) -> list[Expiring]:
            with closing(ledger.another()) as own:
                return expiring.listed(own.db, today)

        return work

    def take(self, found: list[Expiring]) -> None:
        """Shows what was read, and what was wanted of it."""
        self.all = found
        if self.wanted:
            self.find(self.wanted)
            self.wanted = ""

    def rows(self) -> list[Expiring]:
        """What the filter leaves."""
        if self.filter == "tasks":
            return [one for one in self.all if one.has_task]
        return [one for one in self.all if self.filter in ("all", one.state)]

    def counts(self) -> dict[str, int]:
        """How many batches each filter leaves."""
        states = {state: sum(one.state == state for one in self.all) for state in ("expired", "today", "soon")}
        return {"all": len(self.all), **states, "tasks": sum(one.has_task for one in self.all)}

    def chosen(self) -> Expiring | None:
        """The batch that is looked at."""
        return next((one for one in self.all if (one.batch.sku, one.batch.batch) == self.key), None)

    def product(self) -> Product | None:
        """Its goods."""
        return queries.product(self.counter.db, self.key[0]) if self.key[0] else None

    def find(self, code: str) -> Message | None:
        """Looks at the first batch of scanned goods; what there is to say else."""
        try:
            product = find_product(self.counter.db, code)
        except RuleError as error:
            return of_error(error)
        found = next((one for one in self.all if one.batch.sku == product.sku), None)
        if found is None:
            return Message("I", _("{item}: nothing is near its last day.").format(item=product.name))
        self.filter = "all"
        self.key = (found.batch.sku, found.batch.batch)
        return None

    # Words -----------------------------------------------------------------------------------------------------------

    def state_words(self, one: Expiring) -> str:
        """``kedaluwarsa 3 hari``, ``hari ini``, ``2 hari lagi``."""
        if one.state == "today":
            return _("last day today")
        if one.state == "expired":
            text = ngettext("expired {days} day ago", "expired {days} days ago", -one.days)
            return text.format(days=-one.days)
        return ngettext("{days} day left", "{days} days left", one.days).format(days=one.days)

    def task_words(self, one: Expiring) -> str:
        """What was decided about a batch; empty for nothing."""
        if one.to_return:
            return _("to be returned")
        if one.price_down is not None:
            return _("now {price}").format(price=rupiah(one.price_down.price))
        return ""

    def since(self, one: Expiring) -> str:
        """The day it came."""
        return short_date(date.fromisoformat(one.batch.since)) if one.batch.since else "–"

    def advice(self, one: Expiring) -> Fact:
        """What to do with it."""
        if one.state == "expired":
            if one.batch.pricing == "putus":
                return (_("Expired and bought outright: write it off (F7)."), "calendar-alert", "danger")
            return (
                _("Expired: take it off the shelf, return it (F6) or write it off (F7)."),
                "calendar-alert",
                "danger",
            )
        if one.price_down is not None:
            return (_("Sold cheaper until it is gone or expired."), "check-circle-outline", "success")
        return (_("Sell it cheaper (F4), or ask the producer to fetch it (F6)."), "information-outline", "muted")

    def effect(self, price: int | None, borne_by: Bearer) -> Fact:
        """What a lower price means for one unit, before it is set."""
        product = self.product()
        if product is not None and not price and price_downs.proposed(product, borne_by) is None:
            words = _("No step of Rp 500 lies between {price} and what the producer gets. Enter a price yourself.")
            if borne_by == "producer":
                words = _("No step of Rp 500 lies below {price}. Enter a price yourself.")
            return (words.format(price=rupiah(product.sell_price)), "information-outline", "text")
        if product is None or not price:
            return (_("Enter the lower price."), "information-outline", "muted")
        if price >= product.sell_price:
            words = _("The price must be below {price}.").format(price=rupiah(product.sell_price))
            return (words, "alert-circle-outline", "danger")
        gets = price_downs.producer_gets(product, price, borne_by)
        keeps = price_downs.left_to_corner(product, price, borne_by)
        if product.pricing == "putus":
            text = _("The corner keeps {keeps} of each.").format(keeps=rupiah(keeps))
        else:
            text = _("Of each the producer gets {gets}, the corner {keeps}.")
            text = text.format(gets=rupiah(gets), keeps=rupiah(keeps))
        if keeps < 0:
            return (text + " " + _("The corner pays for each sale."), "alert-outline", "warning")
        return (text, "information-outline", "text")

    def proposed(self, borne_by: Bearer) -> int | None:
        """The price to begin with."""
        product, one = self.product(), self.chosen()
        if product is None or one is None:
            return None
        if one.price_down is not None and one.price_down.borne_by == borne_by:
            return one.price_down.price
        return price_downs.proposed(product, borne_by)

    def approval_lines(self, price: int, borne_by: Bearer) -> tuple[str, ...]:
        """What a manager is asked."""
        one = self.chosen()
        if one is None:
            return ()
        bearer = _("Borne by the producer") if borne_by == "producer" else _("Borne by the corner")
        return (one.batch.name, self.state_words(one), bearer, self.effect(price, borne_by)[0])

    # What is done ----------------------------------------------------------------------------------------------------

    def set_price(self, price: int | None, borne_by: Bearer, approved_by: str | None) -> Message:
        """A lower price for the batch."""
        one = self.chosen()
        if one is None or not price:
            return Message("W", _("Enter the lower price."))
        sku, batch = self.key
        try:
            price_downs.set_price_down(self.counter, sku, batch, price, borne_by, approved_by=approved_by)
        except PosError as error:
            return Message("E", describe(error))
        self.read()
        text = _("{item}: pieces of this batch cost {price} at the till, taken off by itself.")
        return Message("S", text.format(item=one.batch.name, price=rupiah(price)))

    def end_price(self, approved_by: str | None) -> Message:
        """The batch costs what the goods cost again."""
        one = self.chosen()
        if one is None:
            return Message("W", _("Choose a batch first."))
        try:
            price_downs.withdraw(self.counter, *self.key, approved_by=approved_by)
        except PosError as error:
            return Message("E", describe(error))
        self.read()
        return Message("S", _("{item} costs the full price again.").format(item=one.batch.name))

    def turn_return(self) -> Message:
        """Notes that the batch goes back, or that it does not."""
        one = self.chosen()
        if one is None:
            return Message("W", _("Choose a batch first."))
        sku, batch = self.key
        try:
            if one.to_return:
                expiring.drop_return(self.counter, sku, batch)
            else:
                expiring.ask_return(self.counter, sku, batch, one.batch.expires_on)
        except PosError as error:
            return Message("E", describe(error))
        self.read()
        if one.to_return:
            return Message("S", _("{item} need not go back.").format(item=one.batch.name))
        text = _("{item} goes back to {producer}; Goods In tells it when it is returned.")
        return Message("S", text.format(item=one.batch.name, producer=one.batch.producer_name))

    def set_days(self, fresh: str, dry: str, approved_by: str | None) -> Message:
        """How many days ahead goods are told."""
        if not (fresh.strip().isdecimal() and dry.strip().isdecimal()):
            return Message("E", _("Enter days, from 0 to 365."))
        try:
            expiring.set_days_before(self.counter, int(fresh), int(dry), approved_by=approved_by)
        except RuleError:
            return Message("E", _("Enter days, from 0 to 365."))
        except PosError as error:
            return Message("E", describe(error))
        self.read()
        return Message("S", _("Noted. The list is read anew."))

    def print_work(self) -> Callable[[], bool]:
        """What a worker does to print what is shown; whether there was a printer."""
        counter, rows, today, at = self.counter, self.rows(), self.today, self.counter.clock()

        def work() -> bool:
            from pos_app.services import printing  # late: printing

            with closing(counter.ledger.another()) as own:
                sheet = printing.printer_settings(own.db).sheets != "none"
                return printing.print_now(own, expiring.paper(own, rows, today, at, sheet=sheet))

        return work

    def printed(self, *, printed: bool) -> Message:
        """What became of the paper."""
        return past_the_queue(_("List printed."), printed=printed)

    def failed(self, error: Exception) -> Message:
        """Why printing failed. Errors that are bugs are raised again."""
        return failure(error, str(self.counter.ledger.path))
