"""Whatever stands in a cell: it gives the value that a person reads there, or it is refused or reported.

A second reading of the import rules, letter by letter and without regular expressions, judges what came by chance.
"""

from __future__ import annotations

import string
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sync.protocol import registry_fields as fields
from sync.protocol.registry_reasons import Problem
from sync.protocol.registry_tables import Checked
from sync.protocol.spreadsheets import read_rows
from tests.sync.protocol.conftest import PRODUCER, PRODUCT, Importer

MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober")
MONTHS += ("November", "Desember")
EPOCH = date(1899, 12, 30)
NEWCOMER = {**PRODUCER, "producer_code": "P009"}
BLANK = st.sampled_from(("", " ", "\t", "\u00a0", " \u00a0"))
ALMOST_MONEY = st.text(st.sampled_from("0123456789.,- RrPpkE+\u00a0"), max_size=12)
FEW = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def result(convert: fields.Converter, text: str) -> Any:
    """What the converter makes of a cell; None where it is refused or reported."""
    try:
        return fields.trimmed(convert)(text)
    except Problem:
        return None


# Money ---------------------------------------------------------------------------------------------------------------


def grouped(amount: int, separator: str) -> str:
    return f"{amount:,}".replace(",", separator)


@st.composite
def written_money(draw: st.DrawFn) -> tuple[str, int]:
    """An amount and one of the ways in which people write it."""
    amount = draw(st.integers(0, 10**12))
    body = draw(st.sampled_from((str(amount), grouped(amount, "."), grouped(amount, " "), grouped(amount, "\u00a0"))))
    mark = draw(st.sampled_from(("", "Rp", "rp", "Rp.", "Rp ", "rp ", "Rp. ", "Rp\u00a0")))
    end = draw(st.sampled_from(("", ",00", ",-")))
    return draw(BLANK) + mark + body + end + draw(BLANK), amount


@FEW
@given(written=written_money())
def test_money_is_the_amount_that_was_written(written: tuple[str, int]) -> None:
    text, amount = written
    assert result(fields.money(0), text) == amount


def read_money(text: str) -> int | None:
    """Whole rupiah by the letter of the rules, read from the left; None for everything they do not name."""
    text = text.strip(" \t\u00a0\u202f\u2007")
    negative = text.startswith("-")
    text = text.removeprefix("-")
    for mark in ("Rp.", "Rp", "rp"):
        if text.startswith(mark):
            text = text.removeprefix(mark)
            text = text[1:] if text[:1] in (" ", "\u00a0") else text
            break
    english = text.endswith(".00") and ("," in text or text.count(".") == 1)
    for end in (".00",) if english else (",00", ",-"):
        if text.endswith(end):
            text = text.removesuffix(end)
            break
    separators = {one for one in text if one not in string.digits}
    if not separators <= ({","} if english else {".", " ", "\u00a0"}) or ("." in separators and len(separators) > 1):
        return None
    groups = text
    for one in separators:
        groups = groups.replace(one, "|")
    first, *rest = groups.split("|")
    if not first or (rest and (len(first) > 3 or first.startswith("0") or any(len(one) != 3 for one in rest))):
        return None
    amount = int(first + "".join(rest))
    return None if amount > 10**12 or len(first + "".join(rest)) > 15 else -amount if negative else amount


@settings(max_examples=1_000)
@given(text=ALMOST_MONEY)
@example("12.500.00")
@example("1.500.00")
@example("12,500")
@example("Rp.12.500")
@example("0012500")
@example("1 500\u00a0000")
def test_money_by_chance_is_never_another_amount(text: str) -> None:
    found = result(fields.money(-(10**12)), text)
    assert found is None or found == read_money(text)


# Dates ---------------------------------------------------------------------------------------------------------------


@st.composite
def written_day(draw: st.DrawFn) -> tuple[str, date]:
    day = draw(st.dates(date(1928, 1, 1), date(2100, 12, 31)))
    ways = (
        day.isoformat(),
        f"{day.day}/{day.month}/{day.year}",
        f"{day.day:02}/{day.month:02}/{day.year}",
        f"{day.day}-{day.month}-{day.year}",
        f"{day.day} {MONTHS[day.month - 1]} {day.year}",
        f"{day.day} {MONTHS[day.month - 1].lower()} {day.year}",
        str((day - EPOCH).days),
    )
    return draw(BLANK) + draw(st.sampled_from(ways)) + draw(BLANK), day


@FEW
@given(written=written_day())
def test_a_date_is_the_day_that_was_written(written: tuple[str, date]) -> None:
    text, day = written
    assert result(fields.day, text) == day


