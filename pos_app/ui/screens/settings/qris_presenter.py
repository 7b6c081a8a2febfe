"""Rules of the QRIS card in Settings: whose code it is, whether it is right, and a code to try. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pos_app.domain import qris
from pos_app.domain.formats import rupiah
from pos_app.domain.qris import QrisError
from pos_app.i18n import N_, _
from pos_app.ledger import queries, registry
from pos_app.services.context import Counter
from pos_app.ui import settings_keys as keys
from pos_app.ui.messages import Message

TEST_AMOUNT: Final = 12_500
QRIS_REASONS: Final = {
    "malformed": N_("This is no QRIS code. Scan or paste the whole text of the printed code."),
    "crc_mismatch": N_("The code was copied with a mistake: its check digits differ. Scan it again."),
    "not_static": N_("This code carries an amount. Use the static code from the printed poster."),
    "unsupported": N_("This code is not for rupiah in Indonesia."),
    "bad_amount": N_("This code cannot carry an amount."),
    "too_long": N_("This code is too long to carry an amount."),
}


@dataclass(frozen=True, slots=True)
class QrisSettings:
    """The corner's static code (empty: none), and whether its provider agreed to codes with an amount."""

    static: str
    dynamic: bool


class QrisPresenter:
    """Reads, checks and keeps the corner's QRIS code."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    def qris(self) -> QrisSettings:
        """As it is set."""
        db = self.counter.db
        return QrisSettings(
            queries.setting(db, keys.QRIS_STATIC, ""), queries.setting(db, keys.QRIS_DYNAMIC, "") == "1"
        )

    def fact(self, payload: str) -> tuple[str, str, str]:
        """Who a code pays, or why it is none: text, icon, tone."""
        text = payload.strip()
        if not text:
            return _("No QRIS yet; the till takes cash, tabs and transfers."), "information-outline", "muted"
        try:
            qris.parse_static(text)
            merchant = qris.merchant(text)
        except QrisError as error:
            return _(QRIS_REASONS[error.reason]), "alert-circle-outline", "danger"
        who = " · ".join(part for part in (merchant.name, merchant.city, merchant.nmid) if part)
        return who, "check-circle-outline", "success"

    def obstacle(self, settings: QrisSettings) -> Message | None:
        """Why a code cannot be kept."""
        text, _icon, tone = self.fact(settings.static)
        return Message("E", text) if tone == "danger" else None

    def save(self, settings: QrisSettings) -> None:
        """Keeps the code. Raises the faults of the disk."""
        with self.counter.ledger.write() as tx:
            registry.set_setting(tx.db, keys.QRIS_STATIC, settings.static.strip())
            registry.set_setting(tx.db, keys.QRIS_DYNAMIC, "1" if settings.dynamic else "0")

    def test(self, payload: str) -> tuple[str, Message]:
        """A code over a small amount to try with one's own phone; an empty text when it cannot be made."""
        try:
            code = qris.with_amount(payload.strip(), TEST_AMOUNT)
        except QrisError as error:
            return "", Message("E", _(QRIS_REASONS[error.reason]))
        text = _("Scan it with a phone: it must show {amount} and the corner's name. Do not pay.")
        return code, Message("I", text.format(amount=rupiah(TEST_AMOUNT)))
