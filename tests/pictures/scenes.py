"""What is pictured: every screen of the window in its states, and the steps of a day that the manual shows.

The screens come from the window's own list, so a new one is pictured in every state without a line here; ``AT_WORK``
says how a screen that begins empty is brought to work. Scenes use keys and scans, as people do.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PySide6.QtWidgets import QWidget

from pos_app.ledger import centre_messages, feeds, queries
from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.exchange_facts import put_facts
from pos_app.services import counting, expiring, price_downs
from pos_app.services.play import Player
from pos_app.services.wording import describe
from pos_app.ui.counter_screens import counter_factories
from pos_app.ui.screens_registry import office_factories
from sync.protocol.messages import EPOCH, Approval
from sync.protocol.wire import seal
from tests.pictures import windows
from tests.pictures.studio import DARK, ENGLISH, LARGE, LIGHT, SMALL, Look, State, Studio
from tests.pictures.worlds import NOON

Arrange = Callable[[Studio], QWidget | None]
"""Brings the window to what is to be seen; gives back another window where that is to be pictured."""

GOODS: Final = ("8990000000013", "2001872000011", "2001872000011", "2001872000165", "MKN-029")
LONG_GOODS: Final = ("T1", "T2", "T12")
MANY_GOODS: Final = ("BRG-00003", "BRG-00004")
ALL_LOOKS: Final = (LIGHT, DARK, LARGE, SMALL)


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing to picture: what ``arrange`` brings the window to, in a world and a state, in several looks.

    ``core`` scenes are compared by every run of the tests, in light; all of them by ``make screenshots -- --check``.
    """

    name: str
    world: str
    arrange: Arrange
    looks: tuple[Look, ...] = (LIGHT,)
    state: State = "normal"
    core: bool = False

    def file(self, look: Look) -> str:
        """Name of its picture in a look, without folder."""
        return f"{self.name}--{look.name}.png"


BESIDE: Final = ("training",)
"""Screens that only the whole application adds; a test looks whether there are others."""


def screen_names() -> list[str]:
    """Every screen that the window can show."""
    workers = [_never] * len(inspect.signature(office_factories).parameters)
    return [*counter_factories(), *office_factories(*workers), *BESIDE]


def _never() -> None:
    raise AssertionError("no screen is built here")


# How a screen that begins empty is brought to work -------------------------------------------------------------------


def _sell(studio: Studio) -> None:
    studio.scan(*GOODS)


def _goods_in(studio: Studio) -> None:
    studio.scan("8990000000013", "8990000000020")


def _first_row(studio: Studio) -> None:
    studio.press("Down", "Return")


def _labels(studio: Studio) -> None:
    studio.scan("8990000000013", "2001872000011")


NEAR_EXPIRY: Final = (
    ("P005", "MKN-029", "6", "2026-11-19"),
    ("P005", "MKN-032", "9", "2026-11-20"),
    ("P019", "MKN-090", "12", "2026-11-21"),
    ("P001", "MKN-001", "8", "2026-12-05"),
)


def _near_expiry(studio: Studio) -> None:
    """Batches that expired, are at their last day, or soon will be; one is sold cheaper, one goes back."""
    counter = replace(studio.counter, prints=False)
    player = Player(counter, describe)
    for producer, sku, quantity, day in NEAR_EXPIRY:
        lines = [{"sku": sku, "quantity": quantity, "expires_on": day}]
        (answer,) = player.play(iter([json.dumps({"do": "receive", "producer": producer, "lines": lines}).encode()]))
        assert answer["ok"], answer
    for one in expiring.listed(counter.db, NOON.date()):
        if one.state == "expired":
            expiring.ask_return(counter, one.batch.sku, one.batch.batch, one.batch.expires_on)
        elif one.batch.sku == "MKN-090":
            price_downs.set_price_down(counter, one.batch.sku, one.batch.batch, 6_500, "producer")
    studio.go("expiring")
    studio.press("Down", "Down")


def _losses(studio: Studio) -> None:
    studio.scan("8990000000013", "8990000000013", "2001872000011")


def _stock_count(studio: Studio) -> None:
    studio.press("F12")
    studio.scan("8990000000013", "8990000000013", "2001872000011")


def _differences(studio: Studio) -> None:
    """Everything is counted, some of it short and some over."""
    studio.go("stock_count")
    studio.press("F12")
    counter = studio.counter
    for number, goods in enumerate(counting.left(counter.db)):
        product = queries.product(counter.db, goods.sku)
        on_hand = product.on_hand if product is not None else 0
        found = on_hand + {3: -2_000, 7: 1_000, 12: -1_000}.get(number, 0)
        counting.put(counter, goods.sku, max(found, 0))
    studio.press("F12")


