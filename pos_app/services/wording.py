"""Errors and warnings as one sentence that says what to do next, in the user's language."""

from datetime import date, datetime

from pos_app.domain.dates import short_date, short_moment
from pos_app.domain.errors import DamagedLedger, PosError, WrongPin
from pos_app.domain.formats import quantity_text, rupiah
from pos_app.domain.recovery_errors import MistypedCode
from pos_app.i18n import N_, _, language

SENTENCES = {
    "UnknownCode": N_("Code {code} is not registered. Scan again or register it."),
    "WrongCheckDigit": N_("Barcode misread. Scan again."),
    "AmbiguousCode": N_("Barcode {code} belongs to goods of several producers. Choose one."),
    "NoPrice": N_("{product} has no price. Ask the manager to set it."),
    "ExpiredGoods": N_("{product} expired on {expires_on}. Set it aside for return."),
    "InvalidQuantity": N_(
        "Quantity {text} is not possible. Only goods sold by the kilogram take decimals, at most three."
    ),
    "InvalidAmount": N_("Amount {text} is not possible. Enter whole rupiah."),
    "ShareAbovePrice": N_(
        "{product}: the producer would get {consign_price}, above the sell price {sell_price}. Correct one of the two."
    ),
    "CommissionOutOfRange": N_("{product}: the commission is a part of the price, 0 to 100 %. Correct it."),
    "TermsDiffer": N_("{product} has different prices on two lines. Goods have one price: correct one of the lines."),
    "InvalidDate": N_("{text} is not a date. Enter it as YYYY-MM-DD."),
    "DiscountTooLarge": N_("A discount of {discount} is above the price of the line. At most {limit}."),
    "PriceChanged": N_("A price has changed; the total is now {total}. Check the cart and pay again."),
    "CountedTwice": N_("{product} is in the count twice. Enter it once."),
    "CountUnderWay": N_("A stock count is under way. Post or cancel it first."),
    "NoCount": N_("No stock count is under way. Choose what to count first."),
    "NotCounted": N_("{left} goods were not counted. Count them, declare them zero, or leave them out."),
    "CountAgain": N_("Count again, they were sold or moved meanwhile: {goods}."),
    "EmptyDocument": N_("Nothing entered yet. Add at least one line."),
    "Underpaid": N_("{shortfall} short. Add cash or choose another method."),
    "OverpaidNonCash": N_("{excess} too much: change is given from cash only. Lower the QRIS, tab or transfer amount."),
    "NoOpenShift": N_("Shift not open. Enter the float."),
    "ShiftAlreadyOpen": N_("The shift is open since {opened_at}. Close it first."),
    "StaleShift": N_("The shift of {opened_at} is still open. Close it before selling."),
    "DifferenceNeedsNote": N_("Cash differs by {difference}. Write why before closing."),
    "ManagerNeeded": N_("This needs a manager. Ask for the manager's PIN."),
    "InvalidPin": N_("A PIN has six digits."),
    "InvalidStaffPin": N_("A staff PIN has four digits."),
    "NoStaffPin": N_("Staff member {code} has no PIN yet. A manager sets one on the Staff screen; until then, sign."),
    "ImportRefused": N_("Nothing was imported: {rejected} problems in the file. Mend them or use --skip-bad."),
    "TabLimitExceeded": N_("The tab of {staff} is {excess} over its limit. Pay the excess, or manager PIN."),
    "UnknownStaff": N_("Staff member {code} is not registered. Check the code."),
    "UnknownProducer": N_("Producer {code} is not registered. Check the code."),
    "WrongProducer": N_("{product} belongs to another producer. Choose the right producer."),
    "NotRefundable": N_(
        "Receipt {number} cannot be refunded so: it is unknown, undone, or more than remains of it."
        " Open it and look what remains."
    ),
    "SeveralTabs": N_(
        "Several people paid {number} on their tabs. Give the money back in cash, or undo the whole receipt."
    ),
    "NotUnmatched": N_("One of these is matched already. Choose anew."),
    "FeeBelowZero": N_("The bank cannot show more than {total} for these. Choose what else was paid, or correct it."),
    "TooManyUnmatched": N_("At most {most} at a time, the oldest first. Match those of the first days."),
    "NotReversible": N_(
        "Document {number} cannot be undone: it is unknown, undone already, or later ones build on it."
        " Undo those first, or refund what is left."
    ),
    "GoodsGone": N_(
        "{number} cannot be undone: {gone} of {brought} {product} have left the shelf."
        " Too much recorded? Return or count the rest. Too little? Record what is missing."
    ),
    "InsufficientCash": N_("The drawer holds only {drawer}; {needed} is needed. Use transfer or an earlier cut-off."),
    "NothingPayable": N_("Nothing to pay: the producer's payable is {payable}."),
    "DeductedTooMuch": N_("Deductions of {deducted} are above what is owed, {owed}. Lower or remove one."),
    "OwedChanged": N_("What can be paid to {producer} has changed; it is now {payable}. Look at the list again."),
    "NoAccount": N_("{producer} has no bank account that could be paid. Pay in cash, or enter the account first."),
    "SlipTakenBack": N_("No list was written: {number} was taken back meanwhile. Look at the list again."),
    "SlipListed": N_("No list was written: {number} was put on another list meanwhile. Look at the list again."),
    "AccountChanged": N_("No list was written: the bank account of {producer} was changed. Look at the list again."),
    "NothingToDeduct": N_(
        "Nothing to deduct: no tab of this unit is open up to the cut-off, or all stands on lists."
        " Choose another unit or a later cut-off."
    ),
    "CutOffAhead": N_("The cut-off {cut_off} has not come yet. Wait, or enter an earlier day."),
    "UnknownList": N_(
        "Deduction list {number} waits for nothing: it is unknown, undone, or collected already."
        " Choose its month and unit again."
    ),
    "ExceedsStock": N_("Only {on_hand} of {product} on hand. Enter less, or count the stock."),
    "MissingElsewhere": N_(
        "{missing} of {product} are missing, and only {on_hand} of them are in this till's books. "
        "Count them at the other till."
    ),
    "NeighboursUnheard": N_(
        "Sync till {tills} first, then this till. What was sold there and is not known here would look lost."
    ),
    "NotExpired": N_("Only {expired} of {product} have reached their last day. Choose the batch, or another reason."),
    "NotNext": N_(
        "{product} was bought and is sold in the order in which it came: older pieces come first."
        " Make those cheaper, or a new price for all of them."
    ),
    "OpeningTooLate": N_(
        "Balances of the paper book are taken over before the first sale only. Tell Diskoperin what is missing."
    ),
    "MalformedAction": N_("This line of the script cannot be understood: {reason}"),
    "NoBarcodesLeft": N_("This till has given all its in-store barcodes. Ask Diskoperin for a barcode."),
    "NothingToLabel": N_("Nothing to print: choose goods and a printer, at most 2.000 labels at once."),
    "BadLogo": N_("This picture cannot be read. Choose a PNG or JPEG of at most 8 MB."),
    "Misuse": "{reason}",
    "LedgerMissing": N_(
        "{path} does not exist. Check the path, bring it back with pojok repair, or make a ledger with pojok init."
    ),
    "JoiningCutOff": N_("Joining {path} again was cut off. Run pojok rejoin; nothing is lost."),
    "LedgerExists": N_("{path} exists already. Choose another name; it was not touched."),
    "NotALedger": N_("{path} is not a ledger of this program. Choose another file; it was not touched."),
    "NewerLedger": N_(
        "This ledger was written by a newer program (format {version}, known {known}). Update the program."
    ),
    "OlderLedger": N_(
        "{path} is of an older program and open elsewhere. Close it there, then try again; nothing was changed."
    ),
    "LedgerBusy": N_("The till is already running on {path}. Use that window, or close it first."),
    "ReadOnlyLedger": N_("{path} cannot be written. Check that its folder is there and may be written."),
    "DiskFull": N_("Disk full, selling stopped. Empty the recycle bin, then try again. Nothing was half recorded."),
    "Unsettled": N_(
        "The disk failed while {number} was recorded; whether it was cannot be read. Check the disk, then try again."
    ),
    "RecordedAfterAll": N_("{number} was recorded after all. Do not enter it again; compare before you record more."),
    "DamagedLedger": N_("Ledger damaged from entry {entry}. Stop and repair it. For support: {reason}."),
    "ForeignSeal": N_(
        "Entry {seq} was sealed by another computer's key. If the file was copied from there, restore that file here;"
        " if not, somebody changed it: restore a backup."
    ),
    "DamagedKey": N_("The key {path} is damaged. Put its copy back; the books themselves are whole."),
    "StorageFault": N_(
        "The disk reports an error. Nothing was half recorded; check the disk and try again. For support: {reason}."
    ),
    "OldSqlite": N_("SQLite {version} is too old to be safe. Reinstall the program."),
    "KeyStoreClosed": N_(
        "The computer's key store gives no key for this till. Log in to the computer as its usual user, then try again."
    ),
    "NoBackupFolder": N_("The folder {path} is not there. Insert the stick, or choose another folder."),
    "NoBackupSpace": N_("{path} has only {free} MB free; {size} MB are needed. Make room there."),
    "BadCopy": N_("The copy on {path} reads back wrong. That stick or disk is failing; use another one."),
    "IsBackup": N_("{path} is a backup. Restore it under another name; a till cannot work in it."),
    "OtherLedger": N_("{path} belongs to another till. Choose a backup of this one; nothing was changed."),
    "NoUsableBackup": N_("{path} cannot be repaired without a backup that goes with it. Look for one on every stick."),
    "SeveralLedgers": N_("{path} cannot be read, and the backups are of several tills. Name the one backup to use."),
    "MistypedCode": N_("The recovery code is mistyped. Compare it with the paper."),
    "WrongCode": N_("This recovery code does not fit this backup. Use the code that was valid when it was made."),
    "NoRecoveryCode": N_("This backup was made before there was a recovery code. Names stay hidden; all else works."),
    "NamesLocked": N_(
        "Names are locked, and a new recovery code would not open them. Enter the code that you have first."
    ),
    "NoPaper": N_("This document has no paper."),
}

