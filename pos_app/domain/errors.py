"""What can go wrong, as data. The screen and the command line word it; nothing here is text for people.

    PosError
    ├── RuleError          the cashier can act: add cash, ask the manager, open the shift
    └── EnvironmentFault   disk, printer, network, a damaged or foreign file

Anything else is a bug and goes to the crash report. ``name`` is stable: scripts and the centre rely on it.
Money is in rupiah, quantities in thousandths.
"""

from dataclasses import dataclass
from typing import ClassVar


class PosError(Exception):
    """Base of all expected errors."""

    name: ClassVar[str] = "error"


class RuleError(PosError):
    """A rule of the counter forbids it; the cashier can act."""


class EnvironmentFault(PosError):
    """Something around the program fails."""


@dataclass(eq=False)
class UnknownCode(RuleError):
    name: ClassVar[str] = "unknown_code"
    code: str


@dataclass(eq=False)
class WrongCheckDigit(RuleError):
    """A scan lost or changed a digit; nothing was looked up."""

    name: ClassVar[str] = "unknown_code"
    code: str


@dataclass(eq=False)
class AmbiguousCode(RuleError):
    """One barcode, goods of several producers; the cashier chooses among ``skus``."""

    name: ClassVar[str] = "ambiguous_code"
    code: str
    skus: tuple[str, ...]


@dataclass(eq=False)
class NoPrice(RuleError):
    name: ClassVar[str] = "no_price"
    product: str


@dataclass(eq=False)
class ExpiredGoods(RuleError):
    name: ClassVar[str] = "expired_goods"
    product: str
    expires_on: str


@dataclass(eq=False)
class InvalidQuantity(RuleError):
    name: ClassVar[str] = "invalid_quantity"
    text: str


@dataclass(eq=False)
class InvalidAmount(RuleError):
    name: ClassVar[str] = "invalid_amount"
    text: str


@dataclass(eq=False)
class DiscountTooLarge(RuleError):
    name: ClassVar[str] = "invalid_amount"
    discount: int
    limit: int


@dataclass(eq=False)
class InvalidDate(RuleError):
    name: ClassVar[str] = "invalid_date"
    text: str


@dataclass(eq=False)
class PriceChanged(RuleError):
    """A price changed since the cart was filled; ``total`` is what it costs now."""

    name: ClassVar[str] = "price_changed"
    total: int


@dataclass(eq=False)
class CountedTwice(RuleError):
    name: ClassVar[str] = "counted_twice"
    product: str


@dataclass(eq=False)
class EmptyDocument(RuleError):
    name: ClassVar[str] = "malformed_action"


@dataclass(eq=False)
class Underpaid(RuleError):
    """The tenders do not cover the sale; ``shortfall`` in rupiah."""

    name: ClassVar[str] = "underpaid"
    shortfall: int


@dataclass(eq=False)
class OverpaidNonCash(RuleError):
    """QRIS, tab and transfer pay more than the total; change is given from cash only."""

    name: ClassVar[str] = "overpaid_non_cash"
    excess: int


@dataclass(eq=False)
class NoOpenShift(RuleError):
    name: ClassVar[str] = "no_open_shift"


@dataclass(eq=False)
class ShiftAlreadyOpen(RuleError):
    name: ClassVar[str] = "shift_already_open"
    opened_at: str


@dataclass(eq=False)
class StaleShift(RuleError):
    """The shift of an earlier day is still open; it is closed before anything is sold."""

    name: ClassVar[str] = "stale_shift"
    opened_at: str


@dataclass(eq=False)
class DifferenceNeedsNote(RuleError):
    name: ClassVar[str] = "difference_needs_note"
    difference: int


@dataclass(eq=False)
class ManagerNeeded(RuleError):
    """Only with a manager's approval; ``action`` is a stable code."""

    name: ClassVar[str] = "manager_needed"
    action: str


@dataclass(eq=False)
class InvalidPin(RuleError):
    """A PIN has six digits."""

    name: ClassVar[str] = "invalid_pin"


@dataclass(eq=False)
class InvalidStaffPin(RuleError):
    """The PIN of a staff member has four digits."""

    name: ClassVar[str] = "invalid_pin"


@dataclass(eq=False)
class NoStaffPin(RuleError):
    """A staff member who never chose a PIN cannot confirm by one."""

    name: ClassVar[str] = "no_staff_pin"
    code: str


