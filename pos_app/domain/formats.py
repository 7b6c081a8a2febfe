"""Figures as text and back: rupiah (whole) and quantities (thousandths of the unit).

Written by hand because libraries put a no-break space after ``Rp``, which no thermal printer's code page has.
"""

import re

from sync.documents.arithmetic import priced, quantity_code

_CODE_QUANTITY = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,3}))?")
_MULTIPLIER = re.compile(r"\s*(\d{1,3}(?:[.,]\d{1,3})?)\s*[*x×]\s*(.*)", re.IGNORECASE)
_DECIMAL = re.compile(r"\s*(\d{1,3},\d{1,3})\s*")
_TYPED_RUPIAH = re.compile(r"\s*(?:[Rr]p\.?\s*)?([0-9]{1,9}|[0-9]{1,3}(?:\.[0-9]{3}){1,2})\s*")
_TYPED_PERCENT = re.compile(r"\s*([0-9]{1,3})(?:[.,]([0-9]{0,2}))?[\s%]*")
_TYPED_QUANTITY = re.compile(r"([0-9]{1,12})(?:[.,]([0-9]{1,3}))?")

WHOLE = 10_000
"""All of it, in basis points."""


def thousands(number: int) -> str:
    """``12500`` as ``12.500``."""
    return f"{number:,}".replace(",", ".")


def rupiah(amount: int) -> str:
    """``12500`` as ``Rp 12.500``, ``-2000`` as ``-Rp 2.000``; ordinary blanks only."""
    return f"{'-' if amount < 0 else ''}Rp {thousands(abs(amount))}"


def quantity_text(thousandths: int) -> str:
    """For screens and paper: ``2000`` as ``2``, ``375`` as ``0,375``; never grouped, so 1.234 cannot be misread."""
    return quantity_code(thousandths).replace(".", ",")


def times_text(quantity: int, amount: int, unit: str = "pcs") -> str:
    """What ``amount`` rupiah is for ``quantity`` thousandths: ``2 × 7.500``, ``0,375 kg × 18.000``.

    Only ``2 ×`` when no whole price a piece makes the amount, as after a discount.
    """
    each = (2 * amount * 1000 + quantity) // (2 * quantity)
    measure = quantity_text(quantity) if unit == "pcs" else f"{quantity_text(quantity)} {unit}"
    return f"{measure} × {thousands(each)}" if priced(each, quantity) == amount else f"{measure} ×"


def _thousandths(match: re.Match[str] | None, text: str) -> int:
    if match is None:
        raise ValueError(f"not a quantity: {text!r}")
    return int(match[1]) * 1000 + int((match[2] or "").ljust(3, "0"))


def parse_quantity(text: str) -> int:
    """Thousandths of ``"0.375"``: decimal point, at most three places, not negative; ValueError otherwise."""
    return _thousandths(_CODE_QUANTITY.fullmatch(text), text)


def parse_quantity_typed(text: str) -> int:
    """Thousandths of what a person typed, comma or point; ValueError otherwise.

    ``1.500`` is refused: it may be meant as one and a half or as fifteen hundred.
    """
    typed = text.strip()
    match = _TYPED_QUANTITY.fullmatch(typed)
    if match is not None and "." in typed and len(match[2]) == 3 and not match[1].startswith("0"):
        raise ValueError(f"ambiguous quantity: {text!r}")
    return _thousandths(match, text)


def parse_least_typed(text: str) -> int | None:
    """Thousandths of a typed quantity that may be left out; 0 for nothing, None for what is no quantity."""
    if not text.strip():
        return 0
    try:
        return parse_quantity_typed(text)
    except ValueError:
        return None


def percent_number(basis_points: int | None) -> str:
    """1250 as ``12,5``; empty for None."""
    if basis_points is None:
        return ""
    whole, part = divmod(basis_points, 100)
    return f"{whole},{part:02d}".rstrip("0") if part else str(whole)


def parse_percent_typed(text: str) -> int | None:
    """Basis points of a typed ``12,5`` or ``12.5 %``, 0 to 100 %; None for what is none, or has three decimals."""
    match = _TYPED_PERCENT.fullmatch(text)
    points = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else WHOLE + 1
    return points if points <= WHOLE else None


def split_multiplier(text: str) -> tuple[int | None, str]:
    """``5*kopi`` is 5000 thousandths and ``kopi``; without a multiplier None and the text.

    ``0,250`` alone is a weight: no code and no name has a decimal comma.
    """
    match = _MULTIPLIER.fullmatch(text)
    if match is None:
        match = _DECIMAL.fullmatch(text)
        if match is None:
            return None, text.strip()
        return _thousandths(_TYPED_QUANTITY.fullmatch(match[1]), text) or None, ""
    whole, _point, part = match[1].replace(",", ".").partition(".")
    quantity = int(whole) * 1000 + int(part.ljust(3, "0") or 0)
    return (quantity or None), match[2].strip()


def masked_nip(nip: str) -> str:
    """``1986…1001``: enough to tell two people apart, not enough to copy."""
    return f"{nip[:4]}…{nip[-4:]}" if len(nip) > 8 else nip


def parse_rupiah_typed(text: str) -> int | None:
    """Whole rupiah of a typed ``15000``, ``15.000`` or ``Rp 15.000``, at least 1; None for anything else."""
    match = _TYPED_RUPIAH.fullmatch(text)
    return int(match[1].replace(".", "")) or None if match else None
