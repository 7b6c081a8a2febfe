"""A manager's PIN for a command: what the window asks for is asked for on the command line as well.

What is typed as an argument stands in the list of processes and in the history of the shell: secrets are asked for.
"""

import argparse
import sys
from typing import TYPE_CHECKING, Final

from pos_app.domain.errors import ManagerNeeded
from pos_app.i18n import _

if TYPE_CHECKING:
    from pos_app.services.context import Counter

COMMAND_LINE = "command-line"
"""Who acts where a ledger has no manager yet: whoever may read the keys of this computer's user."""
BETTER_ASKED: Final = "best left out: it is asked for unseen, while an argument stays in the shell's history"


def takes_pin(sub: argparse.ArgumentParser) -> None:
    """The option by which a command is given the PIN."""
    sub.add_argument("--pin", nargs="?", const="", help=f"a manager's PIN; {BETTER_ASKED}")


def secret(prompt: str) -> str:
    """What somebody types without it being shown; from a program the next line it sends."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    from getpass import getpass

    return getpass(prompt).strip()


def manager(counter: "Counter", pin: str | None, action: str) -> str:
    """The pseudonym of the manager whose PIN this is; it is asked for where somebody sits at a terminal.

    Raises ``ManagerNeeded`` where nobody can be asked, and ``WrongPin``.
    """
    from pos_app.services import people

    if not any(user.is_manager for user in people.users(counter)):
        return COMMAND_LINE
    if pin is None and not sys.stdin.isatty():
        raise ManagerNeeded(action)
    return people.approve(counter, pin or secret(_("Manager's PIN: ")), action)
