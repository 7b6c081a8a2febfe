"""The screens of the counter: login, opening the shift, selling. Each is imported when it is first shown."""

from __future__ import annotations

from collections.abc import Mapping

from pos_app.ui.main_window import Factory
from pos_app.ui.screen import Screen, Shell


def counter_factories() -> Mapping[str, Factory]:
    """What builds each of them, by the name that the window uses."""
    return {"login": _login, "shift_open": _shift_open, "sell": _sell}


def _login(shell: Shell) -> Screen:
    from pos_app.ui.screens.login.screen import LoginScreen

    return LoginScreen(shell)


def _shift_open(shell: Shell) -> Screen:
    from pos_app.ui.screens.shift_open.screen import ShiftOpenScreen

    return ShiftOpenScreen(shell)


def _sell(shell: Shell) -> Screen:
    from pos_app.ui.screens.sell.screen import SellScreen

    return SellScreen(shell)
