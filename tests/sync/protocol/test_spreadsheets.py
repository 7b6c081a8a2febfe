"""Spreadsheet files as people save them."""

from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.protocol import registry_rows
from sync.protocol.spreadsheets import UnreadableFile, read_rows


def xlsx(importer, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    path = importer.folder / "rows.xlsx"
    book.save(path)
    return path


def texts(importer, *cells):
    """The cells of one row as text."""
    sheet = read_rows(xlsx(importer, [f"c{number}" for number, _cell in enumerate(cells)], cells))
    return sheet.rows[0][1]


# ---------------------------------------------------------------- CSV


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_byte_order_mark_line_ends_and_separators_make_no_difference(importer, mark, newline, delimiter):
    text = mark + importer.text("products", {"name": "Kopi, bubuk; 200 g"}, delimiter=delimiter, newline=newline)
    checked = importer.check("products", text)
    assert [row.name for row in checked.rows] == ["Kopi, bubuk; 200 g"]
    assert not checked.rejected
    assert not checked.warnings


def test_line_ends_of_both_kinds_in_one_file(importer):
    header, first, second = importer.text("staff", {}, {"staff_code": "S002", "tab_limit": "x"}).splitlines()
    checked = importer.check("staff", f"{header}\r\n{first}\n\r\n{second}")
    assert [(each.line, each.field) for each in checked.rejected] == [(4, "tab_limit")]
    assert len(checked.rows) == 1


def test_quoted_fields_may_hold_separators_quotes_and_line_breaks(importer):
    assert read_rows(importer.file('a,b\n"x, ""y"";\n z",2\n')).rows == [(2, ['x, "y";\n z', "2"])]


def test_blanks_outside_the_quotes_are_cut_off_too(importer):
    text = 'staff_code,name,nip,unit,tab_limit\nS001, "Lina, SH" ,, "Bagian "\u00a0,"5000"\t\n'
    assert importer.check("staff", text).rows == [registry_rows.StaffRow("S001", "Lina, SH", "", "Bagian", 5000)]


def test_a_quotation_mark_inside_an_unquoted_field_is_part_of_it(importer):
    assert read_rows(importer.file('a,b\nGula 5" merah,1\n')).rows == [(2, ['Gula 5" merah', "1"])]


def test_a_quote_that_is_not_closed_refuses_its_row_and_no_other(importer):
    text = 'staff_code,name,nip,unit,tab_limit\nS001,"Lina,,,0\nS002,Ani,,,0\nS003,Budi,,,0\n'
    checked = importer.check("staff", text)
    assert [(each.line, each.code) for each in checked.rejected] == [(2, "broken_quotes")]
    assert [row.staff_code for row in checked.rows] == ["S002", "S003"]


def test_text_after_a_closing_quote_refuses_the_row(importer):
    text = 'staff_code,name,nip,unit,tab_limit\nS001,"Lina" Sari,,,0\nS002,Ani,,,0\n'
    checked = importer.check("staff", text)
    assert [(each.line, each.code) for each in checked.rejected] == [(2, "broken_quotes")]
    assert len(checked.rows) == 1


def test_a_field_too_long_for_any_column_refuses_its_row(importer):
    text = f"staff_code,name,nip,unit,tab_limit\nS001,{'x' * 200_000},,,0\nS002,Ani,,,0\n"
    checked = importer.check("staff", text)
    assert [each.line for each in checked.rejected] == [2]
    assert len(checked.rows) == 1


@pytest.mark.parametrize("content", ["", "\n", "\ufeff", "\nstaff_code,name\n", ",,,\n"])
def test_a_file_without_a_header_is_refused(importer, content):
    with pytest.raises(UnreadableFile) as caught:
        read_rows(importer.file(content))
    assert caught.value.code == "no_header"


def test_a_header_alone_is_an_empty_sheet(importer):
    assert read_rows(importer.file("a;b")) == registry_rows.Sheet(["a", "b"], [])


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UnreadableFile, match="hilang"):
        read_rows(tmp_path / "hilang.csv")


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(UnreadableFile) as caught:
        read_rows(tmp_path)
    assert caught.value.code == "no_access"


