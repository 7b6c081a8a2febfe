"""The centre's commands as plain functions; the command line parses and prints. All raise ``CentreError``."""

from functools import partial
from pathlib import Path
from typing import Any

from sync.server import keys
from sync.server.access.officers import ROLES, note_decision
from sync.server.centre import init_centre, open_centre, opened, renew_timeline
from sync.server.database.dialect import many_workers, reading, shown, writing
from sync.server.errors import CentreError
from sync.server.exchange import enrolment, stick
from sync.server.exchange import repairs as repairing
from sync.server.projecting import checking
from sync.server.registry import deciding, merging
from sync.server.registry import spreadsheets as registry
from sync.server.trust import figures, replaying


def init(database: str) -> str:
    """Make or migrate the centre's database; harmless when it is there. Gives its address as it may be printed."""
    init_centre(database)
    return shown(database)


def import_registry(
    kind: str, file: Path, database: str, *, skip_bad: bool = False, word: registry.Word = registry.in_english
) -> dict[str, Any]:
    """Import ``corners``, ``producers``, ``products`` or ``holidays``; the object that ``--json`` prints.

    Raises ``UnreadableFile`` too.
    """
    with opened(database) as centre:
        return registry.import_file(centre, kind, file, skip_bad=skip_bad, word=word)


def code(database: str, corner: str, till: str) -> str:
    """A one-time enrolment code."""
    with opened(database) as centre, writing(centre.engine) as db:
        return enrolment.new_code(centre, db, corner, till)


def officer(database: str, name: str, role: str, password: str | None = None) -> str:
    """Make an account for the web pages, or change its role and password; gives the password back.

    Without ``password`` a random one is made, which the officer has to change at the first sign-in.
    """
    from sync.server.access import accounts, passwords

    if role not in ROLES:
        raise CentreError("unknown_role", role=role, roles=", ".join(ROLES))
    name = accounts.valid_name(name)
    if password:
        passwords.check(password, name)
    chosen = password or passwords.one_time()
    with opened(database) as centre, writing(centre.engine) as db:
        accounts.put_officer(centre, db, name, ROLES[role], chosen, must_change=not password)
    return chosen


def state(database: str, corner: str | None = None, till: str | None = None) -> dict[str, Any]:
    """The current figures, from the centre's own projections, in the form of ``pojok state``."""
    with opened(database) as centre:
        return figures.state(centre, corner, till)


def verify(database: str) -> dict[str, Any]:
    """Replay all entries and compare; ``CentreError`` names the first difference."""
    with opened(database) as centre:
        return {"status": "ok", **figures.verify(centre)._asdict()}


def rebuild(database: str, corner: str | None = None, till: str | None = None) -> dict[str, Any]:
    """Make the figures anew from the entries: of all tills, those of ``corner``, or one till."""
    with opened(database) as centre:
        return {"status": "ok", **replaying.rebuild(centre, corner, till)._asdict()}


def timeline(database: str, *, new: bool = False) -> str:
    """The timeline of the centre; a new one where ``new`` says so, after which every till pulls all anew."""
    with opened(database) as centre:
        return renew_timeline(centre) if new else centre.timeline


def check_slip(database: str, number: str, code: str) -> dict[str, Any]:
    """Whether a slip is genuine, as ``GET /v1/slips/NUMBER`` answers it."""
    with opened(database) as centre, reading(centre.engine) as db:
        return checking.check(db, number, code)


def proposals(database: str, *, everything: bool = False, corner: str = "") -> list[dict[str, Any]]:
    """What tills proposed and nobody decided about, or everything; of one corner where it is named."""
    with opened(database) as centre, reading(centre.engine) as db:
        return deciding.listed(db, everything=everything, corner=corner)


def confirm(database: str, code: str, changes: dict[str, str], by: str, mark: str | None = None) -> None:
    """Take a proposal into the registry, with changes to its facts; or correct it there."""
    with opened(database) as centre, writing(centre.engine) as db:
        deciding.confirm(centre, db, code, changes, by, mark)


def merge(database: str, code: str, into: str, by: str, mark: str | None = None) -> None:
    """Say that a proposal is a code of the registry."""
    with opened(database) as centre, writing(centre.engine) as db:
        merging.merge_proposed(centre, db, code, into, by, mark)


def unmerge(database: str, code: str, by: str) -> None:
    """Take a merging back."""
    with opened(database) as centre, writing(centre.engine) as db:
        merging.unmerge_proposed(centre, db, code, by)


def decline(database: str, code: str, reason: str, by: str, mark: str | None = None) -> None:
    """Do not take a proposal in, and tell the corner why."""
    with opened(database) as centre, writing(centre.engine) as db:
        deciding.decline(centre, db, code, reason, by, mark)


def repairs(database: str) -> list[dict[str, Any]]:
    """Tills that ask for a repair, those that wait first."""
    with opened(database) as centre, reading(centre.engine) as db:
        return [asked._asdict() for asked in repairing.repairs(db)]


def approve(database: str, corner: str, till: str, officer: str) -> None:
    """Let a till begin a new epoch."""
    with opened(database) as centre, writing(centre.engine) as db:
        repairing.approve(centre, db, corner, till, officer)


def refuse(database: str, corner: str, till: str, officer: str) -> None:
    """Do not let a till begin a new epoch."""
    with opened(database) as centre, writing(centre.engine) as db:
        repairing.refuse(centre, db, corner, till, officer)


def revoke(database: str, corner: str, till: str, officer: str) -> int:
    """Take the keys of a till away; how many were good until now."""
    with opened(database) as centre, writing(centre.engine) as db:
        note_decision(centre, db, officer, "revoke", f"{corner} {till}")
        return enrolment.revoke(centre, db, corner, till)


def roll_key(database: str, officer: str) -> str:
    """Sign with a new key from now on; its id."""
    with opened(database) as centre, writing(centre.engine) as db:
        key = keys.roll_key(db, centre.ring, centre.now())
        note_decision(centre, db, officer, "key", key)
        return key


def bundle(file: Path, database: str, reply: Path) -> dict[str, Any]:
    """Take in a till's bundle and write the reply; ``status`` is ``known`` when it brought nothing new."""
    with opened(database) as centre:
        loaded = stick.load_bundle(centre, file, reply)
    told = {"status": "ok" if loaded.new or not loaded.known else "known", "new": loaded.new, "known": loaded.known}
    return told | ({"proposals": loaded.proposals} if loaded.proposals else {})


def serve(database: str, host: str, port: int, workers: int = 1, address: str = "") -> None:
    """Run the centre until it is told to stop; prints where it listens, alone on a line, once it does.

    ``address`` is where people reach it, as ``https://pojok.example.go.id``: cookies then travel by TLS alone.
    """
    from sync.server.app import create_app
    from sync.server.serving import run

    open_centre(database).close()
    if workers > 1 and not many_workers(database):
        raise CentreError("one_worker")
    run(partial(create_app, database, reporting=True, address=address), host, port, workers)
