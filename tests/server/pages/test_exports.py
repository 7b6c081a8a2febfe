"""Tables as files: what stands in them is what stood on the page, and no cell runs."""

import csv
import io
import re
import shutil
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from litestar.testing import RequestFactory
from openpyxl import load_workbook

from sync.server.access.officers import Role
from sync.server.centre import WIB
from sync.server.pages import exports
from sync.server.pages.exports import Cell, Paper, csv_text, decimal_cell, exported
from sync.server.pages.paper import Table, _lengths, _widths, load_letters
from sync.server.registry.cells import LONGEST_CELL, as_written, harmless
from tests.server.pages.browsing import need
from tests.server.pages.test_own_page import printed

HEADINGS = ("Produsen", "Terjual", "Sejak", "Jam")
ROWS = [
    ('=HYPERLINK("http://x")', 1_250_000, date(2026, 10, 1), datetime(2026, 10, 1, 8, 0, tzinfo=WIB)),
    ('Sambal "Bu Ani", Metro\x01', -5_000, None, None),
    ("@SUM(A1)", 0, date(2026, 2, 28), None),
]  # fmt: skip


def asked(kind: str):
    return exported(
        RequestFactory().get("/x", query_params={"format": kind} if kind else {}), "penjualan 10", HEADINGS, ROWS
    )


def test_without_a_format_there_is_no_file_and_the_rows_are_not_read():
    request = RequestFactory().get("/x", query_params={"format": "exe"})
    assert exported(request, "x", HEADINGS, (1 / 0 for _ in range(1))) is None


def test_csv_holds_whole_numbers_and_dates_and_no_formula():
    response = asked("csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="penjualan-10.csv"'
    found = list(csv.reader(io.StringIO(response.made().decode("utf-8-sig"))))
    assert found[0] == list(HEADINGS)
    assert found[1] == ['\'=HYPERLINK("http://x")', "1250000", "2026-10-01", "2026-10-01T08:00:00+07:00"]
    assert found[2] == ['Sambal "Bu Ani", Metro', "-5000", "", ""]
    assert found[3][0] == "'@SUM(A1)"


def test_a_spreadsheet_holds_numbers_as_numbers_and_dates_as_dates():
    sheet = load_workbook(io.BytesIO(asked("xlsx").made())).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[1][1] == 1_250_000
    assert [cell.isoformat() for cell in rows[1][2:]] == ["2026-10-01T00:00:00", "2026-10-01T08:00:00"]
    assert rows[1][0].startswith("'=")
    assert sheet["A2"].data_type == "s"
    assert sheet.freeze_panes == "A2"


def test_paper_holds_every_row_on_as_many_pages_as_it_needs():
    request = RequestFactory().get("/x", query_params={"format": "pdf"})
    paper = exported(request, "penjualan", HEADINGS, ROWS * 60).made()
    assert paper.startswith(b"%PDF")
    assert paper.count(b"/Type /Page\n") > 2


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_a_table_without_rows_is_a_file_too(kind):
    request = RequestFactory().get("/x", query_params={"format": kind})
    assert exported(request, "x", HEADINGS, []).made()


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Keripik;=1+1;", "Keripik;'=1+1;"),
        ("Keripik; @SUM(A1)", "Keripik; '@SUM(A1)"),
        (" =1+1", " '=1+1"),
        ("a\n-1\r\n+2", "a\n'-1\r\n'+2"),
        ("Kopi, -20 ml", "Kopi, -20 ml"),
        ("\t=1", "\t'=1"),
        ("\tabc", "'\tabc"),
        ("\rabc", "'\rabc"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("Sale Pisang - 250 g; a=b, 1+1", "Sale Pisang - 250 g; a=b, 1+1"),
    ],
)
def test_no_formula_hides_behind_a_sign_at_which_a_spreadsheet_takes_lines_apart(text, cell):
    assert harmless(text) == cell


@given(st.text(st.sampled_from("=+-@'; \t\r\nab\uff1d"), max_size=12))
@example("Roti; @home")
@example("\t'=1")
def test_a_cell_that_was_made_harmless_is_read_as_it_was_written(text):
    assert as_written(harmless(text)) == text


def test_a_cell_is_no_longer_than_a_spreadsheet_takes():
    long = "ab" * 40_000
    assert harmless(long) == long[:LONGEST_CELL]
    for kind in ("csv", "xlsx"):
        assert file_of(kind, ("a",), [(long,)])
    book = load_workbook(io.BytesIO(file_of("xlsx", ("a",), [("=" + long,)])))
    assert len(book.active["A2"].value) <= 32_767


def test_a_line_that_is_taken_apart_at_semicolons_holds_no_formula():
    text = csv_text(["a", "b"], [["x", "Keripik;=1+1;"], ["x", 'Keripik";=1+1;']])
    for line in text.splitlines():
        assert not [part for part in line.split(";") if part.lstrip('" ').startswith("=")]
    assert [row[1] for row in csv.reader(io.StringIO(text))][1:] == ["Keripik;'=1+1;", "Keripik\";'=1+1;"]
    assert text.splitlines()[0] == '"a","b"'


