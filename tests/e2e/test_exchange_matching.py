"""QRIS money that is matched, and a match taken back, are the same at the centre to the rupiah."""

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from pos_app.ledger import queries
from pos_app.ledger.sqlite import connect_plainly
from pos_app.services import matching, refunding
from pos_app.services.context import Counter
from pos_app.services.ids import uuid7
from sync.documents.money import TabPayment
from tests.e2e.support import CentreProcess, Till, pojok, printed


def at_the_centre(centre: CentreProcess) -> dict[str, int]:
    with closing(connect_plainly(centre.database.removeprefix("sqlite:///"))) as db:
        return dict(db.execute("SELECT account, amount FROM balances").fetchall())


def test_a_match_and_its_reversal_are_the_same_at_the_centre(tmp_path: Path, centre: CentreProcess) -> None:
    till = Till(tmp_path / "till").enrol(centre)
    till.move_cash(2)

    def clock() -> datetime:
        till.moment += timedelta(seconds=1)
        return till.moment

    counter = Counter(till.ledger, till.vault, clock, uuid7)
    for amount in (10_000, 25_000):
        with counter.record() as now:
            number = now.number(TabPayment.PREFIX)
            now.append(TabPayment(number=number, staff="S1", amount=amount, tender="qris", reference="4817"))
    for fee in (175, 70):
        first = matching.unmatched(till.ledger.db)[0]
        matching.match(counter, first.seqs, first.amount - fee, approved_by="M")
        till.sync()
        assert at_the_centre(centre) == queries.balances(till.ledger.db)
    newest = queries.recent(till.ledger.db, "qris_matched", 1)[0]
    refunding.reverse(counter, newest.number, approved_by="M")
    till.sync()
    books = at_the_centre(centre)
    assert books == queries.balances(till.ledger.db)
    assert (books["bank"], books["fees"], books["qris"]) == (9_825, 175, 25_000)
    assert till.state() == centre.state("MTR-001", "A")
    assert printed(pojok(tmp_path, "centre", "verify", "--database", centre.database))["status"] == "ok"
    till.ledger.close()
