"""Bytes for printers and PDF files, compared exactly."""

import re
import shutil
import subprocess
from typing import Any

import msgspec
import pytest

from pos_app.printing.codes import qr_rows
from pos_app.printing.escpos import Roll, to_escpos
from pos_app.printing.escpos_reader import Dots, read
from pos_app.printing.layout import Paper, Text
from pos_app.printing.papers.settlement import settlement_slip
from pos_app.printing.pdf import _paginated, to_pdf
from pos_app.printing.pdf_blocks import pieces
from pos_app.printing.pdf_pieces import MM, Face, width_of, wrap
from pos_app.printing.preview import preview
from sync.documents.money import SettledGoods, Settlement
from tests.printing import samples
from tests.printing.samples import PAPERS, SALE, settled

INIT = b"\x1b@"
DRAWER = b"\x1bp"
CUT = b"\x1dV\x00"
RASTER = b"\x1dv0"


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("columns", [32, 48])
def test_text_of_every_paper_is_as_it_was_looked_at(name, columns, snapshot):
    snapshot(f"{name}-{columns}.txt", ("\n".join(preview(PAPERS[name](), columns)) + "\n").encode())


@pytest.mark.parametrize("name", PAPERS)
def test_escpos_bytes_of_every_paper_for_58_mm(name, snapshot):
    snapshot(f"{name}-32.bin", to_escpos(PAPERS[name](), Roll(32)))


@pytest.mark.parametrize("name", ["receipt", "settlement_stamp", "z_report"])
def test_escpos_bytes_for_80_mm_with_cutter_and_drawer(name, snapshot):
    snapshot(f"{name}-48.bin", to_escpos(PAPERS[name](), Roll(48, cutter=True, drawer=True)))


def test_bytes_begin_with_initialisation_and_end_with_the_cut():
    content = to_escpos(PAPERS["receipt"](), Roll(48, cutter=True))
    assert content.startswith(INIT)
    assert content.endswith(CUT)
    assert not to_escpos(PAPERS["receipt"](), Roll(48)).endswith(CUT)


def test_the_drawer_opens_for_cash_only_and_never_for_a_copy():
    kick = {name: DRAWER in to_escpos(PAPERS[name](), Roll(32, drawer=True)) for name in PAPERS}
    assert {name for name in kick if kick[name]} == {
        "receipt", "refund", "settlement", "settlement_stamp", "tab_payment", "cash_move", "reversal", "test",
        "deduction_collected",
    }  # fmt: skip
    assert DRAWER not in to_escpos(PAPERS["receipt"](), Roll(32))


@pytest.mark.parametrize(("columns", "dots"), [(32, 384), (42, 512), (48, 576)])
def test_codes_are_raster_pictures_no_wider_than_the_paper(columns, dots):
    content = to_escpos(PAPERS["z_report"](), Roll(columns))
    at = content.index(RASTER)
    assert int.from_bytes(content[at + 4 : at + 6], "little") * 8 <= dots


def test_the_text_sent_to_the_printer_is_ascii():
    paper = Paper("x", "x", "x", (Text("Kopi “Liwa” – 200 g"), Text("Sambal\x1dV\x00")))
    content = to_escpos(paper, Roll(32))
    assert content.isascii()
    assert b'Kopi "Liwa" - 200 g\n' in content
    assert CUT not in content


def test_a_number_becomes_bars_where_they_can_be_read_else_a_qr_code():
    wide, narrow = (to_escpos(PAPERS["receipt"](), Roll(columns)) for columns in (48, 32))
    heights = [next(one.height for one in read(content) if isinstance(one, Dots)) for content in (wide, narrow)]
    assert heights == [72, (len(qr_rows(SALE.number)) + 2 * 4) * 6]


