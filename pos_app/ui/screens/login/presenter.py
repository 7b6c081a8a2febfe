"""Rules of logging in: who may, who was last, what a wrong PIN says. No Qt."""

from __future__ import annotations

from pos_app.domain.errors import WrongPin
from pos_app.i18n import _
from pos_app.ledger import queries, registry
from pos_app.services import people
from pos_app.services.context import Counter, User
from pos_app.ui import settings_keys
from pos_app.ui.messages import Message, of_error

PIN_DIGITS = people.PIN_DIGITS


class LoginPresenter:
    """The users of this till and the PIN check."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    def users(self) -> list[User]:
        """Who may log in, by name."""
        return people.users(self.counter)

    def preselected(self, users: list[User]) -> int:
        """Row of who logged in last, else the first."""
        last = queries.setting(self.counter.db, settings_keys.LAST_USER, "")
        return next((row for row, user in enumerate(users) if user.id == last), 0)

    def log_in(self, user: User, pin: str) -> Message | None:
        """None when the user is in; else what to say."""
        try:
            people.log_in(self.counter, user.id, pin)
        except WrongPin as error:
            return of_error(error)
        if queries.setting(self.counter.db, settings_keys.LAST_USER, "") != user.id:
            with self.counter.ledger.write() as tx:
                registry.set_setting(tx.db, settings_keys.LAST_USER, user.id)
        return None

    def demo_hint(self) -> str:
        """The PINs of a demo corner; empty for a real one."""
        if queries.setting(self.counter.db, settings_keys.DEMO, "") != "1":
            return ""
        from pos_app.services import setup  # late: only a demo needs it

        text = _("Demo corner — manager PIN {manager}, cashier {cashier}")
        return text.format(manager=setup.DEMO_MANAGER_PIN, cashier=setup.DEMO_CASHIER_PIN)

    def role_words(self, user: User) -> str:
        """``Sari Kasir · kasir``."""
        role = _("manager") if user.is_manager else _("cashier")
        return f"{user.name} · {role}"
