"""Write the ledger that a release leaves behind: ``python -m tests.ledger.make_fixture``.

It makes ``tests/fixtures/ledgers/v<N>.db`` for the schema of this program, with every kind of document in it, and
``v<N>.json`` with its figures. A file of a released schema is never made again.
"""

import json
import shutil
import tempfile
from pathlib import Path

from pos_app.ledger.migrations import SCHEMA_VERSION
from pos_app.ledger.sqlite import connect_plainly
from pos_app.services import deductions, matching
from tests.corner import PRODUCERS, PRODUCTS, ROOT, STAFF, Corner, new_corner, register

LEDGERS = ROOT / "tests" / "fixtures" / "ledgers"


def every_kind(corner: Corner) -> None:
    """A day with one document of each kind at least."""
    corner.do("opening", payable={"P1": 5_000}, tabs={"S1": 2_000})
    corner.do("open_shift", float=200_000)
    corner.do("set_price", sku="W1", sell_price=31_000)
    for sku in ("T1", "K1", "B1", "W1"):
        corner.receive(sku, "9", "2026-12-31")
    lines = [{"code": sku, "quantity": "2", "discount": 100} for sku in ("T1", "K1", "B1", "W1")]
    tenders = [{"kind": "qris", "amount": 5_000, "reference": "R"}, {"kind": "tab", "staff": "S1", "amount": 7_000}]
    corner.do("sale", lines=lines, tenders=[*tenders, {"kind": "cash", "amount": 200_000}])
    back = [{"line": line, "quantity": "1"} for line in range(4)]
    corner.do("refund", of=0, lines=back, tender="cash")
    corner.do("return_goods", producer="P2", lines=[{"sku": "B1", "quantity": "1"}, {"sku": "K1", "quantity": "1"}])
    corner.do("write_off", lines=[{"sku": "T1", "quantity": "1", "borne_by": "corner"}, {"sku": "B1", "quantity": "1"}])
    corner.do("count", lines=[{"sku": "T1", "counted": "2", "borne_by": "corner"}, {"sku": "W1", "counted": "50"}])
    corner.do("settle", producer="P1", tender="cash")
    corner.do("tab_payment", staff="S1", amount=500, tender="cash")
    listed = deductions.hand_over(corner.counter, "2026-10", "", cut_off=corner.clock.now.date())
    deductions.collect(corner.counter, listed.number, "cash", left_out={})
    matching.match(corner.counter, [item.seq for item in matching.unmatched(corner.db)], 4_965, approved_by="M")
    moved = corner.do("cash_move", direction="out", amount=700)["number"]
    corner.do("reverse", of=moved)
    corner.do("close_shift", counted=1_000)


def main() -> None:
    LEDGERS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        corner = new_corner(Path(name))
        register(corner, Path(name), PRODUCERS, PRODUCTS, STAFF)
        every_kind(corner)
        state = corner.state
        corner.ledger.close()
        db = connect_plainly(str(Path(name) / "till.db"))
        db.execute("VACUUM")
        db.close()
        shutil.copyfile(Path(name) / "till.db", LEDGERS / f"v{SCHEMA_VERSION}.db")
    text = json.dumps(state, indent=1)
    (LEDGERS / f"v{SCHEMA_VERSION}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
