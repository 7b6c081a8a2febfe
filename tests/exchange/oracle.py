"""What must hold once the line is whole and everybody has exchanged: the centre has what the tills have, no more.

``compare`` reads both sides byte for byte and adds the figures up by itself (``books``).
"""

from collections import Counter
from collections.abc import Iterable

from sync.server import commands
from tests.exchange.books import Books, differences, told
from tests.exchange.centre import Centre
from tests.exchange.tills import LoadTill, RealTill
from tests.torture.scenario import Broken

Name = tuple[str, str]
Journal = list[tuple[int, bytes, bytes]]
"""Sequence number, hash and bytes, in order."""


def compare(centre: Centre, real: Iterable[RealTill], load: Iterable[LoadTill]) -> Counter[str]:
    """Counts of what was compared. Raises ``Broken`` with the first difference."""
    real, load = list(real), list(load)
    ours: dict[Name, Journal] = {till.name: till.journal() for till in real}
    ours |= {(till.journal.corner, till.journal.till): journal_of(till) for till in load}
    acked = {till.name: till.acked for till in real}
    acked |= {(till.journal.corner, till.journal.till): till.acked for till in load}
    theirs = centre.entries()
    expect(ours.keys() == theirs.keys(), f"other tills: {ours.keys() ^ theirs.keys()}")
    ids: set[str] = set()
    tally: Counter[str] = Counter()
    for name, journal in ours.items():
        expect(journal == theirs[name], f"{name} differs at {first_difference(journal, theirs[name])}")
        kept = {seq: digest for seq, digest, _body in theirs[name]}
        lost = [seq for seq, digest in acked[name].items() if kept.get(seq) != digest]
        expect(not lost, f"{name}: acked and not there: {lost}")
        books = Books().add(body for _seq, _hash, body in journal)
        expect(len(books.moved) == len(journal) and not ids & books.moved.keys(), f"{name}: a document id twice")
        ids |= books.moved.keys()
        differing = differences(books.state(), told(commands.state(centre.database, *name)))
        expect(not differing, f"{name}: figures {differing}")
        tally.update({"entries": len(journal), "acks looked up": len(acked[name]), "tills' figures compared": 1})
    expect(not centre.quarantined(), f"in quarantine: {centre.quarantined()[:3]}")
    verified = commands.verify(centre.database)
    expect(verified["entries"] == tally["entries"], f"verify found {verified}, the tills have {tally['entries']}")
    for till in real:
        till.verify()
        mine, its = told(till.corner.state), told(commands.state(centre.database, *till.name))
        expect(not differences(mine, its), f"{till.name}: {differences(mine, its)}")
    return tally


def journal_of(till: LoadTill) -> Journal:
    """What the centre confirmed of it: the load records nothing that it does not push."""
    journal = till.journal
    return list(zip(range(1, till.known + 1), journal.hashes[: till.known], journal.bodies[: till.known], strict=True))


def first_difference(ours: Journal, theirs: Journal) -> str:
    """In words."""
    for mine, its in zip(ours, theirs, strict=False):
        if mine != its:
            return f"entry {mine[0]}: till {mine[2][:200]!r}, centre {its[2][:200]!r}"
    return f"the end: till {len(ours)}, centre {len(theirs)} entries"


def expect(held: object, broken: str) -> None:
    """Raise ``Broken`` unless it held."""
    if not held:
        raise Broken(broken)
