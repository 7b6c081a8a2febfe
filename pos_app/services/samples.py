"""Example spreadsheets to fill in: the columns that an import knows, with rows that show how they are written."""

from pathlib import Path
from typing import Final

from pos_app.ledger.durable import write_whole
from pos_app.paths import asset

FILES: Final = {"producers": "contoh-produsen.csv", "products": "contoh-barang.csv", "staff": "contoh-pegawai.csv"}
ROWS: Final = 3
"""Invented rows under the columns; whoever fills the file in deletes them."""


def write(folder: Path) -> Path:
    """Writes the three files and returns the first. Raises the faults of the disk."""
    for kind, name in FILES.items():
        lines = asset("demo", f"{kind}.csv").read_text(encoding="utf-8").splitlines()[: ROWS + 1]
        write_whole(folder / name, "\ufeff" + "\r\n".join(lines) + "\r\n")
    return folder / FILES["producers"]
