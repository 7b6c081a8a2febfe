"""Running the app under uvicorn: one worker or several, the address on standard output, a quiet stop.

Several workers accept from one socket, so a connection waits for whichever is free, and none is lost when one dies.
"""

import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import parent_process
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from sync.server.errors import CentreError
from sync.server.metrics import FOLDER

GRACE_SECONDS = 10
"""For requests that are being answered when the centre is told to stop; a worker that is still there then is killed."""
KEEP_ALIVE_SECONDS = 75
"""Longer than a till keeps an idle connection, so that it is the till that closes it."""
START_SECONDS = 60
"""Within which a worker has to be ready, and later to answer its parent: one that only has much to do on a busy
machine, or is still starting, is not taken for dead."""

MakeApp = Callable[[], Any]


class _Server(uvicorn.Server):
    """Prints its address, alone on a line, once it listens."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            _tell(self._address)


class _Workers(Multiprocess):
    """Prints the address once all workers listen; a worker that dies is started again."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], address: str) -> None:
        super().__init__(config, sockets)
        self._address = address

    def init_processes(self) -> None:
        super().init_processes()
        if all(worker.wait_until_ready(START_SECONDS, self.should_exit) for worker in self.processes):
            _tell(self._address)

    def join_all(self) -> None:
        end = time.monotonic() + GRACE_SECONDS + 2
        for worker in self.processes:
            worker.process.join(max(end - time.monotonic(), 0))
            if worker.process.is_alive():
                worker.process.kill()
            worker.process.join()


def run(make_app: MakeApp, host: str, port: int, workers: int = 1) -> None:
    """Serve what ``make_app`` makes until SIGINT or SIGTERM; port 0 takes a free one. Raises ``CentreError``.

    With several workers each makes its own app in a process of its own, so ``make_app`` must be one that pickles.
    """
    with _listen(host, port) as listener:
        address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        if workers > 1:
            with tempfile.TemporaryDirectory(prefix="pojok-metrics-") as folder:
                os.environ[FOLDER] = folder
                listener.listen(BACKLOG)
                _Workers(_config(partial(_worker, make_app), workers), [listener], address).run()
            return
        server = _Server(_config(make_app), address)
        if threading.current_thread() is threading.main_thread():
            # uvicorn raises the signal again once it has stopped; by then there is nothing left to do.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: None)
        server.run(sockets=[listener])


BACKLOG = 2_048


def _config(make_app: MakeApp, workers: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        make_app,
        factory=True,
        workers=workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=START_SECONDS,
    )


def _worker(make_app: MakeApp) -> Any:
    """The app of one worker, which stops when its parent is gone."""
    threading.Thread(target=_follow_parent, daemon=True).start()
    return make_app()


def _follow_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _tell(address: str) -> None:
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, OverflowError, TypeError, ValueError) as error:  # the last two: no name of a host
        listener.close()
        raise CentreError("cannot_listen", address=f"{host}:{port}", reason=error) from None
    return listener
