"""Personal data of staff, producers' contacts and users of the till: shown masked, opened with a reason that is kept,
exported and anonymised (UU 27/2022; see ``docs/privacy.md``).

    seen = privacy.masked(counter, "producer", "P1")            # for the screen, not logged
    plain = privacy.look(counter, "producer", "P1", "payment")  # a look: who, when, whom, why

Documents and figures are never touched: they hold codes only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pos_app.domain.errors import Misuse, PosError, UnknownProducer, UnknownStaff
from pos_app.domain.formats import quantity_text, rupiah
from pos_app.i18n import N_, _
from pos_app.ledger import persons, queries, registry
from pos_app.ledger.durable import add_line
from pos_app.ledger.persons import KINDS, Held, Kind
from pos_app.ledger.sqlite import faults
from pos_app.ledger.vault import about

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pos_app.ledger.ledger import Ledger
    from pos_app.ledger.sqlite import Connection
    from pos_app.services.context import Counter

PURPOSES: Final = {
    "payment": N_("To pay or to collect"),
    "contact": N_("To reach the person"),
    "correction": N_("To correct the data"),
    "request": N_("The person asked for it"),
    "statement": N_("A statement is printed"),
    "check": N_("To check the books"),
    "agreement": N_("On the consignment agreement"),
    "export": N_("Everything held is exported"),
    "deduction": N_("On a deduction list for the treasurer"),
}
"""Why somebody looks: stable codes, kept with the look, and their words."""

ACTS: Final = PURPOSES | {persons.ANONYMISED: N_("Anonymised the person")}
"""The same, and what else is told among the looks."""

KEEP_LOOKS: Final = timedelta(days=2 * 365)
"""How long looks are kept. Long enough for a complaint, short enough not to become a file about the lookers."""

ERASED_FILE: Final = "erased"
"""Beside the keys: who was anonymised, a line each."""

UNFINISHED: Final = N_("The file is still being read elsewhere, so it is written anew when the till starts next.")
"""Told where ``Anonymised.complete`` is false."""

_TRIMMED: Final = "privacy.trimmed"
"""Setting: the date on which old looks were last dropped."""

_SHOWN: Final = {"nip": (4, 4), "npwp": (2, 4), "phone": (4, 3), "bank_account": (0, 4)}
"""How many characters of a number stay readable in front and behind; enough to tell two people apart."""
_OTHER_NUMBERS: Final = (6, 4)
_STARS: Final = 4
_MANY: Final = 500
_LIMIT_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Person:
    """One person as a screen shows them.

    ``personal`` are the sealed fields by name, masked or plain; ``facts`` the columns that lie open. ``readable`` is
    false where the key of this ledger is missing; ``erased`` where the person was anonymised.
    """

    kind: Kind
    code: str
    name: str
    personal: dict[str, str]
    facts: dict[str, Any]
    readable: bool = True
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a person's data. ``user`` is a name where it is known, else the pseudonym; ``at`` an ISO time."""

    at: str
    user: str
    kind: str
    code: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Anonymised:
    """What became of a person. ``complete`` is false while another connection still held the old pages: ``finish`` does
    the rest at the next start.

    ``copies`` are files beside the ledger that were made before and still hold the sealed data.
    """

    kind: Kind
    code: str
    notes: int
    complete: bool
    copies: tuple[Path, ...]


def masked_text(field: str, text: str) -> str:
    """A value with its middle covered: ``187201******0001``, ``****1234``; names and addresses keep first letters."""
    if not text:
        return ""
    if field in ("name", "owner_name", "address"):
        return " ".join(f"{word[0]}{'*' * _STARS}" for word in text.split())
    front, behind = _SHOWN.get(field, _OTHER_NUMBERS)
    if len(text) < front + behind + 2:
        return "*" * len(text)
    hidden = _STARS if not front else len(text) - front - behind
    return f"{text[:front]}{'*' * hidden}{text[-behind:]}"


