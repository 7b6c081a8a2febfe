"""A centre of any released version is brought to the tables of this program, on either engine, and nothing is lost."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from sync.server import commands
from sync.server.centre import Centre, init_centre, open_centre
from sync.server.database import (
    schema,
    tables_corners,  # noqa: F401 - makes its tables known to ``schema``
    tables_public,  # noqa: F401 - so does this
    tables_registry,  # noqa: F401 - so does this
    tables_reports,  # noqa: F401 - so does this
)
from sync.server.database.dialect import connect, reading, writing
from sync.server.database.migrating import STEPS
from sync.server.errors import CentreError
from sync.server.projecting.checking import slips_of
from sync.server.registry import merging
from tests.postgres import made_from, named
from tests.server.support import ON_POSTGRES, ON_SQLITE

RELEASED = Path(__file__).parents[2] / "fixtures" / "centres"


def first_release(folder: Path) -> str:
    return f"sqlite:///{shutil.copy(RELEASED / 'v1.db', folder / 'old.db')}"


def shape(engine: sa.Engine) -> dict[str, Any]:
    """Every table with its columns, primary key, indexes and unique constraints, whatever their order."""
    with reading(engine) as db:
        found = sa.inspect(db)
        return {
            name: (
                {
                    column["name"]: (repr(column["type"]), column["nullable"], column["default"])
                    for column in found.get_columns(name)
                },
                found.get_pk_constraint(name)["constrained_columns"],
                {index["name"]: index["column_names"] for index in found.get_indexes(name)},
                [unique["column_names"] for unique in found.get_unique_constraints(name)],
            )
            for name in found.get_table_names()
            if not (name == "alembic_version" or name.startswith("entries_"))  # theirs, and partitions
        }


def test_the_steps_make_the_tables_that_the_program_knows(database: str, centre: Centre, tmp_path: Path) -> None:
    at_once = f"sqlite:///{tmp_path / 'at_once.db'}"
    if not database.startswith("sqlite"):
        at_once = made_from(named(database, "postgres"), "template0")
    engine = connect(at_once, create=True)
    with writing(engine) as db:
        schema.metadata.create_all(db)
    assert shape(centre.engine) == shape(engine)
    engine.dispose()


def test_the_last_step_is_the_one_that_the_program_asks_for() -> None:
    assert ScriptDirectory(str(STEPS)).get_heads() == [schema.REVISION]


@ON_POSTGRES
def test_entries_are_spread_over_partitions_by_till(centre: Centre) -> None:
    with reading(centre.engine) as db:
        parts = db.execute(sa.text("SELECT count(*) FROM pg_inherits WHERE inhparent = 'entries'::regclass")).scalar()
    assert parts == 16


@ON_SQLITE
def test_every_table_of_sqlite_is_strict(centre: Centre) -> None:
    with reading(centre.engine) as db:
        strict = db.exec_driver_sql("SELECT name FROM pragma_table_list WHERE strict = 1").scalars().all()
    assert set(strict) == set(schema.metadata.tables)


def test_init_twice_keeps_the_timeline_and_the_key(database: str, centre: Centre) -> None:
    commands.init(database)
    again = open_centre(database)
    assert (again.timeline, again.key.private_bytes_raw()) == (centre.timeline, centre.key.private_bytes_raw())
    again.close()


def test_a_centre_of_a_newer_program_is_refused_and_left_as_it_is(database: str, centre: Centre) -> None:
    with writing(centre.engine) as db:
        db.execute(sa.text("UPDATE alembic_version SET version_num = '0099'"))
    for one in (commands.init, commands.state):
        with pytest.raises(CentreError, match="0099"):
            one(database)


def test_an_older_centre_is_not_served_before_init(tmp_path: Path) -> None:
    database = first_release(tmp_path)
    with pytest.raises(CentreError, match="centre init") as refused:
        open_centre(database)
    assert refused.value.code == "older"


def test_a_centre_of_the_first_release_keeps_its_figures_its_key_and_its_slips(tmp_path: Path) -> None:
    database = first_release(tmp_path)
    commands.init(database)
    recorded = json.loads((RELEASED / "v1.json").read_text())
    assert commands.state(database) == recorded["state"]
    assert commands.verify(database) == {"status": "ok", "tills": 2, "entries": recorded["state"]["journal"]["entries"]}
    centre = open_centre(database)
    assert centre.timeline == recorded["timeline"]
    assert centre.key.private_bytes_raw().hex() == recorded["private_key"]
    centre.close()


def test_what_an_older_centre_merged_in_chains_leads_to_the_end_and_tills_hear_of_it(tmp_path: Path) -> None:
    def merged(engine: sa.Engine) -> dict[str, tuple[str, int]]:
        with reading(engine) as db:
            rows = db.execute(sa.text("SELECT code, alias_of, position FROM producers ORDER BY code"))
            return {code: (alias, position) for code, alias, position in rows}

    database = first_release(tmp_path)
    engine = connect(database)
    chain = (("P1", "P2"), ("P2", "P3"), ("P3", ""))
    with writing(engine) as db:
        config = Config()
        config.set_main_option("script_location", str(STEPS))
        config.attributes["connection"] = db
        command.upgrade(config, "0002")
        row = "INSERT INTO producers (code, business_name, class, payout_terms, alias_of, position) VALUES "
        for place, (code, alias) in enumerate(chain, 1):
            db.execute(sa.text(f"{row} ('{code}', 'x', 'mikro', 'mingguan', '{alias}', {place})"))
        db.execute(sa.text("UPDATE positions SET value = 3 WHERE scope = 'producers'"))
    before = merged(engine)
    engine.dispose()
    commands.init(database)
    centre = open_centre(database)
    after = merged(centre.engine)
    assert before["P1"] == ("P2", 1)
    assert after == {"P1": ("P3", 4), "P2": ("P3", 2), "P3": ("", 3)}
    with writing(centre.engine) as db:
        merging.unmerge(centre, db, "producer", "P2", "Rahma")
    assert {code: alias for code, (alias, _position) in merged(centre.engine).items()} == {
        "P1": "P2",
        "P2": "",
        "P3": "",
    }
    centre.close()


def test_a_centre_from_before_slips_were_kept_finds_them(tmp_path: Path) -> None:
    def slips() -> Iterator[object]:
        centre = open_centre(database)
        with reading(centre.engine) as db:
            for device in db.execute(sa.select(schema.devices.c.device).order_by(schema.devices.c.device)).scalars():
                yield slips_of(db, device)
        centre.close()

    database = first_release(tmp_path)
    commands.init(database)
    kept = list(slips())
    assert any(kept)
    (tmp_path / "old.db").unlink()
    engine = connect(first_release(tmp_path))
    with writing(engine) as db:
        schema.slips.drop(db)
    engine.dispose()
    init_centre(database)
    assert list(slips()) == kept
