"""The torture's own books find every deliberate bug, and nothing in the program as it is."""

import shutil
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from tests.torture import mutants, oracle
from tests.torture.books import Books, plain
from tests.torture.goods import half_up, part, thousandths
from tests.torture.scenario import Broken, Round, Zygotes
from tests.torture.till import Till, lines, new_till, whole_answers
from tests.torture.zygote import PROGRAM

SEED = 11
pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the torture forks and kills as Linux does"
)


@pytest.fixture(scope="module")
def zygotes() -> Iterator[Zygotes]:
    made = Zygotes()
    yield made
    made.close()


@pytest.fixture(scope="module")
def used(zygotes: Zygotes, tmp_path_factory: pytest.TempPathFactory) -> Till:
    """A till that has sold and taken back for a while."""
    till = new_till(Round(SEED, tmp_path_factory.mktemp("round"), zygotes))
    till.played(till.stream.take(40))
    return till


@pytest.fixture
def till(used: Till, tmp_path: Path) -> Till:
    """The same till once more, to be spoiled."""
    shutil.copytree(used.folder, tmp_path / "till")
    return Till(
        Round(SEED, tmp_path, used.round.zygotes),
        tmp_path / "till",
        deepcopy(used.stream),
        used.entries,
        used.last_hash,
        dict(used.counters),
        deepcopy(used.books),
    )


def play_with(bug: mutants.Bug, till: Till) -> None:
    zygote = till.round.zygotes.get("mutants", (*PROGRAM, "tests.torture.mutants"))
    actions = till.stream.take(120)
    command = (bug.__name__, "play", "-", "--ledger", till.path)
    child = till.start(*command, zygote=zygote, target="tests.torture.mutants:main")
    child.write(lines(actions))
    written, status = child.finish()
    if status or "Traceback" in till.said():
        raise Broken(f"ended with {status}: {till.said()}")
    till.compare(actions, whole_answers(written), complete=True)


def play_and_compare(bug: mutants.Bug, till: Till) -> None:
    play_with(bug, till)
    till.compare_figures()


@pytest.mark.parametrize("bug", mutants.BUGS, ids=lambda bug: bug.__name__)
def test_the_oracle_finds_in_entries_and_answers(bug: mutants.Bug, till: Till) -> None:
    with pytest.raises(Broken):
        play_with(bug, till)


@pytest.mark.parametrize("bug", mutants.IN_THE_FIGURES, ids=lambda bug: bug.__name__)
def test_the_oracle_finds_in_the_figures(bug: mutants.Bug, till: Till) -> None:
    """``pojok state`` reads what the spoiled process wrote; a closing may tell it before."""
    with pytest.raises(Broken):
        play_and_compare(bug, till)


def test_the_oracle_finds_nothing_in_the_program_as_it_is(till: Till) -> None:
    till.played(till.stream.take(120))
    till.compare_figures()
    assert till.round.tally["figures compared"] == 1


def test_the_books_go_back_to_any_entry(till: Till) -> None:
    before = deepcopy(till.books)
    till.played(till.stream.take(60))
    assert oracle.rewound(till.books, len(before.story)) == before
    assert till.books != before


def test_arithmetic_of_the_books() -> None:
    assert (half_up(1, 2), half_up(-1, 2), half_up(149, 100), half_up(150, 100)) == (1, 0, 1, 2)
    assert (thousandths("2"), thousandths("0.375"), thousandths("1.13")) == (2_000, 375, 1_130)
    assert part(100, 1_000, 3_000, []) == 33
    assert part(100, 1_000, 3_000, [(1_000, 33), (1_000, 33)]) == 34
    assert plain({"a": 0, "unit": "pcs", "b": [{"c": None}], "d": 1}, unsaid={("unit", "pcs")}) == {"b": [{}], "d": 1}
    assert Books().shift is None
