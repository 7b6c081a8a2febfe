"""A centre in process, a line that fails as it is told to, and tills that are real ledgers."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from requests.structures import CaseInsensitiveDict
from sqlalchemy.engine import Connection, Engine

from pos_app.ledger.backup import restore
from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.sqlite import connect_plainly
from pos_app.ledger.vault import Vault
from pos_app.paths import asset
from pos_app.services import rejoining
from pos_app.services.context import Counter, User
from pos_app.services.ids import uuid7
from pos_app.services.producers import Entry, register
from sync.client import mending
from sync.client.caller import Caller, Stopped
from sync.client.enrolment import enrol
from sync.client.exchange import Exchange
from sync.client.transport import Answer, Unreachable
from sync.documents.money import CashMove
from sync.documents.shift import ShiftOpened
from sync.protocol.local import Report
from sync.protocol.messages import Approval, KeptEntries
from sync.server import commands
from sync.server.app import create_app
from sync.server.centre import Centre, History, init_centre, renew_timeline
from sync.server.database import schema
from sync.server.database.dialect import connect, reading, writing
from sync.server.exchange.enrolment import new_code
from sync.server.keys import KeyRing, read_keys
from sync.server.limits import Rate
from tests.direct import Direct
from tests.server.support import Clock

CORNER, OFFICER = "MTR-001", "Pak Budi"
TILLS = ("A", "B")
COPIES = ("A copied", "B copied")
"""The same tills on a second computer each, once somebody copied the whole of it."""
TIMELINE = sa.select(schema.meta.c.value).where(schema.meta.c.key == "timeline")
UNLIMITED = Rate(burst=10**9, per_second=10**9)
URL = "http://127.0.0.1:1"
MEMORY = Path("/dev/shm")
PLACE = MEMORY if os.access(MEMORY, os.W_OK) else None
"""Where the files lie: what a disk forgets is another proof's (``tests/torture``)."""
FATES = ("whole", "lost", "deaf", "twice", "cut", "older")
"""What becomes of a request: answered, never there, answered in vain, there twice, answered in part, answered with what
was the answer to an earlier one."""


