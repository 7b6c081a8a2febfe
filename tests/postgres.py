"""A throwaway PostgreSQL for tests, from the binaries that are installed: never the machine's own databases.

It listens on a Unix socket in a temporary folder and on a free port of loopback, and forgets to sync: tests only.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import pytest

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "listen_addresses": "127.0.0.1",
    "log_min_messages": "fatal",
    "autovacuum": "off",
}
USER = "pojok"
WHY_NOT = "PostgreSQL is not installed (Debian: apt-get install postgresql)"


def binaries() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``, the newest where there are several; none is used on Windows."""
    if sys.platform == "win32":
        return None
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    if config := shutil.which("pg_config"):
        told = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=True).stdout.strip()
        folders.append(Path(told))
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a throwaway server for the whole run; without PostgreSQL its tests are skipped, but not in CI."""
    if binaries() is None and (sys.platform == "win32" or not os.environ.get("CI")):
        pytest.skip(WHY_NOT)
    with throwaway() as url:
        yield url


@contextmanager
def throwaway(settings: dict[str, str] | None = None, folder: Path | None = None) -> Iterator[str]:
    """A fresh server; gives the URL of its database ``postgres``, and takes everything away at the end.

    ``settings`` of postgresql.conf replace those of the tests. ``folder`` is where its data lies (a place in memory
    else). Raises ``FileNotFoundError`` where PostgreSQL is not installed.
    """
    programs = binaries()
    if programs is None:
        raise FileNotFoundError(WHY_NOT)
    memory = Path("/dev/shm")
    place = folder or (memory if os.access(memory, os.W_OK) else None)
    with tempfile.TemporaryDirectory(prefix="pojok-pg-", dir=place) as home:
        if os.geteuid() == 0:  # servers refuse to run as root
            shutil.chown(home, "postgres", "postgres")
        data, port = Path(home, "data"), _free_port()
        _run(
            home,
            programs / "initdb",
            "--pgdata",
            data,
            "--username",
            USER,
            "--auth",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
        )
        lines = [f"{name} = '{value}'" for name, value in {**SETTINGS, **(settings or {})}.items()]
        lines += [f"unix_socket_directories = '{home}'", f"port = {port}"]
        with (data / "postgresql.conf").open("a", encoding="utf-8") as config:
            config.write("\n".join(lines) + "\n")
        _run(home, programs / "pg_ctl", "start", "--pgdata", data, "--wait", "--log", Path(home, "log"))
        try:
            yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"
        finally:
            _run(home, programs / "pg_ctl", "stop", "--pgdata", data, "--mode", "immediate")


def _run(home: str, *command: str | Path) -> None:
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", "postgres", "--", *words]
    done = subprocess.run(words, cwd=home, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    if done.returncode:
        raise OSError(f"{' '.join(words)}: {done.stdout}{done.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def made_from(server: str, template: str) -> str:
    """The URL of a new database with everything that is in the database ``template`` (a name) of ``server``."""
    name = f"t{uuid.uuid4().hex}"
    _on(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return named(server, name)


def named(server: str, name: str) -> str:
    """The URL of the database ``name`` on the same server."""
    return f"{server.rpartition('/')[0]}/{name}"


def drop(database: str) -> None:
    """Take a database away, whoever is still connected."""
    _on(named(database, "postgres"), f"DROP DATABASE {database.rpartition('/')[2]} WITH (FORCE)")


def _on(server: str, statement: LiteralString) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)
