"""Staff tabs: the PIN that a purchase asks for, repayments, and balances taken over from the paper book."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pos_app.domain.errors import (
    EmptyDocument,
    InvalidAmount,
    InvalidStaffPin,
    NoStaffPin,
    OpeningTooLate,
    UnknownProducer,
    UnknownStaff,
    WrongPin,
)
from pos_app.ledger import queries, registry, staff
from pos_app.ledger.sqlite import Connection
from pos_app.services import pins
from pos_app.services.context import Counter, Recorded, done
from sync.documents.money import Opening, TabPayment

STAFF_PIN_DIGITS = 4
LARGEST_LIMIT = 100_000_000


def staff_has_pin(counter: Counter, code: str) -> bool:
    """Whether this staff member confirms purchases by a PIN; without one they sign."""
    return staff.pin(counter.db, code) is not None


def set_staff_pin(counter: Counter, staff_code: str, pin: str, approved_by: str | None = None) -> None:
    """A manager lets a staff member choose a PIN, the first or another one; it is logged.

    Raises ``ManagerNeeded``, ``UnknownStaff`` and ``InvalidStaffPin``.
    """
    counter.require_manager("staff_pin", approved_by)
    if not pins.has_digits(pin, STAFF_PIN_DIGITS):
        raise InvalidStaffPin
    pin_hash = pins.hashed(pin)
    with counter.ledger.write() as tx:
        _require_staff(tx.db, staff_code)
        staff.set_pin(tx.db, staff_code, pin_hash)
        counter.log(tx.db, "staff_pin_set", staff_code, approved_by)


def check_staff_pin(counter: Counter, staff_code: str, pin: str) -> None:
    """Raise unless this is the PIN of the staff member who buys.

    ``WrongPin`` tells the tries left; after five the next try waits a minute, also after a restart. ``NoStaffPin``:
    none was ever set. A right and a wrong PIN take the same time.
    """
    kept = staff.pin(counter.db, staff_code)
    if kept is None:
        raise NoStaffPin(staff_code)
    now = counter.clock()
    if seconds := pins.waits(kept.locked_until, now):
        raise WrongPin(0, seconds)
    if pins.matches(kept.pin_hash, pin):
        if kept.failures:
            with counter.ledger.write() as tx:
                staff.record_attempt(tx.db, staff_code, 0, None)
        return
    with counter.ledger.write() as tx:
        staff.record_attempt(tx.db, staff_code, *pins.after_wrong(kept.failures, now))
        counter.log(tx.db, "pin_failed", staff_code)
    left = pins.TRIES - 1 - kept.failures
    raise WrongPin(left, int(pins.WAIT.total_seconds()) if left <= 0 else 0)


def set_limit(counter: Counter, staff_code: str, limit: int, approved_by: str | None = None) -> None:
    """A manager changes how much a tab may come to (rupiah; 0: no tab); it is logged with both figures.

    Raises ``ManagerNeeded``, ``UnknownStaff`` and ``InvalidAmount``.
    """
    counter.require_manager("tab_limit", approved_by)
    if not 0 <= limit <= LARGEST_LIMIT:
        raise InvalidAmount(str(limit))
    with counter.ledger.write() as tx:
        before = registry.tab_limit(tx.db, staff_code)
        if before is None:
            raise UnknownStaff(staff_code)
        staff.set_limit(tx.db, staff_code, limit)
        counter.log(tx.db, f"tab_limit:{before}:{limit}", staff_code, approved_by)


def set_mandate(counter: Counter, staff_code: str, given_on: date | None, approved_by: str | None = None) -> None:
    """A manager notes that the letter of authority for deductions lies here; None: it was withdrawn. It is logged.

    Raises ``ManagerNeeded`` and ``UnknownStaff``.
    """
    counter.require_manager("mandate", approved_by)
    with counter.ledger.write() as tx:
        _require_staff(tx.db, staff_code)
        staff.set_mandate(tx.db, staff_code, given_on.isoformat() if given_on else None)
        counter.log(tx.db, "mandate_given" if given_on else "mandate_withdrawn", staff_code, approved_by)


def _require_staff(db: Connection, code: str) -> None:
    if registry.tab_limit(db, code) is None:
        raise UnknownStaff(code)


def pay_tab(
    counter: Counter,
    staff_code: str,
    amount: int,
    tender: Literal["cash", "qris", "transfer"],
    *,
    reference: str = "",
    note: str | None = None,
    approved_by: str | None = None,
) -> Recorded:
    """A staff member pays ``amount`` rupiah of the tab. Raises ``UnknownStaff``, ``NoOpenShift``, ``InvalidAmount``."""
    if amount < 1:
        raise InvalidAmount(str(amount))
    with counter.record() as now:
        _require_staff(now.db, staff_code)
        now.require_shift()
        now.append(
            TabPayment(
                number=now.number(TabPayment.PREFIX),
                note=now.note(note),
                approved_by=approved_by,
                staff=staff_code,
                amount=amount,
                tender=tender,
                reference=reference,
            ),
            paper="tab_payment",
        )
    return done(now)


def take_over(
    counter: Counter,
    payable: Mapping[str, int],
    tabs: Mapping[str, int],
    *,
    note: str | None = None,
    approved_by: str | None = None,
    draft: str | None = None,
) -> Recorded:
    """Opening balances in rupiah by producer and staff member; before the first sale only (rule 12).

    ``draft`` is the slot in which they were typed, emptied with them.
    """
    counter.require_manager("opening", approved_by)
    if not payable and not tabs:
        raise EmptyDocument
    with counter.record(draft) as now:
        if queries.recent(now.db, "sale", 1):
            raise OpeningTooLate
        for producer in payable:
            if registry.producer_name(now.db, producer) is None:
                raise UnknownProducer(producer)
        for code in tabs:
            _require_staff(now.db, code)
        now.append(
            Opening(
                number=now.number(Opening.PREFIX),
                note=now.note(note),
                approved_by=approved_by,
                payable=dict(payable),
                tabs=dict(tabs),
            ),
            paper="opening",
        )
    return done(now)
