"""A ledger that comes back: restored from a backup, repaired, joined again, or begun anew in a lost one's place."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pos_app import bootstrap
from pos_app.domain.errors import LedgerExists, PosError
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.sqlite import put_leftovers_aside
from pos_app.services.context import Counter
from pos_app.services.ids import uuid7

if TYPE_CHECKING:
    from pos_app.ledger.copying import Progress
    from pos_app.services.rejoining import Rejoined, Repair
    from pos_app.services.repairing import Diagnosis, Repaired


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
    from pos_app.services import backup_note

    with reading(backup) as source:
        ledger_id = source.identity.ledger_id
        keys = recovery.opened(source.db, ledger_id, recovery_code) if recovery_code else []

    def finish(ledger: Ledger) -> None:
        if keys:
            bootstrap.vault_for(ledger.identity).take_data_keys(keys)
        _come_back(ledger, backup.parent)
        _settle_in(ledger)

    with _renaming(ledger_id, path):
        moment = bootstrap.now() if replace else None
        ledger = restore(backup, path, replace_at=moment, progress=progress, finish=finish)
    backup_note.keep(ledger)
    return ledger


def restored_in_window(backup: Path, path: Path, code: str | None, progress: "Progress") -> Ledger:
    """``restored`` as the first start calls it; it never replaces a ledger."""
    return restored(backup, path, recovery_code=code, progress=progress)


@contextmanager
def _renaming(ledger_id: str, path: Path) -> Iterator[None]:
    """No till and no exchange has the ledger open: its file is about to be another. Raises ``LedgerBusy``."""
    with bootstrap.held(ledger_id, path), bootstrap.held(ledger_id, path, "sync"):
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
    return who, bootstrap.vault_for(who).known_public_key() if who else None


def rehearsed(path: Path, backups: Sequence[Path], progress: "Progress") -> "Repaired":
    """What ``repaired`` would do (``services.repairing.rehearse``); nothing is changed."""
    from pos_app.services import repairing

    trusted, moment = _told_by(path)[1], bootstrap.now()
    return repairing.rehearse(path, backups, moment, progress, trusted_key=trusted, vault_of=bootstrap.vault_for)


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
    from pos_app.services import backup_note, recovering, repairing

    def settle(ledger: Ledger) -> None:
        if recovery_code:
            recovery.unlock(ledger, bootstrap.vault_for(ledger.identity), recovery_code)
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
            bootstrap.now(),
            progress,
            without_backup=without_backup,
            trusted_key=trusted,
            finish=_come_back,
            settle=settle,
            vault_of=bootstrap.vault_for,
        )
        with closing(Ledger.open(path)) as ledger:
            backup_note.keep(ledger)
            if recovery_code:
                recovering.unlock(ledger, bootstrap.vault_for(ledger.identity), recovery_code)
    return done


def may_join_again(path: Path) -> bool:
    """Whether an officer allowed this till to join the centre's history again, and it has not done so."""
    from pos_app.services import rejoining

    with suppress(PosError), closing(Ledger.open(path)) as ledger:
        return rejoining.state(ledger) == "approved"
    return False


def joining_rehearsed(path: Path, progress: "Progress", twice: Collection[str] = ()) -> "Rejoined":
    """What ``joined_again`` would do; nothing is changed but that what the centre has is fetched and kept."""
    return _joining(path, progress, twice).rehearse()


def joined_again(path: Path, progress: "Progress | None" = None, twice: Collection[str] = ()) -> "Rejoined":
    """Join a till whose history differs from the centre's to it again (``services.rejoining``).

    What the centre has is fetched unless an earlier try kept it; whether the approval still holds is asked where that
    can be. ``twice``: see ``rejoining.Repair``.

    Raises ``NothingApproved``, ``CannotRejoin``,
    ``ExchangeFailed`` where the centre cannot be reached, and ``LedgerBusy``; the ledger is then as it was.
    """
    from pos_app.services import backup_note, rejoining

    rejoining.recover(path)
    with closing(Ledger.open(path)) as ledger:
        ledger_id = ledger.identity.ledger_id
    with _renaming(ledger_id, path):
        _ask_again(path)
        done = _joining(path, progress, twice).run()
        with closing(Ledger.open(path)) as ledger:
            backup_note.keep(ledger)
    return done


