"""Rows of the Sync screen: entries that wait or are sent, what needs a look, and messages of the centre. No Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from pos_app.domain.dates import business_date, short_date, short_moment, time_text
from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import N_, _, language
from pos_app.ledger import centre_messages, feeds, left_out, listing
from pos_app.ledger.centre_messages import CentreMessage
from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.feeds import Differing
from pos_app.ledger.listing import JournalLine
from pos_app.services.context import Counter

Filter = Literal["waiting", "review", "sent", "messages"]
SHOWN: Final = 300
KINDS: Final = {
    "sale": N_("Sale"),
    "refund": N_("Refund"),
    "goods_received": N_("Goods in"),
    "goods_returned": N_("Return"),
    "write_off": N_("Write-off"),
    "stock_count": N_("Stock count"),
    "settlement": N_("Producer payment"),
    "tab_payment": N_("Tab repayment"),
    "deduction_list": N_("Deduction list"),
    "deduction_collected": N_("Salary deduction"),
    "cash_move": N_("Cash in/out"),
    "opening": N_("Opening balances"),
    "price_set": N_("Price"),
    "qris_matched": N_("QRIS matching"),
    "shift_opened": N_("Shift opened"),
    "shift_closed": N_("Shift closed"),
    "reversal": N_("Reversal"),
}
REASONS: Final = {
    "unknown_kind": N_("The centre's program is older than this one and does not know this kind of document yet."),
    "invalid_document": N_("The centre's program does not accept a field of this document."),
    "duplicate_document": N_("The centre has this document under another number already and counts it once."),
    "unreadable": N_("The centre cannot read this entry."),
    "misplaced": N_("This entry names another place in the journal than its own."),
    "unbalanced": N_("The amounts of this document do not sum to zero."),
    "overflow": N_("With this document a sum would be larger than the centre can keep."),
}
"""Why the centre stored an entry and could not count it."""
OTHER_REASON: Final = N_("The centre could not count this document ({name}).")
RECEIVED: Final = N_("It has been received and is safe. Diskoperin looks at it; nothing is to be done here.")


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """One row: time with its day (empty: today), kind, content, rupiah (0 for none) and its status with a tone.

    ``words`` are sentences that stand below, whole. ``message`` is the id of an unread message.
    """

    when: str
    kind: str
    content: str
    amount: int
    status: str
    tone: str
    words: str = ""
    day: str = ""
    message: str = ""


class Listed:
    """Reads the rows of each chip."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def moment(self, text: str) -> str:
        """A time as people read it, without the day when it is today's; nothing for nothing."""
        if not text:
            return ""
        moment = datetime.fromisoformat(text)
        today = business_date(moment) == business_date(self._counter.clock())
        return time_text(moment, language()) if today else short_moment(moment, language())

    def entries(self, after: int, through: int, *, sent: bool) -> Iterator[ListedEntry]:
        """Entries of the journal, newest first."""
        status, tone = (_("Sent"), "success") if sent else (_("Waiting"), "warning")
        for line in listing.journal_lines(self._counter.db, after, through, limit=SHOWN):
            yield self._entry(line, status, tone)

    def _entry(self, line: JournalLine, status: str, tone: str, words: str = "") -> ListedEntry:
        content = f"{line.number} · {line.producer}" if line.producer else line.number
        kind = _(KINDS.get(line.kind, line.kind))
        moment = datetime.fromisoformat(line.at)
        today = business_date(moment) == business_date(self._counter.clock())
        day = "" if today else short_date(business_date(moment))
        return ListedEntry(time_text(moment, language()), kind, content, line.amount, status, tone, words, day)

    def review(self) -> Iterator[ListedEntry]:
        """Entries that the centre could not count, and goods whose prices differ from those it proposes."""
        for one in LedgerStore(self._counter.ledger).marked():
            reason = REASONS.get(one.reason)
            why = _(reason) if reason else _(OTHER_REASON).format(name=one.reason)
            for line in listing.journal_lines(self._counter.db, one.seq - 1, one.seq):
                yield self._entry(line, _("To review"), "danger", f"{why} {_(RECEIVED)}")
        for goods in feeds.differing(self._counter.db, SHOWN):
            yield _priced(goods)
        for row in left_out.listed(self._counter.db):
            yield _left_out(row)

    def messages(self) -> Iterator[ListedEntry]:
        """Messages of the centre, unread ones first."""
        for one in centre_messages.messages(self._counter.db):
            status, tone = (_("Read"), "muted") if one.read else (_("New"), "primary")
            words = " · ".join(filter(None, (status, self.moment(one.at))))
            unread = "" if one.read else one.id
            yield ListedEntry("", _("Message"), message_text(one), 0, status, tone, words, message=unread)


def message_text(message: CentreMessage) -> str:
    """A message in words; of a kind that this program does not know, what it holds."""
    if message.kind == "proposal_refused":
        text = _("Diskoperin did not take {code} into its list: {reason} It stays usable here.")
        return text.format(code=message.facts.get("code", ""), reason=_sentence(message.facts.get("reason", "")))
    if message.kind == "proposal_taken":
        return _("Diskoperin took {code} into its list after all.").format(code=message.facts.get("code", ""))
    if message.kind == "proposal_given":
        text = _("Diskoperin knows {code} as something else, from an earlier ledger of this till. Register it anew.")
        return text.format(code=message.facts.get("code", ""))
    return message.facts.get("text") or " · ".join(
        value for key, value in message.facts.items() if key not in ("kind", "at")
    )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) or not text else f"{text}."


def _priced(goods: Differing) -> ListedEntry:
    """Prices are the corner's own: a difference is told, never mended by itself."""
    own, proposed = _terms(goods.own), _terms(goods.proposed)
    both = _("Corner {own}, Diskoperin {proposed}.").format(own=own, proposed=proposed)
    rule = _("The corner's price holds. A manager may change it in Products; Diskoperin only proposes.")
    return ListedEntry("", _("Price"), goods.name, 0, _("Differs"), "warning", f"{both} {rule}")


def _left_out(row: left_out.Listed) -> ListedEntry:
    """What of the centre's list this ledger did not take in."""
    name = row.name or row.key
    if row.why == "refused":
        text = _("Diskoperin's list tells something of {name} that this program cannot take in. All else was taken in.")
    else:
        text = _("Diskoperin's list names {name} under {code}, which is something else here. Register yours anew.")
    words = text.format(name=name, code=row.key)
    return ListedEntry("", _("List of Diskoperin"), row.key, 0, _("Left out"), "warning", words)


def _terms(terms: tuple[int | None, int | None, int]) -> str:
    """Selling price, with the consign price or the share where there is one."""
    consign, share, sell = terms
    if consign is not None:
        return f"{rupiah(sell)} ({thousands(consign)})"
    return f"{rupiah(sell)} ({share / 100:g} %)" if share is not None else rupiah(sell)
