"""Two tills of one corner."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.corner import Corner
from tests.two_tills import till_of


@pytest.fixture
def a(tmp_path: Path) -> Iterator[Corner]:
    """Till A, with a shift open."""
    found = till_of(tmp_path, "A")
    yield found
    found.ledger.close()


@pytest.fixture
def b(tmp_path: Path) -> Iterator[Corner]:
    """Till B, with a shift open."""
    found = till_of(tmp_path, "B")
    yield found
    found.ledger.close()