def masked(counter: Counter, kind: Kind, code: str) -> Person:
    """A person with every number covered; names of staff and users stay, the till cannot work without them.

    Not a look, not logged. Raises ``UnknownStaff``, ``UnknownProducer`` or ``Misuse``.
    """
    person = _plain(counter, kind, code)
    covered = {
        field: text if field in ("name", "bank_name") else masked_text(field, text)
        for field, text in person.personal.items()
    }
    return Person(kind, person.code, person.name, covered, person.facts, person.readable, person.erased)


def look(counter: Counter, kind: Kind, code: str, purpose: str, approved_by: str | None = None) -> Person:
    """A person in plain form, for a manager; who looked, when, at whom and why is kept first.

    ``purpose`` is one of ``PURPOSES``. Raises ``ManagerNeeded``, ``Misuse`` for another purpose, and what ``masked``
    raises.
    """
    counter.require_manager("look", approved_by)
    if purpose not in PURPOSES:
        raise Misuse(_("Say why: one of {purposes}.").format(purposes=", ".join(PURPOSES)))
    person = _plain(counter, kind, code)
    with counter.ledger.write() as tx:
        now = counter.clock()
        counter.log(tx.db, f"{persons.LOOK}{purpose}", f"{kind}:{person.code}", approved_by)
        _drop_old_looks(tx.db, now)
    return person


def look_at_all(
    counter: Counter, kind: Kind, codes: Iterable[str], purpose: str, approved_by: str | None = None
) -> None:
    """Keep that a manager looked at several persons at once, as on a list with their numbers.

    Raises ``ManagerNeeded``.
    """
    counter.require_manager("look", approved_by)
    with counter.ledger.write() as tx:
        for code in codes:
            counter.log(tx.db, f"{persons.LOOK}{purpose}", f"{kind}:{code}", approved_by)


def looks(counter: Counter, limit: int = _MANY, *, kind: Kind | None = None, code: str | None = None) -> list[Look]:
    """Who looked at whom or anonymised whom, newest first; of one person where ``code`` is given."""
    names: dict[str, str] = {}
    found = []
    for row in persons.looks(counter.db, limit, kind, code):
        about, _colon, whom = row.detail.partition(":")
        if row.user not in names:
            known = persons.held(counter.db, "user", row.user) is not None
            names[row.user] = _plain(counter, "user", row.user).name if known else row.user
        found.append(Look(row.at, names[row.user], about, whom, row.action.removeprefix(persons.LOOK)))
    return found


def export_person(
    counter: Counter, kind: Kind, code: str, folder: Path, approved_by: str | None = None, *, stem: str = ""
) -> Path:
    """Write everything held about a person into ``folder``: a spreadsheet to read, and the same as JSON beside it.

    Returns the spreadsheet; ``stem`` names the two files. Both are plain: hand them over and delete them. It is a
    look. Run it on a worker. Raises what ``look`` does, and the faults of the disk.
    """
    from pos_app.services import person_export  # late: openpyxl

    person = look(counter, kind, code, "export", approved_by)
    return person_export.write(counter, person, folder, stem)


