"""Rules of the users' card in Settings: who works at this till, their PINs. No Qt."""

from __future__ import annotations

from typing import Final

from pos_app.domain.errors import PosError
from pos_app.i18n import N_, _
from pos_app.ledger import queries, registry
from pos_app.services import people
from pos_app.services.context import Counter, User
from pos_app.services.wording import describe
from pos_app.ui import settings_keys
from pos_app.ui.messages import Message

ROLES: Final = {"kasir": N_("Cashier"), "pengelola": N_("Manager")}
USUAL_LOCK: Final = 10
LONGEST_LOCK: Final = 60
ICONS: Final = {"kasir": "account-outline", "pengelola": "account-check-outline"}


class UsersPresenter:
    """Lists, adds and removes users and sets PINs; ``approved_by`` is the manager who allowed it to a cashier."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    def users(self) -> list[User]:
        """Who may log in, by name."""
        return people.users(self.counter)

    def former(self) -> list[User]:
        """Who left and is not anonymised yet, by name: shown to managers, who export or anonymise them."""
        return people.former_users(self.counter) if self.counter.is_manager else []

    def former_words(self, user: User) -> str:
        """Name, and that the person left."""
        return _("{name} · deactivated").format(name=user.name)

    def facts(self) -> list[tuple[str, str, str]]:
        """Each user with the role: text, icon, tone."""
        return [
            (self.words(user), ICONS[user.role], "success" if user.is_manager else "muted") for user in self.users()
        ]

    def words(self, user: User) -> str:
        """Name and role."""
        return f"{user.name} · {_(ROLES[user.role])}"

    def add(self, name: str, role: str, pin: str, again: str, approved_by: str | None) -> Message:
        """One more user."""
        if pin != again:
            return _differing()
        try:
            user = people.hire(self.counter, name, role, pin, approved_by)
        except PosError as error:
            return Message("E", describe(error))
        return Message("S", _("{name} may log in from now on.").format(name=user.name))

    def set_pin(self, user_id: str, pin: str, again: str, approved_by: str | None) -> Message:
        """Another PIN for a user."""
        if pin != again:
            return _differing()
        try:
            people.change_pin(self.counter, user_id, pin, approved_by)
        except PosError as error:
            return Message("E", describe(error))
        return Message("S", _("The PIN of {name} is changed.").format(name=self.name(user_id)))

    def remove(self, user_id: str, approved_by: str | None) -> Message:
        """A user who no longer works here."""
        name = self.name(user_id)
        try:
            people.dismiss(self.counter, user_id, approved_by)
        except PosError as error:
            return Message("E", describe(error))
        return Message("S", _("{name} can no longer log in.").format(name=name))

    def lock_minutes(self) -> int:
        """After how many minutes without a key the till asks for the PIN again."""
        text = queries.setting(self.counter.db, settings_keys.LOCK_MINUTES, "")
        return int(text) if text.isdecimal() else USUAL_LOCK

    def lock_obstacle(self, text: str) -> Message | None:
        """What is wrong with a time for the lock; None for 1 to 60 minutes."""
        if text.strip().isdecimal() and 1 <= int(text) <= LONGEST_LOCK:
            return None
        return Message("W", _("Enter 1 to 60 minutes."))

    def save_lock(self, text: str) -> None:
        """Keeps the time for the lock where it was changed."""
        if int(text) != self.lock_minutes():
            with self.counter.ledger.write() as tx:
                registry.set_setting(tx.db, settings_keys.LOCK_MINUTES, str(int(text)))

    def name(self, user_id: str) -> str:
        """The name of a user; empty for none."""
        return next((user.name for user in self.users() if user.id == user_id), "")


def _differing() -> Message:
    return Message("W", _("The two PINs differ. Type them again."))
