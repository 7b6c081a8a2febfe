"""A running centre: one for each test, or one that the tests of a file share."""

from collections.abc import Iterator

import pytest

from tests.e2e.support import CentreProcess, centre_process


@pytest.fixture
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreProcess]:
    """With the registry of the demo."""
    with centre_process(tmp_path_factory.mktemp("centre")) as running:
        yield running


@pytest.fixture(scope="module")
def shared_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreProcess]:
    """The same, for tests that bring tills of their own."""
    with centre_process(tmp_path_factory.mktemp("centre")) as running:
        yield running
