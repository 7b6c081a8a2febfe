"""The centre's commands about corners that end, and days on which offices are closed."""

import argparse
import json
import sys
from collections.abc import Callable

from pos_app.i18n import _, ngettext

Command = Callable[[argparse.Namespace], int]
Add = Callable[[str, Command, str], argparse.ArgumentParser]
HINTS = {"corner_closed": "pojok centre reopen-corner"}
"""Commands that do what a sentence leaves to a page, by the code of the sentence."""


def add_commands(centre: Add) -> None:
    """Add them to ``pojok centre``."""
    for name, run, text in (
        ("remove-corner", _remove, "forget a corner that never had a till; an administrator decides"),
        ("close-corner", _close, "close a corner that had tills; it counts no more from today on"),
        ("reopen-corner", _reopen, "open a closed corner again"),
    ):
        sub = centre(name, run, text)
        sub.add_argument("--corner", required=True)
        _by_officer(sub)
    listed = centre("holidays", _holidays, "list the days on which offices are closed")
    listed.add_argument("--year", type=int)
    listed.add_argument("--json", action="store_true")
    added = centre("add-holiday", _add_holiday, "keep a day, or several, on which offices are closed")
    removed = centre("remove-holiday", _remove_holiday, "take such days out again")
    for sub in (added, removed):
        sub.add_argument("--day", required=True, metavar="YYYY-MM-DD")
        sub.add_argument("--to", default="", metavar="YYYY-MM-DD", help="the last one, where there are several")
        _by_officer(sub)
    added.add_argument("--name", required=True)


def _by_officer(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--officer", required=True, metavar="NAME", help="who decides; an account of the centre")


def _remove(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    officer_commands.remove_corner(options.database, options.corner, options.officer)
    print(_("Corner {code} was removed.").format(code=options.corner))
    return 0


def _close(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    officer_commands.close_corner(options.database, options.corner, options.officer)
    print(_("The corner is closed."))
    return 0


def _reopen(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    officer_commands.reopen_corner(options.database, options.corner, options.officer)
    print(_("The corner is open again."))
    return 0


def _holidays(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    found = officer_commands.holidays_of(options.database, options.year)
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    for one in found:
        print(f"{one['date']}  {one['name']}")
    if not found:
        print(_("No holiday is written down."), file=sys.stderr)
    return 0


def _add_holiday(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    count = officer_commands.add_holiday(options.database, options.day, options.to, options.name, options.officer)
    print(ngettext("{count} day was added.", "{count} days were added.", count).format(count=count))
    return 0


def _remove_holiday(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    count = officer_commands.remove_holiday(options.database, options.day, options.to, options.officer)
    print(ngettext("{count} day was taken out.", "{count} days were taken out.", count).format(count=count))
    return 0
