"""A short round of every scenario of the torture, and the torture's own parts.

The long rounds are ``make torture``; how to read them: ``docs/reliability.md``.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.torture import kept
from tests.torture.__main__ import Run
from tests.torture.kept import Ran
from tests.torture.scenario import Broken, NotHere, Round, Scenario, Zygotes
from tests.torture.scenario_list import SCENARIOS

SEED = 20_261_001
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the torture forks and kills as Linux does")


@pytest.fixture(scope="module")
def zygotes() -> Iterator[Zygotes]:
    made = Zygotes()
    yield made
    made.close()


@on_linux
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.promise.lower().replace(" ", "_").replace(",", ""))
def test_promise(scenario: Scenario, tmp_path: Path, zygotes: Zygotes) -> None:
    round_ = Round(SEED, tmp_path, zygotes, short=True)
    try:
        scenario.run(round_)
    except NotHere as reason:
        pytest.skip(str(reason))
    assert round_.tally[scenario.unit] > 0


def breaks(_round: Round) -> None:
    raise Broken("two sales under one number")


def lacks(_round: Round) -> None:
    raise NotHere("needs a disk of its own")


def holds(round_: Round) -> None:
    round_.tally["kills"] += 3


def scenario_that(run: Callable[[Round], None], name: str) -> Scenario:
    return Scenario(name, "Nothing is lost", "kills", 1_000, run)


def test_a_broken_promise_says_how_to_repeat_it_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.torture.__main__.OUT", tmp_path / "out")
    run = Run([scenario_that(breaks, "bad"), scenario_that(lacks, "absent"), scenario_that(holds, "good")], tmp_path, 7)
    run.until(float("inf"), rounds=2)
    told = capsys.readouterr().out
    assert "BROKEN: Nothing is lost.\nBroken: two sales under one number" in told
    assert "Repeat: python -m tests.torture --only bad --seed 8 --rounds 1 --no-count" in told
    assert "absent is left out: needs a disk of its own" in told
    assert (run.ran["bad"].failures, run.ran["good"].tally["kills"], run.ran["absent"].rounds) == (2, 6, 0)
    assert (tmp_path / "out" / "torture-broken" / "bad-7" / "broken.txt").exists()


def test_the_count_goes_on_from_run_to_run_and_the_page_shows_it(tmp_path: Path) -> None:
    count, page = tmp_path / "reliability.json", tmp_path / "reliability.md"
    page.write_text(f"before\n{kept.BEGIN}\nold\n{kept.END}\nafter\n", encoding="utf-8")
    good = scenario_that(holds, "good")
    for _run in range(2):
        so_far = kept.add({"good": Ran(1, 0, 1_800.0, Counter(kills=400, answered=9))}, {"date": "today"}, count)
        kept.keep(kept.render([good, scenario_that(holds, "later")], so_far), {"date": "today"}, page)
    assert json.loads(count.read_text(encoding="utf-8"))["scenarios"]["good"]["runs"] == 2
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| ")]
    assert cells[2] == ["good", "800 kills", "1,000 kills", "0", "2", "1.00", "18 answered"]
    assert cells[3][:2] == ["later", "not yet"]


def test_every_scenario_has_a_name_of_its_own_and_the_page_tells_of_it() -> None:
    names = [one.name for one in SCENARIOS]
    assert len(set(names)) == len(names)
    page = kept.PAGE.read_text(encoding="utf-8")
    assert [name for name in names if f"**{name}**" not in page] == []


@on_linux
def test_the_command_runs_and_an_unknown_name_is_wrong_usage() -> None:
    command = [sys.executable, "-m", "tests.torture", "--seconds", "0", "--no-count"]
    assert subprocess.run(command, cwd=kept.DOCS.parent, capture_output=True).returncode == 0
    assert subprocess.run([*command, "--only", "luck"], cwd=kept.DOCS.parent, capture_output=True).returncode == 2
