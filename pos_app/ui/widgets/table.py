"""The list of every screen: rows of fixed height with up to two lines, an empty state, one painted delegate.

``RowsModel[Row](columns)`` is subclassed in a screen's ``table_model.py`` and gives ``cells(row)``, one ``Cell`` per
``Column``; ``set_rows`` replaces them. ``TwoLineTable(theme, model, empty="…")`` shows it; signals
``row_activated(int)`` (Enter, double click) and ``row_changed(int)``. A ``Column`` with ``editable=True`` opens an
editor and calls ``edit(row_number, column_number, text) -> bool`` of the model. Only visible rows are asked
for their cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeVar

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from pos_app.ui.elide import elide_keep_end
from pos_app.ui.icons import draw_icon
from pos_app.ui.theme import Theme, widest_fitting

Index = QModelIndex | QPersistentModelIndex
Align = Literal["left", "right", "center"]
Row = TypeVar("Row")
MOST_PICTURES: Final = 400
STEPS: Final = ("row", "body", "chip", "caption")
"""A figure takes the first of these at which it fits; only then is anything cut."""
CELL_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_H: Final = {
    "left": Qt.AlignmentFlag.AlignLeft,
    "right": Qt.AlignmentFlag.AlignRight,
    "center": Qt.AlignmentFlag.AlignHCenter,
}


@dataclass(frozen=True, slots=True)
class Column:
    """Header words, width in pixels at 100 % (0: takes what is left), side and whether it can be edited."""

    title: str
    width: int = 0
    align: Align = "left"
    editable: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell shows: a line, a smaller one below, their tones (colour tokens), an icon before the lower line."""

    text: str = ""
    sub: str = ""
    tone: str = "text"
    sub_tone: str = "muted"
    icon: str = ""
    bold: bool = False


class RowsModel(QAbstractTableModel, Generic[Row]):
    """Rows of any type, shown through ``cells``; needs no window."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.rows: list[Row] = []
        self._cells: dict[int, Sequence[Cell]] = {}

    def cells(self, row: Row) -> Sequence[Cell]:
        """One cell per column; given by the subclass."""
        raise NotImplementedError

    def edit(self, row: int, column: int, text: str) -> bool:  # noqa: ARG002
        """Takes an edited text; False refuses it."""
        return False

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replaces all rows. Rows that stay the same are not painted again; selection and scroll position are kept
        while no row goes away."""
        old, new = self.rows, list(rows)
        if len(new) < len(old) or not old:
            self.beginResetModel()
            self.rows = new
            self._cells.clear()
            self.endResetModel()
            return
        changed = [number for number, row in enumerate(old) if new[number] != row]
        if len(new) > len(old):
            self.beginInsertRows(QModelIndex(), len(old), len(new) - 1)
        self.rows = new
        for number in changed:
            self._cells.pop(number, None)
        if len(new) > len(old):
            self.endInsertRows()
        last = len(self.columns) - 1
        for number in changed:
            self.dataChanged.emit(self.index(number, 0), self.index(number, last))

    def cell(self, row: int, column: int) -> Cell:
        """The cell shown there."""
        found = self._cells.get(row)
        if found is None:
            found = self._cells[row] = self.cells(self.rows[row])
        return found[column]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        cell = self.cell(index.row(), index.column())
        if role == CELL_ROLE:
            return cell
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return cell.text
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{cell.text} · {cell.sub}" if cell.sub else cell.text
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _H[self.columns[section].align] | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and self.columns[index.column()].editable:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: Index, value: Any, role: int = int(Qt.ItemDataRole.EditRole)) -> bool:
        if role != Qt.ItemDataRole.EditRole or not self.edit(index.row(), index.column(), str(value)):
            return False
        self._cells.pop(index.row(), None)
        self.dataChanged.emit(self.index(index.row(), 0), self.index(index.row(), len(self.columns) - 1))
        return True


