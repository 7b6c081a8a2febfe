"""The list by which a bank pays producers: account, name, bank, amount and the number of the slip, as CSV, or as a
workbook whose accounts keep their zeros.

Whole accounts stand here and nowhere else, so writing it needs a manager, is kept as a look at each of them, and the
file is for this user alone. A slip is listed once; whoever lists it again is told so first.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from pos_app.domain.errors import EmptyDocument, RuleError
from pos_app.i18n import _
from pos_app.ledger import queries, registry, transfers
from pos_app.services import accounts, people, privacy
from pos_app.services.private_files import write_new
from pos_app.services.workbooks import FORMULA

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from pos_app.ledger.transfers import Transfer
    from pos_app.services.accounts import Account
    from pos_app.services.context import Counter

SEPARATOR: Final = "transfer_list.separator"
"""Setting: ``;`` or ``,`` between the fields, as banks differ, or a workbook: a spreadsheet takes a CSV's accounts for
numbers and drops their zeros."""
Separator = Literal[";", ",", "xlsx"]


class SlipTakenBack(RuleError):
    """A slip that was to be listed for the bank was taken back, so nothing is to be paid for it."""

    name: ClassVar[str] = "transfer_changed"
    number: str


class SlipListed(RuleError):
    """A slip that was to be listed for the bank stands on a list that was written meanwhile."""

    name: ClassVar[str] = "transfer_changed"
    number: str


class AccountChanged(RuleError):
    """The bank account of a producer is not the one that was looked at."""

    name: ClassVar[str] = "transfer_changed"
    producer: str


@dataclass(frozen=True, slots=True)
class Line:
    """A slip that could be listed. ``account`` is masked; ``usable`` says whether a bank could take it.

    ``payee`` tells two accounts apart, also where the mask does not; it is worth something in this process only.
    """

    slip: Transfer
    name: str
    account: str
    usable: bool
    payee: int

    @property
    def listed_at(self) -> str | None:
        """When it was listed before."""
        return self.slip.listed_at


def of_run(counter: Counter, first_seq: int, last_seq: int) -> list[Line]:
    """The transfers of a run, which lies in the journal between these entries."""
    return _lines(counter, transfers.of_entries(counter.db, first_seq, last_seq))


def of_days(counter: Counter, first: date, last: date) -> list[Line]:
    """The transfers of some days."""
    return _lines(counter, transfers.of_days(counter.db, first.isoformat(), last.isoformat()))


def _lines(counter: Counter, found: Iterable[Transfer]) -> list[Line]:
    return [_line(counter, slip, accounts.account(counter, slip.producer)) for slip in found]


def _line(counter: Counter, slip: Transfer, account: Account | None) -> Line:
    masked = privacy.masked_text("bank_account", account.digits) if account else ""
    name = registry.producer_name(counter.db, slip.producer) or slip.producer
    return Line(slip, name, masked, account is not None and account.usable, hash(account))


def separator(counter: Counter) -> Separator:
    """What stands between the fields at this till."""
    kept = queries.setting(counter.db, SEPARATOR, ";")
    return "," if kept == "," else "xlsx" if kept == "xlsx" else ";"


def set_separator(counter: Counter, mark: Separator) -> None:
    """Keep what stands between the fields."""
    with counter.ledger.write() as tx:
        registry.set_setting(tx.db, SEPARATOR, mark)


def write(counter: Counter, lines: Sequence[Line], folder: Path, *, approved_by: str | None = None) -> Path:
    """Write the list of these slips into ``folder``; its path. Lines without a usable account are left out.

    Slips and accounts are read anew and must be what was looked at. They are noted as listed and as looked at before
    the file is there; where it cannot be written, they are not listed. Raises ``EmptyDocument``, ``ManagerNeeded``,
    ``SlipTakenBack``, ``SlipListed``, ``AccountChanged`` and the faults of the disk.
    """
    counter.require_manager("transfer_list", approved_by)
    chosen = [line for line in lines if line.usable]
    if not chosen:
        raise EmptyDocument
    at = counter.clock()
    with counter.ledger.write() as tx:
        rows = [_row(counter, line) for line in chosen]
        transfers.note(tx.db, [line.slip.number for line in chosen], at.isoformat(timespec="seconds"))
    mark = separator(counter)
    identity = counter.ledger.identity
    stem = f"transfer-{identity.corner}{identity.till}-{at:%Y%m%d-%H%M}"
    payees = sorted({line.slip.producer for line in chosen})
    try:
        privacy.look_at_all(counter, "producer", payees, "payment", approved_by)
        content = _workbook(rows) if mark == "xlsx" else _csv(rows, mark)  # after the lock: a workbook takes long
        path = write_new(folder, stem, "xlsx" if mark == "xlsx" else "csv", content)
    except BaseException:
        with counter.ledger.write() as tx:
            transfers.restore(tx.db, [line.slip for line in chosen])
        raise
    people.log(counter, "transfer_list", f"{chosen[0].slip.number} … {chosen[-1].slip.number} ({len(chosen)})")
    return path


def _row(counter: Counter, seen: Line) -> tuple[str, str, str, int, str]:
    """What the file tells of a slip that is still as it was ``seen``. Raises why it is not."""
    slip = transfers.standing(counter.db, seen.slip.number)
    if slip is None:
        raise SlipTakenBack(seen.slip.number)
    if slip.listed_at != seen.listed_at:
        raise SlipListed(slip.number)
    account = accounts.account(counter, slip.producer)
    if account is None or _line(counter, slip, account) != seen:
        raise AccountChanged(seen.name)
    return account.digits, _plain(account.holder), _plain(account.bank), slip.amount, slip.number


def _heads() -> tuple[str, ...]:
    return _("Account"), _("Account holder"), _("Bank"), _("Amount"), _("Slip number")


def _csv(rows: Iterable[tuple[str, str, str, int, str]], mark: str) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=mark, lineterminator="\r\n")
    writer.writerow(_heads())
    writer.writerows(rows)
    return buffer.getvalue().encode()


def _workbook(rows: Sequence[tuple[str, str, str, int, str]]) -> bytes:
    from pos_app.services.workbooks import workbook_of  # late: openpyxl

    return workbook_of(_("Transfer list"), [_heads(), *rows])


def _plain(text: str) -> str:
    """A name in one line that no spreadsheet computes."""
    return " ".join(text.split()).lstrip(FORMULA)
