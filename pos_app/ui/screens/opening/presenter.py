"""Rules of taking over the paper book: who is found, what is typed, totals, and recording it once. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from pos_app.domain.errors import PosError
from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.ledger import drafts, listing, queries, registry
from pos_app.ledger.queries import Entry
from pos_app.services import refunding, tabs
from pos_app.services.context import Counter, Recorded
from pos_app.services.once import Once
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, of_recorded
from sync.documents.money import Opening

SLOT: Final = "opening"
"""Of the draft: what was typed survives a power cut."""
FOUND: Final = 30
Side = Literal["producer", "staff"]


class Typed(msgspec.Struct, frozen=True):
    """A balance from the paper book, in rupiah; ``side`` says whether it is owed to a producer or by a staff member."""

    side: Side
    code: str
    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who may have a balance."""

    side: Side
    code: str
    name: str
    remark: str


class OpeningPresenter:
    """The list is kept as a draft at every change."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.once = Once(counter)
        """The taking over, or its undoing."""
        self.lines: list[Typed] = []
        self.chosen: Found | None = None

    def load(self) -> None:
        """What was typed before."""
        found = drafts.load(self.counter.db, SLOT)
        self.lines = msgspec.json.decode(found.body, type=list[Typed]) if found is not None else []

    def find(self, text: str) -> list[Found]:
        """Producers and staff with every typed word in name or code."""
        db = self.counter.db
        words = text.lower().split()
        found = [
            Found("producer", code, name, _("producer · {place}").format(place=place) if place else _("producer"))
            for code, name, place in listing.producers_matching(db, text, FOUND)
        ]
        staff = registry.staff_members(db, self.counter.vault.unseal)
        found += [
            Found("staff", one.code, one.name, _("staff · {unit}").format(unit=one.unit))
            for one in staff
            if all(word in f"{one.name} {one.code} {one.unit}".lower() for word in words)
        ]
        return found[: 2 * FOUND]

    def choose(self, key: str) -> None:
        """Somebody of the list, by side and code."""
        side, _colon, code = key.partition(":")
        self.chosen = next((one for one in self.find(code) if (one.side, one.code) == (side, code)), None)

    def add(self, amount: int | None) -> Message | None:
        """The balance of who is chosen; one that is there already is replaced."""
        who = self.chosen
        if who is None:
            return Message("W", _("Type a name and choose it with Enter first."))
        if not amount:
            return Message("W", _("Type the amount from the paper book."))
        line = Typed(who.side, who.code, who.name, amount)
        self.chosen = None
        for place, other in enumerate(self.lines):
            if (other.side, other.code) == (line.side, line.code):
                self.lines[place] = line
                self._keep()
                text = _("{name} was on the list with {amount}; replaced.")
                return Message("I", text.format(name=line.name, amount=rupiah(other.amount)))
        self.lines.append(line)
        self._keep()
        return None

    def remove(self, row: int) -> None:
        """Takes a line off the list."""
        if 0 <= row < len(self.lines):
            del self.lines[row]
            self._keep()

    def _keep(self) -> None:
        at = self.counter.clock().isoformat(timespec="seconds")
        drafts.save(self.counter.db, SLOT, at, msgspec.json.encode(self.lines).decode())

    # Totals and what is there ----------------------------------------------------------------------------------------

    def total(self, side: Side) -> int:
        """Rupiah typed on one side."""
        return sum(line.amount for line in self.lines if line.side == side)

    @property
    def too_late(self) -> bool:
        """Whether something was sold already."""
        return bool(queries.recent(self.counter.db, "sale", 1))

    def taken_over(self) -> list[Entry]:
        """Openings that stand: recorded and not reversed, oldest first."""
        db = self.counter.db
        entries = [queries.entry_by_seq(db, one.seq) for one in reversed(queries.recent(db, "opening"))]
        return [one for one in entries if one is not None and not queries.is_reversed(db, one.id)]

    def facts(self) -> list[tuple[str, str, str]]:
        """What must be known before typing: text, icon, tone."""
        facts = []
        if self.too_late:
            facts.append(
                (_("The first sale is recorded: balances can no longer be taken over."), "lock-outline", "danger")
            )
        for entry in self.taken_over():
            document = entry.document
            if isinstance(document, Opening):
                text = _("Taken over already: {number}, producers {payable}, staff {tabs}. New lines are added to it.")
                words = text.format(
                    number=document.number,
                    payable=rupiah(sum(document.payable.values())),
                    tabs=rupiah(sum(document.tabs.values())),
                )
                facts.append((words, "check-circle-outline", "success"))
        return facts

    def summary(self) -> tuple[str, ...]:
        """What is told before it is recorded."""
        return (
            _("Owed to producers: {amount}").format(amount=rupiah(self.total("producer"))),
            _("Owed by staff: {amount}").format(amount=rupiah(self.total("staff"))),
            _("{count} lines. Compare the totals with the paper book.").format(count=len(self.lines)),
        )

    def obstacle(self) -> Message | None:
        """Why nothing can be recorded now."""
        if self.too_late:
            return Message("E", _("The first sale is recorded: balances can no longer be taken over."))
        if not self.lines:
            return Message("W", _("Nothing is typed yet."))
        return None

    def record(self, approved_by: str | None) -> Message:
        """Records the list as one document."""
        payable = {line.code: line.amount for line in self.lines if line.side == "producer"}
        owing = {line.code: line.amount for line in self.lines if line.side == "staff"}

        def write() -> Recorded:
            return tabs.take_over(self.counter, payable, owing, approved_by=approved_by, draft=SLOT)

        try:
            done = self.once.record((tuple(payable.items()), tuple(owing.items())), write)
        except PosError as error:
            return Message("E", describe(error))
        self.lines = []
        text = _("Taken over as {number}. Now count the stock: a count sets what is on the shelf.")
        return of_recorded(done, text.format(number=done.number))

    @property
    def may_reverse(self) -> bool:
        """Whether an opening can be undone and typed again."""
        return bool(self.taken_over()) and not self.too_late

    def reverse(self, document: Opening, approved_by: str | None) -> Message:
        """Undoes an opening by a document of its own; its lines come back to be mended."""

        def write() -> Recorded:
            return refunding.reverse(self.counter, document.number, approved_by=approved_by)

        try:
            done = self.once.record(document.number, write)
        except PosError as error:
            return Message("E", describe(error))
        if not self.lines:
            self._bring_back(document)
        text = _("{number} reversed by {reversal}. Mend the lines and take them over again.")
        return of_recorded(done, text.format(number=document.number, reversal=done.number))

    def _bring_back(self, opening: Opening) -> None:
        names = {one.code: one.name for one in registry.staff_members(self.counter.db, self.counter.vault.unseal)}
        self.lines = [
            Typed("producer", code, registry.producer_name(self.counter.db, code) or code, amount)
            for code, amount in opening.payable.items()
        ]
        self.lines += [Typed("staff", code, names.get(code, code), amount) for code, amount in opening.tabs.items()]
        self._keep()
