"""The commands by which a till meets the centre: joining, the exchange by network, and the same by file."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pos_app.i18n import N_, _

Command = Callable[[argparse.Namespace], int]
NOTHING_NEW = {
    "known": N_("Nothing new in this reply: it was imported before. Nothing changed."),
    "older": N_("This reply is older than what Diskoperin confirmed since. Nothing changed."),
}
"""Said of a reply that was taken and changed nothing."""


def add_commands(commands: Any) -> None:
    """Add them to ``pojok``."""

    def till(name: str, run: Command, help_text: str) -> argparse.ArgumentParser:
        sub = _command(commands, name, run, help_text)
        sub.add_argument("--ledger", type=Path, required=True, help="the ledger file")
        return sub

    enrol = till("enrol", _enrol, "join the till to the centre")
    enrol.add_argument(
        "--centre", required=True, help="address of the centre, for example https://pojok.metrokota.go.id"
    )
    enrol.add_argument("--code", required=True, help="the one-time code that the centre gave")
    enrol.add_argument(
        "--proxy", metavar="URL", help="reach the centre through this proxy, now and later ('' for none)"
    )
    enrol.add_argument("--ca-file", type=Path, metavar="PEM", help="trust these certificates ('' for the usual ones)")
    enrol.add_argument(
        "--plain-http",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="allow http to another machine: only inside a network that is safe by itself",
    )
    sync = till("sync", _sync, "exchange with the centre until nothing is unsent")
    sync.add_argument("--json", action="store_true", help="(always)")
    _bundle_commands(commands)


def _command(commands: Any, name: str, run: Command | None, help_text: str) -> argparse.ArgumentParser:
    sub: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
    if run is not None:
        sub.set_defaults(run=run)
    return sub


def _bundle_commands(commands: Any) -> None:
    bundle = _command(commands, "bundle", None, "the same exchange by file").add_subparsers(required=True)
    export = _command(bundle, "export", _bundle_export, "write everything unsent to a file")
    export.add_argument("--ledger", type=Path, required=True)
    export.add_argument("--to", type=Path, required=True, metavar="FILE")
    reply = _command(bundle, "import", _bundle_import, "take the centre's reply from a file")
    reply.add_argument("file", type=Path)
    reply.add_argument("--ledger", type=Path, required=True)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _enrol(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.services import exchange
    from pos_app.services.joining_network import joining_by

    with bootstrap.opened(options.ledger, lock=False) as ledger, bootstrap.locked(ledger, "sync"):
        vault = bootstrap.vault_for(ledger.identity)
        with joining_by(ledger, proxy=options.proxy, ca_file=options.ca_file, plain_http=options.plain_http):
            exchange.enrol(ledger, vault, bootstrap.centre_client(), options.centre, options.code)
    _print_json({"status": "ok"})
    return 0


def _sync(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.services import exchange

    with bootstrap.opened(options.ledger, lock=False) as ledger, bootstrap.locked(ledger, "sync"):
        vault, client = bootstrap.vault_for(ledger.identity), bootstrap.centre_client()
        with _progress() as tell:
            report = exchange.sync(ledger, vault, client, tell)
    _print_json(report)
    return 0


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Tells on the terminal how far an exchange is, in a line that is gone at the end."""
    shown = sys.stderr.isatty()

    def tell(what: str, done: int, total: int) -> None:
        if shown:
            of = f" / {total}" if total else ""
            print(f"\r\x1b[K{what} {done}{of}", end="", file=sys.stderr, flush=True)

    try:
        yield tell
    finally:
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _bundle_export(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.services import exchange

    with bootstrap.opened(options.ledger, lock=False) as ledger:
        vault = bootstrap.vault_for(ledger.identity)
        report = exchange.export_bundle(ledger, vault, bootstrap.centre_client(), options.to)
    _print_json(report)
    if report["remaining"]:
        more = _("Not all fit, {count} left: export again once the reply is here.")
        print(more.format(count=report["remaining"]), file=sys.stderr)
    return 0


def _bundle_import(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.services import exchange

    with bootstrap.opened(options.ledger, lock=False) as ledger, bootstrap.locked(ledger, "sync"):
        report = exchange.import_reply(ledger, bootstrap.centre_client(), options.file)
    _print_json(report)
    if sentence := NOTHING_NEW.get(report["status"]):
        print(_(sentence), file=sys.stderr)
    return 0
