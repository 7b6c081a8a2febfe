"""The right side of the Sync screen: connection, backup, the way by stick, the computer. Widgets only."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

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
        for build in (self._connection, self._backup, self._stick, self._computer):
            frame, column = padded_card()
            build(column)
            self.body.addWidget(frame)
        self.body.addStretch(1)
        self.main_button = KeyButton(theme, _("Send now"), key="F12", kind="main")
        self.foot.addWidget(self.main_button)

    def _connection(self, column: QVBoxLayout) -> None:
        theme = self.theme
        column.addWidget(Text(theme, _("Connection"), step="row", weight=700))
        self.progress = Progress(theme)
        self.stop_button = KeyButton(theme, _("Stop here; the rest follows later"), kind="link")
        self.stop_button.hide()
        self.connection_facts = Facts(theme)
        self.again_button = KeyButton(theme, _("Join again"), icon="cloud-upload-outline", kind="link")
        self.network_button = KeyButton(theme, _("Network settings …"), icon="cog-outline", kind="link")
        self.join_box = self._join_form()
        column.addWidget(self.progress)
        for link in (self.stop_button, None, self.again_button, self.network_button):
            if link is None:
                column.addWidget(self.connection_facts)
            else:
                column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.join_box)

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

    def _computer(self, column: QVBoxLayout) -> None:
        theme = self.theme
        column.addWidget(Text(theme, _("Computer clock"), step="row", weight=700))
        self.clock_facts = Facts(theme)
        column.addWidget(self.clock_facts)
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
        self.join_button = KeyButton(theme, _("Join the centre"), icon="cloud-upload-outline")
        self.url_field.returnPressed.connect(self.code_field.setFocus)
        column.addWidget(field_row(theme, _("Centre's &address"), self.url_field))
        column.addWidget(field_row(theme, _("Enrolment &code"), self.code_field))
        column.addWidget(self.join_button)
        return box
