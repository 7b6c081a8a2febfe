"""Users of this till in Settings: list, add, new PIN, remove. Widgets only; the rules are in ``users_presenter``."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.services.context import User
from pos_app.ui.messages import Message
from pos_app.ui.screens.settings.card import Around, SettingsCard
from pos_app.ui.screens.settings.users_presenter import ROLES, UsersPresenter
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import PinField, TextField, field_row
from pos_app.ui.widgets.forms import Choice
from pos_app.ui.widgets.pin import Approval

NEW = "new"


class UsersCard(SettingsCard):
    """``person_wanted`` asks for the panel about a user."""

    section = "people"
    person_wanted = Signal(str)

    def __init__(self, around: Around) -> None:
        super().__init__(around, _("Users"))
        self.presenter = UsersPresenter(around.counter)
        self._former: list[User] = []
        self._build()
        self.read_again()

    def _build(self) -> None:
        theme, column = self.theme, self.column
        self.facts = Facts(theme)
        column.addWidget(self.facts)
        self.who_choice = Choice(theme)
        self.who_choice.chosen.connect(self._on_who)
        column.addWidget(field_row(theme, _("Us&er"), self.who_choice))
        self.name_field = TextField(theme)
        self.role_choice = Choice(theme, [(code, _(words)) for code, words in ROLES.items()])
        self._new_box = QWidget()
        pair = QHBoxLayout(self._new_box)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(12)
        pair.addWidget(field_row(theme, _("&Name"), self.name_field), 3)
        pair.addWidget(field_row(theme, _("R&ole"), self.role_choice), 2)
        column.addWidget(self._new_box)
        self.pin_field = PinField(theme)
        self.again_field = PinField(theme)
        self._pin_box = QWidget()
        pins = QHBoxLayout(self._pin_box)
        pins.setContentsMargins(0, 0, 0, 0)
        pins.setSpacing(12)
        pins.addWidget(field_row(theme, _("P&IN (6 digits)"), self.pin_field), 1)
        pins.addWidget(field_row(theme, _("PIN a&gain"), self.again_field), 1)
        column.addWidget(self._pin_box)
        self.add_button = KeyButton(theme, _("Add user"), icon="plus")
        self.add_button.clicked.connect(self._add)
        self.pin_button = KeyButton(theme, _("Set new PIN"))
        self.pin_button.clicked.connect(self._set_pin)
        self.remove_button = KeyButton(theme, _("Deactivate"), kind="danger")
        self.remove_button.clicked.connect(self._remove)
        self.person_button = KeyButton(theme, _("Personal data"), icon="account-outline")
        self.person_button.clicked.connect(self._on_person)
        buttons = [self.add_button, self.pin_button, self.person_button, self.remove_button]
        self._actions = ActionBar(theme, buttons)
        column.addWidget(self._actions)
        self.lock_field = TextField(theme)
        self.lock_field.setMaxLength(2)
        column.addWidget(field_row(theme, _("Lock after (&minutes without a key)"), self.lock_field))

    def obstacle(self) -> Message | None:
        """A user or a PIN that is typed is not forgotten: it has a button of its own."""
        if self.name_field.text().strip() or self.pin_field.text() or self.again_field.text():
            button = self.add_button if self.who_choice.code() == NEW else self.pin_button
            words = _("Not saved: press {button} first, or empty the fields.").format(button=button.text())
            return Message("W", words)
        return self.presenter.lock_obstacle(self.lock_field.text())

    def save(self) -> None:
        self.presenter.save_lock(self.lock_field.text())

    def refresh(self) -> None:
        """After another user logged in: who left is listed for managers."""
        if self.presenter.former() != self._former:
            self.read_again()

    def read_again(self) -> None:
        """Reads the users anew; the form is empty."""
        self._former = self.presenter.former()
        self.facts.show_facts(self.presenter.facts())
        users = [(user.id, self.presenter.words(user)) for user in self.presenter.users()]
        former = [(user.id, self.presenter.former_words(user)) for user in self._former]
        self.who_choice.set_options([(NEW, _("A new user")), *users, *former])
        for field in (self.name_field, self.pin_field, self.again_field):
            field.clear()
        self.lock_field.setText(str(self.presenter.lock_minutes()))
        self._on_who(NEW)

    def _on_who(self, who: str) -> None:
        new, left = who == NEW, any(user.id == who for user in self._former)
        self._new_box.setVisible(new)
        self._pin_box.setVisible(not left)
        self.add_button.setVisible(new)
        self.pin_button.setVisible(not new and not left)
        self.person_button.setVisible(not new)
        self.remove_button.setVisible(not new and not left)
        self._actions.refit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in the repeated PIN is the button under it."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or not self.again_field.hasFocus():
            super().keyPressEvent(event)
        elif self.who_choice.code() == NEW:
            self._add()
        else:
            self._set_pin()

    def _ask(self, title: str, name: str, run: Callable[[str | None], Message]) -> None:
        def answered(approved_by: str | None) -> None:
            message = run(approved_by)
            if message.kind == "S":
                self.read_again()
            self.around.say(message)

        self.around.require("users", Approval(title, (name,)), answered)

    def _add(self) -> None:
        name, role = self.name_field.text(), self.role_choice.code()
        pin, again = self.pin_field.text(), self.again_field.text()
        self._ask(_("Add user"), name, lambda by: self.presenter.add(name, role, pin, again, by))

    def _set_pin(self) -> None:
        user, pin, again = self.who_choice.code(), self.pin_field.text(), self.again_field.text()
        name = self.presenter.name(user)
        self._ask(_("Set new PIN"), name, lambda by: self.presenter.set_pin(user, pin, again, by))

    def _on_person(self) -> None:
        self.person_wanted.emit(self.who_choice.code())

    def _remove(self) -> None:
        user = self.who_choice.code()
        self._ask(_("Deactivate"), self.presenter.name(user), lambda by: self.presenter.remove(user, by))
