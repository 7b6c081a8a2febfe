"""The commands of the centre."""

import argparse
import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pos_app import cli_corners, cli_officers, cli_persons, cli_registry, cli_tills
from pos_app.domain.errors import Misuse
from pos_app.i18n import _, ngettext

Command = Callable[[argparse.Namespace], int]
ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
"""Where people reach a centre."""
DATABASE_HELP = "sqlite:///file.db or postgresql://user@host/name"


def add_commands(commands: Any) -> None:
    """Add them to ``pojok``."""

    serve = _command(commands, "serve", _centre(_serve), "run the centre")
    serve.add_argument("--database", required=True, help=DATABASE_HELP)
    serve.add_argument("--listen", default="127.0.0.1:8080", metavar="HOST:PORT")
    serve.add_argument("--workers", type=_count, default=1, metavar="N", help="processes that answer (PostgreSQL only)")
    serve.add_argument(
        "--address", default="", metavar="URL", help="where people reach it, as https://pojok.example.id"
    )
    _centre_commands(_command(commands, "centre", None, "the centre's database").add_subparsers(required=True))


def _command(commands: Any, name: str, run: Command | None, help_text: str) -> argparse.ArgumentParser:
    sub: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
    if run is not None:
        sub.set_defaults(run=run)
    return sub


def _centre_commands(commands: Any) -> None:
    def centre(name: str, run: Command, help_text: str) -> argparse.ArgumentParser:
        sub = _command(commands, name, _centre(run), help_text)
        sub.add_argument("--database", required=True, help=DATABASE_HELP)
        return sub

    centre("init", _centre_init, "make or migrate the database")
    imports = centre("import", _centre_import, "import the registry")
    imports.add_argument("kind", choices=("corners", "producers", "products", "holidays"))
    imports.add_argument("file", type=Path)
    imports.add_argument("--skip-bad", action="store_true")
    imports.add_argument("--json", action="store_true")
    code = centre("code", _centre_code, "print a one-time enrolment code")
    code.add_argument("--corner", required=True)
    code.add_argument("--till", required=True)
    officer = centre("officer", _centre_officer, "make an account for the web pages; prints its password")
    officer.add_argument("--name", required=True)
    officer.add_argument("--role", required=True)
    state = centre("state", _centre_state, "print the current figures as JSON")
    state.add_argument("--corner", type=_named)
    state.add_argument("--till", type=_named)
    centre("verify", _centre_verify, "replay every till's chain and compare the projections")
    rebuild = centre("rebuild", _centre_rebuild, "make the figures anew from the entries, also of what was quarantined")
    rebuild.epilog = "For quiet hours: a till waits while its own are made anew, and with SQLite every till does."
    rebuild.add_argument("--corner", type=_named)
    rebuild.add_argument("--till", type=_named)
    timeline = centre("timeline", _centre_timeline, "print which history of the centre this is")
    timeline.add_argument(
        "--new", action="store_true", help="begin a new one: after the centre came back from a backup"
    )
    check = centre("check", _centre_check, "tell whether a slip of a payment to a producer is genuine")
    check.add_argument("number", help="the slip's number, for example BP-MTR001A-000123")
    check.add_argument("code", help="the check code printed below it")
    cli_registry.add_commands(centre)
    cli_tills.add_commands(centre)
    cli_corners.add_commands(centre)
    cli_officers.add_commands(centre)
    cli_persons.add_commands(centre)
    bundle = centre("bundle", _centre_bundle, "take in a till's file and write the reply")
    bundle.add_argument("file", type=Path)
    bundle.add_argument("--reply", type=Path, required=True)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text} is no number above 0")
    return int(text)


def _named(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("leave the option out for all")
    return text


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _centre(run: Command) -> Command:
    """A command of the centre: its errors in one sentence, and a word where the centre is not installed."""

    def guarded(options: argparse.Namespace) -> int:
        try:
            from sync.server.errors import SENTENCES, CentreError
        except ImportError:
            raise Misuse(_("This program holds the till alone. Install the centre to use this command.")) from None
        try:
            return run(options)
        except CentreError as error:
            sentence = _(SENTENCES[error.code]).format(**error.data)
            if error.code in cli_corners.HINTS:
                sentence += " " + _("Here: {command}").format(command=cli_corners.HINTS[error.code])
            raise Misuse(sentence) from None

    return guarded


def _serve(options: argparse.Namespace) -> int:
    from sync.server import commands

    host, _colon, port = options.listen.rpartition(":")
    if not (host and port.isascii() and port.isdigit()):
        raise Misuse(_("Name the address as HOST:PORT, for example 127.0.0.1:8080."))
    if options.address and not ADDRESS.fullmatch(options.address):
        raise Misuse(_("Name where people reach the centre as https://NAME, without anything behind the name."))
    commands.serve(options.database, host, int(port), options.workers, options.address)
    return 0


def _centre_init(options: argparse.Namespace) -> int:
    from sync.server import commands

    shown = commands.init(options.database)
    print(_("The centre's database {database} is ready.").format(database=shown))
    return 0


def _centre_import(options: argparse.Namespace) -> int:
    from pos_app.services import import_wording
    from sync.protocol.registry_reasons import UnreadableFile
    from sync.server import commands

    try:
        result = commands.import_registry(
            options.kind, options.file, options.database, skip_bad=options.skip_bad, word=import_wording.reason
        )
    except UnreadableFile as error:
        raise Misuse(import_wording.file_reason(error)) from None
    if options.json:
        _print_json(result)
    else:
        for row in (*result["rejected"], *result["warnings"]):
            print(_("Line {line}, {field}: {reason}").format(**row), file=sys.stderr)
        count = result["imported"]
        print(ngettext("{count} row imported.", "{count} rows imported.", count).format(count=count))
    return 1 if result["rejected"] and not options.skip_bad else 0


def _centre_code(options: argparse.Namespace) -> int:
    from sync.server import commands

    print(commands.code(options.database, options.corner, options.till))
    return 0


def _centre_officer(options: argparse.Namespace) -> int:
    from sync.server import commands

    password = os.environ.get("POJOK_OFFICER_PASSWORD")
    if password is not None and not password.isprintable():
        raise Misuse(_("The password in POJOK_OFFICER_PASSWORD holds characters that cannot be read. Set it again."))
    print(commands.officer(options.database, options.name, options.role, password))
    return 0


def _centre_state(options: argparse.Namespace) -> int:
    from sync.server import commands

    _print_json(commands.state(options.database, options.corner, options.till))
    return 0


def _centre_verify(options: argparse.Namespace) -> int:
    from sync.server import commands

    _print_json(commands.verify(options.database))
    return 0


def _centre_rebuild(options: argparse.Namespace) -> int:
    from sync.server import commands

    _print_json(commands.rebuild(options.database, options.corner, options.till))
    return 0


def _centre_timeline(options: argparse.Namespace) -> int:
    from sync.server import commands

    print(commands.timeline(options.database, new=options.new))
    return 0


def _centre_check(options: argparse.Namespace) -> int:
    from sync.server import commands

    answer = commands.check_slip(options.database, options.number, options.code)
    _print_json(answer)
    return 0 if answer["genuine"] else 1


def _centre_bundle(options: argparse.Namespace) -> int:
    from sync.server import commands

    _print_json(commands.bundle(options.file, options.database, options.reply))
    return 0
