"""The paper with the recovery code, and what is kept of its making."""

import os
import stat
from pathlib import Path

import pytest

from pos_app.ledger import recovery
from pos_app.printing.layout import QR
from pos_app.printing.preview import preview
from pos_app.services import recovering
from tests.corner import MORNING, Corner


@pytest.fixture
def code(corner: Corner) -> str:
    return recovering.new_code(corner.ledger, corner.counter.vault, MORNING, "M1")


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_every_group_stands_whole_on_a_line_of_the_paper(corner: Corner, code: str, columns: int) -> None:
    lines = preview(recovering.paper(corner.ledger, code, MORNING), columns)
    groups = code.split("-")
    for first, second in zip(groups[::2], groups[1::2], strict=True):
        assert any(f"{first} {second}" in line for line in lines)
    assert all(len(line) <= columns for line in lines)


def test_the_qr_code_says_the_same(corner: Corner, code: str) -> None:
    paper = recovering.paper(corner.ledger, code, MORNING)
    assert [block.payload for block in paper.blocks if isinstance(block, QR)] == [code]


def test_its_making_is_logged_and_the_code_is_kept_nowhere(corner: Corner, code: str, tmp_path: Path) -> None:
    rows = [tuple(row) for row in corner.db.execute("SELECT user, action, detail FROM activity")]
    assert rows == [("M1", "recovery_code_made", "")]
    assert recovery.covers(corner.ledger, corner.counter.vault)
    corner.ledger.close()
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(code.encode() in content or code.replace("-", "").encode() in content for content in files)


def test_the_pdf_is_for_this_user_alone(corner: Corner, code: str, tmp_path: Path) -> None:
    path = tmp_path / "code.pdf"
    recovering.write_pdf(corner.ledger, code, MORNING, path)
    assert path.read_bytes().startswith(b"%PDF")
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
