"""Labels: the bars are read back from the dots that are printed, and nothing stands over its edge."""

import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from pos_app.printing.codes import ean13_bars
from pos_app.printing.escpos import DOTS, Roll
from pos_app.printing.escpos_reader import Cut, Dots, read
from pos_app.printing.labels import (
    A4,
    DOTS_PER_MM,
    QUIET_AFTER,
    QUIET_BEFORE,
    STOCKS,
    Bar,
    Label,
    Words,
    module_width,
    picture,
    set_label,
    sheet_picture,
    text_width,
    to_escpos,
    to_pdf,
    to_tspl,
)
from sync.documents.identifiers import in_store_ean13

CODE = in_store_ean13(1_100_001)
LONG = Label(
    "Keripik Pisang Cokelat Lumer Aneka Rasa Kemasan Besar 200 g",
    "Rp 999.999.999",
    "Kelompok Usaha Bersama Kripik Ranusari Jaya Makmur Sentosa",
    CODE,
    "exp 28/11/26",
)
SHORT = Label("Nasi Uduk", "Rp 10.000", "Dapur Satu", in_store_ean13(1_100_002))

# Left-hand digits with odd parity (A), even parity (B), right-hand digits (C); GS1 General Specifications 5.2.1.
A = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
C = tuple("".join("10"[int(bit)] for bit in digit) for digit in A)
B = tuple(digit[::-1] for digit in C)
FIRST = ("AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA")


def decoded(modules: str) -> str:
    """The thirteen digits of 95 modules."""
    assert len(modules) == 95
    assert (modules[:3], modules[45:50], modules[92:]) == ("101", "01010", "101")
    left = [modules[3 + 7 * place : 10 + 7 * place] for place in range(6)]
    right = [modules[50 + 7 * place : 57 + 7 * place] for place in range(6)]
    parity = "".join("A" if digit in A else "B" for digit in left)
    return "".join(
        [
            str(FIRST.index(parity)),
            *(str(A.index(digit) if digit in A else B.index(digit)) for digit in left),
            *(str(C.index(digit)) for digit in right),
        ]
    )


def scanned(row: list[bool]) -> tuple[str, float, float]:
    """What a scanner reads in a row of dots, and the quiet zones before and after in modules."""
    first, last = row.index(True), len(row) - 1 - row[::-1].index(True)
    module = (last + 1 - first) / 95
    modules = "".join("1" if row[int(first + (place + 0.5) * module)] else "0" for place in range(95))
    return decoded(modules), first / module, (len(row) - 1 - last) / module


def row_of(image: Image.Image, y: int, left: int = 0, right: int | None = None) -> list[bool]:
    grey = image.convert("L")
    return [grey.getpixel((x, y)) < 128 for x in range(left, right or grey.width)]


def middle_of_bars(label: Label, stock: str) -> float:
    """Millimetres from the top."""
    bar = next(mark for mark in set_label(label, STOCKS[stock]) if isinstance(mark, Bar))
    return bar.y + bar.height / 2


def test_the_decoder_reads_the_bars_of_the_encoder() -> None:
    assert decoded("".join("01"[module] for module in ean13_bars(CODE))) == CODE


@pytest.mark.parametrize("stock", STOCKS)
@pytest.mark.parametrize("label", [LONG, SHORT])
def test_the_bars_of_a_label_are_read_back_from_its_dots_with_their_quiet_zones(label: Label, stock: str) -> None:
    drawn = picture(label, STOCKS[stock], 24)
    code, before, after = scanned(row_of(drawn, round(middle_of_bars(label, stock) * 24)))
    assert code == label.code
    assert before >= QUIET_BEFORE - 0.5
    assert after >= QUIET_AFTER - 0.5


@pytest.mark.parametrize("stock", ["40x30", "50x30"])
def test_on_rolls_every_bar_is_whole_dots_of_a_thermal_printer(stock: str) -> None:
    module = module_width(CODE, STOCKS[stock])
    assert module * DOTS_PER_MM in (2, 3)
    for mark in set_label(LONG, STOCKS[stock]):
        if isinstance(mark, Bar):
            assert (mark.x * DOTS_PER_MM).is_integer()
            assert (mark.width * DOTS_PER_MM).is_integer()
    code, before, after = scanned(row_of(picture(LONG, STOCKS[stock]), round(middle_of_bars(LONG, stock) * 8)))
    assert (code, before >= QUIET_BEFORE, after >= QUIET_AFTER) == (CODE, True, True)


@pytest.mark.parametrize("stock", STOCKS)
def test_bars_are_at_least_75_percent_wide_and_high_enough_for_a_counters_scanner(stock: str) -> None:
    assert 0.25 <= module_width(CODE, STOCKS[stock]) <= 0.375
    bar = next(mark for mark in set_label(LONG, STOCKS[stock]) if isinstance(mark, Bar))
    assert bar.height >= 5


