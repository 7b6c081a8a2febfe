"""Producers at the counter: registered offline, corrected later, found by any part of what is known of them.

    index = producers.read_index(own_ledger, vault)                # on a worker; drop it when the screen is left
    code = producers.register(counter, entry)                      # MTR001A-P01
    entry = producers.opened(counter, code)                        # a look, with the reason "correction"
    producers.correct(counter, code, entry)

A doubtful identifier warns and never keeps anybody out; two producers that may be one are asked about by whoever
registers (``likenesses``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from pos_app.domain.dates import business_date
from pos_app.domain.errors import Misuse, UnknownProducer
from pos_app.domain.likeness import alike, pairs_of, plain_name
from pos_app.i18n import _
from pos_app.ledger import drafts, persons, producers
from pos_app.ledger.producers import Facts, Listed, Producer
from pos_app.ledger.registry import ProducerPersonal
from pos_app.ledger.vault import about
from pos_app.services import privacy
from sync.documents import identifiers

if TYPE_CHECKING:
    from pos_app.ledger.ledger import Ledger
    from pos_app.ledger.sqlite import Connection
    from pos_app.ledger.vault import Vault
    from pos_app.services.context import Counter

FOUND: Final = 200
"""As many producers as a list shows; a longer word finds the others."""
CLASSES: Final = ("mikro", "kecil", "menengah")
PAYOUT_TERMS: Final = ("harian", "mingguan", "bulanan")
PERSONAL: Final = ("owner_name", "phone", "nik", "npwp", "address", "bank_name", "bank_account")
"""Fields of an entry that are kept sealed."""
LONGEST: Final = 200
_SCHEMES: Final[tuple[tuple[str, identifiers.Kind], ...]] = (
    ("phone", "phone"), ("nib", "nib"), ("pirt", "pirt"), ("halal_no", "halal"), ("nik", "nik"), ("npwp", "npwp"),
)  # fmt: skip
Reason = Literal["phone", "nib", "name"]


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is typed about a producer; texts are empty and the day ``None`` where nothing is known."""

    business_name: str = ""
    class_: str = "mikro"
    kelurahan: str = ""
    payout_terms: str = "mingguan"
    nib: str = ""
    pirt: str = ""
    halal_no: str = ""
    halal_expires: date | None = None
    owner_name: str = ""
    phone: str = ""
    nik: str = ""
    npwp: str = ""
    address: str = ""
    bank_name: str = ""
    bank_account: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A producer who may be the same, and what they share: the phone, the NIB or nearly the name."""

    code: str
    name: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Index:
    """Every producer by name with all it is found by, the owner and phone of those whose data can be read among it.

    In memory only, where a search through 20,000 takes two milliseconds; nothing of it may outlive the screen.
    """

    entries: list[tuple[Listed, str]]

    def find(self, text: str, limit: int = FOUND) -> list[Listed]:
        """Those with every word somewhere."""
        left = self.entries
        for word in text.casefold().split():
            left = [entry for entry in left if word in entry[1]]
        return [listed for listed, _text in left[:limit]]


# Finding -------------------------------------------------------------------------------------------------------------


def read_index(ledger: Ledger, vault: Vault) -> Index:
    """Read all producers and unseal their owners and phones: a quarter of a second for 20,000, so run it on a worker
    with a ledger of its own."""
    persons_of = {}
    for code, person in _persons(ledger, vault):
        local = f" 0{person.phone[3:]}" if person.phone.startswith("+62") else ""
        persons_of[code] = f"{person.owner_name} {person.phone}{local}"
    return Index(
        [(one, f"{text} {persons_of.get(one.code, '')}".casefold()) for one, text in producers.texts(ledger.db)]
    )


def find(db: Connection, text: str, limit: int = FOUND) -> list[Listed]:
    """Producers with every word somewhere in name, code, kelurahan, NIB, P-IRT or halal number; for while there is no
    ``Index`` yet."""
    return producers.matching(db, text.casefold().split(), limit)


def _persons(ledger: Ledger, vault: Vault) -> Iterator[tuple[str, ProducerPersonal]]:
    """The person behind every producer whose data can be read, by code."""
    for code, sealed in producers.sealed_persons(ledger.db):
        held = person(vault, code, sealed)
        if held is not None:
            yield code, held


def likenesses(ledger: Ledger, vault: Vault, entry: Entry, but: str = "") -> list[Likeness]:
    """Producers who may be the one that is typed, for a question before registering; ``but`` is its own code.

    Goes through all names and phones: run it on a worker with a ledger of its own.
    """
    phone = identifiers.check("phone", entry.phone).normal
    same_phone = {code for code, held in _persons(ledger, vault) if held.phone == phone} if phone else set()
    mine = plain_name(entry.business_name)
    pairs = pairs_of(mine)
    found = []
    for code, name, nib in producers.names(ledger.db):
        if code == but:
            continue
        if code in same_phone:
            found.append(Likeness(code, name, "phone"))
        elif entry.nib and nib == entry.nib.strip():
            found.append(Likeness(code, name, "nib"))
        elif alike(mine, plain_name(name), pairs):
            found.append(Likeness(code, name, "name"))
    return found


# Registering and correcting ------------------------------------------------------------------------------------------


def slot(counter: Counter, code: str = "") -> str:
    """The slot of the draft about a producer. That about a new one, with no code yet, is its typist's alone."""
    return f"{persons.DRAFT_OF_PRODUCER}{code or f'~{counter.who()}'}"


