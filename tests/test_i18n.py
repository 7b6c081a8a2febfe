"""The language of screens and paper."""

import pytest

from pos_app import i18n


@pytest.fixture(autouse=True)
def default_language():
    yield
    i18n.set_language(i18n.DEFAULT)


def test_indonesian_is_the_default_and_english_the_second_language():
    assert i18n.language() == "id"
    assert i18n._("is required") == "wajib diisi"
    i18n.set_language("en")
    assert i18n._("is required") == "is required"


def test_a_text_without_translation_stays_as_it_is():
    assert i18n._("no such text") == "no such text"
    assert i18n.ngettext("{count} no such thing", "{count} no such things", 1) == "{count} no such thing"


def test_nothing_stays_nothing():
    assert i18n._("") == ""


def test_a_marked_text_is_looked_up_when_it_is_shown():
    text = i18n.N_("is required")
    assert text == "is required"
    assert i18n._(text) == "wajib diisi"
