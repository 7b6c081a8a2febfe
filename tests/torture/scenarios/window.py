"""SIGKILL at any moment of the real window, drawn off screen, with a cashier at its keys."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

from tests.torture import oracle
from tests.torture.scenario import NotHere, Round, Scenario
from tests.torture.till import Till, new_till
from tests.torture.zygote import PROGRAM, Child, Zygote

LONGEST = 0.4
"""Seconds within which the process dies, when the moment is uniform."""
AROUND_PAYING = 0.02
"""Seconds after the key that pays within which it dies otherwise."""
ENVIRONMENT = {"QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "*=false"}

Cart = list[list[Any]]


FLOAT = {"do": "open_shift", "float": 200_000}
COUNT = {"do": "close_shift", "counted": 200_000, "pieces": {"100000": 2}, "note": "selisih"}


@dataclass
class Told:
    """What the screen showed over all lives of this window."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    """Sales and closings that it told and that were not looked up yet."""
    sold: list[Cart] = field(default_factory=list)
    """The carts of the last life; those of different lives may be alike by chance."""
    last: dict[str, Any] = field(default_factory=dict)
    """The last step before the process died."""
    kept: Cart | None = None
    """The cart that a power cut must bring back, where the screen was sure of it."""


def windows(round_: Round) -> Zygote:
    """Processes that have Qt. Raises ``NotHere``."""
    try:
        from tests.torture.window_driver import MODULES
    except ImportError as error:
        raise NotHere(f"the window needs Qt: {error}") from None
    return round_.zygotes.get("window", (*PROGRAM, *MODULES))


def run(round_: Round) -> None:
    zygote = windows(round_)
    till, told = new_till(round_), Told()
    for _kill in round_.cycles(2, 25):
        _work_and_die(till, told, zygote)
        till.verify()
        _compare(till, told)
        round_.tally["kills"] += 1
    till.compare_figures()
    child = _open(till, zygote)
    _see_what_came_back(round_, told, json.loads(child.read_line() or b"{}"))
    child.kill()
    child.finish()


def _open(till: Till, zygote: Zygote) -> Child:
    arguments = (till.path, till.round.rng.randrange(2**32))
    environment = {**till.environment, **ENVIRONMENT}
    return zygote.start("tests.torture.window_driver:main", arguments, environment=environment, errors=till.errors)


def _work_and_die(till: Till, told: Told, zygote: Zygote) -> None:
    """One life of the window. First it must show what the last one left."""
    rng = till.round.rng
    child = _open(till, zygote)
    first = child.read_line()
    till.round.expect(first, f"the window did not open: {till.said()}")
    _see_what_came_back(till.round, told, json.loads(first or b"{}"))
    told.sold.clear()
    end, heard = time.monotonic() + rng.uniform(0, LONGEST), []
    around = rng.random() < 0.6
    payments = rng.randint(1, 2)
    while time.monotonic() < end or around:
        line = child.read_line()
        till.round.expect(line, f"the window ended by itself: {till.said()}")
        heard.append(json.loads(line or b"{}"))
        payments -= "paying" in heard[-1] or "closing" in heard[-1]
        if around and payments <= 0:
            time.sleep(rng.uniform(0, AROUND_PAYING))
            break
    child.kill()
    rest, _status = child.finish()
    heard += [json.loads(one) for one in rest.splitlines(keepends=True) if one.endswith(b"\n")]
    for one in heard:
        _hear(told, one)
    till.round.expect("Traceback" not in till.said(), f"the window complained: {till.said()}")


def _hear(told: Told, one: dict[str, Any]) -> None:
    if "paid" in one:
        told.steps.append(told.last | one)
        told.kept = []
    elif "closed" in one:
        told.steps.append(one)
    if "saved" in one:
        told.kept = one["saved"]
    elif "scanned" in one:
        told.kept = None
    told.last = one


def _compare(till: Till, told: Told) -> None:
    """The journal holds every sale and closing that the screen told, once, in order, to the rupiah.

    One more at most: the one whose key was pressed when the process died.
    """
    last, told.last = told.last, {}
    for entry in till.new_entries():
        if entry.kind == "shift_opened":
            oracle.record(till.books, FLOAT, entry)
            continue
        step = told.steps.pop(0) if told.steps else None
        if step is None:
            step, last = last, {}
            till.round.expect("paying" in step or "closing" in step, f"never told: {entry}; the last was {step}")
            till.round.tally["unanswered but there"] += 1
        if entry.kind != "sale":
            oracle.record(till.books, COUNT, entry)
            till.round.expect("closed" in step or "closing" in step, f"told {step}, found {entry}")
            continue
        oracle.record(till.books, _action(step), entry)
        said = entry.document
        shown = (step["total"], step.get("number", entry.number), step.get("change", said.get("change", 0)))
        found = (said["total"], entry.number, said.get("change", 0))
        till.round.expect(shown == found, f"the screen showed {shown}, found {found}")
        told.sold.append(step["paying"])
        told.kept = [] if "paid" not in step else told.kept
        till.round.tally["paid"] += 1
    till.round.expect(not told.steps, f"told and not there: {told.steps}")


def _action(step: dict[str, Any]) -> dict[str, Any]:
    """The sale as a script would ask for it."""
    lines = [{"code": sku, "quantity": str(quantity // 1_000)} for sku, quantity in step["paying"]]
    return {"do": "sale", "lines": lines, "tenders": [{"kind": "cash", "amount": step["received"]}]}


def _see_what_came_back(round_: Round, told: Told, first: dict[str, Any]) -> None:
    """The cart of the start: never one that is paid, and the very one that the screen had kept."""
    cart = first["cart"]
    round_.expect(not cart or cart not in told.sold, f"sold and back in the cart: {cart}")
    if told.kept is not None:
        round_.expect(cart == told.kept, f"kept {told.kept}, came back {cart}")
        round_.tally["carts brought back"] += bool(cart)
    told.kept = cart


WINDOW = Scenario(
    name="window",
    promise="After the window was killed a paid sale is there once, and an unpaid cart comes back, never both",
    unit="kills",
    goal=1_000,
    run=run,
)