class Recorder:
    """Stands in for a canvas and keeps the texts; everything else is drawn into the void."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.endswith("String"):
            return lambda _x, _y, text: self.texts.append(text)
        return lambda *_arguments, **_options: None


def face_of(media: str) -> Face:
    from pos_app.printing.pdf import face_of

    return face_of(media)


@pytest.mark.parametrize("media", ["58", "80", "a5"])
@pytest.mark.parametrize("name", PAPERS)
def test_a_pdf_says_all_that_the_roll_says(name, media):
    recorder = Recorder()
    face = face_of(media)
    for block in PAPERS[name]().blocks:
        for piece in pieces(block, face):
            piece.draw(recorder, 0.0, 0.0)
    drawn = " ".join(recorder.texts)
    amounts = re.findall(r"\d{1,3}(?:\.\d{3})+", "\n".join(preview(PAPERS[name](), 48)))
    assert not [amount for amount in amounts if amount not in drawn]


@pytest.mark.parametrize(("media", "width"), [("58", 58), ("80", 80), ("a5", 148)])
@pytest.mark.parametrize("name", PAPERS)
def test_a_pdf_has_the_width_of_its_paper_and_the_same_bytes_every_time(name, media, width):
    content = to_pdf(PAPERS[name](), media)
    assert content == to_pdf(PAPERS[name](), media)
    assert content.startswith(b"%PDF-")
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", content)
    assert float(box[1]) == pytest.approx(width * MM, abs=0.01)
    if media == "a5":
        assert float(box[2]) == pytest.approx(210 * MM, abs=0.01)
    assert b"Vera" in content


def test_a_roll_is_exactly_as_long_as_its_content():
    def height(name: str) -> float:
        return float(re.search(rb"/MediaBox \[ 0 0 [\d.]+ ([\d.]+) \]", to_pdf(PAPERS[name](), "80"))[1])

    assert height("cash_move") < height("settlement") < height("z_report")


def test_a_long_settlement_breaks_into_numbered_a5_pages():
    goods = tuple(SettledGoods(sku=f"S{n}", name=f"Barang {n}", gross=1000, share=900) for n in range(60))
    base = settled()
    slip = type(base)(
        **{name: getattr(base, name) for name in base.__struct_fields__}
        | {"goods": goods, "gross": 60000, "earned": 54000, "commission": 6000, "amount": 58800, "remaining": 35}
    )
    slip.check()
    content = to_pdf(settlement_slip(slip, samples.ISSUE, samples.HEAD), "a5")
    assert content.count(b"/MediaBox") == 2


def settlement_of(lines: int) -> Settlement:
    goods = tuple(SettledGoods(sku=f"S{n}", name=f"Barang {n}", gross=1000, share=900) for n in range(lines))
    more = {"goods": goods, "gross": 1000 * lines, "earned": 900 * lines, "commission": 100 * lines}
    return msgspec.structs.replace(settled(), **more, remaining=900 * lines + 4835 - 1000, amount=1000)


@pytest.mark.parametrize("lines", range(12, 44, 2))
def test_nobody_signs_a_page_without_its_amount(lines):
    paper = settlement_slip(settlement_of(lines), samples.ISSUE, samples.HEAD)
    parts = [piece for block in paper.blocks for piece in pieces(block, face_of("a5"))]
    pages = _paginated(parts, 500)
    assert all(sum(part.height for part in page) <= 500 for page in pages)
    last_row = max(place for place, part in enumerate(parts) if part.head)
    ending = parts[last_row:]
    assert all(part in pages[-1] for part in ending)


def test_text_wider_than_its_place_is_broken_not_lost():
    face = face_of("58")
    lines = wrap("a" * 200 + " dan kata", face, "Vera", 8.0, 100.0)
    assert "".join(lines).replace(" ", "") == "a" * 200 + "dankata"
    assert all(width_of(line, "Vera", 8.0) <= 100.0 for line in lines)


def test_signs_the_font_lacks_are_replaced():
    assert face_of("58").printable("Kopi 樂 é\n×") == "Kopi ? é ×"


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_the_words_of_a_pdf_can_be_read_back():
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=to_pdf(PAPERS["settlement"](), "a5"), capture_output=True, check=True
    )
    shown = " ".join(done.stdout.decode().split())
    assert "BUKTI PEMBAYARAN PRODUSEN" in shown
    assert "DIBAYAR Rp 1.284.600" in shown
    assert "Terbilang: satu juta dua ratus delapan puluh empat ribu enam ratus rupiah" in shown
