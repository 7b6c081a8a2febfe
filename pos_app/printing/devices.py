"""Where papers go: a file or device node, a network printer, a folder of PDFs. The spooler has its own module.

A device takes the bytes of one paper within a bounded time or raises ``PrinterFault``. It never waits for
ever: the counter goes on while a printer is dead.
"""

import os
import select
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, Protocol

from pos_app.domain.errors import EnvironmentFault

Format = Literal["escpos", "pdf"]
Reason = Literal["offline", "silent", "broke_off", "out_of_paper", "refused", "unsupported"]

CONNECT_SECONDS = 3.0
SEND_SECONDS = 10.0
STATUS_SECONDS = 0.6

ASK_PAPER = b"\x10\x04\x04"
"""DLE EOT 4: answered at once, even in the middle of a job; bits 5 and 6 say that the paper is out."""
PAPER_OUT = 0x60
ASK_PRINTED = b"\x1dr\x01"
"""GS r 1: answered after everything before it has been processed."""
CHUNK = 4096


class PrinterFault(EnvironmentFault):
    """The device did not take the paper.

    ``reason`` is stable: ``offline`` (not there), ``silent`` (took nothing in time), ``broke_off`` (died
    midway), ``out_of_paper``, ``refused`` (the system says no), ``unsupported``. When ``maybe_printed``,
    a person has to look. ``detail`` is technical.
    """

    name: ClassVar[str] = "printer_fault"
    reason: Reason
    detail: str = ""
    maybe_printed: bool = False


class Device(Protocol):
    """A place that takes papers in ``format``."""

    @property
    def format(self) -> Format: ...

    def send(self, content: bytes, name: str) -> None:
        """Deliver one paper; ``name`` is its document number, for queues and file names. Raises ``PrinterFault``."""


@dataclass(frozen=True, slots=True)
class PdfFolder:
    """Papers as PDF files in a folder; for tills whose printer is the office's inkjet."""

    folder: Path
    format: Format = "pdf"

    def send(self, content: bytes, name: str) -> None:
        """Write ``name.pdf``; a reprint gets a number of its own."""
        self.write(content, name)

    def write(self, content: bytes, name: str) -> Path:
        """The same, and where it lies."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            target = _free_name(self.folder, name)
            unfinished = target.with_suffix(".part")
            unfinished.write_bytes(content)
            unfinished.replace(target)
        except OSError as error:
            raise PrinterFault("offline", str(error)) from error
        return target


def _free_name(folder: Path, name: str) -> Path:
    target = folder / f"{name}.pdf"
    count = 2
    while target.exists():
        target = folder / f"{name}_{count}.pdf"
        count += 1
    return target


@dataclass(frozen=True, slots=True)
class File:
    """A device node (``/dev/usb/lp0``), a serial or parallel port, or a plain file that grows."""

    path: Path
    seconds: float = SEND_SECONDS
    format: Format = "escpos"

    def send(self, content: bytes, name: str) -> None:
        """Write all bytes; a printer that is out of paper stops taking them."""
        flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        if not self.path.is_relative_to("/dev"):  # an unplugged printer must not become a file
            flags |= os.O_CREAT
        try:
            descriptor = os.open(self.path, flags, 0o600)
        except OSError as error:
            raise PrinterFault("offline", f"{name}: {error}") from error
        try:
            self._write(descriptor, content)
        finally:
            os.close(descriptor)

    def _write(self, descriptor: int, content: bytes) -> None:
        deadline = time.monotonic() + self.seconds
        sent = 0
        while sent < len(content):
            try:
                sent += os.write(descriptor, content[sent : sent + CHUNK])
            except BlockingIOError:
                left = deadline - time.monotonic()
                if left <= 0 or not select.select([], [descriptor], [], left)[1]:
                    raise PrinterFault("silent", str(self.path), maybe_printed=sent > 0) from None
            except OSError as error:
                raise PrinterFault("broke_off", str(error), maybe_printed=sent > 0) from error


@dataclass(frozen=True, slots=True)
class Network:
    """A printer on the network (raw TCP, port 9100).

    A printer that answers status questions is asked for paper before, and for the end of printing after;
    one that does not answer is trusted when it took all bytes.
    """

    host: str
    port: int = 9100
    connect_seconds: float = CONNECT_SECONDS
    seconds: float = SEND_SECONDS
    status_seconds: float = STATUS_SECONDS
    format: Format = "escpos"

    def send(self, content: bytes, name: str) -> None:
        """Deliver within ``connect_seconds + status_seconds + seconds``; the socket is closed in any case."""
        with self._connected(name) as connection:
            answers = self._has_paper(connection)
            deadline = time.monotonic() + self.seconds
            self._deliver(connection, content, deadline)
            if answers:
                self._confirm(connection, deadline)

    @contextmanager
    def _connected(self, name: str) -> Iterator[socket.socket]:
        try:
            connection = socket.create_connection((self.host, self.port), timeout=self.connect_seconds)
        except OSError as error:
            raise PrinterFault("offline", f"{name} to {self.host}:{self.port}: {error}") from error
        with connection:
            yield connection

    def _has_paper(self, connection: socket.socket) -> bool:
        """Whether the printer answers; raises when it answers that the paper is out."""
        try:
            connection.settimeout(self.status_seconds)
            connection.sendall(ASK_PAPER)
            status = connection.recv(1)
        except TimeoutError:
            return False
        except OSError as error:
            raise PrinterFault("offline", str(error)) from error
        if not status:
            raise PrinterFault("offline", "the printer closed the connection")
        if status[0] & PAPER_OUT:
            raise PrinterFault("out_of_paper", f"status {status[0]:#04x}")
        return True

    def _deliver(self, connection: socket.socket, content: bytes, deadline: float) -> None:
        sent = 0
        try:
            while sent < len(content):
                connection.settimeout(max(0.001, deadline - time.monotonic()))
                sent += connection.send(content[sent : sent + CHUNK])
        except TimeoutError as error:
            raise PrinterFault("silent", f"{sent} of {len(content)} bytes", maybe_printed=sent > 0) from error
        except OSError as error:
            raise PrinterFault("broke_off", str(error), maybe_printed=sent > 0) from error

    def _confirm(self, connection: socket.socket, deadline: float) -> None:
        try:
            connection.settimeout(max(0.001, deadline - time.monotonic()))
            connection.sendall(ASK_PRINTED)
            answer = connection.recv(1)
        except TimeoutError as error:
            raise PrinterFault("silent", "the end of printing was not confirmed", maybe_printed=True) from error
        except OSError as error:
            raise PrinterFault("broke_off", str(error), maybe_printed=True) from error
        if not answer:
            raise PrinterFault("broke_off", "closed before the end of printing", maybe_printed=True)
