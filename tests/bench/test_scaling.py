"""``docs/scaling.md`` shows what was measured last, and the measuring runs."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench.arrivals import OF_THE_COUNTRY, busiest, corners_at, works
from bench.journals import Journal
from bench.load import KEPT, PAGE, load_of, main, render, size
from bench.pushing import Work, push_all
from bench.table import BEGIN, END
from tests.postgres import need_postgres


def test_the_page_shows_the_figures_that_are_kept() -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    shown = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    assert shown.strip() == render(kept)
    assert {row["tills"] for row in kept["rows"]} == {1, 10, 100, 1_000}
    assert "*by arithmetic*" in shown


def test_the_load_is_driven_against_a_real_centre(capsys: pytest.CaptureFixture[str]) -> None:
    need_postgres()
    assert main(["--quick", "--workers", "1"]) == 0
    out = capsys.readouterr().out
    assert "25,000 *by arithmetic*" in out
    assert "**The measured load:" in out, "on a busy machine it may be none"


def test_the_measured_load_is_the_largest_rate_that_held() -> None:
    steps = [
        {"rate": rate, "p99_ms": p99, "offered_pushes": rate, "offered_entries": 2.0 * rate}
        for rate, p99 in ((25, 40.0), (50, 1_200.0), (100, 999.9), (200, 1_000.0), (300, 8_000.0))
    ]
    assert load_of(steps).startswith("**The measured load: 100 pushes/s, 200 entries/s**, p99 1,000 ms; ")
    assert load_of(steps).endswith("the busiest minutes of 20,250 corners.")
    assert "none of these rates" in load_of(steps[1:2])


def test_the_country_has_112_pushes_a_second_in_its_busiest_minutes() -> None:
    assert round(OF_THE_COUNTRY) == 112
    assert corners_at(busiest(25_000)) == 25_000


def test_arrivals_come_at_the_rate_asked_for_and_are_the_same_each_time() -> None:
    made = [works([Journal("MTR-001", name, 1) for name in "ABC"], 50, 4.0) for _ in range(2)]
    due = [moment for work in made[0] for moment in work.due]
    assert 150 < len(due) < 250
    assert max(due) < 4.0
    assert [work.due for work in made[0]] == [work.due for work in made[1]]
    assert all(len(work.due) == len(work.requests) <= work.entries <= 5 * len(work.due) for work in made[0])


def test_a_push_of_an_open_loop_counts_from_its_moment_though_the_one_before_is_not_answered() -> None:
    with answering_after(0.2) as port:
        work = Work([b"x"] * 3, 3, [0.0, 0.01, 0.02])
        push_all(port, [work])
    assert work.seconds[0] < work.seconds[1] < work.seconds[2]
    assert work.seconds[2] > 0.5
    assert work.seconds[2] - work.late[2] > 0.5, "the wait for the answer before is the centre's"


@contextmanager
def answering_after(seconds: float) -> Iterator[int]:
    """The port of a server that takes so long over every byte it gets."""

    class Slow(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while self.request.recv(1):
                threading.Event().wait(seconds)
                self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def test_sizes_read_well() -> None:
    assert [size(count) for count in (12, 1_500, 4.6e11, 2e14)] == ["12 B", "1.5 kB", "460 GB", "200 TB"]
