"""Tills at the line. A *real* one is a ledger that the services sell on, with the program's own client, backups that
come back and computers that are replaced; a *load* one pushes a journal of real documents, really signed, from memory.
"""

import asyncio
import contextlib
import random
import threading
import time
from collections import Counter as Tally
from pathlib import Path
from typing import Protocol

from bench.journals import Journal
from bench.pushing import content_length
from pos_app.ledger.backup import back_up, restore
from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.vault import Vault
from pos_app.ledger.verify import verify
from pos_app.services import rejoining
from pos_app.services.context import Counter
from pos_app.services.exchange import ExchangeFailed
from pos_app.services.ids import uuid7
from sync.client.till import CentreClient
from sync.client.transport import Settings
from sync.protocol.local import Report
from sync.protocol.messages import ACK, Ack
from sync.protocol.problems import read_problem
from sync.protocol.wire import BadSignature, Malformed, Oversize, unseal
from sync.server import commands
from sync.server.errors import CentreError
from tests.corner import PRODUCERS, PRODUCTS, STAFF, Corner, new_corner, register
from tests.exchange.centre import OFFICER, Centre
from tests.exchange.line import FaultyLine
from tests.torture.actions import Stream
from tests.torture.scenario import Broken

PATIENCE = 20.0
"""Seconds of one request in all; a faulty line keeps silent now and then."""
HEALED = Settings(total_seconds=120.0, connect_seconds=120.0)
PAUSE = 0.2
"""Seconds at most between two tries, where the program waits 5 s to 15 min."""
BACKUPS, COMPUTERS = 0.05, 0.01
"""How often, after an exchange, a till is backed up, or its computer replaced."""
ASKED = 1.0
"""Seconds at most that a till waits when it was asked to, where a real one waits as long as it is asked."""
SETTLING = 900.0
"""Seconds for everything to arrive once the line is whole."""
SIZES = (1, 1, 1, 2, 2, 3, 5, 5, 80, 500)
"""Entries of a push of the load: as the timer makes them all day, the evening's, and a backlog."""


