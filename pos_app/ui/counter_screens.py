"""The screens of the counter: login, opening the shift, selling. Each is imported when it is first shown."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping

from pos_app.ui.screen import Screen, Shell

Factory = Callable[[Shell], Screen]


def counter_factories() -> Mapping[str, Factory]:
    """What builds each of them, by the name that the window uses."""
    return {"login": _login, "shift_open": _shift_open, "sell": _sell}


def import_sell() -> Iterator[None]:
    """Imports what the Sell screen is made of, a part at a time: together they would hold the first keys of a PIN."""
    from pos_app.ui.screens.sell import presenter  # noqa: F401

    yield
    from pos_app.ui.screens.sell import payment  # noqa: F401

    yield
    from pos_app.ui.screens.sell import questions  # noqa: F401

    yield
    from pos_app.services import receipts, refunding  # noqa: F401

    yield
    from pos_app.printing.papers import receipt  # noqa: F401

    yield
    from pos_app.ui.screens.sell import receipt_acts  # noqa: F401

    yield
    from pos_app.ui.screens.sell import entry  # noqa: F401

    yield
    from pos_app.ui.screens.sell import side_flow  # noqa: F401

    yield
    from pos_app.ui.screens.sell import pay_cash, pay_split, pay_tab  # noqa: F401

    yield
    from pos_app.ui.screens.sell import pay_panel  # noqa: F401

    yield
    from pos_app.ui.screens.sell import paid_panel  # noqa: F401

    yield
    from pos_app.ui.screens.sell import screen  # noqa: F401

    yield


def import_words() -> Iterator[None]:
    """Imports what puts amounts into words: the first slip or note of a day waits for it otherwise."""
    importlib.import_module("num2words")
    yield


def import_screen(name: str) -> Iterator[None]:
    """Imports the parts of a screen beside the counter, one at a time."""
    for part in ("presenter", "table_model", "screen"):
        module = f"pos_app.ui.screens.{name}.{part}"
        if importlib.util.find_spec(module) is not None:
            importlib.import_module(module)
            yield


def _login(shell: Shell) -> Screen:
    from pos_app.ui.screens.login.screen import LoginScreen

    return LoginScreen(shell)


def _shift_open(shell: Shell) -> Screen:
    from pos_app.ui.screens.shift_open.screen import ShiftOpenScreen

    return ShiftOpenScreen(shell)


def _sell(shell: Shell) -> Screen:
    from pos_app.ui.screens.sell.screen import SellScreen

    return SellScreen(shell)