def correct(
    counter: Counter, kind: Kind, code: str, changes: Mapping[str, str], approved_by: str | None = None
) -> Person:
    """Correct what is held about a person, for a manager; returns the person masked. That it was done is logged.

    ``changes`` are sealed fields by name; of staff also ``unit`` and ``tab_limit`` (rupiah; 0 stops the tab). Raises
    ``Misuse`` for another field, a limit that is no amount, an anonymised person or one whose key is missing, and
    what ``look`` raises.
    """
    counter.require_manager("correct", approved_by)
    person = _plain(counter, kind, code)
    if person.erased or not person.readable:
        raise Misuse(_("The data of {code} cannot be read, so it cannot be corrected.").format(code=person.code))
    fields = set(persons.PERSONAL[kind].__struct_fields__)
    unknown = sorted(set(changes) - fields - set(persons.CORRECTABLE[kind]))
    if unknown:
        known = ", ".join(sorted(fields | set(persons.CORRECTABLE[kind])))
        raise Misuse(_("There is no field {field}. Fields: {known}.").format(field=unknown[0], known=known))
    personal = person.personal | {name: changes[name].strip() for name in fields & set(changes)}
    columns: dict[str, Any] = {name: changes[name].strip() for name in set(changes) - fields}
    if "tab_limit" in columns:
        limit = str(columns["tab_limit"])
        if not (limit.isascii() and limit.isdecimal() and len(limit) <= _LIMIT_DIGITS):
            raise Misuse(_("A limit is whole rupiah, 0 for no tab."))
        columns["tab_limit"] = int(limit)
    plain = msgspec.json.encode(msgspec.convert(personal, persons.PERSONAL[kind]))
    sealed = counter.vault.seal(plain, about(kind, person.code))
    persons.overwrite_freed(counter.db)
    with counter.ledger.write() as tx:
        persons.correct(tx.db, kind, person.code, sealed, columns)
        counter.log(tx.db, "corrected", f"{kind}:{person.code}", approved_by)
    return masked(counter, kind, person.code)


def anonymise(counter: Counter, kind: Kind, code: str, approved_by: str | None = None) -> Anonymised:
    """Destroy what identifies a person, for a manager. Books and figures stay: they hold the code only.

    Sealed data, and notes beside documents about the person, go; the file is written anew, so that no page keeps them
    (takes the write lock meanwhile; run it on a worker). Where that failed before, asking again does the rest. Raises
    ``ManagerNeeded``, ``Misuse`` while money or goods are open, and what ``masked`` raises.
    """
    counter.require_manager("anonymise", approved_by)
    ledger = counter.ledger
    persons.overwrite_freed(ledger.db)
    notes = 0
    with ledger.write() as tx:
        found = _held(tx.db, kind, code)
        if found.erased and not persons.rewrite_due(tx.db):
            raise Misuse(_("{code} is anonymised already.").format(code=found.code))
        if not found.erased:
            _refuse_if_open(counter, tx.db, kind, found)
            notes = persons.erase(tx.db, kind, found.code, registry.erased_name(found.code))
            counter.log(tx.db, persons.ANONYMISED, f"{kind}:{found.code}", approved_by)
            _remember(counter, kind, found.code)
    complete = persons.rewrite(ledger)
    return Anonymised(kind, found.code, notes, complete, _copies(ledger.path))


def anonymise_again(counter: Counter) -> list[str]:
    """After a restore: anonymise anew whoever this computer knows to have been anonymised after the backup.

    Whose money or goods are open in the restored books stays, and is returned (``kind:code``): settle, then anonymise.
    """
    still_open = []
    persons.overwrite_freed(counter.db)
    for kind, code in _remembered(counter):
        with counter.ledger.write() as tx:
            found = persons.held(tx.db, kind, code)
            if found is None or found.erased:
                continue
            try:
                _refuse_if_open(counter, tx.db, kind, found)
            except Misuse:
                still_open.append(f"{kind}:{code}")
                continue
            persons.erase(tx.db, kind, code, registry.erased_name(code))
            counter.log(tx.db, persons.ANONYMISED, f"{kind}:{code}", "restore")
    finish(counter.ledger)
    return still_open


def finish(ledger: Ledger) -> bool:
    """Write the file anew where that is still due after somebody was anonymised; whether nothing is left to do.

    Takes the write lock meanwhile; run it on a worker. Raises the faults of the disk.
    """
    return not persons.rewrite_due(ledger.db) or persons.rewrite(ledger)


