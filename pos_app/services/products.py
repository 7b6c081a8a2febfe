"""Products of the registry: a manager registers goods and corrects what was registered. Everything is logged.

The corner gives a code of its own (``MTR001A-B001``); the centre may later merge it into another. The barcode may be
one that other producers' goods carry too: then a scan asks which is meant. Prices and terms are those to begin with;
once a document names the goods they change by ``prices.set_price`` alone, so that their history is the journal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Final, Literal, get_args

from pos_app.domain.categories import papers
from pos_app.domain.errors import InvalidAmount, Misuse, UnknownCode, UnknownProducer, WrongCheckDigit
from pos_app.domain.formats import WHOLE
from pos_app.domain.prices import check_terms
from pos_app.domain.product import Product
from pos_app.domain.sizes import split_size
from pos_app.i18n import _
from pos_app.ledger import goods as ledger_goods
from pos_app.ledger import queries, registry
from pos_app.ledger.goods import Card
from pos_app.ledger.ledger import Transaction
from pos_app.ledger.sqlite import Connection
from pos_app.services import shelving
from pos_app.services.context import Counter
from sync.documents.base import LIMIT, Pricing
from sync.documents.identifiers import is_ean13, looks_like_ean13
from sync.protocol.registry_rows import ProductRow

Unit = Literal["pcs", "kg", "paket"]
Category = Literal["makanan", "minuman", "kerajinan", "batik", "tapis", "perawatan", "sembako", "atk"]
UNITS: Final[tuple[Unit, ...]] = get_args(Unit)
CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
PRICINGS: Final[tuple[Pricing, ...]] = get_args(Pricing)
LONGEST_NAME: Final = 200
LONGEST_TEXT: Final = 100
"""Letters of a family, a size, a listing."""
LONGEST_CODE: Final = 64
LONGEST_DAYS: Final = 3650
ONE: Final = 1000


@dataclass(frozen=True, slots=True)
class NewGoods:
    """What is known of goods. Prices in rupiah per unit, rates in basis points, ``min_stock`` in thousandths.

    ``consign_price`` is the producer's share (``titip``) or the cost (``putus``); ``komisi`` has a commission instead.
    ``needs_pirt`` and ``needs_halal`` follow from the category where they are None. ``family`` and ``size`` tell goods
    that come in several sizes (*Keripik Pisang*, *200 g*).
    """

    barcode: str
    name: str
    category: str
    producer: str
    consign_price: int | None
    sell_price: int
    pricing: Pricing = "titip"
    commission_bp: int | None = None
    unit: Unit = "pcs"
    shelf_life_days: int | None = None
    min_stock: int = 0
    needs_pirt: bool | None = None
    needs_halal: bool | None = None
    e_katalog: bool = False
    katalog_number: str = ""
    tkdn_bp: int | None = None
    tkdn_number: str = ""
    tkdn_expires: date | None = None
    family: str = ""
    size: str = ""
    shelf: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    """What may still be corrected of goods. ``theirs``: the centre's catalogue keeps their name and papers.

    ``used``: a document names them, so their unit, owner and way of supply stay, and prices change by a document.
    """

    theirs: bool
    used: bool


def register_goods(counter: Counter, goods: NewGoods, approved_by: str | None = None, *, beside: str = "") -> Product:
    """Adds the goods to the registry; logged. They are another size of ``beside``, which joins their family.

    Raises ``ManagerNeeded``, ``UnknownProducer``, ``WrongCheckDigit``, what ``check_terms`` raises, ``InvalidAmount``
    for terms of another way of supply, and ``Misuse`` for anything else that cannot be.
    """
    counter.require_manager("register_goods", approved_by)
    _check(goods)
    _check_terms(goods)
    with counter.ledger.write() as tx:
        _check_place(tx.db, goods)
        if goods.barcode:
            check_barcode(tx.db, goods.barcode)
        sku = next_sku(tx)
        registry.add_products(tx.db, [_row(goods, sku)])
        if goods.barcode:
            ledger_goods.add_barcode(tx.db, sku, goods.barcode)
        if goods.min_stock % ONE:
            ledger_goods.change(tx.db, sku, {"min_stock": goods.min_stock})
        _set_rooms(counter, tx.db, sku, goods, approved_by)
        if beside:
            _join_family(tx.db, beside, goods.family)
        counter.propose(tx.db, "product", sku)
        counter.log(tx.db, "goods_registered", sku, approved_by)
    product = queries.product(counter.db, sku)
    if product is None:
        raise AssertionError("goods that were just registered are not there")
    return product


def next_sku(tx: Transaction) -> str:
    """The next free code of this till's own."""
    codes = (f"{tx.identity.series}-B{number:03d}" for number in count(1))
    return next(code for code in codes if queries.product(tx.db, code) is None)


