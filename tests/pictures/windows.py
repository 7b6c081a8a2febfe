"""What is pictured beside the screens: the windows before a till opens, the display of the buyer, the crash page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from pos_app import coming_back
from pos_app.services import setup
from pos_app.ui.buyer_display import presenter as buyer
from pos_app.ui.buyer_display.window import BuyerDisplay
from pos_app.ui.screens.first_run.presenter import FirstRunPresenter
from pos_app.ui.screens.first_run.screen import FirstRunWindow
from tests.pictures import worlds
from tests.pictures.studio import Studio

Window = Callable[[Studio], QWidget]


def first_run(step: int, mode: str = "new") -> Window:
    """A step of the first start; ``restore`` for a till that comes back."""

    def show(studio: Studio) -> QWidget:
        home = studio.folder / "home"
        presenter = FirstRunPresenter(
            home,
            lambda identity: worlds.vault_of(home / identity.ledger_id),
            lambda: worlds.MORNING,
            coming_back.restored_in_window,
        )
        window = FirstRunWindow(presenter, studio.application.theme)
        _place(studio, window)
        window.show_step(step)
        if mode != "new":
            window.mode_chips.button(mode).click()
        studio.settle()
        return window

    return show


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
