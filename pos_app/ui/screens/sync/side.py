"""The right side of the Sync screen, by need: connection, a wrong clock, the way by stick, backup, the computer.

Widgets only.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.progress import Progress
from pos_app.ui.widgets.side import SidePanel


class SyncSide(SidePanel):
    """Its buttons and fields; the screen connects and fills them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, width=380, compact=350)
        self.body.setSpacing(6)
        self._add(self._connection)
        self.clock_card = self._add(self._clock)
        for build in (self._stick, self._backup, self._computer):
            self._add(build)
        self.body.addStretch(1)
        self.main_button = KeyButton(theme, _("Send now"), key="F12", kind="main")
        self.foot.addWidget(self.main_button)

    def _add(self, build: Callable[[QVBoxLayout], None]) -> QFrame:
        frame, column = padded_card(spacing=4)
        column.setContentsMargins(16, 8, 16, 8)
        build(column)
        self.body.addWidget(frame)
        return frame

    def _connection(self, column: QVBoxLayout) -> None:
        theme = self.theme
        column.addWidget(Text(theme, _("Connection"), step="row", weight=700))
        self.progress = Progress(theme)
        self.stop_button = KeyButton(theme, _("Stop here; the rest follows later"), kind="link")
        self.stop_button.hide()
        self.connection_facts = Facts(theme)
        self.again_button = KeyButton(theme, _("Join again"), kind="link")
        self.network_button = KeyButton(theme, _("Network settings …"), kind="link")
        self.join_box = self._join_form()
        column.addWidget(self.progress)
        column.addWidget(self.stop_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.connection_facts)
        column.addWidget(self.join_box)
        column.addWidget(ActionBar(theme, [self.again_button, self.network_button]))

    def _backup(self, column: QVBoxLayout) -> None:
        theme = self.theme
        column.addWidget(Text(theme, _("Backup"), step="row", weight=700))
        self.backup_facts = Facts(theme)
        self.backup_button = KeyButton(theme, _("Back up now"), icon="backup-restore")
        self.folder_button = KeyButton(theme, _("Folders …"), icon="usb-flash-drive-outline")
        column.addWidget(self.backup_facts)
        column.addWidget(ActionBar(theme, [self.backup_button, self.folder_button]))

    def _stick(self, column: QVBoxLayout) -> None:
        theme = self.theme
        column.addWidget(Text(theme, _("Without internet"), step="row", weight=700))
        self.export_button = KeyButton(theme, _("Export to USB"))
        self.import_button = KeyButton(theme, _("Import from USB"))
        column.addWidget(ActionBar(theme, [self.export_button, self.import_button]))

    def _clock(self, column: QVBoxLayout) -> None:
        column.addWidget(Text(self.theme, _("Computer clock"), step="row", weight=700))
        self.clock_facts = Facts(self.theme)
        column.addWidget(self.clock_facts)

    def _computer(self, column: QVBoxLayout) -> None:
        theme = self.theme
        column.addWidget(Text(theme, _("This computer"), step="row", weight=700))
        self.computer_facts = Facts(theme)
        column.addWidget(self.computer_facts)

    def _join_form(self) -> QWidget:
        theme = self.theme
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.url_field = TextField(theme, placeholder="https://…")
        self.code_field = TextField(theme)
        self.url_field.returnPressed.connect(self.code_field.setFocus)
        column.addWidget(field_row(theme, _("Centre's &address"), self.url_field))
        column.addWidget(field_row(theme, _("Enrolment &code"), self.code_field))
        return box
