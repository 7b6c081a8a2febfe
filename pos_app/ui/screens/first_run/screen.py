"""First setup: a window of its own, shown while there is no ledger yet. Widgets only.

Steps 1 to 3 make the corner; the rest of the set-up goes on in the till (screen ``setup``). A restore and the demo end
with step 2.
"""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.i18n import _, set_language
from pos_app.ui.messages import Message
from pos_app.ui.screens.first_run.pages import CornerPage, DemoPage, DonePage, JoinPage, LookPage, ManagerPage, typed_on
from pos_app.ui.screens.first_run.presenter import FirstRunPresenter, Mode, Typed
from pos_app.ui.screens.first_run.restore_page import RestorePage
from pos_app.ui.setup_words import STEP_WORDS
from pos_app.ui.text_size import bind_sizes
from pos_app.ui.theme import MINIMUM, Theme
from pos_app.ui.widgets.basic import IconText, Text, card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.steps import StepBar
from pos_app.ui.widgets.strip import MessageStrip
from pos_app.ui.worker import Workers

_WIDTH = 860
LOOK, CORNER, MANAGER = range(3)


class FirstRunWindow(QWidget):
    """``finished`` comes when the till may open (``presenter.made``) or the window was closed without."""

    finished = Signal()

    def __init__(self, presenter: FirstRunPresenter, theme: Theme) -> None:
        super().__init__()
        self.presenter = presenter
        self.theme = theme
        self.workers = Workers(self)
        self.step = LOOK
        self._joining = False
        self.setWindowTitle("Pojok UMKM")
        self.setMinimumSize(*MINIMUM)
        bind_sizes(self, theme)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self._content = self._build()
        self._outer.addWidget(self._content)
        lost = presenter.lost
        if lost is not None and lost.corner:
            self.corner_page.code_field.setText(lost.corner)
            self.corner_page.office_field.setText(lost.corner_name)
            self.corner_page.till_field.setText(lost.till)

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
        inner.setContentsMargins(12, 8, 12, 12)
        inner.setSpacing(8)
        self.strip = MessageStrip(theme)
        self.step_bar = StepBar(theme)
        modes = [
            ("new", _("New corner")),
            ("join", _("Join Diskoperin")),
            ("restore", _("Restore a backup")),
            ("demo", _("Try it with sample data")),
        ]
        self.mode_chips = ChipRow(theme, modes)
        self.mode_chips.chosen.connect(self._on_mode)
        self._build_pages()
        for widget in (self.strip, self.step_bar, self.mode_chips):
            inner.addWidget(widget)
        inner.addWidget(self.pages, 1)
        inner.addLayout(self._foot())
        middle.setMaximumWidth(theme.px(_WIDTH))
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(middle, 8)
        row.addStretch(1)
        column.addLayout(row, 1)
        self.mode_chips.choose(self.presenter.mode)
        self._show()
        return content

    def _build_pages(self) -> None:
        self.look_page = LookPage(self.theme, self._on_language)
        self.corner_page = CornerPage(self.theme, self.presenter, self)
        self.manager_page = ManagerPage(self.theme)
        self.demo_page = DemoPage(self.theme)
        self.join_page = JoinPage(self.theme)
        self.done_page = DonePage(self.theme)
        self.restore_page = RestorePage(self.theme, self.presenter.restoring, self.workers, self.say)
        self.restore_page.busy.connect(self._on_busy)
        self.restore_page.done.connect(self._on_restored)
        self.pages = QStackedWidget()
        for page in (
            self.look_page,
            self.corner_page,
            self.manager_page,
            self.restore_page,
            self.demo_page,
            self.join_page,
            self.done_page,
        ):
            self.pages.addWidget(page)

    def _bar(self) -> QWidget:
        bar = card("bar")
        bar.setFixedHeight(self.theme.px(48))
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(IconText(self.theme, "cash-register", 24, "primary"))
        row.addWidget(Text(self.theme, _("First setup"), step="title", weight=700), 1)
        return bar

    def _foot(self) -> QHBoxLayout:
        self.back_button = KeyButton(self.theme, _("Back"), key="Esc", icon="arrow-left")
        self.back_button.setFixedHeight(self.theme.px(72))
        self.back_button.clicked.connect(self.back)
        self.main_button = KeyButton(self.theme, "", key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.back_button, 1)
        foot.addWidget(self.main_button, 2)
        return foot

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
            self._on_enter()
        elif key == Qt.Key.Key_Escape and self.corner_page.finder.is_open:
            self.corner_page.finder.close()
        elif key == Qt.Key.Key_Escape:
            self.back()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.mode_chips.isEnabled():
            event.ignore()  # a restore under way is not left half done
            return
        self.workers.finish()
        super().closeEvent(event)
        self.finished.emit()

    def main_action(self) -> None:
        """F12: the next step; at the last one make the ledger, then open the till."""
        presenter = self.presenter
        if not self.main_button.isEnabled():
            return
        if presenter.must_join():
            self._join_again()
        elif presenter.is_ready:
            self.close()
        elif self.step == LOOK:
            self.show_step(CORNER)
        elif presenter.mode == "restore":
            self.restore_page.main_action()
        elif presenter.mode == "demo":
            self._tried(presenter.make_demo())
        elif self.step == CORNER:
            self._to_manager()
        else:
            self._make_new()
            if presenter.must_join():
                self._join()

    def _make_new(self) -> None:
        page, typed = self.manager_page, self.typed()
        self._tried(self.presenter.make_new(typed))
        if self.presenter.only_pins_differ(typed):
            page.pin_again_field.clear()
            page.pin_again_field.setFocus()

    def back(self) -> None:
        """Esc: one step back; what is made stays, and joining can wait."""
        if self.presenter.must_join() and not self._joining:
            self.presenter.mode = "new"
            self._show()
        elif not self.presenter.is_ready and self.step > LOOK and self.mode_chips.isEnabled():
            self.show_step(self.step - 1)

    def show_step(self, step: int) -> None:
        """One of the first three steps."""
        self.step = step
        self.strip.clear()
        self._show()
        self._focus()

    def typed(self) -> Typed:
        """The forms as they stand."""
        return typed_on(self.corner_page, self.manager_page)

    def say(self, message: Message) -> None:
        """Shows a message in the strip."""
        self.strip.show_message(message)

    # What happens ----------------------------------------------------------------------------------------------------

    def _to_manager(self) -> None:
        obstacle = self.presenter.corner_obstacle(self.typed())
        if obstacle is not None:
            self.say(obstacle)
        else:
            self.show_step(MANAGER)

    def _on_enter(self) -> None:
        """To the next field; after the last one to the next step."""
        page = self.pages.currentWidget()
        fields = page.fields() if isinstance(page, CornerPage | ManagerPage | JoinPage) else []
        at = next((place for place, field in enumerate(fields) if field.hasFocus()), len(fields))
        if at + 1 < len(fields):
            fields[at + 1].setFocus()
        else:
            self.main_action()

    def _focus(self) -> None:
        fields = {CORNER: self.corner_page.office_field, MANAGER: self.manager_page.manager_field}
        (fields.get(self.step) or self.main_button).setFocus()
        self.corner_page.finder.close()

    def _tried(self, message: Message) -> None:
        if self.presenter.is_ready:
            self.done_page.title.setText(message.text)
            self.strip.clear()
        else:
            self.say(message)
        self._show()

    def _join(self) -> None:
        self._joining = True
        self.main_button.setEnabled(False)
        self.say(Message("I", _("Asking the centre …")))
        self.workers.run(self.presenter.join_work(self.typed()), self._on_joined, self._on_not_joined)

    def _join_again(self) -> None:
        """With what stands on the page now."""
        page, corner = self.join_page, self.corner_page
        corner.centre_field.setText(page.centre_field.text())
        corner.enrolment_field.setText(page.enrolment_field.text())
        obstacle = self.presenter.corner_obstacle(self.typed())
        if obstacle is not None:
            self.say(obstacle)
        else:
            self._join()

    def _on_joined(self, _nothing: object) -> None:
        self._join_ended()
        self.presenter.joined = True
        self.strip.clear()
        self._show()
        self.main_button.setFocus()

    def _on_not_joined(self, error: Exception) -> None:
        self._join_ended()
        message = self.presenter.join_failed(error)
        if self.presenter.made is None:
            self.show_step(CORNER)
        typed, lost = self.typed(), self.presenter.lost_answer
        self.join_page.fill(typed.centre, typed.enrolment, lost=lost)
        self._show()
        self.say(message)
        if self.presenter.must_join():
            (self.main_button if lost else self.join_page.enrolment_field).setFocus()
            self.join_page.enrolment_field.selectAll()

    def _join_ended(self) -> None:
        self._joining = False
        self.main_button.setEnabled(True)

    def _on_mode(self, mode: str) -> None:
        self.presenter.mode = cast(Mode, mode)
        self.step = CORNER
        self.strip.clear()
        self.corner_page.show_mode()
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

    def _on_language(self, code: str) -> None:
        """Every word is built anew; what was typed stays."""
        typed = self.typed()
        set_language("en" if code == "en" else "id")
        self.corner_page.finder.list.deleteLater()
        self._outer.removeWidget(self._content)
        self._content.hide()
        self._content.deleteLater()
        self._content = self._build()
        self._outer.addWidget(self._content)
        for field, text in (
            (self.corner_page.code_field, typed.code),
            (self.corner_page.office_field, typed.name),
            (self.corner_page.till_field, typed.till),
            (self.corner_page.centre_field, typed.centre),
            (self.corner_page.enrolment_field, typed.enrolment),
            (self.manager_page.manager_field, typed.manager),
        ):
            field.setText(text)
        self.main_button.setFocus()

    # What is shown ---------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        presenter = self.presenter
        made, mode = presenter.is_ready, presenter.mode
        guided = mode in ("new", "join")
        self.mode_chips.setVisible(self.step == CORNER and not made)
        self.step_bar.setVisible(guided or self.step == LOOK)
        self.step_bar.show_steps(
            [
                (_(words), "done" if made or place < self.step else "now" if place == self.step else "open")
                if place <= MANAGER
                else (_(words), "open")
                for place, words in enumerate(STEP_WORDS.values())
            ]
        )
        self.back_button.setVisible(presenter.must_join() or (self.step > LOOK and not made))
        self.back_button.setText(_("Later") if presenter.must_join() else _("Back"))
        self.pages.setCurrentWidget(self._page())
        self.main_button.setText(self._main_words())
        if made:
            icon = "account-circle-outline" if mode == "demo" else "information-outline"
            self.done_page.show_steps(presenter.next_steps(), icon)

    def _page(self) -> QWidget:
        presenter = self.presenter
        if presenter.must_join():
            return self.join_page
        if presenter.is_ready:
            return self.done_page
        if self.step == LOOK:
            return self.look_page
        if presenter.mode == "restore":
            return self.restore_page
        if presenter.mode == "demo":
            return self.demo_page
        return self.corner_page if self.step == CORNER else self.manager_page

    def _main_words(self) -> str:
        presenter = self.presenter
        if presenter.must_join():
            return _("Try again")
        if presenter.is_ready:
            return _("Open the till")
        if self.step == LOOK:
            return _("Next")
        if presenter.mode == "restore":
            return self.restore_page.main_words()
        if presenter.mode == "demo":
            return _("Make the demo corner")
        return _("Next") if self.step == CORNER else _("Make the corner")
