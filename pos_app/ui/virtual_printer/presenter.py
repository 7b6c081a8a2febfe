"""Rules of the virtual printer's window: which papers came out, and their pictures. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pos_app.i18n import _
from pos_app.printing import virtual
from pos_app.printing.escpos_reader import NotUnderstood

if TYPE_CHECKING:
    from PIL.Image import Image

SHOWN: Final = 12
"""Newest papers that the window shows; the folder keeps more."""


@dataclass(frozen=True, slots=True)
class Strip:
    """The picture of one paper: width, height and grey bytes, or in words what the printer did not understand."""

    name: str
    picture: tuple[int, int, bytes] = (0, 0, b"")
    fault: str = ""


class VirtualPresenter:
    """Looks at the folder of the virtual printer."""

    def __init__(self, folder: Path, columns: int) -> None:
        self.folder = folder
        self.columns = columns

    def names(self) -> list[str]:
        """The papers to show, newest first."""
        return [path.name for path in reversed(virtual.papers(self.folder)[-SHOWN:])]

    def draw_work(self, names: Sequence[str]) -> Callable[[], list[Strip]]:
        """What a worker does to draw these papers; those that are gone by then are left out."""
        folder, columns = self.folder, self.columns

        def work() -> list[Strip]:
            return [_strip(folder / name, columns) for name in names if (folder / name).exists()]

        return work

    def save_work(self, path: Path) -> Callable[[], int]:
        """What a worker does to save all shown papers as one PNG; gives how many there were."""
        names, folder, columns = self.names(), self.folder, self.columns

        def work() -> int:
            pictures = [_drawn((folder / name).read_bytes(), columns) for name in reversed(names)]
            if pictures:
                _joined(pictures).save(path, "PNG")
            return len(pictures)

        return work

    @property
    def has_paper(self) -> bool:
        """Whether the paper is in the printer."""
        return virtual.has_paper(self.folder)

    def set_paper(self, there: bool) -> None:
        """Takes the paper out, or puts it in."""
        virtual.set_paper(self.folder, there)

    def clear(self) -> None:
        """Throws the papers away."""
        virtual.clear(self.folder)

    def title(self, name: str) -> str:
        """The paper's number in words."""
        return _("Paper {number}").format(number=name.partition("-")[2].removesuffix(".bin"))


def _strip(path: Path, columns: int) -> Strip:
    try:
        picture = _drawn(path.read_bytes(), columns)
    except NotUnderstood as error:
        return Strip(path.name, fault=_("The printer does not understand: {what}").format(what=error))
    return Strip(path.name, (picture.width, picture.height, picture.tobytes()))


def _drawn(content: bytes, columns: int) -> Image:
    from pos_app.printing.strip import strip_picture

    return strip_picture(content, columns)


def _joined(pictures: Sequence[Image]) -> Image:
    from PIL import Image

    joined = Image.new("L", (max(one.width for one in pictures), sum(one.height for one in pictures)), 255)
    top = 0
    for one in pictures:
        joined.paste(one, (0, top))
        top += one.height
    return joined
