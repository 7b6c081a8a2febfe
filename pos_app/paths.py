"""Where the program's own files lie: in a checkout, in an install and in the bundle."""

import sys
from pathlib import Path


def assets_root() -> Path:
    """The folder ``assets``: beside the packages, or where PyInstaller unpacked it."""
    bundle = getattr(sys, "_MEIPASS", None)
    return (Path(bundle) if bundle else Path(__file__).resolve().parent.parent) / "assets"


def asset(*parts: str) -> Path:
    """Path of one file or folder under ``assets``; it is not checked to exist."""
    return assets_root().joinpath(*parts)