class CentreHere:
    """A centre over a file, its app answering in this process."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "centre.db"
        self.database = f"sqlite:///{self.path}"
        self.clock = Clock()
        self.client = _client()
        self._engine = _engine(self.database)
        self._beside = connect_plainly(str(self.path))
        self._open()

    def _open(self) -> None:
        self.close()
        with reading(self._engine) as db:
            timeline = db.execute(TIMELINE).scalar_one()
            self.centre = Centre(self._engine, History(timeline), KeyRing(read_keys(db)), self.clock)
        self.client.app.state.centre = self.centre
        self._beside = connect_plainly(str(self.path))

    @contextmanager
    def office(self) -> Iterator[tuple[Centre, Connection]]:
        """The centre as a command has it: a process of its own, which read the keys just now."""
        with writing(self._engine) as db:
            yield replace(self.centre, ring=KeyRing(read_keys(db))), db

    def close(self) -> None:
        self._beside.close()
        self._engine.dispose()

    def copy_to(self, path: Path) -> None:
        """A backup, as ``VACUUM INTO`` makes it while the centre runs."""
        with closing(connect_plainly(str(self.path))) as db:
            db.execute("VACUUM INTO ?", (str(path),))

    def come_back(self, path: Path, *, new_timeline: bool = False) -> None:
        """The centre is restored from a copy; ``new_timeline`` as the guide has it, else somebody forgot."""
        self.close()
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        shutil.copy(path, self.path)
        self._open()
        if new_timeline:
            renew_timeline(self.centre)
            self._open()

    def rows(self, table: str) -> list[Any]:
        """A table as it lies in the file, by a connection of our own."""
        return self._beside.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()

    def code(self, till: str) -> str:
        with self.office() as (centre, db):
            return new_code(centre, db, CORNER, till)


@cache
def _engine(database: str) -> Engine:
    """One for all runs of this process: it keeps the statements that it has compiled."""
    return connect(database)


@cache
def _client() -> Direct:
    """An app for all centres of this process: what it has of one is ``state.centre``, which each sets."""
    rates = {"per_device": UNLIMITED, "per_stranger": UNLIMITED, "per_checker": UNLIMITED}
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{Path(folder) / 'centre.db'}"
        init_centre(database)
        app = create_app(database, **rates)
        app.state.centre.close()
    return Direct(app)


class Line:
    """The network of one till: each request meets the next fate, and is whole when none is left."""

    url = URL

    def __init__(self, centre: CentreHere) -> None:
        self._centre = centre
        self.fates: list[str] = []
        self.sent: list[tuple[str, str, bytes, dict[str, str]]] = []
        self._last: Answer | None = None

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """As ``Transport.send``."""
        fate = self.fates.pop(0) if self.fates else "whole"
        self.sent = [*self.sent[-5:], (method, path, body, dict(headers))]
        if fate == "lost":
            raise Unreachable("lost")
        answer = self._ask(*self.sent[-1])
        older, self._last = self._last, answer
        match fate:
            case "twice":
                return self._ask(*self.sent[-1])
            case "deaf":
                raise Unreachable("no answer")
            case "cut":
                return replace(answer, body=answer.body[: len(answer.body) // 2])
            case "older" if older is not None:
                return older
        return answer

    def again(self, number: int) -> None:
        """An old request arrives once more; nobody waits for the answer."""
        if self.sent:
            self._ask(*self.sent[number % len(self.sent)])

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        status, told, content = self._centre.client.ask(method, path, body, headers)
        assert status < 500, content
        return Answer(status, CaseInsensitiveDict((name.decode(), text.decode()) for name, text in told), content)

    def close(self) -> None:
        """Nothing is held."""


class TillHere:
    """A till's ledger, keys and line. ``answered`` are the ids of the documents that its people were told of."""

    def __init__(self, folder: Path, centre: CentreHere, till: str, computer: int = 0) -> None:
        self.folder, self.centre, self.till, self.computer = folder, centre, till, computer
        self.path = folder / f"{till}.db"
        if not self.path.exists():
            Ledger.create(self.path, Identity(os.urandom(16).hex(), CORNER, CORNER, till)).close()
        self.ledger = Ledger.open(self.path)
        self.line = Line(centre)
        self.answered: set[str] = set()
        self.moment = datetime(2026, 10, 1, 1, 0, tzinfo=UTC)
        self._get_keys()

    def _get_keys(self) -> None:
        self.vault = Vault(self.folder / f"keys-{self.till}-{self.computer}")

    @property
    def store(self) -> LedgerStore:
        return LedgerStore(self.ledger, self.vault.signing_key())

    def now(self) -> str:
        return self.moment.isoformat(timespec="seconds")

    def enrol(self) -> None:
        """Join with a new code, over a good line."""
        self.enrol_with(self.centre.code(self.till))

    def enrol_with(self, code: str) -> None:
        """Join with this code. Raises ``Stopped``."""
        enrol(self.store, self.vault.signing_key(), self.line, code, self.now)

    def record(self, count: int) -> None:
        for _document in range(count):
            self.moment += timedelta(minutes=1)
            with self.ledger.write() as tx:
                opened = self.ledger.head().seq > 0
                number = tx.next_number("KK" if opened else "BK")
                document = (
                    CashMove(number=number, direction="in", amount=1_000)
                    if opened
                    else ShiftOpened(number=number, float=200_000)
                )
                name = uuid7(self.moment)
                tx.append(document, document_id=name, at=self.moment, cashier="k1")
            self.answered.add(name)

    def register_producer(self, name: str) -> str:
        counter = Counter(self.ledger, self.vault, lambda: self.moment, uuid7, User("boss", "pengelola"), prints=False)
        return register(counter, Entry(business_name=name, owner_name="Umi", phone="081200000001"))

    def exchange(self, *fates: str) -> Report:
        """One exchange over a line that fails in this way."""
        self.line.fates = list(fates)
        run = Exchange(self.store, self.vault.signing_key(), self.line, self.now)
        try:
            return run.run()
        finally:
            self.line.fates = []

    def back_up(self, path: Path) -> set[str]:
        """A copy of the ledger at ``path``; the documents in it."""
        self.ledger.db.execute("VACUUM INTO ?", (str(path),))
        return set(self.answered)

    def come_back(self, path: Path, answered: set[str], *, new_computer: bool) -> None:
        """The disk died: go on with a backup, on this computer or on a new one, which has to enrol."""
        self.ledger.close()
        self._forget_file()
        self.ledger = restore(path, self.path)
        self.answered = set(answered)
        if new_computer:
            self.computer += 1
            self._get_keys()
            self.enrol()

    def copied(self, folder: Path) -> "TillHere":
        """The same ledger with the same keys on another computer."""
        shutil.copytree(self.vault.folder, folder / self.vault.folder.name)
        for suffix in ("", "-wal"):
            if (part := self.path.with_name(self.path.name + suffix)).exists():
                shutil.copy(part, folder)
        other = TillHere(folder, self.centre, self.till, self.computer)
        other.answered, other.moment = set(self.answered), self.moment
        return other

    def _forget_file(self) -> None:
        for path in self.folder.glob(f"{self.till}.db*"):
            path.unlink()

    def rejoin(self) -> bool:
        """Run the repair that an officer approved; whether there was one to run."""
        if rejoining.approval(self.ledger) is None:
            return False
        try:
            pages = rejoining.fetched(self.path, self.ledger, self._fetch)
        except (rejoining.NothingApproved, Stopped):
            return False
        self.ledger.close()
        try:
            rejoining.Repair(self.path, pages, self.vault, self.moment, uuid7).run()
        finally:
            self.ledger = Ledger.open(self.path)
        return True

    def _fetch(self, ledger: Ledger, approved: Approval) -> list[KeptEntries]:
        link = LedgerStore(ledger).standing().link
        assert link is not None
        caller = Caller(self.line, self.vault.signing_key(), self.now)
        caller.trust(link.centre_key)
        return list(mending.fetch_after(caller, link, approved.base_seq))

    def documents(self) -> list[str]:
        return [row[0] for row in self.ledger.db.execute("SELECT document_id FROM journal ORDER BY seq")]

    def close(self) -> None:
        self.ledger.close()


@cache
def template() -> Path:
    """The folder of a centre with sixty producers and an officer, and of two tills that joined and pulled."""
    folder = Path(tempfile.mkdtemp(prefix="pojok-machine-", dir=PLACE))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = f"sqlite:///{folder / 'centre.db'}"
    commands.init(database)
    for kind in ("corners", "producers"):
        assert not commands.import_registry(kind, asset("demo", f"{kind}.csv"), database)["rejected"]
    commands.officer(database, OFFICER, "admin", "rahasia-sekali-1")
    centre = CentreHere(folder)
    for name in TILLS:
        till = TillHere(folder, centre, name)
        till.enrol()
        assert till.exchange().status == "ok"
        till.close()
    centre.close()
    return folder


@cache
def place() -> Path:
    """Where each run of this process puts its files."""
    folder = Path(tempfile.mkdtemp(prefix="pojok-run-", dir=PLACE))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder / "run"
