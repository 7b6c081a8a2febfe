"""Generated ledgers are kept between runs, for as long as what they are made by stays the same.

A run writes into a copy. The open shift of a copy is of today, whenever the ledger was made.
"""

import hashlib
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bench.catalogue import Size
from bench.generate import FLOAT, MANAGER, generate
from pos_app.domain.dates import WIB, business_date
from pos_app.ledger import queries
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.vault import Vault
from pos_app.services.context import Counter
from pos_app.services.ids import uuid7
from pos_app.services.shifts import close_shift, open_shift

ROOT = Path(__file__).resolve().parents[1]
MADE_BY = (
    "bench/catalogue.py",
    "bench/generate.py",
    "pos_app/ledger/schema.py",
    "pos_app/ledger/standing.py",
    "pos_app/ledger/projections.py",
    "sync/documents",
)


def _now() -> datetime:
    return datetime.now(WIB)


def ledger_of(size: Size, kept: Path, folder: Path, clock: Callable[[], datetime] = _now) -> tuple[Ledger, Vault]:
    """A ledger of this size in ``folder``, to be written to, its keys in ``folder / "home"``.

    It is made once and copied from ``kept`` after that.
    """
    parts = (size.sales, size.products, size.producers, size.sold)
    made = kept / _fingerprint() / "-".join(str(part) for part in parts)
    if not made.exists():
        _make(made, size)
    shutil.copytree(made, folder, dirs_exist_ok=True)
    ledger = Ledger.open(folder / f"{size.sales}.db")
    vault = Vault(folder / "home" / "ledgers" / ledger.identity.ledger_id)
    _open_today(Counter(ledger, vault, clock, uuid7, user=MANAGER, prints=False))
    return ledger, vault


def _fingerprint() -> str:
    """Changes with the generator, the tables and the rules that fill them."""
    files = [path for name in MADE_BY for path in sorted((ROOT / name).rglob("*.py")) or [ROOT / name]]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def _make(made: Path, size: Size) -> None:
    """Whole or not at all; what an earlier generator made is removed."""
    unfinished = made.with_name(f"{made.name}.new")
    for old in made.parent.parent.glob("*"):
        if old != made.parent:
            shutil.rmtree(old)
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    ledger, _vault = generate(unfinished, str(size.sales), size)
    ledger.close()
    unfinished.rename(made)


def _open_today(till: Counter) -> None:
    shift = queries.open_shift(till.db)
    if shift and shift.date != business_date(till.clock()).isoformat():
        close_shift(till, shift.expected)
        open_shift(till, FLOAT)