def register(counter: Counter, entry: Entry, approved_by: str | None = None) -> str:
    """Register a producer under the next code of this till, which is returned; usable at once. The draft ends with it.

    Raises ``ManagerNeeded``, and ``Misuse`` where the name is missing or a word is none of the known.
    """
    counter.require_manager("register_producer", approved_by)
    entry = tidied(entry)
    _refuse_unusable(entry)
    with counter.ledger.write() as tx:
        code = producers.next_code(tx.db, tx.identity.series)
        producers.add(tx.db, code, _facts(entry), business_date(counter.clock()), _sealed(counter.vault, code, entry))
        counter.propose(tx.db, "producer", code)
        counter.log(tx.db, "producer_registered", f"producer:{code}", approved_by)
        drafts.discard(tx.db, slot(counter))
    return code


def opened(counter: Counter, code: str, approved_by: str | None = None) -> Entry:
    """What is known of a producer, in plain form, to be corrected: a look that is kept.

    Raises ``ManagerNeeded``, ``UnknownProducer``, and ``Misuse`` for one who was anonymised or whose data cannot be
    read.
    """
    row = _correctable(counter, code)
    person = privacy.look(counter, "producer", code, "correction", approved_by)
    return Entry(
        business_name=row.business_name,
        class_=row.class_,
        kelurahan=row.kelurahan,
        payout_terms=row.payout_terms,
        nib=row.nib,
        pirt=row.pirt,
        halal_no=row.halal_no,
        halal_expires=row.halal_expires,
        **{name: person.personal.get(name, "") for name in PERSONAL},
    )


def correct(counter: Counter, code: str, entry: Entry, approved_by: str | None = None) -> bool:
    """Correct what is known of a producer; whether anything changed. Of one that a feed brought only the personal
    data: the feed would overwrite the rest.

    Changed personal data is logged as a correction. Raises what ``opened`` and ``register`` raise.
    """
    counter.require_manager("correct", approved_by)
    row = _correctable(counter, code)
    entry = tidied(entry)
    if row.is_own:
        _refuse_unusable(entry)
    persons.overwrite_freed(counter.db)
    with counter.ledger.write() as tx:
        facts, sealed = _facts(entry), _held(counter.vault, row)
        changed_facts = row.is_own and facts != _facts_of(row)
        changed_person = _personal(entry) != sealed
        if changed_facts:
            producers.change(tx.db, code, facts)
            counter.log(tx.db, "producer_changed", f"producer:{code}", approved_by)
        if changed_person:
            persons.correct(tx.db, "producer", code, _sealed(counter.vault, code, entry), {})
            counter.log(tx.db, "corrected", f"producer:{code}", approved_by)
        if row.is_own and (changed_facts or changed_person):
            counter.propose(tx.db, "producer", code)
        drafts.discard(tx.db, slot(counter, code))
    return changed_facts or changed_person


