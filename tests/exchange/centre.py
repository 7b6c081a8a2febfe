"""The centre as people run it, a process over a database, and what befalls it: stopped, killed, its database crashed,
an older copy restored."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pysqlite3
import sqlalchemy as sa

from bench.journals import Journal
from bench.postgres import Server, free_port
from pos_app.paths import asset
from sync.protocol.messages import EnrolRequest
from sync.protocol.wire import public_bytes
from sync.server import commands
from sync.server.centre import open_centre
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.exchange.enrolment import enrol, new_code

CORNERS = ["corner_code,name,kind,address,postcode,staff_count"]
CORNERS += [f"MTR-{number:03},Kantor {number},opd,Jalan {number},83111,20" for number in range(1, 401)]
NAME, OFFICER = "centre", "Petugas Uji"


class SqliteStore:
    """The embedded default: one file."""

    workers = 1

    def __init__(self, folder: Path) -> None:
        self.path = folder / "centre.db"
        self.copy = folder / "copy.db"
        self.url = f"sqlite:///{self.path}"

    def back_up(self) -> None:
        """While the centre works."""
        self.copy.unlink(missing_ok=True)
        with closing(pysqlite3.connect(self.path)) as db:
            db.execute("VACUUM INTO ?", (str(self.copy),))

    def restore(self) -> None:
        for end in ("-wal", "-shm"):
            Path(f"{self.path}{end}").unlink(missing_ok=True)
        shutil.copy(self.copy, self.path)

    def crash(self) -> None:
        """A file has no server that could."""


class PostgresStore:
    """A database of a server with syncs on; copies are those of ``pg_dump``."""

    def __init__(self, server: Server, folder: Path, workers: int) -> None:
        self.server, self.workers = server, workers
        self.copy = folder / "copy.dump"
        server.drop(NAME)
        self.url = server.database(NAME)

    def back_up(self) -> None:
        self.copy.unlink(missing_ok=True)
        self.server.tool("pg_dump", "--format=custom", "--compress=0", f"--file={self.copy}", NAME)

    def restore(self) -> None:
        self.server.drop(NAME)
        self.server.database(NAME)
        self.server.tool("pg_restore", f"--dbname={NAME}", "--exit-on-error", str(self.copy))

    def crash(self) -> None:
        """Every process of the server ends at once; it recovers from its log."""
        self.server.stop("immediate")
        self.server.start()


Store = SqliteStore | PostgresStore


class Centre:
    """``pojok serve``. ``url`` is where it listens, None while it does not."""

    def __init__(self, store: Store, log: Path) -> None:
        self.store = store
        self.log = log
        self.database = store.url
        self.process: subprocess.Popen[str] | None = None
        self.port = free_port()
        commands.init(self.database)

    def import_registry(self, folder: Path) -> None:
        """Corners for everybody, the demo's producers and products to pull, and an officer who decides."""
        commands.officer(self.database, OFFICER, "petugas")
        corners = folder / "corners.csv"
        corners.write_text("\n".join(CORNERS), encoding="utf-8")
        demo = ((kind, asset("demo", f"{kind}.csv")) for kind in ("producers", "products"))
        for kind, path in (("corners", corners), *demo):
            commands.import_registry(kind, path, self.database, skip_bad=True)

    @property
    def url(self) -> str | None:
        return f"http://127.0.0.1:{self.port}" if self.process else None

    def start(self) -> None:
        """Start it, at the address of last time."""
        command = [sys.executable, "-m", "pos_app", "serve", "--database", self.database]
        workers = ["--workers", str(self.store.workers)] if self.store.workers > 1 else []
        with self.log.open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [*command, "--listen", f"127.0.0.1:{self.port}", *workers],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        if not line.startswith("http://"):
            raise RuntimeError(f"the centre did not start: {line!r}")

    def stop(self) -> None:
        """As a service manager does: it finishes what it does and ends."""
        if self.process is not None:
            self.process.terminate()
            self._gone()

    def kill(self) -> None:
        """SIGKILL to all of its processes at once."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self._gone()

    def kill_worker(self) -> bool:
        """SIGKILL to one of its workers, which is replaced; whether there was one."""
        assert self.process is not None
        below = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii").split()
        workers = [
            pid for pid in map(int, below) if b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        if workers:
            os.kill(workers[-1], signal.SIGKILL)
        return bool(workers)

    def _gone(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.wait(60)
            assert process.stdout is not None
            process.stdout.close()

    def code(self, corner: str, till: str) -> str:
        return commands.code(self.database, corner, till)

    def enrol(self, journals: list[Journal]) -> bytes:
        """Enrol tills of the load without a request each; the centre's public key."""
        centre = open_centre(self.database)
        try:
            with writing(centre.engine) as db:
                for journal in journals:
                    request = EnrolRequest(
                        code=new_code(centre, db, journal.corner, journal.till),
                        public_key=public_bytes(journal.key),
                        ledger_id=journal.ledger_id,
                        corner=journal.corner,
                        till=journal.till,
                    )
                    journal.device = enrol(centre, db, request, "n").device
            return public_bytes(centre.key)
        finally:
            centre.close()

    def entries(self) -> dict[tuple[str, str], list[tuple[int, bytes, bytes]]]:
        """Everything it keeps, by corner and till, in order: sequence number, hash and bytes."""
        centre = open_centre(self.database)
        devices, table = schema.devices, schema.entries
        try:
            with reading(centre.engine) as db:
                named = {row.device: (row.corner, row.till) for row in db.execute(sa.select(devices))}
                found: dict[tuple[str, str], list[tuple[int, bytes, bytes]]] = {name: [] for name in named.values()}
                columns = sa.select(table.c.device, table.c.seq, table.c.hash, table.c.body)
                for row in db.execute(columns.order_by(table.c.device, table.c.seq).execution_options(yield_per=5_000)):
                    found[named[row.device]].append((row.seq, bytes(row.hash), bytes(row.body)))
            return found
        finally:
            centre.close()

    def quarantined(self) -> list[Any]:
        """What could not be projected."""
        centre = open_centre(self.database)
        try:
            with reading(centre.engine) as db:
                return list(db.execute(sa.select(schema.quarantine)))
        finally:
            centre.close()
