"""The form about goods: registers new ones, another size of some, or corrects what is registered. Widgets only.

    panel = GoodsPanel(shell, gate.require)
    panel.begin_new(barcode="899…", producer="P001")    # or show_goods(sku), or begin_size(sku)

``require`` asks for a manager as ``Gate.require`` does. ``main_action`` is for F12, ``take_scan`` for a barcode;
``registered(sku)`` and ``changed(sku)`` tell that it was saved, ``leaving()`` that it was left.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from pos_app.domain.errors import PosError
from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.services.products import NewGoods
from pos_app.services.wording import describe
from pos_app.ui.goods_form.fields import GoodsFields
from pos_app.ui.goods_form.presenter import Entries, GoodsFormPresenter
from pos_app.ui.screen import Shell
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.finder import Finder
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.question import QuestionPanel
from pos_app.ui.widgets.results import Result

Require = Callable[[str, Approval, Callable[[str | None], None]], None]


class GoodsPanel(QuestionPanel):
    """See the module."""

    registered = Signal(str)
    changed = Signal(str)
    leaving = Signal()

    def __init__(self, shell: Shell, require: Require) -> None:
        super().__init__(shell.theme, _("Register goods"), main=_("Register"), icon="plus", key="F12")
        self._require = require
        self._warned = False
        """Whether it was said that something is not saved."""
        self.presenter = GoodsFormPresenter(shell.counter)
        self.fields = GoodsFields(shell.theme, self.presenter)
        self.finder = Finder(
            shell.theme, self.fields.producer, self, self._producers, empty=_("No producer found. Register it first.")
        )
        self.finder.picked.connect(self._on_picked)
        self.finder.entered.connect(self._on_entered)
        self._remark = Text(shell.theme, tone="muted")
        self._remark.setWordWrap(True)
        self.body.addWidget(self._remark)
        self.body.addWidget(self.fields)
        self.body.addStretch(1)
        self.fields.edited.connect(self._on_edited)
        self.accepted.connect(self._save)
        self.cancelled.connect(self._on_cancelled)

    # Beginning ------------------------------------------------------------------------------------------------------

    def begin_new(self, barcode: str = "", producer: str = "") -> None:
        """An empty form for goods with this barcode, of this producer (its code)."""
        self._open(_("Register goods"), _("Register"), self.presenter.begin_new(barcode, producer), all_fields=False)

    def begin_size(self, sku: str) -> None:
        """Another size of these goods: all is copied but size, price and barcode."""
        self._open(_("Another size"), _("Register"), self.presenter.begin_size(sku), all_fields=True)
        self.fields.size_text.setFocus()

    def show_goods(self, sku: str) -> None:
        """Goods as they are registered, to be corrected. Raises ``UnknownCode``."""
        self._open(_("Data of goods"), _("Save"), self.presenter.show_goods(sku), all_fields=True)

    def _open(self, title: str, main: str, entries: Entries, *, all_fields: bool) -> None:
        self.title.setText(title)
        self.main.setText(main)
        self.finder.close()
        self.fields.show_entries(entries, self.presenter.allowed, is_new=not self.presenter.sku)
        self.presenter.before = self.fields.entries()
        self.fields.more.setChecked(all_fields)
        self._warned = False
        remarks = self.presenter.remarks()
        self._remark.setText(" ".join(remarks))
        self._remark.setVisible(bool(remarks))
        self.show_error("")
        self._on_edited()
        self.fields.first().setFocus()

    # What the host asks ---------------------------------------------------------------------------------------------

    def main_action(self) -> None:
        """F12: saves, or says what is missing."""
        self.finder.close()
        self.press()

    def escape(self) -> bool:
        """One step back: the list of producers, a word about what is not saved, then the form."""
        if self.finder.is_open:
            self.finder.close()
        elif not self._warned and self.fields.entries() != self.presenter.before:
            self._warned = True
            self.show_error(_("Not saved yet. Esc once more leaves it."))
        else:
            self.leaving.emit()
        return True

    def take_scan(self, code: str) -> bool:
        """A barcode for new goods; False where goods are registered already, and have a page for their barcodes."""
        if self.presenter.sku:
            return False
        self.fields.barcode.setText(code)
        self._on_edited()
        return True

    def missing(self) -> str:
        gap = self.presenter.gap(self.fields.entries())
        if gap is None:
            return ""
        self.fields.lead_to(gap.field)
        return gap.words

    # What happens ---------------------------------------------------------------------------------------------------

    def _producers(self, text: str) -> list[Result]:
        return [Result(code, name, f"{code} · {place}") for code, name, place in self.presenter.producers(text)]

    def _on_picked(self, code: str) -> None:
        self.fields.producer.setText(self.presenter.choose_producer(code))
        self._on_edited()
        self.fields.category.setFocus()

    def _on_entered(self) -> None:
        self.press()

    def _on_edited(self) -> None:
        if self._warned:
            self._warned = False
            self.show_error("")
        entries = self.fields.entries()
        gap = self.presenter.gap(entries)
        self.fields.mark(gap.field if gap is not None and gap.wrong else "")
        self.set_ready(gap is None)

    def _save(self) -> None:
        goods = self.presenter.goods(self.fields.entries())
        lines = [self.fields.producer.text(), rupiah(goods.sell_price)]
        self._require(self.presenter.action, Approval(goods.name, lines), partial(self._run, goods))

    def _run(self, goods: NewGoods, approved_by: str | None) -> None:
        new = not self.presenter.sku
        try:
            product = self.presenter.save(goods, approved_by)
        except PosError as error:
            self.show_error(describe(error))
            return
        (self.registered if new else self.changed).emit(product.sku)

    def _on_cancelled(self) -> None:
        self.escape()

    def focus_widget(self) -> QWidget:
        """Where typing goes on."""
        inner = self.focusWidget()
        return inner if isinstance(inner, QLineEdit) else self.fields.first()