def what_is_open(db: Connection, sku: str) -> Open:
    """What may be corrected now. Raises ``UnknownCode``."""
    card = ledger_goods.card(db, sku)
    if card is None:
        raise UnknownCode(sku)
    return Open(card.version != 0, ledger_goods.has_moved(db, sku) or ledger_goods.has_priced(db, sku))


def known(db: Connection, sku: str) -> NewGoods:
    """What is registered of goods, with today's prices, as ``change_goods`` takes it. Raises ``UnknownCode``."""
    card, product = ledger_goods.card(db, sku), queries.product(db, sku)
    if card is None or product is None:
        raise UnknownCode(sku)
    return NewGoods(
        "",
        card.name,
        card.category,
        card.producer,
        product.consign_price if card.pricing != "komisi" else None,
        product.sell_price,
        pricing=product.pricing,
        commission_bp=product.commission_bp if card.pricing == "komisi" else None,
        unit=next(unit for unit in UNITS if unit == card.unit),
        shelf_life_days=card.shelf_life_days,
        min_stock=product.min_stock,
        needs_pirt=card.needs_pirt,
        needs_halal=card.needs_halal,
        e_katalog=card.e_katalog,
        katalog_number=card.katalog_number,
        tkdn_bp=card.tkdn_bp,
        tkdn_number=card.tkdn_number,
        tkdn_expires=date.fromisoformat(card.tkdn_expires) if card.tkdn_expires else None,
        family=card.family,
        size=card.size,
        shelf=card.shelf,
    )


def change_goods(counter: Counter, sku: str, goods: NewGoods, approved_by: str | None = None) -> Product:
    """Corrects what was registered; logged. What may not be changed any more has to stay as it is (``what_is_open``).

    ``barcode`` is not looked at: codes are added and removed one by one. Raises what ``register_goods`` does, and
    ``UnknownCode``.
    """
    counter.require_manager("change_goods", approved_by)
    _check(goods)
    with counter.ledger.write() as tx:
        card = ledger_goods.card(tx.db, sku)
        if card is None:
            raise UnknownCode(sku)
        _check_place(tx.db, goods)
        _check_closed(card, known(tx.db, sku), goods, what_is_open(tx.db, sku))
        if not what_is_open(tx.db, sku).used:
            _check_terms(goods)
        ledger_goods.change(tx.db, sku, _changed(card, goods, what_is_open(tx.db, sku)))
        _set_rooms(counter, tx.db, sku, goods, approved_by)
        _propose_own(counter, tx.db, sku)
        counter.log(tx.db, "goods_changed", sku, approved_by)
    product = queries.product(counter.db, sku)
    if product is None:
        raise AssertionError("goods that were just changed are gone")
    return product


