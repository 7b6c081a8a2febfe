"""Staff tabs: repayments, and balances taken over from the paper book."""

from collections.abc import Mapping
from typing import Literal

from pos_app.domain.errors import EmptyDocument, InvalidAmount, OpeningTooLate, UnknownProducer, UnknownStaff
from pos_app.ledger import queries, registry
from pos_app.services.context import Counter, Recorded, done
from sync.documents.money import Opening, TabPayment


def pay_tab(
    counter: Counter,
    staff: str,
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
        if registry.tab_limit(now.db, staff) is None:
            raise UnknownStaff(staff)
        now.require_shift()
        now.append(
            TabPayment(
                number=now.number(TabPayment.PREFIX),
                note=now.note(note),
                approved_by=approved_by,
                staff=staff,
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
) -> Recorded:
    """Opening balances in rupiah by producer and staff member; before the first sale only (rule 12)."""
    counter.require_manager("opening", approved_by)
    if not payable and not tabs:
        raise EmptyDocument
    with counter.record() as now:
        if queries.recent(now.db, "sale", 1):
            raise OpeningTooLate
        for producer in payable:
            if registry.producer_name(now.db, producer) is None:
                raise UnknownProducer(producer)
        for staff in tabs:
            if registry.tab_limit(now.db, staff) is None:
                raise UnknownStaff(staff)
        now.append(
            Opening(
                number=now.number(Opening.PREFIX),
                note=now.note(note),
                approved_by=approved_by,
                payable=dict(payable),
                tabs=dict(tabs),
            ),
        )
    return done(now)
