"""Finding a producer among 20,000 whose owners and phones are sealed: what one key costs, and reading the index.

    python -m bench.finding [PRODUCERS]

Prints JSON, milliseconds. The screen reads the index on a worker; a key searches it in memory.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import msgspec

from bench.measure import Figure, frame_figure
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.registry import ProducerPersonal
from pos_app.ledger.vault import Vault, about
from pos_app.services import producers
from pos_app.services.producers import Entry

PRODUCERS: Final = 20_000
WORDS: Final = (
    "Dapur",
    "Keripik",
    "Batik",
    "Kopi",
    "Berkah",
    "Sari",
    "Maju",
    "Jaya",
    "Lestari",
    "Siger",
    "Tapis",
    "Rasa",
)
PLACES: Final = ("Metro", "Imopuro", "Yosodadi", "Tejosari", "Ganjar Agung", "Mulyojati")
TYPED: Final = ("dapur berkah yoso", "aminah 1234", "08411234", "9900000012345", "id000", "zz")
SEED: Final = 20_261_017


def generated(folder: Path, many: int) -> tuple[Ledger, Vault]:
    """A ledger with so many invented producers."""
    chance = random.Random(SEED)
    ledger = Ledger.create(folder / "till.db", Identity("0" * 32, "MTR-001", "Bench", "A"))
    vault = Vault(folder / "keys")

    def row(number: int) -> tuple[str | bytes, ...]:
        code = f"P{number:05d}"
        person = ProducerPersonal(owner_name=f"{chance.choice(WORDS)} Aminah {number}", phone=f"+62841{number:07d}")
        name = f"{' '.join(chance.choices(WORDS, k=3))} {number}"
        numbers = (f"99{number:011d}", f"2101872{number:06d}-30", f"ID{number:014d}")
        return (
            code,
            name,
            chance.choice(PLACES),
            *numbers,
            vault.seal(msgspec.json.encode(person), about("producer", code)),
        )

    with ledger.write() as tx:
        tx.db.executemany(
            "INSERT INTO producers (code, business_name, kelurahan, class, payout_terms, nib, pirt, halal_no, personal)"
            " VALUES (?, ?, ?, 'mikro', 'mingguan', ?, ?, ?, ?)",
            (row(number) for number in range(many)),
        )
    return ledger, vault


def figures(many: int) -> list[Figure]:
    """What a key of the search costs against one frame."""
    keys, _others = _timed(many)
    return [frame_figure("", f"a key of the search among {many:,} producers, p99", keys)]


def measured(many: int) -> dict[str, float]:
    """Milliseconds of each."""
    keys, others = _timed(many)
    found = others | {"key_p50": keys[len(keys) // 2], "key_p99": keys[len(keys) * 99 // 100]}
    return {name: round(seconds * 1000, 2) for name, seconds in found.items()}


def _timed(many: int) -> tuple[list[float], dict[str, float]]:
    """Seconds of every key, the shortest first, and of reading the index and looking for likenesses."""
    with tempfile.TemporaryDirectory() as folder:
        ledger, vault = generated(Path(folder), many)
        begun = time.perf_counter()
        index = producers.read_index(ledger, vault)
        read = time.perf_counter() - begun
        begun = time.perf_counter()
        producers.likenesses(ledger, vault, Entry(business_name="Dapur Maju Jaya", phone="08410001234"))
        alike = time.perf_counter() - begun
        keys = []
        for text in TYPED:
            for end in range(1, len(text) + 1):
                begun = time.perf_counter()
                index.find(text[:end])
                keys.append(time.perf_counter() - begun)
        ledger.close()
    return sorted(keys), {"read_index": read, "likenesses": alike}


if __name__ == "__main__":
    json.dump(measured(int(sys.argv[1]) if len(sys.argv) > 1 else PRODUCERS), sys.stdout)
    print()
