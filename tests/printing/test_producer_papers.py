"""The papers that producers get sent: one page, one picture, the same on a roll."""

import io
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from pos_app.printing.escpos import Roll, to_escpos
from pos_app.printing.layout import QR, Paper, Picture, StampBox, Text
from pos_app.printing.page_picture import page_picture, to_png
from pos_app.printing.papers.producer_statement import (
    AgedRow,
    Slip,
    Told,
    Wanted,
    ageing_list,
    delivery_request,
    full_statement,
    producer_statement,
)
from pos_app.printing.pdf import page_count, to_pdf
from pos_app.printing.preview import preview
from sync.documents.money import SettledGoods
from tests.printing.samples import AT, HEAD

GOODS = (
    SettledGoods(
        sku="KRP-001", name="Keripik Pisang Cokelat 200 g", start=25_000, received=60_000, sold=52_000,
        returned=2_000, gross=832_000, share=748_800,
    ),
    SettledGoods(
        sku="SNG-002", name="Keripik Singkong Balado Ekstra Pedas 250 g", start=1_000, received=70_000, sold=59_000,
        lost=1_000, gross=590_000, share=531_000,
    ),
    SettledGoods(sku="GUL-001", name="Gula Semut", unit="kg", received=9_500, sold=1_375, gross=24_750, share=23_513),
)  # fmt: skip
TOLD = Told(
    producer="P001",
    name="Kripik Ranusari",
    first=date(2026, 11, 14),
    last=date(2026, 11, 20),
    since="",
    opening=4_800,
    changes={"sold": 1_317_713, "refunded": -14_400, "lost": 9_000, "deducted": -15_000, "paid": -1_000_000},
    closing=302_113,
    goods=GOODS,
    slips=(Slip("BP-MTR001A-000117", "2026-11-17", 1_000_000, (("Label", 15_000),)),),
    documents=(("ST-MTR001A-004102", "2026-11-18", 14_400), ("BP-MTR001A-000117", "2026-11-17", -1_015_000)),
)
WANTED = (
    Wanted("Keripik Pisang Cokelat 200 g", "pcs", 24_000, 4_000, 93),
    Wanted("Gula Semut", "kg", 3_000, 375, 10),
)
PAPERS: dict[str, Callable[[], Paper]] = {
    "producer_statement": lambda: producer_statement(TOLD, HEAD, AT),
    "producer_statement_full": lambda: full_statement(TOLD, HEAD, AT),
    "delivery_request": lambda: delivery_request("P001", "Kripik Ranusari", date(2026, 11, 21), WANTED, 3, HEAD, AT),
    "ageing": lambda: ageing_list(
        date(2026, 11, 20),
        ("0-7 hari", "8-14 hari", "15-30 hari", "di atas 30 hari"),
        (
            AgedRow("Kripik Ranusari", (302_113, 0, 0, 0), 302_113, 0),
            AgedRow("Sambal Citrasa", (100_000, 246_000, 500_000, 0), 846_000, 746_000),
        ),
        HEAD,
        AT,
    ),
}


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("columns", [32, 48])
def test_text_is_as_it_was_looked_at(name: str, columns: int, snapshot: Callable[[str, bytes], None]) -> None:
    snapshot(f"{name}-{columns}.txt", ("\n".join(preview(PAPERS[name](), columns)) + "\n").encode())


@pytest.mark.parametrize("name", PAPERS)
def test_escpos_bytes_for_58_mm(name: str, snapshot: Callable[[str, bytes], None]) -> None:
    snapshot(f"{name}-32.bin", to_escpos(PAPERS[name](), Roll(32)))


@pytest.mark.parametrize("name", ["producer_statement", "delivery_request"])
def test_the_picture_is_as_it_was_looked_at(name: str, snapshot: Callable[[str, bytes], None]) -> None:
    taken = to_png(PAPERS[name](), "phone")
    with Image.open(io.BytesIO(taken)) as picture:
        assert picture.width == 1080
        snapshot(f"{name}.grey", _small(picture))
    assert len(taken) < 300_000


