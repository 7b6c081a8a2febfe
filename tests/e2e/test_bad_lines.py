"""A till whose history differs and whose line breaks again and again: what it found out is not asked again."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from sync.client.transport import Answer
from sync.protocol.local import Report
from sync.protocol.problems import Problem, encode_problem, problem_of
from tests.exchange_machine.world import CentreHere, Line, TillHere, template

EARLY, COMMON = 40, 90


class Counting(Line):
    """A line that counts what is asked."""

    asked = 0

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.asked += 1
        return super().send(method, path, body, headers)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[CentreHere]:
    shutil.copy(template() / "centre.db", tmp_path / "centre.db")
    made = CentreHere(tmp_path)
    yield made
    made.close()


@pytest.fixture
def forked(tmp_path: Path, centre: CentreHere) -> Iterator[TillHere]:
    """It came back from a backup and sold on before it asked."""
    till = TillHere(tmp_path, centre, "C")
    till.enrol()
    till.record(EARLY)
    assert till.exchange().status == "ok"
    till.back_up(tmp_path / "early")
    centre.copy_to(tmp_path / "centre-then.db")
    till.record(COMMON - EARLY)
    answered = till.back_up(tmp_path / "old")
    till.record(200)
    assert till.exchange().status == "ok"
    till.come_back(tmp_path / "old", answered, new_computer=False)
    till.record(60)
    yield till
    till.close()


def on_a_bad_line(till: TillHere, requests: int) -> list[Report]:
    """Exchanges of which only the first few requests arrive, until the till knows that it waits for a repair."""
    reports: list[Report] = []
    while not reports or reports[-1].reason != "repair_waiting":
        reports.append(till.exchange(*["whole"] * requests, *["lost"] * 40))
        assert len(reports) < 12, reports
    return reports


def counted(till: TillHere, centre: CentreHere) -> int:
    """Requests of one exchange over a good line."""
    line = till.line = Counting(centre)
    assert till.exchange().reason == "repair_waiting"
    return line.asked


def test_a_search_goes_on_where_the_line_broke(centre: CentreHere, forked: TillHere) -> None:
    assert len(on_a_bad_line(forked, 5)) > 2
    assert forked.exchange().detail == f"{COMMON} entries are common; the centre has 290, this till 150"


def test_what_was_found_is_not_searched_again_while_the_repair_waits(centre: CentreHere, forked: TillHere) -> None:
    first = counted(forked, centre)
    assert counted(forked, centre) == 4 < first, "ask to push, look at the head, ask for the repair, ask for the feeds"
    forked.record(3)
    assert counted(forked, centre) == 4


def test_what_was_found_is_looked_up_anew_once_the_centre_contradicts_it(
    tmp_path: Path, centre: CentreHere, forked: TillHere
) -> None:
    assert f"{COMMON} entries are common" in forked.exchange().detail
    twin = twin_of(forked, tmp_path)
    centre.come_back(tmp_path / "centre-then.db")
    twin.record(400)
    assert twin.exchange().acked == EARLY + 400
    twin.close()
    assert forked.exchange().detail == f"{EARLY} entries are common; the centre has 440, this till 150"


def twin_of(till: TillHere, folder: Path) -> TillHere:
    """The same till on an older file, with the same keys."""
    other = folder / "other"
    other.mkdir()
    shutil.copy(folder / "early", other / "C.db")
    shutil.copytree(folder / "keys-C-0", other / "keys-C-0")
    return TillHere(other, till.centre, "C")


class Refusing(Line):
    """Something on the way answers one request by itself: the one whose number counts down to zero."""

    def __init__(self, centre: CentreHere, number: int, answer: Answer) -> None:
        super().__init__(centre)
        self.left, self.answer = number, answer

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.left -= 1
        return self.answer if self.left == 0 else super().send(method, path, body, headers)


@pytest.mark.parametrize("answer", [problem_of("oversize"), problem_of("gap", expected_seq=7)], ids=["413", "gap"])
def test_an_answer_that_fits_no_request_of_a_repair_breaks_none(
    centre: CentreHere, forked: TillHere, answer: Problem
) -> None:
    told = Answer(answer.status, {}, encode_problem(answer))
    forked.exchange()
    for number in range(1, 5):
        forked.line = Refusing(centre, number, told)
        assert forked.exchange().status in ("fork", "unknown")
        assert forked.line.left <= 0
    forked.line = Line(centre)
    assert forked.exchange().reason == "repair_waiting"
