"""Which certificates have lapsed, will lapse or are missing, and whom and which goods that affects.

Only producers that this corner deals with are looked at; certificates are missing where goods on its shelves need them.
Nothing here forbids anything: it is a list of what to talk about with whom.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from pos_app.domain.certificates import (
    KINDS,
    PIRT_LAST_DAY,
    Certificate,
    Kind,
    State,
    is_doubtful,
    is_well_formed,
    last_day,
    needed,
    state,
)
from pos_app.domain.errors import Misuse
from pos_app.i18n import N_, _
from pos_app.ledger import producers, queries
from pos_app.services import workbooks
from pos_app.services.producers import known

if TYPE_CHECKING:
    from pathlib import Path

    from pos_app.ledger.sqlite import Connection
    from pos_app.services.context import Counter

PIRT_SETTING: Final = "certificates.pirt_last_day"
"""Setting: month and day to which a P-IRT holds in its last year, ``12-31``."""
BOARD_DAYS: Final = 90
"""So many days ahead the board looks."""
TODO_DAYS: Final = 30
NAMES: Final[dict[Kind, str]] = {
    "nib": N_("NIB"),
    "pirt": N_("P-IRT"),
    "halal": N_("Halal"),
    "bpom": N_("BPOM"),
    "tkdn": N_("TKDN"),
    "merek": N_("Trade mark"),
    "other": N_("Other certificate"),
}
Standing = State | Literal["doubtful"]
"""Doubtful is what would be valid, but for a number that may be mistyped."""
STATES: Final[dict[Standing, str]] = {
    "valid": N_("valid"),
    "doubtful": N_("doubtful number"),
    "soon": N_("lapses soon"),
    "lapsed": N_("lapsed"),
    "missing": N_("missing"),
}


@dataclass(frozen=True, slots=True)
class Lapse:
    """A certificate that has lapsed, will lapse or is missing; ``goods`` are names of those on the shelves that it
    affects, ``days`` those left, below zero once it has lapsed and ``None`` where it is missing."""

    producer: str
    name: str
    kind: Kind
    number: str
    last: date | None
    state: State
    days: int | None
    goods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldLine:
    """One certificate of a producer as a list shows it; ``kept`` where it may be removed here."""

    certificate: Certificate
    goods: str
    last: date | None
    state: Standing
    kept: bool


def pirt_last_day(db: Connection) -> tuple[int, int]:
    """Month and day to which a P-IRT holds in its last year, as this till is set; the usual one where that is none."""
    month, _dash, day = queries.setting(db, PIRT_SETTING, "").partition("-")
    try:
        date(2001, int(month), int(day))
    except ValueError:
        return PIRT_LAST_DAY
    return int(month), int(day)


def board(db: Connection, today: date, within: int = BOARD_DAYS) -> list[Lapse]:
    """What to see to, the most urgent first: lapsed, missing, then by last day."""
    names = dict(producers.suppliers(db))
    held = producers.certificates(db, list(names))
    goods: dict[str, list[producers.Goods]] = {code: [] for code in names}
    for one in producers.goods(db, list(names)):
        if one.on_hand > 0:
            goods[one.producer].append(one)
    reading = pirt_last_day(db)
    found: list[Lapse] = []
    for code, name in names.items():
        found += _lapsing(code, name, held[code], goods[code], today, within, reading)
        found += _missing(code, name, held[code], goods[code], today)
    order = {"lapsed": 0, "missing": 1, "soon": 2, "valid": 3}
    return sorted(found, key=lambda one: (order[one.state], one.days or 0, one.name, one.kind))


def _lapsing(
    code: str,
    name: str,
    held: Sequence[Certificate],
    goods: Sequence[producers.Goods],
    today: date,
    within: int,
    reading: tuple[int, int],
) -> Iterable[Lapse]:
    for one in held:
        standing = state(one, today, within, reading)
        last = last_day(one, reading)
        if standing in ("lapsed", "soon") and last is not None:
            affected = tuple(
                each.name
                for each in goods
                if each.sku == one.sku or (not one.sku and (one.kind not in _NEEDED or one.kind in _need(each, today)))
            )
            yield Lapse(code, name, one.kind, one.number, last, standing, (last - today).days, affected)


def _missing(
    code: str, name: str, held: Sequence[Certificate], goods: Sequence[producers.Goods], today: date
) -> Iterable[Lapse]:
    of_business = {one.kind for one in held if not one.sku}
    of_goods = {(one.kind, one.sku) for one in held if one.sku}
    for kind in _NEEDED:
        if kind in of_business:
            continue
        affected = [one.name for one in goods if kind in _need(one, today) and (kind, one.sku) not in of_goods]
        if affected:
            yield Lapse(code, name, kind, "", None, "missing", None, tuple(affected))


_NEEDED: Final[tuple[Kind, ...]] = ("pirt", "halal")


def _need(one: producers.Goods, today: date) -> tuple[Kind, ...]:
    return needed(one.need, today)


def urgent(db: Connection, today: date) -> int:
    """How many certificates have lapsed, lapse within a month or are missing: for the day board."""
    return len(board(db, today, TODO_DAYS))


# One producer --------------------------------------------------------------------------------------------------------


def held_by(db: Connection, code: str, today: date) -> list[HeldLine]:
    """The certificates of a producer, those of the business first."""
    reading = pirt_last_day(db)
    names = {one.sku: one.name for one in producers.goods(db, [code])}
    kept = producers.kept_certificates(db, code)
    lines = [
        HeldLine(
            one,
            names.get(one.sku, one.sku),
            last_day(one, reading),
            _standing(one, today, reading),
            (one.kind, one.sku) in kept,
        )
        for one in producers.certificates(db, [code]).get(code, [])
    ]
    return sorted(lines, key=lambda line: (line.certificate.sku, KINDS.index(line.certificate.kind)))


def _standing(one: Certificate, today: date, reading: tuple[int, int]) -> Standing:
    standing = state(one, today, pirt_last_day=reading)
    return "doubtful" if standing == "valid" and is_doubtful(one, today, reading) else standing


def keep(counter: Counter, code: str, one: Certificate, approved_by: str | None = None) -> None:
    """Record a certificate, for a manager; it is logged. A number of an unusual form is kept as it stands.

    Raises ``ManagerNeeded``, ``UnknownProducer``, ``UnknownCode`` for another's goods, and ``Misuse`` without a number.
    """
    counter.require_manager("certificate", approved_by)
    if known(counter.db, code).erased:
        raise Misuse(_("{code} is anonymised already.").format(code=code))
    number = " ".join(one.number.split())
    if not number:
        raise Misuse(_("Enter the number of the certificate."))
    if one.sku and one.sku not in {each.sku for each in producers.goods(counter.db, [code])}:
        raise Misuse(_("These goods belong to another producer."))
    with counter.ledger.write() as tx:
        producers.keep_certificate(tx.db, code, Certificate(one.kind, number, one.expires_on, one.sku))
        counter.log(tx.db, "certificate_kept", f"producer:{code}", approved_by)


def remove(counter: Counter, code: str, kind: Kind, sku: str, approved_by: str | None = None) -> None:
    """Remove a certificate that was recorded here, for a manager; it is logged. Raises ``Misuse`` for another."""
    counter.require_manager("certificate", approved_by)
    with counter.ledger.write() as tx:
        if not producers.drop_certificate(tx.db, code, kind, sku):
            raise Misuse(_("This number stands with the producer's or the goods' own data. Correct it there."))
        counter.log(tx.db, "certificate_removed", f"producer:{code}", approved_by)


def remark(kind: Kind, number: str) -> str:
    """That a number has not the form of its kind; empty where it has."""
    if not number.strip() or is_well_formed(kind, number.strip()):
        return ""
    return _("This is not the form of a {kind} number. Compare it with the paper.").format(kind=_(NAMES[kind]))


# Files ---------------------------------------------------------------------------------------------------------------


def save(lapses: Sequence[Lapse], folder: Path, today: date, kind: workbooks.Kind) -> Path:
    """The board as a spreadsheet in this folder, never over another; its path."""
    columns = (
        _("Producer code"), _("Producer"), _("Certificate"), _("Number"), _("Last day"), _("State"), _("Days left"),
        _("Goods on the shelves"),
    )  # fmt: skip
    rows = [columns, *(_cells(one) for one in lapses)]
    return workbooks.save(folder, f"sertifikat-{today}", kind, _("Certificates"), rows)


def _cells(one: Lapse) -> tuple[str | int, ...]:
    return (
        one.producer,
        one.name,
        _(NAMES[one.kind]),
        one.number,
        one.last.isoformat() if one.last else "",
        _(STATES[one.state]),
        "" if one.days is None else one.days,
        ", ".join(one.goods),
    )
