"""Devices against real files, pipes, sockets and programs: each takes the paper or fails in bounded time."""

import os
import socket
import stat
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pos_app.domain.errors import EnvironmentFault
from pos_app.printing.devices import ASK_PAPER, ASK_PRINTED, File, Network, PdfFolder, PrinterFault
from pos_app.printing.spooler import OsSpooler

CONTENT = bytes(range(256)) * 64
PATIENCE = 60.0
"""Seconds, where an answer comes."""


def test_a_fault_is_a_fault_of_the_surroundings():
    fault = PrinterFault("offline", "no route")
    assert isinstance(fault, EnvironmentFault)
    assert fault.name == "printer_fault"


def test_a_file_grows_by_each_paper(tmp_path):
    device = File(tmp_path / "printer.bin")
    device.send(b"one", "ST-1")
    device.send(b"two", "ST-2")
    assert (tmp_path / "printer.bin").read_bytes() == b"onetwo"


def test_an_unplugged_printer_does_not_become_a_file():
    node = Path("/dev/pojok-unplugged-printer")
    with pytest.raises(PrinterFault):
        File(node).send(b"x", "ST-1")
    assert not node.exists()


def test_a_missing_device_node_is_offline(tmp_path):
    with pytest.raises(PrinterFault) as fault:
        File(tmp_path / "missing" / "lp0").send(b"x", "ST-1")
    assert (fault.value.reason, fault.value.maybe_printed) == ("offline", False)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_a_device_that_stops_taking_bytes_is_silent_and_may_have_printed(tmp_path):
    pipe = tmp_path / "lp0"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(PrinterFault) as fault:
            File(pipe, seconds=0.05).send(b"x" * 2_000_000, "ST-1")
    finally:
        os.close(reader)
    assert (fault.value.reason, fault.value.maybe_printed) == ("silent", True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_a_device_nobody_listens_to_is_offline(tmp_path):
    os.mkfifo(tmp_path / "lp0")
    with pytest.raises(PrinterFault) as fault:
        File(tmp_path / "lp0").send(b"x", "ST-1")
    assert fault.value.reason == "offline"


def test_a_folder_keeps_every_paper_under_a_name_of_its_own(tmp_path):
    device = PdfFolder(tmp_path / "papers")
    device.send(b"first", "ST-1")
    device.send(b"again", "ST-1")
    assert {p.name: p.read_bytes() for p in device.folder.iterdir()} == {"ST-1.pdf": b"first", "ST-1_2.pdf": b"again"}


def test_a_folder_that_cannot_be_made_is_offline(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PrinterFault) as fault:
        PdfFolder(tmp_path / "file" / "papers").send(b"x", "ST-1")
    assert fault.value.reason == "offline"


@contextmanager
def printer(behave: Callable[[socket.socket], None]) -> Iterator[tuple[int, list[Exception]]]:
    """A printer on a real socket that takes one connection and does as told."""
    failures: list[Exception] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                connection, _address = server.accept()
                with connection:
                    behave(connection)
            except OSError as error:
                failures.append(error)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1], failures
        finally:
            thread.join(PATIENCE)
            assert not thread.is_alive()


def network(port: int, *, seconds: float = PATIENCE, status_seconds: float = PATIENCE) -> Network:
    return Network("127.0.0.1", port, connect_seconds=PATIENCE, seconds=seconds, status_seconds=status_seconds)


def read_until(connection: socket.socket, end: bytes) -> bytes:
    got = b""
    while not got.endswith(end):
        more = connection.recv(65536)
        if not more:
            break
        got += more
    return got


def test_a_printer_that_answers_gets_all_bytes_and_confirms():
    got: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        read_until(connection, ASK_PAPER)
        connection.sendall(b"\x12")
        got.append(read_until(connection, ASK_PRINTED))
        connection.sendall(b"\x00")

    with printer(behave) as (port, failures):
        network(port).send(CONTENT, "ST-1")
    assert got == [CONTENT + ASK_PRINTED]
    assert not failures


def test_a_printer_that_answers_nothing_is_trusted_when_it_took_all_bytes():
    got: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        got.append(read_until(connection, b"never"))

    with printer(behave) as (port, _failures):
        network(port, status_seconds=0.05).send(CONTENT, "ST-1")
    assert got == [ASK_PAPER + CONTENT]


