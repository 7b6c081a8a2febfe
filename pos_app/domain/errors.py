"""What can go wrong, as data. The screen and the command line word it; nothing here is text for people.

    PosError
    ├── RuleError          the cashier can act: add cash, ask the manager, open the shift
    └── EnvironmentFault   disk, printer, network, a damaged or foreign file

Anything else is a bug and goes to the crash report. ``name`` is stable: scripts and the centre rely on it.
Money is in rupiah, quantities in thousandths.
"""

from typing import ClassVar, dataclass_transform


@dataclass_transform(eq_default=False)
class PosError(Exception):
    """Base of all expected errors. A class names its data by annotations, in the order of its arguments.

    They are no dataclasses: making sixty of those costs every start 9 ms.
    """

    name: ClassVar[str] = "error"
    fields: ClassVar[dict[str, object]] = {}
    """Names and types of the data."""

    def __init_subclass__(cls) -> None:
        own = {name: kind for name, kind in cls.__annotations__.items() if name != "name"}
        cls.fields = {**cls.fields, **own}

    def __init__(self, *values: object, **named: object) -> None:
        data = {**dict(zip(self.fields, values, strict=False)), **named}
        missing = [name for name in self.fields if name not in data and not hasattr(type(self), name)]
        if missing or len(data) < len(values) + len(named) or data.keys() - self.fields.keys():
            raise TypeError(f"{type(self).__name__} takes {', '.join(self.fields) or 'nothing'}")
        self.__dict__.update(data)

    def __repr__(self) -> str:
        data = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.fields)
        return f"{type(self).__name__}({data})"


class RuleError(PosError):
    """A rule of the counter forbids it; the cashier can act."""


class EnvironmentFault(PosError):
    """Something around the program fails."""


class UnknownCode(RuleError):
    name: ClassVar[str] = "unknown_code"
    code: str


class WrongCheckDigit(RuleError):
    """A scan lost or changed a digit; nothing was looked up."""

    name: ClassVar[str] = "unknown_code"
    code: str


class AmbiguousCode(RuleError):
    """One barcode, goods of several producers; the cashier chooses among ``skus``."""

    name: ClassVar[str] = "ambiguous_code"
    code: str
    skus: tuple[str, ...]


class NotUnmatched(RuleError):
    """The QRIS money of entry ``seq`` is matched already, or there is none."""

    name: ClassVar[str] = "not_unmatched"
    seq: int


class FeeBelowZero(RuleError):
    """The bank cannot show more than the ``total`` rupiah that buyers paid, nor less than nothing."""

    name: ClassVar[str] = "fee_below_zero"
    total: int


class TooManyUnmatched(RuleError):
    """A match settles at most ``most`` entries and leaves at most as many older ones."""

    name: ClassVar[str] = "too_many_unmatched"
    most: int


class NoPrice(RuleError):
    name: ClassVar[str] = "no_price"
    product: str


class ExpiredGoods(RuleError):
    name: ClassVar[str] = "expired_goods"
    product: str
    expires_on: str


class InvalidQuantity(RuleError):
    name: ClassVar[str] = "invalid_quantity"
    text: str


class InvalidAmount(RuleError):
    name: ClassVar[str] = "invalid_amount"
    text: str


class ShareAbovePrice(RuleError):
    """The producer would get more for a piece than the buyer pays; both in rupiah."""

    name: ClassVar[str] = "invalid_amount"
    product: str
    consign_price: int
    sell_price: int


class CommissionOutOfRange(RuleError):
    """A commission is a part of the price: 0 to 100 %."""

    name: ClassVar[str] = "invalid_amount"
    product: str


class TermsDiffer(RuleError):
    """Two lines of one delivery give the same goods different prices."""

    name: ClassVar[str] = "invalid_amount"
    product: str


class DiscountTooLarge(RuleError):
    name: ClassVar[str] = "invalid_amount"
    discount: int
    limit: int


class InvalidDate(RuleError):
    name: ClassVar[str] = "invalid_date"
    text: str


class PriceChanged(RuleError):
    """A price changed since the cart was filled; ``total`` is what it costs now."""

    name: ClassVar[str] = "price_changed"
    total: int


class CountedTwice(RuleError):
    name: ClassVar[str] = "counted_twice"
    product: str


class CountUnderWay(RuleError):
    """A stock count is under way at this till: it is posted or cancelled before another begins."""

    name: ClassVar[str] = "count_under_way"


class NoCount(RuleError):
    """No stock count is under way."""

    name: ClassVar[str] = "no_count"


class NotCounted(RuleError):
    """``left`` goods of the scope were neither counted nor declared nor left out."""

    name: ClassVar[str] = "not_counted"
    left: int


class CountAgain(RuleError):
    """These goods must be counted again: they moved meanwhile in a way that leaves their count open."""

    name: ClassVar[str] = "count_again"
    goods: str


