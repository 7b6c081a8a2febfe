"""Finding a receipt that comes back: by its number as typed or scanned, by day, amount and what was on it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from pos_app.ledger import queries, receipts
from pos_app.ledger.ledger import Identity
from pos_app.ledger.sqlite import Connection
from sync.documents.sale import Sale

_NUMBER: Final = re.compile(rf"(?:{Sale.PREFIX}-?)?([A-Z]{{2,8}}\d{{3}}[A-Z]\d*?)-?(\d{{1,12}})")
_DAY: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}|\d{2}))?")
_AMOUNT: Final = re.compile(r"(?:rp)?(\d{1,3}(?:\.\d{3})+|\d{3,9})")
_WORDS_OF_DAYS: Final = {"hari-ini": 0, "today": 0, "kemarin": 1, "yesterday": 1}
Origin = Literal["own", "sibling", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Named:
    """A whole receipt number as it was read, and whose it is: of this till, of another of the corner, of elsewhere.

    ``till`` is the letter in it, empty for one of elsewhere.
    """

    number: str
    origin: Origin
    till: str = ""


def read_number(identity: Identity, text: str) -> Named | None:
    """The receipt number that a scan or a typed text gives, with or without its leading zeros; None for another text.

    The hyphens may be missing: some scanners drop what their layout does not know.
    """
    match = _NUMBER.fullmatch(text.strip().upper().replace(" ", ""))
    if match is None:
        return None
    series, digits = match[1], match[2]
    corner = identity.corner.replace("-", "")
    till = series.removeprefix(corner).rstrip("0123456789")
    if not series.startswith(corner) or len(till) != 1:
        origin: Origin = "elsewhere"
        till = ""
    else:
        origin = "own" if till == identity.till else "sibling"
    return Named(f"{Sale.PREFIX}-{series}-{int(digits):06d}", origin, till)


def by_number(db: Connection, identity: Identity, text: str, today: date) -> list[str]:
    """Numbers of this till's sales that a typed text means: a whole number, its digits, or the last ones of today's."""
    named = read_number(identity, text)
    if named is not None:
        return [named.number] if _is_sale(db, named.number) else []
    digits = text.strip()
    if not digits.isdigit() or len(digits) > 12:
        return []
    prefix = f"{Sale.PREFIX}-{identity.corner.replace('-', '')}{identity.till}"
    whole = [f"{series}-{int(digits):06d}" for series in reversed(receipts.series_of(db, prefix))]
    found = receipts.ending(db, digits, today.isoformat()) if len(digits) < 6 else []
    return list(dict.fromkeys([number for number in whole if _is_sale(db, number)] + found))


def search(db: Connection, text: str, today: date) -> list[str]:
    """Numbers of sales with every word: a day (``21/11``, ``kemarin``), an amount (``16.000``), or names of goods."""
    days: tuple[str, str] | None = None
    amount: int | None = None
    names: list[str] = []
    for word in _words(text):
        day = _day(word, today)
        if day is not None:
            days = (day.isoformat(), day.isoformat())
        elif (match := _AMOUNT.fullmatch(word)) is not None:
            amount = int(match[1].replace(".", ""))
        else:
            names.append(word)
    goods = [[product.sku for product in queries.search_products(db, " ".join(names))]] if names else []
    if goods and not goods[0]:
        return []
    if days is None and amount is None and not goods:
        return []
    return receipts.matching(db, amount=amount, days=days, goods=goods)


def _words(text: str) -> Iterable[str]:
    return text.casefold().replace("rp ", "rp").replace("hari ini", "hari-ini").split()


def _day(word: str, today: date) -> date | None:
    """A day as people type it; without a year the latest one that is not to come."""
    if word in _WORDS_OF_DAYS:
        return today - timedelta(days=_WORDS_OF_DAYS[word])
    match = _DAY.fullmatch(word)
    if match is None:
        return None
    year = int(match[3]) if match[3] else today.year
    try:
        day = date(year + 2000 if year < 100 else year, int(match[2]), int(match[1]))
        return day if match[3] or day <= today else day.replace(year=day.year - 1)
    except ValueError:
        return None


def _is_sale(db: Connection, number: str) -> bool:
    entry = queries.entry_by_number(db, number)
    return entry is not None and isinstance(entry.document, Sale)
