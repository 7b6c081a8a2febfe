"""``pojok demo``: a whole scripted day on a fresh ledger against an embedded centre, without a display.

Writes papers, pictures of the real screens and ``summary.json`` into a folder. Where the centre is not
installed (the till's bundle), the day is played without it and the summary leaves it out.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pos_app import bootstrap, coming_back
from pos_app.demo.day import CLOSING_NOTE, MISSING, Day, last_working_day, pieces_of
from pos_app.domain.dates import WIB, business_date
from pos_app.domain.errors import Misuse
from pos_app.i18n import _
from pos_app.ledger import queries, registry
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.vault import Vault
from pos_app.ledger.verify import verify
from pos_app.paths import asset
from pos_app.services import exchange, printing, setup
from pos_app.services.context import Counter
from pos_app.services.figures import current_state
from pos_app.services.play import Player
from pos_app.services.wording import describe

PAPERS_OF_EACH_KIND = 3
CENTRE_SECONDS = 20
CENTRE_REGISTRY = ("corners", "producers", "products")
ACCOUNTS = {"Wati": "pemantau", "Rahma": "petugas", "Ani": "admin"}
"""Who may look at the pages of the demo's centre, in each role."""
PASSWORD = "satu hari di pojok"  # noqa: S105 - of a centre that only shows invented figures


class DemoFailed(Exception):
    """The demo day did not go as written: a bug, told with the answer that shows it."""


def run(out: Path) -> dict[str, Any]:
    """Play the day and write everything into ``out``; returns the summary. A folder of an earlier demo is replaced."""
    _prepare(out)
    morning = datetime.combine(last_working_day(business_date(bootstrap.now())), time(7, 0), WIB)
    vault_for = _vaults(out / "keys")
    ledger = Ledger.open(setup.demo_corner(out, morning, vault_for))
    try:
        counter = bootstrap.counter_for(ledger, vault=vault_for(ledger.identity), prints=False)
        with _centre(out) as centre:
            summary = _play(counter, out, morning, centre)
    finally:
        ledger.close()
    (out / "summary.json").write_text(json.dumps(summary, indent=1, ensure_ascii=False), encoding="utf-8")
    return summary


def _prepare(out: Path) -> None:
    """An empty folder. Only a folder that a demo wrote is emptied."""
    if out.exists() and any(out.iterdir()):
        if not (out / setup.DEMO_FILE).exists():
            raise Misuse(_("The folder {path} is not empty. Name a new one.").format(path=out))
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)


def _vaults(folder: Path) -> Callable[[Identity], Vault]:
    """The keys of the demo lie with it: it leaves nothing behind elsewhere."""
    return lambda identity: Vault(folder / identity.ledger_id)


def _play(counter: Counter, out: Path, morning: datetime, centre: "DemoCentre | None") -> dict[str, Any]:
    from pos_app.ui.pictures import taking_pictures
    from pos_app.ui.screens.first_run.presenter import FirstRunPresenter

    counter.clock = lambda: morning
    player = Player(counter, describe)
    shelf = [product for product in queries.all_products(counter.db, 1_000) if product.on_hand > 0]
    staff = [member.code for member in registry.staff_members(counter.db, counter.vault.unseal) if member.tab_limit]
    day = Day(morning.date(), shelf, sorted(staff)[:12])
    if centre is not None:
        centre.enrol(counter)
    setup_form = FirstRunPresenter(out, _vaults(out / "keys"), lambda: morning, coming_back.restored_in_window)
    with taking_pictures(counter, out / "screens") as pictures:
        pictures.before_opening(setup_form)
        answers = []
        for action in day.script():
            answers.append(_answer(player, action))
            if action["do"] == "sale" and len(day.sales) == 40:
                pictures.in_the_middle([product.sku for product in day.best_stocked(4)], day.staff[0])
        counter.clock = lambda: morning.replace(hour=15, minute=45)
        pictures.close_shift(pieces_of(queries.balance(counter.db, "cash") - MISSING), CLOSING_NOTE)
        if centre is not None:
            centre.sync(counter)
        pictures.after_closing()
    verify(counter.ledger)
    closing = queries.recent(counter.db, "shift_closed", 1)
    if not closing:
        raise DemoFailed("the shift was not closed")
    chosen = [*_worth_printing(answers), queries.document_id(counter.db, closing[0].seq)]
    papers = printing.write_papers(counter.ledger, counter.vault, out / "papers", chosen)
    summary: dict[str, Any] = {
        "till": current_state(counter.ledger),
        "papers": sorted(str(path.relative_to(out)) for path in papers),
        "screens": sorted(str(path.relative_to(out)) for path in (out / "screens").glob("*.png")),
    }
    if centre is not None:
        summary["centre"] = centre.state()
        if summary["centre"] != summary["till"]:
            raise DemoFailed("till and centre do not agree")
        summary["pages"] = centre.open_pages()
    return summary