@pytest.mark.parametrize("stock", STOCKS)
@pytest.mark.parametrize("label", [LONG, SHORT])
def test_nothing_stands_over_the_edge_or_over_something_else(label: Label, stock: str) -> None:
    size = STOCKS[stock]
    marks = set_label(label, size)
    boxes: list[tuple[float, float, float, float]] = []
    for mark in marks:
        if isinstance(mark, Words):
            width = text_width(mark.text, mark.size, bold=mark.bold)
            x = mark.x - {"left": 0.0, "centre": width / 2, "right": width}[mark.align]
            boxes.append((x, mark.y - mark.size * 0.72, x + width, mark.y))
    bars = [mark for mark in marks if isinstance(mark, Bar)]
    boxes.append((bars[0].x, bars[0].y, bars[-1].x + bars[-1].width, bars[0].y + bars[0].height))
    for left, top, right, bottom in boxes:
        assert min(left, top) >= 0
        assert right <= size.width + 0.01
        assert bottom <= size.height
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart, (one, other)


@pytest.mark.parametrize("stock", STOCKS)
def test_a_long_name_takes_two_lines_and_keeps_its_weight(stock: str) -> None:
    names = [mark.text for mark in set_label(LONG, STOCKS[stock]) if isinstance(mark, Words) and mark.bold][:2]
    assert names[0].startswith("Keripik Pisang")
    assert names[1].endswith("200 g")


def test_other_codes_become_code_128() -> None:
    bars = [mark for mark in set_label(Label("Kopi", "Rp 1", "P", "KOPI-01"), STOCKS["50x30"]) if isinstance(mark, Bar)]
    assert len(bars) > 20


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler is not installed")
@pytest.mark.parametrize(("stock", "start"), [("40x30", 0), ("50x30", 0), ("a4-24", 4), ("a4-65", 63)])
def test_the_bars_are_read_back_from_the_pages_of_the_pdf(stock: str, start: int, tmp_path: Path) -> None:
    size = STOCKS[stock]
    labels = [LONG, SHORT, LONG]
    (tmp_path / "labels.pdf").write_bytes(to_pdf(labels, size, start))
    subprocess.run(["pdftoppm", "-r", "300", "-png", "-gray", tmp_path / "labels.pdf", tmp_path / "page"], check=True)
    pages = [Image.open(path) for path in sorted(tmp_path.glob("page*.png"))]
    assert len(pages) == (1 if stock == "a4-24" else 2 if stock == "a4-65" else 3)
    scale = 300 / 25.4
    for count, label in enumerate(labels, start):
        sheet, place = divmod(count, size.on_a_sheet)
        row, column = divmod(place, size.columns)
        x, y = size.left + column * size.pitch, size.top + row * size.height
        left, right = round(x * scale), round((x + size.width) * scale)
        at = round((y + middle_of_bars(label, stock)) * scale)
        code, before, after = scanned(row_of(pages[sheet], at, left, min(right, pages[sheet].width)))
        assert code == label.code
        assert before >= QUIET_BEFORE - 1
        assert after >= QUIET_AFTER - 1


def test_sheets_lie_within_a4() -> None:
    for size in STOCKS.values():
        if size.sheet:
            assert size.left + (size.columns - 1) * size.pitch + size.width <= A4[0]
            assert size.top + size.rows * size.height <= A4[1]


def test_the_same_labels_are_the_same_pdf() -> None:
    assert to_pdf([LONG], STOCKS["40x30"]) == to_pdf([LONG], STOCKS["40x30"])


@pytest.mark.parametrize("stock", ["a4-24", "a4-65"])
def test_a_sheet_is_shown_small_on_the_screen(stock: str) -> None:
    assert sheet_picture([LONG] * 100, STOCKS[stock], 3, 3).size == (630, 891)


def test_a_used_sheet_begins_at_its_first_free_label() -> None:
    fresh, used = (sheet_picture([SHORT], STOCKS["a4-24"], start) for start in (0, 1))
    assert fresh.getpixel((20, 60)) != used.getpixel((20, 60)) or fresh.tobytes() != used.tobytes()


def test_a_label_printer_gets_size_gap_picture_and_count() -> None:
    content = to_tspl([(LONG, 24), (SHORT, 1)], STOCKS["40x30"])
    assert content.startswith(b"SIZE 40 mm,30 mm\r\nGAP 2 mm,0 mm\r\n")
    assert content.count(b"CLS\r\n") == 2
    assert b"PRINT 1,24\r\n" in content
    head = b"BITMAP 0,0,40,240,0,"
    start = content.index(head) + len(head)
    drawn = Image.frombytes("1", (320, 240), content[start : start + 40 * 240])
    assert scanned(row_of(drawn, round(middle_of_bars(LONG, "40x30") * 8)))[0] == CODE
    assert content[start + 40 * 240 :].startswith(b"\r\nPRINT")


@pytest.mark.parametrize("stock", ["40x30", "50x30"])
@pytest.mark.parametrize("columns", [32, 48])
def test_a_receipt_printer_prints_labels_no_wider_than_its_paper(stock: str, columns: int) -> None:
    seen = read(to_escpos([LONG, SHORT], STOCKS[stock], Roll(columns, cutter=True)))
    dots = [one for one in seen if isinstance(one, Dots)]
    assert [(one.row_bytes * 8, one.height) for one in dots] == [(DOTS[columns], 240)] * 2
    assert isinstance(seen[-1], Cut)
    y = round(middle_of_bars(LONG, stock) * 8)
    line = dots[0].rows[y * dots[0].row_bytes : (y + 1) * dots[0].row_bytes]
    assert scanned([bit == "1" for byte in line for bit in f"{byte:08b}"])[0] == CODE
