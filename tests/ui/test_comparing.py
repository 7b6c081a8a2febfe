"""The comparison of pictures: smoothing passes; a moved button, another word, digit or colour does not."""

from collections.abc import Callable
from random import Random

import pytest
from PIL import Image, ImageFilter
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from pos_app.ui.theme import LIGHT, make_font
from tests.pictures.comparing import SHARE, compare, leave_evidence, shrunk

SIZE = (1366, 697)
Draw = Callable[..., Image.Image]


@pytest.fixture
def draw(qapp: QApplication) -> Draw:
    """A small screen: a sentence, an amount and a button, each where and as asked for."""

    def paint(
        *, words: str = "Uang diterima", amount: str = "73.000", button: int = 900, shift: float = 0, fill: str = ""
    ) -> Image.Image:
        image = QImage(*SIZE, QImage.Format.Format_RGB32)
        image.fill(QColor(LIGHT.bg))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(LIGHT.text))
        painter.setFont(make_font(9))
        painter.drawText(QPointF(40 + shift, 60 + shift), words)
        painter.drawText(QPointF(300 + shift, 60 + shift), amount)
        painter.setBrush(QColor(fill or LIGHT.primary))
        painter.drawRoundedRect(button, 600, 400, 72, 8, 8)
        painter.end()
        return Image.frombytes("RGB", SIZE, bytes(image.constBits()), "raw", "BGRX")

    return paint


def test_the_same_screen_is_the_same(draw: Draw) -> None:
    assert compare(draw(), draw()).share == 0


def test_a_kept_picture_of_few_colours_is_still_the_same_screen(draw: Draw) -> None:
    kept = shrunk(draw())
    assert len(kept.getcolors() or []) <= 80
    assert compare(kept, draw()).share == 0


def test_letters_smoothed_otherwise_do_not_count(draw: Draw) -> None:
    crisp = draw()
    assert not compare(crisp, draw(shift=0.25)).matters
    for part in (0.2, 0.4):
        smoothed = Image.blend(crisp, crisp.filter(ImageFilter.SMOOTH), part)
        assert smoothed != crisp
        assert not compare(crisp, smoothed).matters, part


def test_a_little_noise_does_not_count(draw: Draw) -> None:
    chance, noisy = Random(1), draw()
    for _point in range(20_000):
        place = chance.randrange(SIZE[0]), chance.randrange(SIZE[1])
        colour = noisy.getpixel(place)
        assert isinstance(colour, tuple)
        noisy.putpixel(place, tuple(max(0, part - chance.randrange(40)) for part in colour))
    assert not compare(draw(), noisy).matters


@pytest.mark.parametrize("pixels", [2, 8, 40])
def test_a_moved_button_fails(draw: Draw, pixels: int) -> None:
    assert compare(draw(), draw(button=900 + pixels)).matters


@pytest.mark.parametrize(("before", "after"), [("Bayar", "Batal"), ("Uang diterima", "Uang diterime"), ("Simpan", "")])
def test_another_word_fails_even_in_the_smallest_letters(draw: Draw, before: str, after: str) -> None:
    assert compare(draw(words=before), draw(words=after)).matters


@pytest.mark.parametrize(("before", "after"), [("73.000", "78.000"), ("73.000", "73.0000"), ("1", "7"), ("5", "6")])
def test_another_digit_fails(draw: Draw, before: str, after: str) -> None:
    assert compare(draw(amount=before), draw(amount=after)).matters


def test_another_colour_fails(draw: Draw) -> None:
    assert compare(draw(), draw(fill=LIGHT.danger)).matters


def test_another_size_fails(draw: Draw) -> None:
    assert compare(draw(), draw().resize((1093, 543))).matters


def test_what_differs_is_left_as_pictures(draw: Draw, tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path)) / "out"
    leave_evidence(folder, "sell", draw(), draw(button=940))
    assert sorted(path.name for path in folder.iterdir()) == [
        "sell.actual.png",
        "sell.difference.png",
        "sell.expected.png",
    ]
    marked = Image.open(folder / "sell.difference.png").getcolors(SIZE[0] * SIZE[1]) or []
    assert sum(count for count, colour in marked if colour == (255, 0, 0)) > SIZE[0] * SIZE[1] * SHARE
