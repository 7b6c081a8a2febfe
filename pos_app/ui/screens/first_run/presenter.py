"""Rules of the first start: which corner, whose PIN, or the demo. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from pos_app.domain.errors import PosError
from pos_app.i18n import _
from pos_app.ledger import recovery
from pos_app.ledger.exchange_facts import RESTORED, read_fact
from pos_app.ledger.ledger import Ledger
from pos_app.services import backup_note, first_steps, setup
from pos_app.services.backup_note import Noted
from pos_app.services.exchange import ExchangeFailed
from pos_app.services.setup import Office, VaultFor
from pos_app.services.short_names import short_names
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, failure
from pos_app.ui.screens.first_run.restore_presenter import Restore, RestorePresenter

Mode = Literal["new", "join", "restore", "demo"]
Join = Callable[[Path, str, str], None]
"""Joins the centre: the ledger, the centre's address and the enrolment code. Raises ``ExchangeFailed``."""
UNANSWERED: Final = ("unreachable", "nonsense")
"""No answer of the centre came."""
ANOTHER_CODE: Final = ("wrong_corner",)
"""Refusals that show that the corner was chosen wrongly: the empty ledger is taken back."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The form of a new corner as typed."""

    code: str
    name: str
    till: str
    manager: str
    pin: str
    pin_again: str
    centre: str = ""
    enrolment: str = ""


