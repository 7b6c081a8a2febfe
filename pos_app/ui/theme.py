"""Colours, type and sizes of the window: one object that every widget is given.

``Theme`` holds the tokens of the chosen palette (light or dark), the text scale (100-200 %) and whether the window is
compact. Widgets read ``theme.color("primary")``, ``theme.font("row", 700)`` and ``theme.px(48)`` while painting, and
listen to ``theme.changed``. Contrast ratios of all tokens are at least 4.5 for text and 3 for edges (WCAG 2.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from pos_app.ui.settings_keys import TEXT_SCALES
from pos_app.ui.stylesheet import stylesheet


@dataclass(frozen=True, slots=True)
class Tokens:
    """One palette; every value is ``#RRGGBB``."""

    bg: str
    surface: str
    surface2: str
    line: str
    border: str
    text: str
    muted: str
    disabled: str
    primary: str
    primary_hover: str
    primary_pressed: str
    on_primary: str
    primary_soft: str
    success: str
    success_soft: str
    warning: str
    warning_soft: str
    danger: str
    danger_soft: str
    on_danger: str
    rail: str
    rail_text: str
    rail_active: str
    rail_on: str
    accent: str
    focus: str
    focus_on_fill: str
    series1: str
    series2: str
    series3: str
    series4: str
    series5: str


LIGHT: Final = Tokens(
    bg="#F2F4F8",
    surface="#FFFFFF",
    surface2="#E9EDF4",
    line="#D5DBE5",
    border="#76839A",
    text="#16202E",
    muted="#4B586B",
    disabled="#8590A2",
    primary="#1B4FBB",
    primary_hover="#1744A2",
    primary_pressed="#123785",
    on_primary="#FFFFFF",
    primary_soft="#E1EAFB",
    success="#146C35",
    success_soft="#E0F3E6",
    warning="#7A4300",
    warning_soft="#FFEFCF",
    danger="#B01E17",
    danger_soft="#FDE6E4",
    on_danger="#FFFFFF",
    rail="#12213F",
    rail_text="#D4DCEB",
    rail_active="#1E4080",
    rail_on="#FFFFFF",
    accent="#F5B82E",
    focus="#B45309",
    focus_on_fill="#F5B82E",
    series1="#1B4FBB",
    series2="#B45309",
    series3="#0F766E",
    series4="#9D2A77",
    series5="#5B6472",
)
DARK: Final = Tokens(
    bg="#0F141B",
    surface="#18202B",
    surface2="#222C3A",
    line="#2E3A4B",
    border="#7F8DA3",
    text="#E9EEF5",
    muted="#B0BBCB",
    disabled="#6B778A",
    primary="#8AB4FF",
    primary_hover="#A3C4FF",
    primary_pressed="#6E9FF5",
    on_primary="#0B1B36",
    primary_soft="#1D3358",
    success="#6FD694",
    success_soft="#12351F",
    warning="#FFC56B",
    warning_soft="#3D2C0B",
    danger="#FF948A",
    danger_soft="#45191A",
    on_danger="#2B0606",
    rail="#0A0F18",
    rail_text="#B7C2D4",
    rail_active="#1D3358",
    rail_on="#FFFFFF",
    accent="#F5B82E",
    focus="#FFC94D",
    focus_on_fill="#0B1B36",
    series1="#8AB4FF",
    series2="#FFB26B",
    series3="#5BD1C0",
    series4="#F09BD3",
    series5="#AAB4C3",
)

POINTS: Final[dict[str, float]] = {
    "caption": 9,
    "chip": 10,
    "tile": 10,
    "body": 10.5,
    "row": 11,
    "scan": 13,
    "title": 13,
    "button": 16,
    "received": 20,
    "change": 24,
    "total": 32,
    "final": 40,
}
FAMILIES: Final = ["Segoe UI", "Noto Sans", "DejaVu Sans"]
COMPACT_BELOW: Final = (1200, 640)
MINIMUM: Final = (1040, 540)
FUSION: Final = "pojok.fusion"
"""Property of the application that has the style; asking for its style makes Python types for 5 ms."""
LARGEST_SCALE: Final = 200
FULL_TEXT_FROM: Final = (1366, 697)
"""The window in which text may be largest; a smaller one limits it."""


