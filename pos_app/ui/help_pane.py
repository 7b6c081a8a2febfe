"""Help (F1): the keys of the screen and its page of the manual, in a pane over the middle of the window.

``HelpPane(theme, parent)``, ``show_help([("F12", "Bayar")], "sell")``. Esc or F1 closes, Ctrl+F searches the manual,
arrows scroll. While it is open no other key reaches the window: nobody who looks a key up sets off what lies
behind. It takes the focus only to search, so a scan still lands in the screen below.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QUrl
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui import manual
from pos_app.ui.manual import Hit
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import NameText, Text, rule
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import TextField
from pos_app.ui.widgets.page_view import PageView
from pos_app.ui.widgets.table import Cell, Column, RowsModel, TwoLineTable

_KEYS: Final = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
_CONTROL: Final = Qt.KeyboardModifier.ControlModifier
_PASSING: Final = (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus, Qt.Key.Key_0)
"""With Ctrl they change the text size, here too."""
WIDEST: Final = 1000
TWO_COLUMNS_TO: Final = 130
"""Above this text scale the keys take one column."""
MARGIN: Final = 24


class HelpPane(QFrame):
    """See the module."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self._keys: Sequence[tuple[str, str]] = ()
        self._page = manual.FIRST
        self._before: QWidget | None = None
        self.setProperty("card", "overlay")
        self.title = NameText(theme, step="title", weight=700)
        self.search = TextField(theme, placeholder=_("Search the manual  Ctrl+F"))
        self.search.setAccessibleName(_("Search the manual"))
        self.search.textChanged.connect(self._on_searched)
        self.search.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        close = KeyButton(theme, _("Close"), key="Esc", kind="link")
        close.clicked.connect(self.hide)
        self.browser = PageView(theme)
        self.browser.anchorClicked.connect(self._on_link)
        self._model = _HitModel()
        self.hits = TwoLineTable(theme, self._model, empty=_("Nothing found. Try another word."), empty_icon="magnify")
        self.hits.horizontalHeader().hide()
        self.hits.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hits.clicked.connect(self._open_hit)
        self.hits.setAccessibleName(_("Search the manual"))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.browser)
        self._stack.addWidget(self.hits)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.title, 1)
        head.addWidget(self.search, 1)
        head.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, 20, 12)
        column.addLayout(head)
        column.addWidget(rule())
        column.addWidget(self._stack, 1)
        words = _("Arrows scroll · Backspace: contents · Esc closes")
        column.addWidget(Text(theme, words, step="caption", tone="muted"))
        theme.changed.connect(self._on_theme_changed)
        parent.installEventFilter(self)
        self.hide()

    @staticmethod
    def window_keys() -> list[tuple[str, str]]:
        """Keys that mean the same on every screen."""
        return [
            ("F1", _("This help")),
            ("F11", _("Full screen")),
            ("Ctrl+1 … 9", _("Screens")),
            ("Ctrl+L", _("Lock")),
            ("Ctrl+Enter", _("Button of the message")),
            ("Ctrl+ + / −", _("Text larger or smaller")),
            ("Ctrl+0", _("Text as at first")),
            ("Esc", _("One step back")),
        ]

    def show_help(self, keys: Sequence[tuple[str, str]], screen: str) -> None:
        """Opens at the page of ``screen`` with its keys on top."""
        self._keys = keys
        self.search.clear()
        self._place()
        self.show()
        self.raise_()
        self.open_page(manual.page_of(screen))

    def open_page(self, page: str, heading: str = "") -> None:
        """Shows a page of the manual, at a heading where one is named."""
        self._page = page
        self._stack.setCurrentWidget(self.browser)
        text = manual.text_of(page) or _("The manual is not on this computer.")
        self.title.setText(manual.title_of(page) or _("Keys"))
        body = text.partition("\n")[2] if text.startswith("# ") else text
        columns = 1 if self.theme.scale > TWO_COLUMNS_TO else 2
        self.browser.show_page(_keys_table(self._keys, columns) + body, heading)

    # Search ------------------------------------------------------------------------------------------------------

    def begin_search(self) -> None:
        """The pages, and the field to look for words in them."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._on_searched(self.search.text())

    def _on_searched(self, text: str) -> None:
        if not self.search.hasFocus():
            return
        self._model.set_rows([])
        self._model.set_rows(manual.search(text))
        self.hits.select_row(0)
        self._stack.setCurrentWidget(self.hits)

    def _leave_search(self) -> None:
        self._stack.setCurrentWidget(self.browser)
        self._give_focus_back()

    def _open_hit(self) -> None:
        row = self.hits.current_row()
        if 0 <= row < len(self._model.rows):
            hit = self._model.rows[row]
            self._leave_search()
            self.open_page(hit.page, hit.heading)

    def _on_link(self, url: QUrl) -> None:
        page = url.fileName().removesuffix(".md")
        if manual.text_of(page):
            self.open_page(page)

    def _give_focus_back(self) -> None:
        if self.search.hasFocus() and self._before is not None:
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)

    # Keys --------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys to the widgets of this window end here, but F1 and the size of the text.

        An accepted override keeps a key from being a shortcut; as a plain key press it then ends here.
        """
        if watched is self.parent() and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        if event.type() not in _KEYS or not isinstance(event, QKeyEvent) or not self.isVisible():
            return False
        if not isinstance(watched, QWidget) or watched.window() is not self.window():
            return False
        sizing = bool(event.modifiers() & _CONTROL) and event.key() in _PASSING
        if event.key() == Qt.Key.Key_F1 or sizing:
            return False
        event.accept()
        if event.type() != QEvent.Type.KeyPress:
            return event.type() == QEvent.Type.ShortcutOverride or watched is not self.search
        if watched is self.search:
            return self._search_key(event)
        self._page_key(event)
        return True

    def _search_key(self, event: QKeyEvent) -> bool:
        """Whether the key was the list's; the rest is typed."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.search.clear() if self.search.text() else self._leave_search()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open_hit()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            row = self.hits.current_row() + (1 if key == Qt.Key.Key_Down else -1)
            self.hits.select_row(max(0, min(row, len(self._model.rows) - 1)))
        else:
            return key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) or key >= Qt.Key.Key_F1
        return True

    def _page_key(self, event: QKeyEvent) -> None:
        bar, key = self.browser.verticalScrollBar(), event.key()
        steps = {
            Qt.Key.Key_Down: 3 * bar.singleStep(),
            Qt.Key.Key_Up: -3 * bar.singleStep(),
            Qt.Key.Key_PageDown: bar.pageStep(),
            Qt.Key.Key_Space: bar.pageStep(),
            Qt.Key.Key_PageUp: -bar.pageStep(),
            Qt.Key.Key_End: bar.maximum(),
            Qt.Key.Key_Home: -bar.maximum(),
        }
        if key == Qt.Key.Key_Escape:
            self.hide()
        elif key == Qt.Key.Key_F and event.modifiers() & _CONTROL:
            self.begin_search()
        elif key == Qt.Key.Key_Backspace:
            self.open_page(manual.FIRST)
        elif (step := steps.get(Qt.Key(key))) is not None:
            bar.setValue(bar.value() + step)

    # The window --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._before = self.window().focusWidget()
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:
        self._give_focus_back()
        super().hideEvent(event)
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            width = min(parent.width() - 2 * MARGIN, self.theme.px(WIDEST))
            self.setGeometry((parent.width() - width) // 2, MARGIN, width, parent.height() - 2 * MARGIN)

    def _on_theme_changed(self) -> None:
        if self.isVisible():
            self._place()
            self.open_page(self._page)


class _HitModel(RowsModel[Hit]):
    def __init__(self) -> None:
        super().__init__([Column("")])

    def cells(self, row: Hit) -> Sequence[Cell]:
        title = f"{row.title} · {row.heading}" if row.heading not in ("", row.title) else row.title
        return (Cell(title, row.excerpt, bold=True),)


def _keys_table(keys: Sequence[tuple[str, str]], columns: int) -> str:
    """Keys and their words in Markdown, so many pairs a row."""
    if not keys:
        return ""
    high = -(-len(keys) // columns)
    rows = [f"| {_('Key')} | {_('Does')} " * columns + "|", "|-|-" * columns + "|"]
    for number in range(high):
        pairs = [keys[place] if place < len(keys) else ("", "") for place in range(number, columns * high, high)]
        rows.append("".join(f"| {key} | {words} " for key, words in (_cell(*pair) for pair in pairs)) + "|")
    return "\n".join(rows) + "\n\n"


def _cell(key: str, words: str) -> tuple[str, str]:
    return (f"<kbd>{key}</kbd>" if key else " "), words
