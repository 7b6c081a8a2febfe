"""A slip that a till printed is asked for at the centre, over a real socket and by the command line."""

import json
import urllib.request
from pathlib import Path

from pos_app.printing.layout import Signatures
from pos_app.services.papers import document_paper
from tests.corner import Corner
from tests.e2e.support import CentreProcess, Till, pojok, printed


def test_the_code_on_a_printed_slip_is_genuine_at_the_centre(
    centre: CentreProcess, open_corner: Corner, tmp_path: Path
) -> None:
    open_corner.sell("T1", "2")
    paid = open_corner.do("settle", producer="P1", tender="cash", deductions=[{"reason": "labels", "amount": 800}])
    paper = document_paper(open_corner.ledger, open_corner.counter.vault, paid["id"])
    (signed,) = [block for block in paper.blocks if isinstance(block, Signatures)]
    assert signed.code is not None
    _mark, number, amount, digest = signed.code.payload.split()
    till = Till(tmp_path / "till", "MTR-001", "B")
    till.ledger.close()
    till.ledger, till.vault = open_corner.ledger, open_corner.counter.vault
    till.enrol(centre)
    till.sync()
    with urllib.request.urlopen(f"{centre.url}/v1/slips/{number}?code={digest}") as answer:
        told = json.load(answer)
    assert told == {"genuine": True, "number": number, "amount": int(amount), "date": "2026-10-01", "state": "paid"}
    open_corner.do("reverse", of=number)
    till.sync()
    asked = pojok(tmp_path, "centre", "check", number, digest, "--database", centre.database)
    assert (asked.returncode, printed(asked)["state"]) == (0, "taken_back")
    asked = pojok(tmp_path, "centre", "check", number, "0" * 12, "--database", centre.database)
    assert (asked.returncode, json.loads(asked.stdout)) == (1, {"genuine": False})
