"""Composition root: the one place that finds folders, takes locks, and wires ledger, keys, clock and services."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from pos_app.domain.dates import WIB
from pos_app.domain.errors import (
    DamagedLedger,
    LedgerBusy,
    LedgerExists,
    LedgerMissing,
    NotALedger,
    OlderLedger,
    PosError,
)
from pos_app.ledger.durable import write_whole
from pos_app.ledger.ledger import SQLITE_HEADER_BYTES, Identity, Ledger
from pos_app.ledger.migrations import SCHEMA_VERSION, schema_version
from pos_app.ledger.queries import setting
from pos_app.ledger.sqlite import fault_of, put_leftovers_aside
from pos_app.ledger.vault import Vault
from pos_app.paths import home
from pos_app.services.context import DEFAULT_CASH_STEP, Counter
from pos_app.services.ids import uuid7

if TYPE_CHECKING:
    from pos_app.ledger.copying import Progress
    from pos_app.services.repairing import Diagnosis, Repaired
    from sync.client.till import CentreClient

DEMO_SETTING = "demo"
DEMO_FOLDER = "demo"
RAISE_REQUEST = "raise.request"
"""A second start leaves this file beside the lock; the first window looks for it and comes to the front."""
ANSWER_SECONDS = 5.0
"""How long a second start waits for the first window: it may still be starting itself."""


def vault_for(identity: Identity) -> Vault:
    """The keys of one ledger; they live outside its file, in the system's key store unless ``POJOK_HOME`` is set."""
    return _vault_of(identity.ledger_id)


def _vault_of(ledger_id: str) -> Vault:
    return Vault(home() / "ledgers" / ledger_id, in_system=not os.environ.get("POJOK_HOME"))


def now() -> datetime:
    """The computer's clock, in WIB."""
    return datetime.now(UTC).astimezone(WIB)


def counter_for(ledger: Ledger, *, vault: Vault | None = None, prints: bool = True) -> Counter:
    """A till at work on this ledger; ``vault`` where its keys do not lie in the usual place."""
    step = int(setting(ledger.db, "cash_step", str(DEFAULT_CASH_STEP)))
    return Counter(ledger, vault or vault_for(ledger.identity), now, uuid7, prints=prints, cash_step=step)


def centre_client() -> "CentreClient":
    """The way to the centre."""
    from sync.client.till import CentreClient

    return CentreClient()


@contextmanager
def opened(path: Path, *, lock: bool = True) -> Iterator[Ledger]:
    """Open a ledger for a command; with ``lock`` no other till process may have it open.

    One of an older program is upgraded under that lock in either case. Raises ``LedgerBusy``, and ``OlderLedger`` where
    a command that only reads would have to upgrade what another process has open.
    """
    with ExitStack() as alone:
        old = _owner_of_old(path)
        if old is not None:
            try:
                alone.enter_context(held(old, path))
            except LedgerBusy:
                if lock:
                    raise
                raise OlderLedger(str(path)) from None
        with closing(Ledger.open(path)) as ledger:
            if not lock:
                alone.close()
            elif old is None:
                alone.enter_context(locked(ledger))
            if lock:
                _check_is_no_backup(ledger)
            yield ledger


def _check_is_no_backup(ledger: Ledger) -> None:
    from pos_app.ledger.copying import check_is_no_backup

    check_is_no_backup(ledger.db, ledger.path)


def restored(
    backup: Path,
    path: Path,
    *,
    recovery_code: str | None = None,
    replace: bool = False,
    progress: "Progress | None" = None,
) -> Ledger:
    """A ledger made from a backup, whose document numbers start anew, also when this backup was restored before.

    With ``replace`` a ledger that is there is put aside, else it is refused. With ``recovery_code`` this computer
    learns to read the names in it. Raises what ``ledger.backup.restore`` and ``ledger.recovery.opened`` do, and
    ``LedgerBusy`` where a till has the ledger open; nothing is changed then.
    """
    from pos_app.ledger import recovery
    from pos_app.ledger.backup import reading, restore
    from pos_app.ui import backup_note

    with reading(backup) as source:
        ledger_id = source.identity.ledger_id
        keys = recovery.opened(source.db, ledger_id, recovery_code) if recovery_code else []

    def finish(ledger: Ledger) -> None:
        if keys:
            vault_for(ledger.identity).take_data_keys(keys)
        _come_back(ledger, backup.parent)
        _settle_in(ledger)

    with _renaming(ledger_id, path):
        ledger = restore(backup, path, replace_at=now() if replace else None, progress=progress, finish=finish)
    backup_note.keep(ledger)
    return ledger


