"""Spreadsheets that are small and say that they are huge: given up while they are read."""

import io
import time
import zipfile

import pytest
from openpyxl import Workbook

from sync.protocol.registry_reasons import UnreadableFile
from sync.protocol.spreadsheets import read_rows
from sync.protocol.wire import MIB
from sync.server.access.officers import Role
from sync.server.pages.registry.importing import MOST_ROWS

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
CELL = '<c t="inlineStr"><is><t>a</t></is></c>'


def workbook(rows: str) -> bytes:
    """A workbook with these rows."""
    made, out = io.BytesIO(), io.BytesIO()
    book = Workbook()
    book.active.append(["code", "name"])
    book.save(made)
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        for part in parts.infolist():
            content = parts.read(part)
            if part.filename.endswith("sheet1.xml"):
                content = f"<worksheet {NAMESPACE}><sheetData>{rows}</sheetData></worksheet>".encode()
            bomb.writestr(part.filename, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (f"<row>{CELL}</row>" * 60_000, "too_many_rows"),
        (f'<row r="1">{CELL}</row><row r="1048576">{CELL}</row>', "too_many_rows"),
        ("<row/>" * 60_000, "too_many_rows"),
        ('<row r="1"><c r="XFD1" t="n"><v>1</v></c></row>', "too_many_columns"),
    ],
    ids=["rows", "gap", "empty", "columns"],
)
def test_a_workbook_with_too_much_in_it_is_given_up(tmp_path, rows, reason):
    file = tmp_path / "list.xlsx"
    file.write_bytes(workbook(rows))
    began = time.process_time()
    with pytest.raises(UnreadableFile) as found:
        read_rows(file, most=MOST_ROWS)
    assert found.value.code == reason
    assert time.process_time() - began < 10


def test_a_csv_has_the_same_limit(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("code,name\n" + "a,b\n" * 11)
    with pytest.raises(UnreadableFile, match="more than 10 rows"):
        read_rows(file, most=10)
    assert len(read_rows(file, most=11).rows) == 11


def test_blank_rows_below_a_list_do_no_harm(tmp_path):
    file = tmp_path / "list.xlsx"
    file.write_bytes(workbook(f"<row>{CELL}</row>" * 11 + "<row/>" * 900))
    assert len(read_rows(file, most=10).rows) == 10


@pytest.mark.parametrize(
    ("rows", "said"),
    [(60_000, "lebih dari 50000 baris"), (700_000, "Berkas lebih besar dari")],
    ids=["rows", "unpacked"],
)
def test_the_page_says_so_in_a_sentence(client, rows, said):
    file = workbook(f"<row>{CELL}</row>" * rows)
    assert len(file) < MIB
    answer = client(Role.OFFICER).post("/impor", {"kind": "producers"}, files={"file": ("a.xlsx", file)})
    assert answer.status_code == 200
    assert said in answer.text
