"""The import speaks the user's language."""

import pytest

from pos_app.i18n import set_language
from pos_app.services import import_wording
from sync.protocol.registry_reasons import FILE_REASONS, REASONS, Rejection, UnreadableFile


@pytest.fixture(autouse=True)
def indonesian():
    set_language("id")
    yield
    set_language("id")


def test_a_refusal_is_one_sentence_in_indonesian():
    bad = Rejection(7, "sell_price", "bad_money", {"value": "12,5"})
    assert import_wording.reason(bad) == "12,5 tidak dapat dipahami sebagai rupiah bulat"
    assert import_wording.sentence(bad) == "Baris 7, sell_price: 12,5 tidak dapat dipahami sebagai rupiah bulat"


def test_a_row_without_a_field_is_named_by_its_line():
    bad = Rejection(9, "", "field_count", {"found": "2", "expected": "16"})
    assert import_wording.sentence(bad) == "Baris 9: berisi 2 kolom, sedangkan judul berisi 16"


def test_a_refused_file_is_one_sentence():
    error = UnreadableFile("missing_columns", columns="nip")
    assert import_wording.file_reason(error) == "Kolom ini tidak ada: nip."
    set_language("en")
    assert import_wording.file_reason(error) == "These columns are missing: nip."


@pytest.mark.parametrize("text", [*REASONS.values(), *FILE_REASONS.values()])
def test_every_reason_is_translated(text):
    from pos_app.i18n import _

    assert _(text) != text
