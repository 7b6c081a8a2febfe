"""Running the app under uvicorn: one worker, the address on standard output, a quiet stop."""

import signal
import socket
import sys
import threading
from typing import Any

import uvicorn

from sync.server.errors import CentreError

GRACE_SECONDS = 10
KEEP_ALIVE_SECONDS = 75
"""Longer than a till keeps an idle connection, so that it is the till that closes it."""


class _Server(uvicorn.Server):
    """Prints its address, alone on a line, once it listens."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            sys.stdout.write(f"{self._address}\n")
            sys.stdout.flush()


def run(app: Any, host: str, port: int) -> None:
    """Serve ``app`` until SIGINT or SIGTERM; port 0 takes a free one. Raises ``CentreError``."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    with _listen(host, port) as listener:
        address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        if threading.current_thread() is threading.main_thread():
            # uvicorn raises the signal again once it has stopped; by then there is nothing left to do.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: None)
        _Server(config, address).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise CentreError("cannot_listen", address=f"{host}:{port}", reason=error) from None
    return listener