MONEY = {
    "shortfall",
    "excess",
    "discount",
    "limit",
    "total",
    "difference",
    "drawer",
    "needed",
    "payable",
    "consign_price",
    "sell_price",
    "owed",
    "deducted",
}


def describe(error: PosError) -> str:
    """What happened and what to do next."""
    if isinstance(error, WrongPin):
        return _wrong_pin(error)
    if isinstance(error, MistypedCode) and error.group:
        return _("The recovery code is mistyped, most likely in group {group}. Compare it with the paper.").format(
            group=error.group
        )
    if error.name == "printer_fault":
        from pos_app.services.printing import fault_sentence

        return fault_sentence(getattr(error, "reason", ""))
    if isinstance(error, DamagedLedger) and not error.entry:
        return _("Ledger damaged. Stop and repair it. For support: {reason}.").format(reason=error.reason)
    template = SENTENCES.get(type(error).__name__)
    if template is None:
        return str(error)
    return _(template).format(**{name: _value(name, getattr(error, name)) for name in error.fields})


def _wrong_pin(error: WrongPin) -> str:
    if error.wait_seconds:
        return _("Too many wrong PINs. Wait {seconds} seconds.").format(seconds=error.wait_seconds)
    return _("Wrong PIN. {tries} tries left.").format(tries=error.tries_left)


