"""The start of the window: which ledger it opens, who was first, and the ways to a repair or a first start."""

import gc
import os
import sys
import time
from contextlib import ExitStack, closing, suppress
from glob import escape
from pathlib import Path
from typing import Literal

from pos_app import bootstrap
from pos_app.domain.errors import DamagedLedger, LedgerBusy, LedgerMissing, NotALedger, PosError
from pos_app.ledger.durable import write_whole
from pos_app.ledger.exchange_facts import APPROVAL, RESTORED, read_fact
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.queries import setting
from pos_app.ledger.sqlite import fault_of
from pos_app.paths import home
from pos_app.services.context import DEMO_SETTING

DEMO_FOLDER = "demo"
TRAINING_FOLDER = "training"
Status = Literal["training", "join", "fetch"]
"""What is to come before the window is shown again."""
"""Beside the keys of the till: a throwaway ledger with keys of its own."""
RAISE_REQUEST = "raise.request"
"""A second start leaves this file beside the lock; the first window looks for it and comes to the front."""
COLLECT_SELDOM = 50_000
"""While everything is made, little is garbage: looking for it after every 700 objects would cost 16 ms."""
ANSWER_SECONDS = 5.0
"""How long a second start waits for the first window: it may still be starting itself."""


def run_window(path: Path | None, *, demo: bool = False) -> int:
    """Open the till's window on ``path``, the demo corner, or the ledger of last time.

    Without any, the first start offers to set one up; a demo never counts as the one of last time. A second start
    brings the first window to the front. What forbids the start is shown in a window of its own where somebody can
    see it, and raised.
    """
    gc.set_threshold(COLLECT_SELDOM)
    try:
        return _run_window(path or (demo_ledger() if demo else last_ledger()))
    except (PosError, OSError) as error:
        raise _told(error, path or home()) from error


def _told(error: PosError | OSError, path: Path) -> PosError:
    """The fault, after a window of its own showed it where somebody can see one."""
    fault = error if isinstance(error, PosError) else fault_of(error, str(path))
    if has_display():
        from pos_app.services.wording import describe
        from pos_app.ui import fault_window

        fault_window.show(describe(fault))
    return fault


def _run_window(chosen: Path | None) -> int:
    chosen = chosen or _left_in_setup()
    if chosen is None:
        from pos_app import coming_back
        from pos_app.ui.first_start import ask

        chosen = ask(
            home(),
            bootstrap.vault_for,
            bootstrap.now,
            coming_back.restored_in_window,
            join=bootstrap.join,
            made=_made,
        )
        if chosen is None:
            return 0
    if not chosen.exists():  # joining again may have been cut off between two names
        from pos_app.services import rejoining

        rejoining.recover(chosen)
    offered = False
    while True:
        status = _show_till(chosen, offer=not offered)
        if status == "fetch":
            _fetch_first(chosen)
            offered = True
            continue
        if status == "join" or (status is None and _may_join(chosen)):
            _join_again(chosen)
            offered = True
            continue
        if status == "training":
            try:
                _train(chosen)
            except (PosError, OSError) as error:  # the real till goes on
                _told(error, chosen)
            continue
        if status is not None:
            return status
        from pos_app import coming_back
        from pos_app.ui.repair.window import guide

        wish = guide(chosen, coming_back.diagnosed, coming_back.rehearsed, coming_back.repaired)
        anew = _begun_anew(chosen) if wish == "anew" else chosen
        if not wish or anew is None:
            return 1
        chosen = anew


def _join_again(path: Path) -> None:
    """The guide that joins a till to the centre's history again, as an officer allowed it; the till opens after it."""
    from pos_app import coming_back
    from pos_app.ui.rejoin.window import guide

    guide(path, coming_back.joining_rehearsed, coming_back.joined_again, _allowed)


def _allowed(path: Path, pin: str) -> None:
    """A manager allows joining again, before anybody has logged in; it is logged. Raises ``WrongPin``."""
    from pos_app.services import people

    with closing(Ledger.open(path)) as ledger:
        people.approve(bootstrap.counter_for(ledger), pin, "rejoin")


def _fetch_first(path: Path) -> None:
    """The guide that fetches what a restored till had sent; the till opens after it."""
    from pos_app import coming_back
    from pos_app.ui.rejoin.fetch_window import guide

    guide(path, coming_back.fetched_back)


def _offered(ledger: Ledger) -> Literal["join", "fetch"] | None:
    """Which guide comes before the till: joining again, or fetching while nothing was recorded since a restore."""
    if read_fact(ledger.db, APPROVAL):
        return "join"
    restored = read_fact(ledger.db, RESTORED)
    return "fetch" if restored and restored == str(ledger.head().seq) else None


def _may_join(path: Path) -> bool:
    """Whether a ledger that somebody wants repaired opens, and is one that may join again."""
    from pos_app import coming_back

    return has_display() and bootstrap.owner_of_old(path) is None and coming_back.may_join_again(path)


