"""What a scanner typed, key by key, and what is wrong with it: for the test of the scanner. No Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from pos_app.i18n import _
from pos_app.ui.burst import MIN_LENGTH
from pos_app.ui.scanner_settings import ScannerSettings
from sync.documents.identifiers import is_ean13

Fact = tuple[str, str, str]
"""Sentence, icon and tone."""
TYPED_MS: Final = 60
"""A mean gap above this is a person's."""
SHIFTED: Final = frozenset("!@#$%^&*()_+")
"""What the row of digits gives with Shift."""
FRENCH: Final = frozenset("&é\"'(-è_çà")
"""What it gives on a French keyboard."""


@dataclass(slots=True)
class Reading:
    """Keys struck so far; times in milliseconds of one clock. ``ending`` is ``enter``, ``tab`` or empty."""

    text: str = ""
    times: list[int] = field(default_factory=list)
    ending: str = ""

    def add(self, text: str, at: int) -> None:
        """One more character."""
        self.text += text
        self.times.append(at)

    @property
    def mean_gap(self) -> int:
        """Milliseconds from key to key; 0 for a single one."""
        return (self.times[-1] - self.times[0]) // max(1, len(self.times) - 1) if self.times else 0


def judge(reading: Reading, settings: ScannerSettings) -> list[Fact]:
    """What was read, then every problem with what to do about it. Empty for an empty reading."""
    if not reading.text:
        return []
    code = settings.bare(reading.text)
    shown = code if code == reading.text else f"{code}  ({reading.text})"
    facts: list[Fact] = [(_("Read: {code}").format(code=shown), "barcode-scan", "text")]
    facts += [problem for problem in (_ending(reading, settings), _speed(reading, settings)) if problem is not None]
    facts += [(words, "alert-circle-outline", "danger") for words in _letters(code)]
    if len(code) < MIN_LENGTH:
        words = _("Shorter than {count} characters: it counts as typed. Scan a product's barcode.")
        facts.append((words.format(count=MIN_LENGTH), "alert-outline", "warning"))
    extra = _added(code)
    if extra is not None:
        facts.append((extra, "alert-outline", "warning"))
    if is_good(reading, settings):
        facts.append((_("The scanner is right."), "check-circle-outline", "success"))
    return facts


def is_good(reading: Reading, settings: ScannerSettings) -> bool:
    """Whether the till takes such a reading for a scan, and rightly."""
    code = settings.bare(reading.text)
    return (
        len(code) >= MIN_LENGTH
        and _ends_right(reading, settings)
        and reading.mean_gap <= settings.gap_ms
        and not _letters(code)
        and _added(code) is None
    )


def _ends_right(reading: Reading, settings: ScannerSettings) -> bool:
    return bool(reading.ending) and settings.ending in ("both", reading.ending)


def _ending(reading: Reading, settings: ScannerSettings) -> Fact | None:
    if not reading.ending:
        words = _("Nothing ended the code. Let the scanner send Enter: scan “Suffix CR” or “Add Enter” in its booklet.")
        return words, "alert-circle-outline", "danger"
    name = {"enter": "Enter", "tab": "Tab"}[reading.ending]
    if not _ends_right(reading, settings):
        words = _("It ends with {key}, but the settings expect another key. Choose {key}.").format(key=name)
        return words, "alert-circle-outline", "danger"
    return _("It ends with {key}.").format(key=name), "check-circle-outline", "success"


def _speed(reading: Reading, settings: ScannerSettings) -> Fact:
    gap = reading.mean_gap
    if gap <= settings.gap_ms:
        return _("{gap} ms from key to key: fast enough.").format(gap=gap), "check-circle-outline", "success"
    if gap > TYPED_MS:
        words = _("{gap} ms from key to key: this was typed, or the scanner is set to a slow speed.")
    else:
        words = _("{gap} ms from key to key: too slow. Set the scanner to full speed, or choose a larger gap here.")
    return words.format(gap=gap), "alert-circle-outline", "danger"


def _letters(code: str) -> list[str]:
    """Signs that the keyboard layout or Caps Lock changed what was scanned."""
    found = set(code)
    if found and found <= SHIFTED:
        return [_("Signs instead of digits: Shift or Caps Lock is on. Switch Caps Lock off and scan again.")]
    if found and found <= FRENCH | SHIFTED:
        return [_("Signs instead of digits: the keyboard layout differs. Choose Indonesian or US English in Windows.")]
    if not code.isascii():
        return [_("Foreign letters: the keyboard layout differs. Choose Indonesian or US English in Windows.")]
    if any(letter.islower() for letter in code) and not any(letter.isupper() for letter in code):
        return [_("Small letters only: Caps Lock is on, or the scanner swaps them. Switch Caps Lock off, scan again.")]
    return []


def _added(code: str) -> str | None:
    """What the scanner puts before or after an EAN-13."""
    match = re.fullmatch(r"([^0-9]{1,5})?([0-9]{13})([^0-9]{1,5})?", code)
    if match is None or not is_ean13(match[2]) or not (match[1] or match[3]):
        return None
    added = match[1] or match[3]
    return _("“{added}” is added to the barcode. Type it below as a prefix or suffix to be taken off.").format(
        added=added
    )