class EmptyDocument(RuleError):
    name: ClassVar[str] = "malformed_action"


class Underpaid(RuleError):
    """The tenders do not cover the sale; ``shortfall`` in rupiah."""

    name: ClassVar[str] = "underpaid"
    shortfall: int


class OverpaidNonCash(RuleError):
    """QRIS, tab and transfer pay more than the total; change is given from cash only."""

    name: ClassVar[str] = "overpaid_non_cash"
    excess: int


class NoOpenShift(RuleError):
    name: ClassVar[str] = "no_open_shift"


class ShiftAlreadyOpen(RuleError):
    name: ClassVar[str] = "shift_already_open"
    opened_at: str


class StaleShift(RuleError):
    """The shift of an earlier day is still open; it is closed before anything is sold."""

    name: ClassVar[str] = "stale_shift"
    opened_at: str


class DifferenceNeedsNote(RuleError):
    name: ClassVar[str] = "difference_needs_note"
    difference: int


class ManagerNeeded(RuleError):
    """Only with a manager's approval; ``action`` is a stable code."""

    name: ClassVar[str] = "manager_needed"
    action: str


class InvalidPin(RuleError):
    """A PIN has six digits."""

    name: ClassVar[str] = "invalid_pin"


class InvalidStaffPin(RuleError):
    """The PIN of a staff member has four digits."""

    name: ClassVar[str] = "invalid_pin"


class NoStaffPin(RuleError):
    """A staff member who never chose a PIN cannot confirm by one."""

    name: ClassVar[str] = "no_staff_pin"
    code: str


class ImportRefused(RuleError):
    """A spreadsheet with ``rejected`` bad fields was not imported."""

    name: ClassVar[str] = "import_refused"
    rejected: int


class WrongPin(RuleError):
    name: ClassVar[str] = "wrong_pin"
    tries_left: int
    wait_seconds: int = 0


class TabLimitExceeded(RuleError):
    name: ClassVar[str] = "tab_limit_exceeded"
    staff: str
    excess: int


class UnknownStaff(RuleError):
    name: ClassVar[str] = "unknown_staff"
    code: str


class UnknownProducer(RuleError):
    name: ClassVar[str] = "unknown_producer"
    code: str


class WrongProducer(RuleError):
    """The product belongs to another producer."""

    name: ClassVar[str] = "wrong_producer"
    product: str


class NotRefundable(RuleError):
    """Unknown sale, a reversed one, or more than remains of the line."""

    name: ClassVar[str] = "not_refundable"
    number: str


class SeveralTabs(RuleError):
    """Goods of a sale that several people paid on their tabs cannot come back to one of them."""

    name: ClassVar[str] = "several_tabs"
    number: str


class NotReversible(RuleError):
    """Unknown document, already reversed, or later documents build on it."""

    name: ClassVar[str] = "not_reversible"
    number: str


class GoodsGone(RuleError):
    """A delivery, or a find, of which something left the shelf: ``gone`` of ``brought`` thousandths of ``product``."""

    name: ClassVar[str] = "not_reversible"
    number: str
    product: str
    gone: int
    brought: int


class InsufficientCash(RuleError):
    """The drawer does not hold it; ``drawer`` is what should lie in it."""

    name: ClassVar[str] = "insufficient_cash"
    drawer: int
    needed: int


class NothingPayable(RuleError):
    name: ClassVar[str] = "nothing_payable"
    payable: int


class DeductedTooMuch(RuleError):
    """The deductions of a payment are above what is owed. Rupiah."""

    name: ClassVar[str] = "deducted_too_much"
    owed: int
    deducted: int


class OwedChanged(RuleError):
    """Another amount would be paid to a producer than was confirmed: something happened meanwhile. Rupiah."""

    name: ClassVar[str] = "owed_changed"
    producer: str
    payable: int


class NoAccount(RuleError):
    """A transfer to a producer whose bank account is missing, or none that a bank could take."""

    name: ClassVar[str] = "no_account"
    producer: str


class NothingToDeduct(RuleError):
    """No tab of the unit is open up to the cut-off that stands on no other list."""

    name: ClassVar[str] = "nothing_to_deduct"
    month: str


class CutOffAhead(RuleError):
    """A deduction list up to a day that has not come would miss what is sold until then."""

    name: ClassVar[str] = "cut_off_ahead"
    cut_off: str


class UnknownList(RuleError):
    """No deduction list of this number waits: it is unknown, reversed, or collected."""

    name: ClassVar[str] = "unknown_list"
    number: str


class ExceedsStock(RuleError):
    name: ClassVar[str] = "exceeds_stock"
    product: str
    on_hand: int


class MissingElsewhere(RuleError):
    name: ClassVar[str] = "missing_elsewhere"
    product: str
    missing: int
    on_hand: int


class NotExpired(RuleError):
    """More is written off as expired than has reached its last day of sale: ``expired`` thousandths."""

    name: ClassVar[str] = "not_expired"
    product: str
    expired: int


