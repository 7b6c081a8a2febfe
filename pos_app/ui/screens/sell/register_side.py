"""Goods that a scan did not find (Ctrl+Enter after message 1): the form about goods, and the manager's PIN."""

from __future__ import annotations

from pos_app.ui.goods_form.panel import GoodsPanel
from pos_app.ui.screen import Shell
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.gate import Gate


class RegisterSide(Gate):
    """The form, and the question before anything is registered."""

    def __init__(self, theme: Theme, shell: Shell) -> None:
        self.panel = GoodsPanel(shell, self.require)
        super().__init__(theme, shell.counter, self.panel)
        self.closed.connect(self._on_closed)

    def press_main(self) -> None:
        """F12."""
        if not self.asking:
            self.panel.main_action()

    def _on_closed(self) -> None:
        self.panel.fields.first().setFocus()
