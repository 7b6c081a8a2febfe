"""Figures as text and back: rupiah (whole) and quantities (thousandths of the unit).

Written by hand because libraries put a no-break space after ``Rp``, which no thermal printer's code page has.
"""

import re

_CODE_QUANTITY = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,3}))?")
_TYPED_QUANTITY = re.compile(r"([0-9]{1,12})(?:[.,]([0-9]{1,3}))?")
_TYPED_RUPIAH = re.compile(
    r"(-?)(?:Rp\.? ?)?([0-9]{1,15}|[1-9][0-9]{0,2}(?:[. ][0-9]{3}){1,4})(?:,00|,-)?", re.IGNORECASE
)


def thousands(number: int) -> str:
    """``12500`` as ``12.500``."""
    return f"{number:,}".replace(",", ".")


def rupiah(amount: int) -> str:
    """``12500`` as ``Rp 12.500``, ``-2000`` as ``-Rp 2.000``; ordinary blanks only."""
    return f"{'-' if amount < 0 else ''}Rp {thousands(abs(amount))}"


def _quantity(thousandths: int, point: str) -> str:
    whole, rest = divmod(abs(thousandths), 1000)
    fraction = f"{point}{rest:03d}".rstrip("0") if rest else ""
    return f"{'-' if thousandths < 0 else ''}{whole}{fraction}"


def quantity_text(thousandths: int) -> str:
    """For screens and paper: ``2000`` as ``2``, ``375`` as ``0,375``; never grouped, so 1.234 cannot be misread."""
    return _quantity(thousandths, ",")


def quantity_code(thousandths: int) -> str:
    """For JSON and CSV, with a decimal point: ``375`` as ``0.375``."""
    return _quantity(thousandths, ".")


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


def parse_rupiah_typed(text: str) -> int:
    """Whole rupiah of what a person typed: ``12500``, ``12.500``, ``Rp 12.500``, ``-2.000``; ValueError otherwise."""
    match = _TYPED_RUPIAH.fullmatch(text.replace("\u00a0", " ").strip())
    if match is None:
        raise ValueError(f"not an amount in rupiah: {text!r}")
    amount = int(match[2].replace(".", "").replace(" ", ""))
    return -amount if match[1] else amount
