"""What officers do about producers and the persons behind them, from the command line."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from pos_app.domain.errors import Misuse
from pos_app.i18n import _, ngettext

Command = Callable[[argparse.Namespace], int]
Add = Callable[[str, Command, str], argparse.ArgumentParser]
DAYS = 60
PRIVATE = 0o600


def add_commands(centre: Add) -> None:
    """Add them to ``pojok centre``."""
    merge = _of_producer(centre, "merge-producers", _merge, "say that a producer of the registry is another one")
    merge.add_argument("--into", required=True, metavar="CODE", help="the one that it is")
    _of_producer(centre, "unmerge-producers", _unmerge, "part two producers again")
    papers = centre("certificates", _certificates, "list certificates that have lapsed or will soon")
    papers.add_argument("--days", type=int, default=DAYS, metavar="N", help=f"within so many days; {DAYS} if left out")
    papers.add_argument("--json", action="store_true")
    export = _of_producer(centre, "export-person", _export, "write all that is held about the person to a file")
    export.add_argument("--why", required=True, metavar="PURPOSE", help="what for; it is kept with the officer's name")
    export.add_argument("--to", type=Path, required=True, metavar="FILE")
    erase = _of_producer(centre, "erase-person", _erase, "forget the person behind a producer for good")
    erase.add_argument("--why", required=True, metavar="REASON", help="why; it is kept with the officer's name")
    erase.add_argument("--again", required=True, metavar="CODE", help="the producer's code once more")
    _of_producer(centre, "link", _link, "make a producer's private page; the one before opens nothing any more")
    _of_producer(centre, "unlink", _unlink, "take a producer's private page away")


def _of_producer(centre: Add, name: str, run: Command, help_text: str) -> argparse.ArgumentParser:
    sub = centre(name, run, help_text)
    sub.add_argument("code", help="the producer's code, for example P001")
    sub.add_argument("--officer", required=True, metavar="NAME", help="who decides; an account of the centre")
    return sub


def _merge(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    target = officer_commands.merge_producers(options.database, options.code, options.into, options.officer)
    print(_("{code} is {target} now.").format(code=options.code, target=target))
    return 0


def _unmerge(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    officer_commands.unmerge_producers(options.database, options.code, options.officer)
    print(_("{code} stands for itself again.").format(code=options.code))
    return 0


def _certificates(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    found = officer_commands.lapsing(options.database, options.days)
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    for one in found:
        print(f"{one['expires']}  {one['producer']}  {one['kind']}  {one['number']}  {one['name']}")
    if not found:
        print(_("No certificate lapses in this time."), file=sys.stderr)
    return 0


def _export(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    if options.to.exists():
        raise Misuse(_("{path} is there already. Choose another name.").format(path=options.to))
    try:
        file = os.open(options.to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    except OSError as error:
        raise Misuse(
            _("{path}: {reason}. Choose another place.").format(path=options.to, reason=error.strerror)
        ) from None
    with os.fdopen(file, "w", encoding="utf-8") as out:
        try:
            found = officer_commands.export_person(options.database, options.code, options.why, options.officer)
        except BaseException:
            options.to.unlink()
            raise
        json.dump(found, out, ensure_ascii=False, indent=2)
    print(_("Written to {path}. Hand it over, then delete it here.").format(path=options.to))
    return 0


def _erase(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    if options.again != options.code:
        raise Misuse(_("--again names another code. Nothing was erased."))
    count = officer_commands.erase_person(options.database, options.code, options.why, options.officer)
    text = ngettext("Erased under {count} code. The books stay.", "Erased under {count} codes. The books stay.", count)
    print(text.format(count=count))
    return 0


def _link(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    print(officer_commands.make_link(options.database, options.code, options.officer))
    return 0


def _unlink(options: argparse.Namespace) -> int:
    from sync.server import officer_commands

    gone = officer_commands.revoke_link(options.database, options.code, options.officer)
    print(_("The private page is gone.") if gone else _("There was no private page."))
    return 0