@settings(max_examples=800)
@given(text=st.text(st.sampled_from("0123456789/-. TZ:"), max_size=12))
def test_a_date_by_chance_is_one_of_the_ways_in_which_its_day_is_written(text: str) -> None:
    found = result(fields.day, text)
    if found is not None:
        plain = "/".join(part.lstrip("0") for part in text.strip().replace("-", "/").split("/"))
        number = str((found - EPOCH).days)
        ways = (f"{found.day}/{found.month}/{found.year}", f"{found.year}/{found.month}/{found.day}", number)
        assert plain in ways


# Other numbers -------------------------------------------------------------------------------------------------------


@settings(max_examples=800)
@given(text=st.text(st.sampled_from("0123456789.,-+%eE "), max_size=8))
def test_a_percentage_and_a_whole_number_by_chance_are_what_stands_there(text: str) -> None:
    plain = text.strip()
    percent = result(fields.percent, text)
    if percent is not None:
        whole, _point, decimals = plain.partition(".")
        assert whole.isdigit()
        assert abs(percent - (int(whole) * 100 + int((decimals + "000")[:3]) / 10)) <= 0.5
        assert percent <= 10_000
    number = result(fields.whole(0, 10**9), text)
    assert number is None or (plain.isdigit() and number == int(plain))
    commission = result(fields.commission, text)
    assert commission is None or (plain.isdigit() and commission == int(plain) <= 10_000)


# Cells of a spreadsheet ----------------------------------------------------------------------------------------------


FORMATS = ("General", "0", "#,##0", "0.00", "0%", "0.0%", '"Rp"#,##0', "dd/mm/yyyy", "@")
cells = st.one_of(
    st.none(),
    st.integers(-(10**6), 10**18),
    st.floats(allow_nan=False, allow_infinity=False, width=64),
    st.sampled_from((0.45, 12.5, 12.345, 12500.0, 12500.5, 1e21, 0.1 + 0.2)),
    st.dates(date(1950, 1, 1), date(2080, 1, 1)),
    st.booleans(),
    st.sampled_from(("=A1", "=1/0", "#REF!", "#N/A", "12.500", "12,500", "1,87201E+15", " 16000 ", "gratis")),
)


