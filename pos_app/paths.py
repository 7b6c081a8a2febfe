"""Where the program's own files lie, in a checkout, in an install and in the bundle; and where it keeps its user's."""

import os
import sys
from pathlib import Path


def assets_root() -> Path:
    """The folder ``assets``: beside the packages, or where PyInstaller unpacked it."""
    bundle = getattr(sys, "_MEIPASS", None)
    return (Path(bundle) if bundle else Path(__file__).resolve().parent.parent) / "assets"


def asset(*parts: str) -> Path:
    """Path of one file or folder under ``assets``; it is not checked to exist."""
    return assets_root().joinpath(*parts)


def manual_root() -> Path:
    """The folder of the manual's pages and pictures; it is not checked to exist."""
    return assets_root().parent / "docs" / "manual"


def home() -> Path:
    """The folder of settings, keys, locks, logs and reports: ``POJOK_HOME``, else the user's data folder."""
    chosen = os.environ.get("POJOK_HOME")
    if chosen:
        return Path(chosen)
    from platformdirs import user_data_path  # late: only without POJOK_HOME

    return user_data_path("pojok", appauthor=False)
