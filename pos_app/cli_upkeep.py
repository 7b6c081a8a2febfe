"""The commands that keep a ledger safe: verify, backup, backups, restore, recovery-code, repair, rejoin."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pos_app.cli_manager import BETTER_ASKED, manager, secret, takes_pin
from pos_app.domain.errors import DamagedLedger, ForeignSeal, LedgerExists, Misuse, NoUsableBackup, SeveralLedgers
from pos_app.i18n import _

if TYPE_CHECKING:
    from pos_app.ledger.backup import Found

Command = Callable[[argparse.Namespace], int]
SOMETHING_LOST = 3
"""Exit status of a repair after which entries are missing."""


def add_commands(commands: Any) -> None:
    """Add them to ``pojok``."""

    def command(name: str, run: Command, help_text: str, *, ledger: bool = True) -> argparse.ArgumentParser:
        sub: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
        sub.set_defaults(run=run)
        if ledger:
            sub.add_argument("--ledger", type=Path, required=True, help="the ledger file")
        return sub

    verify = command("verify", _verify, "replay the journal and compare every projection")
    verify.add_argument("--json", action="store_true", help="print the result as JSON, also of a damaged ledger")
    backup = command("backup", _backup, "write a verified copy")
    backup.add_argument("--to", type=Path, metavar="DIR", help="folder of the copy; without it those of the settings")
    backups = command("backups", _backups, "list the backups in folders, newest first", ledger=False)
    backups.add_argument("folder", type=Path, nargs="+")
    backups.add_argument("--json", action="store_true", help="one JSON object a line")
    restore = command("restore", _restore, "make a ledger from a verified copy")
    restore.add_argument("file", type=Path, help="the backup, or a folder: its newest one")
    restore.add_argument("--replace", action="store_true", help="put a ledger that is there aside, keeping it")
    _takes_code(restore)
    code = command("recovery-code", _recovery_code, "make a new recovery code; older ones open older backups only")
    code.add_argument("--pdf", type=Path, metavar="FILE", help="write the paper with the code, too")
    code.add_argument("--old-is-lost", action="store_true", help="nobody has the code for the names that are locked")
    takes_pin(code)
    repair = command("repair", _repair, "make a damaged ledger whole; status 3 when entries are lost")
    repair.add_argument("--backups", type=Path, nargs="+", default=[], metavar="PATH", help="folders or files to use")
    repair.add_argument("--without-backup", action="store_true", help="keep what comes before the damage if need be")
    repair.add_argument("--json", action="store_true", help="print the result as JSON")
    _takes_code(repair)
    rejoin = command("rejoin", _rejoin, "join the centre's history again after an officer approved it")
    rejoin.add_argument("--rehearse", action="store_true", help="tell what would be done, and change nothing")
    rejoin.add_argument(
        "--done-twice",
        nargs="+",
        default=[],
        metavar="NUMBER",
        help="take-backs of what Diskoperin's history took back too, where money and goods did go back a second time",
    )
    rejoin.add_argument("--json", action="store_true", help="print the result as JSON")


def _takes_code(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--recovery-code", metavar="CODE", nargs="?", const="", help=f"read names again; CODE is {BETTER_ASKED}"
    )


def _verify(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.ledger.verify import verify

    with bootstrap.opened(options.ledger, lock=False) as ledger:
        trusted = bootstrap.vault_for(ledger.identity).known_public_key()
        try:
            verified = verify(ledger, _progress(), trusted_key=trusted)
        except DamagedLedger as error:
            if options.json:
                _print_json({"error": error.name, "entry": error.entry, "reason": error.reason})
            raise
        except ForeignSeal as error:
            if options.json:
                _print_json({"error": error.name, "entry": error.seq})
            raise
    if options.json:
        unproved = {"unproved_epochs": list(verified.unproved)} if verified.unproved else {}
        _print_json({"entries": verified.entries, "head": verified.head, **unproved})
    else:
        print(_("{count} entries, all whole. Head {head}").format(count=verified.entries, head=verified.head or "-"))
        if verified.unproved:
            print(_("Whether Diskoperin approved joining its history again cannot be proved from this file."))
    return 0


def _progress() -> Callable[[int, int], None] | None:
    return _tell if sys.stderr.isatty() else None


def _tell(done: int, total: int) -> None:
    print(f"\r{done}/{total}", end="" if done < total else "\n", file=sys.stderr, flush=True)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str))


def _backup(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.ledger.backup import back_up
    from pos_app.services import backing_up
    from pos_app.services.wording import describe

    if options.to is not None and not options.to.is_dir():
        raise Misuse(_("The folder {path} does not exist.").format(path=options.to))
    with bootstrap.opened(options.ledger, lock=False) as ledger:
        vault = bootstrap.vault_for(ledger.identity)
        if options.to is not None:
            print(back_up(ledger, options.to, bootstrap.now(), _progress()))
            return 0
        outcomes = backing_up.run(ledger, vault, bootstrap.now(), _progress())
    if not outcomes:
        raise Misuse(_("No folder for backups is chosen. Name one with --to."))
    for outcome in outcomes:
        if outcome.path is not None:
            print(outcome.path)
        if outcome.fault is not None:
            print(describe(outcome.fault), file=sys.stderr)
    return 0 if all(outcome.path is not None for outcome in outcomes) else 1


def _backups(options: argparse.Namespace) -> int:
    from pos_app.domain.dates import short_moment
    from pos_app.i18n import language
    from pos_app.ledger.backup import backups_in

    every = [one for folder in options.folder for one in backups_in(folder)]
    good = {one.path for one in every}
    for one in sorted(every, key=lambda found: (found.made_at, found.entries), reverse=True):
        if options.json:
            _print_json(asdict(one) | {"made_at": one.made_at.isoformat()})
        else:
            proved = _("checked when it was made") if one.verified else _("made by an older program")
            made = short_moment(one.made_at, language())
            count = _("{count} entries").format(count=one.entries)
            print(f"{made}  {one.corner} {one.till}  {count}  {proved}  {one.path}")
    for path in sorted(one for folder in options.folder for one in folder.glob("*.db") if one not in good):
        name, why = _why_not(path)
        if options.json:
            _print_json({"path": path, "error": name})
        else:
            print(f"{path}: {why}")
    return 0


def _why_not(path: Path) -> tuple[str, str]:
    """Why a file is not listed as a backup: a stable name, and a sentence."""
    from pos_app.domain.errors import NotALedger, PosError
    from pos_app.ledger.backup import reading

    try:
        with reading(path):
            return "no_backup", _("A ledger at work, no backup of it.")
    except NotALedger as error:
        return error.name, _("Something else than a backup.")
    except PosError as error:
        return error.name, _("Damaged: it cannot be restored.")


def _restore(options: argparse.Namespace) -> int:
    from pos_app import bootstrap, coming_back
    from pos_app.ledger import recovery
    from pos_app.services import exchange

    backup = _newest(options.file) if options.file.is_dir() else options.file
    code = _code(options)
    try:
        ledger = coming_back.restored(
            backup, options.ledger, recovery_code=code, replace=options.replace, progress=_progress()
        )
    except DamagedLedger as error:
        text = _("{path} is damaged. Choose another backup; nothing was changed. For support: {reason}.")
        raise Misuse(text.format(path=backup, reason=error.reason)) from error
    except LedgerExists as error:
        text = _("{path} exists already. Choose another name, or put it aside with --replace; it was not touched.")
        raise Misuse(text.format(path=error.path)) from error
    try:
        entries, series = ledger.head().seq, ledger.identity.series
        locked = recovery.may_unlock(ledger, bootstrap.vault_for(ledger.identity))
        joined = bool(exchange.centre_address(ledger))
    finally:
        ledger.close()
    print(
        _("{path} restored with {count} entries. New documents are numbered {series}.").format(
            path=options.ledger, count=entries, series=series
        )
    )
    if joined:
        print(
            _("Fetch what was sent after this backup before anything is sold: pojok sync --ledger {path}.").format(
                path=options.ledger
            )
        )
        print(_("A new computer joins with a new code first: pojok enrol. Whoever sells before needs a repair."))
    if locked and code:
        print(_("Some names need a second recovery code: enter it in Settings, Data safety."))
    elif locked:
        print(_("Names are hidden until the recovery code is given; all else works."))
    return 0


def _newest(folder: Path) -> Path:
    """The newest backup in a folder of one till's backups."""
    from pos_app.ledger.backup import backups_in

    found: list[Found] = backups_in(folder)
    if not found:
        raise NoUsableBackup(str(folder))
    if len({one.ledger_id for one in found}) > 1:
        raise SeveralLedgers(str(folder))
    return found[0].path


