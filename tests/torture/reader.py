"""A second process that has the ledger open, as the print worker's and the exchange's connections do."""

import sys
from pathlib import Path

from pos_app.ledger.ledger import Ledger


def main(arguments: list[str]) -> int:
    """``LEDGER``: open it, say so, and hold it until the input ends."""
    ledger = Ledger.open(Path(arguments[0]))
    print(ledger.head().seq, flush=True)
    sys.stdin.read()
    ledger.close()
    return 0