class Theme(QObject):
    """What the window looks like now; ``changed`` tells every widget to read it again."""

    changed = Signal()
    sized = Signal(int)
    """A key asked for another text size, in percent; to be kept."""

    def __init__(self, *, dark: bool = False, scale: int = 100) -> None:
        super().__init__()
        self.dark = dark
        self.wanted_scale = _kept(scale)
        self.scale = self.wanted_scale
        self._largest = LARGEST_SCALE
        self.small_window = False
        self._colors: dict[str, QColor] = {}
        self._fonts: dict[tuple[str, int], QFont] = {}
        self._metrics: dict[tuple[str, int], QFontMetrics] = {}

    @property
    def tokens(self) -> Tokens:
        """The palette in use."""
        return DARK if self.dark else LIGHT

    @property
    def compact(self) -> bool:
        """True in a small window, or when enlarged text leaves as little room as one."""
        return self.small_window or self.scale > 115

    def color(self, token: str) -> QColor:
        """Colour of a token of :class:`Tokens`."""
        found = self._colors.get(token)
        if found is None:
            found = self._colors[token] = QColor(getattr(self.tokens, token))
        return found

    def font(self, step: str, weight: int = 400) -> QFont:
        """Font of a step of :data:`POINTS`, with tabular digits."""
        found = self._fonts.get((step, weight))
        if found is None:
            found = self._fonts[step, weight] = make_font(POINTS[step] * self.scale / 100, weight)
        return found

    def metrics(self, step: str, weight: int = 400) -> QFontMetrics:
        """Metrics of :meth:`font`, cached for painting."""
        found = self._metrics.get((step, weight))
        if found is None:
            found = self._metrics[step, weight] = QFontMetrics(self.font(step, weight))
        return found

    def px(self, size: int) -> int:
        """A height or width that holds text: grows with three quarters of the text scale, since padding need not."""
        return size + size * (self.scale - 100) * 3 // 400

    def set_dark(self, dark: bool) -> None:
        """Switches the palette."""
        if dark != self.dark:
            self.dark = dark
            self._refresh()

    def set_scale(self, scale: int) -> None:
        """Sets the wanted text scale in percent, kept within 100-200; ``scale`` is what the window has room for."""
        self.wanted_scale = _kept(scale)
        self._fit_scale()

    def step_scales(self, steps: Sequence[int]) -> None:
        """For each step the next larger (1) or smaller (-1) text, or as at first (0); drawn once."""
        shown, kept = self.scale, 0
        for step in steps:
            larger = [scale for scale in TEXT_SCALES if scale > shown]
            smaller = [scale for scale in TEXT_SCALES if scale < shown]
            wanted = (larger[:1] if step > 0 else smaller[-1:]) if step else [100]
            if wanted and min(wanted[0], self._largest) != shown:
                kept, shown = wanted[0], min(wanted[0], self._largest)
        if kept and shown != self.scale:
            self.set_scale(kept)
            self.sized.emit(kept)

    def fit_window(self, width: int, height: int) -> None:
        """Chooses the compact layout below 1200 x 640, and the largest text that leaves every button whole."""
        room = min((width - 900) * 100 // (FULL_TEXT_FROM[0] - 900), (height - 480) * 100 // (FULL_TEXT_FROM[1] - 480))
        self._largest = _kept(100 + room // 5 * 5)
        self._fit_scale()
        small = width < COMPACT_BELOW[0] or height < COMPACT_BELOW[1]
        if small != self.small_window:
            self.small_window = small
            self.changed.emit()

    def _fit_scale(self) -> None:
        scale = min(self.wanted_scale, self._largest)
        if scale != self.scale:
            self.scale = scale
            self._refresh()

    def apply(self, app: QApplication) -> None:
        """Gives the application style, palette, font and style sheet."""
        if not app.property(FUSION):
            app.setStyle(QStyleFactory.create("Fusion"))
            app.setProperty(FUSION, True)
        app.setFont(self.font("body"))
        app.setPalette(self._palette())
        app.setStyleSheet(stylesheet(asdict(self.tokens), self.px, POINTS["caption"] * self.scale / 100))

    def _refresh(self) -> None:
        self._colors.clear()
        self._fonts.clear()
        self._metrics.clear()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            self.apply(app)
        self.changed.emit()

    def _palette(self) -> QPalette:
        role = QPalette.ColorRole
        palette = QPalette()
        pairs = {
            role.Window: "bg",
            role.WindowText: "text",
            role.Base: "surface",
            role.AlternateBase: "surface2",
            role.Text: "text",
            role.PlaceholderText: "muted",
            role.Button: "surface",
            role.ButtonText: "text",
            role.Highlight: "primary",
            role.HighlightedText: "on_primary",
            role.ToolTipBase: "surface",
            role.ToolTipText: "text",
            role.Link: "primary",
            role.Mid: "line",
        }
        for which, token in pairs.items():
            palette.setColor(which, self.color(token))
        for which in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, which, self.color("disabled"))
        return palette


def system_is_dark() -> bool:
    """Whether the desktop asks for dark windows."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def _kept(scale: int) -> int:
    return min(LARGEST_SCALE, max(100, scale))


def make_font(points: float, weight: int = 400) -> QFont:
    """The window's face at a size in points; digits share one width."""
    font = QFont()
    font.setFamilies(FAMILIES)
    font.setPointSizeF(points)
    font.setWeight(QFont.Weight(weight))
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def widest_fitting(theme: Theme, text: str, width: int, steps: tuple[str, ...], weight: int = 700) -> str:
    """The first of ``steps`` (largest first) at which ``text`` fits ``width``: amounts drop a step, never elide."""
    for step in steps:
        if theme.metrics(step, weight).horizontalAdvance(text) <= width:
            return step
    return steps[-1]
