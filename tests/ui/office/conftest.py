"""A manager at the window, on one of the screens beside the counter."""

from collections.abc import Callable

import pytest

from pos_app.services.context import User
from tests.corner import Corner
from tests.ui.conftest import Till


@pytest.fixture
def office(make_till: Callable[[Corner], Till], open_corner: Corner, cashier: User, manager: User) -> Till:
    """A manager at an open till with goods on the shelf."""
    made = make_till(open_corner)
    made.log_in(manager)
    return made


@pytest.fixture
def bring(office: Till) -> Callable[[str], Till]:
    """Shows a screen."""

    def show(name: str) -> Till:
        office.window.go(name)
        return office

    return show