@contextmanager
def _renaming(ledger_id: str, path: Path) -> Iterator[None]:
    """No till and no exchange has the ledger open: its file is about to be another. Raises ``LedgerBusy``."""
    with held(ledger_id, path), held(ledger_id, path, "sync"):
        yield


def diagnosed(path: Path, progress: "Progress | None" = None) -> "Diagnosis":
    """What is wrong with a ledger (``services.repairing.diagnose``); its seals must be by this till's key."""
    from pos_app.services import repairing

    return repairing.diagnose(path, progress, trusted_key=_told_by(path)[1])


def _told_by(path: Path) -> tuple[Identity | None, bytes | None]:
    """Whose ledger a damaged file is, as far as it tells, and the public key of that till on this computer."""
    from pos_app.ledger.salvage import damaged
    from pos_app.services.repairing import source_of

    with damaged(source_of(path)) as left:
        who = left.identity()
    return who, vault_for(who).known_public_key() if who else None


def rehearsed(path: Path, backups: Sequence[Path], progress: "Progress") -> "Repaired":
    """What ``repaired`` would do (``services.repairing.rehearse``); nothing is changed."""
    from pos_app.services import repairing

    trusted = _told_by(path)[1]
    return repairing.rehearse(path, backups, now(), progress, trusted_key=trusted, vault_of=vault_for)


def repaired(
    path: Path,
    backups: Sequence[Path] = (),
    *,
    without_backup: bool = False,
    recovery_code: str | None = None,
    progress: "Progress | None" = None,
) -> "Repaired":
    """Repair a ledger from itself or from backups (``services.repairing.repair``); numbers never come twice.

    Raises what that does, and ``LedgerBusy`` where a till has the ledger open.
    """
    from pos_app.ledger import recovery
    from pos_app.services import recovering, repairing
    from pos_app.ui import backup_note

    def settle(ledger: Ledger) -> None:
        if recovery_code:
            recovery.unlock(ledger, vault_for(ledger.identity), recovery_code)
        _settle_in(ledger)

    if recovery_code:
        recovery.check(recovery_code)
    who, trusted = _told_by(path)
    if who is None and not backups:
        from pos_app.ui.repair.presenter import find_backups

        backups = [one.path for one in find_backups(path, "", [])]
    ledger_id = who.ledger_id if who else backup_note.of(path).ledger_id
    with _renaming(ledger_id, path) if ledger_id else nullcontext():
        done = repairing.repair(
            path,
            backups,
            now(),
            progress,
            without_backup=without_backup,
            trusted_key=trusted,
            finish=_come_back,
            settle=settle,
            vault_of=vault_for,
        )
        with closing(Ledger.open(path)) as ledger:
            backup_note.keep(ledger)
            if recovery_code:
                recovering.unlock(ledger, vault_for(ledger.identity), recovery_code)
    return done


def _come_back(ledger: Ledger, folder: Path | None) -> None:
    """What this computer adds to a ledger that came back, from a backup in ``folder`` or without one."""
    from pos_app.ledger import beginnings
    from pos_app.ledger.vouching import vouch
    from pos_app.ui import backup_note

    vault, who, moment = vault_for(ledger.identity), ledger.identity, now()
    vouch(ledger, vault)
    known = backup_note.beginning_elsewhere(who.corner, who.till, moment)
    ledger.begin_anew(beginnings.take(who, vault.folder, folder, moment, known))


def _settle_in(ledger: Ledger) -> None:
    """What this computer knows of the persons in a ledger that holds anything of a backup, before it has its name.

    What is sealed is bound where nothing unbound is opened any more; else the next backup does it. Nobody is brought
    back who was anonymised since, as far as this computer knows.
    """
    from pos_app.ledger import binding
    from pos_app.services import privacy

    vault = vault_for(ledger.identity)
    if vault.bound_only:
        binding.bind(ledger, vault, again=True)
    privacy.anonymise_again(Counter(ledger, vault, now, uuid7, prints=False))


