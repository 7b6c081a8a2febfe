"""A PostgreSQL of one's own for measurements and tests, never the machine's: made, stopped and removed.

Its durability is that of production unless its settings say otherwise.

Its programs refuse to run as root; then they run as the user ``postgres``.
"""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

USER = "postgres"
PORTS = range(20_000, 32_000)
SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "shared_buffers": "'512MB'",
    "max_wal_size": "'4GB'",
    "max_connections": "200",
}
"""What every installation sets for its machine; syncs and full page writes stay as they are by default: on."""


FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "'64MB'",
    "log_min_messages": "fatal",
    "autovacuum": "off",
}
"""Of a server that is thrown away: nothing waits for the disk."""


class NoPostgres(RuntimeError):
    """The programs of PostgreSQL are not installed."""


@dataclass(slots=True)
class Server:
    """A running server; ``database`` makes one in it."""

    folder: Path
    port: int

    @property
    def pid(self) -> int:
        """Of the process that the others belong to."""
        return int((self.folder / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def database(self, name: str, template: str = "template0") -> str:
        """A new database, a copy of ``template``; its address."""
        self.tool("createdb", "--template", template, name)
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.tool("dropdb", "--force", "--if-exists", name)

    def tool(self, name: str, *arguments: str) -> str:
        """Run one of PostgreSQL's own programs against this server; what it printed."""
        return _run([program(name), "--host=127.0.0.1", f"--port={self.port}", f"--username={USER}", *arguments])

    def start(self) -> None:
        """Start it; returns when it takes connections, recovered from a crash if there was one."""
        log = str(self.folder / "log")
        _run(as_server([program("pg_ctl"), "--pgdata", str(self.folder), "--log", log, "--wait", "start"]))

    def stop(self, mode: str = "fast") -> None:
        """Stop it; ``immediate`` is a crash: every process ends at once and nothing more is written."""
        _run(as_server([program("pg_ctl"), "--pgdata", str(self.folder), "--mode", mode, "--wait", "stop"]))


def program(name: str) -> str:
    """The path of a program of PostgreSQL, of the newest that is installed. Raises ``NoPostgres``."""
    numbered = (path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit())
    folders = sorted(numbered, key=lambda path: int(path.parent.name), reverse=True)
    if config := shutil.which("pg_config"):
        folders.append(Path(_run([config, "--bindir"]).strip()))
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    path = next((folder / name for folder in folders if (folder / name).exists()), None)
    if path is None:
        raise NoPostgres(f"PostgreSQL's {name} is not installed (Debian: apt-get install postgresql)")
    return str(path)


def as_server(command: list[str]) -> list[str]:
    """``command`` by the user that the server runs as."""
    return ["runuser", "-u", USER, "--", *command] if os.name == "posix" and os.geteuid() == 0 else command


@contextmanager
def server(place: Path | None = None, **settings: str) -> Iterator[Server]:
    """A server with an empty cluster in a folder of its own in ``place`` (where temporary files go), gone afterwards.

    ``settings`` are lines of postgresql.conf. The user that the server runs as must be able to enter ``place``; nobody
    else is let in anywhere. Raises ``NoPostgres``.
    """
    with tempfile.TemporaryDirectory(prefix="pojok-pg-", dir=place) as home:
        if as_server([]):
            shutil.chown(home, USER)
        running = _new(Path(home, "data"), settings)
        running.start()
        try:
            yield running
        finally:
            running.stop("immediate")


def _new(folder: Path, settings: dict[str, str]) -> Server:
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", f"--username={USER}", "--no-sync"]
    _run(as_server([program("initdb"), "--pgdata", str(folder), *options]))
    port = free_port()
    with (folder / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = {value}\n" for name, value in {**SETTINGS, "port": str(port), **settings}.items())
    return Server(folder, port)


@contextmanager
def standby(primary: Server) -> Iterator[Server]:
    """A copy of ``primary`` that follows it and only reads, beside it."""
    folder = primary.folder.with_name(f"standby-{secrets.token_hex(4)}")
    source = ["--host=127.0.0.1", f"--port={primary.port}", f"--username={USER}"]
    options = ["--pgdata", str(folder), "--write-recovery-conf", "--checkpoint=fast", "--no-sync"]
    _run(as_server([program("pg_basebackup"), *source, *options]))
    port = free_port()
    with (folder / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(f"port = {port}\n")
    running = Server(folder, port)
    running.start()
    try:
        yield running
    finally:
        running.stop("immediate")


def free_port() -> int:
    """A port of loopback that is free, and stays so while its server is away: no connection is given one so low."""
    while True:
        port = PORTS[secrets.randbelow(len(PORTS))]
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name}: {done.stderr or done.stdout}")
    return done.stdout
