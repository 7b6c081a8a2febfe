"""The charts of the Reports screen, and the list of what needs action. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.services.reporting import Report
from pos_app.ui.screens.reports.presenter import BarLine, ReportsPresenter
from pos_app.ui.screens.reports.table_model import SellersModel, bars_model
from pos_app.ui.screens.reports.todo import Todo
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import IconText, Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.charts import Bar, ChartCard, StatCard
from pos_app.ui.widgets.side import TIGHT_ABOVE, TightColumns


class Board:
    """Cards of a report: ``left`` and ``right`` say where they stand."""

    def __init__(self, theme: Theme, presenter: ReportsPresenter) -> None:
        self._presenter = presenter
        empty = _("No sales in this period.")
        self.stats = StatRow(theme)
        hours = _("Sales per hour (thousand rupiah)")
        self.hours = ChartCard(theme, hours, bars_model(_("Hour"), _("Thousand Rp")), empty=empty)
        days = _("Sales per day (thousand rupiah)")
        self.days = ChartCard(theme, days, bars_model(_("Date"), _("Thousand Rp")), empty=empty)
        self.days.hide()
        self.tenders = ChartCard(theme, _("Payment method"), bars_model(_("Payment method")), empty=empty)
        self.categories = ChartCard(theme, _("Sales by category"), bars_model(_("Category")), empty=empty)
        self.sellers_model = SellersModel()
        self.sellers = ChartCard(theme, _("Top 10 items"), self.sellers_model, empty=empty)
        TightColumns(theme, self.sellers.table, (0,))
        owed = _("Owed to producers now")
        self.owed = ChartCard(theme, owed, bars_model(_("Producer")), empty=_("Nobody is owed anything."))
        self.charts = (self.hours, self.days, self.tenders, self.categories, self.sellers, self.owed)
        self.left = (self.days, self.hours, self.categories)
        self.right = (self.tenders, self.sellers, self.owed)
        self.tables = False

    def show_report(self, report: Report) -> None:
        """Every figure of a report."""
        presenter = self._presenter
        self.stats.show_stats(presenter, report)
        self.tenders.set_empty(presenter.no_tenders())
        self.hours.show_bars(_bars(presenter.hours(report)))
        self.days.show_bars(_bars(presenter.days(report)))
        self.days.setVisible(report.first != report.last)
        self.tenders.show_bars(_bars(presenter.tenders(report)))
        self.categories.show_bars(_bars(presenter.categories(report)))
        self.owed.show_bars(_bars(presenter.owed(report)))
        self.sellers.show_bars(_bars(presenter.seller_bars(report)))
        self.sellers_model.set_rows(presenter.sellers(report))

    def turn(self) -> None:
        """Tables instead of charts, or charts again."""
        self.tables = not self.tables
        for card in self.charts:
            card.show_table(self.tables)


class StatRow(QWidget):
    """The four figures at the top; two rows where the room is short."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.cards = {
            "gross": StatCard(theme, _("Sales total")),
            "sales": StatCard(theme, _("Sales count")),
            "average": StatCard(theme, _("Average")),
            "commission": StatCard(theme, _("Commission")),
        }
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        theme.changed.connect(self._arrange)
        self._arrange()

    def show_stats(self, presenter: ReportsPresenter, report: Report) -> None:
        """Figures, each with its comparison or else its period."""
        for name, stat in presenter.stats(report).items():
            self.cards[name].show_figure(stat.figure, stat.remark or presenter.period_text())

    def _arrange(self) -> None:
        columns = 2 if self.theme.scale > TIGHT_ABOVE or self.theme.small_window else 4
        for number, tile in enumerate(self.cards.values()):
            self._grid.addWidget(tile, number // columns, number % columns)


class TodoCard(QWidget):
    """What needs action, each with a way to it; ``view`` is given the screen and which of its things."""

    def __init__(self, theme: Theme, view: Callable[[str, str], None]) -> None:
        super().__init__()
        self.theme = theme
        self._view = view
        frame, self._column = padded_card(spacing=4)
        self._column.addWidget(Text(theme, _("Needs action"), step="row", weight=700))
        self._rows: list[QWidget] = []
        self.buttons: dict[str, KeyButton] = {}
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)

    def show_todos(self, todos: Sequence[Todo]) -> None:
        """Replaces the list."""
        for old in self._rows:
            self._column.removeWidget(old)
            old.deleteLater()
        self._rows, self.buttons = [], {}
        for todo in todos:
            row = self._row(todo)
            self._column.addWidget(row)
            self._rows.append(row)

    def words(self) -> list[str]:
        """What is listed."""
        return [row.accessibleName() for row in self._rows]

    def _row(self, todo: Todo) -> QWidget:
        row = QWidget()
        row.setAccessibleName(todo.text)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        tone = "warning" if todo.screen else "success"
        icon = "alert-outline" if todo.screen else "check-circle-outline"
        line.addWidget(IconText(self.theme, icon, 18, tone))
        text = Text(self.theme, todo.text)
        text.setWordWrap(True)
        line.addWidget(text, 1)
        if todo.screen:
            button = KeyButton(self.theme, _("View"), kind="link")
            button.setAccessibleName(f"{todo.text}: {button.text()}")
            button.clicked.connect(partial(self._on_view, todo))
            line.addWidget(button)
            self.buttons[todo.place] = button
        return row

    def _on_view(self, todo: Todo, _checked: bool = False) -> None:
        self._view(todo.screen, todo.which)


def _bars(lines: Sequence[BarLine]) -> list[Bar]:
    return [Bar(line.label, line.value, line.figure, line.remark, line.series) for line in lines]