class FirstRunPresenter:
    """Makes the ledger of this till. ``home`` is where ledgers live.

    ``lost`` is what is known of a till that begins anew because its ledger is lost. ``join`` joins the centre. ``made``
    hears of a new corner's ledger at once, so that a power cut finds it again, and None when it is taken back; ``look``
    gives the settings of language and theme for it.
    """

    def __init__(
        self,
        home: Path,
        vault_for: VaultFor,
        now: Callable[[], datetime],
        restore: Restore,
        lost: Noted | None = None,
        *,
        join: Join | None = None,
        made: Callable[[Path | None], None] | None = None,
        look: Callable[[], dict[str, str]] = dict,
    ) -> None:
        self.restoring = RestorePresenter(home, restore)
        self.home = home
        self._vault_for = vault_for
        self._now = now
        self.mode: Mode = "new"
        self.made: Path | None = None
        self.joined = False
        self.lost_answer = False
        """Whether no answer of the centre came: it may have taken the code, and takes the same one again."""
        self._join = join
        self._on_made = made
        self._look = look
        self.lost = lost
        self._agreed = ("", "")
        """Corner and till whose numbers do not start at the first beginning, as a person was told."""
        self._offices = setup.offices()

    @property
    def is_ready(self) -> bool:
        """Whether there is a ledger to open."""
        return self.made is not None

    def matching_offices(self, text: str) -> list[Office]:
        """Offices with every typed word in code, name or a usual short name such as Setda."""
        words = text.lower().split()
        told = [(one, f"{one.code} {one.name} {' '.join(short_names(one.name))}".lower()) for one in self._offices]
        return [one for one, known in told if all(word in known for word in words)]

    def office(self, code: str) -> Office | None:
        """The office with this code."""
        return next((one for one in self._offices if one.code == code), None)

    def corner_obstacle(self, typed: Typed) -> Message | None:
        """What is missing of the corner, before its manager is asked for."""
        if not typed.code.strip() or not typed.name.strip():
            return Message("E", _("Choose an office, or type its code and name."))
        if not typed.till.strip():
            return Message("E", _("Type the till's letter, for example A."))
        if self.mode == "join" and not (typed.centre.strip() and typed.enrolment.strip()):
            return Message("E", _("Type Diskoperin's address and the enrolment code they gave you."))
        return None

    def obstacle(self, typed: Typed) -> Message | None:
        """What is missing in the form."""
        missing = self.corner_obstacle(typed)
        if missing is not None:
            return missing
        if not typed.manager.strip():
            return Message("E", _("Enter the manager's name."))
        if len(typed.pin) != len(setup.DEMO_MANAGER_PIN) or not typed.pin.isdigit():
            return Message("E", _("A PIN has six digits."))
        if typed.pin != typed.pin_again:
            return Message("E", _("The two PINs differ. Type them again."))
        return None

    def only_pins_differ(self, typed: Typed) -> bool:
        """Whether nothing but the PIN's second typing is wrong."""
        return typed.pin != typed.pin_again and self.obstacle(replace(typed, pin_again=typed.pin)) is None

    def make_new(self, typed: Typed) -> Message:
        """A new, empty corner."""
        obstacle = self.obstacle(typed)
        if obstacle is not None:
            return obstacle
        code, till = typed.code.strip(), typed.till.strip().upper()
        beginning = self._beginning(code, till)
        if beginning > 1 and self.lost is None and self._agreed != (code, till):
            self._agreed = (code, till)
            return Message("W", _known_before(code, till))
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            self.made = setup.new_corner(
                self.home / f"pojok-{code.replace('-', '')}{till}.db",
                code=code,
                name=typed.name,
                till=till,
                manager=typed.manager,
                pin=typed.pin,
                vault_for=self._vault_for,
                now=self._now(),
                beginning=beginning,
                settings={**first_steps.fresh(), **self._look()},
            )
            if self._on_made is not None:
                self._on_made(self.made)
        except PosError as error:
            return Message("E", describe(error))
        return Message("S", _("{corner} is ready.").format(corner=typed.name.strip()))

    def _beginning(self, code: str, till: str) -> int:
        """Where numbers start: after every beginning that is known, and never at the first for a till that is lost."""
        known = backup_note.newest_beginning(code, till, self._now())
        return max(known, 1 if self.lost is not None else 0) + 1

    def make_demo(self) -> Message:
        """The demo corner; one that is there already is opened again."""
        folder = self.home / "demo"
        path = folder / setup.DEMO_FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.made = path if path.exists() else setup.demo_corner(folder, self._now(), self._vault_for)
        except PosError as error:
            return Message("E", describe(error))
        return Message("S", _("The demo corner is ready."))

    def take_restored(self) -> Message:
        """A till came back from its backup."""
        done = self.restoring.restored
        self.made = done.path if done is not None else None
        if done is not None:
            with closing(Ledger.open(done.path)) as ledger:
                locked = recovery.may_unlock(ledger, self._vault_for(ledger.identity))
            joined = bool(read_fact(ledger.db, RESTORED))
            self.restoring.restored = replace(done, locked=locked, joined=joined)
        return Message("S", self.restoring.done_title())

    def must_join(self) -> bool:
        """Whether the corner is made and still has to join the centre."""
        return self.made is not None and self.mode == "join" and not self.joined

    def join_work(self, typed: Typed) -> Callable[[], None]:
        """What a worker does to join; it may be done again after an answer that was lost."""
        join, made = self._join, self.made
        if join is None or made is None:
            raise ValueError("there is nothing that could join")
        return lambda: join(made, typed.centre.strip(), typed.enrolment.strip())

    def join_failed(self, error: Exception) -> Message:
        """Why the corner did not join. One that was made for the wrong office is taken back."""
        if isinstance(error, ExchangeFailed) and error.reason in ANOTHER_CODE and self.made is not None:
            if setup.take_back(self.made):
                self.made = None
                if self._on_made is not None:
                    self._on_made(None)
            return Message("E", str(error))
        self.lost_answer = isinstance(error, ExchangeFailed) and error.reason in UNANSWERED
        return failure(error, str(self.made or self.home))

    def next_steps(self) -> list[str]:
        """What to do after the ledger is made."""
        if self.mode == "restore":
            return self.restoring.next_steps()
        if self.mode == "demo":
            return [
                _("{name}, manager: PIN {pin}").format(name=setup.DEMO_MANAGER, pin=setup.DEMO_MANAGER_PIN),
                _("{name}, cashier: PIN {pin}").format(name=setup.DEMO_CASHIER, pin=setup.DEMO_CASHIER_PIN),
                _("All people and businesses are invented. The QRIS code pays nobody."),
            ]
        return [
            *([_begin_again()] if self.lost is not None else []),
            *([_("This till has joined the centre.")] if self.joined else []),
            _("Log in with the PIN you have just chosen."),
            _("The set-up then goes on with step 4: printer, scanner, QRIS, backup, goods and balances."),
            _("Each of them can wait; Settings (Ctrl+9) lists what is still open."),
        ]


def _known_before(code: str, till: str) -> str:
    text = _(
        "This computer had a ledger of {corner} {till} already. If it is lost, restore its backup instead. Press once"
        " more for an empty one; its numbers get a new beginning."
    )
    return text.format(corner=code, till=till)


def _begin_again() -> str:
    return _(
        "Before the first sale let the opening balances be entered from the papers: stock, what producers are owed,"
        " tabs and the drawer."
    )
