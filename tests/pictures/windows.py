"""What is pictured beside the screens: the windows before a till opens, the display of the buyer, the crash page."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QWidget

from pos_app import coming_back
from pos_app.ledger.rejoining import Entered
from pos_app.ledger.verify import Progress
from pos_app.services import setup
from pos_app.services.exchange import ExchangeFailed
from pos_app.services.rejoining import Rejoined
from pos_app.ui.buyer_display import presenter as buyer
from pos_app.ui.buyer_display.window import BuyerDisplay
from pos_app.ui.rejoin.fetch_presenter import FetchPresenter
from pos_app.ui.rejoin.fetch_window import FetchWindow
from pos_app.ui.rejoin.presenter import RejoinPresenter
from pos_app.ui.rejoin.window import RejoinWindow
from pos_app.ui.screens.first_run.presenter import FirstRunPresenter
from pos_app.ui.screens.first_run.screen import FirstRunWindow
from tests.pictures import worlds
from tests.pictures.studio import Studio

Window = Callable[[Studio], QWidget]

REJOINED: Final = Rejoined(
    entries=12_431,
    taken=182,
    entered=Entered(
        numbers=[f"ST-MTR001A2-{number:06}" for number in range(1, 25)],
        there=["ST-MTR001A-004218"],
        renumbered={"NT-MTR001A-000231": "NT-MTR001A2-000002"},
        undone={"BT-MTR001A2-000001": "ST-MTR001A-004190"},
        closed="TK-MTR001A2-000001",
        opened="BK-MTR001A2-000001",
    ),
    paid_twice=("Kripik Ranusari",),
    owing=(("Kripik Ranusari", 43_200),),
    short=(("Keripik Pisang Cokelat 200 g", -2_000),),
)
"""What joining again does to a till that sold for a morning from an old backup."""


def first_run(step: int, mode: str = "new") -> Window:
    """A step of the first start; ``restore`` for a till that comes back."""

    def show(studio: Studio) -> QWidget:
        window = _first_run(studio)
        window.show_step(step)
        if mode != "new":
            window.mode_chips.button(mode).click()
        studio.settle()
        return window

    return show


def _first_run(studio: Studio) -> FirstRunWindow:
    home = studio.folder / "home"

    def join(_made: Path, _url: str, _code: str) -> None:
        raise ExchangeFailed("unknown", "unreachable", during="join")

    presenter = FirstRunPresenter(
        home,
        lambda identity: worlds.vault_of(home / identity.ledger_id),
        lambda: worlds.MORNING,
        coming_back.restored_in_window,
        join=join,
    )
    window = FirstRunWindow(presenter, studio.application.theme)
    _place(studio, window)
    return window


def joining(*, again: bool = False) -> Window:
    """The step of the first start that joins the centre, filled in; ``again`` after no answer came."""

    def show(studio: Studio) -> QWidget:
        window = _first_run(studio)
        corner, manager = window.corner_page, window.manager_page
        window.show_step(1)
        window.mode_chips.button("join").click()
        corner.office_field.setText("Dinas Perdagangan")
        corner.code_field.setText("MTR-011")
        corner.centre_field.setText(worlds.CENTRE)
        corner.enrolment_field.setText("K7QM-2XTD")
        studio.settle()
        corner.enrolment_field.setFocus()
        if again:
            window.main_action()
            manager.manager_field.setText("Ratna Pengelola")
            manager.pin_field.setText("246810")
            manager.pin_again_field.setText("246810")
            window.main_action()
            window.workers.finish()
        studio.settle()
        return window

    return show


def rejoining(*, done: bool = False) -> Window:
    """The guide that puts both histories together: what would be done, or what was."""

    def show(studio: Studio) -> QWidget:
        def rehearse(_path: Path, _tell: Progress, twice: Collection[str]) -> Rejoined:
            return replace(REJOINED, twice=tuple(twice))

        presenter = RejoinPresenter(studio.folder / worlds.LEDGER, rehearse, rehearse, lambda _path, _pin: None)
        window = RejoinWindow(studio.application.theme, presenter)
        _place(studio, window)
        window.look()
        window.workers.finish()
        studio.settle()
        if done:
            window._on_joined(replace(REJOINED, aside=Path("D:/Pojok/till.db.forked-20261120-120500")))
        return window

    return show


def fetching(studio: Studio) -> QWidget:
    """What a restored till had sent is fetched first."""
    window = FetchWindow(studio.application.theme, FetchPresenter(studio.folder / worlds.LEDGER, lambda *_: 0))
    _place(studio, window)
    window.main_button.setFocus()
    return window


def display(page: str) -> Window:
    """The buyer's display: nobody there, the cart, the code to pay by."""

    def show(studio: Studio) -> QWidget:
        corner = studio.counter.ledger.identity.corner_name
        window = BuyerDisplay(studio.application.theme, corner)
        _place(studio, window)
        lines = studio.screen.presenter.cart.lines  # type: ignore[attr-defined]
        shown = {
            "idle": lambda: buyer.idle(corner),
            "cart": lambda: buyer.cart(lines, sum(line.total for line in lines)),
            "qris": lambda: buyer.qris(57_000, setup.DEMO_QRIS, "POJOK UMKM", type_amount=False),
        }[page]()
        window.show_picture(shown)
        return window

    return show


def mistake(studio: Studio) -> None:
    """The page after a mistake of the program."""
    page = studio.application.crash_page
    page.show_last("ST-MTR001A-000040")
    studio.application.window.cover(page)


def _place(studio: Studio, window: QWidget) -> None:
    window.resize(studio.application.window.size())
    window.show()
