"""What is done to post a stock count: asked, worked on with progress, told; a failing disk asked again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pos_app.domain.errors import PosError
from pos_app.i18n import _
from pos_app.services.context import Recorded
from pos_app.ui.messages import Message, of_error
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.worker import Stopped, Task

if TYPE_CHECKING:
    from pos_app.ui.screens.stock_count.screen import StockCountScreen


class PostingActs(QObject):
    """Wires the page of differences to their posting; ``busy`` while a worker posts."""

    def __init__(self, screen: StockCountScreen) -> None:
        super().__init__(screen)
        self.screen = screen
        self.differences = screen.differences
        self.page = screen.difference_page
        self._task: Task | None = None
        self.page.posting.connect(self.ask)
        self.page.stopping.connect(self.stop)

    @property
    def busy(self) -> bool:
        """Whether a worker posts."""
        return self._task is not None

    def ask(self, *, knowingly: bool = False) -> None:
        """F12: whether it is to be posted; ``knowingly``: although other tills should be heard of first."""
        obstacle = self.differences.obstacle()
        if obstacle is not None:
            self.screen.shell.say(obstacle)
            return
        late = self.differences.unheard()
        if late is not None and not knowingly:
            self.screen.shell.say(late.with_action(_("Post anyway"), partial(self.ask, knowingly=True)))
            return
        approval = Approval(_("Post the stock count?"), self.differences.approval_lines(late))
        do = partial(self._post, knowingly=late is not None)
        self.screen.gate.require("count", approval, do, label=_("Approve & post"))

    def _post(self, approved_by: str | None, *, knowingly: bool = False) -> None:
        note = self.page.note_field.text().strip()
        try:
            earlier = self.differences.before(note)
        except PosError as error:
            self._told(error, partial(self._post, approved_by, knowingly=knowingly))
            return
        if earlier is not None:
            self._on_posted(earlier)
            return
        work = self.differences.post_work(note, approved_by, knowingly=knowingly)
        again = partial(self._post, approved_by, knowingly=knowingly)
        failed = partial(self._on_post_failed, note, again, self.screen.shell.counter.left_open)
        self.page.set_posting(True)
        self._task = self.screen.shell.workers.run_told(work, self._on_progress, self._on_posted, failed)

    def _told(self, error: PosError, again: Callable[[], None]) -> None:
        """What a try before became is not known yet, or it became something else."""
        message = of_error(error)
        if self.differences.once.is_open:
            message = message.with_action(_("Try again"), again)
        self.screen.shell.say(message)

    def stop(self) -> None:
        """Nothing is posted then."""
        if self._task is not None:
            self._task.stop()

    def _on_progress(self, done: int, total: int) -> None:
        self.page.progress.show_progress(_("Posting the count …"), done, total, counted=True)

    def _on_posted(self, recorded: Recorded) -> None:
        self._task = None
        self.page.set_posting(False)
        message = self.differences.done(recorded)
        self.screen.presenter.read()
        self.screen.open_page("done")
        self.screen.shell.refresh_state()
        self.screen.shell.say(message)

    def _on_post_failed(self, note: str, again: Callable[[], None], before: str, error: Exception) -> None:
        self._task = None
        self.page.set_posting(False)
        if isinstance(error, Stopped):
            self.screen.shell.say(Message("I", _("Stopped. Nothing was posted; the count is as it was.")))
            return
        message = self.differences.failed(error, note, before)
        if self.differences.once.is_open:
            message = message.with_action(_("Try again"), again)
        else:
            self.screen.show_page()
        self.screen.shell.say(message)
