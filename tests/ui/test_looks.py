"""What every screenshot is checked for: contrast, nothing clipped, one main button, states with words."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from pos_app.i18n import set_language
from pos_app.services.context import User
from pos_app.ui.icons import character
from pos_app.ui.main_window import rail_items
from pos_app.ui.messages import Message, numbered
from pos_app.ui.theme import DARK, LIGHT, POINTS, Theme, Tokens
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.qr import qr_matrix
from tests.corner import Corner
from tests.ui.conftest import Till
from tests.ui.test_selling import K1, T1

SIZES = [(1366, 768), (1366, 697), (1093, 543), (1040, 540)]


def luminance(color: str) -> float:
    def channel(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    parsed = QColor(color)
    parts = (parsed.redF(), parsed.greenF(), parsed.blueF())
    return sum(weight * channel(part) for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_and_edges_have_enough_contrast(tokens: Tokens) -> None:
    for ground in (tokens.bg, tokens.surface, tokens.surface2, tokens.primary_soft):
        assert contrast(tokens.text, ground) >= 4.5
        assert contrast(tokens.muted, ground) >= 4.5
        assert contrast(tokens.border, ground) >= 3
    for tone in ("success", "warning", "danger"):
        soft = getattr(tokens, f"{tone}_soft")
        assert contrast(getattr(tokens, tone), soft) >= 4.5
        assert contrast(tokens.text, soft) >= 4.5
    for fill in (tokens.primary, tokens.primary_hover, tokens.primary_pressed):
        assert contrast(tokens.on_primary, fill) >= 4.5
    assert contrast(tokens.focus_on_fill, tokens.primary) >= 3
    assert contrast(tokens.rail_text, tokens.rail) >= 4.5


def test_no_text_is_smaller_than_nine_points() -> None:
    assert min(POINTS.values()) == 9
    assert max(POINTS, key=lambda step: POINTS[step]) == "final"


def clipped(till: Till) -> list[str]:
    return clipped_in(till.window)


def clipped_in(window: QWidget) -> list[str]:
    buttons = [button for button in window.findChildren(KeyButton) if button.isVisible()]
    found = [f"button {button.text()!r}" for button in buttons if button.width() < button.sizeHint().width()]
    for label in window.findChildren(Text):
        free = label.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Ignored or label.wordWrap()
        if label.isVisible() and not free and label.text():
            text = label.text().replace("&", "")
            if label.fontMetrics().horizontalAdvance(text) > label.width() + 1:
                found.append(f"text {text!r}")
            if label.fontMetrics().height() > label.height() + 4:
                found.append(f"height of {text!r}")
    return found


@pytest.fixture
def look_at(
    make_till: Callable[..., Till], open_corner: Corner, cashier: User, manager: User
) -> Callable[[tuple[int, int], str], Till]:
    def look(size: tuple[int, int], language: str) -> Till:
        till = make_till(open_corner, size=size)
        set_language("en" if language == "en" else "id")
        till.window.rebuild()
        till.log_in(cashier)
        return till

    return look


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])
def test_nothing_is_clipped(
    look_at: Callable[[tuple[int, int], str], Till], size: tuple[int, int], language: str
) -> None:
    till = look_at(size, language)
    assert (till.window.width(), till.window.height()) == size
    till.scan(T1)
    till.scan(K1)
    assert clipped(till) == []
    till.press(Qt.Key.Key_F12)
    for method in ("cash", "qris", "tab", "split"):
        till.sell.side.panels.pay.choose(method)  # type: ignore[arg-type]
        assert clipped(till) == [], method
    till.sell.side.panels.pay.choose("cash")
    till.press(Qt.Key.Key_Return)
    assert clipped(till) == []


@pytest.mark.parametrize("scale", [100, 150, 200])
def test_the_window_keeps_its_size_at_large_text(
    make_till: Callable[..., Till], open_corner: Corner, cashier: User, scale: int
) -> None:
    till = make_till(open_corner, scale=scale, size=(1366, 768))
    till.log_in(cashier)
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    assert (till.window.width(), till.window.height()) == (1366, 768)


def test_there_is_one_main_button_with_its_key(till: Till) -> None:
    till.scan(T1)
    mains = [b for b in till.window.findChildren(KeyButton) if b.isVisible() and b.kind == "main"]
    assert [(button.text(), button.key) for button in mains] == [("Bayar", "F12")]


def test_six_states_are_words_beside_icons(till: Till) -> None:
    bar = till.window.top_bar
    words = [bar.chip(name).text() for name in ("unsent", "printer", "backup", "shift", "user")]
    assert words == ["Semua terkirim", "Tanpa printer", "Belum ada cadangan", "Buka 08.00", "Sari"]
    assert all(bar.chip(name).accessibleName() for name in ("unsent", "printer", "backup", "shift", "user"))


def test_the_message_strip_is_reserved_when_quiet(till: Till) -> None:
    till.window.hush()
    assert till.sell.strip.isVisible()
    assert till.sell.strip.height() == 40


def test_every_control_has_an_accessible_name(till: Till) -> None:
    till.scan(T1)
    nameless = [b for b in till.window.findChildren(KeyButton) if b.isVisible() and not b.accessibleName()]
    assert nameless == []
    assert till.sell.field.accessibleName()


def test_a_theme_change_paints_everything_anew_and_keeps_the_cart(till: Till) -> None:
    till.scan(T1)
    light = till.window.grab().toImage()
    till.theme.set_dark(True)
    dark = till.window.grab().toImage()
    assert light != dark
    assert dark.pixelColor(900, 90) == QColor(DARK.surface)
    assert till.sell.presenter.cart.total == 16_000


def test_every_icon_in_use_is_in_the_font() -> None:
    assert all(character(item.icon) for item in rail_items())


def test_a_theme_is_plain_or_compact_by_the_room_there_is() -> None:
    theme = Theme()
    theme.fit_window(1366, 697)
    assert not theme.compact
    theme.fit_window(1093, 543)
    assert theme.compact
    theme.fit_window(1366, 697)
    theme.set_scale(200)
    assert theme.compact


def test_a_small_window_limits_the_text_and_a_larger_one_gives_it_back() -> None:
    theme = Theme(scale=200)
    theme.fit_window(1093, 543)
    assert (theme.scale, theme.wanted_scale) == (125, 200)
    theme.fit_window(1366, 697)
    assert theme.scale == 200


def test_a_long_sentence_takes_two_lines_before_it_is_cut(till: Till) -> None:
    strip = till.sell.strip
    sentence = " ".join(["Struk ST-MTR001A-000123 tidak dapat dicetak. Periksa nama printer di Pengaturan."] * 2)
    strip.show_message(Message("E", sentence).with_action("Cetak lagi", till.window.hush, "F9"))
    assert strip._text.text() == sentence
    strip.show_message(Message("E", sentence * 3).with_action("Cetak lagi", till.window.hush, "F9"))
    assert strip._text.text().endswith("…")
    assert strip.text() == strip._text.toolTip() == sentence * 3
    assert strip.height() == 40


@pytest.mark.parametrize("size", [(1366, 697), (1093, 543), (1024, 600)])
@pytest.mark.parametrize("scale", [100, 150])
def test_what_a_manager_must_answer_is_shown_whole(
    make_till: Callable[[Corner], Till], open_corner: Corner, cashier: User, size: tuple[int, int], scale: int
) -> None:
    till = make_till(open_corner, size=size, scale=scale)
    till.log_in(cashier)
    strip = till.sell.strip
    reserved = strip.height()
    message = numbered(13, name="Sarimah Prawirasembodo", amount="Rp 1.200.000")
    till.window.say(message.with_action("Setujui", till.window.hush))
    QApplication.processEvents()
    assert strip._text.text() == message.text
    assert strip.height() >= strip._text.heightForWidth(strip._text.width())
    assert (strip.height() > reserved) == (scale == 150 and size[0] < 1366)
    till.window.hush()
    assert strip.height() == reserved


def test_a_qr_code_is_square_and_dark_in_its_corner() -> None:
    matrix = qr_matrix("00020101021126620016ID.CO.CONTOH.WWW")
    assert all(len(row) == len(matrix) for row in matrix)
    assert set(matrix[0][:7]) == {1}
