"""Rules of the form about goods: what was typed as ``NewGoods``, what is missing, and saving it. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from pos_app.domain.categories import Papers, papers
from pos_app.domain.dates import business_date, short_date
from pos_app.domain.errors import PosError
from pos_app.domain.formats import parse_least_typed, parse_percent_typed, percent_number, quantity_text
from pos_app.domain.prices import check_terms
from pos_app.domain.product import Product
from pos_app.domain.sizes import split_size
from pos_app.i18n import N_, _
from pos_app.ledger import listing, registry
from pos_app.services import products
from pos_app.services.context import Counter
from pos_app.services.products import LONGEST_DAYS, PRICINGS, UNITS, NewGoods, Open
from pos_app.services.wording import describe
from sync.documents.base import Pricing

CATEGORIES: Final = {
    "makanan": N_("Food"),
    "minuman": N_("Drinks"),
    "kerajinan": N_("Crafts"),
    "batik": N_("Batik"),
    "tapis": N_("Tapis"),
    "perawatan": N_("Care"),
    "sembako": N_("Staples"),
    "atk": N_("Stationery"),
}
SUPPLIES: Final = {
    "titip": N_("Consignment, fixed price"),
    "komisi": N_("Commission"),
    "putus": N_("Bought outright"),
}
UNIT_WORDS: Final = {"pcs": N_("piece"), "kg": N_("kilogram"), "paket": N_("pack")}
MOST_FOUND: Final = 30
NOTHING_CLOSED: Final = Open(theirs=False, used=False)


@dataclass(slots=True)
class Entries:
    """The form as it stands: texts as typed, amounts in rupiah."""

    name: str = ""
    producer: str = ""
    category: str = "makanan"
    pricing: str = "titip"
    unit: str = "pcs"
    consign: int | None = None
    commission: str = ""
    price: int | None = None
    days: str = ""
    barcode: str = ""
    min_stock: str = ""
    shelf: str = ""
    family: str = ""
    size_text: str = ""
    needs_pirt: bool = True
    needs_halal: bool = True
    e_katalog: bool = False
    katalog_number: str = ""
    tkdn: str = ""
    tkdn_number: str = ""
    tkdn_expires: str = ""
    tkdn_day: date | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing or wrong: the field's name among ``Entries``, and a sentence; ``wrong``: to be framed in red."""

    field: str
    words: str
    wrong: bool = False


