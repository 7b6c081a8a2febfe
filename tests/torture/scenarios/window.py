"""SIGKILL at any moment of the real window, drawn off screen, with a cashier at its keys."""

import json
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from pos_app.ledger.sqlite import connect_plainly
from sync.protocol.entry import read_body
from tests.torture.scenario import NotHere, Round, Scenario
from tests.torture.till import Till, new_till
from tests.torture.zygote import PROGRAM, Child, Zygote

LONGEST = 1.6
"""Seconds within which the process dies, when the moment is uniform."""
AROUND_PAYING = 0.02
"""Seconds after the key that pays within which it dies otherwise."""
ENVIRONMENT = {"QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "*=false"}

Cart = list[list[Any]]


@dataclass
class Told:
    """What the screen showed over all lives of this window, by the contents of the carts."""

    paid: list[Cart] = field(default_factory=list)
    closed: int = 0
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
    for _kill in round_.cycles(2, 12):
        _work_and_die(till, told, zygote)
        till.verify()
        _compare(till, told)
        round_.tally["kills"] += 1
    child = _open(till, zygote)
    _see_what_came_back(round_, told, json.loads(child.read_line() or b"{}"), _sales(till))
    child.kill()
    child.finish()


def _open(till: Till, zygote: Zygote) -> Child:
    arguments = (till.path, till.round.rng.randrange(2**32))
    environment = {**till.environment, **ENVIRONMENT}
    return zygote.start("tests.torture.window_driver:main", arguments, environment=environment, errors=till.errors)


def _work_and_die(till: Till, told: Told, zygote: Zygote) -> None:
    """One life of the window. First it must show what the last one left."""
    rng = till.round.rng
    sales = _sales(till)
    child = _open(till, zygote)
    first = child.read_line()
    till.round.expect(first, f"the window did not open: {till.said()}")
    _see_what_came_back(till.round, told, json.loads(first or b"{}"), sales)
    end, heard = time.monotonic() + rng.uniform(0, LONGEST), []
    around = rng.random() < 0.6
    payments = rng.randint(1, 4)
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
    told.last = one
    if "paid" in one:
        told.paid.append(one["paid"])
        told.kept = []
    told.closed += "closed" in one
    if "saved" in one:
        told.kept = one["saved"]
    elif "scanned" in one:
        told.kept = None


def _sales(till: Till) -> list[Cart]:
    """What the journal holds as sold, sale by sale."""
    with closing(connect_plainly(str(till.path))) as db:
        bodies = [row[0] for row in db.execute("SELECT body FROM journal WHERE kind = 'sale' ORDER BY seq")]
    sold = [read_body(body).document() for body in bodies]
    return [sorted([line.sku, line.quantity] for line in sale.lines) for sale in sold]  # type: ignore[attr-defined]


def _compare(till: Till, told: Told) -> None:
    """Every cart that the screen called paid is sold once; one more at most, the one whose payment was under way."""
    sales = _sales(till)
    till.round.expect(sales[: len(told.paid)] == told.paid, f"paid {told.paid}, sold {sales}")
    extra = sales[len(told.paid) :]
    till.round.expect(len(extra) <= 1 and extra in ([], [told.last.get("paying")]), f"never told: {extra}; {told.last}")
    if extra:
        told.paid += extra
        told.kept = []
        till.round.tally["unanswered but there"] += 1
    with closing(connect_plainly(str(till.path))) as db:
        closed = db.execute("SELECT count(*) FROM journal WHERE kind = 'shift_closed'").fetchone()[0]
    till.round.expect(closed - told.closed in (0, int("closing" in told.last)), f"{told.closed} closed, {closed} there")
    told.closed = closed
    till.round.tally["paid"] += len(told.paid) - till.round.tally["paid"]
    till.adopt(till.path)


def _see_what_came_back(round_: Round, told: Told, first: dict[str, Any], sales: list[Cart]) -> None:
    """The cart of the start: never one that is paid, and the very one that the screen had kept."""
    cart = first["cart"]
    round_.expect(not cart or cart not in sales, f"sold and back in the cart: {cart}")
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