def _papers(studio: Studio) -> None:
    studio.queue_papers()
    studio.go("papers_queue")


def _login(studio: Studio) -> None:
    studio.lock()


AT_WORK: Final[dict[str, Arrange]] = {
    "sell": _sell,
    "goods_in": _goods_in,
    "labels": _labels,
    "expiring": _near_expiry,
    "losses": _losses,
    "stock_count": _stock_count,
    "papers_queue": _papers,
    "login": _login,
}
"""What is done on a screen of the normal day after it is shown."""
AT_WORK_LONG: Final[dict[str, Arrange]] = {
    "sell": lambda studio: studio.scan(*LONG_GOODS),
    "goods_in": lambda studio: studio.scan(*LONG_GOODS),
    "login": _login,
}
AT_WORK_MANY: Final[dict[str, Arrange]] = {
    "sell": lambda studio: (studio.scan(*MANY_GOODS), studio.type("barang"))[-1],
    "login": _login,
}
MONEY: Final = ("sell", "producers")
"""Screens whose long names are pictured at double size too; the others are checked without a picture."""
STATES: Final = ("empty", "loading", "error", "offline", "long", "many")
"""The states that every screen is pictured in beside the normal day."""


def _shown(name: str, work: Arrange | None) -> Arrange:
    def arrange(studio: Studio) -> None:
        studio.go(name)
        if work is not None:
            work(studio)

    return arrange


def states_of(name: str) -> Iterator[Scene]:
    """A screen on a normal day in every look, and in each of the six states."""
    begun = name.replace("_", "-")
    world = "nothing" if name == "shift_open" else "day"
    yield Scene(begun, world, _shown(name, AT_WORK.get(name)), ALL_LOOKS, core=True)
    yield Scene(
        f"{begun}-empty", "nothing" if name != "sell" else "opened_shift", _shown(name, _only_login(name)), (SMALL,)
    )
    yield Scene(f"{begun}-loading", world, _shown(name, _only_login(name)), (SMALL,), state="loading")
    yield Scene(f"{begun}-error", world, _shown(name, _only_login(name)), (SMALL,), state="error")
    yield Scene(f"{begun}-offline", world, _shown(name, _only_login(name)), (SMALL,), state="offline")
    long = "long" if name != "shift_open" else "nothing"
    yield Scene(
        f"{begun}-long", long, _shown(name, AT_WORK_LONG.get(name)), (LIGHT, LARGE) if name in MONEY else (LIGHT,)
    )
    many = "many" if name != "shift_open" else "nothing"
    yield Scene(f"{begun}-many", many, _shown(name, AT_WORK_MANY.get(name)), (SMALL,))


def _only_login(name: str) -> Arrange | None:
    return _login if name == "login" else None


# Steps of a day ------------------------------------------------------------------------------------------------------


def _paying(*keys: str, text: str = "") -> Arrange:
    def arrange(studio: Studio) -> None:
        studio.go("sell")
        studio.scan(*GOODS)
        studio.press("F12")
        for key in keys:
            studio.press(key)
        if text:
            studio.type(text)

    return arrange


def _on_the_tab(studio: Studio) -> None:
    _paying("B", text="rakasastra")(studio)
    studio.press("Return")


def _paid(studio: Studio) -> None:
    _paying(text="100000")(studio)
    studio.press("Return")
    studio.printed()


def _on_sell(*keys: str, goods: tuple[str, ...] = GOODS, text: str = "") -> Arrange:
    def arrange(studio: Studio) -> None:
        studio.go("sell")
        studio.scan(*goods)
        for key in keys:
            studio.press(key)
        if text:
            studio.type(text)

    return arrange


def _misread(studio: Studio) -> None:
    _sell(studio.at("sell"))
    studio.scan("2001872000012")


def _unknown(studio: Studio) -> None:
    _sell(studio.at("sell"))
    studio.scan("8999999999993")


def _on(name: str, *keys: str, text: str = "") -> Arrange:
    def arrange(studio: Studio) -> None:
        studio.go(name)
        for key in keys:
            studio.press(key)
        if text:
            studio.type(text)

    return arrange


def _statement(studio: Studio) -> None:
    """The statement of a producer picked by name, who sold today."""
    studio.go("producer_statement")
    studio.press("F8")
    studio.type("ranusari")
    studio.press("Return")