def _answer(player: Player, action: dict[str, Any]) -> dict[str, Any]:
    """The answer to one action, which must be accepted."""
    answer = next(player.play(iter([json.dumps(action).encode()])))
    if not answer["ok"]:
        raise DemoFailed(json.dumps([action, answer], ensure_ascii=False))
    return answer


def _worth_printing(answers: list[dict[str, Any]]) -> list[str]:
    """The first few documents of each kind that has a paper."""
    chosen: dict[str, list[str]] = {}
    for answer in answers:
        kind = answer["number"].partition("-")[0]
        if kind not in ("BK", "SO", "PH", "SA"):
            chosen.setdefault(kind, []).append(answer["id"])
    return [document_id for ids in chosen.values() for document_id in ids[:PAPERS_OF_EACH_KIND]]


class DemoCentre:
    """The centre of the demo: a process of its own on a free port of this computer."""

    def __init__(self, database: str, url: str) -> None:
        self.database = database
        self.url = url

    def enrol(self, counter: Counter) -> None:
        """Join the till."""
        from sync.server import commands

        who = counter.ledger.identity
        code = commands.code(self.database, who.corner, who.till)
        exchange.enrol(counter.ledger, counter.vault, bootstrap.centre_client(), self.url, code)

    def sync(self, counter: Counter) -> None:
        """Send the day."""
        exchange.sync(counter.ledger, counter.vault, bootstrap.centre_client())

    def state(self) -> dict[str, Any]:
        """The figures as the centre has them."""
        from sync.server import commands

        return commands.state(self.database, setup.DEMO_CORNER, setup.DEMO_TILL)

    def open_pages(self) -> dict[str, Any]:
        """Bring the pages' figures up to date and make accounts for them: how to look at them."""
        from sync.server import commands
        from sync.server.centre import open_centre
        from sync.server.reports.reporter import catch_up

        for name, role in ACCOUNTS.items():
            commands.officer(self.database, name, role, PASSWORD)
        centre = open_centre(self.database)
        try:
            catch_up(centre)
        finally:
            centre.close()
        return {"database": self.database, "accounts": ACCOUNTS, "password": PASSWORD}


@contextmanager
def _centre(out: Path) -> Iterator[DemoCentre | None]:
    if find_spec("sync.server") is None or find_spec("litestar") is None:
        yield None
        return
    from sync.server import commands

    database = f"sqlite:///{out / 'centre.db'}"
    commands.init(database)
    for kind in CENTRE_REGISTRY:
        commands.import_registry(kind, asset("demo", f"{kind}.csv"), database)
    arguments = [sys.executable, "-m", "pos_app", "serve", "--database", database, "--listen", "127.0.0.1:0"]
    server = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=os.environ)  # noqa: S603
    try:
        url = server.stdout.readline().strip() if server.stdout else ""
        if not url.startswith("http"):
            raise DemoFailed("the centre did not start")
        yield DemoCentre(database, url)
    finally:
        server.terminate()
        server.communicate(timeout=CENTRE_SECONDS)
