"""F12 of a draft in Goods In: the manager's approval, the record, and the labels after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pos_app.i18n import _
from pos_app.ui.messages import failure
from pos_app.ui.screens.goods_in.recording import LabelWish, label_total
from pos_app.ui.widgets.pin import Approval

if TYPE_CHECKING:
    from pos_app.ui.screens.goods_in.screen import GoodsInScreen


class RecordActs(QObject):
    """Asks, records, and has the labels printed."""

    def __init__(self, screen: GoodsInScreen) -> None:
        super().__init__(screen)
        self.screen = screen

    def ask(self) -> None:
        """Asks a manager, or tells what is missing."""
        screen, presenter = self.screen, self.screen.presenter
        screen.scan_field.setFocus()  # takes over what is being typed into a row, before the question tells the sums
        obstacle = presenter.obstacle()
        screen.show_draft()
        if obstacle is not None:
            screen.shell.say(obstacle)
            return
        action = "receive" if presenter.mode == "receive" else "return_goods"
        approval = Approval(screen.main_button.text(), presenter.approval_lines())
        screen.gate.require(action, approval, self._record)

    def _record(self, approved_by: str | None) -> None:
        screen = self.screen
        message = screen.presenter.record(approved_by)
        recorder = screen.presenter.recorder
        if recorder.once.is_open:
            screen.shell.say(message.with_action(_("Try again"), partial(self._record, approved_by)))
            return
        wished = recorder.labels if message.kind == "S" else ()
        if wished and recorder.prints_labels():
            done = partial(self._on_printed, wished, message.text)
            failed = partial(self._on_print_failed, wished, message.text)
            screen.shell.workers.run(recorder.label_work(wished), done, failed)
        elif wished:
            message = message.with_action(_words(wished), partial(self._list, wished))
        screen.show_draft()
        screen.shell.refresh_state()
        screen.shell.say(message)
        screen.restore_focus()

    def _list(self, wished: Sequence[LabelWish]) -> None:
        message = self.screen.presenter.recorder.list_labels(wished)
        self.screen.shell.go("labels")
        self.screen.shell.say(message)

    def _on_printed(self, wished: Sequence[LabelWish], recorded: str, path: str) -> None:
        self.screen.shell.say(self.screen.presenter.recorder.labels_printed(wished, path, recorded))

    def _on_print_failed(self, wished: Sequence[LabelWish], recorded: str, error: Exception) -> None:
        message = failure(error, str(self.screen.shell.counter.ledger.path))
        message = replace(message, text=f"{recorded} {message.text}")
        self.screen.shell.say(message.with_action(_words(wished), partial(self._list, wished)))


def _words(wished: Sequence[LabelWish]) -> str:
    return _("Print barcode labels ({count})").format(count=label_total(wished))