FROM_THE_CENTRE: Final = (
    "Bazar Jumat di halaman Setda mulai pukul 08.00. Tolong siapkan daftar harga dan uang kecil, dan tutup kasir pojok"
    " lebih awal pada hari Kamis supaya barang sempat dibawa."
)


def _told(problem: str = "", key: str = "") -> Arrange:
    """The Sync screen after the centre marked an entry, wrote a message and, with ``problem``, a history differs."""

    def arrange(studio: Studio) -> None:
        with studio.counter.ledger.write() as tx:
            newest = {"seq": studio.counter.ledger.head().seq - 8, "reason": "unknown_kind"}
            words = {"text": FROM_THE_CENTRE, "at": "2026-11-19T09:00:00+07:00"}
            older = {"text": "Stok opname bersama hari Kamis sore.", "at": "2026-11-17T13:30:00+07:00"}
            goods = (
                "UPDATE products SET version = 1 WHERE sku = (SELECT min(sku) FROM products)"
                " RETURNING sku, consign_price, commission_bp, sell_price"
            )
            sku, consign, share, price = tx.db.execute(goods).fetchone()
            put_facts(
                tx.db,
                {
                    "quarantined": "1",
                    "marked": json.dumps([newest]),
                    "problem": problem,
                    "problem_at": NOON.isoformat(),
                    f"{centre_messages.MESSAGES}m1": json.dumps({"id": "m1", "body": json.dumps(words)}),
                    f"{centre_messages.MESSAGES}m2": json.dumps({"id": "m2", "body": json.dumps(older)}),
                    f"{feeds.PRICED}{sku}": json.dumps([consign, share, price + 2_500]),
                },
            )
            centre_messages.mark_read(tx.db, ["m2"])
        studio.go("sync")
        if key:
            studio.press(key)

    return arrange


def _approved(studio: Studio) -> None:
    """The Sync screen after an officer approved the repair."""
    ledger = studio.counter.ledger
    approval = Approval(
        device="d1",
        ledger_id=ledger.identity.ledger_id,
        epoch=2,
        head_seq=ledger.head().seq,
        head_hash=b"h" * 32,
        base_seq=100,
        base_hash=b"b" * 32,
        approved_at=NOON.isoformat(),
    )
    LedgerStore(ledger).keep_approval(seal(Ed25519PrivateKey.from_private_bytes(bytes(32)), EPOCH, approval), approval)
    _told("repair_approved")(studio)


def _new_price(studio: Studio) -> None:
    """A price that differs from last time, and the same goods with a second date."""
    _goods_in(studio.at("goods_in"))
    studio.press("F4", "F4", "F4")
    studio.type("14000")
    studio.press("Return", "Ctrl+D")
    studio.type("+7")
    studio.press("Return")


def _again(studio: Studio) -> None:
    """The last delivery of the producer once more, at its first quantity."""
    _goods_in(studio.at("goods_in"))
    studio.press("F2", "Delete", "Delete", "F7")


def _new_goods(studio: Studio) -> None:
    _goods_in(studio.at("goods_in"))
    studio.scan("8999999000011")
    studio.press("Ctrl+Return")


def _going_back(studio: Studio) -> None:
    _goods_in(studio.at("goods_in"))
    studio.press("F6", "F5")


def _counted(studio: Studio) -> None:
    studio.go("close_shift")
    studio.type("5")
    for pieces in ("6", "9", "11", "8", "7"):
        studio.press("Return")
        studio.type(pieces)


def _beside(window: windows.Window) -> Arrange:
    def arrange(studio: Studio) -> QWidget:
        _sell(studio.at("sell"))
        return window(studio)

    return arrange


