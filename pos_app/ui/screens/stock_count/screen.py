"""Stock count: choose what, count it blind, look at what differs, post it; shelves and lost goods. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.domain.errors import PosError
from pos_app.i18n import _
from pos_app.services import counting
from pos_app.services.count_posting import Difference
from pos_app.services.counting import Scope
from pos_app.ui.messages import Message, failure, of_error
from pos_app.ui.notes.page import NotesPage
from pos_app.ui.reading import Reading
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.stock_count.count_page import SETTLE_MS, CountPage
from pos_app.ui.screens.stock_count.difference_page import DifferencePage
from pos_app.ui.screens.stock_count.differences import DifferencesPresenter
from pos_app.ui.screens.stock_count.done_page import DonePage
from pos_app.ui.screens.stock_count.lost_page import LostPage
from pos_app.ui.screens.stock_count.posting_acts import PostingActs
from pos_app.ui.screens.stock_count.presenter import CountLine, CountPresenter
from pos_app.ui.screens.stock_count.scope_page import ScopePage
from pos_app.ui.screens.stock_count.shelves_page import ShelvesPage
from pos_app.ui.widgets.basic import IconText, Text
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval

T = TypeVar("T")
_STEPS = ("scope", "count", "differences", "done")


class StockCountScreen(Screen):
    """See the module."""

    name = "stock_count"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.presenter = CountPresenter(shell.counter)
        self.differences = DifferencesPresenter(shell.counter)
        self.page = "scope"
        self.scope_page = ScopePage(shell)
        self.scope_page.chosen.connect(self._begin)
        self.scope_page.shelves.connect(partial(self.open_page, "shelves"))
        self.scope_page.lost.connect(partial(self.open_page, "lost"))
        self.count_page = CountPage(shell, self.presenter)
        self.count_page.finished.connect(self._finish)
        self.count_page.cancelling.connect(self._ask_cancel)
        self.difference_page = DifferencePage(shell, self.presenter, self.differences)
        self.difference_page.counting.connect(self._go_on_counting)
        self.done_page = DonePage(self.theme, self._reprint, self._leave)
        self.shelves_page = ShelvesPage(shell)
        self.shelves_page.left.connect(partial(self.open_page, "scope"))
        self.lost_page = LostPage(shell)
        self.lost_page.left.connect(partial(self.open_page, "scope"))
        back = partial(self.open_page, "scope")
        self.notes_page = NotesPage(shell, "stock_count", back, _("Back"))
        self.scope_page.history.connect(partial(self.open_page, "history"))
        self.pages: dict[str, QWidget] = {
            "scope": self.scope_page,
            "count": self.count_page,
            "differences": self.difference_page,
            "done": self.done_page,
            "shelves": self.shelves_page,
            "lost": self.lost_page,
            "history": self.notes_page,
        }
        self._build()
        self.posting = PostingActs(self)
        self.reading = Reading(shell.workers)
        self._seen = ""
        """The manager who opened the differences, for this visit."""
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self._settle)

    def _build(self) -> None:
        self.stack = QStackedWidget()
        for page in self.pages.values():
            self.stack.addWidget(page)
        self.gate = Gate(self.theme, self.shell.counter, self.stack)
        self.gate.closed.connect(self.restore_focus)
        head = QHBoxLayout()
        head.setSpacing(8)
        self._step_texts = []
        for number, words in enumerate((_("Choose"), _("Count"), _("Difference"), _("Done")), start=1):
            if number > 1:
                head.addWidget(IconText(self.theme, "chevron-right", 18, "muted"))
            text = Text(self.theme, f"{number} {words}", step="row", tone="muted")
            self._step_texts.append(text)
            head.addWidget(text)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.strip)
        column.addWidget(self.gate, 1)

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Stock count")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F2", _("Scan field"), self.restore_focus),
            Command("F4", _("Enter a count; counts so far"), self._f4),
            Command("F5", _("Leave all out"), self._f5),
            Command("F6", _("Count again; shelves; reverse"), self._f6),
            Command("F7", _("None there; lost goods"), self._f7),
            Command("F8", _("Leave out; off the shelf"), self._f8),
            Command("F9", _("Count sheet; reprint"), self._f9),
            Command("Ctrl+Del", _("Cancel the count"), self._ask_cancel),
        )

    @property
    def takes_notices(self) -> bool:
        return not self.posting.busy

    def show_only(self, which: str) -> None:
        if which in ("shelves", "lost", "history") and self.presenter.session is None:
            self.page = which

    def activated(self) -> None:
        self.gate.close_question()
        self.notes_page.gate.close_question()
        if self.posting.busy:
            return
        self.presenter.read()
        session = self.presenter.session
        if session is not None and self.page not in ("count", "differences"):
            self.page = "count"
            self.shell.say(Message("I", _("A stock count is under way. Count on, or cancel it.")))
        elif session is None and self.page in ("count", "differences"):
            self.page = "scope"
        if self.page == "differences" and not self._may_see():
            self.page = "count"
        self.show_page()

    def deactivated(self) -> None:
        self._seen = ""
        if self._settling.isActive():
            self._settle()

    def default_focus(self) -> QWidget | None:
        match self.page:
            case "scope":
                return self.scope_page.search
            case "count":
                return self.count_page.scan_field
            case "differences":
                return self.difference_page.table
            case "shelves":
                page = self.shelves_page
                return page.scan_field if page.presenter.shelf else page.name_field
            case "lost":
                return self.lost_page.first_field
            case "history":
                return self.notes_page.table
            case _:
                return self.done_page.main_button

    def take_scan(self, code: str) -> None:
        if self.gate.asking or self.notes_page.gate.asking or self.posting.busy:
            self.shell.say(Message("E", _("Finish or cancel the question first, then scan.")))
            return
        match self.page:
            case "scope":
                self.scope_page.take_scan(code)
            case "count":
                self.count_page.take_scan(code)
                self._settling.start()
            case "shelves":
                self.shelves_page.take_scan(code)
            case _:
                super().take_scan(code)

    def escape(self) -> bool:
        if self.posting.busy:
            self.posting.stop()
            return True
        if self.gate.asking:
            self.gate.close_question()
            return True
        if self.notes_page.gate.asking:
            self.notes_page.gate.close_question()
            return True
        if self.page == "count" and self.count_page.escape():
            return True
        if self.page == "differences":
            self._go_on_counting()
            return True
        if self.page == "shelves" and self.shelves_page.escape():
            return True
        if self.page in ("shelves", "lost", "history"):
            self.open_page("scope")
            return True
        return False

    def main_action(self) -> None:
        if self.gate.asking:
            self.gate.accept()
            return
        if self.posting.busy:
            return
        match self.page:
            case "scope":
                self.scope_page.begin()
            case "count":
                self._finish()
            case "differences":
                self.posting.ask()
            case "shelves":
                self.shelves_page.main_action()
            case "lost":
                self.lost_page.load()
            case "history":
                self.notes_page.main_action()
            case _:
                self._leave()

    # Counting --------------------------------------------------------------------------------------------------------

    def _begin(self, scope: Scope) -> None:
        message = self.presenter.begin(scope)
        if message is not None:
            self.shell.say(message)
        else:
            self.shell.say(Message("I", _("Count what is there. What is expected is not shown yet.")))
        self.page = "count" if self.presenter.session is not None else "scope"
        self.show_page()

    def _finish(self) -> None:
        left = self.presenter.finish_counting()
        if left:
            self.presenter.which = "left"
            self.presenter.refresh_all()
            self.count_page.show_all()
            self.count_page.table.select_row(0)
            text = _("{count} not counted. Count them; or none of them is there; or leave them out.")
            message = Message("W", text.format(count=len(left)))
            message = message.with_action(_("None is there"), partial(self._declare_zero, left))
            self.shell.say(message.with_other(_("Leave all out"), partial(self._leave_out, left), "F5"))
            return
        lines = (_("What was expected is shown; a count after that is a recount."),)
        self.gate.require("count", Approval(_("Look at the differences"), lines), self._open_differences)

    def _declare_zero(self, skus: list[str]) -> None:
        self._decide(partial(self.presenter.declare_zero, skus))

    def _leave_out(self, skus: list[str]) -> None:
        self._decide(partial(self.presenter.leave_out, skus))

    def _decide(self, act: partial[None]) -> None:
        try:
            act()
        except PosError as error:
            self.shell.say(of_error(error))
            return
        self.presenter.which = "all"
        self.count_page.show_all()
        self._finish()

    def _open_differences(self, approved_by: str | None) -> None:
        self._seen = approved_by or ""
        self.page = "differences"
        self.shell.hush()
        self.show_page()

    def _may_see(self) -> bool:
        return self.shell.counter.is_manager or bool(self._seen)

    def _go_on_counting(self) -> None:
        self.presenter.go_on_counting()
        self.presenter.which = "left" if self.presenter.counts()["left"] else "all"
        self.page = "count"
        self.show_page()

    def _ask_cancel(self) -> None:
        if self.presenter.session is None or self.posting.busy or self.gate.asking:
            return
        counted = self.presenter.counts()["counted"]
        lines = (self.presenter.title(), _("{count} counted so far are forgotten.").format(count=counted))
        approval = Approval(_("Cancel the stock count?"), lines)
        self.gate.require("count", approval, self._cancel, label=_("Cancel the count"))

    def _cancel(self, approved_by: str | None) -> None:
        message = self.presenter.cancel(approved_by)
        self.page = "scope" if self.presenter.session is None else "count"
        self.show_page()
        self.shell.say(message)

    def _settle(self) -> None:
        self._settling.stop()
        try:
            counting.settle(self.shell.counter)
        except PosError as error:
            self.shell.say(of_error(error))

    # The other pages -------------------------------------------------------------------------------------------------

    def open_page(self, page: str) -> None:
        """Goes to a page."""
        self.page = page
        self.show_page()

    def _leave(self) -> None:
        self.page = "scope"
        self.shell.go("stock")

    def _reprint(self) -> None:
        self.shell.say(self.differences.reprint())
        self.shell.refresh_state()

    def _f4(self) -> None:
        self._by_page(scope=partial(self.open_page, "history"), count=self.count_page.enter_count)

    def _f5(self) -> None:
        self.strip.press("F5")

    def _f6(self) -> None:
        self._by_page(
            scope=partial(self.open_page, "shelves"),
            count=self._again,
            differences=self.difference_page.again,
            history=self.notes_page.reverse,
        )

    def _again(self) -> None:
        self.count_page.again()

    def _f7(self) -> None:
        self._by_page(scope=partial(self.open_page, "lost"), count=self.count_page.declare_zero)

    def _f8(self) -> None:
        self._by_page(count=self.count_page.leave_out, shelves=self.shelves_page.remove)

    def _f9(self) -> None:
        self._by_page(scope=self.scope_page.print_sheet, done=self._reprint)

    def _by_page(self, **acts: object) -> None:
        act = acts.get(self.page)
        if callable(act) and not self.gate.asking and not self.posting.busy:
            act()

    # What is shown -------------------------------------------------------------------------------------------------

    def show_page(self) -> None:
        """The page that is open, anew."""
        self.reading.stop()
        self.stack.setCurrentWidget(self.pages[self.page])
        step = _STEPS.index(self.page) if self.page in _STEPS else 0
        for place, text in enumerate(self._step_texts):
            text.set_tone("primary" if place == step else "muted")
            text.set_step("row", 700 if place == step else 400)
        match self.page:
            case "scope":
                self.scope_page.load()
            case "count":
                self.count_page.show_all()
                self._read(self.presenter.load_work(), self._on_lines)
            case "differences":
                self._read(self.differences.load_work(), self._on_differences)
                self.difference_page.show_all()
            case "shelves":
                self.shelves_page.open()
            case "lost":
                self.lost_page.open()
            case "history":
                self.notes_page.begin()
            case _:
                self.done_page.show_posted(self.differences)
        if self.isVisible():  # an answer may come while somebody sells
            self.restore_focus()

    def _read(self, work: Callable[[], T], show: Callable[[T], None]) -> None:
        """Only the answer about this page and this count is shown."""
        begun_at = self.presenter.session.begun_at if self.presenter.session is not None else ""
        self.reading.begin((self.page, begun_at), lambda _tell: work(), show, self._on_failed)

    def _on_lines(self, lines: list[CountLine]) -> None:
        self.presenter.take(lines)
        self.count_page.show_all()

    def _on_differences(self, found: list[Difference]) -> None:
        self.differences.found = found
        self.difference_page.show_all()

    def _on_failed(self, error: Exception) -> None:
        self.shell.say(failure(error, str(self.shell.counter.ledger.path)))
