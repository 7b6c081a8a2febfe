"""The commands about persons (export, anonymise, who looked) and the file for whoever helps."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pos_app.cli_manager import manager, takes_pin
from pos_app.domain.errors import Misuse
from pos_app.i18n import _

if TYPE_CHECKING:
    from pos_app.services.context import Counter

Command = Callable[[argparse.Namespace], int]
KINDS = ("staff", "producer", "user")


def add_commands(commands: Any) -> None:
    """Add them to ``pojok``."""
    person = _command(commands, "person", None, "what is held about a person").add_subparsers(required=True)
    show = _of_person(person, "show", _show, "print a person, numbers covered")
    why = "print everything; the look is logged with this purpose: request, statement, check or export"
    show.add_argument("--why", metavar="PURPOSE", help=why)
    export = _of_person(person, "export", _export, "write everything held about a person")
    export.add_argument("--to", type=Path, required=True, metavar="FILE", help="a folder, or the file's name")
    correct = _of_person(person, "correct", _correct, "correct what is held about a person")
    correct.add_argument(
        "changes", nargs="+", metavar="FIELD=VALUE", help="for example phone=08123456789 or tab_limit=0"
    )
    _of_person(person, "anonymise", _anonymise, "destroy what identifies a person; the books stay")
    looks = _command(person, "looks", _looks, "list who looked at whom, newest first")
    looks.add_argument("--ledger", type=Path, required=True, help="the ledger file")
    looks.add_argument("--kind", choices=KINDS)
    looks.add_argument("--code", help="only looks at this person")
    looks.add_argument("--limit", type=int, default=500)
    looks.add_argument("--json", action="store_true", help="one JSON object a line")
    report = _command(commands, "report", _report, "write crash reports, logs and states to one file, nothing personal")
    report.add_argument("--ledger", type=Path, help="the ledger file; without it only what the program knows")
    report.add_argument("--to", type=Path, required=True, metavar="DIR", help="folder of the file")


def _command(commands: Any, name: str, run: Command | None, help_text: str) -> argparse.ArgumentParser:
    sub: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
    if run is not None:
        sub.set_defaults(run=run)
    return sub


def _of_person(commands: Any, name: str, run: Command, help_text: str) -> argparse.ArgumentParser:
    sub = _command(commands, name, run, help_text)
    sub.add_argument("kind", choices=KINDS)
    sub.add_argument("code", help="code of the staff member or producer; id or name of the user")
    sub.add_argument("--ledger", type=Path, required=True, help="the ledger file")
    takes_pin(sub)
    return sub


def _show(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.services import privacy

    with bootstrap.opened(options.ledger, lock=False) as ledger:
        counter = bootstrap.counter_for(ledger, prints=False)
        code = _code(counter, options)
        if options.why:
            approved = manager(counter, options.pin, "look")
            person = privacy.look(counter, options.kind, code, options.why, approved)
        elif options.pin is not None:
            raise Misuse(
                _("A PIN uncovers for a purpose: name it with --why, one of {purposes}.").format(
                    purposes=", ".join(privacy.PURPOSES)
                )
            )
        else:
            person = privacy.masked(counter, options.kind, code)
    _print_json({"kind": person.kind, "code": person.code, "name": person.name, **person.facts, **person.personal})
    return 0


def _export(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.services import privacy

    folder, stem = (options.to, "") if options.to.is_dir() else (options.to.parent, options.to.stem)
    if not folder.is_dir():
        raise Misuse(_("The folder {path} does not exist.").format(path=folder))
    with bootstrap.opened(options.ledger, lock=False) as ledger:
        counter = bootstrap.counter_for(ledger, prints=False)
        code = _code(counter, options)
        approved = manager(counter, options.pin, "look")
        sheet = privacy.export_person(counter, options.kind, code, folder, approved, stem=stem)
    print(sheet)
    print(sheet.with_suffix(".json"))
    return 0


def _correct(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.services import privacy

    changes = {}
    for change in options.changes:
        field, equals, value = change.partition("=")
        if not equals:
            raise Misuse(_("Write a correction as FIELD=VALUE, for example phone=08123456789."))
        changes[field] = value
    with bootstrap.opened(options.ledger, lock=False) as ledger:
        counter = bootstrap.counter_for(ledger, prints=False)
        code = _code(counter, options)
        approved = manager(counter, options.pin, "correct")
        person = privacy.correct(counter, options.kind, code, changes, approved)
    _print_json({"kind": person.kind, "code": person.code, "name": person.name, **person.facts, **person.personal})
    return 0


def _anonymise(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.services import privacy

    with bootstrap.opened(options.ledger) as ledger:
        counter = bootstrap.counter_for(ledger, prints=False)
        code = _code(counter, options)
        done = privacy.anonymise(counter, options.kind, code, manager(counter, options.pin, "anonymise"))
    print(
        _("{code} is anonymised, {count} notes with it. The books are unchanged.").format(
            code=done.code, count=done.notes
        )
    )
    if not done.complete:
        print(_(privacy.UNFINISHED), file=sys.stderr)
    for copy in done.copies:
        print(_("{path} was made before and still holds the data. Delete it.").format(path=copy), file=sys.stderr)
    print(_("Backups made before hold the data, sealed, until they are rotated out."), file=sys.stderr)
    return 0


def _looks(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from pos_app import bootstrap
    from pos_app.services import privacy

    with bootstrap.opened(options.ledger, lock=False) as ledger:
        counter = bootstrap.counter_for(ledger, prints=False)
        found = privacy.looks(counter, options.limit, kind=options.kind, code=options.code)
    for look in found:
        if options.json:
            _print_json(asdict(look))
        else:
            print(f"{look.at}  {look.user}  {look.kind}:{look.code}  {_(privacy.ACTS.get(look.purpose, ''))}")
    return 0


def _report(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.services import diagnostics

    if not options.to.is_dir():
        raise Misuse(_("The folder {path} does not exist.").format(path=options.to))
    if options.ledger is None:
        print(diagnostics.collect(None, options.to, bootstrap.now()))
        return 0
    with bootstrap.opened(options.ledger, lock=False) as ledger:
        print(diagnostics.collect(ledger, options.to, bootstrap.now()))
    return 0


def _code(counter: "Counter", options: argparse.Namespace) -> str:
    """Users are asked for by name as well, also those who left: nobody knows the id of a user."""
    from pos_app.services import people

    code = str(options.code)
    if options.kind != "user":
        return code
    everybody = [*people.users(counter), *people.former_users(counter)]
    found = [user.id for user in everybody if user.name.casefold() == code.casefold()]
    if len(found) > 1:
        raise Misuse(
            _("Several users are called {name}. Give one of the ids: {ids}.").format(name=code, ids=", ".join(found))
        )
    return found[0] if found else code


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False))
