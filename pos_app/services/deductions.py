"""Staff tabs taken from the salary: the list for the treasurer at the end of a month, and what came of it."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pos_app.domain.errors import CutOffAhead, NothingToDeduct, UnknownList, UnknownStaff
from pos_app.ledger import deductions, neighbours, queries, registry, settlements, staff
from pos_app.ledger.deductions import ListRow
from pos_app.ledger.sqlite import Connection
from pos_app.services.context import Counter, Recorded, Recording, done
from sync.documents.deductions import (
    DeductionCollected,
    DeductionList,
    LeftOut,
    LeftOutReason,
    StaffDeduction,
    TabEntry,
)

DeductionTender = Literal["cash", "transfer"]
Stage = Literal["draft", "handed_over", "collected"]
CUT_OFF_DAY = 20
_DAY = "deduction.cut_off_day"


@dataclass(frozen=True, slots=True)
class Line:
    """One staff member on a list: rupiah. ``open`` is what can still be deducted of ``amount``."""

    staff: str
    amount: int
    open: int


@dataclass(frozen=True, slots=True)
class UnitList:
    """The list of one unit for a month: computed while it is a draft, else as it was recorded."""

    month: str
    unit: str
    stage: Stage
    cut_off: date
    lines: tuple[Line, ...]
    number: str = ""
    collected: DeductionCollected | None = None

    @property
    def total(self) -> int:
        """All amounts together."""
        return sum(line.amount for line in self.lines)

    @property
    def open(self) -> int:
        """What can still be deducted."""
        return sum(line.open for line in self.lines)


def cut_off_for(db: Connection, month: str) -> date:
    """The day up to which a month (``2026-11``) counts: the day of the last list, else the 20th."""
    year, number = int(month[:4]), int(month[5:])
    day = int(queries.setting(db, _DAY, str(CUT_OFF_DAY)))
    return date(year, number, min(day, calendar.monthrange(year, number)[1]))


def unit_lists(db: Connection, month: str, cut_off: date) -> list[UnitList]:
    """The lists of a month, by unit: those that were handed over, and drafts for the units that have none."""
    standing = {}
    for row in deductions.lists(db):
        document = deductions.document(db, row)
        if document.month == month:
            standing[document.unit] = _recorded(db, row, document)
    drafts = {
        unit: UnitList(month, unit, "draft", cut_off, tuple(Line(one.staff, one.amount, one.amount) for one in lines))
        for unit, lines in _drafts(db, settlements.seq_at_end_of(db, cut_off)).items()
        if unit not in standing
    }
    found = drafts | standing
    return [found[unit] for unit in sorted(found)]


def _recorded(db: Connection, row: ListRow, document: DeductionList) -> UnitList:
    collected = queries.entry_by_number(db, row.collected_by) if row.collected_by else None
    taken = collected.document if collected else None
    still = {} if row.collected_by else {one.staff: one.amount for one in _collectible(db, document)}
    return UnitList(
        document.month,
        document.unit,
        "collected" if row.collected_by else "handed_over",
        date.fromisoformat(document.cut_off),
        tuple(Line(line.staff, line.amount, still.get(line.staff, 0)) for line in document.lines),
        document.number,
        taken if isinstance(taken, DeductionCollected) else None,
    )


def _drafts(db: Connection, through_seq: int, only: str | None = None) -> dict[str, list[StaffDeduction]]:
    """What is open up to an entry and stands on no list that waits, by unit; of one unit with ``only``.

    What other tills gave back to a tab beyond what it owes there is left standing here, so that nobody pays it.
    """
    elsewhere = deductions.waiting(db)
    found: defaultdict[str, list[StaffDeduction]] = defaultdict(list)
    for code, unit in staff.owing(db):
        if only is not None and unit != only:
            continue
        found_open = [
            (one.seq, one.open)
            for one in deductions.open_entries(db, code)
            if one.seq <= through_seq and (code, one.seq) not in elsewhere
        ]
        entries = _less(found_open, max(0, -neighbours.tab(db, code)))
        if entries:
            amount = sum(one.amount for one in entries)
            found[unit].append(StaffDeduction(staff=code, amount=amount, entries=entries))
    return found


def _less(found_open: Sequence[tuple[int, int]], credit: int) -> tuple[TabEntry, ...]:
    """Entries with what is open of each, less ``credit`` rupiah, taken off the newest first."""
    entries: list[TabEntry] = []
    for seq, amount in reversed(found_open):
        spent = min(credit, amount)
        credit -= spent
        if amount > spent:
            entries.append(TabEntry(seq, amount - spent))
    return tuple(reversed(entries))


def hand_over(
    counter: Counter,
    month: str,
    unit: str,
    *,
    cut_off: date | None = None,
    note: str | None = None,
    approved_by: str | None = None,
) -> Recorded:
    """Record the list of a unit for the treasurer. A manager's act.

    Where one stands for this month already, nothing is changed and that one comes back, with the warning
    ``handed_over_before``. Raises ``NothingToDeduct``, and ``CutOffAhead`` for a day that has not come.
    """
    counter.require_manager("deduction_list", approved_by)
    with counter.record() as now:
        before = _standing(now.db, month, unit)
        if before is None:
            _hand_over(now, month, unit, cut_off or cut_off_for(now.db, month), note, approved_by)
    return before or done(now)


def _hand_over(now: Recording, month: str, unit: str, cut_off: date, note: str | None, approved_by: str | None) -> None:
    if cut_off > now.today and now.clock_plausible:
        raise CutOffAhead(cut_off.isoformat())
    through_seq = settlements.seq_at_end_of(now.db, cut_off)
    lines = _drafts(now.db, through_seq, unit).get(unit, [])
    if not lines:
        raise NothingToDeduct(month)
    now.append(
        DeductionList(
            number=now.number(DeductionList.PREFIX),
            note=now.note(note),
            approved_by=approved_by,
            month=month,
            unit=unit,
            cut_off=cut_off.isoformat(),
            through_seq=through_seq,
            lines=tuple(lines),
        )
    )
    if cut_off != cut_off_for(now.db, month):  # the 31st stays the 31st after a shorter month
        registry.set_setting(now.db, _DAY, str(cut_off.day))


def _standing(db: Connection, month: str, unit: str) -> Recorded | None:
    row = deductions.list_for(db, month, unit)
    entry = queries.entry_by_seq(db, row.seq) if row else None
    if entry is None:
        return None
    number = entry.document.number
    return Recorded(entry.id, number, entry.seq, entry.hash, entry.document, (("handed_over_before", number),))


def collect(
    counter: Counter,
    number: str,
    tender: DeductionTender,
    *,
    left_out: Mapping[str, LeftOutReason] | None = None,
    note: str | None = None,
    approved_by: str | None = None,
) -> Recorded:
    """Record what the treasurer brought for a list: it pays exactly the entries of the list. A manager's act.

    ``left_out`` are those of whom nothing was deducted, with the reason. What somebody repaid since the list was
    handed over is not taken twice: a tab never becomes negative by it. Raises ``UnknownList`` for one that is
    unknown, reversed or collected, ``UnknownStaff`` for somebody who is not on it, and ``NoOpenShift`` (cash).
    """
    counter.require_manager("deduction_collected", approved_by)
    left_out = left_out or {}
    with counter.record() as now:
        row = next((one for one in deductions.lists(now.db) if one.number == number), None)
        if row is None or row.collected_by:
            raise UnknownList(number)
        document = deductions.document(now.db, row)
        people = [line.staff for line in document.lines]
        for code in left_out:
            if code not in people:
                raise UnknownStaff(code)
        if tender == "cash":
            now.require_shift()
        lines = tuple(one for one in _collectible(now.db, document) if one.staff not in left_out)
        taken = {one.staff for one in lines}
        now.append(
            DeductionCollected(
                number=now.number(DeductionCollected.PREFIX),
                note=now.note(note),
                approved_by=approved_by,
                list_id=row.id,
                list_number=number,
                tender=tender,
                lines=lines,
                left_out=tuple(
                    LeftOut(staff=code, reason=left_out.get(code, "repaid")) for code in people if code not in taken
                ),
            ),
            paper="deduction_collected",
        )
    return done(now)


def _collectible(db: Connection, document: DeductionList) -> list[StaffDeduction]:
    """What is still open of the entries of a list, never more than the list says."""
    found = []
    for line in document.lines:
        still = {one.seq: one.open for one in deductions.open_entries(db, line.staff)}
        entries = tuple(
            TabEntry(one.seq, min(one.amount, still[one.seq])) for one in line.entries if still.get(one.seq)
        )
        if entries:
            amount = sum(one.amount for one in entries)
            found.append(StaffDeduction(staff=line.staff, amount=amount, entries=entries))
    return found
