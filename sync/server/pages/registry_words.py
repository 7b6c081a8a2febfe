"""Words of the registry's pages: what a field, a kind and a reason is called. Message ids; ``_`` translates them."""

from typing import Final

from sync.protocol.registry_reasons import REASONS, Rejection
from sync.server.pages.texts import LANGUAGES, _, mark, said

CERTIFICATES: Final = {
    "nib": "NIB",
    "pirt": "P-IRT",
    "halal": "Halal",
    "bpom": "BPOM",
    "tkdn": "TKDN",
    "ekatalog": "e-Katalog",
    "merek": mark("Trade mark"),
}
CLASSES: Final = {"mikro": mark("Micro"), "kecil": mark("Small"), "menengah": mark("Medium")}
TERMS: Final = {"harian": mark("Daily"), "mingguan": mark("Weekly"), "bulanan": mark("Monthly")}
GOODS: Final = {
    "makanan": mark("Food"),
    "minuman": mark("Drinks"),
    "kerajinan": mark("Crafts"),
    "batik": "Batik",
    "tapis": "Tapis",
    "sembako": mark("Staples"),
    "atk": mark("Stationery"),
    "perawatan": mark("Care products"),
}
PRICED: Final = {"titip": mark("Consignment price"), "komisi": mark("Commission"), "putus": mark("Bought outright")}
MEASURES: Final = {"pcs": mark("Piece"), "kg": "kg", "paket": mark("Package")}
PERSON: Final = {
    "owner_name": mark("Owner"),
    "phone": mark("Telephone"),
    "nik": "NIK",
    "address": mark("Address"),
    "npwp": "NPWP",
    "bank_name": "Bank",
    "bank_account": mark("Bank account"),
}
COLUMNS: Final = {name: text for name, text in PERSON.items() if name != "nik"} | {
    "producer_code": mark("Producer's code"),
    "business_name": mark("Business name"),
    "kelurahan": "Kelurahan",
    "class": mark("Class"),
    "nib": "NIB",
    "pirt": "P-IRT",
    "halal_no": mark("Halal certificate"),
    "halal_expires": mark("Halal until"),
    "payout_terms": mark("Is paid"),
    "joined_on": mark("Takes part since"),
    "sku": mark("Code of the goods"),
    "barcode": "Barcode",
    "name": mark("Name"),
    "category": mark("Category"),
    "unit": mark("Unit of sale"),
    "pricing": mark("Kind of consignment"),
    "consign_price": mark("Price to the producer"),
    "commission_bp": mark("Commission (1/100 %)"),
    "sell_price": mark("Selling price"),
    "shelf_life_days": mark("Shelf life (days)"),
    "min_stock": mark("Minimum stock"),
    "needs_pirt": mark("Needs P-IRT (yes)"),
    "needs_halal": mark("Needs halal (yes)"),
    "e_katalog": mark("In the e-Katalog (yes)"),
    "tkdn_percent": mark("TKDN (%)"),
    "corner_code": mark("Code of the corner"),
    "kind": mark("Kind of office"),
    "postcode": mark("Postcode"),
    "staff_count": mark("Number of staff"),
    "date": mark("Date"),
}
"""Columns of the spreadsheets; the import knows them by both names."""
REASONS_ALIKE: Final = {
    "nik": mark("same NIK"),
    "nib": mark("same NIB"),
    "barcode": mark("same barcode"),
    "bank_account": mark("same bank account"),
    "phone": mark("same telephone"),
    "same_name": mark("sounds the same"),
    "like_name": mark("one letter apart"),
}
REQUESTS: Final = {
    "access": mark("Wants to see the data"),
    "correction": mark("Wants a correction"),
    "erasure": mark("Wants erasure"),
    "restriction": mark("Wants processing restricted"),
    "other": mark("Something else"),
}
STATES: Final = {
    "waiting": mark("Waits"),
    "confirmed": mark("In the registry"),
    "merged": mark("Merged"),
    "refused": mark("Declined"),
}


def columns_by_name() -> dict[str, str]:
    """Columns by what they are called in either language, in small letters."""
    return {said(language, text).casefold(): name for name, text in COLUMNS.items() for language in LANGUAGES}


def options(words: dict[str, str], every: str = "") -> list[tuple[str, str]]:
    """Choices of a field in the reader's language; ``every`` (a message id) names the empty one."""
    first = [("", _(every))] if every else []
    return first + [(key, _(text)) for key, text in words.items()]


def reason(rejection: Rejection) -> str:
    """Why a field of a file or a form is refused, as a clause."""
    return _(REASONS[rejection.code]).format(**rejection.data)


def reasons(rejections: list[Rejection]) -> dict[str, str]:
    """The same by field, for the form to stand beside it."""
    return {one.field: reason(one) for one in rejections}
