"""The one style sheet: what Qt draws itself (fields, lists, scroll bars, tables, cards). The rest is painted.

Heights stand on ids or on the widgets themselves, since a general ``min-height`` defeats ``setFixedHeight``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from string import Template
from typing import Final

_SHEET: Final = Template("""
QToolTip { background: $surface; color: $text; border: 1px solid $border; padding: 4px; }
QLabel { background: transparent; color: $text; }
QLabel[tone="muted"] { color: $muted; }
QLabel[tone="primary"] { color: $primary; }
QLabel[tone="success"] { color: $success; }
QLabel[tone="warning"] { color: $warning; }
QLabel[tone="danger"] { color: $danger; }
QLabel[tone="on_primary"] { color: $on_primary; }
QLabel:disabled, QLabel[tone]:disabled { color: $disabled; }
QFrame[card="plain"] { background: $surface; border: 1px solid $line; border-radius: 8px; }
QFrame[card="success"] { background: $success_soft; border: 2px solid $success; border-radius: 8px; }
QFrame[card="danger"] { background: $danger_soft; border: 2px solid $danger; border-radius: 8px; }
QFrame[card="warning"] { background: $warning_soft; border: 1px solid $warning; border-radius: 8px; }
QFrame[card="overlay"] { background: $surface; border: 1px solid $border; border-radius: 8px; }
QFrame[card="bar"] { background: $surface; border: 0; border-bottom: 1px solid $line; }
QFrame[rule="true"] { background: $line; border: 0; max-height: 1px; min-height: 1px; }
QLineEdit, QComboBox, QDateEdit, QPlainTextEdit, QSpinBox {
  background: $surface; color: $text; border: 1px solid $border; border-radius: 6px; padding: 1px 9px;
  selection-background-color: $primary; selection-color: $on_primary; }
QLineEdit, QPlainTextEdit { placeholder-text-color: $muted; }
QLineEdit:focus, QComboBox:focus, QDateEdit:focus, QPlainTextEdit:focus, QSpinBox:focus {
  border: 2px solid $primary; padding: 0 8px; }
QLineEdit[wrong="true"] { border: 2px solid $danger; padding: 0 8px; }
QLineEdit:disabled, QComboBox:disabled, QDateEdit:disabled, QPlainTextEdit:disabled {
  background: $surface2; color: $disabled; border-color: $line; }
QLineEdit#scanField { border: 2px solid $border; padding: 0 8px 0 44px; border-radius: 8px; }
QLineEdit#scanField:focus { border: 2px solid $primary; }
QLineEdit#scanField:disabled { border-color: $line; }
QComboBox { combobox-popup: 0; }
QComboBox::drop-down { width: 28px; border: 0; }
QComboBox::down-arrow { image: none; width: 0; height: 0; margin-right: 10px; border-top: 6px solid $muted;
  border-left: 5px solid $surface; border-right: 5px solid $surface; }
QComboBox QAbstractItemView { background: $surface; color: $text; border: 1px solid $border;
  selection-background-color: $primary_soft; selection-color: $text; outline: 0; }
QCheckBox, QRadioButton { color: $text; spacing: 8px; background: transparent; }
QCheckBox:disabled, QRadioButton:disabled { color: $disabled; }
QCheckBox:focus, QRadioButton:focus { border: 2px solid $focus; border-radius: 4px; }
QTableView { background: $surface; color: $text; border: 1px solid $line; border-radius: 8px; gridline-color: $line;
  outline: 0; selection-background-color: $primary_soft; selection-color: $text; }
QTableView:focus { border: 2px solid $focus; }
QTableView QTableCornerButton::section, QHeaderView { background: $surface2; border: 0; }
QHeaderView::section { background: $surface2; color: $muted; border: 0; padding: 0 8px;
  font-size: ${caption}pt; font-weight: 700; }
QScrollArea { background: transparent; border: 0; }
QScrollBar:vertical { background: $surface; width: ${bar}px; margin: 0; border: 0; }
QScrollBar::handle:vertical { background: $border; border-radius: 5px; min-height: 40px; margin: 2px; }
QScrollBar::handle:vertical:disabled { background: transparent; }
QScrollBar:horizontal { background: $surface; height: ${bar}px; margin: 0; border: 0; }
QScrollBar::handle:horizontal { background: $border; border-radius: 5px; min-width: 40px; margin: 2px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: $surface2; border: 0; border-radius: 4px; }
QProgressBar::chunk { background: $primary; border-radius: 4px; }
QProgressBar[over="true"]::chunk { background: $danger; }
""")


def stylesheet(tokens: Mapping[str, str], px: Callable[[int], int], caption: float) -> str:
    """The sheet for a palette; ``px`` scales the few sizes in it, ``caption`` is the size of headers in points."""
    return _SHEET.substitute(tokens, bar=px(14), caption=caption)