class GoodsFormPresenter:
    """One form: for new goods (``sku`` empty) or for goods that are registered."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.sku = ""
        self.beside = ""
        self.allowed = NOTHING_CLOSED
        self.before = Entries()
        self._producer = ("", "")

    # Beginning ------------------------------------------------------------------------------------------------------

    def begin_new(self, barcode: str = "", producer: str = "") -> Entries:
        """An empty form."""
        self.sku, self.beside, self.allowed = "", "", NOTHING_CLOSED
        self.before = Entries(barcode=barcode, producer=self._name_of(producer))
        return self.before

    def begin_size(self, sku: str) -> Entries:
        """Another size of goods: all but size, price and barcode."""
        goods = products.known(self.counter.db, sku)
        self.begin_new()
        self.beside = sku
        entries = self._entries(goods)
        entries.family = goods.family or split_size(goods.name)[0]
        entries.name = entries.size_text = ""
        entries.consign = entries.price = None
        self.before = entries
        return entries

    def show_goods(self, sku: str) -> Entries:
        """Goods as they are registered. Raises ``UnknownCode``."""
        entries = self._entries(products.known(self.counter.db, sku))
        self.allowed = products.what_is_open(self.counter.db, sku)
        self.sku, self.beside = sku, ""
        self.before = entries
        return entries

    def _entries(self, goods: NewGoods) -> Entries:
        return Entries(
            name=goods.name,
            producer=self._name_of(goods.producer),
            category=goods.category,
            pricing=goods.pricing,
            unit=goods.unit,
            consign=goods.consign_price,
            commission=percent_number(goods.commission_bp),
            price=goods.sell_price,
            days=str(goods.shelf_life_days or ""),
            min_stock=quantity_text(goods.min_stock) if goods.min_stock else "",
            shelf=goods.shelf,
            family=goods.family,
            size_text=goods.size,
            needs_pirt=bool(goods.needs_pirt),
            needs_halal=bool(goods.needs_halal),
            e_katalog=goods.e_katalog,
            katalog_number=goods.katalog_number,
            tkdn=percent_number(goods.tkdn_bp),
            tkdn_number=goods.tkdn_number,
            tkdn_day=goods.tkdn_expires,
        )

    def _name_of(self, producer: str) -> str:
        name = registry.producer_name(self.counter.db, producer) or ""
        self._producer = (name, producer if name else "")
        return name

    # Choosing -------------------------------------------------------------------------------------------------------

    def producers(self, text: str) -> list[tuple[str, str, str]]:
        """Code, name and kelurahan of producers that a text finds."""
        return listing.producers_matching(self.counter.db, text, MOST_FOUND)

    def choose_producer(self, code: str) -> str:
        """Takes one of them; its name."""
        return self._name_of(code)

    def producer_code(self, text: str) -> str:
        """The producer that a text means; empty while several or none go with it."""
        wanted = text.strip()
        if wanted and wanted != self._producer[0]:
            found = self.producers(wanted)
            same = [one for one in found if wanted.casefold() in (one[0].casefold(), one[1].casefold())]
            matches = same or found
            self._producer = (wanted, matches[0][0] if len(matches) == 1 else "")
        return self._producer[1] if wanted else ""

    def halal_since(self, category: str) -> str:
        """Since when all goods of this category need halal, however they are marked; empty where their mark decides."""
        since = papers(category).halal_since
        return short_date(since) if since and since <= business_date(self.counter.clock()) else ""

    @staticmethod
    def papers_of(category: str) -> Papers:
        """What goods of a category usually need."""
        return papers(category)

    # Reading --------------------------------------------------------------------------------------------------------

    def gap(self, entries: Entries) -> Gap | None:
        """What keeps the form from being saved, the first field first."""
        return self._gap_of_goods(entries) or self._gap_of_terms(entries) or self._gap_of_rest(entries)

    def _gap_of_goods(self, entries: Entries) -> Gap | None:
        if not entries.name.strip():
            return Gap("name", _("Enter the name of the goods."))
        if not self.producer_code(entries.producer):
            words = _("Choose the producer: type a part of the name, then Enter.")
            return Gap("producer", words, wrong=bool(entries.producer.strip()))
        return None

    @staticmethod
    def _gap_of_terms(entries: Entries) -> Gap | None:
        if entries.pricing == "komisi":
            if parse_percent_typed(entries.commission) is None:
                words = _("Enter the commission in percent, 0 to 100.")
                return Gap("commission", words, wrong=bool(entries.commission.strip()))
        elif not entries.consign:
            words = _("Enter the cost.") if entries.pricing == "putus" else _("Enter the consign price.")
            return Gap("consign", words)
        if not entries.price:
            return Gap("price", _("Enter the sell price."))
        way = next(one for one in PRICINGS if one == entries.pricing)
        part = parse_percent_typed(entries.commission)
        words = refused_terms(" ".join(entries.name.split()), way, entries.price, entries.consign, part)
        return Gap("consign", words, wrong=True) if words else None

    @staticmethod
    def _gap_of_rest(entries: Entries) -> Gap | None:
        days = entries.days.strip()
        if days and not (days.isascii() and days.isdigit() and 1 <= int(days) <= LONGEST_DAYS):
            return Gap("days", _("Enter whole days, or nothing for goods that do not spoil."), wrong=True)
        if parse_least_typed(entries.min_stock) is None:
            return Gap("min_stock", _("Enter the minimum stock as a number."), wrong=True)
        if entries.tkdn.strip() and parse_percent_typed(entries.tkdn) is None:
            return Gap("tkdn", _("Local content is 0 to 100 percent."), wrong=True)
        if entries.tkdn_expires.strip() and entries.tkdn_day is None:
            return Gap("tkdn_expires", _("Enter the last day of the certificate as a date."), wrong=True)
        if bool(entries.family.strip()) != bool(entries.size_text.strip()):
            field = "size_text" if entries.family.strip() else "family"
            return Gap(field, _("Goods in several sizes need both: the name they share and the size."))
        return None

    def goods(self, entries: Entries) -> NewGoods:
        """What was filled in; only while ``gap`` is None."""
        by_share = entries.pricing == "komisi"
        return NewGoods(
            entries.barcode.strip(),
            " ".join(entries.name.split()),
            entries.category,
            self.producer_code(entries.producer),
            None if by_share else entries.consign,
            entries.price or 0,
            pricing=next(one for one in PRICINGS if one == entries.pricing),
            commission_bp=parse_percent_typed(entries.commission) if by_share else None,
            unit=next(one for one in UNITS if one == entries.unit),
            shelf_life_days=int(entries.days) if entries.days.strip() else None,
            min_stock=parse_least_typed(entries.min_stock) or 0,
            needs_pirt=entries.needs_pirt,
            needs_halal=entries.needs_halal,
            e_katalog=entries.e_katalog,
            katalog_number=entries.katalog_number.strip(),
            tkdn_bp=parse_percent_typed(entries.tkdn),
            tkdn_number=entries.tkdn_number.strip(),
            tkdn_expires=entries.tkdn_day,
            family=" ".join(entries.family.split()),
            size=" ".join(entries.size_text.split()),
            shelf=" ".join(entries.shelf.split()),
        )

    def save(self, goods: NewGoods, approved_by: str | None) -> Product:
        """Registers or corrects the goods. Raises what ``products.register_goods`` and ``change_goods`` do."""
        if self.sku:
            return products.change_goods(self.counter, self.sku, goods, approved_by)
        return products.register_goods(self.counter, goods, approved_by, beside=self.beside)

    @property
    def action(self) -> str:
        """What a manager is asked for."""
        return "change_goods" if self.sku else "register_goods"

    def remarks(self) -> list[str]:
        """Why some fields are closed."""
        found = []
        if self.allowed.theirs:
            found.append(_("Diskoperin keeps name, category and papers of these goods."))
        if self.allowed.used:
            found.append(_("Goods have moved: unit, producer and way of supply stay, prices change by Set price."))
        return found


def refused_terms(product: str, pricing: Pricing, sell: int, consign: int | None, commission_bp: int | None) -> str:
    """Why goods cannot cost this, as a sentence; empty when they can."""
    try:
        check_terms(product, pricing, sell, consign, commission_bp)
    except PosError as error:
        return describe(error)
    return ""
