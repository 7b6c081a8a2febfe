"""Two pictures of the same screen: what differs between them beyond the smoothing of letters.

A point counts when one of its channels differs by more than ``LEVELS`` of 255: smoothing and the few colours of a kept
picture change it by less, another letter, edge or fill by more. More than ``SHARE`` of all points is a difference.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops, ImageFilter
from PySide6.QtGui import QColor

from pos_app.ui.theme import DARK, LIGHT

LEVELS: Final = 96
SHARE: Final = 5e-6
"""Four points of a whole screen; one other digit at the smallest size is more."""
TOKENS: Final = tuple(
    sorted({QColor(value).getRgb()[:3] for tokens in (LIGHT, DARK) for value in asdict(tokens).values()})
)
BETWEEN: Final = 16
"""Colours that a kept picture has beside the tokens in it, for smoothed edges."""
_WIDER: Final = 3
"""Marks are widened so far, to be seen."""


@dataclass(frozen=True, slots=True)
class Difference:
    """``share`` of the points that differ; ``marks`` shows them, black where nothing does."""

    share: float
    marks: Image.Image

    @property
    def matters(self) -> bool:
        """Whether a person would see another screen."""
        return self.share > SHARE


def compare(expected: Image.Image, actual: Image.Image) -> Difference:
    """What differs; everything does where the sizes differ."""
    one, other = expected.convert("RGB"), actual.convert("RGB")
    if one.size != other.size:
        return Difference(1.0, Image.new("L", other.size, 255))
    red, green, blue = ImageChops.difference(one, other).split()
    strongest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    marks = strongest.point([255 if level > LEVELS else 0 for level in range(256)])
    return Difference(marks.histogram()[255] / (one.width * one.height), marks)


def shrunk(picture: Image.Image) -> Image.Image:
    """The picture with few colours, for the disk: tokens as they are, and enough others for smoothed letters."""
    whole = picture.convert("RGB")
    there = {colour for _count, colour in whole.getcolors(whole.width * whole.height) or []}
    flat = [colour for colour in TOKENS if colour in there]
    between = whole.quantize(BETWEEN, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).getpalette() or []
    colours = [channel for colour in flat for channel in colour] + between[: BETWEEN * 3]
    palette = Image.new("P", (1, 1))
    palette.putpalette(colours + colours[:3] * (256 - len(colours) // 3))
    return whole.quantize(palette=palette, dither=Image.Dither.NONE)


def save(picture: Image.Image, path: Path) -> None:
    """Write it small."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shrunk(picture).save(path, optimize=True)


def leave_evidence(folder: Path, name: str, expected: Image.Image | None, actual: Image.Image) -> Path:
    """Write what was seen, and where it differs in red over a faded ground; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    actual.convert("RGB").save(folder / f"{name}.actual.png")
    if expected is not None:
        expected.convert("RGB").save(folder / f"{name}.expected.png")
        marks = compare(expected, actual).marks.filter(ImageFilter.MaxFilter(_WIDER))
        ground = Image.blend(actual.convert("RGB"), Image.new("RGB", actual.size, "white"), 0.7)
        ground.paste((255, 0, 0), mask=marks)
        ground.save(folder / f"{name}.difference.png")
    return folder
