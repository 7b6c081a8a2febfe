"""A manager's PIN for a command: what the window asks for is asked for on the command line as well."""

import argparse
import sys
from typing import TYPE_CHECKING

from pos_app.domain.errors import ManagerNeeded
from pos_app.i18n import _

if TYPE_CHECKING:
    from pos_app.services.context import Counter

COMMAND_LINE = "command-line"
"""Who acts where a ledger has no manager yet: whoever may read the keys of this computer's user."""


def takes_pin(sub: argparse.ArgumentParser) -> None:
    """The option by which a command is given the PIN."""
    sub.add_argument("--pin", help="a manager's PIN; asked for when left out")


def manager(counter: "Counter", pin: str | None, action: str) -> str:
    """The pseudonym of the manager whose PIN this is; it is asked for where somebody sits at a terminal.

    Raises ``ManagerNeeded`` where nobody can be asked, and ``WrongPin``.
    """
    from pos_app.services import people

    if not any(user.is_manager for user in people.users(counter)):
        return COMMAND_LINE
    if pin is None:
        if not sys.stdin.isatty():
            raise ManagerNeeded(action)
        from getpass import getpass

        pin = getpass(_("Manager's PIN: "))
    return people.approve(counter, pin, action)
