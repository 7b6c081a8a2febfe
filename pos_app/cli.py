"""The command ``pojok``. Errors go to stderr as one sentence; exit status 1, or 2 for wrong usage.

Every command imports what it needs when it runs: a script line must not wait for a window.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO

from pos_app.cli_manager import BETTER_ASKED, manager, secret, takes_pin
from pos_app.domain.errors import Misuse, PosError
from pos_app.i18n import _, ngettext

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    # What programs read is UTF-8 on Windows too; the name of a file may be bytes that are none.
    for stream, errors in ((sys.stdout, "surrogateescape"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)
    given = _files_told_from_codes(sys.argv[1:] if arguments is None else arguments)
    options = _parser(given).parse_args(given)
    run: Command = options.run
    try:
        _check_text(options)
        return run(options)
    except PosError as error:
        from pos_app.services.wording import describe

        print(describe(error), file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1
    except OSError as error:
        from pos_app.ledger.sqlite import fault_of
        from pos_app.services.wording import describe

        print(describe(fault_of(error, "")), file=sys.stderr)
    except Exception as error:
        from pos_app.services import diagnostics

        diagnostics.record_crash(error, where="command")
        raise
    finally:
        _keep_log()
    return 1


def _check_text(options: argparse.Namespace) -> None:
    """The name of a file may be any bytes; all else is text. Raises ``Misuse``."""
    given = (value if isinstance(value, list) else [value] for value in vars(options).values())
    for text in (one for values in given for one in values if isinstance(one, str)):
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Misuse(_("{text} holds characters that cannot be read. Type it again.").format(text=text)) from None


def _files_told_from_codes(given: Sequence[str]) -> list[str]:
    """The arguments, where ``--recovery-code FILE`` asks for the code and leaves the file to the command.

    The option takes a code or none; what is there as a file is none, and no code has a dot or a slash.
    """
    told: list[str] = []
    for place, argument in enumerate(given):
        following = given[place + 1] if place + 1 < len(given) else ""
        file = (
            argument == "--recovery-code"
            and bool(following)
            and not following.startswith("-")
            and (any(sign in following for sign in "./\\") or os.path.exists(following))  # noqa: PTH110 - too long: no file
        )
        told.append("--recovery-code=" if file else argument)
    return told


def _keep_log() -> None:
    """What a command noted goes into the same log as the window's."""
    from pos_app import logbook
    from pos_app.paths import home

    logbook.keep(home())


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """What understands ``given``: the window's start does not wait for the words of every other command."""
    parser = argparse.ArgumentParser(prog="pojok", description="The till of a Pojok UMKM, and the centre's commands.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _run_command(commands)
    if given[:1] == ["run"]:
        return parser
    _till_commands(commands)
    from pos_app import cli_centre, cli_exchange, cli_privacy, cli_producers, cli_upkeep

    for part in (cli_exchange, cli_centre, cli_privacy, cli_upkeep, cli_producers):
        part.add_commands(commands)
    return parser


def _run_command(commands: Any) -> None:
    text = "open the till"
    run = commands.add_parser("run", help=text, description=text)
    run.set_defaults(run=_run)
    run.add_argument("--ledger", type=Path, help="the ledger file; without it the last one, or the first start")
    run.add_argument("--demo", action="store_true", help="open the demo corner")


def _till_commands(commands: Any) -> None:
    def command(name: str, run: Command, help_text: str, *, ledger: bool = True) -> argparse.ArgumentParser:
        sub: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
        sub.set_defaults(run=run)
        if ledger:
            sub.add_argument("--ledger", type=Path, required=True, help="the ledger file")
        return sub

    demo = command("demo", _demo, "play a whole day on a fresh ledger and write papers and pictures", ledger=False)
    demo.add_argument("--out", type=Path, required=True, help="folder to write to")
    init = command("init", _init, "make a new ledger")
    init.add_argument(
        "--corner", required=True, metavar="FILE:CODE", help="spreadsheet of corners and the corner's code"
    )
    init.add_argument("--till", required=True, help="letter of the till, for example A")
    init.add_argument("--manager", help="name of the first manager")
    init.add_argument("--pin", help=f"the manager's PIN, six digits; {BETTER_ASKED}")
    init.add_argument(
        "--anew",
        action="store_true",
        help="its ledger is lost: keep what is left of the file, and give no number of it again",
    )
    imports = command("import", _import, "import a spreadsheet (CSV or XLSX)")
    imports.add_argument("kind", choices=("producers", "products", "staff"))
    imports.add_argument("file", type=Path)
    imports.add_argument("--skip-bad", action="store_true", help="import the good rows of a file with bad ones")
    imports.add_argument("--json", action="store_true", help="print the result as JSON")
    exports = command("export", _export, "write the registry as a spreadsheet (CSV or XLSX)")
    exports.add_argument("kind", choices=("producers", "products", "staff"))
    exports.add_argument("file", type=Path, help="a new file that ends with .csv or .xlsx")
    takes_pin(exports)
    play = command("play", _play, "play a script, one JSON action a line")
    play.add_argument("file", help="the script, or - for standard input")
    play.add_argument("--strict", action="store_true", help="stop at the first refused action")
    state = command("state", _state, "print the current figures as JSON")
    state.add_argument("--json", action="store_true", help="(always)")


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _run(options: argparse.Namespace) -> int:
    from pos_app.start import run_window

    return run_window(options.ledger, demo=options.demo)


def _demo(options: argparse.Namespace) -> int:
    from pos_app.demo.run import run

    summary = run(options.out)
    counts = {"papers": len(summary["papers"]), "screens": len(summary["screens"])}
    print(_("Demo day written to {folder}: {papers} papers, {screens} pictures.").format(folder=options.out, **counts))
    if pages := summary.get("pages"):
        print(_("The pages of its centre: {command}").format(command=f"pojok serve --database {pages['database']}"))
        names = ", ".join(pages["accounts"])
        print(_("Sign in as {names}, password: {password}").format(names=names, password=pages["password"]))
    return 0


def _init(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from pos_app import bootstrap, coming_back
    from pos_app.ledger.ledger import Ledger
    from pos_app.ledger.sqlite import remove
    from pos_app.services import backup_note, people, registering

    corners, _colon, code = options.corner.rpartition(":")
    if not corners or not code:
        raise Misuse(_("Name the corner as FILE:CODE, for example corners.csv:MTR-001."))
    if options.manager and not options.pin and sys.stdin.isatty():
        options.pin = secret(_("Manager's PIN: "))
    if bool(options.manager) != bool(options.pin):
        raise Misuse(_("A manager needs both --manager and --pin."))
    if options.pin:
        people.check_pin(options.pin)
    identity = registering.corner_identity(Path(corners), code, options.till)
    known = coming_back.next_beginning(identity.corner, identity.till)
    if options.anew:
        beginning = max(known, 2)
        coming_back.put_lost_aside(options.ledger)
    else:
        beginning = coming_back.next_beginning(identity.corner, identity.till, options.ledger)
    identity = replace(identity, beginning=beginning)
    vault = bootstrap.vault_for(identity)
    ledger = Ledger.create(options.ledger, identity)
    try:
        if options.manager:
            people.add_user(ledger, vault, name=options.manager, pin=options.pin, role="pengelola", now=bootstrap.now())
    except BaseException:
        ledger.close()
        remove(options.ledger)
        raise
    if options.anew:
        backup_note.keep(ledger, anew=True)
    ledger.close()
    print(
        _("Ledger {path} is ready for {corner}, till {till}.").format(
            path=options.ledger, corner=identity.corner_name, till=identity.till
        )
    )
    if beginning > 1:
        text = _("Documents are numbered ST-{series}-000001 and so on, so that no number is printed twice.")
        print(text.format(series=identity.series), file=sys.stderr)
    if known > beginning:
        text = _("This computer knows another ledger of {corner} {till}: both give the same numbers. See --anew.")
        print(text.format(corner=identity.corner, till=identity.till), file=sys.stderr)
    return 0


def _import(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.domain.dates import business_date
    from pos_app.services import import_wording, registering

    with bootstrap.opened(options.ledger) as ledger:
        result = registering.import_file(
            ledger,
            bootstrap.vault_for(ledger.identity),
            options.kind,
            options.file,
            business_date(bootstrap.now()),
            skip_bad=options.skip_bad,
        )
    if options.json:
        _print_json(result.as_dict())
    else:
        for rejection in (*result.rejected, *result.warnings):
            print(import_wording.sentence(rejection), file=sys.stderr)
        count = result.imported
        print(ngettext("{count} row imported.", "{count} rows imported.", count).format(count=count))
    registering.refuse_if_rejected(result, skip_bad=options.skip_bad)
    return 0


def _export(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.services import exporting

    with bootstrap.opened(options.ledger, lock=False) as ledger:
        counter = bootstrap.counter_for(ledger, prints=False)
        needed = exporting.needs_manager(options.kind)
        approved = manager(counter, options.pin, "export_registry") if needed else None
        written = exporting.export(counter, options.kind, options.file, approved)
    for remark in exporting.remarks(written):
        print(remark, file=sys.stderr)
    print(_("{count} rows written to {path}.").format(count=written.rows, path=written.path))
    return 0


def _play(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.services.play import Player
    from pos_app.services.wording import describe

    refused = False
    with bootstrap.opened(options.ledger) as ledger, _script(options.file) as script:
        player = Player(bootstrap.counter_for(ledger, prints=False), describe)
        for answer in player.play(iter(script)):
            sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
            sys.stdout.flush()
            refused = refused or not answer["ok"]
            if refused and options.strict:
                return 1
    return 0


def _script(name: str) -> BinaryIO:
    if name == "-":
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError:
        raise Misuse(_("The script {path} cannot be read. Check the path.").format(path=name)) from None


def _state(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.services.figures import current_state

    with bootstrap.opened(options.ledger, lock=False) as ledger:
        _print_json(current_state(ledger))
    return 0
