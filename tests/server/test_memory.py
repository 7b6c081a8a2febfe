"""What a process keeps until the database has something else."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from sync.server.memory import Memory


def test_it_is_made_once_for_a_state_and_anew_for_the_next() -> None:
    memory, made = Memory[object](4), list[str]()

    def asked(state: int, value: str) -> object:
        return memory.made("names", state, lambda: made.append(value) or value)

    assert [asked(1, "a"), asked(1, "b"), asked(2, "c"), asked(2, "d"), asked(1, "e")] == ["a", "a", "c", "c", "e"]
    assert made == ["a", "c", "e"]


def test_who_asks_while_it_is_made_waits_for_that_and_nobody_for_anything_else() -> None:
    memory, begun, go_on = Memory[object](4), Event(), Event()

    def slowly() -> str:
        begun.set()
        assert go_on.wait(10)
        return "first"

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(memory.made, "pairs", 1, slowly)
        assert begun.wait(10)
        second = threads.submit(memory.made, "pairs", 1, lambda: "second")
        assert memory.made("names", 1, lambda: "other") == "other"
        assert not second.done()
        go_on.set()
        assert (first.result(10), second.result(10)) == ("first", "first")


def test_what_failed_is_made_by_the_next() -> None:
    memory = Memory[object](4)
    with ThreadPoolExecutor(1) as threads:
        failed = threads.submit(memory.made, "pairs", 1, lambda: 1 // 0)
        assert isinstance(failed.exception(10), ZeroDivisionError)
    assert memory.made("pairs", 1, lambda: "there") == "there"
