"""Rules of the look's card in Settings: language, theme, text size and the buyer's display hold at once. No Qt."""

from __future__ import annotations

from pos_app.i18n import language, set_language
from pos_app.ledger import queries, registry
from pos_app.services.context import Counter
from pos_app.ui import settings_keys as keys


class LookPresenter:
    """Keeps each choice for the next start."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    @property
    def language(self) -> str:
        """``id`` or ``en``."""
        return language()

    def set_language(self, code: str) -> None:
        """From now on, and for the next start."""
        set_language("en" if code == "en" else "id")
        self._set(keys.LANGUAGE, code)

    def set_dark(self, dark: bool) -> None:
        """Keeps the theme for the next start."""
        self._set(keys.DARK, "1" if dark else "0")

    def set_scale(self, scale: int) -> None:
        """Keeps the text size for the next start, in percent."""
        self._set(keys.TEXT_SCALE, str(scale))

    @property
    def buyer_display(self) -> bool:
        """Whether the buyer sees the cart in a window of its own."""
        return queries.setting(self.counter.db, keys.BUYER_DISPLAY, "") == "1"

    def set_buyer_display(self, wanted: bool) -> None:
        """The Sell screen opens or closes it when it is next shown."""
        self._set(keys.BUYER_DISPLAY, "1" if wanted else "")

    def _set(self, key: str, value: str) -> None:
        with self.counter.ledger.write() as tx:
            registry.set_setting(tx.db, key, value)
