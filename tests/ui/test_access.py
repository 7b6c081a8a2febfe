"""Every screen of the window, whoever made it, for everybody: by keyboard, by ear, by weak eyes, on a small screen."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import ImageChops
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from pos_app.paths import asset
from pos_app.ui import main_window, sounds
from tests.pictures import looking
from tests.pictures.scenes import AT_WORK, screen_names
from tests.pictures.studio import COMPACT, DARK, FULL, LIGHT, Look, Studio, grabbed, studio
from tests.pictures.worlds import Worlds

LOOKS = [
    Look(f"{size[0]}@{scale}-{language}", scale=scale, size=size, language=language, dark=scale == 150)
    for language in ("id", "en")
    for size, scale in ((FULL, 100), (FULL, 125), (FULL, 150), (FULL, 200), (COMPACT, 100))
    if language == "id" or scale != 150
]
MOST_STOPS = 400
RING = 24
"""Points that a focus ring changes at least."""


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    return Worlds(tmp_path_factory.mktemp("worlds"))


@contextmanager
def every_screen(worlds: Worlds, look: Look, world: str = "day") -> Iterator[Iterator[tuple[str, Studio]]]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)

    def shown(room: Studio) -> Iterator[tuple[str, Studio]]:
        for name in screen_names():
            if name in ("login", "shift_open"):
                continue
            room.go(name)
            if name in AT_WORK and world == "day":
                AT_WORK[name](room)
            room.settle()
            yield name, room
        room.go("shift_open")
        yield "shift_open", room
        room.lock()
        yield "login", room

    with studio(app, worlds.copy(world), look) as room:
        yield shown(room)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_nothing_is_cut_off_and_targets_are_large(worlds: Worlds, look: Look) -> None:
    found = {}
    with every_screen(worlds, look) as screens:
        for name, room in screens:
            window = room.application.window
            assert (window.width(), window.height()) == look.size, name
            found[name] = looking.cut_off(window) + looking.too_small(window)
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)
def test_colours_are_tokens_and_texts_stand_out(worlds: Worlds, look: Look) -> None:
    found = {}
    with every_screen(worlds, look) as screens:
        for name, room in screens:
            window = room.application.window
            found[name] = looking.foreign_colours(room.picture(), window.theme) + looking.faint(window)
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.usefixtures("qapp")
def test_controls_have_names_and_labels_their_fields(worlds: Worlds) -> None:
    found = {}
    with every_screen(worlds, LIGHT) as screens:
        for name, room in screens:
            window = room.application.window
            found[name] = looking.nameless(window) + looking.lonely_labels(window)
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.usefixtures("qapp")
def test_each_screen_has_one_main_button_with_its_key(worlds: Worlds) -> None:
    found = {}
    with every_screen(worlds, LIGHT) as screens:
        for name, room in screens:
            keys = [key for _words, key in looking.main_buttons(room.application.window)]
            wanted = ["Enter"] if name == "login" else ["F12"]
            if keys != wanted:
                found[name] = keys
    assert found == {}


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("world", ["day", "long"])
@pytest.mark.parametrize("look", [LOOKS[0], LOOKS[3], LOOKS[4]], ids=lambda look: look.name)
def test_figures_are_whole_and_at_the_right(worlds: Worlds, look: Look, world: str) -> None:
    found = {}
    with every_screen(worlds, look, world) as screens:
        for name, room in screens:
            window = room.application.window
            found[name] = looking.numbers_at_the_left(window) + looking.elided_figures(window, window.theme)
            found[name] += looking.cut_off(window)
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.usefixtures("qapp")
def test_tab_reaches_every_control_in_reading_order(worlds: Worlds) -> None:
    found = {}
    with every_screen(worlds, LIGHT) as screens:
        for name, room in screens:
            window = room.application.window
            room.screen.restore_focus()
            visited = walk(window)
            missed = [one for one in looking.focusable(room.screen) if one not in visited]
            found[name] = [f"not reached: {looking.described(one)}" for one in missed] + out_of_order(visited)
    assert {name: what for name, what in found.items() if what} == {}


def walk(window: QWidget) -> list[QWidget]:
    """What gets the focus by Tab, until it comes round."""
    visited: list[QWidget] = []
    for _stop in range(MOST_STOPS):
        widget = window.focusWidget()
        if widget is None or widget in visited:
            break
        visited.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    return visited


def out_of_order(visited: list[QWidget]) -> list[str]:
    """Neighbours in one row or column of which the later one comes first."""
    found = []
    for one, other in pairwise(visited):
        if one.parentWidget() is not other.parentWidget():
            continue
        here, there = one.geometry(), other.geometry()
        above = there.bottom() <= here.top()
        beside = there.right() <= here.left() and abs(there.center().y() - here.center().y()) < here.height() // 2
        if (above and there.left() <= here.right()) or beside:
            found.append(f"{looking.described(other)} comes after {looking.described(one)}")
    return found


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)
def test_the_focus_is_seen_where_it_is(worlds: Worlds, look: Look) -> None:
    found = {}
    with every_screen(worlds, look) as screens:
        for name, room in screens:
            window = room.application.window
            unseen = []
            for one in walk(window):
                if not one.isVisible() or isinstance(one.parentWidget(), QAbstractItemView):
                    continue
                if not _shows_focus(one):
                    unseen.append(looking.described(one))
            found[name] = unseen
            room.screen.restore_focus()
    assert {name: what for name, what in found.items() if what} == {}


def _shows_focus(widget: QWidget) -> bool:
    """Whether its picture changes with the focus."""
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    focused = grabbed(widget)
    widget.clearFocus()
    QApplication.processEvents()
    without = grabbed(widget)
    changed = ImageChops.difference(focused, without).convert("L").point([0] * 12 + [255] * 244)
    return changed.histogram()[255] >= RING


@pytest.mark.usefixtures("qapp")
def test_no_screen_of_the_window_is_left_out(worlds: Worlds) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    with studio(app, worlds.copy("nothing"), LIGHT) as room:
        assert sorted(room.application.window._factories) == sorted(screen_names())


def test_each_kind_of_message_has_its_sound_and_none_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"E", "W", "S"} <= main_window._SOUND_OF.keys()
    assert {*main_window._SOUND_OF.values(), "paid"} == set(sounds.TONES)
    begun: list[list[str]] = []

    class Running:
        def poll(self) -> None:
            return None

    def start(program: str, path: Path) -> Running:
        begun.append([program, path.name])
        return Running()

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sounds, "_start", start)
    for sound in sounds.TONES:
        player = sounds.Player(asset("sounds"), frozenset(sounds.TONES))
        player.__dict__["_program"] = "aplay"
        player.play(sound)
    assert begun == [["aplay", f"{sound}.wav"] for sound in sounds.TONES]


def test_windows_plays_by_name_and_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[tuple[str, int]] = []
    fake = SimpleNamespace(
        SND_FILENAME=1, SND_ASYNC=2, SND_NODEFAULT=4, PlaySound=lambda path, flags: played.append((path, flags))
    )
    monkeypatch.setitem(sys.modules, "winsound", fake)
    monkeypatch.setattr(sys, "platform", "win32")
    sounds.Player(asset("sounds")).play("error")
    assert played == [(str(asset("sounds") / "error.wav"), 7)]
