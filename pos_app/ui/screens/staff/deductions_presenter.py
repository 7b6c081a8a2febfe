"""Rules of the deduction lists: what a month's list of a unit would be, handing it over, what came of it. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal

from pos_app.domain.dates import business_date, short_date
from pos_app.domain.errors import PosError
from pos_app.domain.formats import masked_nip, rupiah
from pos_app.i18n import _
from pos_app.ledger import registry, staff
from pos_app.ledger.standing import amount_of
from pos_app.printing.papers.deductions import REASONS, month_text
from pos_app.services import deduction_papers, deductions, privacy, refunding
from pos_app.services.context import Counter, Recorded
from pos_app.services.deductions import DeductionTender, Line, Stage, UnitList
from pos_app.services.once import Once
from pos_app.services.wording import describe, warning
from pos_app.ui.messages import Message, of_recorded
from sync.documents.deductions import LeftOutReason

ALL: Final = "*"
MONTHS_BACK: Final = 12
GIVEN_REASONS: Final[tuple[LeftOutReason, ...]] = ("no_mandate", "pay_too_low", "on_leave", "left_office", "other")
"""Why somebody was not deducted from, as a manager may choose; ``repaid`` is told by the program."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a worker read: the lists of the month, who is who, letters of authority, all tabs together."""

    lists: tuple[UnitList, ...]
    names: dict[str, tuple[str, str]]
    letters: frozenset[str]
    outstanding: int


@dataclass(frozen=True, slots=True)
class Row:
    """One staff member on a list."""

    place: int
    code: str
    name: str
    nip: str
    unit: str
    amount: int
    remark: str
    tone: str


NOTHING: Final = Loaded((), {}, frozenset(), 0)


