"""``docs/scaling.md`` shows what was measured last, and the measuring runs."""

import json

import pytest

from bench.load import KEPT, PAGE, main, render, size
from bench.postgres import NoPostgres, program
from bench.table import BEGIN, END


def test_the_page_shows_the_figures_that_are_kept() -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    shown = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    assert shown.strip() == render(kept)
    assert {row["tills"] for row in kept["rows"]} == {1, 10, 100, 1_000}
    assert "*by arithmetic*" in shown


def test_the_load_is_driven_against_a_real_centre(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        program("initdb")
    except NoPostgres as missing:
        pytest.skip(str(missing))
    assert main(["--quick", "--workers", "1"]) == 0
    assert "25,000 *by arithmetic*" in capsys.readouterr().out


def test_sizes_read_well() -> None:
    assert [size(count) for count in (12, 1_500, 4.6e11, 2e14)] == ["12 B", "1.5 kB", "460 GB", "200 TB"]
