"""Printers on a serial line: RS-232, USB with a serial chip, and Bluetooth, which Windows shows as a COM port."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pos_app.printing.devices import ASK_PAPER, ASK_PRINTED, CHUNK, PAPER_OUT, SEND_SECONDS, Format, PrinterFault

BAUDS = (9600, 19200, 38400, 57600, 115200)
"""Bits a second that receipt printers are set to; a Bluetooth port takes any."""
STATUS_SECONDS = 0.8
BITS_A_BYTE = 10
"""Eight bits with start and stop."""
LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class SerialPort:
    """A port by its name in the system (``COM5``, ``/dev/ttyUSB0``, ``/dev/rfcomm0``).

    Beyond ``seconds`` a paper is given the time that its bytes need at this speed. A printer that answers is asked
    for paper before, and for the end of printing after.
    """

    port: str
    baud: int = 9600
    seconds: float = SEND_SECONDS
    status_seconds: float = STATUS_SECONDS
    format: Format = "escpos"

    def send(self, content: bytes, name: str) -> None:
        """Deliver one paper. Raises ``PrinterFault``."""
        with self._open(name) as line:
            answers = self._has_paper(line)
            deadline = time.monotonic() + self.seconds + len(content) * BITS_A_BYTE / self.baud
            self._deliver(line, content, deadline)
            if answers:
                self._confirm(line, deadline)

    @contextmanager
    def _open(self, name: str) -> Iterator[Any]:
        import serial  # type: ignore[import-untyped]

        try:
            line = serial.Serial(self.port, self.baud, timeout=self.status_seconds, write_timeout=self.status_seconds)
        except (OSError, ValueError) as error:
            raise PrinterFault("offline", f"{name} to {self.port}: {error}") from error
        try:
            yield line
        finally:
            line.close()

    def _has_paper(self, line: Any) -> bool:
        """Whether the printer answers; raises when it answers that the paper is out."""
        from serial import SerialTimeoutException

        try:
            line.reset_input_buffer()
            line.write(ASK_PAPER)
            status = line.read(1)
        except SerialTimeoutException as error:
            raise PrinterFault("silent", str(error)) from error
        except OSError as error:
            raise PrinterFault("offline", str(error)) from error
        if status and status[0] & PAPER_OUT:
            raise PrinterFault("out_of_paper", f"status {status[0]:#04x}")
        return bool(status)

    def _deliver(self, line: Any, content: bytes, deadline: float) -> None:
        from serial import SerialTimeoutException

        sent = 0
        try:
            while sent < len(content):
                line.write_timeout = max(0.001, deadline - time.monotonic())
                sent += line.write(content[sent : sent + CHUNK]) or 0
            while line.out_waiting:
                if time.monotonic() > deadline:
                    raise PrinterFault("silent", "the last bytes were not taken", maybe_printed=True)
                time.sleep(LOOK_SECONDS)
        except SerialTimeoutException as error:
            raise PrinterFault("silent", f"{sent} of {len(content)} bytes", maybe_printed=True) from error
        except OSError as error:
            raise PrinterFault("broke_off", str(error), maybe_printed=sent > 0) from error

    def _confirm(self, line: Any, deadline: float) -> None:
        try:
            line.timeout = max(0.001, deadline - time.monotonic())
            line.write(ASK_PRINTED)
            answer = line.read(1)
        except OSError as error:
            raise PrinterFault("broke_off", str(error), maybe_printed=True) from error
        if not answer:
            raise PrinterFault("silent", "the end of printing was not confirmed", maybe_printed=True)
