"""Fields of the registry's spreadsheets: from the text of a cell to a value with a type.

A converter returns the value or raises ``Problem``: with ``refuse`` the row cannot be imported, without it the
value is left out and reported. Money is whole rupiah, shares are basis points.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sync.documents import identifiers
from sync.protocol.registry_reasons import Problem, shortened

Converter = Callable[[str], Any]

BLANKS = " \t\u00a0\u202f\u2007"
"""Cut off around every field: blank, tab and the no-break spaces."""

LARGEST_AMOUNT = 10**12
LONGEST_CODE = 64
LONGEST_NAME = 200
LONGEST_HOLIDAY = 100
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
"""What a hand that slips does not write."""

KELURAHAN = frozenset({
    "Metro", "Hadimulyo Timur", "Imopuro", "Hadimulyo Barat", "Yosomulyo",
    "Banjarsari", "Purwosari", "Karangrejo", "Purwoasri",
    "Mulyojati", "Ganjar Agung", "Mulyosari", "Ganjar Asri",
    "Yosodadi", "Tejosari", "Iring Mulyo", "Yosorejo", "Tejo Agung",
    "Rejomulyo", "Margorejo", "Sumbersari Bantul", "Margodadi",
})  # fmt: skip

_GROUPS = r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]{0,2}(?:[ \u00a0][0-9]{3})+"
_MONEY = re.compile(
    r"(?P<minus>-?)(?:(?:Rp\.?|rp)[ \u00a0]?)?"
    rf"(?:(?P<whole>[0-9]+|{_GROUPS})(?:,00|,-)?|(?P<english>[0-9]+|[1-9][0-9]{{0,2}}(?:,[0-9]{{3}})+)\.00)"
)
_SEPARATORS = str.maketrans("", "", "., \u00a0")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]{4})")
_SPELLED = re.compile(r"([0-9]{1,2}) ([A-Za-z]+) ([0-9]{4})")
_DAY_NUMBER = re.compile(r"[1-9][0-9]{4}")
_SPREADSHEET_EPOCH = date(1899, 12, 30)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("januari", "februari", "maret", "april", "mei", "juni",
         "juli", "agustus", "september", "oktober", "november", "desember"), start=1,
    )
}  # fmt: skip
_PERCENT = re.compile(r"([0-9]{1,3})(?:\.([0-9]+))?")


class Memo(dict[str, Any]):
    """Remembers what a converter made of a text, so that a word which stands in every row costs one look-up."""

    def __init__(self, convert: Converter) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, text: str) -> Any:
        value = self[text] = self._convert(text)
        return value


def trimmed(convert: Converter) -> Converter:
    """Cuts off the blanks first."""

    def converted(text: str) -> Any:
        return convert(text.strip(BLANKS))

    return converted


def required(convert: Converter) -> Converter:
    """Refuses an empty field."""

    def converted(text: str) -> Any:
        if not text:
            raise Problem("required", refuse=True)
        return convert(text)

    return converted


def optional(convert: Converter, empty: Any = None) -> Converter:
    """Turns an empty field into ``empty``."""

    def converted(text: str) -> Any:
        return convert(text) if text else empty

    return converted


def up_to(limit: int) -> Converter:
    """Text that documents and paper have room for."""

    def converted(text: str) -> str:
        if not 0 < len(text) <= limit:
            raise Problem("too_long" if text else "required", refuse=True, limit=str(limit))
        return text

    return converted


code = up_to(LONGEST_CODE)


def person_code(text: str) -> str:
    """The code of a person, which goes into every document and to the centre: never a number the state gave them."""
    if identifiers.check("nik", text).valid or identifiers.check("nip", text).valid:
        raise Problem("personal_code", refuse=True)
    return str(code(text))


name = up_to(LONGEST_NAME)


def holiday_name(text: str) -> str:
    """Why offices are closed, its blanks run together; never the NUL that PostgreSQL cannot keep."""
    if "\0" in text:
        raise Problem("no_text", refuse=True)
    return str(up_to(LONGEST_HOLIDAY)(" ".join(text.split())))


def word(words: Mapping[str, Any] | Iterable[str]) -> Converter:
    """One of the words, in any letter case; a mapping gives what each stands for."""
    meanings = words if isinstance(words, Mapping) else {each: each for each in words}

    def converted(text: str) -> Any:
        meaning = meanings.get(text.lower())
        if meaning is None:
            raise Problem("unknown_word", refuse=True, value=shortened(text), words=", ".join(filter(None, meanings)))
        return meaning

    return converted


def money(lowest: int) -> Converter:
    """Whole rupiah as people write it; what is ambiguous, not whole, broken or below ``lowest`` is refused."""

    def converted(text: str) -> int:
        match = _MONEY.fullmatch(text)
        digits = (match["whole"] or match["english"]).translate(_SEPARATORS) if match else ""
        if match is None or len(digits) > 15 or int(digits) > LARGEST_AMOUNT:
            raise Problem("bad_money", refuse=True, value=shortened(text))
        amount = -int(digits) if match["minus"] else int(digits)
        if amount < lowest:
            raise Problem("not_positive" if lowest else "negative", refuse=True)
        return amount

    return converted


def commission(text: str) -> int:
    """Basis points, 0 to 10000, in digits."""
    if not (identifiers.is_digits(text) and len(text) <= 10 and int(text) <= 10_000):
        raise Problem("bad_commission", refuse=True, value=shortened(text))
    return int(text)


def whole(lowest: int, highest: int) -> Converter:
    """A whole number in digits; any other is reported."""

    def converted(text: str) -> int:
        if not (identifiers.is_digits(text) and len(text) <= 15 and lowest <= int(text) <= highest):
            raise Problem("bad_number", refuse=False, value=shortened(text))
        return int(text)

    return converted


def percent(text: str) -> int:
    """Basis points of a percentage from 0 to 100 with a decimal point; a third decimal is rounded half up."""
    match = _PERCENT.fullmatch(text)
    if match is None:
        raise Problem("bad_number", refuse=False, value=shortened(text))
    decimals = (match[2] or "").ljust(3, "0")
    exceeds = int(match[1]) > 100 or (int(match[1]) == 100 and decimals.strip("0"))
    if exceeds:
        raise Problem("bad_number", refuse=False, value=shortened(text))
    return int(match[1]) * 100 + int(decimals[:2]) + (decimals[2] >= "5")


def _read_date(text: str) -> date | None:
    """The day that a text names; None when it is not understood, ValueError when there is no such day."""
    if match := _ISO_DATE.fullmatch(text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.fullmatch(text):
        return date(int(match[4]), int(match[3]), int(match[1]))
    if (match := _SPELLED.fullmatch(text)) and (month := _MONTHS.get(match[2].lower())):
        return date(int(match[3]), month, int(match[1]))
    if _DAY_NUMBER.fullmatch(text):
        return _SPREADSHEET_EPOCH + timedelta(days=int(text))
    return None


def day(text: str) -> date:
    """A date in one of the ways people and spreadsheets write it."""
    try:
        found = _read_date(text)
    except ValueError:
        found = None
    if found is None:
        raise Problem("bad_date", refuse=False, value=shortened(text))
    return found


def needed_day(text: str) -> str:
    """A date without which a row says nothing, as an ISO text."""
    try:
        found = _read_date(text)
    except ValueError:
        found = None
    if found is None or not EARLIEST <= found <= LATEST:
        raise Problem("no_day" if text else "required", refuse=True, value=shortened(text))
    return found.isoformat()


def day_until(today: date) -> Converter:
    """A date that has come."""

    def converted(text: str) -> date:
        found = day(text)
        if found > today:
            raise Problem("future_date", refuse=False, value=found.isoformat())
        return found

    return converted


def identifier(kind: identifiers.Kind) -> Converter:
    """A well-formed number in the form to keep."""

    def converted(text: str) -> str:
        found = identifiers.check(kind, text)
        if not found.valid:
            raise Problem("bad_identifier", refuse=False)
        return found.normal

    return converted


def phone(text: str) -> str:
    """A mobile phone; the leading zero that spreadsheets drop is put back."""
    return str(identifier("phone")(f"0{text}" if text.startswith("8") else text))


def account(text: str) -> str:
    """A bank account: digits, leading zeros count."""
    if not identifiers.is_digits(text):
        raise Problem("bad_identifier", refuse=False)
    return text


def kelurahan(text: str) -> str:
    """One of the 22 of Metro."""
    if text not in KELURAHAN:
        raise Problem("unknown_kelurahan", refuse=False, value=shortened(text))
    return text


def barcode(text: str) -> str | None:
    """An EAN-13 with a right check digit, or none."""
    if not text:
        return None
    if not identifiers.is_ean13(text):
        raise Problem("bad_barcode", refuse=True, value=shortened(text))
    return text