def _small(picture: Image.Image) -> bytes:
    """The picture in squares of 40 dots, dark or light: what a person sees from far away."""
    grey = picture.convert("L").resize((27, picture.height // 40), Image.Resampling.BOX).tobytes()
    rows = (grey[start : start + 27] for start in range(0, len(grey), 27))
    return b"".join(bytes(ord("#" if one < 235 else ".") for one in row) + b"\n" for row in rows)


def test_the_same_paper_gives_the_same_picture() -> None:
    paper = PAPERS["producer_statement"]()
    assert to_png(paper, "phone") == to_png(paper, "phone")


def test_the_statement_adds_up_on_paper() -> None:
    lines = preview(PAPERS["producer_statement"](), 48)
    figures = {line[:24].strip(): line[24:].strip() for line in lines}
    assert figures["Belum dibayar sebelumnya"] == "Rp 4.800"
    assert any("Dibayar 17/11/2026" in line for line in lines)
    assert any(line.startswith("BELUM DIBAYAR") and line.endswith("Rp 302.113") for line in lines)
    assert TOLD.opening + sum(TOLD.changes.values()) == TOLD.closing


def test_pieces_and_shares_of_the_short_statement_add_up() -> None:
    lines = preview(PAPERS["producer_statement"](), 48)
    place = next(place for place, line in enumerate(lines) if line.startswith("Keripik Pisang"))
    start, came, sold, returned, lost, left = (int(one) for one in lines[place + 1].split())
    assert start + came - sold - returned - lost == left
    figures = {line[:30].strip(): line[30:].strip() for line in lines}
    assert figures["Hak Anda setelah komisi"] == "Rp 1.303.313"


def test_goods_without_a_line_of_their_own_are_one_line() -> None:
    lines = preview(producer_statement(TOLD, HEAD, AT, 1), 48)
    assert not any("Singkong" in line for line in lines)
    rest = next(place for place, line in enumerate(lines) if line.startswith("dan 2 lagi"))
    assert lines[rest].endswith("554.513")
    assert lines[rest + 1].split() == ["-"] * 6  # pieces and kilograms are not added up


def test_a_producer_who_owes_reads_so() -> None:
    lines = preview(producer_statement(replace(TOLD, closing=-14_400), HEAD, AT), 48)
    assert any(line.startswith("UTANG ANDA") and line.endswith("Rp 14.400") for line in lines)


def test_figures_that_do_not_agree_say_so_on_the_paper() -> None:
    assert "tidak cocok" in " ".join(preview(producer_statement(replace(TOLD, sound=False), HEAD, AT), 48))
    assert "tidak cocok" not in " ".join(preview(PAPERS["producer_statement"](), 48))


def test_it_is_one_page_and_the_letters_are_large_enough_for_a_telephone() -> None:
    paper = PAPERS["producer_statement"]()
    assert page_count(paper, "phone") == 1
    assert to_pdf(paper, "phone").count(b"/Type /Page\n") == 1
    many = replace(TOLD, goods=GOODS * 20)
    assert page_count(producer_statement(many, HEAD, AT), "phone") > 1
    assert page_count(producer_statement(many, HEAD, AT, 5), "phone") == 1


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs poppler")
def test_page_and_picture_come_from_the_same_paper_with_fonts_inside(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(to_pdf(PAPERS["producer_statement"](), "phone"))
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout.decode()
    for words in ("REKAP TITIP JUAL", "Kripik Ranusari (P001)", "14/11/2026 s.d. 20/11/2026", "Rp 302.113"):
        assert words in text
    fonts = subprocess.run(["pdffonts", path], capture_output=True, check=True).stdout.decode()
    used = [line for line in fonts.splitlines()[2:] if "Vera" in line]
    assert used
    assert all(line.split()[-5] == "yes" for line in used)


def test_codes_pictures_and_frames_are_drawn_on_the_picture_too() -> None:
    logo = io.BytesIO()
    Image.new("1", (200, 80), 0).save(logo, "PNG")
    blocks = (Text("Logo"), Picture(logo.getvalue()), QR("POJOK"), StampBox("Meterai Rp 10.000"))
    picture = page_picture(Paper("test", "X", "X", blocks), "phone")
    dark = picture.point([255 if grey < 128 else 0 for grey in range(256)])
    assert dark.histogram()[255] > 8_000