def add_barcode(counter: Counter, sku: str, barcode: str, approved_by: str | None = None) -> list[Product]:
    """One more code by which a scan finds the goods; logged. Gives the other goods that carry it, too.

    Raises ``ManagerNeeded``, ``UnknownCode``, ``WrongCheckDigit``, and ``Misuse`` for a code that cannot be one.
    """
    counter.require_manager("barcode", approved_by)
    with counter.ledger.write() as tx:
        if queries.product(tx.db, sku) is None:
            raise UnknownCode(sku)
        check_barcode(tx.db, barcode)
        ledger_goods.add_barcode(tx.db, sku, barcode)
        _propose_own(counter, tx.db, sku)
        counter.log(tx.db, "barcode_added", sku, approved_by)
        return [one for one in queries.products_by_code(tx.db, barcode) if one.sku != sku]


def remove_barcode(counter: Counter, sku: str, barcode: str, approved_by: str | None = None) -> None:
    """Takes a code off the goods; logged. Raises ``ManagerNeeded``, and ``UnknownCode`` where they do not carry it."""
    counter.require_manager("barcode", approved_by)
    with counter.ledger.write() as tx:
        if barcode not in registry.barcodes(tx.db, sku):
            raise UnknownCode(barcode)
        ledger_goods.remove_barcode(tx.db, sku, barcode)
        _propose_own(counter, tx.db, sku)
        counter.log(tx.db, "barcode_removed", sku, approved_by)


def _propose_own(counter: Counter, db: Connection, sku: str) -> None:
    """Goods that the centre's catalogue has are the centre's; others are proposed as they are now."""
    card = ledger_goods.card(db, sku)
    if card is not None and card.version == 0:
        counter.propose(db, "product", sku)


def check_barcode(db: Connection, barcode: str) -> None:
    """Raises ``WrongCheckDigit`` for a misread one, ``Misuse`` for what no scanner reads, or the code of goods."""
    if looks_like_ean13(barcode) and not is_ean13(barcode):
        raise WrongCheckDigit(barcode)
    if not 3 <= len(barcode) <= LONGEST_CODE or not (barcode.isascii() and barcode.isprintable()) or " " in barcode:
        raise Misuse(_("{code} is no barcode. Scan it, or type its digits.").format(code=barcode))
    if queries.product(db, barcode) is not None:
        raise Misuse(_("{code} is the code of goods already. Choose another barcode.").format(code=barcode))


def _check(goods: NewGoods) -> None:
    """What holds for all goods, whoever registered them."""
    texts = (goods.family, goods.size, goods.katalog_number, goods.tkdn_number)
    if not goods.name or goods.name != goods.name.strip() or len(goods.name) > LONGEST_NAME:
        raise Misuse(_("Enter the name of the goods, at most {most} letters.").format(most=LONGEST_NAME))
    if any(len(text) > LONGEST_TEXT or text != text.strip() for text in texts):
        raise Misuse(_("This is too long. Use at most {most} letters.").format(most=LONGEST_TEXT))
    if goods.category not in CATEGORIES or goods.unit not in UNITS or goods.pricing not in PRICINGS:
        raise Misuse(_("Choose category, unit and how the goods are supplied."))
    if goods.shelf_life_days is not None and not 1 <= goods.shelf_life_days <= LONGEST_DAYS:
        raise Misuse(
            _("Goods keep for 1 to {most} days; leave it empty for what does not spoil.").format(most=LONGEST_DAYS)
        )
    if goods.tkdn_bp is not None and not 0 <= goods.tkdn_bp <= WHOLE:
        raise Misuse(_("Local content is 0 to 100 percent."))
    if bool(goods.family) != bool(goods.size):
        raise Misuse(_("Goods in several sizes need both: the name they share and the size."))
    if not 0 <= goods.min_stock <= LIMIT:
        raise InvalidAmount(str(goods.min_stock))


def _check_place(db: Connection, goods: NewGoods) -> None:
    if registry.producer_name(db, goods.producer) is None:
        raise UnknownProducer(goods.producer)


def _check_terms(goods: NewGoods) -> None:
    unused = goods.consign_price if goods.pricing == "komisi" else goods.commission_bp
    if unused is not None:
        raise InvalidAmount(str(unused))
    check_terms(goods.name, goods.pricing, goods.sell_price, goods.consign_price, goods.commission_bp)


