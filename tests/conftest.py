"""What every test gets: no display, a home of its own, the same examples on every run."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from pos_app.i18n import DEFAULT, set_language
from pos_app.ledger.ledger import Ledger
from pos_app.services.context import User
from pos_app.services.registering import import_file
from tests.corner import (
    DEMO,
    MORNING,
    PRODUCERS,
    PRODUCTS,
    STAFF,
    Corner,
    add_user,
    corner_of,
    new_corner,
    register,
)
from tests.postgres import postgres, postgres_server  # noqa: F401 - fixtures

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile(
    "steady", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(scope="session", autouse=True)
def pojok_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Settings, keys and locks of the tests stay out of the user's own folders."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POJOK_HOME", str(home))
        yield home


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """No test speaks the language that the one before it chose."""
    yield
    set_language(DEFAULT)


@pytest.fixture
def empty_corner(tmp_path: Path) -> Iterator[Corner]:
    """A fresh ledger of MTR-001, till A, with keys and a clock of its own; nothing is registered."""
    corner = new_corner(tmp_path)
    yield corner
    corner.ledger.close()


@pytest.fixture(scope="session")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ledger and keys of ``corner``, made once."""
    folder = tmp_path_factory.mktemp("registered")
    made = new_corner(folder)
    register(made, folder, PRODUCERS, PRODUCTS, STAFF)
    made.ledger.close()
    return folder


@pytest.fixture
def corner(registered: Path, tmp_path: Path) -> Iterator[Corner]:
    """The same with one product of each kind (T1 titip, K1 komisi, B1 putus, W1 by weight) and two staff members."""
    shutil.copytree(registered, tmp_path, dirs_exist_ok=True)
    made = corner_of(Ledger.open(tmp_path / "till.db"), tmp_path)
    yield made
    made.ledger.close()


@pytest.fixture
def open_corner(corner: Corner) -> Corner:
    """The same with a shift open (float 200,000) and goods on the shelf."""
    corner.do("open_shift", float=200_000)
    for sku, quantity in (("T1", "20"), ("K1", "12"), ("B1", "10"), ("W1", "10")):
        corner.receive(sku, quantity)
    return corner


@pytest.fixture
def demo_corner(empty_corner: Corner) -> Corner:
    """The same with the demo's 60 producers, 250 products and 80 staff."""
    for kind in ("producers", "products", "staff"):
        import_file(
            empty_corner.ledger, empty_corner.counter.vault, kind, DEMO / f"{kind}.csv", MORNING.date(), skip_bad=True
        )
    return empty_corner


@pytest.fixture
def manager(corner: Corner) -> User:
    """A manager of the corner with PIN 123456."""
    return add_user(corner, "Bu Rina", "123456", "pengelola")
