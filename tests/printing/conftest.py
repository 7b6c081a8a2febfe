"""Snapshots: what a paper looked like when somebody last looked at it. ``UPDATE_SNAPSHOTS=1`` writes them anew."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.fixture
def snapshot() -> Callable[[str, bytes], None]:
    def compare(name: str, content: bytes) -> None:
        path = SNAPSHOTS / name
        if os.environ.get("UPDATE_SNAPSHOTS"):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        assert path.read_bytes() == content, f"{name} looks different"

    return compare
