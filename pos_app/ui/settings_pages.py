"""The two pages of Settings, as chips at their top: this till, and the safety of its data."""

from __future__ import annotations

from pos_app.i18n import _
from pos_app.ui.screen import Shell
from pos_app.ui.widgets.forms import ChipRow


def settings_pages(shell: Shell, current: str) -> ChipRow:
    """Chips that lead from one page to the other; ``current`` is the name of the screen they stand on."""
    chips = ChipRow(shell.theme, [("settings", _("This till")), ("safety", _("Data safety"))])
    chips.choose(current)
    chips.chosen.connect(shell.go)
    return chips
