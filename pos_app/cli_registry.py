"""The centre's commands about what tills propose for its registry."""

import argparse
import json
import sys
from collections.abc import Callable

from pos_app.domain.errors import Misuse
from pos_app.i18n import N_, _

Command = Callable[[argparse.Namespace], int]
Add = Callable[[str, Command, str], argparse.ArgumentParser]

STATES = {
    "waiting": N_("waits"),
    "confirmed": N_("confirmed"),
    "merged": N_("merged into {target}"),
    "refused": N_("declined"),
}


def add_commands(centre: Add) -> None:
    """Add them to ``pojok centre``."""
    proposals = centre("proposals", _proposals, "list what tills registered and nobody decided about")
    proposals.add_argument("--all", action="store_true", help="also what was decided")
    proposals.add_argument("--corner", default="", help="of this corner only")
    proposals.add_argument("--json", action="store_true")
    confirm = _about_one(centre, "confirm", _confirm, "take a proposal into the registry, or correct it there")
    example = "correct it, for example --set name='Sale Pisang'"
    confirm.add_argument("--set", action="append", default=[], metavar="FACT=VALUE", help=example)
    merge = _about_one(centre, "merge", _merge, "say that a proposal is another code; tills keep it as an alias")
    merge.add_argument("--into", required=True, metavar="CODE", help="the code that it is")
    decline = _about_one(centre, "decline", _decline, "do not take a proposal in; the corner reads why")
    decline.add_argument("--reason", required=True)
    for decide in (confirm, merge, decline):
        decide.add_argument("--mark", required=True, help="the state that was looked at, as the list names it")
    _about_one(centre, "unmerge", _unmerge, "take a merging back")


def _about_one(centre: Add, name: str, run: Command, help_text: str) -> argparse.ArgumentParser:
    sub = centre(name, run, help_text)
    sub.add_argument("code", help="the proposal's code, for example MTR001A-P01")
    sub.add_argument("--officer", required=True, metavar="NAME", help="who decides; an account of the centre")
    return sub


def _proposals(options: argparse.Namespace) -> int:
    from sync.server import commands

    found = commands.proposals(options.database, everything=options.all, corner=options.corner)
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    for one in found:
        till, state = f"{one['corner']}-{one['till']}", STATES[one["state"]]
        words = _(state).format(target=one["target"])
        print(f"{one['code']}  {one['mark']}  {_plain(one['name'])}  {till}  {words}")
        if one["alike"]:
            print("    " + _("Perhaps the same: {codes}").format(codes=", ".join(one["alike"])))
        if one["given_again"]:
            print("    " + _("A later ledger of the till gave this code to something else; its corner was told."))
    if not found:
        print(_("Nothing waits."), file=sys.stderr)
    return 0


def _plain(text: str) -> str:
    """A text of a till, to be printed: signs that steer a terminal are written out."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def _confirm(options: argparse.Namespace) -> int:
    from sync.server import commands

    changes = {}
    for text in options.set:
        name, equals, value = text.partition("=")
        if not equals:
            raise Misuse(_("Write what is to change as FACT=VALUE, for example --set category=makanan."))
        changes[name] = value
    commands.confirm(options.database, options.code, changes, options.officer, options.mark)
    print(_("{code} is in the registry.").format(code=options.code))
    return 0


def _merge(options: argparse.Namespace) -> int:
    from sync.server import commands

    commands.merge(options.database, options.code, options.into, options.officer, options.mark)
    print(_("{code} is {target} now.").format(code=options.code, target=options.into))
    return 0


def _unmerge(options: argparse.Namespace) -> int:
    from sync.server import commands

    commands.unmerge(options.database, options.code, options.officer)
    print(_("{code} stands for itself again.").format(code=options.code))
    return 0


def _decline(options: argparse.Namespace) -> int:
    from sync.server import commands

    commands.decline(options.database, options.code, options.reason, options.officer, options.mark)
    print(_("{code} was declined. The corner reads why.").format(code=options.code))
    return 0
