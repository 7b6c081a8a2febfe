"""A centre as a process of its own, tills as processes or as ledgers in this one, and a proxy that loses things."""

import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bench.postgres import free_port
from pos_app.cli import main
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.vault import Vault
from pos_app.paths import asset
from pos_app.services import exchange
from pos_app.services.figures import current_state
from sync.client.till import CentreClient
from sync.client.transport import Settings
from sync.documents.money import CashMove
from sync.documents.shift import ShiftOpened
from sync.server import commands
from sync.server.centre import open_centre
from sync.server.database import schema
from sync.server.database.dialect import reading
from sync.server.trust.recomputing import Checked, recompute

HURRIED = Settings(total_seconds=0.3, connect_seconds=0.3)
"""For who is to give up; whoever is to get an answer waits as the program does."""


class CentreProcess:
    """``pojok serve`` over a database with the registry of the demo; stop and start it at will."""

    program: tuple[str, ...] = ("-m", "pos_app")

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "centre.db"
        self.database = f"sqlite:///{self.path}"
        self.process: subprocess.Popen[str] | None = None
        self.port = free_port()
        commands.init(self.database)
        for kind in ("corners", "producers", "products"):
            assert not commands.import_registry(kind, asset("demo", f"{kind}.csv"), self.database)["rejected"]
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        arguments = ["serve", "--database", self.database, "--listen", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen([sys.executable, *self.program, *arguments], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line == self.url

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            assert self.process.wait(120) == 0
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None

    def kill(self) -> None:
        """End it at once, whatever it does."""
        assert self.process is not None
        assert self.process.stdout is not None
        self.process.kill()
        self.process.wait(120)
        self.process.stdout.close()
        self.process = None

    def code(self, corner: str, till: str) -> str:
        return commands.code(self.database, corner, till)

    def state(self, corner: str, till: str | None = None) -> dict[str, Any]:
        return commands.state(self.database, corner, till)

    def recomputed(self) -> Checked:
        """What the only till reported, held against its entries here."""
        opened = open_centre(self.database)
        try:
            with reading(opened.engine) as db:
                found = recompute(db, db.execute(sa.select(schema.devices)).one())
        finally:
            opened.close()
        assert not found.fault, found.fault_data
        return found


@contextmanager
def centre_process(folder: Path) -> Iterator[CentreProcess]:
    centre = CentreProcess(folder)
    try:
        yield centre
    finally:
        centre.stop()


class Till:
    """A ledger with its keys, in this process."""

    def __init__(self, folder: Path, corner: str = "MTR-001", till: str = "A") -> None:
        folder.mkdir(exist_ok=True)
        self.path = folder / f"{till}.db"
        self.vault = Vault(folder / f"keys-{till}")
        self.ledger = Ledger.create(self.path, Identity(os.urandom(16).hex(), corner, corner, till))
        self.client = CentreClient()
        self.moment = datetime(2026, 10, 1, 1, 0, tzinfo=UTC)

    def enrol(self, centre: CentreProcess) -> "Till":
        who = self.ledger.identity
        exchange.enrol(self.ledger, self.vault, self.client, centre.url, centre.code(who.corner, who.till))
        return self

    def sync(self) -> dict[str, Any]:
        return exchange.sync(self.ledger, self.vault, self.client)

    def go_through(self, url: str) -> None:
        """Talk to the centre by another address from now on."""
        with self.ledger.write() as tx:
            tx.db.execute("UPDATE exchange SET value = ? WHERE key = 'url'", (url,))

    def move_cash(self, count: int, amount: int = 1_000, document_id: str = "") -> None:
        """Record ``count`` documents."""
        with self.ledger.write() as tx:
            for index in range(count):
                self.moment += timedelta(seconds=1)
                opened = self.ledger.head().seq > 0
                document = (
                    CashMove(number=tx.next_number("KK"), direction="in", amount=amount)
                    if opened
                    else ShiftOpened(number=tx.next_number("BK"), float=200_000)
                )
                name = document_id or f"{self.ledger.identity.ledger_id}-{os.urandom(8).hex()}-{index}"
                tx.append(document, document_id=name, at=self.moment, cashier="k1")

    def state(self) -> dict[str, Any]:
        return current_state(self.ledger)

    def exchange_state(self) -> exchange.ExchangeState:
        return exchange.exchange_state(self.ledger)

    def unsent(self) -> int:
        return self.exchange_state().unsent


def forward(url: str, request: bytes) -> bytes:
    """Bring a request to the centre and fetch its answer."""
    host, _, port = url.removeprefix("http://").partition(":")
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer


def pojok(home: Path, *arguments: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command in this process, which is quicker; everything it opens it closes."""
    names = [str(argument) for argument in arguments]
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setenv("POJOK_HOME", str(home))
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))
        status = main(names)
    return subprocess.CompletedProcess(names, status, out.getvalue(), err.getvalue())


def pojok_process(home: Path, *arguments: str | Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pos_app", *map(str, arguments)],
        env={**os.environ, "POJOK_HOME": str(home)},
        input=text,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def printed(done: subprocess.CompletedProcess[str]) -> Any:
    """The JSON of a command that succeeded."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
