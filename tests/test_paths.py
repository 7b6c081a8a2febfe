"""The program's own files are found in a checkout and in the bundle."""

import sys
from pathlib import Path

import pytest

from pos_app.paths import asset

ROOT = Path(__file__).resolve().parents[1]


def test_assets_lie_beside_the_packages_in_a_checkout() -> None:
    assert asset("demo", "products.csv") == ROOT / "assets" / "demo" / "products.csv"
    assert asset("demo").is_dir()


def test_assets_lie_where_the_bundle_unpacked_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert asset("sounds", "paid.wav") == tmp_path / "assets" / "sounds" / "paid.wav"
