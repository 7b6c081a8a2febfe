"""Every bench runs on tiny sizes, the ledgers it makes are whole, and the table renders."""

from pathlib import Path

import pytest

from bench import __main__ as command
from bench.catalogue import Size
from bench.generate import counter, generate
from bench.measure import Figure, Pairs, percentile
from bench.table import BEGIN, END, keep, render
from pos_app.ledger.verify import verify
from pos_app.services.figures import current_state

FIGURE = Figure("1", "a sale", "2 ms", "bare: 1 ms", 2.0, 1.5, 2.5, 1.5)


def test_a_generated_ledger_passes_verify_and_holds_the_sales_asked_for(tmp_path: Path) -> None:
    ledger, vault = generate(tmp_path, "a", Size(250, 60, 12, 40))
    state = current_state(ledger)
    assert verify(ledger).entries == ledger.head().seq
    assert state["sales"] == 250
    assert len(state["shifts"]) == 2
    assert counter(ledger, vault).clock().isoformat() > state["shifts"][-1]["opened_at"]
    ledger.close()


@pytest.mark.parametrize("group", list(command.GROUPS))
def test_every_group_runs_on_tiny_sizes(
    group: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POJOK_HOME", str(tmp_path))
    assert command.main(["--quick", "--only", group]) == 0
    assert capsys.readouterr().out.count("\n") > 2


def test_a_missed_goal_stays_in_the_table_with_its_range() -> None:
    assert "2.00 (1.50–2.50) | ≤ 1.5" in render([FIGURE])
    assert "missed" in render([FIGURE])


def test_the_ratio_is_the_median_of_the_pairs() -> None:
    figure = Pairs([2.0, 9.0, 4.0], [1.0, 1.0, 1.0]).figure("1", "x", 5.0, "bare")
    assert (figure.ratio, figure.low, figure.high, figure.verdict) == (4.0, 2.0, 9.0, "met")


def test_the_page_keeps_what_surrounds_the_table(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    keep("| new |", {"date": "today"}, page)
    assert page.read_text(encoding="utf-8") == f"before\n{BEGIN}\n- date: today\n\n| new |\n{END}\nafter\n"


def test_p99_leaves_one_in_a_hundred_above() -> None:
    assert percentile(range(1000), 0.99) == 990