def sheet_of(folder: Path, kind: dict[str, str], changes: dict[str, tuple[Any, str]]) -> Path:
    """A workbook of one good row with some cells changed, each with its number format."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(list(kind))
    page.append([kind[name] or None for name in kind])
    for name, (value, shown) in changes.items():
        cell = page.cell(2, list(kind).index(name) + 1)
        cell.value = value
        cell.number_format = shown
    path = folder / "rows.xlsx"
    book.save(path)
    return path


def exactly(value: Any, shown: str) -> int | None:
    """The whole number that a cell holds and shows; None where it is another thing."""
    if isinstance(value, bool) or not isinstance(value, int | float) or "%" in shown or value != int(value):
        return None
    return int(value)


def judged(checked: Checked[Any], name: str) -> bool:
    return any(each.field == name for each in (*checked.rejected, *checked.warnings))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(value=cells, shown=st.sampled_from(FORMATS))
def test_a_cell_gives_its_number_or_is_named(importer: Importer, value: Any, shown: str) -> None:
    """Price, minimum, percentage and date of one row, from the same cell."""
    shown = "dd/mm/yyyy" if isinstance(value, date) else shown  # in another format it is the number that it shows
    for name in ("sell_price", "min_stock", "tkdn_percent", "barcode"):
        good = {**PRODUCT, "consign_price": "1"}
        checked = importer.check_file("products", sheet_of(importer.folder, good, {name: (value, shown)}))
        empty = value is None or (isinstance(value, str) and not value.strip())
        if judged(checked, name) or (empty and name != "sell_price"):
            continue
        (row,) = checked.rows
        number = exactly(value, shown)
        if name == "barcode":
            assert row.barcode == str(number)
        elif name == "tkdn_percent":
            assert "%" not in shown or not isinstance(value, int | float)
            assert abs(row.tkdn_bp - float(value) * 100) <= 0.5
        elif isinstance(value, str):
            assert getattr(row, name) == {"12.500": 12_500, " 16000 ": 16_000}[value]
        else:
            assert getattr(row, name) == number


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(value=st.one_of(st.dates(date(1930, 1, 1), date(2026, 11, 21)), st.integers(0, 10**6), st.booleans()))
def test_a_cell_with_a_date_gives_that_day_or_is_named(importer: Importer, value: Any) -> None:
    shown = "dd/mm/yyyy" if isinstance(value, date) else "General"
    checked = importer.check_file("producers", sheet_of(importer.folder, NEWCOMER, {"joined_on": (value, shown)}))
    if judged(checked, "joined_on"):
        return
    (row,) = checked.rows
    assert row.joined_on == (value if isinstance(value, date) else EPOCH + timedelta(days=value))


# What spreadsheets hide ----------------------------------------------------------------------------------------------


def test_a_percentage_that_the_cell_shows_is_not_taken_for_its_hundredth(importer: Importer) -> None:
    path = sheet_of(importer.folder, PRODUCT, {"tkdn_percent": (0.45, "0%"), "min_stock": (6, "0%")})
    checked = importer.check_file("products", path)
    assert [(each.field, each.code) for each in checked.warnings] == [
        ("min_stock", "bad_number"),
        ("tkdn_percent", "bad_number"),
    ]
    assert checked.rows[0].tkdn_bp is None


def test_a_formula_without_a_result_is_no_empty_cell(importer: Importer) -> None:
    changes = {"min_stock": ("=6*2", "General"), "sell_price": ("=16000+0", "General")}
    checked = importer.check_file("products", sheet_of(importer.folder, PRODUCT, changes))
    assert [(each.field, each.code) for each in checked.rejected] == [("sell_price", "bad_money")]
    checked = importer.check_file("products", sheet_of(importer.folder, PRODUCT, {"min_stock": ("=6*2", "General")}))
    assert [(each.field, each.code) for each in checked.warnings] == [("min_stock", "bad_number")]


def test_the_first_sheet_that_is_shown_is_read_whatever_is_hidden(importer: Importer) -> None:
    book = openpyxl.Workbook()
    old = book.worksheets[0]
    old.append(["lama"])
    new = book.create_sheet("Produk")
    new.append(["a", "b"])
    new.append([1, 2])
    new.append([3, 4])
    book.create_sheet("Catatan").append(["x"])
    old.sheet_state = "hidden"
    book.active = 1
    new.row_dimensions[2].hidden = True
    new.column_dimensions["B"].hidden = True
    path = importer.folder / "book.xlsx"
    book.save(path)
    assert read_rows(path).rows == [(2, ["1", "2"]), (3, ["3", "4"])]


def test_of_merged_cells_the_covered_ones_are_empty_and_refuse_what_is_required(importer: Importer) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(list(PRODUCT))
    for number in (1, 2):
        row = {**PRODUCT, "sku": f"MKN-{number}", "barcode": ""}
        page.append([row[name] or None for name in row])
    place = list(PRODUCT).index("sell_price") + 1
    page.merge_cells(start_row=2, end_row=3, start_column=place, end_column=place)
    path = importer.folder / "book.xlsx"
    book.save(path)
    checked = importer.check_file("products", path)
    assert [(each.line, each.field, each.code) for each in checked.rejected] == [(3, "sell_price", "required")]
    assert [row.sku for row in checked.rows] == ["MKN-1"]


def test_a_time_of_day_is_no_date(importer: Importer) -> None:
    at = datetime(2025, 7, 24, 8, 30)  # noqa: DTZ001
    path = sheet_of(importer.folder, NEWCOMER, {"joined_on": (at, "dd/mm/yyyy hh:mm")})
    assert [each.field for each in importer.check_file("producers", path).warnings] == ["joined_on"]


# CSV: blanks and quotes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("blank", ["", " ", "\t", "\u00a0", "\u202f", " \t\u00a0"])
@pytest.mark.parametrize("after", ["", " ", "\t", "\u00a0"])
def test_blanks_around_quotes_are_cut_off_of_every_kind(importer: Importer, blank: str, after: str) -> None:
    text = f'staff_code,name,nip,unit,tab_limit\nS001,{blank}"Lina, SH"{after},,{blank}"Bagian ""A"""{after},5000\n'
    (row,) = importer.check("staff", text).rows
    assert (row.name, row.unit) == ("Lina, SH", 'Bagian "A"')


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    rows=st.lists(
        st.tuples(st.text(st.sampled_from("ab \",;\n'"), max_size=8), st.integers(0, 10**6)), min_size=1, max_size=6
    ),
    delimiter=st.sampled_from(",;"),
    newline=st.sampled_from(("\n", "\r\n")),
    bad=st.sampled_from((None, 0, 1)),
)
def test_quick_and_careful_reading_give_the_same(
    importer: Importer, rows: list[tuple[str, int]], delimiter: str, newline: str, bad: int | None
) -> None:
    """Names of every kind come back as written, also beside a row that cannot be read."""
    named = [
        {"staff_code": f"S{n}", "name": f"x{text}x", "tab_limit": str(limit)} for n, (text, limit) in enumerate(rows)
    ]
    if bad is not None and bad < len(named):
        named[bad]["tab_limit"] = "12,5" if delimiter == ";" else "12k"
    checked = importer.check("staff", importer.text("staff", *named, delimiter=delimiter, newline=newline))
    good = [one for n, one in enumerate(named) if n != bad]
    assert [(row.staff_code, row.name, row.tab_limit) for row in checked.rows] == [
        (one["staff_code"], one["name"], int(one["tab_limit"])) for one in good
    ]
    assert len(checked.rejected) == len(named) - len(good)