def _begun_anew(lost: Path) -> Path | None:
    """A fresh ledger of the till whose ledger is lost, as a person asked for; None when they thought better of it.

    What is left of the lost one is kept, and its numbers are not given again.
    """
    from pos_app import coming_back
    from pos_app.services import backup_note
    from pos_app.ui.first_start import ask

    noted = backup_note.of(lost)
    coming_back.put_lost_aside(lost)
    return ask(
        home(),
        bootstrap.vault_for,
        bootstrap.now,
        coming_back.restored_in_window,
        noted,
        join=bootstrap.join,
        made=_made,
    )


def _left_in_setup() -> Path | None:
    """A corner that was just made when the power went, before the next start was told of it."""
    from pos_app.services import first_steps

    for path in sorted(home().glob("pojok-*.db")):
        with suppress(PosError):
            if bootstrap.owner_of_old(path) is not None:  # made by an earlier program; upgraded when it is chosen
                continue
            with closing(Ledger.open(path)) as ledger:
                if ledger.head().seq == 0 and first_steps.standing(ledger.db).at:
                    return path
    return None


def _made(path: Path | None) -> None:
    """A new corner's ledger is there and the next start opens it; with None it was taken back."""
    if path is not None:
        remember(path)
    else:
        (home() / "last_ledger").unlink(missing_ok=True)


def _train(real: Path) -> None:
    """The training until its window is closed. Nothing else may work on the real till meanwhile, nor does this."""
    from pos_app.ledger.backup import reading
    from pos_app.services import training
    from pos_app.ui import application

    with reading(real) as source:
        ledger_id = source.identity.ledger_id
    folder = _training_folder(ledger_id)
    with bootstrap.held(ledger_id, real):
        try:
            path = training.make(real, folder, bootstrap.now())
            with closing(Ledger.open(path)) as ledger:
                counter = bootstrap.counter_for(ledger, vault=training.vault_in(folder))
                application.run(counter, _request(ledger_id))
        finally:
            training.remove(folder)


def _training_folder(ledger_id: str) -> Path:
    return bootstrap.folder_of(ledger_id) / TRAINING_FOLDER


def _show_till(chosen: Path, *, offer: bool) -> int | Status | None:
    """The window until it is closed; its exit status, None where the ledger has to be repaired first.

    With ``offer`` a guide that has to come first: ``join`` or ``fetch`` (``_offered``).
    """
    try:
        return _show_whole_till(chosen, offer=offer)
    except (DamagedLedger, NotALedger, LedgerMissing) as fault:
        known = isinstance(fault, DamagedLedger) or _is_cut_off(chosen) or chosen == last_ledger()
        if not (known and has_display()):
            raise
        return None


def _show_whole_till(chosen: Path, *, offer: bool = False) -> int | Status | None:
    """The window on a ledger that opens; None where a person asked for the repair. Raises ``DamagedLedger``.

    One of an older program is upgraded once no other till process has it open.
    """
    with ExitStack() as alone:
        old = bootstrap.owner_of_old(chosen)
        if old is not None:
            if not _is_first(alone, old, chosen):
                return 0
            if has_display():
                from pos_app.ui.upgrade_window import upgrade

                upgrade(chosen)
        ledger = alone.enter_context(closing(Ledger.open(chosen)))
        if old is None and not _is_first(alone, ledger.identity.ledger_id, chosen):
            return 0
        bootstrap.check_is_no_backup(ledger)
        offered = _offered(ledger) if offer and has_display() else None
        if offered is not None:
            return offered
        leftover = _training_folder(ledger.identity.ledger_id)
        if leftover.exists():  # the power went, or the program was ended
            from pos_app.services import training

            training.remove(leftover)
        if setting(ledger.db, DEMO_SETTING, "") != "1":
            remember(ledger.path)
        from pos_app.ui import application

        return application.run(bootstrap.counter_for(ledger), _request(ledger.identity.ledger_id))


def _is_first(alone: ExitStack, ledger_id: str, path: Path) -> bool:
    """Take the lock of a ledger; False where the window that has it comes to the front. Raises ``LedgerBusy``."""
    try:
        alone.enter_context(bootstrap.held(ledger_id, path))
    except LedgerBusy:
        if _is_answered(_request(ledger_id)):
            return False
        raise
    return True


def _request(ledger_id: str) -> Path:
    return bootstrap.folder_of(ledger_id) / RAISE_REQUEST


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
    return path if path.exists() else setup.demo_corner(folder, bootstrap.now(), bootstrap.vault_for)


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
        from pos_app.services import backup_note

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


def remember(path: Path) -> None:
    """The next start without a name opens this ledger."""
    note, name = home() / "last_ledger", str(path.resolve())
    with suppress(OSError, UnicodeDecodeError):
        if note.read_text(encoding="utf-8") == name:
            return
    home().mkdir(parents=True, exist_ok=True)
    write_whole(note, name)