def test_files_are_made_one_at_a_time_and_who_cannot_wait_is_told_so(client, monkeypatch):
    inside, most, entered, go_on = [], [], threading.Event(), threading.Event()

    def slow(*_told):
        inside.append(1)
        most.append(len(inside))
        entered.set()
        go_on.wait(60)
        inside.pop()
        return b"made"

    monkeypatch.setitem(exports.MADE, "csv", (slow, "text/csv"))
    monkeypatch.setattr(exports.TURNS, "_seconds", 60)
    browsers = [client(Role.ADMIN) for _ in range(9)]
    with ThreadPoolExecutor(9) as crowd:
        asked = [crowd.submit(one.get, "/jejak?format=csv") for one in browsers]
        while sum(one.done() for one in asked) < 5:
            go_on.wait(0.01)
        assert entered.wait(60)
        go_on.set()
        answers = [one.result() for one in asked]
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [429] * 5
    assert max(most) == 1
    (refused, *_) = [answer for answer in answers if answer.status_code == 429]
    assert refused.headers["retry-after"] == "60"
    assert "coba lagi" in refused.text
    assert {answer.text for answer in answers if answer.status_code == 200} == {"made"}


def test_a_file_is_made_when_its_rows_are_read_and_the_transaction_is_over(client, monkeypatch):
    browser, held = client(Role.ADMIN), []
    pool = browser.client.app.state.centre.engine.pool
    monkeypatch.setitem(exports.MADE, "csv", (lambda *_told: held.append(pool.checkedout()) or b"made", "text/csv"))
    for path in ("/jejak", "/produsen", "/produk", "/sertifikat", "/program/hak"):
        assert browser.get(f"{path}?format=csv").text == "made", path
    assert held == [0] * 5
    with browser.client.app.state.centre.engine.connect():
        assert pool.checkedout() == 1


def test_paper_gives_every_word_room_and_shrinks_its_letters_before_it_breaks_one():
    load_letters()
    words = ("BP-MTR001A-000001", "Transfer", "Rp\u00a012.500.000")
    narrow = Table(["Slip", "Cara", "Dibayar"] * 3, [words * 3] * 5, [], set())
    for width in (540.0, 770.0):
        least, longest = _lengths(narrow)
        widths = _widths(least, longest, width)
        assert sum(widths) == pytest.approx(width)
        scale = min(width / sum(least), 1)
        assert all(given >= word * scale - 0.01 for given, word in zip(widths, least, strict=True))


def file_of(kind: str, headings: tuple[str, ...], rows: list[tuple[Cell, ...]], paper: Paper | None = None) -> bytes:
    return exported(RequestFactory().get("/x", query_params={"format": kind}), "x", headings, rows, paper).made()


def test_paper_tells_what_it_is_of_when_and_its_sums():
    paper = Paper("Dibayar kepada produsen", ["1 Okt 2026 s.d. 3 Okt 2026"], ["Seluruhnya", 1_245_000, None, None])
    text = printed(file_of("pdf", HEADINGS, ROWS, paper))

    for told in ("Dibayar kepada produsen", "1 Okt 2026 s.d. 3 Okt 2026", "1.245.000", "28 Feb 2026"):
        assert told in text, told


def test_numbers_stand_to_the_right_on_paper_and_words_to_the_left():
    need(shutil.which("pdftotext"), "poppler")
    rows: list[tuple[Cell, ...]] = [("Kopi", None), ("Keripik", 1_250_000), ("Tahu", -5)]
    paper = file_of("pdf", ("Barang", "Terjual"), rows, Paper("Jualan", sums=["Jumlah", 1_249_995]))
    read = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=paper, capture_output=True, check=True).stdout
    words = re.findall(r'xMin="([\d.]+)".*?xMax="([\d.]+)".*?>([^<]+)</word>', read.decode())
    left, right = ({word: round(float(sides[at]), 1) for *sides, word in words} for at in (0, 1))
    assert {right[word] for word in ("Terjual", "1.250.000", "-5", "1.249.995")} == {right["-5"]}
    assert {left[word] for word in ("Barang", "Kopi", "Keripik", "Tahu", "Jumlah")} == {left["Kopi"]}


def test_parts_are_told_whole_in_every_file():
    cells = [decimal_cell(12_345_678, 3), decimal_cell(2_000, 3), decimal_cell(375, 2), decimal_cell(1_234_567_500, 3)]
    headings, rows = ("n", *"bcde"), [("a", *cells)]

    plain = csv.reader(io.StringIO(file_of("csv", headings, rows).decode("utf-8-sig")))
    assert list(plain)[1] == ["a", "12345.678", "2", "3.75", "1234567.5"]
    book = load_workbook(io.BytesIO(file_of("xlsx", headings, rows)))
    assert [cell.value for cell in book.active[2]][1:] == [12345.678, 2, 3.75, 1234567.5]
    paper = printed(file_of("pdf", headings, rows)).split()
    assert paper[paper.index("a") + 1 :][:4] == ["12.345,678", "2", "3,75", "1.234.567,5"]
