"""Processes at the price of a fork: a parent that has imported the program hands out children of itself.

Each child is a process of its own with its own pipes, runs the program's real entry and dies a real death. What is
saved is the third of a second that Python needs to start.

    zygote = Zygote(modules=("pos_app.services.play",))
    child = zygote.start("pos_app.cli:main", ["play", "-", "--ledger", "till.db"])
"""

import array
import ctypes
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PIPE_BYTES = 1 << 20
"""Room for a whole script and all its answers, so that neither side ever waits for the other."""
SILENCE = 60
"""Seconds after which a process that says nothing counts as stuck."""
LARGEST_REQUEST = 1 << 16
SET_PIPE_SIZE = 1031
DIE_WITH_PARENT = 1

PROGRAM = (
    "pos_app.bootstrap",
    "pos_app.cli",
    "pos_app.ledger.backup",
    "pos_app.ledger.verify",
    "pos_app.services.figures",
    "pos_app.services.people",
    "pos_app.services.play",
    "pos_app.services.registering",
    "pos_app.services.wording",
    "sqlite_utils",
)


@dataclass
class Child:
    """A process that was started; ``kill`` ends it at once, ``finish`` lets it come to its own end."""

    pid: int
    zygote: "Zygote"
    stdin: int
    stdout: int
    _unread: bytearray = field(default_factory=bytearray)
    _input_open: bool = True

    def write(self, data: bytes) -> None:
        """What the process reads."""
        view = memoryview(data)
        while view:
            view = view[os.write(self.stdin, view) :]

    def read_line(self) -> bytes | None:
        """The next whole line; None when the process has ended."""
        while (end := self._unread.find(b"\n")) < 0:
            more = self._read()
            if not more:
                return None
            self._unread += more
        line = bytes(self._unread[: end + 1])
        del self._unread[: end + 1]
        return line

    def _read(self) -> bytes:
        """Some of what it writes; empty at its end. A process that says nothing for long is killed."""
        if not select.select([self.stdout], [], [], SILENCE)[0]:
            self.kill()
            raise TimeoutError(f"no word in {SILENCE} seconds")
        return os.read(self.stdout, 65_536)

    def close_input(self) -> None:
        if self._input_open:
            os.close(self.stdin)
            self._input_open = False

    def kill(self) -> None:
        """SIGKILL, whatever it does."""
        os.kill(self.pid, signal.SIGKILL)

    def finish(self) -> tuple[bytes, int]:
        """Everything it still wrote, and how it ended: an exit status, or a signal's number negated."""
        self.close_input()
        while more := self._read():
            self._unread += more
        os.close(self.stdout)
        return bytes(self._unread), self.zygote.reap(self.pid)


class Zygote:
    """The parent. ``preload`` names a library that the process gets under it (``LD_PRELOAD``)."""

    def __init__(self, modules: Sequence[str] = PROGRAM, environment: Mapping[str, str] | None = None) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", "tests.torture.zygote", str(theirs.fileno()), *modules]
            self._process = subprocess.Popen(
                command, cwd=ROOT, pass_fds=[theirs.fileno()], env={**os.environ, **(environment or {})}
            )

    def start(
        self, target: str, arguments: Sequence[object], *, environment: Mapping[str, str] | None = None, errors: Path
    ) -> Child:
        """Run ``module:function`` with ``arguments``; what it writes to stderr is added to the file ``errors``."""
        import fcntl  # late: Windows, which has none, collects the tests too

        in_read, in_write = os.pipe()
        out_read, out_write = os.pipe()
        for pipe in (in_write, out_write):
            fcntl.fcntl(pipe, SET_PIPE_SIZE, PIPE_BYTES)
        error_file = os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        request = {
            "target": target,
            "arguments": [str(one) for one in arguments],
            "environment": dict(environment or {}),
        }
        try:
            socket.send_fds(self._socket, [json.dumps(request).encode()], [in_read, out_write, error_file])
        finally:
            for descriptor in (in_read, out_write, error_file):
                os.close(descriptor)
        return Child(int(self._answer()), self, in_write, out_read)

    def run(
        self, target: str, arguments: Sequence[object], *, environment: Mapping[str, str] | None = None, errors: Path
    ) -> tuple[bytes, int]:
        """Run it to its end; what it wrote and its exit status."""
        return self.start(target, arguments, environment=environment, errors=errors).finish()

    def reap(self, pid: int) -> int:
        """How a child ended; waits for it."""
        self._socket.send(json.dumps({"reap": pid}).encode())
        return os.waitstatus_to_exitcode(int(self._answer()))

    def close(self) -> None:
        """End the parent."""
        self._socket.close()
        self._process.wait(20)

    def _answer(self) -> bytes:
        answer = self._socket.recv(LARGEST_REQUEST)
        if not answer:
            raise RuntimeError("the parent of the processes has ended; see its error above")
        return answer


def main(descriptor: int, modules: Sequence[str]) -> int:
    """Serve until the other side goes."""
    for module in modules:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=descriptor) as channel:
        while True:
            message, ancillary, _flags, _address = channel.recvmsg(LARGEST_REQUEST, socket.CMSG_SPACE(3 * 4))
            if not message:
                return 0
            request = json.loads(message)
            if "reap" in request:
                _pid, status = os.waitpid(request["reap"], 0)
                channel.send(str(status).encode())
                continue
            files = array.array("i")
            for _level, _kind, content in ancillary:
                files.frombytes(content)
            pid = os.fork()
            if pid == 0:
                channel.close()
                _become(request, list(files))
            for file in files:
                os.close(file)
            channel.send(str(pid).encode())


def _become(request: dict[str, Any], files: list[int]) -> None:
    """In the child: take the pipes, run, and end without returning."""
    status = 1
    try:
        _die_with_parent()
        for place, file in enumerate(files):
            os.dup2(file, place)
            os.close(file)
        sys.stdin = TextIOWrapper(os.fdopen(0, "rb", closefd=False))
        sys.stdout = TextIOWrapper(os.fdopen(1, "wb", closefd=False), encoding="utf-8")
        sys.stderr = TextIOWrapper(os.fdopen(2, "wb", closefd=False), encoding="utf-8")
        os.environ.update(request["environment"])
        status = _target(request["target"])(request["arguments"])
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException:  # noqa: BLE001 - nothing may climb into the parent's loop
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _die_with_parent() -> None:
    """No child outlives a torture that is broken off."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)


def _target(name: str) -> Callable[[list[str]], int]:
    module, _colon, function = name.partition(":")
    found: Callable[[list[str]], int] = getattr(importlib.import_module(module), function)
    return found


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
