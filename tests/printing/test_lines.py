"""Setting blocks in columns: words wrap, amounts are never cut, nothing but ASCII comes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.printing.layout import Clause, Column, Columns, Item, Paper, Signatures, StampBox, Table, Text, ascii_text
from pos_app.printing.lines import WIDTHS, Line, set_in_columns
from pos_app.printing.pdf import face_of
from pos_app.printing.pdf_blocks import pieces
from pos_app.printing.preview import preview

words = st.text(alphabet=st.characters(codec="utf-8"), max_size=80)
amounts = st.integers(min_value=-(10**15), max_value=10**15).map(lambda n: f"Rp {n:,}".replace(",", "."))


def lines(*blocks: object, columns: int = 32) -> list[str]:
    return [line.text for line in set_in_columns(Paper("x", "x", "x", blocks), columns) if isinstance(line, Line)]


@pytest.mark.parametrize("columns", WIDTHS)
@given(left=words, right=amounts, bold=st.booleans(), double=st.booleans())
def test_amounts_are_never_cut_and_lines_never_too_long(columns, left, right, bold, double):
    for line in set_in_columns(Paper("x", "x", "x", (Columns(left, right, bold, double),)), columns):
        assert len(line.text) <= (columns // 2 if line.double else columns)
    assert any(right in line for line in lines(Columns(left, right, bold, double), columns=columns))


@pytest.mark.parametrize("columns", WIDTHS)
@given(name=words, cells=st.lists(amounts, min_size=3, max_size=3))
def test_tables_keep_every_figure_whole(columns, name, cells):
    table = Table("Barang", (Column("Awal"), Column("Masuk"), Column("Penjualan", beside_name=True)), ((name, *cells),))
    printed = lines(table, columns=columns)
    assert all(len(line) <= columns for line in printed)
    assert all(any(cell in line for line in printed) for cell in cells)


@given(text=words)
def test_text_for_the_printer_is_plain_ascii(text):
    plain = ascii_text(text)
    assert plain.isascii()
    assert not plain or plain.isprintable()


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Kopi “Robusta” – 200 g × 2", 'Kopi "Robusta" - 200 g x 2'),
        ("Café Crème", "Cafe Creme"),
        ("50\u00a0%", "50 %"),
        ("樂", "?"),
        ("Sambal\x1b@\x1dV\x00 pedas", "Sambal@V pedas"),
        ("dua\nbaris", "dua baris"),
    ],
)
def test_other_signs_are_spelt_or_replaced(text, printed):
    assert ascii_text(text) == printed


def test_a_long_name_wraps_between_words():
    assert lines(Item("Sambal Botol Citrasa Pedas Manis Extra 250 ml", "2 x 20.000", "40.000")) == [
        "Sambal Botol Citrasa Pedas Manis",
        "Extra 250 ml",
        "  2 x 20.000              40.000",
    ]


def test_a_word_longer_than_the_paper_is_broken_not_lost():
    assert "".join(lines(Text("a" * 70))) == "a" * 70


def test_double_letters_take_half_the_columns():
    printed = set_in_columns(Paper("x", "x", "x", (Columns("TOTAL", "Rp 56.800", double=True),)), 32)
    assert printed == [Line("TOTAL  Rp 56.800", double=True)]


def test_an_amount_too_wide_for_double_letters_is_printed_in_ordinary_ones():
    printed = set_in_columns(Paper("x", "x", "x", (Columns("TOTAL", "Rp 1.000.000.000.000", double=True),)), 32)
    assert printed == [Line("TOTAL       Rp 1.000.000.000.000")]


def test_figures_that_do_not_fit_a_row_stand_below_each_other_with_their_titles():
    columns = (Column("Harga titip"), Column("Harga jual"))
    table = Table("Barang", columns, (("Batik", "1.000.000.000.000", "9.999.999.999.999"),))
    assert lines(table)[1:] == ["Batik", "  Harga titip  1.000.000.000.000", "  Harga jual   9.999.999.999.999"]


def test_the_stamp_fits_into_its_box():
    printed = lines(Signatures("Penerima", "Pengelola", stamp=StampBox("Meterai Rp 10.000")))
    box = [line for line in printed if line.startswith(("+", "|"))]
    assert len(box) * 3.4 >= 24
    assert len(box[0]) * 1.5 >= 32


def test_the_preview_shows_ordinary_letters_and_the_payload_of_codes():
    from tests.printing.samples import PAPERS

    shown = preview(PAPERS["receipt"](), 32)
    assert "TOTAL                  Rp 56.800" in shown
    assert "      [ST-MTR001A-000123]" in shown
    assert all(len(line) <= 32 for line in shown)


def test_a_clause_is_a_bold_heading_with_its_paragraph():
    clause = Clause("Pasal 1", "Barang tetap milik produsen.")
    printed = set_in_columns(Paper("x", "x", "x", (clause,)), 32)
    assert printed == [Line("Pasal 1", bold=True), Line("Barang tetap milik produsen.")]


def test_a_page_never_ends_between_heading_and_paragraph():
    (piece,) = pieces(Clause("Pasal 1", "kata " * 100), face_of("a4"))
    assert piece.height > 4 * face_of("a4").size
