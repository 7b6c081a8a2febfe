"""Repair in the right order: from the ledger's own journal, else from the newest backup that goes with it.

Whatever is done, the damaged file is kept beside the ledger, byte for byte.
"""

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from glob import escape
from pathlib import Path
from typing import Final, Literal

from pos_app.domain.errors import (
    DamagedLedger,
    ForeignSeal,
    NewerLedger,
    NotALedger,
    NoUsableBackup,
    PosError,
    SeveralLedgers,
    StorageFault,
)
from pos_app.ledger import backup, queries, registry, salvage
from pos_app.ledger.backup import Found
from pos_app.ledger.copying import Progress, check_space, no_space_when_full, removed_on_failure, unfinished_of
from pos_app.ledger.durable import unused
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.migrations import SCHEMA_VERSION, schema_version
from pos_app.ledger.rebuild import rebuild
from pos_app.ledger.salvage import Damaged
from pos_app.ledger.sqlite import BESIDE, CONFUSED, faults, make_private, remove
from pos_app.ledger.vault import Vault
from pos_app.ledger.verify import verify
from pos_app.ledger.vouching import vouch
from pos_app.services import backing_up

Condition = Literal["whole", "projections", "journal", "unreadable", "missing"]
Finish = Callable[[Ledger, Path | None], None]
Settle = Callable[[Ledger], None]
VaultOf = Callable[[Identity], Vault | None]
UNUSABLE: Final[tuple[type[Exception], ...]] = (DamagedLedger, NotALedger, StorageFault, *CONFUSED)
"""What a file answers that is too damaged for one way; the next way is tried then."""
ASIDE: Final = re.compile(r"\.damaged-(\d{8}-\d{6})(?:-(\d+))?")
"""What ``backup.put_aside`` adds to a name: the time, and a number from the second of that time on."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with a ledger file.

    ``projections``: totals differ from the journal, which is whole. ``journal``: ``entry`` is the first bad one.
    ``unreadable``: SQLite cannot open it. ``missing``: it is not there, nor put aside. ``entries`` counts what can be
    read, ``ledger_id`` and ``series`` are empty where the file does not tell; ``reason`` is technical English.
    ``foreign`` is the newest closing where another computer's key sealed it (``ForeignSeal``): no damage, so nothing
    is repaired for it.
    """

    condition: Condition
    entries: int = 0
    entry: int = 0
    reason: str = ""
    ledger_id: str = ""
    series: str = ""
    foreign: int = 0


