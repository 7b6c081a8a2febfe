"""The scanner in Settings: its test, and how it types. Widgets only; the rules are in ``ui.scan_reading``."""

from __future__ import annotations

from typing import Final, cast

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout

from pos_app.i18n import N_, _
from pos_app.ui import scanner_settings
from pos_app.ui.scan_reading import Reading, is_good, judge
from pos_app.ui.scanner import scanners
from pos_app.ui.scanner_settings import GAPS, Ending, ScannerSettings
from pos_app.ui.screens.settings.card import Around, SettingsCard
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.forms import Choice, Tick

PAUSE_MS: Final = 400
"""After that long without a key a reading is over."""
ENDINGS: Final = {"both": N_("Enter or Tab"), "enter": N_("Enter key"), "tab": N_("Tab key")}


class ScannerCard(SettingsCard):
    """The set-up wizard shows the same card. ``read`` comes after each reading and says whether it was good."""

    section = "paper"
    read = Signal(bool)

    def __init__(self, around: Around) -> None:
        super().__init__(around, _("Scanner"))
        theme = self.theme
        self._reading = Reading()
        self.good = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._on_pause)
        self.test_button = KeyButton(theme, _("Test the scanner"), icon="barcode-scan")
        self.test_button.setCheckable(True)
        self.test_button.toggled.connect(self._on_test)
        self.column.addWidget(self.test_button)
        self.facts = Facts(theme)
        self.column.addWidget(self.facts)
        self.gap_choice = Choice(theme, [(str(gap), _("up to {gap} ms").format(gap=gap)) for gap in GAPS])
        self.ending_choice = Choice(theme, [(code, _(words)) for code, words in ENDINGS.items()])
        self.prefix_field = TextField(theme)
        self.suffix_field = TextField(theme)
        for left, right in (
            (
                field_row(theme, _("From key to &key"), self.gap_choice),
                field_row(theme, _("&Ends with"), self.ending_choice),
            ),
            (
                field_row(theme, _("Pre&fix to take off"), self.prefix_field),
                field_row(theme, _("S&uffix to take off"), self.suffix_field),
            ),
        ):
            pair = QHBoxLayout()
            pair.setSpacing(12)
            pair.addWidget(left, 1)
            pair.addWidget(right, 1)
            self.column.addLayout(pair)
        self.beep_tick = Tick(theme, _("The till beeps, too, when a code is read"))
        self.column.addWidget(self.beep_tick)
        kept = scanner_settings.read(around.counter.db)
        self.gap_choice.choose(str(kept.gap_ms))
        self.ending_choice.choose(kept.ending)
        self.prefix_field.setText(kept.prefix)
        self.suffix_field.setText(kept.suffix)
        self.beep_tick.setChecked(kept.beep)
        self._say_nothing_yet()

    def settings(self) -> ScannerSettings:
        """As typed."""
        return ScannerSettings(
            int(self.gap_choice.code()),
            cast(Ending, self.ending_choice.code()),
            self.prefix_field.text().strip(),
            self.suffix_field.text().strip(),
            self.beep_tick.isChecked(),
        )

    def save(self) -> None:
        settings = self.settings()
        scanner_settings.save(self.around.counter.ledger, settings)
        for scanner in scanners():
            scanner.configure(settings)

    def take_scan(self, code: str) -> bool:  # noqa: ARG002
        """While it is tested the reading is shown key by key."""
        return self.test_button.isChecked()

    def begin(self) -> None:
        """From now on the next code is shown; also in the set-up wizard, where nothing has to be pressed first."""
        self.test_button.setChecked(True)

    def hideEvent(self, event: QHideEvent) -> None:
        self.test_button.setChecked(False)
        super().hideEvent(event)

    def _on_test(self, testing: bool) -> None:
        self._reading = Reading()
        for scanner in scanners():
            scanner.listener = self.strike if testing else None
        if testing:
            self._say_nothing_yet()

    def _say_nothing_yet(self) -> None:
        words = (
            _("Scan the barcode of any product.") if self.test_button.isChecked() else _("Press, then scan anything.")
        )
        self.facts.show_facts([(words, "barcode-scan", "muted")])

    def strike(self, text: str, ending: str, at: int) -> None:
        """One key of the scanner."""
        if text:
            self._reading.add(text, at)
            self._pause.start()
        elif ending and self._reading.text:
            self._reading.ending = ending
            self._on_pause()

    def _on_pause(self) -> None:
        self._pause.stop()
        reading, self._reading = self._reading, Reading()
        settings = self.settings()
        self.facts.show_facts(judge(reading, settings))
        self.good = is_good(reading, settings)
        self.read.emit(self.good)