@dataclass(eq=False)
class ImportRefused(RuleError):
    """A spreadsheet with ``rejected`` bad fields was not imported."""

    name: ClassVar[str] = "import_refused"
    rejected: int


@dataclass(eq=False)
class WrongPin(RuleError):
    name: ClassVar[str] = "wrong_pin"
    tries_left: int
    wait_seconds: int = 0


@dataclass(eq=False)
class TabLimitExceeded(RuleError):
    name: ClassVar[str] = "tab_limit_exceeded"
    staff: str
    excess: int


@dataclass(eq=False)
class UnknownStaff(RuleError):
    name: ClassVar[str] = "unknown_staff"
    code: str


@dataclass(eq=False)
class UnknownProducer(RuleError):
    name: ClassVar[str] = "unknown_producer"
    code: str


@dataclass(eq=False)
class WrongProducer(RuleError):
    """The product belongs to another producer."""

    name: ClassVar[str] = "wrong_producer"
    product: str


@dataclass(eq=False)
class NotRefundable(RuleError):
    """Unknown sale, a reversed one, or more than remains of the line."""

    name: ClassVar[str] = "not_refundable"
    number: str


@dataclass(eq=False)
class NotReversible(RuleError):
    """Unknown document, already reversed, or later documents build on it."""

    name: ClassVar[str] = "not_reversible"
    number: str


@dataclass(eq=False)
class InsufficientCash(RuleError):
    """The drawer does not hold it; ``drawer`` is what should lie in it."""

    name: ClassVar[str] = "insufficient_cash"
    drawer: int
    needed: int


@dataclass(eq=False)
class NothingPayable(RuleError):
    name: ClassVar[str] = "nothing_payable"
    payable: int


@dataclass(eq=False)
class NothingToDeduct(RuleError):
    """No tab of the unit is open up to the cut-off that stands on no other list."""

    name: ClassVar[str] = "nothing_to_deduct"
    month: str


@dataclass(eq=False)
class CutOffAhead(RuleError):
    """A deduction list up to a day that has not come would miss what is sold until then."""

    name: ClassVar[str] = "cut_off_ahead"
    cut_off: str


@dataclass(eq=False)
class UnknownList(RuleError):
    """No deduction list of this number waits: it is unknown, reversed, or collected."""

    name: ClassVar[str] = "unknown_list"
    number: str


@dataclass(eq=False)
class ExceedsStock(RuleError):
    name: ClassVar[str] = "exceeds_stock"
    product: str
    on_hand: int


@dataclass(eq=False)
class OpeningTooLate(RuleError):
    """Balances of the paper book are taken over before the first sale only (rule 12)."""

    name: ClassVar[str] = "opening_too_late"


@dataclass(eq=False)
class MalformedAction(RuleError):
    """A script line that no action fits; ``reason`` is technical English."""

    name: ClassVar[str] = "malformed_action"
    reason: str


@dataclass(eq=False)
class Misuse(RuleError):
    """A command cannot do what was asked; ``reason`` is a translated sentence."""

    name: ClassVar[str] = "misuse"
    reason: str


@dataclass(eq=False)
class LedgerMissing(EnvironmentFault):
    name: ClassVar[str] = "ledger_missing"
    path: str


@dataclass(eq=False)
class LedgerExists(EnvironmentFault):
    name: ClassVar[str] = "ledger_exists"
    path: str


@dataclass(eq=False)
class NotALedger(EnvironmentFault):
    name: ClassVar[str] = "not_a_ledger"
    path: str


@dataclass(eq=False)
class NewerLedger(EnvironmentFault):
    name: ClassVar[str] = "newer_ledger"
    version: int
    known: int


@dataclass(eq=False)
class LedgerBusy(EnvironmentFault):
    """Another till process has this ledger open."""

    name: ClassVar[str] = "ledger_busy"
    path: str


@dataclass(eq=False)
class ReadOnlyLedger(EnvironmentFault):
    name: ClassVar[str] = "read_only"
    path: str


@dataclass(eq=False)
class DiskFull(EnvironmentFault):
    name: ClassVar[str] = "disk_full"
    path: str


@dataclass(eq=False)
class DamagedLedger(EnvironmentFault):
    """``entry`` is the first bad entry, 0 when the file itself is damaged."""

    name: ClassVar[str] = "damaged_ledger"
    entry: int
    reason: str