class RowDelegate(QStyledItemDelegate):
    """Paints a ``Cell``; the selected row has a fill and a bar at its left.

    Painted cells are kept as pictures, since a scan repaints many that did not change.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self._pictures: dict[tuple[object, ...], QPixmap] = {}
        theme.changed.connect(self._pictures.clear)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell, column, rect = index.data(CELL_ROLE), index.column(), option.rect
        if not isinstance(cell, Cell):
            return
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
        ratio = painter.device().devicePixelRatio()
        key = (cell, column, rect.width(), rect.height(), selected, enabled, ratio, self.look())
        picture = self._pictures.get(key)
        if picture is None:
            if len(self._pictures) >= MOST_PICTURES:
                self._pictures.clear()
            picture = QPixmap(rect.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            inner = QPainter(picture)
            box = QRect(0, 0, rect.width(), rect.height())
            self.paint_ground(inner, box, selected=selected, first=column == 0)
            model = index.model()
            align: Align = model.columns[column].align if isinstance(model, RowsModel) else "left"
            self.paint_cell(inner, QRectF(box).adjusted(8, 0, -8, 0), cell, align, enabled=enabled)
            self.paint_more(inner, box, column)
            inner.end()
            self._pictures[key] = picture
        painter.drawPixmap(rect.topLeft(), picture)

    def look(self) -> object:
        """What else decides how cells look; part of the key of their pictures."""
        return None

    def paint_more(self, painter: QPainter, rect: QRect, column: int) -> None:
        """What a subclass adds to a cell."""

    def paint_ground(self, painter: QPainter, rect: QRect, *, selected: bool, first: bool) -> None:
        """Fill, bar and the line below the row."""
        color = self.theme.color
        painter.fillRect(rect, color("primary_soft" if selected else "surface"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), color("line"))
        if selected and first:
            painter.fillRect(QRect(rect.left(), rect.top(), 4, rect.height()), color("primary"))

    def paint_cell(self, painter: QPainter, area: QRectF, cell: Cell, align: Align, *, enabled: bool) -> None:
        """The one or two lines of a cell."""
        theme = self.theme
        weight = 700 if cell.bold else 400
        line = theme.metrics("row", weight)
        tone = cell.tone if enabled else "disabled"
        height = area.height()
        top = area.top() + (height - line.height()) / 2
        if cell.sub:
            small = theme.metrics("caption", 700 if cell.sub_tone in ("warning", "danger") else 400)
            top = area.top() + (height - line.height() - small.height()) / 2 + 1
            self._paint_sub(painter, QRectF(area.left(), top + line.height() - 2, area.width(), small.height()), cell)
        step = widest_fitting(theme, cell.text, int(area.width()), STEPS, weight) if align == "right" else "row"
        painter.setFont(theme.font(step, weight))
        painter.setPen(theme.color(tone))
        text = elide_keep_end(cell.text, int(area.width()), theme.metrics(step, weight).horizontalAdvance)
        painter.drawText(QRectF(area.left(), top, area.width(), line.height()), _H[align] | _MIDDLE, text)

    def _paint_sub(self, painter: QPainter, area: QRectF, cell: Cell) -> None:
        theme = self.theme
        weight = 700 if cell.sub_tone in ("warning", "danger") else 400
        left = area.left()
        if cell.icon:
            size = theme.px(14)
            draw_icon(
                painter, cell.icon, QRectF(left, area.top(), size, area.height()), theme.color(cell.sub_tone), size
            )
            left += size + 4
        painter.setFont(theme.font("caption", weight))
        painter.setPen(theme.color(cell.sub_tone))
        width = area.right() - left
        text = theme.metrics("caption", weight).elidedText(cell.sub, Qt.TextElideMode.ElideRight, int(width))
        painter.drawText(QRectF(left, area.top(), width, area.height()), _H["left"] | _MIDDLE, text)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: ARG002
        editor = QLineEdit(parent)
        editor.setFont(self.theme.font("row"))
        model = index.model()
        if isinstance(model, RowsModel):
            editor.setAlignment(_H[model.columns[index.column()].align] | _MIDDLE)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            model.setData(model.index(index.row(), index.column()), editor.text())

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(40, self.theme.px(48))


_ACTIVATING: Final = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class TwoLineTable(QTableView):
    """A table of ``RowsModel`` rows; see the module."""

    row_activated = Signal(int)
    row_changed = Signal(int)
    ticked = False
    """Whether Enter takes rows in and out; then Space does, too."""

    def __init__(
        self,
        theme: Theme,
        model: RowsModel[Any],
        *,
        empty: str = "",
        empty_icon: str = "information-outline",
        row_height: int = 48,
        delegate: type[RowDelegate] = RowDelegate,
    ) -> None:
        super().__init__()
        self.theme = theme
        self._model = model
        self._empty = empty
        self._empty_icon = empty_icon
        self._row_height = row_height
        self.row_delegate = delegate(theme, self)
        self.setModel(model)
        self.setAccessibleName(", ".join(column.title for column in model.columns if column.title))
        self.setItemDelegate(self.row_delegate)
        self._configure()
        self.doubleClicked.connect(self._on_double_clicked)
        self.selectionModel().currentRowChanged.connect(self._on_current_changed)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def set_empty(self, text: str) -> None:
        """What stands in an empty table: the next step."""
        self._empty = text
        self.viewport().update()

    def current_row(self) -> int:
        """Number of the selected row, -1 for none."""
        index = self.currentIndex()
        return index.row() if index.isValid() else -1

    def select_row(self, row: int) -> None:
        """Selects and shows a row; out of range selects none."""
        if 0 <= row < self._model.rowCount():
            if row != self.current_row() or not self.selectionModel().hasSelection():
                self.selectRow(row)
            shown = next((n for n in range(len(self._model.columns)) if not self.isColumnHidden(n)), 0)
            self.scrollTo(self._model.index(row, shown))
        else:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())

    def step(self, command: str) -> bool:
        """``Up`` or ``Down`` typed in a field above chooses the row before or after; False for any other command."""
        if command not in ("Up", "Down"):
            return False
        wanted = self.current_row() + (1 if command == "Down" else -1)
        self.select_row(max(0, min(self._model.rowCount() - 1, wanted)))
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        editing = self.state() == QAbstractItemView.State.EditingState
        keys = _ACTIVATING | {Qt.Key.Key_Space} if self.ticked else _ACTIVATING
        if event.key() in keys and not editing and self.current_row() >= 0:
            self.row_activated.emit(self.current_row())
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._model.rowCount() == 0 and self._empty:
            self._paint_empty()

    def _paint_empty(self) -> None:
        painter = QPainter(self.viewport())
        area = QRectF(self.viewport().rect())
        size = self.theme.px(40)
        middle = area.center().y()
        box = QRectF(area.left(), middle - size - 6, area.width(), size)
        draw_icon(painter, self._empty_icon, box, self.theme.color("border"), size)
        painter.setFont(self.theme.font("row"))
        painter.setPen(QPen(self.theme.color("muted")))
        words = area.adjusted(16, middle - area.top() + 6, -16, 0)
        painter.drawText(
            words,
            Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap,
            self._empty,
        )

    def _configure(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(24)

    def _on_theme_changed(self) -> None:
        theme = self.theme
        height = theme.px(self._row_height)
        if theme.compact and theme.scale == 100 and self._row_height == 48:
            height = 44
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        header = self.horizontalHeader()
        header.setFont(theme.font("caption", 700))
        header.setFixedHeight(theme.px(32))
        for number, column in enumerate(self._model.columns):
            if column.width:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(number, self._column_width(column))
            else:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
        self.viewport().update()

    def _column_width(self, column: Column) -> int:
        words = self.theme.metrics("caption", 700).horizontalAdvance(column.title) + 18
        return max(self.theme.px(column.width), words)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        if not index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.row_activated.emit(index.row())

    def _on_current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:  # noqa: ARG002
        self.row_changed.emit(current.row())


_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter
