"""``docs/protocol-messages.md`` is what the structs say, and its sale is one that a centre takes."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from sync.documents.base import InvalidDocument
from sync.documents.kinds import KINDS, decode
from sync.protocol.messages import SCOPES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/protocol-messages.md").read_text(encoding="utf-8")
SALE, FOLLOWS = (block.encode() for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("protocol_messages", ROOT / "packaging/protocol_messages.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_the_page_is_what_the_structs_say() -> None:
    assert generator().page() == PAGE, "write it anew: make openapi"


def test_every_kind_and_every_feed_has_a_section() -> None:
    wanted = [*(f"### `{name}` ({kind.PREFIX})" for name, kind in KINDS.items()), *(f"### `{one}`" for one in SCOPES)]
    assert [heading for heading in wanted if heading not in PAGE] == []


def test_what_a_check_refuses_is_told_with_its_kind() -> None:
    closing = PAGE.partition("### `shift_closed`")[2].partition("\n### ")[0]
    assert "difference is not counted less expected" in closing
    assert "`ShiftClosed.effects` in `sync/documents/shift.py`" in closing
    sale = PAGE.partition("### `sale`")[2].partition("\n### ")[0]
    assert "takes do not add up to the quantity" in sale, "a check that the kinds share"
    assert "a tab, and only a tab, names a staff member" in sale, "a check of a part"


def test_the_worked_sale_is_taken_and_has_the_effects_that_are_told() -> None:
    effects = decode("sale", 1, SALE).effects()
    told = msgspec.json.decode(FOLLOWS)
    assert [list(leg) for leg in effects.postings] == told["postings"]
    assert [list(movement) for movement in effects.movements] == told["movements"]
    assert effects.figures == told["figures"]
    assert sum(amount for _account, amount in effects.postings) == 0


@pytest.mark.parametrize(("found", "other"), [(b"6606", b"6607"), (b'"rounding": 50', b'"rounding": 49')])
def test_the_worked_sale_with_one_figure_changed_is_refused(found: bytes, other: bytes) -> None:
    assert SALE.count(found) == 1
    with pytest.raises(InvalidDocument):
        decode("sale", 1, SALE.replace(found, other))
