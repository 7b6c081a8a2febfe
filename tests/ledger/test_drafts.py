"""Drafts: kept by slot, found by prefix, gone when discarded."""

from pos_app.ledger import drafts
from tests.corner import Corner


def test_a_draft_is_kept_replaced_and_discarded(empty_corner: Corner) -> None:
    db = empty_corner.db
    drafts.save(db, "cart", "2026-10-01T08:00:00+07:00", "one")
    drafts.save(db, "cart", "2026-10-01T08:01:00+07:00", "two")
    assert drafts.load(db, "cart") == drafts.Draft("cart", "2026-10-01T08:01:00+07:00", "two")
    drafts.discard(db, "cart")
    assert drafts.load(db, "cart") is None


def test_drafts_are_found_by_prefix_oldest_first(empty_corner: Corner) -> None:
    db = empty_corner.db
    for slot, at in (("held:b", "2"), ("held:a", "3"), ("held%", "1"), ("goods_in", "0")):
        drafts.save(db, slot, at, "")
    assert [draft.slot for draft in drafts.drafts(db, "held:")] == ["held:b", "held:a"]
