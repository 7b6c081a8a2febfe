"""Which database a centre is kept in, how its address is told, and what is said when it cannot be written."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pysqlite3
import pytest
import sqlalchemy as sa
from litestar.testing import TestClient

from bench.postgres import Server, standby
from sync.server import commands
from sync.server.app import create_app
from sync.server.database import dialect
from sync.server.database.dialect import shown
from sync.server.errors import CentreError
from tests.corner import ROOT
from tests.postgres import drop, made_from
from tests.server.support import ON_SQLITE, Caller, Clock, Journal, new_centre


def refusal(run, *given: object) -> CentreError:
    with pytest.raises(CentreError) as refused:
        run(*given)
    return refused.value


@pytest.fixture(params=["a till's ledger", "an older ledger", "another program's tables", "another's migrations"])
def foreign(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file of SQLite that is no centre."""
    path = tmp_path / "other.db"
    if "ledger" in request.param:
        fixture = "v5.db" if request.param == "a till's ledger" else "v1.db"
        path.write_bytes((ROOT / "tests" / "fixtures" / "ledgers" / fixture).read_bytes())
        return path
    with closing(pysqlite3.connect(path)) as db:
        name = "meta" if "tables" in request.param else "alembic_version"
        db.execute(f"CREATE TABLE {name} (version_num TEXT)")
        db.execute(f"INSERT INTO {name} VALUES ('0001')")
        db.commit()
    return path


def test_a_file_of_another_program_is_refused_and_not_one_byte_of_it_changes(foreign: Path) -> None:
    before = foreign.read_bytes()
    for run in (commands.init, commands.state, commands.verify):
        assert refusal(run, f"sqlite:///{foreign}").code == "not_a_centre"
    assert foreign.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "accounts.txt"
    path.write_text("x" * 5_000)
    assert refusal(commands.init, f"sqlite:///{path}").code == "not_a_centre"
    assert path.read_text() == "x" * 5_000


@pytest.mark.parametrize("table", ["meta", "alembic_version", "accounts"])
def test_a_database_of_another_program_on_a_server_is_refused_and_left_as_it_is(postgres: str, table: str) -> None:
    database = made_from(postgres, "template0")
    engine = dialect.connect(database)
    with engine.begin() as db:
        db.execute(sa.text(f"CREATE TABLE {table} (version_num text)"))
    for run in (commands.init, commands.state):
        assert refusal(run, database).code == "not_a_centre"
    with engine.connect() as db:
        assert sa.inspect(db).get_table_names() == [table]
    engine.dispose()
    drop(database)


SECRET = "GEHEIM"


@pytest.mark.parametrize(
    "database",
    [
        "postgresql://u:GEHEIM@h:port/d",
        "postgresql://[::1/d?password=GEHEIM",
        "postgresql:/u:GEHEIM@h/d",
        "postgresql://u:GEH@GEHEIM@127.0.0.1:1/d",
        "postgresql://u:GEHEIM@127.0.0.1:1/d?port=2&host=a&host=b",
        "GEHEIM",
        "",
    ],
)
def test_an_address_that_is_not_understood_is_refused_in_a_sentence_that_does_not_repeat_it(database: str) -> None:
    for run in (commands.init, commands.state, lambda database: commands.serve(database, "127.0.0.1", 0)):
        refused = refusal(run, database)
        assert refused.code == "bad_url"
        assert SECRET not in str(refused)


def test_an_address_is_shown_without_its_password_wherever_that_stands(tmp_path: Path) -> None:
    assert shown("postgresql://u:GEHEIM@h/d?password=GEHEIM&sslPassword=GEHEIM&host=/run") == (
        "postgresql://u:***@h/d?host=%2Frun"
    )
    refused = refusal(commands.state, f"sqlite:///{tmp_path}/none.db?password=GEHEIM")
    assert refused.code == "no_centre"
    assert SECRET not in str(refused)


@pytest.mark.parametrize("missing", ["meta", "centre_keys"])
def test_a_database_that_is_being_restored_is_no_centre_yet(tmp_path: Path, missing: str) -> None:
    database = f"sqlite:///{tmp_path}/centre.db"
    commands.init(database)
    with closing(pysqlite3.connect(tmp_path / "centre.db")) as db, db:
        db.execute(f"DELETE FROM {missing}")
    assert refusal(commands.state, database).code == "unfinished"


@contextmanager
def held(database: str) -> Iterator[None]:
    """Another program writes and does not end."""
    with closing(pysqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield


def test_a_place_that_is_no_file_is_told_with_what_to_check(tmp_path: Path) -> None:
    assert refusal(commands.init, f"sqlite:///{tmp_path}").code == "no_file"


@ON_SQLITE
class TestAFile:
    def test_that_another_program_holds_is_waited_for_and_then_told(
        self, database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(dialect, "BUSY_MILLISECONDS", 1)
        with held(database):
            assert refusal(commands.code, database, "MTR-001", "A").code == "database_busy"

    def test_that_takes_no_writes_makes_health_fail_until_it_does(
        self, database: str, journal: Journal, monkeypatch: pytest.MonkeyPatch, clock
    ) -> None:
        monkeypatch.setattr(dialect, "BUSY_MILLISECONDS", 1)
        with TestClient(create_app(database, clock=clock), raise_server_exceptions=False) as client:
            caller = Caller(client)
            assert caller.push(journal.add_moves(1)).status_code == 200
            with held(database):
                assert client.get("/health").status_code == 200, "nobody was refused yet"
                assert caller.push(journal.add_moves(1)).status_code == 503
                assert client.get("/health").status_code == 503
            assert client.get("/health").status_code == 200
            assert caller.push(journal).status_code == 200


def test_a_copy_that_only_reads_is_503_to_tills_and_to_health_and_told_in_commands(
    postgres_server: Server, clock: Clock
) -> None:
    database = made_from(postgres_server.url("postgres"), "template0")
    centre = new_centre(database, clock)
    journal = Journal().enrol_at(centre).add_moves(1)
    centre.close()
    with standby(postgres_server) as copy:
        only_reads = copy.url(database.rpartition("/")[2])
        with TestClient(create_app(only_reads, clock=clock), raise_server_exceptions=False) as client:
            answer = Caller(client).push(journal)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert client.get("/health").status_code == 503
            assert client.get("/").status_code == 200
        assert refusal(commands.code, only_reads, "MTR-001", "A").code == "only_reads"
    drop(database)
