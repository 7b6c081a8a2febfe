"""The centre and the callers of the server's own tests, on both engines."""

from collections.abc import Iterator

import pytest

from tests.server.conftest import *  # noqa: F403
from tests.server.conftest import own_copy


@pytest.fixture(scope="module")
def module_database(pattern: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a copy of ``pattern`` for a whole module."""
    yield from own_copy(pattern, tmp_path_factory.mktemp("module"))