def test_another_encoding_is_refused_with_its_line(importer):
    with pytest.raises(UnreadableFile) as caught:
        read_rows(importer.file("a,b\n1,2\nKopi é,3\n".encode("cp1252")))
    assert (caught.value.code, caught.value.data["line"]) == ("not_utf8", "3")


PIECES = st.sampled_from([*'",;\n\r\t 0aR', "\u00a0", "S1", "12.500", '""', "\ufeff", "é", "\x00"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=60).map("".join))
def test_whatever_the_file_holds_every_line_gets_its_verdict_in_order(importer, rest):
    checked = importer.check("staff", f"staff_code,name,nip,unit,tab_limit\n{rest}")
    lines = [each.line for each in checked.rejected]
    assert lines == sorted(lines)
    assert all(1 < line <= rest.count("\n") + rest.count("\r") + 2 for line in lines)
    assert len({row.staff_code for row in checked.rows}) == len(checked.rows)


# ---------------------------------------------------------------- XLSX


def test_xlsx_and_csv_give_the_same_rows(importer):
    header, row = importer.text("products", {}).splitlines()
    cells = row.split(",")
    path = xlsx(importer, header.split(","), [*cells[:7], 14400, None, 16000.0, 180, 6, "yes", "no", None, 97.81])
    assert importer.check_file("products", path).rows == importer.rows("products", {}).rows


def test_rows_of_an_xlsx_file_keep_their_numbers(importer):
    path = xlsx(
        importer,
        ["staff_code", "name", "nip", "unit", "tab_limit"],
        ["S001", "Lina"],
        [],
        [None, " ", "", None, None],
        ["S002", "Ani", None, None, 12.5],
        ["S003", "Budi", None, None, 0, "lebih"],
    )
    checked = importer.check_file("staff", path)
    assert [(each.line, each.field, each.code) for each in checked.rejected] == [
        (5, "tab_limit", "bad_money"),
        (6, "", "field_count"),
    ]
    assert [row.staff_code for row in checked.rows] == ["S001"]


def test_numbers_become_digits(importer):
    assert texts(importer, 12500, 16000.0, 9901234567890, "0099", -3) == [
        "12500",
        "16000",
        "9901234567890",
        "0099",
        "-3",
    ]


def test_a_number_that_lost_digits_is_never_turned_back_into_digits(importer):
    found = texts(importer, 1872015708909000, 1.872015708909e15, 198609262015051000, 1.98609262015051e17)
    assert found == ["1.87201570890900E+15", "1.87201570890900E+15", "1.98609262015051E+17", "1.98609262015051E+17"]


def test_a_long_number_that_was_kept_exactly_stays_as_it_is(importer):
    assert texts(importer, 1872015708909002) == ["1872015708909002"]


def test_a_fraction_in_a_cell_is_never_read_as_thousands(importer):
    assert texts(importer, 12.345, 12.5, 0.1) == ["12.3450", "12.5", "0.1"]
    assert importer.check_file(
        "staff", xlsx(importer, ["staff_code", "name", "nip", "unit", "tab_limit"], ["S1", "A", None, None, 12.345])
    ).rejected


def test_dates_and_truth_values_become_text(importer):
    found = texts(importer, date(2025, 7, 24), datetime(2025, 7, 24, 8, 30), True)  # noqa: DTZ001
    assert found == ["2025-07-24", "2025-07-24T08:30:00", "TRUE"]


def test_a_damaged_xlsx_file_is_refused(importer):
    path = xlsx(importer, ["a"], ["b"])
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(UnreadableFile) as caught:
        read_rows(path)
    assert caught.value.code == "not_a_spreadsheet"