def tidied(entry: Entry) -> Entry:
    """The entry as it is kept: blanks cut off, numbers that are well formed in their usual form."""
    texts = {name: " ".join(value.split()) for name, value in msgspec.structs.asdict(entry).items() if _is_text(value)}
    for name, kind in _SCHEMES:
        normal = identifiers.check(kind, texts[name]).normal
        texts[name] = normal or texts[name]
    return msgspec.structs.replace(entry, **texts)


# Drafts --------------------------------------------------------------------------------------------------------------


def keep_draft(counter: Counter, slot: str, entry: Entry) -> None:
    """Keep what is typed, sealed, so that a power cut takes nothing."""
    sealed = counter.vault.seal(msgspec.json.encode(entry), about("draft", slot))
    drafts.save(counter.db, slot, counter.clock().isoformat(timespec="seconds"), sealed.hex())


def draft(counter: Counter, slot: str) -> Entry | None:
    """What was typed and not saved; ``None`` where nothing was, or the key is another one."""
    kept = drafts.load(counter.db, slot)
    plain = counter.vault.unseal(bytes.fromhex(kept.body), about("draft", slot)) if kept else None
    return msgspec.json.decode(plain, type=Entry) if plain else None


def drop_draft(counter: Counter, slot: str) -> None:
    """Forget what was typed."""
    drafts.discard(counter.db, slot)


# Parts ---------------------------------------------------------------------------------------------------------------


def known(db: Connection, code: str) -> Producer:
    """The producer with this code. Raises ``UnknownProducer``."""
    row = producers.producer(db, code)
    if row is None:
        raise UnknownProducer(code)
    return row


def person(vault: Vault, code: str, sealed: bytes | None) -> ProducerPersonal | None:
    """The person behind a producer; ``None`` where none is kept, or the data cannot be read."""
    plain = vault.unseal(sealed, about("producer", code)) if sealed else None
    return msgspec.json.decode(plain, type=ProducerPersonal) if plain is not None else None


def _correctable(counter: Counter, code: str) -> Producer:
    row = known(counter.db, code)
    if row.erased or _held(counter.vault, row) is None:
        raise Misuse(_("The data of {code} cannot be read, so it cannot be corrected.").format(code=code))
    return row


def _held(vault: Vault, row: Producer) -> ProducerPersonal | None:
    """The person behind a producer, empty where none is known; ``None`` where the data cannot be read."""
    if not row.sealed:
        return ProducerPersonal()
    return person(vault, row.code, row.sealed)


def _refuse_unusable(entry: Entry) -> None:
    if not entry.business_name:
        raise Misuse(_("Enter the name of the business."))
    if entry.class_ not in CLASSES or entry.payout_terms not in PAYOUT_TERMS:
        raise Misuse(_("Choose the class and when the producer is paid."))
    long = next((name for name, value in msgspec.structs.asdict(entry).items() if len(str(value)) > LONGEST), "")
    if long:
        raise Misuse(_("A field has more than {limit} letters. Shorten it.").format(limit=LONGEST))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _facts(entry: Entry) -> Facts:
    return Facts(
        entry.business_name,
        entry.kelurahan,
        entry.class_,
        entry.payout_terms,
        entry.nib,
        entry.pirt,
        entry.halal_no,
        entry.halal_expires,
    )


def _facts_of(row: Producer) -> Facts:
    return Facts(
        row.business_name,
        row.kelurahan,
        row.class_,
        row.payout_terms,
        row.nib,
        row.pirt,
        row.halal_no,
        row.halal_expires,
    )


def _personal(entry: Entry) -> ProducerPersonal:
    return ProducerPersonal(**{name: getattr(entry, name) for name in PERSONAL})


def _sealed(vault: Vault, code: str, entry: Entry) -> bytes:
    return vault.seal(msgspec.json.encode(_personal(entry)), about("producer", code))
