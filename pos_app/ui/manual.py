"""The manual: pages in Markdown beside their pictures, one for every screen, and a search in them. No Qt.

Pages are Indonesian. ``**bold**`` names what stands on the screen, ``<kbd>`` a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pos_app.paths import manual_root

FIRST: Final = "index"
PAGES: Final[dict[str, str]] = {
    "login": "hari-pertama",
    "first_run": "hari-pertama",
    "setup": "hari-pertama",
    "opening": "hari-pertama",
    "training": "latihan",
    "shift_open": "hari-pertama",
    "sell": "menjual",
    "pay": "bayar",
    "goods_in": "barang-masuk",
    "stock": "stok",
    "products": "daftar-barang",
    "stock_count": "stok-opname",
    "labels": "printer-dan-label",
    "expiring": "kedaluwarsa-dan-hilang",
    "losses": "kedaluwarsa-dan-hilang",
    "producers": "produsen",
    "producer_data": "data-produsen",
    "certificates": "data-produsen",
    "settlement_run": "bayar-produsen",
    "producer_statement": "rekap-produsen",
    "ageing": "rekap-produsen",
    "producer_board": "papan-produsen",
    "staff": "pegawai-dan-bon",
    "reports": "laporan",
    "activity": "laporan",
    "close_shift": "tutup-kasir",
    "sync": "sinkronisasi",
    "qris_match": "qris",
    "papers_queue": "printer-dan-label",
    "settings": "pengaturan",
    "safety": "cadangan-dan-pemulihan",
}
"""The page of each screen."""
EXCERPT: Final = 160
_MARKS: Final = re.compile(
    r"^\|[-:| ]+\|$|<[^>]+>|!\[[^\]]*\]\([^)]*\)|\[([^\]]*)\]\([^)]*\)|[*`#|]|^\s*(?:>|-) ", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Part:
    """A heading of a page with the plain text below it."""

    page: str
    title: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a search leads: the page, its title, the heading, and the words around."""

    page: str
    title: str
    heading: str
    excerpt: str


def page_of(screen: str) -> str:
    """Name of the page of a screen; the contents where it has none."""
    return PAGES.get(screen, FIRST)


def path_of(page: str) -> Path:
    """Its file; it is not checked to exist."""
    return manual_root() / f"{page}.md"


def text_of(page: str) -> str:
    """Its Markdown; empty where the manual is not there."""
    path = path_of(page)
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def title_of(page: str) -> str:
    """Its first heading."""
    first = text_of(page).partition("\n")[0]
    return first.removeprefix("#").strip()


def search(wanted: str) -> list[Hit]:
    """Parts in which every word occurs, those that name it in a heading first; all pages for an empty search."""
    words = wanted.casefold().split()
    if not words:
        return [Hit(part.page, part.title, "", part.text[:EXCERPT]) for part in _parts() if part.heading == part.title]
    found = [part for part in _parts() if all(word in f"{part.heading} {part.text}".casefold() for word in words)]
    found.sort(key=lambda part: not all(word in part.heading.casefold() for word in words))
    return [Hit(part.page, part.title, part.heading, _around(part.text, words)) for part in found]


@cache
def _parts() -> tuple[Part, ...]:
    return tuple(part for path in sorted(manual_root().glob("*.md")) for part in _parts_of(path))


def _parts_of(path: Path) -> Iterator[Part]:
    """The page cut at its headings."""
    chunks = re.split(r"^#{1,3} +(.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    title = plain(chunks[0]) if chunks else path.stem
    for heading, text in zip(chunks[::2], chunks[1::2], strict=True):
        yield Part(path.stem, title, plain(heading), plain(text))


def plain(markdown: str) -> str:
    """Words without marks, in one line."""
    return " ".join(_MARKS.sub(lambda mark: mark.group(1) or "", markdown).split())


def _around(text: str, words: list[str]) -> str:
    """The words around the first of them that occurs."""
    folded = text.casefold()
    at = min((place for word in words if (place := folded.find(word)) >= 0), default=0)
    start = text.rfind(" ", 0, max(0, at - EXCERPT // 3)) + 1 if at > EXCERPT // 3 else 0
    return f"{'… ' if start else ''}{text[start : start + EXCERPT]}"