class NotNext(RuleError):
    """Bought goods of a batch are not the next to be sold: others came before."""

    name: ClassVar[str] = "not_next"
    product: str


class OpeningTooLate(RuleError):
    """Balances of the paper book are taken over before the first sale only (rule 12)."""

    name: ClassVar[str] = "opening_too_late"


class MalformedAction(RuleError):
    """A script line that no action fits; ``reason`` is technical English."""

    name: ClassVar[str] = "malformed_action"
    reason: str


class Misuse(RuleError):
    """A command cannot do what was asked; ``reason`` is a translated sentence."""

    name: ClassVar[str] = "misuse"
    reason: str


class LedgerMissing(EnvironmentFault):
    name: ClassVar[str] = "ledger_missing"
    path: str


class JoiningCutOff(LedgerMissing):
    """Two histories were being put together when the computer went off; both files lie beside the name."""

    name: ClassVar[str] = "joining_cut_off"


class LedgerExists(EnvironmentFault):
    name: ClassVar[str] = "ledger_exists"
    path: str


class NotALedger(EnvironmentFault):
    name: ClassVar[str] = "not_a_ledger"
    path: str


class NewerLedger(EnvironmentFault):
    name: ClassVar[str] = "newer_ledger"
    version: int
    known: int


class LedgerBusy(EnvironmentFault):
    """Another till process has this ledger open."""

    name: ClassVar[str] = "ledger_busy"
    path: str


class ReadOnlyLedger(EnvironmentFault):
    name: ClassVar[str] = "read_only"
    path: str


class DiskFull(EnvironmentFault):
    name: ClassVar[str] = "disk_full"
    path: str


class DamagedLedger(EnvironmentFault):
    """``entry`` is the first bad entry, 0 when the file itself is damaged."""

    name: ClassVar[str] = "damaged_ledger"
    entry: int
    reason: str


class ForeignSeal(EnvironmentFault):
    """The newest seal, that of the closing ``seq``, is by another computer's key, and nothing here vouches for it.

    A file that was copied by hand instead of restored, or a history that was made up: no damage that a repair mends.
    """

    name: ClassVar[str] = "foreign_seal"
    seq: int


class OlderLedger(EnvironmentFault):
    """The ledger must be upgraded before it is read, and another process has it open."""

    name: ClassVar[str] = "older_ledger"
    path: str


class DamagedKey(EnvironmentFault):
    """A key file of this till holds something else; without it the till cannot sign or read names."""

    name: ClassVar[str] = "damaged_key"
    path: str


class StorageFault(EnvironmentFault):
    """The disk refused a write or a read; nothing was half done."""

    name: ClassVar[str] = "storage_fault"
    reason: str


class Unsettled(EnvironmentFault):
    """The disk failed while document ``number`` was committed, and hides whether that happened."""

    name: ClassVar[str] = "unsettled"
    number: str
    id: str


class RecordedAfterAll(EnvironmentFault):
    """Document ``number``, which was unsettled, was recorded as entry ``seq``. Nothing else was written."""

    name: ClassVar[str] = "recorded_after_all"
    number: str
    id: str
    seq: int


class OldSqlite(EnvironmentFault):
    """The SQLite library has the WAL-reset bug (fixed in 3.51.3)."""

    name: ClassVar[str] = "old_sqlite"
    version: str


class KeyStoreClosed(EnvironmentFault):
    """The system's key store gives no key, or another one than it kept for this till."""

    name: ClassVar[str] = "key_store_closed"


class NoBackupFolder(EnvironmentFault):
    """The folder for backups is not there: a stick that was pulled out, a network that is gone."""

    name: ClassVar[str] = "no_backup_folder"
    path: str


class NoBackupSpace(EnvironmentFault):
    """A copy of the ledger does not fit into a folder; ``size`` (what it takes) and ``free`` in megabytes."""

    name: ClassVar[str] = "no_backup_space"
    path: str
    size: int
    free: int


class BadCopy(EnvironmentFault):
    """A copy of a whole ledger reads back differently: the disk it lies on is failing."""

    name: ClassVar[str] = "bad_copy"
    path: str


class IsBackup(EnvironmentFault):
    """A backup is no ledger to work in: its numbers would come twice. It is restored instead."""

    name: ClassVar[str] = "is_backup"
    path: str


class OtherLedger(EnvironmentFault):
    """A backup of another till than the ledger that it would replace."""

    name: ClassVar[str] = "other_ledger"
    path: str


class NoUsableBackup(EnvironmentFault):
    """The ledger cannot be repaired from itself, and none of the backups goes with it."""

    name: ClassVar[str] = "no_usable_backup"
    path: str


class SeveralLedgers(EnvironmentFault):
    """Backups of several tills, and nothing tells which of them is meant."""

    name: ClassVar[str] = "several_ledgers"
    path: str
