"""The test of a scanner says what is wrong and what to do about it."""

import pytest

from pos_app.i18n import set_language
from pos_app.ui.scan_reading import Reading, is_good, judge
from pos_app.ui.scanner_settings import ScannerSettings

EAN = "2000000000015"


@pytest.fixture(autouse=True)
def indonesian() -> None:
    set_language("id")


def reading(text: str, gap: int = 5, ending: str = "enter") -> Reading:
    return Reading(text, [place * gap for place in range(len(text))], ending)


def said(one: Reading, settings: ScannerSettings | None = None) -> str:
    return "\n".join(words for words, _icon, _tone in judge(one, settings or ScannerSettings()))


def test_a_right_scanner_is_called_right() -> None:
    assert is_good(reading(EAN), ScannerSettings())
    assert "Pemindai sudah benar." in said(reading(EAN))
    assert "Ditutup dengan Enter." in said(reading(EAN))


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (reading(EAN, ending=""), "Suffix CR"),
        (reading(EAN, gap=45), "terlalu lambat"),
        (reading(EAN, gap=140), "diketik"),
        (reading("@))))))))))!%"), "Caps Lock"),
        (reading("éààààààààà&("), "tata letak"),
        (reading("kåthfé"), "tata letak"),
        (reading("st-mtr001a-000123"), "Huruf kecil"),
        (reading("]EC" + EAN), "awalan"),
        (reading("12345"), "dianggap ketikan"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(one: Reading, words: str) -> None:
    assert words in said(one)
    assert not is_good(one, ScannerSettings())
    assert "sudah benar" not in said(one)


def test_what_the_scanner_adds_is_taken_off() -> None:
    settings = ScannerSettings(prefix="]E", suffix="#")
    assert settings.bare(f"]E{EAN}#") == EAN
    assert is_good(reading(f"]E{EAN}#"), settings)


def test_a_key_that_the_settings_do_not_expect_is_named() -> None:
    assert "Pilih Tab" in said(reading(EAN, ending="tab"), ScannerSettings(ending="enter"))


def test_nothing_read_says_nothing() -> None:
    assert judge(Reading(), ScannerSettings()) == []
