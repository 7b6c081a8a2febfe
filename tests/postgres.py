"""A throwaway PostgreSQL for tests, from the programs that are installed: never the machine's own databases.

Its data lies in memory where that is possible, and it forgets to sync: tests only.
"""

import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import pytest

from bench.postgres import FORGETFUL, NoPostgres, Server, program, server

MEMORY = Path("/dev/shm")


def installed() -> bool:
    """Whether PostgreSQL is; it is not used on Windows."""
    try:
        return bool(sys.platform != "win32" and program("initdb"))
    except NoPostgres:
        return False


def need_postgres() -> None:
    """Skip the test where PostgreSQL is not installed; in CI, which installs it, the test then fails."""
    if not installed() and (sys.platform == "win32" or not os.environ.get("CI")):
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A throwaway server for the whole run."""
    need_postgres()
    with throwaway() as running:
        yield running


@pytest.fixture(scope="session")
def postgres(postgres_server: Server) -> str:
    """The URL of a throwaway server for the whole run."""
    return postgres_server.url("postgres")


@contextmanager
def throwaway() -> Iterator[Server]:
    """A fresh server; everything is taken away at the end. Raises ``NoPostgres``."""
    with server(MEMORY if os.access(MEMORY, os.W_OK) else None, **FORGETFUL) as running:
        yield running


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