def test_a_printer_without_paper_says_so_before_anything_is_sent():
    got: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        got.append(read_until(connection, ASK_PAPER))
        connection.sendall(b"\x72")
        got.append(connection.recv(1))

    with printer(behave) as (port, _failures), pytest.raises(PrinterFault) as fault:
        network(port).send(CONTENT, "ST-1")
    assert (fault.value.reason, fault.value.maybe_printed) == ("out_of_paper", False)
    assert got == [ASK_PAPER, b""]


def test_a_printer_that_refuses_is_offline_and_leaves_no_socket_behind(recwarn):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(PrinterFault) as fault:
        network(port).send(CONTENT, "ST-1")
    assert (fault.value.reason, fault.value.maybe_printed) == ("offline", False)
    assert not recwarn.list


def test_a_printer_that_hangs_is_given_up_in_time():
    enough = threading.Event()

    def behave(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        enough.wait()

    with printer(behave) as (port, _failures):
        with pytest.raises(PrinterFault) as fault:
            network(port, seconds=0.1, status_seconds=0.05).send(b"x" * 20_000_000, "ST-1")
        enough.set()
    assert (fault.value.reason, fault.value.maybe_printed) == ("silent", True)


def test_a_printer_that_dies_midway_may_have_printed():
    def behave(connection: socket.socket) -> None:
        connection.recv(1024)
        connection.sendall(b"\x12")
        connection.recv(1000)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with printer(behave) as (port, _failures), pytest.raises(PrinterFault) as fault:
        network(port).send(b"x" * 20_000_000, "ST-1")
    assert (fault.value.reason, fault.value.maybe_printed) == ("broke_off", True)


def test_a_printer_that_dies_before_the_end_was_confirmed_may_have_printed():
    def behave(connection: socket.socket) -> None:
        read_until(connection, ASK_PAPER)
        connection.sendall(b"\x12")
        read_until(connection, ASK_PRINTED)

    with printer(behave) as (port, _failures), pytest.raises(PrinterFault) as fault:
        network(port).send(CONTENT, "ST-1")
    assert (fault.value.reason, fault.value.maybe_printed) == ("broke_off", True)


def test_a_printer_that_closes_at_once_printed_nothing():
    with printer(lambda connection: None) as (port, _failures), pytest.raises(PrinterFault) as fault:
        network(port).send(CONTENT, "ST-1")
    assert (fault.value.reason, fault.value.maybe_printed) == ("offline", False)


@pytest.fixture
def cups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A program ``lp`` on the path that does what the script says."""

    def install(script: str) -> Path:
        program = tmp_path / "lp"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        return tmp_path

    return install


posix = pytest.mark.skipif(os.name != "posix", reason="CUPS is for Unix")


@posix
def test_the_spooler_gets_the_bytes_raw_and_the_number_as_title(cups):
    folder = cups('echo "$@" > "$(dirname "$0")/arguments"; cat > "$(dirname "$0")/spooled"')
    OsSpooler("Kasir 58").send(CONTENT, "ST-MTR001A-000001")
    assert (folder / "spooled").read_bytes() == CONTENT
    assert (folder / "arguments").read_text() == "-d Kasir 58 -t ST-MTR001A-000001 -o raw\n"


@posix
def test_a_sheet_goes_to_the_spooler_as_it_is(cups):
    folder = cups('echo "$@" > "$(dirname "$0")/arguments"; cat > /dev/null')
    OsSpooler("Kantor", "pdf").send(b"%PDF-", "BP-1")
    assert "raw" not in (folder / "arguments").read_text()


@posix
def test_a_spooler_that_knows_no_such_printer_refuses(cups):
    cups('cat > /dev/null; echo "lp: The printer does not exist." >&2; exit 1')
    with pytest.raises(PrinterFault) as fault:
        OsSpooler("X").send(b"x", "ST-1")
    assert (fault.value.reason, fault.value.detail) == ("refused", "lp: The printer does not exist.")


@posix
def test_a_spooler_that_hangs_is_given_up(cups):
    cups("exec cat /dev/zero > /dev/null")
    with pytest.raises(PrinterFault) as fault:
        OsSpooler("X", seconds=0.1).send(b"x", "ST-1")
    assert (fault.value.reason, fault.value.maybe_printed) == ("silent", True)


@posix
def test_without_a_spooler_it_is_unsupported(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PrinterFault) as fault:
        OsSpooler("X").send(b"x", "ST-1")
    assert fault.value.reason == "unsupported"
