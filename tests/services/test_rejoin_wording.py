"""What the guide that puts two histories together tells people to do."""

from pathlib import Path

from pos_app.i18n import set_language
from pos_app.ledger.rejoining import Entered
from pos_app.services import rejoin_wording
from pos_app.services.rejoining import Rejoined
from tests.corner import Corner
from tests.services.forked_corner import forked


def test_goods_below_zero_and_the_cash_of_a_shift_closed_by_itself_are_named(
    open_corner: Corner, tmp_path: Path
) -> None:
    both = forked(open_corner, tmp_path, lambda one: one.sell("T1", "15"), lambda one: one.sell("T1", "18"))
    done = both.rejoin()
    assert done.entered.closed
    told = "\n".join(rejoin_wording.to_do(done))
    assert "Keripik Pisang 200 g di bawah nol sebanyak 13. Hitung raknya." in told
    assert f"{done.entered.closed} menutup Rp 240.000 yang masih di laci" in told
    assert "muncul sebagai lebih saat tutup kasir berikutnya" in told


def test_where_nothing_lies_below_zero_and_no_shift_was_closed_nothing_of_it_is_told(
    corner: Corner, tmp_path: Path
) -> None:
    corner.receive("T1", "9")
    both = forked(corner, tmp_path, lambda one: one.receive("T1", "5"), lambda one: one.receive("T1", "6"))
    told = "\n".join(rejoin_wording.to_do(both.rejoin()))
    assert "di bawah nol" not in told
    assert "menutup" not in told


def test_one_of_anything_is_told_as_one_in_english() -> None:
    set_language("en")
    done = Rejoined(1, 1, Entered(numbers=["ST-MTR001A2-000001"], there=["ST-MTR001A-000001"]))
    try:
        assert rejoin_wording.of_joining(done)[:3] == [
            "1 entry of Diskoperin's is in the ledger, byte for byte.",
            "1 document of this till is entered again, with its number.",
            "1 document is there already; it is not entered twice.",
        ]
    finally:
        set_language("id")
