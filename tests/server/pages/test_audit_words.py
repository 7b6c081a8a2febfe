"""The audit speaks in words: every deed that some part of the centre notes has its line."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

from sync.server.access.officers import Role, note
from sync.server.database.dialect import writing
from sync.server.pages.audit_words import DEEDS

SERVER = Path(__file__).resolve().parents[3] / "sync" / "server"
NOTING = {"note": 3, "note_decision": 3, "claim": 4, "_decidable": 5}
"""Functions that note a deed, and which of their arguments it is."""
KINDS = ("producer", "product")


def deeds(node: ast.expr, module: str) -> set[str]:
    """What an argument may be; empty where a function passes on what it was given."""
    match node:
        case ast.Constant(str(text)):
            return {text}
        case ast.IfExp(_, one, other):
            return deeds(one, module) | deeds(other, module)
        case ast.JoinedStr([ast.FormattedValue(ast.Name("kind")), ast.Constant(str(end))]):
            return {kind + end for kind in KINDS}
        case ast.Name(name):
            return {getattr(import_module(module), name)} if name.isupper() else set()
        case ast.Starred(ast.Name("about")):
            return set()
    raise AssertionError(f"teach this test to read {ast.unparse(node)}")


def noted() -> set[str]:
    found: set[str] = set()
    for file in SERVER.rglob("*.py"):
        module = ".".join(file.relative_to(SERVER.parents[1]).with_suffix("").parts)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(ast.Name(name) | ast.Attribute(attr=name), arguments) if name in NOTING:
                    if len(arguments) > NOTING[name]:
                        found |= deeds(arguments[NOTING[name]], module)
                case ast.Assign([ast.Name("about")], ast.Tuple([first, *_])):
                    found |= deeds(first, module)
    return found


def test_every_deed_that_is_noted_is_told_in_words():
    found = noted()
    assert {"move", "product_picture", "producer_changed", "approve", "quarantine", "sign_in_locked", "merge"} <= found
    assert found - set(DEEDS) == set()


@pytest.mark.parametrize(
    ("what", "of", "detail", "told"),
    [
        ("message", "*", "", ["mengirim pesan", "semua pojok", "–"]),
        ("version", "0", "", ["menentukan versi tertua yang boleh menerima", "semua versi", "–"]),
        ("import", "producers", "12", ["mengimpor lembar kerja", "Produsen", "12"]),
        ("producer_changed", "P001", "business_name, class", ["membetulkan produsen", "P001", "Nama usaha, Kelas"]),
        ("certificate", "P001", "halal 0a1b2c", ["mencatat sertifikat", "P001", "Halal"]),
        ("person_request", "P001", "erasure", ["mencatat permintaan", "P001", "Minta penghapusan"]),
    ],
)
def test_a_row_is_told_without_words_of_the_program(client, centre, what, of, detail, told):
    with writing(centre.engine) as db:
        note(centre, db, "Rahma", what, of, detail)
    text = client(Role.ADMIN).get(f"/jejak?tindakan={what}").text
    cells = [part.partition("</td>")[0].rpartition(">")[2] for part in text.split("<td")[1:]]
    assert cells[2:5] == told
    assert f'<option value="{what}" selected>{told[0]}</option>' in text
