"""What can be told of a window by looking at it: who has a name, what is cut off, which colours are painted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Final, TypeVar

from PIL import Image, ImageChops, ImageFilter
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import AmountText, Text
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.table import STEPS, Cell, RowsModel, TwoLineTable
from tests.pictures.studio import grabbed

Kind = TypeVar("Kind", bound=QWidget)
NUMBER: Final = re.compile(r"(Rp )?[-+−]?\d[\d.]*(,\d+)?( %)?")
TIME: Final = re.compile(r"\d\d\.\d\d")
NO_FIGURES: Final = ("No", "Barcode", "Reference", "Referensi")
"""Columns of running numbers and of codes."""
FLOOR: Final = 24
"""What WCAG 2.2 asks of the narrower side of a target."""
FLAT: Final = 5
SOME: Final = 60
"""A colour that fills less is an edge."""


def visible(root: QWidget, kind: type[Kind]) -> list[Kind]:
    """What of a kind can be seen in ``root``; what is scrolled away counts."""
    return [one for one in root.findChildren(kind) if one.isVisible()]


def described(widget: QWidget) -> str:
    """How a failing test names a widget."""
    words = getattr(widget, "text", None)
    return f"{type(widget).__name__} {widget.accessibleName() or (words() if callable(words) else '')!r}"


def focusable(root: QWidget) -> list[QWidget]:
    """What Tab must reach."""
    found = [one for one in visible(root, QWidget) if one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus]
    return [one for one in found if one.focusProxy() is None]


def nameless(root: QWidget) -> list[str]:
    """Controls that a screen reader could not name."""
    return [described(one) for one in focusable(root) if not one.accessibleName().strip()]


def lonely_labels(root: QWidget) -> list[str]:
    """Labels with a key of their own (Alt) that belong to no field."""
    return [one.text() for one in visible(root, QLabel) if re.search(r"&\w", one.text()) and one.buddy() is None]


def cut_off(root: QWidget) -> list[str]:
    """Texts that have less room than they need."""
    buttons = visible(root, KeyButton)
    tight = [one for one in buttons if one.width() < one.sizeHint().width() or one.height() < one.sizeHint().height()]
    found = [f"button {one.text()!r}" for one in tight]
    for label in visible(root, Text):
        found += _cut(label)
    for field in visible(root, QLineEdit):
        if field.fontMetrics().height() > field.contentsRect().height():
            found.append(f"field {field.accessibleName()!r} is too low")
    return found


def _cut(label: Text) -> list[str]:
    words = label.text().replace("&", "")
    free = label.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Ignored
    if not words:
        return []
    found = []
    metrics = label.fontMetrics()
    if label.wordWrap():
        if label.heightForWidth(label.width()) > label.height() + 2:
            found.append(f"lines of {words!r}")
    elif not free and metrics.horizontalAdvance(words) > label.width() + 1:
        found.append(f"text {words!r}")
    if (
        metrics.tightBoundingRect(words).height() if isinstance(label, AmountText) else metrics.height() - 4
    ) > label.height():
        found.append(f"height of {words!r}")
    if isinstance(label, AmountText) and "…" in words:
        found.append(f"amount {words!r}")
    if _hidden_below(label):
        found.append(f"{words!r} is half hidden")
    return found


def _hidden_below(label: QWidget) -> bool:
    """Whether a parent that does not scroll shows only a part of it."""
    part: QWidget | None = label.parentWidget()
    while part is not None and not part.isWindow():
        if isinstance(part.parentWidget(), QAbstractScrollArea):
            return False
        top = label.mapTo(part, QPoint(0, 0)).y()
        if top < -2 or top + label.fontMetrics().height() > part.height() + 2:
            return True
        part = part.parentWidget()
    return False


def too_small(root: QWidget) -> list[str]:
    """Targets lower than 40 px, chips and links lower than 32."""
    found = []
    for one in [*visible(root, QAbstractButton), *visible(root, QLineEdit), *visible(root, QComboBox)]:
        if isinstance(one.parentWidget(), QAbstractItemView | QComboBox) or not one.isEnabled():
            continue
        small = isinstance(one, KeyButton) and one.kind in ("chip", "link")
        least = 32 if small or type(one).__name__ in ("Chip", "Tick", "QRadioButton") else 40
        if one.height() < least or one.width() < FLOOR:
            found.append(f"{described(one)} {one.width()}x{one.height()}")
    return found


def main_buttons(root: QWidget) -> list[tuple[str, str]]:
    """The filled buttons with their keys."""
    return [(one.text(), one.key) for one in visible(root, KeyButton) if one.kind == "main"]


def numbers_at_the_left(root: QWidget) -> list[str]:
    """Columns of figures that are not aligned at the right; running numbers and codes may be elsewhere."""
    found = []
    for table in visible(root, TwoLineTable):
        for number, column in enumerate(_model(table).columns):
            if table.isColumnHidden(number) or column.align != "left" or column.title in NO_FIGURES:
                continue
            cells = [cell.text for cell in _cells(table, number) if cell.text]
            if cells and all(NUMBER.fullmatch(text) and not TIME.fullmatch(text) for text in cells):
                found.append(f"{column.title}: {cells[0]}")
    return found


def elided_figures(root: QWidget, theme: Theme) -> list[str]:
    """Figures in tables that have less room than they need."""
    found = []
    for table in visible(root, TwoLineTable):
        for number, column in enumerate(_model(table).columns):
            room = table.columnWidth(number) - 16
            for cell in [] if table.isColumnHidden(number) or column.align != "right" else _cells(table, number):
                width = theme.metrics(STEPS[-1], 700 if cell.bold else 400).horizontalAdvance(cell.text)
                if NUMBER.fullmatch(cell.text) and width > room + 1:
                    found.append(f"{column.title}: {cell.text} needs {width} of {room}")
    return found


def _model(table: TwoLineTable) -> RowsModel[object]:
    model = table.model()
    assert isinstance(model, RowsModel)
    return model


def _cells(table: TwoLineTable, column: int) -> Iterator[Cell]:
    model = _model(table)
    for row in range(min(model.rowCount(), 20)):
        yield model.cell(row, column)


def foreign_colours(picture: Image.Image, theme: Theme) -> list[str]:
    """Colours that fill an area and are no tokens; black and white belong to paper and codes."""
    darkest = brightest = picture
    for _ring in range(FLAT // 2):  # as one filter of FLAT would, in a third of its time
        darkest, brightest = darkest.filter(ImageFilter.MinFilter(3)), brightest.filter(ImageFilter.MaxFilter(3))
    red, green, blue = ImageChops.difference(darkest, brightest).split()
    rough = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    flat = Image.composite(Image.new("RGB", picture.size, (1, 2, 3)), picture, rough.point([0] + [255] * 255))
    counted = flat.getcolors(picture.width * picture.height) or []
    known = {QColor(value).getRgb()[:3] for value in asdict(theme.tokens).values()}
    known |= {(0, 0, 0), (255, 255, 255), (1, 2, 3)}
    return [f"{colour} on {count} points" for count, colour in counted if count > SOME and colour not in known]


def faint(root: QWidget) -> list[str]:
    """Enabled texts whose painted colours have a contrast below 4.5."""
    found, whole = [], grabbed(root)
    for one in [*visible(root, Text), *visible(root, KeyButton)]:
        words = one.text()
        if (
            not words.strip()
            or not one.isEnabled()
            or one.visibleRegion().boundingRect().height() < one.height() * 2 // 3
        ):
            continue
        box = one.visibleRegion().boundingRect().translated(one.mapTo(root, QPoint(0, 0)))
        ratio = painted_contrast(whole.crop((box.left(), box.top(), box.right() + 1, box.bottom() + 1)))
        if ratio < 4.5:
            found.append(f"{described(one)} {ratio:.1f}")
    return found


def painted_contrast(picture: Image.Image) -> float:
    """Between the commonest colour, the ground, and the colour that stands out most from it."""
    counted = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)
    ground = luminance(counted[0][1])
    return max(_ratio(ground, luminance(colour)) for _count, colour in counted)


def luminance(colour: object) -> float:
    """Relative luminance of an RGB triple (WCAG 2.2)."""
    assert isinstance(colour, tuple)
    parts = [value / 255 / 12.92 if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _ratio(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)
