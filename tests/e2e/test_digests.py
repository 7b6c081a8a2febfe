"""The registry at the till is the centre's, or is fetched anew: count and digest tell."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pos_app.ledger import digests, persons
from pos_app.ledger.exchange import LedgerStore
from pos_app.services import exchange
from sync.client.till import CentreClient
from sync.server.centre import open_centre
from sync.server.database import schema
from sync.server.database.dialect import writing
from sync.server.exchange.feeds import PAGE_ROWS, take_positions
from tests.e2e.support import CentreProcess, Till

DAY = timedelta(days=1)


@pytest.fixture
def till(tmp_path: Path, centre: CentreProcess) -> Iterator[Till]:
    made = Till(tmp_path / "till").enrol(centre)
    made.client = CentreClient(clock=lambda: made.moment)
    made.sync()
    yield made
    made.ledger.close()


def change(centre: CentreProcess, code: str, **values: Any) -> None:
    opened = open_centre(centre.database)
    with writing(opened.engine) as db:
        values["position"] = take_positions(db, "producers", 1)
        db.execute(sa.update(schema.producers).where(schema.producers.c.code == code).values(**values))
    opened.close()


def add_producers(centre: CentreProcess, count: int) -> None:
    opened = open_centre(centre.database)
    with writing(opened.engine) as db:
        first = take_positions(db, "producers", count)
        plain = {"class": "mikro", "payout_terms": "harian"}
        rows = [
            {**plain, "code": f"Q{n:05}", "business_name": f"Usaha {n}", "position": first + n} for n in range(count)
        ]
        db.execute(sa.insert(schema.producers), rows)
    opened.close()


def name_of(till: Till, code: str) -> str:
    row = till.ledger.db.execute("SELECT business_name FROM producers WHERE code = ?", (code,)).fetchone()
    return str(row[0])


def requests_of(till: Till) -> dict[str, str]:
    facts = "SELECT key, value FROM exchange WHERE key GLOB 'compared:*' OR key GLOB 'differs:*' ORDER BY key"
    return dict(till.ledger.db.execute(facts).fetchall())


def test_after_a_first_pull_both_sides_have_the_same_rows(till):
    assert digests.totals(till.ledger.db, "producers")[0] == 60
    assert digests.totals(till.ledger.db, "catalogue")[0] == 250
    assert sorted(requests_of(till)) == ["compared:catalogue", "compared:producers"]


def test_counters_of_an_older_program_differ_once_and_are_healed_by_one_pull(till):
    with till.ledger.write() as tx:
        tx.db.execute("UPDATE producers SET version = 1 + rowid % 3")
        tx.db.execute("UPDATE products SET version = 1")
        tx.db.execute("DELETE FROM exchange WHERE key GLOB 'compared:*' OR key GLOB 'told:*'")
    assert till.sync()["pulled"] == 60 + 250
    assert till.sync()["pulled"] == 0
    assert sorted(requests_of(till)) == ["compared:catalogue", "compared:producers"], "they agree now"


def test_a_till_at_rest_compares_once_a_day_and_asks_nothing_between(till):
    with till.ledger.write() as tx:
        tx.db.execute("UPDATE producers SET version = version + 1 WHERE code = 'P001'")
    assert till.sync()["pulled"] == 0, "not a day has passed"
    till.moment += DAY
    assert till.sync()["pulled"] == 60


def test_a_centre_that_went_back_to_its_backup_is_noticed_even_at_the_same_position(centre, till, tmp_path):
    centre.stop()
    shutil.copyfile(centre.path, tmp_path / "backup.db")
    change(centre, "P001", business_name="Nama Baru")
    centre.start()
    till.sync()
    assert name_of(till, "P001") == "Nama Baru"
    centre.stop()
    shutil.copyfile(tmp_path / "backup.db", centre.path)
    for leftover in ("centre.db-wal", "centre.db-shm"):
        (centre.path.parent / leftover).unlink(missing_ok=True)
    change(centre, "P002", business_name="Lain")
    centre.start()
    till.sync()
    assert name_of(till, "P001") == "Nama Baru", "the positions are the same, so nothing seems new"
    till.moment += DAY
    assert till.sync()["pulled"] == 60
    assert (name_of(till, "P001") == "Nama Baru", name_of(till, "P002")) == (False, "Lain")
    assert LedgerStore(till.ledger).state().problem == ""


def test_rows_that_the_restored_centre_never_had_stay_and_no_longer_count(centre, till, tmp_path):
    centre.stop()
    shutil.copyfile(centre.path, tmp_path / "backup.db")
    add_producers(centre, 3)
    centre.start()
    till.sync()
    assert digests.totals(till.ledger.db, "producers")[0] == 63
    centre.stop()
    shutil.copyfile(tmp_path / "backup.db", centre.path)
    for leftover in ("centre.db-wal", "centre.db-shm"):
        (centre.path.parent / leftover).unlink(missing_ok=True)
    centre.start()
    till.sync()
    assert digests.totals(till.ledger.db, "producers")[0] == 60
    assert name_of(till, "Q00001") == "Usaha 1", "documents may name it"
    assert LedgerStore(till.ledger).state().problem == ""


def test_what_differs_here_on_purpose_does_not_count_as_different(centre, till):
    with till.ledger.write() as tx:
        persons.erase(tx.db, "producer", "P001", "P001")
        tx.db.execute("UPDATE products SET sell_price = 99000 WHERE sku = 'MKN-001'")
    change(centre, "P001", business_name="Nama Baru")
    till.moment += DAY
    till.sync()
    assert name_of(till, "P001") == "P001"
    assert sorted(requests_of(till)) == ["compared:catalogue", "compared:producers"]


def test_a_first_pull_that_is_cut_goes_on_where_it_was(centre, tmp_path):
    add_producers(centre, PAGE_ROWS + 500)
    till = Till(tmp_path / "cut").enrol(centre)

    def cut(what: str, _done: int, _total: int) -> None:
        if what == "producers" and centre.process is not None:
            centre.kill()

    with pytest.raises(exchange.ExchangeFailed):
        exchange.sync(till.ledger, till.vault, till.client, cut)
    here = till.ledger.db.execute("SELECT count(*) FROM producers").fetchone()[0]
    assert here == PAGE_ROWS
    centre.start()
    assert till.sync()["pulled"] == 60 + 500 + 250 + 1, "the first page is not asked for again"
    assert digests.totals(till.ledger.db, "producers")[0] == 60 + PAGE_ROWS + 500
    assert sorted(requests_of(till)) == ["compared:catalogue", "compared:producers"]
    till.ledger.close()