def _remember(counter: Counter, kind: Kind, code: str) -> None:
    """Beside the keys, so that a backup of earlier days brings nobody back; codes only."""
    folder = counter.vault.folder
    with faults(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        add_line(folder / ERASED_FILE, f"{kind}:{code}")


def _remembered(counter: Counter) -> list[tuple[Kind, str]]:
    path = counter.vault.folder / ERASED_FILE
    if not path.exists():
        return []
    with faults(path):
        lines = dict.fromkeys(path.read_text(encoding="utf-8", errors="replace").splitlines())
    parts = (line.partition(":") for line in lines)
    return [(kind, code) for name, _colon, code in parts for kind in KINDS if kind == name and code]


def _copies(path: Path) -> tuple[Path, ...]:
    """Files beside the ledger that hold it as it was: before an upgrade, or put aside by a repair."""
    name = escape(path.name)
    return tuple(sorted([*path.parent.glob(f"{name}.before-v*"), *path.parent.glob(f"{name}.damaged-*")]))


def _plain(counter: Counter, kind: Kind, code: str) -> Person:
    found = _held(counter.db, kind, code)
    if found.erased:
        return Person(kind, found.code, registry.erased_name(found.code), {}, found.columns, erased=True)
    fields: dict[str, str] = {}
    readable = True
    if found.sealed:
        plain = counter.vault.unseal(found.sealed, about(kind, found.code))
        readable = plain is not None
        if plain is not None:
            fields = {name: str(value) for name, value in msgspec.to_builtins(_decoded(kind, plain)).items() if value}
    name = str(found.columns.get("business_name") or fields.get("name") or found.code)
    return Person(kind, found.code, name, fields, found.columns, readable)


def _decoded(kind: Kind, plain: bytes) -> msgspec.Struct:
    decoded: msgspec.Struct = msgspec.json.decode(plain, type=persons.PERSONAL[kind])
    return decoded


def _held(db: Connection, kind: Kind, code: str) -> Held:
    if kind not in KINDS:
        raise Misuse(_("Say who: one of {kinds}.").format(kinds=", ".join(KINDS)))
    found = persons.held(db, kind, code)
    if found is None:
        raise _unknown(kind, code)
    return found


def _unknown(kind: Kind, code: str) -> PosError:
    if kind == "user":
        return Misuse(_("There is no user {code}. Check the code.").format(code=code))
    return UnknownStaff(code) if kind == "staff" else UnknownProducer(code)


def _refuse_if_open(counter: Counter, db: Connection, kind: Kind, found: Held) -> None:
    account = persons.balance_account(kind, found.code)
    balance = queries.balance(db, account) if account else 0
    if kind == "staff" and balance:
        raise Misuse(
            _("The tab of {code} stands at {amount}. Settle it first.").format(code=found.code, amount=rupiah(balance))
        )
    if kind == "producer" and balance:
        raise Misuse(
            _("{amount} is payable to {code}. Settle it first.").format(code=found.code, amount=rupiah(-balance))
        )
    if kind == "producer" and (pieces := persons.stock_of(db, found.code)):
        raise Misuse(
            _("{quantity} pieces of {code} are on hand. Return or count them first.").format(
                code=found.code, quantity=quantity_text(pieces)
            )
        )
    if kind == "user" and found.columns["active"]:
        _refuse_to_lose_the_manager(counter, db, found.code)


def _refuse_to_lose_the_manager(counter: Counter, db: Connection, user_id: str) -> None:
    if counter.user is not None and counter.user.id == user_id:
        raise Misuse(_("You are logged in yourself. Let another manager do it."))
    managers = [row.id for row in registry.users(db, counter.vault.unseal) if row.role == "pengelola"]
    if managers == [user_id]:
        raise Misuse(_("This is the last manager. Add another one first."))


def _drop_old_looks(db: Connection, now: datetime) -> None:
    """Once a day, with the first look of the day."""
    today = now.date().isoformat()
    if queries.setting(db, _TRIMMED, "") != today:
        persons.forget_looks(db, (now - KEEP_LOOKS).isoformat(timespec="seconds"))
        registry.set_setting(db, _TRIMMED, today)
