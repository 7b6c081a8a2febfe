"""Every screen looks as its kept picture; ``make screenshots`` takes the pictures anew."""

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from tests.pictures import comparing, taking
from tests.pictures.scenes import Scene
from tests.pictures.studio import FONT, LIGHT, Look, has_font
from tests.pictures.worlds import Worlds

MOST_BYTES = 10_000_000
LARGEST = 60_000
CORE = [(scene, look) for scene, look in taking.wanted().values() if scene.core and look in (LIGHT, *scene.looks[1:2])]
"""What every run compares: the work of each screen, in its first two looks."""


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    return Worlds(tmp_path_factory.mktemp("worlds"))


@pytest.fixture(scope="module")
def shown() -> set[str]:
    return taking.in_manual()


@pytest.mark.parametrize(("scene", "look"), CORE, ids=[scene.file(look)[:-4] for scene, look in CORE])
def test_the_screen_looks_as_it_did(
    qapp: QApplication, worlds: Worlds, shown: set[str], scene: Scene, look: Look
) -> None:
    if not has_font():
        pytest.skip(f"the pictures need {FONT}")
    file = scene.file(look)
    (_file, picture), *_none = taking.take(qapp, worlds, [(scene, look)])
    place = taking.place_of(file, shown)
    kept = Image.open(place) if place.exists() else None
    if kept is None or comparing.compare(kept, picture).matters:
        folder = comparing.leave_evidence(taking.OUT, Path(file).stem, kept, picture)
        pytest.fail(f"{file} {'looks otherwise' if kept else 'is missing'}: see {folder}; wanted? make screenshots")


def test_every_scene_has_its_picture_and_no_picture_is_left_over(shown: set[str]) -> None:
    kept = {path for place in (taking.KEPT, taking.MANUAL_PICTURES) for path in place.glob("*.png")}
    assert {taking.place_of(file, shown) for file in taking.wanted()} == kept


def test_the_manual_shows_no_picture_that_nobody_takes(shown: set[str]) -> None:
    assert shown - set(taking.wanted()) == set()


def test_the_pictures_stay_small(shown: set[str]) -> None:
    sizes = [path.stat().st_size for place in (taking.KEPT, taking.MANUAL_PICTURES) for path in place.glob("*.png")]
    assert max(sizes) < LARGEST
    assert sum(sizes) < MOST_BYTES
