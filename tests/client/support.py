"""A server on a real socket that answers with whatever bytes a test wants."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Answer = Callable[[socket.socket, threading.Event], None]


class Scripted:
    """Answers the first connection with the first answer, the next with the next, the last one for ever."""

    def __init__(self, *answers: bytes | Answer, tls: ssl.SSLContext | None = None) -> None:
        self.tls = tls
        self.answers = [_bytes_answer(answer) if isinstance(answer, bytes) else answer for answer in answers]
        self.requests: list[bytes] = []
        self.answered = 0
        """Connections whose answer was given to its end."""
        self.stop = threading.Event()
        self._heard = threading.Semaphore(0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if self.stop.is_set():
                connection.close()
                return
            try:
                connection.settimeout(60)
                connection = self.tls.wrap_socket(connection, server_side=True) if self.tls else connection
            except OSError:
                connection.close()
                continue
            with connection:
                self.requests.append(_read_request(connection))
                self._heard.release()
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                try:
                    answer(connection, self.stop)
                except OSError:
                    continue
                self.answered += not self.stop.is_set()

    def heard(self) -> bool:
        """Wait for the next request to be read: who asks in a hurry may be gone before."""
        return self._heard.acquire(timeout=60)

    def close(self) -> None:
        self.stop.set()
        with socket.create_connection(self._listener.getsockname(), timeout=60):
            self._thread.join()
        self._listener.close()


@contextmanager
def scripted(*answers: bytes | Answer, tls: ssl.SSLContext | None = None) -> Iterator[Scripted]:
    server = Scripted(*answers, tls=tls)
    try:
        yield server
    finally:
        server.close()


def _bytes_answer(data: bytes) -> Answer:
    return lambda connection, _stop: connection.sendall(data)


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return data
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def http(status: str, body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", "Connection: close", *headers]
    if length != -1:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def dripping(data: bytes, pause: float = 0.02) -> Answer:
    """One byte at a time, so that no single read ever waits long."""

    def drip(connection: socket.socket, stop: threading.Event) -> None:
        for index in range(len(data)):
            connection.sendall(data[index : index + 1])
            if stop.wait(pause):
                return

    return drip


def silent(connection: socket.socket, stop: threading.Event) -> None:
    """Takes the request and never answers."""
    stop.wait()
