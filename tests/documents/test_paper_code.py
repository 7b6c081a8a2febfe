"""What the code on a paper says, however it was written."""

import pytest

from sync.documents.paper_code import PaperCode, paper_code, read_paper_code

DIGEST = "7c1ad924b558bcd77226b480" + "0" * 40
NUMBER = "BP-MTR001A-000199"
WAYS = [
    ("", f"POJOK-B {NUMBER} 1404000 {DIGEST[:24].upper()}"),
    ("https://pojok.example.go.id", f"HTTPS://POJOK.EXAMPLE.GO.ID/C/{NUMBER}/1404000/{DIGEST[:24].upper()}"),
    ("https://pojok.example.go.id:8443/", f"HTTPS://POJOK.EXAMPLE.GO.ID:8443/C/{NUMBER}/1404000/{DIGEST[:24].upper()}"),
    ("https://example.go.id/pojok", f"POJOK-B {NUMBER} 1404000 {DIGEST[:24].upper()}"),
    ("http://127.0.0.1:8000", f"POJOK-B {NUMBER} 1404000 {DIGEST[:24].upper()}"),
]


@pytest.mark.parametrize(("centre", "printed"), WAYS)
def test_a_slip_leads_to_the_centre_where_a_telephone_can_reach_it(centre, printed):
    assert paper_code("POJOK-B", NUMBER, 1_404_000, DIGEST, centre) == printed


@pytest.mark.parametrize("printed", [printed for _centre, printed in WAYS])
def test_every_form_is_read_alike_in_capitals_or_not(printed):
    for text in (printed, printed.lower(), f" {printed}\n"):
        found = read_paper_code(text)
        assert found == PaperCode(NUMBER, 1_404_000, DIGEST[:24])
        assert found.agrees(1_404_000, DIGEST)
        assert not found.agrees(1_404_001, DIGEST)
        assert not found.agrees(1_404_000, "f" * 64)


def test_a_receipt_without_an_address_tells_its_whole_hash():
    assert paper_code("POJOK-S", "ST-MTR001A-000001", 25_000, DIGEST) == f"POJOK-S ST-MTR001A-000001 25000 {DIGEST}"


@pytest.mark.parametrize(
    "text",
    ["", "8991234567890", "BP-MTR001A-000199", "POJOK-B BP-MTR001A-000199", "https://example.id/C/a/b",
     "https://example.id/katalog/KRP"],
)  # fmt: skip
def test_any_other_text_is_no_code(text):
    assert read_paper_code(text) is None


@pytest.mark.parametrize("amount", ["", "x", "-5", "1" * 16, "²"])
def test_an_amount_that_is_none_agrees_with_nothing(amount):
    found = read_paper_code(f"https://example.id/C/{NUMBER}/{amount or '%20'}/{DIGEST[:24]}")
    assert found is not None
    assert not found.agrees(1_404_000, DIGEST)


def test_the_beginning_of_a_hash_is_not_enough():
    found = read_paper_code(f"POJOK-B {NUMBER} 1404000 {DIGEST[:12]}")
    assert found is not None
    assert not found.agrees(1_404_000, DIGEST)