def _value(name: str, value: object) -> object:
    if name in MONEY and isinstance(value, int):
        return rupiah(value)
    if name in ("on_hand", "expired", "gone", "brought", "missing") and isinstance(value, int):
        return quantity_text(value)
    if name == "opened_at" and isinstance(value, str):
        return _moment(value)
    if name in ("expires_on", "cut_off") and isinstance(value, str):
        return short_date(date.fromisoformat(value))
    return value


def _moment(text: str) -> str:
    return short_moment(datetime.fromisoformat(text), "en" if language() == "en" else "id")


WARNINGS = {
    "below_stock": N_("Stock of {detail} shows zero; item added. Count later."),
    "stale_shift": N_("The shift of {detail} is still open, and the clock looks wrong. Check the date."),
    "clock_implausible": N_("The computer's clock looks wrong ({detail}). Correct it; the order of sales is safe."),
    "recorded_after_all": N_("{detail} was recorded after all, once. Do not enter it again."),
    "handed_over_before": N_("{detail} was handed over before; nothing was changed."),
}
_PLAIN = ("below_stock", "recorded_after_all", "handed_over_before")


def warning(name: str, detail: str) -> str:
    """A warning that came with a recorded document; ``detail`` is a product, a number, or the moment in question."""
    return _(WARNINGS[name]).format(detail=detail if name in _PLAIN else _moment(detail))
