"""A printer on a serial line, played by the other end of a real terminal pair."""

import os
import select
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from pos_app.printing.devices import ASK_PAPER, ASK_PRINTED, PrinterFault
from pos_app.printing.serial_port import SerialPort

pty = pytest.importorskip("pty")
tty = pytest.importorskip("tty")

CONTENT = bytes(range(256)) * 24


@contextmanager
def printer(behave: Callable[[int], None] | None) -> Iterator[str]:
    """The name of a serial line; ``behave`` is what the printer does with its end of it."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    thread = threading.Thread(target=behave, args=(ours,)) if behave else None
    if thread:
        thread.start()
    try:
        yield os.ttyname(theirs)
    finally:
        if thread:
            thread.join(60)
            assert not thread.is_alive()
        os.close(ours)
        os.close(theirs)


def take(line: int, count: int) -> bytes:
    got = b""
    while len(got) < count and select.select([line], [], [], 20)[0]:
        got += os.read(line, count - len(got))
    return got


def port(name: str, *, seconds: float = 60.0, status_seconds: float = 60.0) -> SerialPort:
    return SerialPort(name, 4_000_000, seconds=seconds, status_seconds=status_seconds)


def test_a_printer_that_answers_gets_all_bytes_and_confirms() -> None:
    got: list[bytes] = []

    def behave(line: int) -> None:
        assert take(line, 3) == ASK_PAPER
        os.write(line, b"\x12")
        got.append(take(line, len(CONTENT)))
        assert take(line, 3) == ASK_PRINTED
        os.write(line, b"\x00")

    with printer(behave) as name:
        port(name).send(CONTENT, "ST-1")
    assert got == [CONTENT]


def test_a_printer_that_answers_nothing_is_trusted_when_it_took_all_bytes() -> None:
    got: list[bytes] = []

    def behave(line: int) -> None:
        got.append(take(line, 3 + len(CONTENT)))

    with printer(behave) as name:
        port(name, status_seconds=0.05).send(CONTENT, "ST-1")
    assert got == [ASK_PAPER + CONTENT]


def test_a_printer_without_paper_says_so_before_anything_is_sent() -> None:
    left: list[bytes] = []

    def behave(line: int) -> None:
        take(line, 3)
        os.write(line, b"\x72")
        left.append(os.read(line, 1) if select.select([line], [], [], 0.1)[0] else b"")

    with printer(behave) as name, pytest.raises(PrinterFault) as fault:
        port(name).send(CONTENT, "ST-1")
    assert (fault.value.reason, fault.value.maybe_printed) == ("out_of_paper", False)
    assert left == [b""]


def test_a_printer_that_stops_taking_bytes_is_silent_and_may_have_printed() -> None:
    with printer(None) as name, pytest.raises(PrinterFault) as fault:
        port(name, seconds=0.05, status_seconds=0.05).send(CONTENT * 20, "ST-1")
    assert (fault.value.reason, fault.value.maybe_printed) == ("silent", True)


def test_a_printer_that_dies_midway_may_have_printed() -> None:
    def behave(line: int) -> None:
        take(line, 3)
        os.write(line, b"\x12")
        take(line, len(CONTENT))

    with printer(behave) as name, pytest.raises(PrinterFault) as fault:
        port(name, seconds=0.1).send(CONTENT, "ST-1")
    assert (fault.value.reason, fault.value.maybe_printed) == ("silent", True)


def test_a_port_that_is_not_there_is_offline() -> None:
    with pytest.raises(PrinterFault) as fault:
        port("/dev/pojok-no-such-port").send(CONTENT, "ST-1")
    assert (fault.value.reason, fault.value.maybe_printed) == ("offline", False)
