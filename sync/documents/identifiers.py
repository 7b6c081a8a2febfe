"""Numbers that people, firms and goods carry: well formed or not, and the form to keep.

Nothing here asks an authority; a well-formed number may still belong to nobody. Forms: NIK, NIP and NI PPPK
(18 digits), NPWP (15 or 16 digits, or a NIK), NIB (13 digits), P-IRT, halal certificate, BPOM registration, trade mark
(merek), EAN-13, mobile phone.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["nik", "nip", "npwp", "nib", "pirt", "halal", "bpom", "merek", "ean13", "phone"]

IN_STORE_PREFIX = "20"

_NIK = re.compile(r"[0-9]{6}(0[1-9]|[12][0-9]|3[01]|4[1-9]|[56][0-9]|7[01])(0[1-9]|1[0-2])[0-9]{6}")
_NIP = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})[0-9]{4}(0[1-9]|1[0-2]|2[1-9]|[3-9][0-9])[12][0-9]{3}")
_NIB = re.compile(r"[0-9]{13}")
_PIRT = re.compile(r"[1-8](0[1-9]|10)[0-9]{10}-[0-9]{2}")
_HALAL = re.compile(r"ID[0-9]{14,17}")
_BPOM = re.compile(r"M[DL][0-9]{12,15}")
"""Twelve digits of old, up to fifteen in newer numbers; the digit rules are nowhere published [m]."""
_MARK = re.compile(r"IDM[0-9]{9}")
_PHONE = re.compile(r"(?:0|\+?62)(8[0-9]{8,11})")
_NPWP_DECORATION = str.maketrans("", "", ".- \u00a0")


@dataclass(frozen=True, slots=True)
class Identifier:
    """The answer of ``check``. ``normal`` is the form to keep, empty when not valid; ``in_store`` is for EAN-13."""

    valid: bool
    normal: str = ""
    in_store: bool = False


INVALID = Identifier(valid=False)


def is_digits(text: str) -> bool:
    """Whether the text is ASCII digits and nothing else."""
    return text.isascii() and text.isdecimal()


def _valid(value: str, matches: object) -> Identifier:
    return Identifier(valid=True, normal=value) if matches else INVALID


def _nik(value: str) -> Identifier:
    """python-stdnum takes day 81, so the rule is our own: PPKKCC DDMMYY NNNN, women DD+40."""
    return _valid(value, _NIK.fullmatch(value) and value[12:] != "0000")


def _nip(value: str) -> Identifier:
    match = _NIP.fullmatch(value)
    if match is None:
        return INVALID
    try:
        date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return INVALID
    return Identifier(valid=True, normal=value)


def _npwp(value: str) -> Identifier:
    from stdnum.id import npwp

    digits = value.translate(_NPWP_DECORATION)
    if not is_digits(digits):
        return INVALID
    if len(digits) == 16 and digits[0] != "0":
        return _nik(digits)
    return _valid(digits, len(digits) in (15, 16) and npwp.is_valid(digits))


def _ean13(value: str) -> Identifier:
    if not is_ean13(value):
        return INVALID
    return Identifier(valid=True, normal=value, in_store="20" <= value[:2] <= "29")


def _phone(value: str) -> Identifier:
    match = _PHONE.fullmatch(value)
    return Identifier(valid=True, normal=f"+62{match[1]}") if match else INVALID


_CHECKS: Mapping[Kind, Callable[[str], Identifier]] = {
    "nik": _nik,
    "nip": _nip,
    "npwp": _npwp,
    "nib": lambda value: _valid(value, _NIB.fullmatch(value)),
    "pirt": lambda value: _valid(value, _PIRT.fullmatch(value)),
    "halal": lambda value: _valid(value, _HALAL.fullmatch(value)),
    "bpom": lambda value: _valid(value, _BPOM.fullmatch(value)),
    "merek": lambda value: _valid(value, _MARK.fullmatch(value)),
    "ean13": _ean13,
    "phone": _phone,
}


def check(kind: Kind, value: str) -> Identifier:
    """Judge one number as it was written; blanks around it are the caller's to cut off."""
    return _CHECKS[kind](value)


def looks_like_ean13(code: str) -> bool:
    """Thirteen digits: what a scanner gives for a barcode, whether or not the check digit is right."""
    return len(code) == 13 and is_digits(code)


def _weighted(thirteen: bytes) -> int:
    """The sum that must end in 0, up to a multiple of ten."""
    # Twenty thousand barcodes of an import go through here, so the digits are added as bytes: what
    # their ASCII codes add too much, 48 x (7 + 3 x 6), is a multiple of ten.
    return sum(thirteen[::2]) + 3 * sum(thirteen[1::2])


def is_ean13(code: str) -> bool:
    """Thirteen digits with a right check digit."""
    raw = code.encode()
    return len(raw) == 13 and raw.isdigit() and _weighted(raw) % 10 == 0


def ean13_check_digit(first_twelve: str) -> str:
    """The thirteenth digit. Raises ValueError unless twelve digits are given."""
    if len(first_twelve) != 12 or not is_digits(first_twelve):
        raise ValueError("an EAN-13 has twelve digits before its check digit")
    return str(-_weighted(f"{first_twelve}0".encode()) % 10)


def in_store_ean13(number: int) -> str:
    """A barcode of the in-store range (prefix 20) for goods that carry none; ``number`` is 0 to 9,999,999,999."""
    if not 0 <= number < 10**10:
        raise ValueError("an in-store number has at most ten digits")
    body = f"{IN_STORE_PREFIX}{number:010d}"
    return body + ean13_check_digit(body)
