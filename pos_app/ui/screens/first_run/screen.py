"""First setup: a window of its own, shown while there is no ledger yet. Widgets only."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.i18n import _, language, set_language
from pos_app.ui.messages import Message
from pos_app.ui.recovery.page import RecoveryPage
from pos_app.ui.screens.first_run.presenter import FirstRunPresenter, Mode, Typed
from pos_app.ui.screens.first_run.restore_page import RestorePage
from pos_app.ui.theme import MINIMUM, Theme
from pos_app.ui.widgets.basic import IconText, Text, card, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import PinField, TextField, field_row
from pos_app.ui.widgets.finder import Finder, PickField
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.results import Result
from pos_app.ui.widgets.side import ScrollArea
from pos_app.ui.widgets.strip import MessageStrip
from pos_app.ui.worker import Workers

_WIDTH = 860
_FORM, _RESTORE, _DEMO, _DONE = range(4)


class FirstRunWindow(QWidget):
    """``finished`` comes when the till may open (``presenter.made``) or the window was closed without."""

    finished = Signal()

    def __init__(self, presenter: FirstRunPresenter, theme: Theme) -> None:
        super().__init__()
        self.presenter = presenter
        self.theme = theme
        self.workers = Workers(self)
        self.setWindowTitle("Pojok UMKM")
        self.setMinimumSize(*MINIMUM)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self._content = self._build()
        self._outer.addWidget(self._content)
        lost = presenter.lost
        if lost is not None and lost.corner:
            self.code_field.setText(lost.corner)
            self.office_field.setText(lost.corner_name)
            self.till_field.setText(lost.till)

    # Building --------------------------------------------------------------------------------------------------------

    def _build(self) -> QWidget:
        theme = self.theme
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar())
        middle = QWidget()
        inner = QVBoxLayout(middle)
        inner.setContentsMargins(12, 12, 12, 12)
        inner.setSpacing(8)
        self.strip = MessageStrip(theme)
        modes = [("new", _("New corner")), ("restore", _("Restore a backup")), ("demo", _("Try it with sample data"))]
        self.mode_chips = ChipRow(theme, modes)
        self.mode_chips.chosen.connect(self._on_mode)
        self.pages = QStackedWidget()
        self.restore_page = RestorePage(theme, self.presenter.restoring, self.workers, self.say)
        self.restore_page.busy.connect(self._on_busy)
        self.restore_page.done.connect(self._on_restored)
        for page in (self._form_page(), self.restore_page, self._demo_page(), self._done_page()):
            self.pages.addWidget(page)
        self.main_button = KeyButton(theme, "", key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        for widget in (self.strip, self.mode_chips):
            inner.addWidget(widget)
        inner.addWidget(self.pages, 1)
        inner.addWidget(self.main_button)
        middle.setMaximumWidth(theme.px(_WIDTH))
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(middle, 8)
        row.addStretch(1)
        column.addLayout(row, 1)
        self.mode_chips.choose(self.presenter.mode)
        self._show()
        return content

    def _bar(self) -> QWidget:
        bar = card("bar")
        bar.setFixedHeight(self.theme.px(48))
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(IconText(self.theme, "cash-register", 24, "primary"))
        row.addWidget(Text(self.theme, _("First setup"), step="title", weight=700))
        row.addStretch(1)
        self.language_chips = ChipRow(self.theme, [("id", "Bahasa Indonesia"), ("en", "English")])
        self.language_chips.choose(language())
        self.language_chips.chosen.connect(self._on_language)
        self.theme_chips = ChipRow(self.theme, [("light", _("Light")), ("dark", _("Dark"))])
        self.theme_chips.choose("dark" if self.theme.dark else "light")
        self.theme_chips.chosen.connect(self._on_theme)
        row.addWidget(self.language_chips)
        row.addWidget(self.theme_chips)
        return bar

    def _form_page(self) -> QWidget:
        theme = self.theme
        frame, column = padded_card()
        self.office_field = PickField(theme, placeholder=_("Type a part of the office's name"))
        self.code_field = TextField(theme, placeholder="MTR-001")
        self.till_field = TextField(theme)
        self.till_field.setText("A")
        self.till_field.setMaxLength(2)
        self.manager_field = TextField(theme)
        self.pin_field = PinField(theme)
        self.pin_again_field = PinField(theme)
        self.finder = Finder(
            theme, self.office_field, self, self._find_offices, empty=_("Not in the list; type code and name.")
        )
        self.finder.picked.connect(self._on_office)
        self.office_field.tapped.connect(self._on_office_focus)
        column.addWidget(field_row(theme, _("&Office"), self.office_field))
        codes = QHBoxLayout()
        codes.setSpacing(12)
        codes.addWidget(field_row(theme, _("Corner &code"), self.code_field), 2)
        codes.addWidget(field_row(theme, _("&Till (letter)"), self.till_field), 1)
        column.addLayout(codes)
        column.addWidget(field_row(theme, _("&Manager's name"), self.manager_field))
        pins = QHBoxLayout()
        pins.setSpacing(12)
        pins.addWidget(field_row(theme, _("&PIN (6 digits)"), self.pin_field), 1)
        pins.addWidget(field_row(theme, _("PIN &again"), self.pin_again_field), 1)
        column.addLayout(pins)
        later = Text(
            theme, _("Printer, scanner, QRIS, backup and imports can wait; they are in Settings later."), tone="muted"
        )
        later.setWordWrap(True)
        column.addWidget(later)
        column.addStretch(1)
        return ScrollArea(frame)

    def _demo_page(self) -> QWidget:
        frame, column = padded_card()
        title = Text(self.theme, _("A corner with goods on its shelves"), step="title", weight=700)
        title.setWordWrap(True)
        column.addWidget(title)
        words = Text(
            self.theme,
            _("60 producers, 250 goods, 80 staff; all invented. Sell, settle and close as you like: it is not real."),
            step="row",
        )
        words.setWordWrap(True)
        column.addWidget(words)
        column.addStretch(1)
        return ScrollArea(frame)

    def _done_page(self) -> QWidget:
        frame, column = padded_card("success")
        head = QHBoxLayout()
        head.addWidget(IconText(self.theme, "check-circle-outline", 28, "success"))
        self.done_title = Text(self.theme, step="title", weight=700)
        head.addWidget(self.done_title, 1)
        column.addLayout(head)
        self.done_facts = Facts(self.theme)
        column.addWidget(self.done_facts)
        self.code_button = KeyButton(self.theme, _("Make the recovery code"), icon="lock-outline")
        self.code_button.clicked.connect(self._on_code)
        column.addWidget(self.code_button)
        column.addStretch(1)
        return ScrollArea(frame)

    # Events ----------------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(1366, 697)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.theme.fit_window(event.size().width(), event.size().height())
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_F12:
            self.main_action()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextChild()
        elif key == Qt.Key.Key_Escape and self.finder.is_open:
            self.finder.close()
        elif key == Qt.Key.Key_Escape and self._shows_code:
            self._leave_code(self.pages.currentWidget())
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.mode_chips.isEnabled():
            event.ignore()  # a restore under way is not left half done
            return
        self.workers.finish()
        self.presenter.close()
        super().closeEvent(event)
        self.finished.emit()

    def main_action(self) -> None:
        """F12: make the ledger, then open the till."""
        if self._shows_code:
            self._confirm_code()
            return
        if self.presenter.is_ready:
            self.close()
            return
        if self.presenter.mode == "restore":
            if self.main_button.isEnabled():
                self.restore_page.main_action()
        elif self.presenter.mode == "demo":
            self._tried(self.presenter.make_demo())
        else:
            self._tried(self.presenter.make_new(self.typed()))

    def _tried(self, message: Message) -> None:
        if self.presenter.is_ready:
            self.done_title.setText(message.text)
            self.strip.clear()
        else:
            self.say(message)
        self._show()

    def typed(self) -> Typed:
        """The form as it stands."""
        return Typed(
            self.code_field.text(),
            self.office_field.text(),
            self.till_field.text(),
            self.manager_field.text(),
            self.pin_field.text(),
            self.pin_again_field.text(),
        )

    def say(self, message: Message) -> None:
        """Shows a message in the strip."""
        self.strip.show_message(message)

    def _find_offices(self, text: str) -> list[Result]:
        return [
            Result(one.code, one.name, f"{one.code} · {one.address}") for one in self.presenter.matching_offices(text)
        ]

    def _on_office_focus(self) -> None:
        if not self.office_field.text():
            self.finder.show_all()

    def _on_office(self, code: str) -> None:
        office = self.presenter.office(code)
        if office is not None:
            self.office_field.setText(office.name)
            self.code_field.setText(office.code)
            self.till_field.setFocus()

    def _on_mode(self, mode: str) -> None:
        self.presenter.mode = cast(Mode, mode)
        self.strip.clear()
        self._show()
        if mode == "restore":
            self.restore_page.folder.field.setFocus()

    def _on_busy(self, busy: bool) -> None:
        """Looking for backups or restoring one: neither the main button nor another way until it ends."""
        self.main_button.setEnabled(not busy)
        self.mode_chips.setEnabled(not busy)
        self._show()

    def _on_restored(self) -> None:
        self._tried(self.presenter.take_restored())
        self.main_button.setFocus()

    @property
    def _shows_code(self) -> bool:
        return isinstance(self.pages.currentWidget(), RecoveryPage)

    def _on_code(self) -> None:
        """The recovery code of the new corner, in the place of the last page."""
        trouble = self.presenter.make_code()
        if trouble is not None:
            self.say(trouble)
        elif self.presenter.recovery is not None:
            page = RecoveryPage(self.theme, self.presenter.recovery, self.workers, self.say)
            page.ready.connect(self.main_button.setEnabled)
            self.pages.setCurrentIndex(self.pages.addWidget(page))
            self.main_button.setText(_("I have written it down"))
            page.begin()

    def _confirm_code(self) -> None:
        page, recovery = self.pages.currentWidget(), self.presenter.recovery
        if recovery is None or not self.main_button.isEnabled():
            return
        self.say(recovery.confirm())
        self._leave_code(page)
        self.code_button.hide()

    def _leave_code(self, page: QWidget | None) -> None:
        if self.presenter.recovery is not None:
            self.presenter.recovery.forget()
        if page is not None:
            self.pages.removeWidget(page)
            page.deleteLater()
        self.main_button.setEnabled(True)
        self._show()
        self.main_button.setFocus()

    def _on_theme(self, which: str) -> None:
        self.theme.set_dark(which == "dark")

    def _on_language(self, code: str) -> None:
        typed = self.typed()
        set_language("en" if code == "en" else "id")
        self.finder.list.deleteLater()
        self._outer.removeWidget(self._content)
        self._content.deleteLater()
        self._content = self._build()
        self._outer.addWidget(self._content)
        for field, text in (
            (self.code_field, typed.code),
            (self.office_field, typed.name),
            (self.till_field, typed.till),
            (self.manager_field, typed.manager),
        ):
            field.setText(text)

    def _show(self) -> None:
        made = self.presenter.is_ready
        demo = self.presenter.mode == "demo"
        self.mode_chips.setVisible(not made)
        page = {"new": _FORM, "restore": _RESTORE, "demo": _DEMO}[self.presenter.mode]
        self.pages.setCurrentIndex(_DONE if made else page)
        if made:
            icon = "account-circle-outline" if demo else "information-outline"
            self.done_facts.show_facts([(text, icon, "text") for text in self.presenter.next_steps()])
            self.main_button.setText(_("Open the till"))
            self.code_button.setVisible(self.presenter.mode == "new")
        elif self.presenter.mode == "restore":
            self.main_button.setText(self.restore_page.main_words())
        else:
            self.main_button.setText(_("Make the demo corner") if demo else _("Make the corner"))
