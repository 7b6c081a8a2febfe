"""Takes pictures of scenes and knows where they are kept.

Those that the manual shows lie beside it, the rest beside the tests; each picture is kept once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from PIL import Image
from PySide6.QtWidgets import QApplication

from tests.pictures.scenes import Scene, scenes
from tests.pictures.studio import Look, studio
from tests.pictures.worlds import Worlds

ROOT: Final = Path(__file__).resolve().parents[2]
MANUAL: Final = ROOT / "docs" / "manual"
MANUAL_PICTURES: Final = MANUAL / "pictures"
KEPT: Final = ROOT / "tests" / "ui" / "pictures"
OUT: Final = ROOT / "out" / "pictures"
_SHOWN = re.compile(r"!\[[^\]]*\]\(pictures/([^)]+)\)")


def in_manual() -> set[str]:
    """Names of the pictures that pages of the manual show."""
    return {name for page in MANUAL.glob("*.md") for name in _SHOWN.findall(page.read_text(encoding="utf-8"))}


def place_of(file: str, shown: set[str]) -> Path:
    """Where a picture is kept."""
    return (MANUAL_PICTURES if file in shown else KEPT) / file


def wanted() -> dict[str, tuple[Scene, Look]]:
    """Every picture there should be, by the name of its file."""
    return {scene.file(look): (scene, look) for scene in scenes() for look in scene.looks}


def take(app: QApplication, worlds: Worlds, chosen: Iterable[tuple[Scene, Look]]) -> Iterator[tuple[str, Image.Image]]:
    """The pictures of these scenes, one window each."""
    for scene, look in chosen:
        with studio(app, worlds.copy(scene.world), look, scene.state) as room:
            other = scene.arrange(room)
            yield scene.file(look), room.picture(other)
            if other is not None:
                other.hide()
                other.deleteLater()