def _check_closed(card: Card, before: NewGoods, goods: NewGoods, allowed: Open) -> None:
    if allowed.used:
        if (goods.unit, goods.producer, goods.pricing) != (before.unit, before.producer, before.pricing):
            raise Misuse(
                _(
                    "Documents name these goods, so their unit, producer and way of supply stay."
                    " Register them anew and return what is left of the old ones."
                )
            )
        terms = (before.sell_price, before.consign_price, before.commission_bp, before.min_stock)
        if (goods.sell_price, goods.consign_price, goods.commission_bp, goods.min_stock) != terms:
            raise Misuse(_("Prices of goods that moved are changed by a document. Use Set price."))
    if allowed.theirs:
        theirs = ("name", "category", "unit", "producer", "shelf_life_days", "e_katalog", "tkdn_bp")
        marks = (goods.needs_pirt, goods.needs_halal) != (card.needs_pirt, card.needs_halal)
        if marks or any(getattr(goods, field) != getattr(before, field) for field in theirs):
            raise Misuse(_("Diskoperin keeps the name, category and papers of these goods. Tell them what is wrong."))


def _changed(card: Card, goods: NewGoods, allowed: Open) -> dict[str, object]:
    values: dict[str, object] = {}
    if not allowed.theirs:
        pirt, halal = _papers(goods)
        values |= {"name": goods.name, "category": goods.category, "shelf_life_days": goods.shelf_life_days}
        values |= {"needs_pirt": int(pirt), "needs_halal": int(halal)}
        values |= {"e_katalog": int(goods.e_katalog), "tkdn_bp": goods.tkdn_bp}
    if not allowed.used:
        values |= {"pricing": goods.pricing, "consign_price": goods.consign_price, "min_stock": goods.min_stock}
        values |= {"commission_bp": goods.commission_bp, "sell_price": goods.sell_price}
        if not allowed.theirs:
            values |= {"unit": goods.unit, "producer": goods.producer}
    return {name: value for name, value in values.items() if value != getattr(card, name)}


def _set_rooms(counter: Counter, db: Connection, sku: str, goods: NewGoods, approved_by: str | None) -> None:
    """What has tables of its own beside the product's row."""
    last = goods.tkdn_expires.isoformat() if goods.tkdn_expires else None
    ledger_goods.set_listing(db, sku, goods.katalog_number, goods.tkdn_number, last)
    ledger_goods.set_size(db, sku, goods.family, goods.size)
    shelving.place(counter, db, sku, goods.shelf, approved_by)


def _join_family(db: Connection, sku: str, family: str) -> None:
    """Goods of which another size was registered, unless they have a family, or their name tells no size."""
    card = ledger_goods.card(db, sku)
    if card is None:
        raise UnknownCode(sku)
    size = split_size(card.name)[1]
    if family and size and not card.family:
        ledger_goods.set_size(db, sku, family, size)


def _papers(goods: NewGoods) -> tuple[bool, bool]:
    usual = papers(goods.category)
    return (
        usual.pirt if goods.needs_pirt is None else goods.needs_pirt,
        usual.halal if goods.needs_halal is None else goods.needs_halal,
    )


def _row(goods: NewGoods, sku: str) -> ProductRow:
    pirt, halal = _papers(goods)
    return ProductRow(
        sku=sku,
        barcode=None,
        name=goods.name,
        category=goods.category,
        unit=goods.unit,
        producer_code=goods.producer,
        pricing=goods.pricing,
        consign_price=goods.consign_price,
        commission_bp=goods.commission_bp,
        sell_price=goods.sell_price,
        shelf_life_days=goods.shelf_life_days,
        min_stock=goods.min_stock // ONE,
        needs_pirt=pirt,
        needs_halal=halal,
        e_katalog=goods.e_katalog,
        tkdn_bp=goods.tkdn_bp,
    )