class DeductionsPresenter:
    """A month, a unit (or all), and who is left out when the money comes."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.once = Once(counter)
        """A list, what came of it, or the undoing of either."""
        self.unit = ALL
        self.tender: DeductionTender = "transfer"
        self.reason: LeftOutReason = "no_mandate"
        self.left_out: dict[str, LeftOutReason] = {}
        self.loaded = NOTHING
        self.month = self._this_month()
        self.cut_off = deductions.cut_off_for(counter.db, self.month)

    def choose_month(self, month: str) -> None:
        """Another month, with its cut-off."""
        self.month = month
        self.cut_off = deductions.cut_off_for(self.counter.db, month)
        self.left_out = {}

    def choose_unit(self, unit: str) -> None:
        """Another unit; ``ALL`` for all of them."""
        self.unit = unit
        self.left_out = {}

    def months(self) -> list[tuple[str, str]]:
        """Months to choose from, newest first."""
        today = business_date(self.counter.clock())
        found = []
        for back in range(MONTHS_BACK + 1):
            year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
            code = f"{year}-{month + 1:02d}"
            found.append((code, month_text(code)))
        return found

    def load_work(self) -> Callable[[], Loaded]:
        """Reads everything, on a worker: a large office takes longer than a frame."""
        counter, month, cut_off = self.counter, self.month, self.cut_off

        def load() -> Loaded:
            with closing(counter.ledger.another()) as own:
                members = registry.staff_members(own.db, counter.vault.unseal)
                return Loaded(
                    tuple(deductions.unit_lists(own.db, month, cut_off)),
                    {member.code: (member.name, member.nip) for member in members},
                    frozenset(staff.mandates(own.db)),
                    sum(member.tab for member in members),
                )

        return load

    def take(self, loaded: Loaded) -> None:
        """What a worker read is shown from now on."""
        self.loaded = loaded
        if self.unit != ALL and self.unit not in {one.unit for one in loaded.lists}:
            self.unit = ALL
        people = {line.staff for one in self.chosen() for line in one.lines}
        self.left_out = {code: why for code, why in self.left_out.items() if code in people}

    def units(self) -> list[tuple[str, str]]:
        """Units to choose from; those that have a list or would have one."""
        return [(ALL, _("All units")), *((one.unit, one.unit or "-") for one in self.loaded.lists)]

    def chosen(self) -> list[UnitList]:
        """The lists of what is chosen."""
        return [one for one in self.loaded.lists if self.unit in (ALL, one.unit)]

    def stage(self) -> Stage | Literal["mixed", "nothing"]:
        """How far what is chosen has come."""
        stages = {one.stage for one in self.chosen()}
        if not stages:
            return "nothing"
        return stages.pop() if len(stages) == 1 else "mixed"

    def rows(self) -> list[Row]:
        """Everybody on the lists, by unit and name."""
        found: list[Row] = []
        for one in self.chosen():
            for line in sorted(one.lines, key=lambda line: (self._who(line.staff), line.staff)):
                name, nip = self._who(line.staff)
                remark, tone = self._remark(one, line)
                found.append(
                    Row(len(found) + 1, line.staff, name, masked_nip(nip), one.unit or "-", line.amount, remark, tone)
                )
        return found

    def _remark(self, one: UnitList, line: Line) -> tuple[str, str]:
        if one.collected is not None:
            out = {left.staff: left.reason for left in one.collected.left_out}
            if line.staff in out:
                return _not_deducted(out[line.staff]), "warning"
            return "", "muted"
        if line.staff in self.left_out:
            return _not_deducted(self.left_out[line.staff]), "warning"
        if line.open < line.amount:
            return _("repaid meanwhile, {open} left").format(open=rupiah(line.open)), "warning"
        if line.staff not in self.loaded.letters:
            return _("no letter of authority yet"), "warning"
        return "", "muted"

    def total(self) -> int:
        """The lists chosen, together."""
        return sum(one.total for one in self.chosen())

    def collectible(self) -> int:
        """What would be booked now: without those left out and what was repaid."""
        return sum(line.open for one in self.chosen() for line in one.lines if line.staff not in self.left_out)

    def nothing_words(self) -> str:
        """What an empty list says: the cut-off, and what is owed all the same."""
        words = _("Nothing to deduct up to {date}.").format(date=short_date(self.cut_off))
        if self.loaded.outstanding <= 0:
            return words
        more = _("{amount} is outstanding in all. Change the cut-off above.")
        return f"{words} {more.format(amount=rupiah(self.loaded.outstanding))}"

    def without_letter(self) -> int:
        """How many on the lists have no letter of authority here."""
        return sum(line.staff not in self.loaded.letters for one in self.chosen() for line in one.lines)

    def numbers(self) -> str:
        """Numbers of the lists that were handed over."""
        return ", ".join(one.number for one in self.chosen() if one.number)

    def toggle_left_out(self, code: str) -> Message | None:
        """Somebody was not deducted from, or was after all; only while a list waits for the treasurer."""
        if self.stage() != "handed_over":
            return Message("I", _("Who is not deducted is marked once the list was handed over."))
        if self.left_out.pop(code, None) is None:
            self.left_out[code] = self.reason
        return None

    # What is recorded ----------------------------------------------------------------------------------------------

    def obstacle(self) -> Message | None:
        """Why F12 can do nothing now."""
        stage = self.stage()
        if stage == "nothing":
            return Message("I", self.nothing_words())
        if stage == "collected":
            return Message("I", _("This list is collected. F9 prints it again."))
        if stage == "draft" and self.cut_off > business_date(self.counter.clock()):
            text = _("The cut-off {cut_off} has not come yet. Wait, or enter an earlier day.")
            return Message("E", text.format(cut_off=short_date(self.cut_off)))
        if stage != "draft" and len(self.chosen()) > 1:
            return Message("W", _("Choose one unit: its list is booked by itself."))
        return None

    def hand_over(self, approved_by: str | None) -> Message:
        """Records the list of every unit that is chosen and has none."""
        done: list[Recorded] = []
        for one in self.chosen():
            if one.stage != "draft":
                continue
            write = partial(
                deductions.hand_over,
                self.counter,
                one.month,
                one.unit,
                cut_off=self.cut_off,
                approved_by=approved_by,
            )
            try:
                done.append(self.once.record((one.month, one.unit, self.cut_off), write))
            except PosError as error:
                return Message("E", describe(error))
        if len(done) == 1:
            late = next((warning(name, what) for name, what in done[0].warnings if name == "handed_over_before"), "")
            return of_recorded(
                done[0], late or _("{number} is handed to the treasurer. F9 prints it.").format(number=done[0].number)
            )
        return Message("S", _("{count} lists are handed to the treasurers. F9 prints them.").format(count=len(done)))

    def collect(self, approved_by: str | None) -> Message:
        """Books what the treasurer brought for the one list that is chosen."""
        (one,) = self.chosen()
        left_out = dict(self.left_out)

        def write() -> Recorded:
            return deductions.collect(self.counter, one.number, self.tender, left_out=left_out, approved_by=approved_by)

        try:
            recorded = self.once.record((one.number, self.tender, left_out), write)
        except PosError as error:
            return Message("E", describe(error))
        self.left_out = {}
        text = _("{number}: {amount} received; exactly those sales are paid.")
        return of_recorded(recorded, text.format(number=recorded.number, amount=rupiah(amount_of(recorded.document))))

    def undo(self, why: str, approved_by: str | None) -> Message:
        """Takes back the last step of the one list that is chosen, by a document of its own."""
        (one,) = self.chosen()
        number = one.collected.number if one.collected else one.number

        def write() -> Recorded:
            return refunding.reverse(self.counter, number, reason=why, approved_by=approved_by)

        try:
            recorded = self.once.record(number, write)
        except PosError as error:
            return Message("E", describe(error))
        return of_recorded(recorded, _("{number} is undone by {by}.").format(number=number, by=recorded.number))

    def undo_obstacle(self, why: str) -> Message | None:
        """Why nothing can be undone now."""
        if len(self.chosen()) != 1 or self.stage() == "draft":
            return Message("I", _("Choose the unit whose list is to be undone."))
        if not why.strip():
            return Message("E", _("Write why it is undone."))
        return None

    # Paper and files, on a worker ------------------------------------------------------------------------------------

    def looked(self, approved_by: str | None) -> None:
        """Employee numbers leave the program: who let them, and whose they are, is kept."""
        people = [line.staff for one in self.chosen() for line in one.lines]
        privacy.look_at_all(self.counter, "staff", people, "deduction", approved_by)

    def print_work(self) -> Callable[[], bool]:
        """Sends the lists to the printer for sheets; its answer is false where there is none."""
        counter, lists = self.counter, self.chosen()
        at, manager = counter.clock(), self._manager()

        def work() -> bool:
            with closing(counter.ledger.another()) as own:
                return deduction_papers.print_lists(own, counter.vault, lists, at, manager)

        return work

    def pdfs_work(self, folder: Path) -> Callable[[], Path]:
        """One file a unit; the path of the last comes back."""
        counter, lists = self.counter, self.chosen()
        at, manager = counter.clock(), self._manager()

        def work() -> Path:
            with closing(counter.ledger.another()) as own:
                return deduction_papers.write_pdfs(own, counter.vault, lists, folder, at, manager)[-1]

        return work

    def sheet_work(self, folder: Path) -> Callable[[], Path]:
        """One spreadsheet with all that is chosen."""
        counter, lists = self.counter, self.chosen()

        def work() -> Path:
            with closing(counter.ledger.another()) as own:
                return deduction_papers.write_sheet(own, counter.vault, lists, folder)

        return work

    def _who(self, code: str) -> tuple[str, str]:
        return self.loaded.names.get(code, (code, ""))

    def _manager(self) -> str:
        return self.counter.user.name if self.counter.user else ""

    def _this_month(self) -> str:
        return f"{business_date(self.counter.clock()):%Y-%m}"


def _not_deducted(reason: LeftOutReason) -> str:
    words = _(REASONS[reason])
    return _("not deducted: {reason}").format(reason=words[:1].lower() + words[1:])
