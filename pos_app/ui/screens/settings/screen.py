"""Settings of this till: cards in sections, found by typing; every device has its test. Widgets only.

Each card has a file of its own (``card`` says what one is); the person panel takes their place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.messages import Message
from pos_app.ui.person.panel import PersonPanel
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.settings.card import Around
from pos_app.ui.screens.settings.cards import Cards
from pos_app.ui.screens.settings.network_card import NetworkCard
from pos_app.ui.screens.settings.presenter import SECTIONS, found, save
from pos_app.ui.settings_pages import CardColumns, settings_pages
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import TextField
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import TIGHT_ABOVE, ScrollArea


class SettingsScreen(Screen):
    """The first page of Settings."""

    name = "settings"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        around = Around(
            shell.theme,
            shell.counter,
            shell.workers,
            self._say,
            self._require,
            self._reveal,
            shell.refresh_state,
            shell.go,
        )
        self.cards = Cards(around)
        self.cards.look.language_changed.connect(self._on_language)
        self.cards.users.person_wanted.connect(self._open_person)
        self._opens_at: NetworkCard | None = None
        self._build()
        self.theme.changed.connect(self._arrange)
        self._arrange()

    # Building --------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._columns = CardColumns(self.cards.columns)
        self.area = ScrollArea(self._columns)
        self.person = PersonPanel(self.shell, "user", self._require)
        self.person.leaving.connect(self._leave_person)
        self.person.changed.connect(self.cards.users.read_again)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.area)
        self.pages.addWidget(self.person)
        self.gate = Gate(self.theme, self.shell.counter, self.pages)
        self.gate.opened.connect(self._show_foot)
        self.gate.closed.connect(self._show_foot)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 12, 12, 12)
        outer.setSpacing(8)
        outer.addWidget(self.strip)
        outer.addLayout(self._head())
        outer.addWidget(self.section_chips)
        outer.addWidget(self.gate, 1)
        outer.addLayout(self._foot())

    def _head(self) -> QHBoxLayout:
        self.chips = settings_pages(self.shell, self.name)
        self.search_field = TextField(self.theme, placeholder=_("Search the settings (Ctrl+F)"))
        self.search_field.setAccessibleName(_("Search the settings (Ctrl+F)"))
        self.search_field.textChanged.connect(self._show_cards)
        self.section_chips = ChipRow(self.theme, [(code, _(words)) for code, words in SECTIONS.items()])
        self.section_chips.chosen.connect(self._on_section)
        self._section = "all"
        for place, code in enumerate(SECTIONS, 1):
            shortcut = QShortcut(QKeySequence(f"Alt+{place}"), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self.show_section, code))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.chips, 3)
        row.addWidget(self.search_field, 2)
        return row

    def _foot(self) -> QHBoxLayout:
        self.main_button = KeyButton(self.theme, _("Save"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        foot = QHBoxLayout()
        self.hint = Text(self.theme, step="caption", tone="muted")
        self.hint.setWordWrap(True)
        foot.addWidget(self.hint, 1)
        foot.addWidget(self.main_button, 1)
        return foot

    def _arrange(self) -> None:
        self._columns.arrange(tight=self.theme.scale > TIGHT_ABOVE)

    # What the cards use ----------------------------------------------------------------------------------------------

    def _require(self, action: str, approval: Approval, run: Callable[[str | None], None]) -> None:
        self.gate.require(action, approval, run)

    def _say(self, message: Message) -> None:
        """Also from work that ends when another screen is shown."""
        if self.isVisible():
            self.shell.say(message)
        else:
            self.strip.show_message(message)

    def _reveal(self, widget: QWidget) -> None:
        self.area.ensureWidgetVisible(widget)

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Settings")

    def commands(self) -> Sequence[Command]:
        sections = [
            Command(f"Alt+{place}", _(words), partial(self.show_section, code))
            for place, (code, words) in enumerate(SECTIONS.items(), 1)
        ]
        return (
            Command("Ctrl+F", _("Search the settings"), self._search),
            Command("Ctrl+P", _("Test: print a page"), self.cards.printer.test_print),
            *sections,
        )

    def show_only(self, which: str) -> None:
        """``network``: the way to the centre, among all cards."""
        self.show_section("all")
        if which == "network":
            self._opens_at = self.cards.network

    def activated(self) -> None:
        self.chips.choose(self.name)
        manager = self.shell.counter.is_manager
        self.main_button.set_icon("" if manager else "lock-outline")
        words = _("Language and look change at once; the rest with Save.")
        lacking = _("Saving needs a manager.")
        self.hint.setText(words if manager else f"{words} {lacking}")
        for card in self.cards.all():
            card.refresh()
        self.restore_focus()
        if self._opens_at is not None:
            self._opens_at.address_field.setFocus()
            QTimer.singleShot(0, self._opens_at, partial(self._reveal, self._opens_at))
            self._opens_at = None

    def deactivated(self) -> None:
        if self._shows_person:
            self._leave_person()

    def default_focus(self) -> QWidget:
        return self.person.main_button if self._shows_person else self.search_field

    def take_scan(self, code: str) -> None:
        if not any(card.take_scan(code) for card in self.cards.all()):
            self.shell.say(Message("S", _("Scanner works: {code}").format(code=code)))

    def escape(self) -> bool:
        if self.gate.asking:
            self.gate.close_question()
            return True
        if self._shows_person:
            self._leave_person()
            return True
        if self.search_field.text():
            self.search_field.clear()
            return True
        return False

    def main_action(self) -> None:
        if self.gate.asking:
            self.gate.accept()
            return
        if self._shows_person:
            self.person.main_action()
            return
        self.gate.require("settings", Approval(_("Save the settings"), ()), self._save)

    # What happens --------------------------------------------------------------------------------------------------

    def _save(self, _approved_by: str | None) -> None:
        message = save(self.cards.all())
        self.shell.refresh_state()
        self.shell.say(message)

    def show_section(self, code: str) -> None:
        """Shows the cards of one section, and nothing of a search."""
        self.section_chips.choose(code)
        self._on_section(code)

    def _on_section(self, code: str) -> None:
        self._section = code
        self.search_field.clear()
        self._show_cards()
        self.area.verticalScrollBar().setValue(0)

    def _search(self) -> None:
        self.search_field.setFocus()
        self.search_field.selectAll()

    def _show_cards(self) -> None:
        cards = self.cards.all()
        told = [(card.section, card.words()) for card in cards]
        for card, shown in zip(cards, found(told, self._section, self.search_field.text()), strict=True):
            card.setVisible(shown)
        self._columns.fit()

    @property
    def _shows_person(self) -> bool:
        return self.pages.currentWidget() is self.person

    def _open_person(self, user_id: str) -> None:
        self.pages.setCurrentWidget(self.person)
        self._show_foot()
        self.person.open(user_id)

    def _leave_person(self) -> None:
        self.person.cover()
        self.pages.setCurrentWidget(self.area)
        self._show_foot()
        self.restore_focus()

    def _on_language(self) -> None:
        QTimer.singleShot(0, self.shell.rebuild)

    def _show_foot(self) -> None:
        covered = self.gate.asking or self._shows_person
        for widget in (self.main_button, self.hint, self.search_field, self.section_chips):
            widget.setVisible(not covered)
