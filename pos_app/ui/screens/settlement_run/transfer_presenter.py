"""Rules of the list for the bank: which transfers, which of them again, and writing it. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from pos_app.domain.dates import business_date, short_date
from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.services import transfer_list
from pos_app.services.context import Counter
from pos_app.services.transfer_list import Line, Separator
from pos_app.ui.messages import Message
from pos_app.ui.screens.settlement_run.presenter import Done
from pos_app.ui.worker import Tell

DAYS = 7
"""How far back the list looks at first."""


class TransferPresenter:
    """The transfers of a run, or of some days."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.run: Done | None = None
        self.last = business_date(counter.clock())
        self.first = self.last - timedelta(days=DAYS - 1)
        self.lines: list[Line] = []
        self.again = False
        """Whether slips that stood on a list before are listed once more."""
        self._confirmed: list[Line] = []
        self._approved_by: str | None = None

    @property
    def today(self) -> date:
        """The business date."""
        return business_date(self.counter.clock())

    def open(self, run: Done | None) -> None:
        """The transfers of a run; without one those of the last days."""
        self.run, self.again, self.lines = run, False, []
        self.last = self.today
        self.first = self.last - timedelta(days=DAYS - 1)

    def load_work(self) -> Callable[[Tell], list[Line]]:
        """Reads them on a worker, as accounts are unsealed one by one; until then there are none."""
        counter, run, first, last = self.counter, self.run, self.first, self.last

        def work(_tell: Tell) -> list[Line]:
            with counter.apart() as apart:
                if run is not None:
                    return transfer_list.of_run(apart, run.first_seq, run.last_seq)
                return transfer_list.of_days(apart, first, last)

        self.lines = []
        return work

    def chosen(self) -> list[Line]:
        """What would be listed."""
        return [line for line in self.lines if line.usable and (self.again or line.listed_at is None)]

    def period(self) -> str:
        """Which transfers these are."""
        if self.run is not None:
            return _("{first} to {last}").format(first=self.run.first, last=self.run.last)
        return _("{first} to {last}").format(first=short_date(self.first), last=short_date(self.last))

    def facts(self) -> list[tuple[str, str, str]]:
        """What is listed, and what is not and why."""
        chosen = self.chosen()
        amount = rupiah(sum(line.slip.amount for line in chosen))
        count = _("{count} transfers, {amount}").format(count=thousands(len(chosen)), amount=amount)
        found = [(count, "check-circle-outline", "text")]
        without = [line for line in self.lines if not line.usable]
        if without:
            text = _("{count} without a bank account are left out.").format(count=thousands(len(without)))
            found.append((text, "alert-outline", "warning"))
        before = [line for line in self.lines if line.usable and line.listed_at]
        if before:
            words = (
                _("{count} were on a list before and are listed again.")
                if self.again
                else _("{count} were on a list before and are left out.")
            )
            found.append((words.format(count=thousands(len(before))), "alert-outline", "warning"))
        return found

    def listed_before(self) -> bool:
        """Whether something stood on a list before."""
        return any(line.usable and line.listed_at for line in self.lines)

    def obstacle(self, *, reading: bool) -> Message | None:
        """Why no list can be written."""
        if reading:
            return Message("I", _("Still reading. Press again in a moment."))
        return None if self.chosen() else Message("W", _("Nothing to list: choose other days, or list slips again."))

    def question(self) -> tuple[str, ...]:
        """What the manager looks at before accounts leave the program."""
        again = sum(line.listed_at is not None for line in self.chosen())
        lines = [self.period(), _("Whole bank accounts are in the file. Give it to the bank only.")]
        if again:
            lines.append(_("{count} were on a list before: they could be paid twice.").format(count=thousands(again)))
        return tuple(lines)

    @property
    def amount(self) -> str:
        """What the bank would pay."""
        return rupiah(sum(line.slip.amount for line in self.chosen()))

    def separator(self) -> Separator:
        """Which kind of file it becomes."""
        return transfer_list.separator(self.counter)

    def set_separator(self, mark: Separator) -> None:
        """Keeps it for this till."""
        transfer_list.set_separator(self.counter, mark)

    def confirm(self, lines: list[Line], approved_by: str | None) -> None:
        """These lines are written next, whatever is read meanwhile."""
        self._confirmed, self._approved_by = lines, approved_by

    def write_work(self, folder: Path) -> Callable[[], Path]:
        """Writes on a worker what was confirmed."""
        counter, lines, approved_by = self.counter, self._confirmed, self._approved_by

        def work() -> Path:
            with counter.apart() as apart:
                return transfer_list.write(apart, lines, folder, approved_by=approved_by)

        return work