def run_window(path: Path | None, *, demo: bool = False) -> int:
    """Open the till's window on ``path``, the demo corner, or the ledger of last time.

    Without any, the first start offers to set one up; a demo never counts as the one of last time. A second start
    brings the first window to the front. What forbids the start is shown in a window of its own where somebody can
    see it, and raised.
    """
    try:
        return _run_window(path or (demo_ledger() if demo else last_ledger()))
    except (PosError, OSError) as error:
        fault = error if isinstance(error, PosError) else fault_of(error, str(path or home()))
        if has_display():
            from pos_app.services.wording import describe
            from pos_app.ui import fault_window

            fault_window.show(describe(fault))
        raise fault from error


def _run_window(chosen: Path | None) -> int:
    if chosen is None:
        from pos_app.ui.first_start import ask

        chosen = ask(home(), vault_for, now, restored_in_window)
        if chosen is None:
            return 0
    while True:
        status = _show_till(chosen)
        if status is not None:
            return status
        from pos_app.ui.repair.window import guide

        wish = guide(chosen, diagnosed, rehearsed, repaired)
        anew = _begun_anew(chosen) if wish == "anew" else chosen
        if not wish or anew is None:
            return 1
        chosen = anew


def _begun_anew(lost: Path) -> Path | None:
    """A fresh ledger of the till whose ledger is lost, as a person asked for; None when they thought better of it.

    What is left of the lost one is kept, and its numbers are not given again.
    """
    from pos_app.ui import backup_note
    from pos_app.ui.first_start import ask

    noted = backup_note.of(lost)
    put_lost_aside(lost)
    return ask(home(), vault_for, now, restored_in_window, noted)


def put_lost_aside(lost: Path) -> None:
    """Keep what is left of a ledger that nothing can mend under another name; one that tells whose it is stays.

    Raises ``LedgerExists`` for that one: it can be repaired. Raises ``LedgerBusy`` where a till has it open.
    """
    from pos_app.ledger.backup import put_aside
    from pos_app.ui import backup_note

    if not lost.exists():
        put_leftovers_aside(lost)
        return
    if _told_by(lost)[0] is not None:
        raise LedgerExists(str(lost))
    ledger_id = backup_note.of(lost).ledger_id
    with _renaming(ledger_id, lost) if ledger_id else nullcontext():
        put_aside(lost, now())


def next_beginning(corner: str, till: str, path: Path | None = None) -> int:
    """At which beginning the numbers of a new ledger start: after those of every earlier one that is known here.

    With ``path`` only the one that lay there counts.
    """
    from pos_app.ui import backup_note

    return backup_note.newest_beginning(corner, till, now(), path) + 1


def _show_till(chosen: Path) -> int | None:
    """The window until it is closed; its exit status, None where the ledger has to be repaired first."""
    try:
        return _show_whole_till(chosen)
    except (DamagedLedger, NotALedger, LedgerMissing) as fault:
        known = isinstance(fault, DamagedLedger) or _is_cut_off(chosen) or chosen == last_ledger()
        if not (known and has_display()):
            raise
        return None


def restored_in_window(backup: Path, path: Path, code: str | None, progress: "Progress") -> Ledger:
    """``restored`` as the first start calls it; it never replaces a ledger."""
    return restored(backup, path, recovery_code=code, progress=progress)


def _show_whole_till(chosen: Path) -> int | None:
    """The window on a ledger that opens; None where a person asked for the repair. Raises ``DamagedLedger``.

    One of an older program is upgraded once no other till process has it open.
    """
    with ExitStack() as alone:
        old = _owner_of_old(chosen)
        if old is not None:
            if not _is_first(alone, old, chosen):
                return 0
            if has_display():
                from pos_app.ui.upgrade_window import upgrade

                upgrade(chosen)
        ledger = alone.enter_context(closing(Ledger.open(chosen)))
        if old is None and not _is_first(alone, ledger.identity.ledger_id, chosen):
            return 0
        _check_is_no_backup(ledger)
        if setting(ledger.db, DEMO_SETTING, "") != "1":
            _note(ledger)
        from pos_app.ui import application

        return application.run(counter_for(ledger), _request(ledger.identity.ledger_id))


