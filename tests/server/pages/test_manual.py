"""The manual of the centre's pages shows every picture that is taken, and each is of a page that there is."""

import re

from tests.server.pages.browsing import ROOT
from tests.server.pages.pictures import KEPT, SCENES

MANUAL = ROOT / "docs" / "pusat.md"


def test_every_picture_of_a_page_is_in_the_manual_and_was_taken() -> None:
    shown = re.findall(r"!\[[^\]]+\]\(pusat/([a-z-]+)\.png\)", MANUAL.read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(scene.name for scene in SCENES)
    assert sorted(file.stem for file in KEPT.glob("*.png")) == sorted(shown)


def test_links_of_the_manual_lead_somewhere() -> None:
    for path in re.findall(r"\]\(([^)#:]+)\)", MANUAL.read_text(encoding="utf-8")):
        assert (MANUAL.parent / path).exists(), path