STEPS: Final = (
    Scene("pay-cash", "day", _paying(text="100000"), ALL_LOOKS, core=True),
    Scene("pay-qris", "day", _paying("Q"), ALL_LOOKS, core=True),
    Scene("pay-tab", "day", _on_the_tab, (LIGHT, LARGE), core=True),
    Scene("pay-split", "day", _paying("S"), (LIGHT, LARGE), core=True),
    Scene("paid", "day", _paid, ALL_LOOKS, core=True),
    Scene("sell-misread", "day", _misread, (LIGHT, DARK), core=True),
    Scene("sell-unknown", "day", _unknown, (LIGHT,), core=True),
    Scene("sell-search", "day", _on_sell(text="keripik"), (LIGHT, DARK), core=True),
    Scene("sell-quantity", "day", _on_sell("F4"), core=True),
    Scene("sell-discount", "day", _on_sell("F5"), core=True),
    Scene("sell-buyer", "day", _on_sell("F8"), core=True),
    Scene("sell-receipts", "day", _on_sell("F9", goods=()), core=True),
    Scene("help", "day", _on_sell("F1"), (LIGHT, DARK, LARGE), core=True),
    Scene("products-prices", "day", _on("products", "F7", "F7", "F7"), (LIGHT, LARGE), core=True),
    Scene("products-form", "day", _on("products", "Down", "F12"), ALL_LOOKS, core=True),
    Scene("products-new", "day", _on("products", "F3"), (LIGHT,), core=True),
    Scene("goods-in-prices", "day", _new_price, (LIGHT, DARK), core=True),
    Scene("goods-in-again", "day", _again, (LIGHT, LARGE), core=True),
    Scene("goods-in-new", "day", _new_goods, core=True),
    Scene("goods-in-return", "day", _going_back, (LIGHT, LARGE), core=True),
    Scene("goods-in-history", "day", _on("goods_in", "F9"), ALL_LOOKS, core=True),
    Scene("stock-count-choose", "day", _on("stock_count"), core=True),
    Scene("stock-count-differences", "day", _differences, (LIGHT, DARK, LARGE), core=True),
    Scene("stock-count-shelves", "day", _on("stock_count", "F6"), core=True),
    Scene("stock-count-lost", "day", _on("stock_count", "F7"), core=True),
    Scene("stock-item", "day", _on("stock", "Down", "Down"), core=True),
    Scene("producers-due", "day", _on("producers", "Down"), core=True),
    Scene("producer-board-deliver", "day", _on("producer_board", text="siomay"), (LIGHT, LARGE), core=True),
    Scene("producer-statement-sent", "day", _statement, core=True),
    Scene("producer-data-new", "day", _on("producer_data", "F3", text="Kripik Ranusari"), (LIGHT, LARGE), core=True),
    Scene("producer-data-certificates", "day", _on("producer_data", "F7"), core=True),
    Scene("producer-data-agreement", "day", _on("producer_data", "F8"), core=True),
    Scene("staff-tab", "day", _on("staff", "Down"), core=True),
    Scene("staff-deductions", "day", _on("staff", "F3"), core=True),
    Scene("sync-differs", "day", _told("repair_waiting"), (LIGHT, LARGE), core=True),
    Scene("sync-approved", "day", _approved, (LIGHT, LARGE), core=True),
    Scene("sync-review", "day", _told(key="Alt+2"), core=True),
    Scene("sync-messages", "day", _told(key="Alt+4"), core=True),
    Scene("close-count", "day", _counted, (LIGHT, LARGE), core=True),
    Scene("first-run-look", "nothing", windows.first_run(0), (LIGHT, LARGE), core=True),
    Scene("first-run-corner", "nothing", windows.first_run(1), (LIGHT, SMALL), core=True),
    Scene("first-run-manager", "nothing", windows.first_run(2), core=True),
    Scene("first-run-restore", "nothing", windows.first_run(1, "restore"), core=True),
    Scene("first-run-join", "nothing", windows.joining(), (LIGHT, LARGE, SMALL), core=True),
    Scene("first-run-join-again", "nothing", windows.joining(again=True), core=True),
    Scene("first-run-join-english", "nothing", windows.joining(), (ENGLISH,), core=True),
    Scene("rejoin", "day", windows.rejoining(), ALL_LOOKS, core=True),
    Scene("rejoin-done", "day", windows.rejoining(done=True), (LIGHT, LARGE), core=True),
    Scene("rejoin-english", "day", windows.rejoining(), (ENGLISH,), core=True),
    Scene("rejoin-fetch", "day", windows.fetching, (LIGHT, LARGE), core=True),
    Scene("display-cart", "day", _beside(windows.display("cart")), core=True),
    Scene("display-qris", "day", _beside(windows.display("qris")), core=True),
    Scene("mistake", "day", windows.mistake, core=True),
    Scene("sell-english", "day", _on_sell(), (ENGLISH,), core=True),
    Scene("pay-english", "day", _paying(text="100000"), (ENGLISH,), core=True),
    Scene("reports-english", "day", _on("reports"), (ENGLISH,), core=True),
)


def scenes() -> list[Scene]:
    """All of them, in a fixed order."""
    return [scene for name in screen_names() for scene in states_of(name)] + list(STEPS)