@dataclass(frozen=True, slots=True)
class Lost:
    """Entries that were recorded and are in the repaired ledger no longer.

    ``first`` and ``last`` are sequence numbers, ``last`` 0 where nobody can tell how many there were; ``after``
    is the time of the entry before them, ``before`` that of the last of them, both ISO or empty. ``readable`` of them
    were written to ``listed``, one JSON a line.
    """

    first: int
    last: int
    after: str
    before: str
    readable: int = 0
    listed: Path | None = None


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was found and done. ``entries`` are in the ledger now, ``salvaged`` of them came from the damaged file after
    the backup; ``aside`` is where the damaged file lies now, ``backup`` what was restored; ``lost`` is None when every
    entry that was ever readable is there. ``sealed`` closings had seals that could not be read, and got new ones.
    """

    found: Diagnosis
    entries: int
    aside: Path | None = None
    backup: Path | None = None
    salvaged: int = 0
    lost: Lost | None = None
    sealed: int = 0

    @property
    def renumbered(self) -> bool:
        """Whether numbers start anew, because what is lost may be on paper."""
        return self.backup is not None or self.lost is not None


def diagnose(path: Path, progress: Progress | None = None, *, trusted_key: bytes | None = None) -> Diagnosis:
    """Look at a ledger without changing it; ``progress`` hears of entries done and in all.

    ``trusted_key`` is the till's public key: its seals must be by it. Raises ``NewerLedger``: that is no damage.
    """
    if not source_of(path).exists():
        return Diagnosis("missing")
    with salvage.damaged(source_of(path)) as left:
        who, known = left.identity(), left.last_known()[0]
    found = Diagnosis("unreadable", known, ledger_id=who.ledger_id if who else "", series=who.series if who else "")
    try:
        with backup.reading(path) as ledger:
            version = schema_version(ledger.db)
            if version > SCHEMA_VERSION:
                raise NewerLedger(version, SCHEMA_VERSION)
            try:
                if version == SCHEMA_VERSION:
                    verify(ledger, progress, trusted_key=trusted_key)
            except ForeignSeal as error:
                found = replace(found, foreign=error.seq)
            except DamagedLedger as error:
                return _of_the_journal(ledger, found) or replace(
                    found, condition="projections", entry=error.entry, reason=error.reason
                )
            except CONFUSED as error:
                return _of_the_journal(ledger, found) or replace(found, condition="projections", reason=str(error))
            of_the_journal = _of_the_journal(ledger, found)
        rows = of_the_journal or salvage.fault_of_rows(path)
        if isinstance(rows, DamagedLedger):
            return replace(found, condition="projections", reason=rows.reason)
        return rows or replace(found, condition="whole")
    except NewerLedger:
        raise
    except PosError as error:
        return replace(found, reason=getattr(error, "reason", "") or error.name)
    except CONFUSED as error:
        return replace(found, reason=str(error))


def _of_the_journal(ledger: Ledger, found: Diagnosis) -> Diagnosis | None:
    error = salvage.fault_of_journal(ledger)
    end = ledger.head().seq if error is None else 0
    if error is None and end < found.entries:  # cut off: filling the projections anew would hide it for good
        error = DamagedLedger(end + 1, f"entries up to {found.entries} left traces, and are gone")
    if error is None:
        return None
    return replace(found, condition="journal", entry=error.entry, reason=error.reason)


def repair(
    path: Path,
    backups: Sequence[Path],
    now: datetime,
    progress: Progress | None = None,
    *,
    without_backup: bool = False,
    trusted_key: bytes | None = None,
    finish: Finish | None = None,
    settle: Settle | None = None,
    vault_of: VaultOf | None = None,
) -> Repaired:
    """Make the ledger ``path`` whole again; ``backups`` are folders or files to look for one in.

    1. Only projections are wrong: they are filled anew from the journal.
    2. Every entry that left a trace can still be read: a new file is made of them, with the registry as it was.
    3. Else the newest backup that goes with what can be read, and after it every entry of the damaged file that
       continues its chain. Numbers start anew (``backup.come_back``), because the lost ones may be on paper.

    A backup that continues all that the file tells comes before the second way. Where the ledger is gone, and only a
    file that was put aside tells of it, nobody knows how old that is: more may be lost, and numbers start anew.

    With ``without_backup`` the third way takes the entries before the first bad one where no backup goes with it.
    ``finish`` is given a ledger whose numbers start anew, and the folder of its backup, before it has its name;
    ``settle`` every ledger that was repaired: a table may be of an older backup even where no entry is.
    ``vault_of`` gives the keys of a till: closings whose seals cannot be read are sealed anew with them.
    Raises ``NoUsableBackup``, ``SeveralLedgers`` or a fault of the disk; the ledger is then as it was.
    """
    size = path.stat().st_size if path.is_file() else 0
    with no_space_when_full(path.parent, size):
        found = diagnose(path, progress, trusted_key=trusted_key)
        if found.condition == "whole":
            return Repaired(found, found.entries)
        if found.condition == "projections":
            done = _refilled(path, found, now, progress, trusted_key, settle)
            if done is not None:
                return done
        rescue = _Rescue(
            path, [*backups, *_own_folders(source_of(path))], now, progress, trusted_key, finish, settle, vault_of
        )
        return rescue.run(found, without_backup=without_backup)


def rehearse(
    path: Path,
    backups: Sequence[Path],
    now: datetime,
    progress: Progress | None = None,
    *,
    trusted_key: bytes | None = None,
    vault_of: VaultOf | None = None,
) -> Repaired:
    """What ``repair`` would do, done to a copy that is gone afterwards: ledger and keys stay as they are.

    Takes as long and as much room. Raises what ``repair`` does.
    """
    folder = path.with_name(f"{path.name}.rehearsal")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with faults(path):
            folder.mkdir(mode=0o700)
            copy, source = folder / path.name, source_of(path)
            if source.is_file():
                check_space(path.parent, source.stat().st_size)
                if source != path and _is_older(unfinished_of(path), source):
                    _copy_raw(unfinished_of(path), unfinished_of(copy))
                _copy_raw(source, folder / source.name)
            if source != path:
                _copy_log(path, copy)

        def keys(who: Identity) -> Vault | None:
            vault = vault_of(who) if vault_of else None
            return vault if vault is None or vault.known_public_key() is not None else Vault(folder / "keys")

        done = repair(copy, backups, now, progress, trusted_key=trusted_key, vault_of=keys)
        lost = replace(done.lost, listed=None) if done.lost is not None else None
        return replace(done, aside=None, lost=lost)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _refilled(
    path: Path,
    found: Diagnosis,
    now: datetime,
    progress: Progress | None,
    trusted_key: bytes | None,
    settle: Settle | None,
) -> Repaired | None:
    """The first way; None where the file itself is too damaged for it, or a seal does not fit."""
    unfinished = backup.clear(path)
    with faults(path), removed_on_failure(unfinished):
        _copy_raw(path, unfinished)
        try:
            with closing(Ledger.open(unfinished)) as ledger:
                entries = rebuild(ledger, progress)
                _prove(ledger, None, trusted_key)
                if settle is not None:
                    settle(ledger)
                _log(ledger, now, "projections")
                backup.fold(ledger)
        except UNUSABLE:
            backup.clear(path)
            return None
        aside = backup.put_in_place(unfinished, path, now)
    return Repaired(found, entries, aside=aside)


def _own_folders(path: Path) -> list[Path]:
    """Where the damaged ledger says that its backups go."""
    with salvage.damaged(path) as left, suppress(*CONFUSED):
        return backing_up.folders_of({row["key"]: row["value"] for row in left.table("settings") or []})
    return []


def _prove(ledger: Ledger, progress: Progress | None, trusted_key: bytes | None) -> None:
    """Verify what was made; whose key sealed it is told by the next verify, and no fault of the repair."""
    with suppress(ForeignSeal):
        verify(ledger, progress, trusted_key=trusted_key)


def _is_older(waiting: Path, aside: Path) -> bool:
    """Whether a new file was written before another one was put aside."""
    return waiting.is_file() and aside.is_file() and waiting.stat().st_mtime_ns <= aside.stat().st_ctime_ns


def _copy_raw(path: Path, unfinished: Path) -> None:
    make_private(unfinished)
    shutil.copyfile(path, unfinished)
    _copy_log(path, unfinished)


def _copy_log(path: Path, other: Path) -> None:
    log = path.with_name(f"{path.name}-wal")
    if log.exists():
        shutil.copyfile(log, other.with_name(f"{other.name}-wal"))


def _log(ledger: Ledger, now: datetime, how: str) -> None:
    with ledger.write() as tx:
        registry.log_activity(tx.db, now.isoformat(timespec="seconds"), "", "ledger_repaired", how)


@dataclass(frozen=True, slots=True)
class _Built:
    """A whole ledger that has no name yet."""

    unfinished: Path
    entries: int
    salvaged: int
    base: Found | None
    lost: Lost | None
    sealed: int


@dataclass(slots=True)
class _Rescue:
    """The second and the third way: a new file, of what can be read and of a backup."""

    path: Path
    backups: Sequence[Path]
    now: datetime
    progress: Progress | None
    trusted_key: bytes | None
    finish: Finish | None = None
    settle: Settle | None = None
    vault_of: VaultOf | None = None
    doubtful: int = 0
    """The first entry that a seal or its content speaks against, though the chain holds; 0 for none."""
    stale: bool = False
    """Whether more may have been recorded than what is left tells."""

    def run(self, found: Diagnosis, *, without_backup: bool) -> Repaired:
        source = source_of(self.path)
        self.stale = source != self.path and not self._was_cut_off(source)
        joined = self._joined(source)
        try:
            with salvage.damaged(joined or source) as left:
                built = self._built(left, found.ledger_id, without_backup=without_backup)
        finally:
            if joined is not None:
                remove(joined)
        if built is None:
            raise NoUsableBackup(str(self.path))
        if joined is not None:
            _bring_log(self.path, source)
        aside = backup.put_in_place(built.unfinished, self.path, self.now if self.path.exists() else None)
        if aside is None and source != self.path:
            aside = source
        base = built.base.path if built.base else None
        return Repaired(found, built.entries, aside, base, built.salvaged, built.lost, built.sealed)

    def _was_cut_off(self, aside: Path) -> bool:
        """Whether a repair or a restore ended between putting ``aside`` aside and giving the new file its name.

        Then the new file waits whole, and was written before the rename. Systems that do not tell when that was
        leave it open whether more was recorded.
        """
        waiting = unfinished_of(self.path)
        if not _is_older(waiting, aside):
            return False
        try:
            with closing(Ledger.open(waiting)) as ledger:
                _prove(ledger, self.progress, self.trusted_key)
        except UNUSABLE:
            return False
        return True

    def _joined(self, source: Path) -> Path | None:
        """A copy of a file that was put aside, with the log that putting aside did not come to; None where that is not
        its own: the log of a ledger that came later would spoil it.
        """
        log = self.path.with_name(f"{self.path.name}-wal")
        has_own = any(source.with_name(source.name + suffix).exists() for suffix in BESIDE)
        if source == self.path or has_own or not log.exists():
            return None
        joined = source.with_name(f"{source.name}.joined")
        with faults(self.path):
            remove(joined)
            with removed_on_failure(joined):
                _copy_raw(source, joined)
                _copy_log(self.path, joined)
                if self._is_continued(source, joined):
                    return joined
            remove(joined)
        return None

    def _is_continued(self, alone: Path, joined: Path) -> bool:
        """Whether a log takes nothing from the file that it was joined to: its history goes on from there.

        One that only claims later entries and proves none of them belongs to another file.
        """
        with salvage.damaged(alone) as left, salvage.damaged(joined) as more:
            last, last_joined = left.last_known()[0], more.last_known()[0]
            proved, hashes = self._chain(left, set())[0], dict[int, bytes]()
            if proved:
                hashes = self._chain(left, {proved})[1]
            reached, found = self._chain(more, {proved})
            holds = left.identity() in (None, more.identity()) and found == hashes
            gains = reached > proved or last_joined == last
            return holds and gains and last_joined >= last and more.complete >= left.complete

    def _built(self, left: Damaged, ledger_id: str, *, without_backup: bool) -> _Built | None:
        who, known = left.identity(), left.last_known()
        candidates = self._candidates(ledger_id)
        if who is not None and left.complete and self._chain(left, set())[0] == known[0]:
            built = self._build_ahead(left, known, who, candidates) or self._build(left, known, who, candidates, None)
            if built is not None:
                return built
        for candidate in self._going_with(left, candidates):
            built = self._build_twice(left, known, who, candidates, candidate)
            if built is not None:
                return built
        return self._build_twice(left, known, who, candidates, None) if without_backup and who is not None else None

    def _build_ahead(
        self, left: Damaged, known: tuple[int, str], who: Identity | None, candidates: Sequence[Found]
    ) -> _Built | None:
        """On top of a backup that continues all that the damaged file tells."""
        ahead = [one for one in candidates if one.entries > known[0]]
        for candidate in self._going_with(left, ahead) if ahead else ():
            built = self._build(left, known, who, candidates, candidate)
            if built is not None:
                return built
            self.stale, self.doubtful = True, 0  # it speaks of the backup
        return None

    def _build_twice(
        self, left: Damaged, known: tuple[int, str], who: Identity | None, donors: Sequence[Found], base: Found | None
    ) -> _Built | None:
        """Again without what a seal or the content of an entry speaks against, until nothing does."""
        while True:
            before = self.doubtful
            built = self._build(left, known, who, donors, base)
            if built is not None or self.doubtful == before:
                return built

    def _candidates(self, ledger_id: str) -> list[Found]:
        """Backups of this ledger, those with the most entries first. Raises ``SeveralLedgers``."""
        named = [one for one in map(backup.look_into, (name for name in self.backups if name.is_file())) if one]
        in_folders = [one for folder in self.backups for one in backup.backups_in(folder)]
        every = {one.path: one for one in (*named, *in_folders) if ledger_id in ("", one.ledger_id)}.values()
        if len({one.ledger_id for one in every}) > 1:
            raise SeveralLedgers(str(self.path))
        return sorted(every, key=lambda one: (one.entries, one.made_at), reverse=True)

    def _chain(self, left: Damaged, wanted: set[int]) -> tuple[int, dict[int, bytes]]:
        """How far the damaged file proves itself from its first entry on, and the hashes of the ``wanted`` entries."""
        proved, hashes = 0, dict[int, bytes]()
        start = left.beginning()
        for _envelope, _body, head in left.following(start) if start else ():
            if self.doubtful and head.seq >= self.doubtful:
                break
            proved = head.seq
            if proved in wanted:
                hashes[proved] = head.hash
        return proved, hashes

    def _going_with(self, left: Damaged, candidates: Sequence[Found]) -> Iterator[Found]:
        """The backups that tell the same history as the part of the damaged file that proves itself."""
        proved = self._chain(left, set())[0]
        hashes = self._chain(left, {min(one.entries, proved) for one in candidates})[1]
        for one in candidates:
            last = min(one.entries, proved)
            with salvage.damaged(one.path) as kept:
                goes_with = not last or kept.hash_at(last) == hashes[last]
            if goes_with:
                yield one

    def _build(
        self, left: Damaged, known: tuple[int, str], who: Identity | None, donors: Sequence[Found], base: Found | None
    ) -> _Built | None:
        """A new file on top of ``base``; None where it does not prove whole, and ``doubtful`` says from where on."""
        try:
            unfinished = self._begun(who, base)
        except UNUSABLE:  # the backup itself
            return None
        try:
            with removed_on_failure(unfinished), closing(Ledger.open(unfinished)) as ledger:
                return self._filled(ledger, left, known, donors, base)
        except DamagedLedger as error:
            if not self.doubtful or 0 < error.entry < self.doubtful:
                self.doubtful = error.entry
            return None

    def _begun(self, who: Identity | None, base: Found | None) -> Path:
        """A copy of ``base``, or an empty ledger of ``who``."""
        if base is not None:
            return backup.prepare(base.path, self.path, self.progress)
        if who is None:
            raise NoUsableBackup(str(self.path))
        unfinished = backup.clear(self.path)
        Ledger.create(unfinished, who).close()
        return unfinished

    def _filled(
        self, ledger: Ledger, left: Damaged, known: tuple[int, str], donors: Sequence[Found], base: Found | None
    ) -> _Built:
        if base is None:
            salvage.carry_meta(left, ledger)
        salvaged = salvage.append(left, ledger, self.doubtful - 1 if self.doubtful else None)
        older = self.stale and base is not None and base.entries > known[0]
        behind = [] if older else salvage.carry_tables(left, ledger)
        for donor in donors if base is None else ():
            if behind:
                with salvage.damaged(donor.path) as whole:
                    behind = salvage.carry_tables(whole, ledger, behind)
        rebuild(ledger, self.progress)
        sealed = self._seal_again(ledger, [one.path for one in donors])
        _prove(ledger, self.progress, self.trusted_key)
        entries = ledger.head().seq
        lost = self._lost(ledger, left, known)
        if base is not None or lost is not None:
            finish, folder = self.finish, base.path.parent if base else None
            backup.come_back(ledger, (lambda one: finish(one, folder)) if finish else None)
        if self.settle is not None:
            self.settle(ledger)
        _log(ledger, self.now, "new_file" if base is None else base.path.name)
        backup.fold(ledger)
        return _Built(ledger.path, entries, salvaged, base, lost, sealed)

    def _seal_again(self, ledger: Ledger, others: Sequence[Path]) -> int:
        """Seal anew the closings whose seals cannot be read; how many. The log tells it."""
        vault = self.vault_of(ledger.identity) if self.vault_of else None
        if vault is None:
            return 0
        known = vault.known_public_key() is not None
        sealed = salvage.seal_again(ledger, vault, others)
        if sealed:
            _log(ledger, self.now, f"sealed_again:{sealed}")
        if sealed and not known:
            vouch(ledger, vault)
        return sealed

    def _lost(self, ledger: Ledger, left: Damaged, known: tuple[int, str]) -> Lost | None:
        kept, after = ledger.head().seq, queries.last_recorded_at(ledger.db) or ""
        last, before = known
        if last <= kept:
            return None if left.complete and not self.stale else Lost(kept + 1, 0, after, "")
        listed = unused(self.path.parent, f"{self.path.name}.lost-{self.now:%Y%m%d-%H%M%S}", ".jsonl")
        readable = salvage.write_traces(left, kept + 1, listed)
        if self.stale:
            last, before = 0, ""
        return Lost(kept + 1, last, after, before, readable, listed if readable else None)


def source_of(path: Path) -> Path:
    """The file that tells of a ledger: its own, else the newest that was put aside.

    A repair or a restore is interrupted between the two now and then. Every one that was not leaves such a file too, so
    that what it tells may be long past.
    """
    if path.exists():
        return path
    asides = {
        one: (named[1], int(named[2] or 1))
        for one in path.parent.glob(f"{escape(path.name)}.damaged-*")
        if (named := ASIDE.fullmatch(one.name, len(path.name)))
    }
    return max(asides, key=lambda one: asides[one], default=path)


def _bring_log(path: Path, aside: Path) -> None:
    """What SQLite keeps beside a file goes with it, where putting aside did not come so far."""
    for suffix in BESIDE:
        with faults(path), suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
