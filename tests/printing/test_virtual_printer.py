"""Every paper through the bytes of a printer: what stands on the strip is what the layout set."""

import re
import zlib
from pathlib import Path

import pytest

from pos_app.printing import virtual
from pos_app.printing.codes import qr_rows
from pos_app.printing.devices import PrinterFault
from pos_app.printing.escpos import BAND, DOTS, Roll, to_escpos
from pos_app.printing.escpos_reader import Cut, Dots, Drawer, Drawn, NotUnderstood, Printed, read
from pos_app.printing.layout import QR, Paper, Picture, Ruler, Text
from pos_app.printing.lines import Line, ruler, set_in_columns
from pos_app.printing.logo import BadLogo, black_and_white
from pos_app.printing.strip import strip_picture, strip_text
from pos_app.printing.virtual import VirtualPrinter
from tests.printing.samples import PAPERS

WIDTHS = (32, 42, 48)


def letters(name: str, columns: int, *, doubles: bool = True) -> list[str]:
    """What the layout wants to see, without what breaks on purpose."""
    return [line.text for line in set_in_columns(PAPERS[name](), columns, doubles=doubles) if isinstance(line, Line)]


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("name", [name for name in PAPERS if name != "test"])
def test_the_strip_says_what_the_layout_says_and_nothing_is_cut_off(name: str, columns: int) -> None:
    seen = [one for one in read(to_escpos(PAPERS[name](), Roll(columns))) if isinstance(one, Printed)]
    assert [one.text for one in seen] == letters(name, columns)
    assert all(len(one.text) <= (columns // 2 if one.wide else columns) for one in seen)


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("name", [name for name in PAPERS if name != "test"])
def test_sums_stand_at_the_right_edge(name: str, columns: int) -> None:
    amounts = re.compile(r"(?:^|\s)[+-]?(?:-?Rp )?-?\d{1,3}(?:\.\d{3})+$")
    for one in read(to_escpos(PAPERS[name](), Roll(columns))):
        if isinstance(one, Printed) and amounts.search(one.text) and "x" not in one.text.split():
            assert len(one.text) == (columns // 2 if one.wide else columns), one.text


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("name", PAPERS)
def test_the_strip_looks_as_it_did_when_somebody_looked(name: str, columns: int, snapshot) -> None:
    """The dots, in a check sum of their rows: a picture of each would be four megabytes."""
    content = to_escpos(PAPERS[name](), Roll(columns, cutter=True, drawer=True))
    shown = [
        f"{type(one).__name__} {one.row_bytes * 8}x{one.height} {zlib.crc32(one.rows):08x}"
        if isinstance(one, Dots)
        else str(one)
        for one in read(content)
    ]
    snapshot(f"{name}-{columns}.strip", ("\n".join(shown) + "\n").encode())


@pytest.mark.parametrize("name", ["receipt", "settlement_stamp", "z_report", "test"])
def test_a_picture_of_the_strip_has_ink_where_text_is_and_none_in_the_margins(name: str) -> None:
    picture = strip_picture(to_escpos(PAPERS[name](), Roll(32, cutter=False)), 32)
    assert picture.width == DOTS[32] + 48
    assert picture.height > 800
    left, right = picture.crop((0, 0, 20, picture.height)), picture.crop((412, 0, 432, picture.height))
    assert left.getextrema() == right.getextrema() == (255, 255)
    inked = sum(1 for grey in picture.convert("L").tobytes() if grey < 128)
    assert 0.02 < inked / (picture.width * picture.height) < 0.3


def test_the_same_paper_is_drawn_the_same_way() -> None:
    content = to_escpos(PAPERS["receipt"](), Roll(32))
    assert strip_picture(content, 32).tobytes() == strip_picture(content, 32).tobytes()


def test_bold_and_double_letters_reach_the_paper_and_a_plain_printer_gets_neither() -> None:
    def styles(roll: Roll) -> set[tuple[bool, bool]]:
        return {(one.bold, one.wide) for one in read(to_escpos(PAPERS["receipt"](), roll)) if isinstance(one, Printed)}

    assert styles(Roll(32)) == {(False, False), (True, False), (True, True)}
    assert styles(Roll(32, styles=False)) == {(False, False)}
    plain = [
        one.text for one in read(to_escpos(PAPERS["receipt"](), Roll(32, styles=False))) if isinstance(one, Printed)
    ]
    assert plain == letters("receipt", 32, doubles=False)


def test_drawer_and_cutter_are_seen() -> None:
    seen = read(to_escpos(PAPERS["receipt"](), Roll(48, cutter=True, drawer=True)))
    assert seen[0] == Drawer()
    assert seen[-1] == Cut()


def test_pictures_go_out_in_bands_that_a_small_buffer_holds_and_arrive_as_one() -> None:
    content = to_escpos(PAPERS["z_report"](), Roll(48))
    sizes = [
        (int.from_bytes(content[at + 4 : at + 6], "little"), int.from_bytes(content[at + 6 : at + 8], "little"))
        for at in (match.start() for match in re.finditer(rb"\x1dv0", content))
    ]
    assert len(sizes) > 4
    assert all(row_bytes * height < 4096 and height <= BAND for row_bytes, height in sizes)
    pictures = [one for one in read(content) if isinstance(one, Dots)]
    assert sum(one.height for one in pictures) == sum(height for _row_bytes, height in sizes)
    assert len(pictures) < len(sizes)


def test_a_raster_code_has_the_modules_of_the_code_in_the_middle_of_the_paper() -> None:
    payload = "ST-MTR001A-000123"
    (dots,) = read(to_escpos(Paper("x", "x", "x", (QR(payload),)), Roll(32)))
    assert isinstance(dots, Dots)
    modules, size = qr_rows(payload), 6
    left = (384 - (len(modules) + 8) * size) // 2 + 4 * size
    for row, wanted in enumerate(modules):
        y = (row + 4) * size + size // 2
        line = dots.rows[y * dots.row_bytes : (y + 1) * dots.row_bytes]
        bits = "".join(f"{byte:08b}" for byte in line)
        assert [bits[left + column * size + size // 2] == "1" for column in range(len(wanted))] == wanted


@pytest.mark.parametrize(("columns", "kind"), [(32, "qr"), (48, "code128")])
def test_a_printer_that_draws_codes_gets_their_payload(columns: int, kind: str) -> None:
    seen = read(to_escpos(PAPERS["receipt"](), Roll(columns, codes="native")))
    (code,) = [one for one in seen if isinstance(one, Drawn)]
    assert (code.kind, code.payload, code.align) == (kind, "ST-MTR001A-000123", "centre")
    assert not any(isinstance(one, Dots) for one in seen)
    after = seen[seen.index(code) + 1]
    assert isinstance(after, Printed)
    assert after.align == "left"
    assert strip_picture(to_escpos(PAPERS["receipt"](), Roll(columns, codes="native")), columns).height > 800


@pytest.mark.parametrize("columns", WIDTHS)
def test_the_test_page_shows_a_ruler_of_every_width_and_the_widest_unbroken_one_is_the_paper(columns: int) -> None:
    shown = strip_text(to_escpos(PAPERS["test"](), Roll(columns)), columns)
    assert [width for width in WIDTHS if ruler(width) in shown] == [width for width in WIDTHS if width <= columns]
    assert all(len(ruler(width)) == width for width in WIDTHS)


def test_the_test_page_shows_both_kinds_of_codes_the_drawer_and_clean_letters() -> None:
    seen = read(to_escpos(PAPERS["test"](), Roll(32, cutter=True, drawer=True)))
    kinds = [type(one) for one in seen]
    assert (kinds.count(Drawer), kinds.count(Cut)) == (1, 1)
    assert [one.kind for one in seen if isinstance(one, Drawn)] == ["qr"]
    assert kinds.count(Dots) == 2
    text = " ".join(" ".join(one.text for one in seen if isinstance(one, Printed)).split())
    assert "Rp 12.500" in text
    assert "1/2 kg" in text


@pytest.mark.parametrize(
    "rubbish", [b"\x1b\xff", b"\x00", b"\x1dv1", b"\x1d(L\x00\x00", b"\x1dk\x02", b"\x1dv0\x00\x01\x00\x09\x00x"]
)
def test_bytes_that_are_no_command_are_an_error_not_a_paper(rubbish: bytes) -> None:
    with pytest.raises(NotUnderstood) as error:
        read(b"\x1b@ok\n" + rubbish)
    assert str(error.value).endswith(str(error.value.place))


def test_a_line_wider_than_the_paper_goes_on_below_as_on_a_real_printer() -> None:
    assert strip_text(b"\x1b@" + b"a" * 40 + b"\n", 32) == ["a" * 32, "a" * 8]


# The logo -----------------------------------------------------------------------------------------------------------


def picture(width: int, height: int, mode: str = "L") -> bytes:
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert(mode).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_logo_becomes_black_and_white_dots_no_wider_than_the_narrowest_paper() -> None:
    logo = black_and_white(picture(1200, 600))
    assert len(logo) < 12_000
    for columns in WIDTHS:
        (dots,) = read(to_escpos(Paper("x", "x", "x", (Picture(logo),)), Roll(columns)))
        assert isinstance(dots, Dots)
        assert (dots.row_bytes * 8, dots.height) == (DOTS[columns], 192)
    grey = sum(byte.bit_count() for byte in dots.rows) / (384 * 192)
    assert 0.4 < grey < 0.6  # dithered: the gradient's mean


def test_what_is_transparent_in_a_logo_is_paper() -> None:
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGBA", (80, 40), (0, 0, 0, 0)).save(buffer, "PNG")
    (dots,) = read(to_escpos(Paper("x", "x", "x", (Picture(black_and_white(buffer.getvalue())),)), Roll(32)))
    assert isinstance(dots, Dots)
    assert not any(dots.rows)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n", b"x" * 9_000_000])
def test_what_is_no_picture_becomes_no_logo(content: bytes) -> None:
    with pytest.raises(BadLogo):
        black_and_white(content)


def test_a_ruler_is_not_wrapped_by_the_layout() -> None:
    (line,) = set_in_columns(Paper("x", "x", "x", (Ruler(48),)), 32)
    assert isinstance(line, Line)
    assert len(line.text) == 48


# The folder ---------------------------------------------------------------------------------------------------------


def test_a_virtual_printer_keeps_papers_in_order_and_forgets_the_oldest(tmp_path: Path) -> None:
    printer = VirtualPrinter(tmp_path / "papers")
    assert virtual.papers(printer.folder) == []
    for count in range(virtual.KEPT + 3):
        printer.send(b"%d" % count, f"ST-{count}")
    there = virtual.papers(printer.folder)
    assert len(there) == virtual.KEPT
    assert (there[0].read_bytes(), there[-1].name) == (b"3", "000063-ST-62.bin")
    virtual.clear(printer.folder)
    assert virtual.papers(printer.folder) == []


def test_a_virtual_printer_runs_out_of_paper_when_it_is_told_to(tmp_path: Path) -> None:
    printer = VirtualPrinter(tmp_path)
    virtual.set_paper(tmp_path, False)
    with pytest.raises(PrinterFault) as fault:
        printer.send(b"x", "ST-1")
    assert (fault.value.reason, fault.value.maybe_printed) == ("out_of_paper", False)
    virtual.set_paper(tmp_path, True)
    printer.send(b"x", "ST-1")
    assert len(virtual.papers(tmp_path)) == 1


def test_a_virtual_printer_whose_folder_cannot_be_made_is_offline(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PrinterFault) as fault:
        VirtualPrinter(tmp_path / "file" / "x").send(b"x", "ST-1")
    assert fault.value.reason == "offline"


def test_text_from_a_name_never_becomes_a_command() -> None:
    assert strip_text(to_escpos(Paper("x", "x", "x", (Text("a\x1b@\x1dV\x00b"),)), Roll(32)), 32) == ["a@Vb"]
