"""The centre's commands about tills whose history differs, tills that are lost, and the key that tills trust."""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from pos_app.domain.dates import short_moment
from pos_app.i18n import N_, _, language, ngettext

Command = Callable[[argparse.Namespace], int]
Add = Callable[[str, Command, str], argparse.ArgumentParser]

STATES = {
    "waiting": N_("waits for a decision"),
    "approved": N_("approved; the till has not begun it yet"),
    "refused": N_("refused"),
}


def add_commands(centre: Add) -> None:
    """Add them to ``pojok centre``."""
    repairs = centre("repairs", _repairs, "list tills that ask for a repair: their history differs")
    repairs.add_argument("--json", action="store_true")
    _of_till(centre, "approve", _approve, "let a till enter again, in a new epoch, what the centre does not have")
    _of_till(centre, "refuse", _refuse, "leave the two histories apart")
    _of_till(centre, "revoke", _revoke, "take away the keys of a till that is lost; a new code lets it join again")
    key = centre("key", _key, "the key by which tills know the centre")
    _add_officer(key)
    key.add_argument("action", choices=("roll",), help="roll: sign with a new key; tills follow by themselves")


def _of_till(centre: Add, name: str, run: Command, help_text: str) -> argparse.ArgumentParser:
    sub = centre(name, run, help_text)
    sub.add_argument("--corner", required=True)
    sub.add_argument("--till", required=True)
    _add_officer(sub)
    return sub


def _add_officer(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--officer", required=True, metavar="NAME", help="who decides; an account of the centre")


def _repairs(options: argparse.Namespace) -> int:
    from sync.server import commands

    found = commands.repairs(options.database)
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    for one in found:
        lost = max(one["own_seq"] - one["base_seq"], 0)
        text = _("{till}: after entry {base} it has {own} of its own, the centre {centre} others; {state}")
        others = one["head_seq"] - one["base_seq"]
        till, state = f"{one['corner']}-{one['till']}", STATES[one["state"]]
        print(text.format(till=till, own=lost, base=one["base_seq"], centre=others, state=_(state)))
        _tell_of_another(one)
    if not found:
        print(_("No till asks for a repair."), file=sys.stderr)
    return 0


def _approve(options: argparse.Namespace) -> int:
    from sync.server import commands

    commands.approve(options.database, options.corner, options.till, options.officer)
    print(_("Approved. The till hears of it with its next exchange; then its manager joins it again."))
    return 0


def _refuse(options: argparse.Namespace) -> int:
    from sync.server import commands

    commands.refuse(options.database, options.corner, options.till, options.officer)
    print(_("Refused. The till hears of it with its next exchange and goes on selling by itself."))
    for one in commands.repairs(options.database):
        if (one["corner"], one["till"]) == (options.corner, options.till):
            _tell_of_another(one)
    return 0


def _tell_of_another(repair: dict[str, Any]) -> None:
    """That another copy of the till has leave to join, which no decision about this one takes back."""
    if repair["approved_at"] and repair["state"] != "approved":
        at = short_moment(datetime.fromisoformat(repair["approved_at"]), language())
        text = _("{till}: another copy of it was approved on {at} and may still join. Ask the corner which one sells.")
        print(text.format(till=f"{repair['corner']}-{repair['till']}", at=at))


def _revoke(options: argparse.Namespace) -> int:
    from sync.server import commands

    count = commands.revoke(options.database, options.corner, options.till, options.officer)
    text = ngettext(
        "{count} key revoked. A new code lets the till join again.",
        "{count} keys revoked. A new code lets the till join again.",
        count,
    )
    print(text.format(count=count))
    return 0


def _key(options: argparse.Namespace) -> int:
    from sync.server import commands

    key = commands.roll_key(options.database, options.officer)
    print(_("The centre signs with the key {key} from now on. Make a backup of its database.").format(key=key))
    return 0
