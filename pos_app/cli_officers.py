"""What officers decide about tills on the centre's pages, from the command line."""

import argparse
import json
import sys
from collections.abc import Callable

from pos_app.domain.errors import Misuse
from pos_app.i18n import N_, _, ngettext

Command = Callable[[argparse.Namespace], int]
Add = Callable[[str, Command, str], argparse.ArgumentParser]
LEFT = {
    "unsent": N_("documents that were not sent"),
    "shift_open": N_("an open till"),
    "owed": N_("money owed to producers"),
    "tabs": N_("tabs of staff"),
    "goods": N_("goods on the shelf"),
}
"""What a till would leave behind."""


def add_commands(centre: Add) -> None:
    """Add them to ``pojok centre``."""
    move = _of_till(centre, "move", _move, "revoke a till, and print the code with which its computer joins elsewhere")
    move.add_argument("--to-corner", required=True)
    move.add_argument("--to-till", required=True)
    move.add_argument("--anyway", action="store_true", help="also where it leaves something behind")
    message = centre("message", _message, "send a message to a corner, or to all")
    to = message.add_mutually_exclusive_group(required=True)
    to.add_argument("--corner")
    to.add_argument("--all", action="store_true")
    message.add_argument("--text", required=True)
    _by_officer(message)
    version = centre("version", _version, "print or set the oldest program that may receive; it sells all the same")
    version.add_argument("--least", metavar="VERSION", help="for example 0.6.0; 0 lets every program receive")
    version.add_argument("--officer", metavar="NAME", help="who decides; an administrator of the centre")
    recheck = centre("recheck", _recheck, "compute anew what tills told at closings and payments")
    recheck.add_argument("--corner")
    revoked = centre("revoked", _revoked, "list tills that were revoked, and what they owed to producers")
    revoked.add_argument("--corner")
    revoked.add_argument("--json", action="store_true")
    take = _of_till(centre, "take-over", _take_over, "say which till owes now what a revoked one owed to producers")
    take.add_argument("--by", required=True, metavar="TILL", help="the till that took it over")
    take.add_argument("--by-corner", metavar="CORNER", help="its corner, where it is another one")
    back = _of_till(centre, "give-back", _give_back, "take that back")
    for sub in (take, back):
        sub.add_argument("--device", default="", help="which one, where several revoked tills have this name")


def _of_till(centre: Add, name: str, run: Command, help_text: str) -> argparse.ArgumentParser:
    sub = centre(name, run, help_text)
    sub.add_argument("--corner", required=True)
    sub.add_argument("--till", required=True)
    _by_officer(sub)
    return sub


def _by_officer(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--officer", required=True, metavar="NAME", help="who decides; an account of the centre")


def _move(options: argparse.Namespace) -> int:
    from sync.server import officer_commands
    from sync.server.errors import CentreError

    to = (options.to_corner, options.to_till)
    try:
        code = officer_commands.move(
            options.database, options.corner, options.till, to, options.officer, anyway=options.anyway
        )
    except CentreError as error:
        if error.code != "till_not_done":
            raise
        left = ", ".join(_(LEFT[name]) for name in error.data["why"].split(", "))
        text = _("{till} would leave behind: {left}. Finish it there, or say --anyway.")
        raise Misuse(text.format(till=error.data["till"], left=left)) from None
    print(code)
    return 0


def _message(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    officer_commands.message(options.database, options.corner or "", options.text, options.officer)
    print(_("The message goes out with the next contact."))
    return 0


def _version(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    if options.least is None:
        print(officer_commands.least_version(options.database))
        return 0
    if not options.officer:
        raise Misuse(_("Say who decides, with --officer NAME."))
    officer_commands.require_version(options.database, options.least, options.officer)
    print(_("Saved. It holds from the tills' next contact on."))
    return 0


def _recheck(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    found = officer_commands.recheck(options.database, options.corner)
    print(json.dumps(found))
    return 1 if found["differing"] or found["broken"] else 0


def _revoked(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    found = officer_commands.revoked(options.database, options.corner)
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    for one in found:
        producers = ngettext("{count} producer", "{count} producers", one["producers"]).format(count=one["producers"])
        text = _("{till} {device}: owed Rp {owed} to {producers}")
        till = f"{one['corner']}-{one['till']}"
        told = text.format(till=till, device=one["device"], owed=one["owed"], producers=producers)
        print(told + ("; " + _("taken over by {till}").format(till=one["by"]) if one["by"] else ""))
    if not found:
        print(_("No till was revoked."), file=sys.stderr)
    return 0


def _take_over(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    old, by = (options.corner, options.till), (options.by_corner or options.corner, options.by)
    officer_commands.take_over(options.database, old, options.device, by, options.officer)
    print(_("Noted. What the revoked till owed counts nowhere any more."))
    return 0


def _give_back(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    officer_commands.give_back(options.database, (options.corner, options.till), options.device, options.officer)
    print(_("Taken back."))
    return 0