def _code(options: argparse.Namespace) -> str | None:
    """The recovery code that was given, or is asked for now."""
    code: str | None = options.recovery_code
    if code is not None and not code:
        code = secret(_("Recovery code:") + " ")
    return code or None


def _recovery_code(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.ledger import recovery
    from pos_app.services import recovering

    if options.pdf is not None and options.pdf.exists():
        raise Misuse(_("{path} exists already. Choose another name.").format(path=options.pdf))
    now = bootstrap.now()
    with bootstrap.opened(options.ledger, lock=False) as ledger:
        counter = bootstrap.counter_for(ledger, prints=False)
        approved = manager(counter, options.pin, "recovery_code")
        code = recovering.new_code(ledger, counter.vault, now, approved, older_is_lost=options.old_is_lost)
        closed = recovery.may_unlock(ledger, counter.vault)
        print(code)
        if options.pdf is not None:
            recovering.write_pdf(ledger, code, now, options.pdf)
    print(_("Write it down; it is not shown again. Backups made from now on open with it."), file=sys.stderr)
    if closed:
        print(_("It does not open the names that are locked: if the old code is found, keep it, too."), file=sys.stderr)
    return 0


def _repair(options: argparse.Namespace) -> int:
    from pos_app import coming_back
    from pos_app.services import repair_wording
    from pos_app.services.wording import describe

    try:
        done = coming_back.repaired(
            options.ledger,
            options.backups,
            without_backup=options.without_backup,
            recovery_code=_code(options),
            progress=_progress(),
        )
    except NoUsableBackup as error:
        ways = _("Name folders with --backups FOLDER. If nothing is found: --without-backup, or pojok init --anew.")
        print(describe(error), ways, file=sys.stderr)
        return 1
    if options.json:
        _print_json(asdict(done))
    else:
        for sentence in repair_wording.of_repair(done):
            print(sentence)
    return SOMETHING_LOST if done.lost is not None else 0


def _rejoin(options: argparse.Namespace) -> int:
    from pos_app import coming_back
    from pos_app.services import rejoin_wording

    if options.rehearse:
        tell = _progress() or (lambda _done, _total: None)
        done = coming_back.joining_rehearsed(options.ledger, tell, options.done_twice)
    else:
        done = coming_back.joined_again(options.ledger, _progress(), options.done_twice)
    if options.json:
        _print_json(asdict(done))
        return 0
    aside = rejoin_wording.kept(done)
    for sentence in (*rejoin_wording.of_joining(done), *([aside] if aside else []), *rejoin_wording.to_do(done)):
        print(sentence)
    return 0