def _ask_again(path: Path) -> None:
    """Hear, where the centre can be reached, whether the approval still holds."""
    from pos_app.services import exchange

    with (
        closing(Ledger.open(path)) as ledger,
        closing(bootstrap.centre_client()) as client,
        suppress(exchange.ExchangeFailed),  # what it said is in the ledger
    ):
        exchange.sync(ledger, bootstrap.vault_for(ledger.identity), client)


def fetched_back(path: Path, code: str, progress: "Progress") -> int:
    """Fetch what a restored till had sent after its backup; how many entries. ``code`` joins a new computer first.

    Raises ``ExchangeFailed`` and ``LedgerBusy``.
    """
    from pos_app.services import exchange

    progress(0, 0)
    with closing(Ledger.open(path)) as ledger, _renaming(ledger.identity.ledger_id, path):
        vault, before = bootstrap.vault_for(ledger.identity), ledger.head().seq
        with closing(bootstrap.centre_client()) as client:
            if code:
                exchange.enrol(ledger, vault, client, exchange.centre_address(ledger), code)
            exchange.sync(ledger, vault, client)
        return ledger.head().seq - before


def _joining(path: Path, progress: "Progress | None", twice: Collection[str]) -> "Repair":
    from pos_app.services import rejoining

    with closing(Ledger.open(path)) as ledger, closing(bootstrap.centre_client()) as client:
        vault = bootstrap.vault_for(ledger.identity)
        pages = rejoining.fetched(path, ledger, rejoining.fetch_with(client, vault))
    return rejoining.Repair(path, pages, vault, bootstrap.now(), uuid7, progress, frozenset(twice))


def _come_back(ledger: Ledger, folder: Path | None) -> None:
    """What this computer adds to a ledger that came back, from a backup in ``folder`` or without one."""
    from pos_app.ledger import beginnings
    from pos_app.ledger.vouching import vouch
    from pos_app.services import backup_note, rejoining

    vault, who, moment = bootstrap.vault_for(ledger.identity), ledger.identity, bootstrap.now()
    vouch(ledger, vault)
    rejoining.note_restored(ledger)
    known = backup_note.beginning_elsewhere(who.corner, who.till, moment)
    ledger.begin_anew(beginnings.take(who, vault.folder, folder, moment, known))


def _settle_in(ledger: Ledger) -> None:
    """What this computer knows of the persons in a ledger that holds anything of a backup, before it has its name.

    What is sealed is bound where nothing unbound is opened any more; else the next backup does it. Nobody is brought
    back who was anonymised since, as far as this computer knows.
    """
    from pos_app.ledger import binding
    from pos_app.services import privacy

    vault = bootstrap.vault_for(ledger.identity)
    if vault.bound_only:
        binding.bind(ledger, vault, again=True)
    privacy.anonymise_again(Counter(ledger, vault, bootstrap.now, uuid7, prints=False))


def put_lost_aside(lost: Path) -> None:
    """Keep what is left of a ledger that nothing can mend under another name; one that tells whose it is stays.

    Raises ``LedgerExists`` for that one: it can be repaired. Raises ``LedgerBusy`` where a till has it open.
    """
    from pos_app.ledger.backup import put_aside
    from pos_app.services import backup_note

    if not lost.exists():
        put_leftovers_aside(lost)
        return
    if _told_by(lost)[0] is not None:
        raise LedgerExists(str(lost))
    ledger_id = backup_note.of(lost).ledger_id
    with _renaming(ledger_id, lost) if ledger_id else nullcontext():
        put_aside(lost, bootstrap.now())


def next_beginning(corner: str, till: str, path: Path | None = None) -> int:
    """At which beginning the numbers of a new ledger start: after those of every earlier one that is known here.

    With ``path`` only the one that lay there counts.
    """
    from pos_app.services import backup_note

    return backup_note.newest_beginning(corner, till, bootstrap.now(), path) + 1