@dataclass(eq=False)
class ForeignSeal(EnvironmentFault):
    """The newest seal, that of the closing ``seq``, is by another computer's key, and nothing here vouches for it.

    A file that was copied by hand instead of restored, or a history that was made up: no damage that a repair mends.
    """

    name: ClassVar[str] = "foreign_seal"
    seq: int


@dataclass(eq=False)
class OlderLedger(EnvironmentFault):
    """The ledger must be upgraded before it is read, and another process has it open."""

    name: ClassVar[str] = "older_ledger"
    path: str


@dataclass(eq=False)
class DamagedKey(EnvironmentFault):
    """A key file of this till holds something else; without it the till cannot sign or read names."""

    name: ClassVar[str] = "damaged_key"
    path: str


@dataclass(eq=False)
class StorageFault(EnvironmentFault):
    """The disk refused a write or a read; nothing was half done."""

    name: ClassVar[str] = "storage_fault"
    reason: str


@dataclass(eq=False)
class Unsettled(EnvironmentFault):
    """The disk failed while document ``number`` was committed, and hides whether that happened."""

    name: ClassVar[str] = "unsettled"
    number: str
    id: str


@dataclass(eq=False)
class RecordedAfterAll(EnvironmentFault):
    """Document ``number``, which was unsettled, was recorded as entry ``seq``. Nothing else was written."""

    name: ClassVar[str] = "recorded_after_all"
    number: str
    id: str
    seq: int


@dataclass(eq=False)
class OldSqlite(EnvironmentFault):
    """The SQLite library has the WAL-reset bug (fixed in 3.51.3)."""

    name: ClassVar[str] = "old_sqlite"
    version: str


@dataclass(eq=False)
class KeyStoreClosed(EnvironmentFault):
    """The system's key store gives no key, or another one than it kept for this till."""

    name: ClassVar[str] = "key_store_closed"


@dataclass(eq=False)
class NoBackupFolder(EnvironmentFault):
    """The folder for backups is not there: a stick that was pulled out, a network that is gone."""

    name: ClassVar[str] = "no_backup_folder"
    path: str


@dataclass(eq=False)
class NoBackupSpace(EnvironmentFault):
    """A copy of the ledger does not fit into a folder; ``size`` (what it takes) and ``free`` in megabytes."""

    name: ClassVar[str] = "no_backup_space"
    path: str
    size: int
    free: int


@dataclass(eq=False)
class BadCopy(EnvironmentFault):
    """A copy of a whole ledger reads back differently: the disk it lies on is failing."""

    name: ClassVar[str] = "bad_copy"
    path: str


@dataclass(eq=False)
class IsBackup(EnvironmentFault):
    """A backup is no ledger to work in: its numbers would come twice. It is restored instead."""

    name: ClassVar[str] = "is_backup"
    path: str


@dataclass(eq=False)
class OtherLedger(EnvironmentFault):
    """A backup of another till than the ledger that it would replace."""

    name: ClassVar[str] = "other_ledger"
    path: str


@dataclass(eq=False)
class NoUsableBackup(EnvironmentFault):
    """The ledger cannot be repaired from itself, and none of the backups goes with it."""

    name: ClassVar[str] = "no_usable_backup"
    path: str


@dataclass(eq=False)
class SeveralLedgers(EnvironmentFault):
    """Backups of several tills, and nothing tells which of them is meant."""

    name: ClassVar[str] = "several_ledgers"
    path: str


@dataclass(eq=False)
class MistypedCode(RuleError):
    """A recovery code that cannot be one; ``group`` is where to look (from 1), 0 where that is not known."""

    name: ClassVar[str] = "mistyped_recovery_code"
    group: int


@dataclass(eq=False)
class WrongCode(RuleError):
    """A recovery code of another ledger, or one that a newer code replaced."""

    name: ClassVar[str] = "wrong_recovery_code"


@dataclass(eq=False)
class NamesLocked(RuleError):
    """Names are sealed with a key that this computer lacks: a new recovery code would not open them."""

    name: ClassVar[str] = "names_locked"


@dataclass(eq=False)
class NoRecoveryCode(RuleError):
    """No recovery code was ever made for this ledger."""

    name: ClassVar[str] = "no_recovery_code"
