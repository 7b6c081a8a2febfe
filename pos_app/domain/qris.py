"""QRIS payloads (EMVCo merchant-presented): read, verify, and put an amount into a merchant's static code.

A payload is a list of fields, each two digits of id, two digits of length and the value; ``00`` comes first,
``63`` (CRC-16/CCITT-FALSE over all before it and ``6304``) last. The amount goes in by fields, never by replacing
text: a merchant's name may hold what looks like another field.
"""

from dataclasses import dataclass
from typing import Literal

Reason = Literal["malformed", "crc_mismatch", "not_static", "unsupported", "bad_amount", "too_long"]
Field = tuple[str, str]

LONGEST = 512
LARGEST_AMOUNT = 9_999_999_999_999
_DROPPED = frozenset({"54", "55", "56", "57"})  # amount and tips


class QrisError(ValueError):
    """The payload cannot be used; ``reason`` is one of ``Reason``."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who is paid, as the code says: ``nmid`` and ``terminal`` are empty when it does not tell."""

    name: str
    city: str
    nmid: str
    terminal: str


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte << 8
        for _bit in range(8):
            value = (value << 1) ^ 0x1021 if value & 0x8000 else value << 1
        table.append(value & 0xFFFF)
    return tuple(table)


_TABLE = _crc_table()


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE as four uppercase hexadecimal digits; ``123456789`` gives ``29B1``."""
    value = 0xFFFF
    for byte in text.encode():
        value = (value << 8 & 0xFF00) ^ _TABLE[value >> 8 ^ byte]
    return f"{value:04X}"


def split_fields(text: str) -> list[Field]:
    """The fields of one level, in order. Raises QrisError ``malformed``, also for an id given twice."""
    fields: list[Field] = []
    at = 0
    while at < len(text):
        head, start = text[at : at + 4], at + 4
        if not (len(head) == 4 and head.isascii() and head.isdecimal()):
            raise QrisError("malformed")
        at = start + int(head[2:])
        if at > len(text):
            raise QrisError("malformed")
        fields.append((head[:2], text[start:at]))
    if len({field_id for field_id, _value in fields}) != len(fields):
        raise QrisError("malformed")
    return fields


def parse(payload: str) -> list[Field]:
    """The fields of a payload whose frame and CRC are right; QrisError ``malformed`` or ``crc_mismatch``."""
    fields = split_fields(payload)
    well_framed = fields and fields[0] == ("00", "01") and fields[-1][0] == "63" and len(fields[-1][1]) == 4
    if not (well_framed and payload.isascii() and payload.isprintable()):
        raise QrisError("malformed")
    if fields[-1][1].upper() != crc(payload[:-4]):
        raise QrisError("crc_mismatch")
    return fields


def parse_static(payload: str) -> list[Field]:
    """The fields of a static code in rupiah; further QrisErrors ``not_static`` and ``unsupported``."""
    fields = parse(payload)
    values = dict(fields)
    if values.get("01") != "11":
        raise QrisError("not_static")
    if values.get("53") != "360" or values.get("58") != "ID":
        raise QrisError("unsupported")
    return fields


def merchant(payload: str) -> Merchant:
    """Who a verified payload pays."""
    values = dict(parse(payload))
    return Merchant(
        name=values.get("59", ""),
        city=values.get("60", ""),
        nmid=_inner(values.get("51", ""), "02"),
        terminal=_inner(values.get("62", ""), "07"),
    )


def is_static(payload: str) -> bool:
    """Whether a verified payload holds no amount of its own: the buyer types it."""
    return dict(parse(payload)).get("01") == "11"


def _inner(template: str, field_id: str) -> str:
    try:
        return dict(split_fields(template)).get(field_id, "")
    except QrisError:
        return ""


def with_amount(static: str, amount: int) -> str:
    """The dynamic payload that asks for ``amount`` rupiah; a fixed amount or tip of the static code is dropped.

    Raises QrisError; ``bad_amount`` unless a whole number from 1 to ``LARGEST_AMOUNT``, ``too_long`` above 512
    characters. The fee of the payment (MDR) is the merchant's and never added (PBI 23/6/PBI/2021).
    """
    fields = parse_static(static)
    if type(amount) is not int or not 1 <= amount <= LARGEST_AMOUNT:
        raise QrisError("bad_amount")
    result: list[Field] = []
    for field_id, value in fields[:-1]:
        if field_id in _DROPPED:
            continue
        result.append((field_id, "12" if field_id == "01" else value))
        if field_id == "53":
            result.append(("54", str(amount)))
    body = "".join(f"{field_id}{len(value):02d}{value}" for field_id, value in result) + "6304"
    payload = body + crc(body)
    if len(payload) > LONGEST:
        raise QrisError("too_long")
    parse(payload)
    return payload
