"""docs/acceptance.md names tests that are there, and a test at the real window for each row."""

import re

import pytest

from tests.corner import ROOT

ROWS = range(1, 42)
PAGE = (ROOT / "docs" / "acceptance.md").read_text(encoding="utf-8")
TABLE = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)]
NAMED = re.compile(r"`([\w/]+\.py)(?:::(\w+))?`")


def test_every_row_is_told_once_and_has_a_test_at_the_window() -> None:
    assert [int(row[0]) for row in TABLE] == list(ROWS)
    assert all(any(file.startswith("ui/") for file, _test in NAMED.findall(row[2])) for row in TABLE)


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_every_test_that_a_row_names_is_there(row: list[str]) -> None:
    for file, test in NAMED.findall(" ".join(row[2:4])):
        path = ROOT / "tests" / file
        assert path.is_file(), file
        assert not test or re.search(rf"^ *def {test}\(", path.read_text(encoding="utf-8"), re.MULTILINE), (
            f"{file}::{test}"
        )
