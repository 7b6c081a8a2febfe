"""The checklist of the screenshots for papers and labels: nothing clipped, every field named, one main button."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit

from pos_app.i18n import set_language
from pos_app.ledger import print_queue
from pos_app.printing.labels import STOCKS
from pos_app.services import labels
from pos_app.services.context import User
from pos_app.services.labels import Line, Wish
from pos_app.ui.widgets.button import KeyButton
from tests.corner import Corner
from tests.ui.conftest import Till
from tests.ui.test_looks import clipped

SCREENS = ["papers_queue", "labels"]
LOOKS = [((1366, 768), 100), ((1366, 697), 100), ((1093, 543), 100), ((1366, 768), 150), ((1366, 768), 200)]

Make = Callable[..., Till]


@pytest.fixture
def filled(open_corner: Corner) -> Corner:
    """Papers in every state, and a list of labels."""
    for quantity in ("1", "2", "3"):
        open_corner.sell("T1", quantity)
    unsure, failed = print_queue.claim(open_corner.db), print_queue.claim(open_corner.db)
    assert unsure is not None
    assert failed is not None
    print_queue.doubt(open_corner.db, unsure.id, "broke_off")
    print_queue.fail(open_corner.db, failed.id, "bug")
    labels.keep(open_corner.counter, Wish([Line("T1", 24), Line("K1", 12)], note="exp 28/11/26"))
    return open_corner


def show(till: Till, name: str) -> None:
    till.window.go(name)
    till.window.workers.finish()
    for _ in range(5):
        QApplication.processEvents()


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("size", "scale"), LOOKS, ids=[f"{w}x{h}@{scale}" for (w, h), scale in LOOKS])
def test_nothing_is_clipped(
    make_till: Make, filled: Corner, manager: User, size: tuple[int, int], scale: int, language: str
) -> None:
    till = make_till(filled, size=size, scale=scale)
    set_language("en" if language == "en" else "id")
    till.window.rebuild()
    till.log_in(manager)
    for name in SCREENS:
        for stock in STOCKS if name == "labels" else ("",):
            if stock:
                labels.keep(filled.counter, Wish([Line("T1", 24), Line("K1", 12)], stock=stock))
            show(till, name)
            assert (till.window.width(), till.window.height()) == size, name
            assert clipped(till) == [], (name, stock)


@pytest.mark.parametrize("name", SCREENS)
def test_every_control_has_a_name_and_there_is_one_main_button(
    make_till: Make, filled: Corner, manager: User, name: str
) -> None:
    till = make_till(filled)
    till.log_in(manager)
    show(till, name)
    screen = till.window.current
    assert screen is not None
    fields = [*screen.findChildren(QLineEdit), *screen.findChildren(QComboBox)]
    named = [
        field.accessibleName() or getattr(field, "placeholderText", str)() for field in fields if field.isVisible()
    ]
    assert all(named)
    buttons = [button for button in screen.findChildren(KeyButton) if button.isVisibleTo(screen)]
    assert all(button.accessibleName() for button in buttons)
    assert [button.key for button in buttons if button.kind == "main"] == ["F12"]


@pytest.mark.parametrize("name", SCREENS)
def test_empty_lists_say_what_to_do(make_till: Make, open_corner: Corner, manager: User, name: str) -> None:
    for job in print_queue.waiting(open_corner.db):
        print_queue.cancel(open_corner.db, job.id)
    till = make_till(open_corner)
    till.log_in(manager)
    show(till, name)
    assert clipped(till) == []
    assert till.window.current is not None
    assert till.window.current.model.rows == []


@pytest.mark.parametrize("count", [10_000])
def test_ten_thousand_labels_and_papers_are_listed_at_once(
    make_till: Make, open_corner: Corner, manager: User, count: int
) -> None:
    with open_corner.ledger.write() as tx:
        tx.db.executemany(
            "INSERT INTO print_jobs (document_id, paper, copies, state, created_at) VALUES (?, 'receipt', 1, ?, ?)",
            ((f"gone-{place}", "done", "2026-10-01T08:00:00+07:00") for place in range(count)),
        )
    till = make_till(open_corner)
    till.log_in(manager)
    show(till, "papers_queue")
    screen = till.window.current
    assert screen is not None
    screen.presenter.view = "closed"
    screen.activated()
    assert len(screen.model.rows) == 60
