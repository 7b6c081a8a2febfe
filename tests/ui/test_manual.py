"""The manual is true: buttons it names exist, links and pictures too, and every message has its advice."""

import re
from functools import cache

import pytest
from babel.messages.pofile import read_po

from pos_app.i18n import set_language
from pos_app.paths import asset
from pos_app.ui import manual
from pos_app.ui.messages import TABLE
from tests.pictures.taking import MANUAL_PICTURES, in_manual

PAGES = sorted(path.stem for path in manual.manual_root().glob("*.md"))
EMPHASIS = {"hari itu juga", "dan", "belum dibayar", "Pindai barcode.", "Sandi Windows.", "Enkripsi disk."} | {
    "Kode pemulihan.",
    "PIN.",
    "Kode dengan jumlah",
    "Kode tetap",
    "Pindai barcode",
}
"""Bold words that name nothing on the screen."""


def page(name: str) -> str:
    return manual.path_of(name).read_text(encoding="utf-8")


@cache
def catalogue() -> list[re.Pattern[str]]:
    """Every Indonesian text of the screens; what it leaves open may be anything."""
    found = []
    for path in asset("translations", "id").glob("*.po"):
        with path.open("rb") as file:
            texts = [str(message.string) for message in read_po(file) if message.id]
        texts = [text for text in texts if len(re.sub(r"\{\w+\}|\W", "", text)) >= 2]
        found += [re.sub(r"\\\{\w+\\\}", ".+", re.escape(re.sub("&(?=[^ ])", "", text))) for text in texts]
    return [re.compile(text) for text in found]


@pytest.mark.parametrize("name", PAGES)
def test_what_is_bold_stands_on_a_screen(name: str) -> None:
    bold = {words for words in re.findall(r"\*\*(.+?)\*\*", page(name)) if words not in EMPHASIS}
    unknown = [words for words in sorted(bold) if not any(text.fullmatch(words) for text in catalogue())]
    assert unknown == []


@pytest.mark.parametrize("name", PAGES)
def test_links_and_pictures_are_there(name: str) -> None:
    links = re.findall(r"(?<!!)\[[^\]]*\]\(([^)]+)\)", page(name))
    assert [link for link in links if link.removesuffix(".md") not in PAGES] == []
    pictures = re.findall(r"!\[([^\]]*)\]\(pictures/([^)]+)\)", page(name))
    assert [file for words, file in pictures if not words or not (MANUAL_PICTURES / file).is_file()] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_begins_with_its_title_and_has_short_sentences(name: str) -> None:
    assert page(name).startswith("# ")
    sentences = re.split(r"(?<=[.?!:])\s|\n", page(name))
    assert [words for words in sentences if "|" not in words and len(words.split()) > 25] == []


def test_every_page_is_reached_from_the_contents() -> None:
    listed = set(re.findall(r"\]\((\S+?)\.md\)", page("index")))
    assert set(PAGES) - listed == {"index"}


@pytest.mark.parametrize("number", sorted(TABLE))
def test_every_numbered_message_has_its_advice(number: int) -> None:
    from pos_app.i18n import _

    set_language("id")
    wanted = re.compile(
        rf"^### {number}\. " + re.sub(r"\\\{\w+\\\}", ".+", re.escape(_(TABLE[number][1]))), re.MULTILINE
    )
    found = wanted.search(page("masalah-dan-jalan-keluar"))
    assert found is not None
    advice = page("masalah-dan-jalan-keluar")[found.end() :].partition("\n#")[0]
    assert len(advice.split()) >= 8


def test_the_manual_shows_its_pictures() -> None:
    assert len(in_manual()) >= 20


def test_a_stolen_computer_disk_encryption_and_a_lost_stick_have_their_place() -> None:
    for words in ("Komputer dicuri", "Enkripsi disk", "USB cadangan hilang", "Kode pemulihan"):
        assert words in page("keamanan")


def test_a_search_finds_headings_first() -> None:
    first = manual.search("kertas habis")[0].heading.casefold()
    assert "kertas" in first
    assert "habis" in first
    assert {hit.page for hit in manual.search("")} == set(PAGES)
    assert manual.search("xyzzy") == []


def test_an_excerpt_has_words_and_no_marks() -> None:
    assert (
        manual.plain("| <kbd>T</kbd> | **Tunai** |\n|-|-|\n- Tekan [Bayar](bayar.md). ![x](y.png)")
        == "T Tunai Tekan Bayar."
    )
