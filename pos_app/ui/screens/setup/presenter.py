"""Rules of the guided set-up: where it stands, what is still open, and what leaving a step means. No Qt."""

from __future__ import annotations

from pos_app.i18n import _
from pos_app.services import first_steps
from pos_app.services.context import Counter
from pos_app.services.first_steps import STEPS
from pos_app.ui.messages import Message
from pos_app.ui.setup_words import STEP_WORDS
from pos_app.ui.step_state import State

BEFORE = tuple(key for key in STEP_WORDS if key not in STEPS)
"""Steps that are over once there is a ledger."""


class SetupPresenter:
    """Keeps every move at once, so that a power cut goes on where it was."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.at = ""
        """The step shown; empty on the page that sums up."""

    @property
    def open_steps(self) -> tuple[str, ...]:
        """What is not there yet."""
        return first_steps.standing(self.counter.db).todo

    def begin(self) -> None:
        """Goes on where it stopped; else at the first step that is open, else at the first of all."""
        standing = first_steps.standing(self.counter.db)
        still = STEPS[STEPS.index(standing.at) :] if standing.at else STEPS
        self.at = next((step for step in still if step in standing.todo), standing.at or STEPS[0])
        if self.at != standing.at:
            first_steps.keep(self.counter.ledger, standing.todo, self.at)
        first_steps.put_off(self.counter.ledger, left=False)

    def left(self) -> None:
        """Somebody goes to work: what was put off does not bring the guide back by itself."""
        place = STEPS.index(self.at) if self.at else len(STEPS)
        if any(STEPS.index(step) < place for step in self.open_steps):
            first_steps.put_off(self.counter.ledger, left=True)

    def leave(self, *, done: bool, skipped: bool = False) -> Message | None:
        """On to the next step; what is not done stays on the list of open steps."""
        key = self.at
        following = STEPS[STEPS.index(key) + 1 :]
        self.at = following[0] if following else ""
        left = set(self.open_steps)
        if done:
            left.discard(key)
        elif not skipped or key in left:
            left.add(key)
        first_steps.keep(self.counter.ledger, tuple(left), self.at or key)
        if done:
            return None
        return Message("I", _("{step}: not yet. It stays on the list in Settings.").format(step=_(STEP_WORDS[key])))

    def back(self) -> bool:
        """One step back; False at the first."""
        if not self.at:
            self.at = STEPS[-1]
        elif self.at == STEPS[0]:
            return False
        else:
            self.at = STEPS[STEPS.index(self.at) - 1]
        first_steps.keep(self.counter.ledger, self.open_steps, self.at)
        return True

    def finish(self) -> None:
        """The guided set-up is over; open steps stay on the list."""
        first_steps.keep(self.counter.ledger, self.open_steps, "")

    def bar(self) -> list[tuple[str, State]]:
        """Each of the eight steps with its state."""
        left = self.open_steps
        place = STEPS.index(self.at) if self.at else len(STEPS)
        shown: list[tuple[str, State]] = [(_(STEP_WORDS[key]), "done") for key in BEFORE]
        for number, key in enumerate(STEPS):
            state: State = "now" if key == self.at else "done"
            if key != self.at and key in left:
                state = "later" if number < place else "open"
            shown.append((_(STEP_WORDS[key]), state))
        return shown

    def facts(self) -> list[tuple[str, str, str]]:
        """How each step of the second half stands, for the last page: text, icon, tone."""
        left = self.open_steps
        return [
            (_("{step}: not yet").format(step=_(STEP_WORDS[key])), "alert-outline", "warning")
            if key in left
            else (_("{step}: ready").format(step=_(STEP_WORDS[key])), "check-circle-outline", "success")
            for key in STEPS
        ]
