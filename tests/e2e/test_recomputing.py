"""What real tills reported at closing and on slips follows from their entries at the centre."""

from datetime import timedelta
from pathlib import Path

import pytest

from pos_app.services import refunding, settling
from tests.corner import Corner, line_of
from tests.e2e.support import CentreProcess, Till

BOSS = "boss"


@pytest.fixture
def till(tmp_path: Path, centre: CentreProcess, open_corner: Corner) -> Till:
    """The till of ``open_corner``, joined."""
    till = Till(tmp_path / "till")
    till.ledger.close()
    till.ledger, till.vault = open_corner.ledger, open_corner.counter.vault
    return till.enrol(centre)


def test_days_with_payments_refunds_losses_and_one_payment_taken_back_have_no_difference(
    centre: CentreProcess, till: Till, open_corner: Corner
) -> None:
    corner = open_corner
    counter = corner.counter
    corner.sell("T1", "4")
    corner.sell("K1", "2")
    settling.settle(counter, "P1", "cash", approved_by=BOSS)
    corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    corner.do("close_shift", counted=corner.state["drawer"])
    corner.clock.pass_by(days=1)
    corner.do("open_shift", float=500_000)
    corner.sell("T1", "5")
    corner.do("write_off", lines=[{"sku": "T1", "quantity": "1", "reason": "damaged", "borne_by": "corner"}])
    corner.do("receive", producer="P1", lines=[line_of("T1", "4", "2026-12-31")])
    taken_back = settling.settle(counter, "P1", "cash", approved_by=BOSS)
    refunding.reverse(counter, taken_back.number, approved_by=BOSS)
    corner.sell("T1", "1")
    settling.settle(counter, "P1", "transfer", approved_by=BOSS)
    corner.sell("T1", "2")
    corner.do("close_shift", counted=corner.state["drawer"] - 1_000, note="kurang seribu")
    corner.clock.pass_by(days=1)
    yesterday = counter.clock().date() - timedelta(days=1)
    corner.do("open_shift", float=300_000)
    corner.sell("T1", "1")
    settling.settle(counter, "P1", "cash", through=yesterday, approved_by=BOSS)
    corner.sell("T1", "1")
    settling.settle(counter, "P1", "cash", approved_by=BOSS)
    corner.do("close_shift", counted=corner.state["drawer"])
    assert till.sync()["status"] == "ok"
    found = centre.recomputed()
    assert (found.closings, found.settlements) == (3, 5)
    assert found.findings == ()
