"""Goods at the counter (Shift+F3): among the favourites or not, and their picture. Widgets only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel

from pos_app.domain.formats import rupiah
from pos_app.domain.product import Product
from pos_app.i18n import _
from pos_app.services.context import Counter
from pos_app.ui.dialog_folders import remembered, start_in
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import EntryField, field_row
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.question import QuestionPanel
from pos_app.ui.widgets.thumbnails import square

SIDE = 128


class GoodsPanel(QuestionPanel):
    """Enter makes a favourite of the goods or takes them out; a file gives them a picture."""

    picture_wanted = Signal(object)
    no_picture_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _("Favourite and picture"), main=_("Make favourite"), icon="star")
        self.product: Product | None = None
        self.pinned = False
        self._name = Text(theme, step="row", weight=700)
        self._name.setWordWrap(True)
        self._detail = Text(theme, tone="muted")
        self.preview = QLabel()
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field = EntryField(theme, placeholder=_("PNG, JPEG or WebP file"))
        self.ask_file: Callable[[], str] = self._ask_file
        self.choose_button = KeyButton(theme, _("Choose …"), icon="image-plus")
        self.choose_button.clicked.connect(self._on_choose)
        self.set_button = KeyButton(theme, _("Set picture"), icon="image-outline")
        self.set_button.clicked.connect(self.want_picture)
        self.remove_button = KeyButton(theme, _("Remove picture"), icon="close")
        self.remove_button.clicked.connect(self.no_picture_wanted)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.choose_button, 1)
        row.addWidget(self.set_button, 1)
        self.body.addWidget(self._name)
        self.body.addWidget(self._detail)
        self.body.addWidget(self.preview)
        self.body.addWidget(field_row(theme, _("&Picture from a file"), self.field))
        self.body.addLayout(row)
        self.body.addWidget(self.remove_button)
        self.body.addStretch(1)

    def ask(self, product: Product, picture: bytes | None, *, pinned: bool) -> None:
        """Shows goods as the tiles know them."""
        self.product, self.pinned = product, pinned
        self._name.setText(product.name)
        self._detail.setText(f"{product.producer_name} · {rupiah(product.sell_price)}")
        self.main.setText(_("Take out of favourites") if pinned else _("Make favourite"))
        shown = (
            square(QImage.fromData(QByteArray(picture)), self.theme.px(SIDE), self.devicePixelRatioF())
            if picture
            else None
        )
        if shown is not None:
            self.preview.setPixmap(shown)
            self.preview.setAccessibleName(_("Picture of {item}").format(item=product.name))
        else:
            self.preview.clear()
            self.preview.setText(_("No picture yet."))
        self.remove_button.setVisible(picture is not None)
        self.field.clear()
        self.show_error("")
        self.main.setFocus()

    def want_picture(self) -> None:
        """Asks for the typed file as the picture."""
        text = self.field.text().strip()
        if text:
            self.picture_wanted.emit(Path(text).expanduser())
        else:
            self.field.setFocus()

    def press(self) -> None:
        if self.field.hasFocus():
            self.want_picture()
        else:
            super().press()

    def _on_choose(self) -> None:
        chosen = self.ask_file()
        if chosen:
            self.field.setText(chosen)
            self.want_picture()

    def _ask_file(self) -> str:
        title = _("Choose a picture")
        kinds = _("Pictures") + " (*.png *.jpg *.jpeg *.webp)"
        return remembered(QFileDialog.getOpenFileName(self, title, self.field.text() or start_in(), kinds)[0])


class GoodsSide(Gate):
    """The panel, and the manager's PIN before anything changes."""

    def __init__(self, theme: Theme, counter: Counter) -> None:
        self.panel = GoodsPanel(theme)
        super().__init__(theme, counter, self.panel)
        self.closed.connect(self.panel.main.setFocus)