def _is_first(alone: ExitStack, ledger_id: str, path: Path) -> bool:
    """Take the lock of a ledger; False where the window that has it comes to the front. Raises ``LedgerBusy``."""
    try:
        alone.enter_context(held(ledger_id, path))
    except LedgerBusy:
        if _is_answered(_request(ledger_id)):
            return False
        raise
    return True


def _request(ledger_id: str) -> Path:
    return _vault_of(ledger_id).folder / RAISE_REQUEST


def _owner_of_old(path: Path) -> str | None:
    """The id of a ledger that would be upgraded when it is opened; None where there is nothing to upgrade.

    Nothing is changed by looking. Raises ``DamagedLedger`` or another fault of an old file.
    """
    if not _is_old(path):
        return None
    from pos_app.ledger.backup import reading

    with reading(path) as ledger:  # the header alone may be behind the write-ahead log
        return ledger.identity.ledger_id if schema_version(ledger.db) < SCHEMA_VERSION else None


def _is_old(path: Path) -> bool:
    """Whether the header of a ledger names an older schema: upgrading it may take a while."""
    with suppress(OSError), path.open("rb") as file:
        header = file.read(SQLITE_HEADER_BYTES)
        return 0 < int.from_bytes(header[60:64], "big") < SCHEMA_VERSION
    return False


def _is_answered(request: Path) -> bool:
    """Whether the window that holds the ledger took the request to come to the front."""
    request.touch()
    patience = time.monotonic() + ANSWER_SECONDS
    while request.exists():
        if time.monotonic() > patience:
            request.unlink(missing_ok=True)
            return False
        time.sleep(0.05)
    return True


def has_display() -> bool:
    """Whether a window would be seen by somebody."""
    if os.environ.get("QT_QPA_PLATFORM", "") in ("offscreen", "minimal"):
        return False
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def demo_ledger() -> Path:
    """The demo corner of this user, made at the first call."""
    from pos_app.services import setup

    folder = home() / DEMO_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / setup.DEMO_FILE
    return path if path.exists() else setup.demo_corner(folder, now(), vault_for)


def last_ledger() -> Path | None:
    """The ledger of an own corner that the window showed last, also when it is gone; the demo is asked for anew.

    Whoever misses it is led to the repair: a new corner in its place would give its numbers again.
    """
    note = home() / "last_ledger"
    try:
        name = note.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        name = ""
    if not name and note.exists():  # it no longer tells, another note may
        from pos_app.ui import backup_note

        return next(iter(backup_note.ledgers()), None)
    path = Path(name) if name else None
    if path is None or path.parent == (home() / DEMO_FOLDER).resolve():
        return None
    return path


def _is_cut_off(path: Path) -> bool:
    """Whether a ledger is missing because a repair or a restore was cut off between putting aside and naming."""
    if path.exists():
        return False
    names = (f"{escape(path.name)}.damaged-*", f"{escape(path.name)}.part")
    return any(True for name in names for _one in path.parent.glob(name))


def _note(ledger: Ledger) -> None:
    """What this computer knows of its till when the file is damaged or gone."""
    from pos_app.ui import backup_note

    remember(ledger.path)
    backup_note.keep(ledger)


def remember(path: Path) -> None:
    """The next start without a name opens this ledger."""
    home().mkdir(parents=True, exist_ok=True)
    write_whole(home() / "last_ledger", str(path.resolve()))


def locked(ledger: Ledger, name: str = "till") -> AbstractContextManager[None]:
    """The single-instance lock of a ledger; the system lets go of it when the process dies.

    Raises ``LedgerBusy``.
    """
    return held(ledger.identity.ledger_id, ledger.path, name)


@contextmanager
def held(ledger_id: str, path: Path, name: str = "till") -> Iterator[None]:
    """The same lock for a ledger that is not open: one that is damaged, or about to be replaced."""
    folder = _vault_of(ledger_id).folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / f"{name}.lock").open("a+b") as file:
        try:
            _lock(file.fileno())
        except OSError:
            raise LedgerBusy(str(path)) from None
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