class Gate:
    """Tills come back from backups until the centre does: what both had lost would be lost."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._behind = 0
        self._shut = False

    def enter(self) -> bool:
        """A till is about to come back from a backup, unless the gate is shut."""
        with self._lock:
            if self._shut:
                return False
            self._behind += 1
            return True

    def leave(self) -> None:
        """It has caught up with the centre."""
        with self._lock:
            self._behind -= 1
            self._lock.notify_all()

    def shut(self, seconds: float) -> bool:
        """Let no till begin; whether those that had begun have caught up."""
        with self._lock:
            self._shut = True
            return self._lock.wait_for(lambda: self._behind == 0, seconds)


class Around(Protocol):
    """What a till finds around it: the line, the gate, and an officer who gives codes."""

    line: FaultyLine
    gate: Gate
    centre: Centre


class RealTill:
    """One ledger with its keys. ``acked`` holds what the centre confirmed: sequence number and hash."""

    def __init__(
        self, folder: Path, number: int, seed: int, around: Around, patience: float, coming_back: float = 0.0
    ) -> None:
        folder.mkdir()
        self.folder, self.around, self.coming_back = folder, around, coming_back
        self.rng = random.Random(seed)
        self.name = (f"MTR-{number:03}", "A")
        self.corner = new_corner(folder, Identity(f"{self.rng.getrandbits(128):032x}", self.name[0], "Uji", "A"))
        self.corner.clock.pass_by(seconds=number)
        register(self.corner, folder, PRODUCERS, PRODUCTS, STAFF)
        self.stream = Stream(self.rng)
        self.client = CentreClient(Settings(total_seconds=patience), keep_seconds=60.0)
        self.enrolled = False
        self.catching_up = False
        self.last: Report | None = None
        self.acked: dict[int, bytes] = {}
        self.copies = 0
        self.entries = 0
        self.tally: Tally[str] = Tally()
        self._copy: Path | None = None
        self._code = ""
        self._play(self.stream.first())

    @property
    def key(self) -> object:
        return self.corner.counter.vault.signing_key()

    def live(self, entries: int, stop: threading.Event) -> None:
        """Sell, exchange, back up, come back and change computers, until so many entries are confirmed."""
        while (self.confirmed < entries or self.catching_up) and not stop.is_set():
            if self.entries < entries:
                self._play(self.stream.take(self.rng.randint(1, 40)))
            self.exchange()
            if self.rng.random() < BACKUPS:
                self._back_up()
            if self.rng.random() < self.coming_back:
                self._come_back()
            if self.rng.random() < COMPUTERS:
                self._new_computer()
            stop.wait(self.rng.random() * PAUSE)

    @property
    def confirmed(self) -> int:
        """The last entry that the centre ever confirmed."""
        return max(self.acked, default=0)

    def settle(self) -> None:
        """Exchange over the healed line until the centre has everything. Raises ``Broken``."""
        self.client.close()
        self.client = CentreClient(HEALED)
        end = time.monotonic() + SETTLING
        while not ((report := self.exchange()) and report.status == "ok" and self.unsent() == 0):
            if time.monotonic() > end:
                raise Broken(f"{self.name} never settled: {report}, {self.unsent()} unsent")
            time.sleep(PAUSE)
        if self.corner.state["journal"]["acked"] != self.corner.ledger.head().seq:
            raise Broken(f"{self.name}: {self.corner.state['journal']}")

    def close(self) -> None:
        self.client.close()
        self.corner.ledger.close()

    def verify(self) -> None:
        """``pojok verify``."""
        verify(self.corner.ledger)

    def journal(self) -> list[tuple[int, bytes, bytes]]:
        """Sequence number, hash and bytes of every entry."""
        rows = self.corner.db.execute("SELECT seq, hash, body FROM journal ORDER BY seq")
        return [(row[0], bytes(row[1]), bytes(row[2])) for row in rows]

    def unsent(self) -> int:
        return self.store.state().unsent

    @property
    def store(self) -> LedgerStore:
        return LedgerStore(self.corner.ledger, self.key)

    def exchange(self) -> Report | None:
        """One try; what was confirmed is remembered."""
        if not self.enrolled and not self._enrol():
            return None
        report = self.client.exchange(self.store, self.key)
        self.last = report
        self.tally["exchanges"] += 1
        self.tally[f"ended {report.reason or report.status}"] += 1
        self._remember(report.acked)
        if report.reason == "repair_waiting":
            self._ask_an_officer()
        elif report.reason == "repair_approved":
            self._join_again()
        if report.reason == "unknown_key":
            self.enrolled = False  # the centre came back from a copy of before
        if report.reason == "key_revoked":
            raise Broken(f"{self.name} was revoked: {report}")
        if report.status == "ok" and self.catching_up:
            self.catching_up = False
            self.around.gate.leave()
        return report

    def _remember(self, acked: int) -> None:
        """The centre holds the hash of ours for ever, whatever befalls either."""
        found = self.store.hash_at(acked) if acked else None
        if found is not None:
            self.acked[acked] = found

    def _enrol(self) -> bool:
        """Join by a code; an answer that was lost is asked for with the same one, a code that is refused ends."""
        try:
            self._code = self._code or self.around.centre.code(*self.name)
        except CentreError:
            return False  # its database is being restored
        report = self.client.enrol(self.store, self.key, self.around.line.url, self._code)
        self.enrolled = report.status == "ok"
        self.tally["enrolments"] += self.enrolled
        if self.enrolled or report.reason == "bad_code":
            self._code = ""
        time.sleep(min(report.retry_after or 0, ASKED))
        return self.enrolled

    def _play(self, actions: list[dict[str, object]]) -> None:
        for action in actions:
            self.corner.clock.pass_by(seconds=self.rng.randint(1, 60))
            answer = self.corner.play(action)
            self.tally["recorded" if answer["ok"] else "refused by the rules"] += 1
            if answer["ok"]:
                self.stream.heard(action, answer["number"])
        self.entries = self.corner.ledger.head().seq

    def _back_up(self) -> None:
        self.copies += 1
        folder = self.folder / f"copy-{self.copies}"
        folder.mkdir()
        self._copy = back_up(self.corner.ledger, folder, self.corner.clock.now)
        self.tally["backups"] += 1

    def _come_back(self) -> None:
        """The computer is gone; the newest backup goes on, behind what was sent, with what came after it lost."""
        if self._copy is None or self.catching_up or not self.around.gate.enter():
            return
        self.catching_up = True
        self._open(self._copy, self.corner.counter.vault)
        self.tally["restores"] += 1

    def _new_computer(self) -> None:
        """Another one with a fresh copy, a key of its own and a new code; the old key is revoked by it."""
        self._back_up()
        assert self._copy is not None
        vault = Vault(self.folder / f"keys-{self.copies}")
        vault.take_data_keys(self.corner.counter.vault.data_keys())  # the recovery code brings them
        self._open(self._copy, vault)
        self.enrolled = False
        self.tally["new computers"] += 1

    def _ask_an_officer(self) -> None:
        """Who looks at the board and allows it."""
        try:
            commands.approve(self.around.centre.database, *self.name, OFFICER)
        except CentreError as error:
            if error.code == "unknown_officer":
                raise
            return  # it moved meanwhile, or the database is away
        self.tally["repairs approved"] += 1

    def _join_again(self) -> None:
        """As ``pojok rejoin`` does; what cannot be fetched now is fetched the next time."""
        counter, path = self.corner.counter, self.corner.ledger.path
        try:
            pages = rejoining.fetched(path, self.corner.ledger, rejoining.fetch_with(self.client, counter.vault))
        except (ExchangeFailed, rejoining.NothingApproved):
            return
        self.client.close()
        self.corner.ledger.close()
        rejoining.Repair(path, pages, counter.vault, self.corner.clock.now, uuid7).run()
        self._adopt(Ledger.open(path), counter.vault)
        self.tally["repairs"] += 1

    def _open(self, copy: Path, vault: Vault) -> None:
        self.client.close()
        self.corner.ledger.close()
        ledger = restore(copy, self.folder / f"till-{self.tally['restores']}-{self.tally['new computers']}.db")
        self._adopt(ledger, vault)

    def _adopt(self, ledger: Ledger, vault: Vault) -> None:
        """The till is this file from now on."""
        clock = self.corner.clock
        self.corner = Corner(ledger, Counter(ledger, vault, clock, uuid7), clock)
        self.entries = ledger.head().seq


class LoadTill:
    """A journal in memory that is pushed through the line; it believes signed acks of its own hashes, nothing else."""

    def __init__(self, journal: Journal, seed: int, centre_key: bytes) -> None:
        self.journal = journal
        self.rng = random.Random(seed)
        self.centre_key = centre_key
        self.known = 0
        self.sizes, self.pause = SIZES, PAUSE
        self.acked: dict[int, bytes] = {}
        self.tally: Tally[str] = Tally()

    async def live(self, port: int, entries: int, patience: float) -> None:
        """Record and push until so many entries are confirmed."""
        reader: asyncio.StreamReader | None = None
        writer: asyncio.StreamWriter | None = None
        while self.known < entries:
            missing = min(self.rng.choice(self.sizes), entries - self.known)
            self.journal.grow(max(0, self.known + missing - len(self.journal.bodies)))
            nonce = f"{self.rng.getrandbits(128):032x}"
            request = self.journal.request(self.journal.batch(self.known + 1, missing), nonce)
            try:
                async with asyncio.timeout(patience):
                    if reader is None or writer is None:
                        reader, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.write(request)
                    head = await reader.readuntil(b"\r\n\r\n")
                    body = await reader.readexactly(content_length(head))
                self.heard(head, body, nonce)
                if b"connection: close" not in head.lower():
                    continue
            except (OSError, EOFError, TimeoutError):
                self.tally["no answer"] += 1
                await asyncio.sleep(self.rng.random() * self.pause)
            if writer is not None:
                writer.close()
            reader = writer = None
        if writer is not None:
            writer.close()

    async def settle(self, port: int) -> None:
        """Send the last entry once more: a centre that lacks it, or what was before, says so."""
        entries, self.known = self.known, max(self.known - 1, 0)
        await self.live(port, entries, HEALED.total_seconds)

    def heard(self, head: bytes, body: bytes, nonce: str) -> None:
        """Believe an answer, or not. Raises ``Broken`` for a fork: nobody restored this till."""
        self.tally["answers"] += 1
        status = int(head.split(b" ", 2)[1])
        if status == 200:
            with contextlib.suppress(Malformed, Oversize, BadSignature):
                self._take(unseal(body, Ack, ACK, self.centre_key), nonce)
        elif status == 409:
            problem = read_problem(body)
            if problem.name == "fork":
                raise Broken(f"{self.journal.corner} {self.journal.till}: {problem}")
            if problem.name == "gap" and 1 <= (problem.expected_seq or 0) <= self.known:
                self.known = (problem.expected_seq or 1) - 1
                self.tally["rewinds"] += 1

    def _take(self, ack: Ack, nonce: str) -> None:
        if (ack.nonce, ack.device) != (nonce, self.journal.device):
            return
        if ack.acked_seq > len(self.journal.bodies) or ack.head_hash != self.journal.hash_at(ack.acked_seq):
            raise Broken(f"{self.journal.corner} {self.journal.till}: an ack of another history: {ack}")
        self.known = ack.acked_seq
        self.acked[ack.acked_seq] = ack.head_hash
        self.tally["acks"] += 1
