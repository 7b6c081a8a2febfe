"""What each paper must say."""

import dataclasses

import msgspec
import pytest

from pos_app import i18n
from pos_app.printing.layout import QR, Barcode, Paper, Signatures
from pos_app.printing.papers.common import Issue, percent_text, short_hash
from pos_app.printing.papers.goods import goods_received_note, goods_returned_note
from pos_app.printing.papers.receipt import receipt
from pos_app.printing.papers.settlement import Explained, settlement_slip
from pos_app.printing.papers.z_report import z_report
from pos_app.printing.preview import preview
from sync.documents.base import FIGURES, Take
from sync.documents.money import Deduction
from tests.printing import samples
from tests.printing.samples import HASH, HEAD, ISSUE, NAMES, PAPERS


def text(name: str, columns: int = 48) -> str:
    return "\n".join(preview(PAPERS[name](), columns))


def codes_of(paper: Paper) -> list[Barcode | QR]:
    """Codes of their own, and those between signatures."""
    blocks = [block.code if isinstance(block, Signatures) else block for block in paper.blocks]
    return [block for block in blocks if isinstance(block, Barcode | QR)]


def row(shown: str, label: str) -> str:
    """The figure right of a label; labels are unique on a paper."""
    found = [line for line in shown.splitlines() if line.startswith(label)]
    assert len(found) == 1, (label, found)
    return found[0][len(label) :].strip()


NO_DOCUMENTS = ("test", "z_report", "tab_statement", "deduction_draft", "count_sheet")
"""Papers that no entry of the journal stands behind; the Z names its own."""


@pytest.mark.parametrize("document", [
    samples.SALE, samples.SIMPLE_SALE, samples.TAB_SALE, samples.REFUND, samples.RECEIVED, samples.RETURNED,
    samples.WRITTEN_OFF, samples.settled(), samples.settled(8320000), samples.CLOSED, samples.PAYMENT, samples.MOVE,
    samples.COLLECTED, samples.COUNTED, samples.reversal(),
])  # fmt: skip
def test_the_samples_are_valid_documents(document):
    document.check()


@pytest.mark.parametrize("name", [name for name in PAPERS if name not in NO_DOCUMENTS])
def test_every_paper_has_its_number_time_cashier_and_short_hash(name):
    paper = PAPERS[name]()
    shown = text(name)
    assert paper.number in shown
    assert "21/11/2026 14.05 WIB" in shown
    assert row(shown, "Kasir   ") == "Rina Ayu"
    assert short_hash(HASH) == "a1b2-c3d4-e5f6"
    assert "a1b2-c3d4-e5f6" in shown
    codes = [code.payload for code in codes_of(paper)]
    assert any(paper.number in payload for payload in codes)


def test_the_code_on_a_slip_holds_number_amount_and_the_beginning_of_the_hash():
    (code,) = codes_of(PAPERS["settlement"]())
    assert code.payload == f"POJOK-B {samples.settled().number} {samples.settled().amount} {HASH[:24].upper()}"


def test_a_slip_tells_what_the_corner_keeps_and_what_stands_behind_its_sums():
    paid = samples.settled()
    kept = (Deduction("packaging", 2_000), Deduction("advance", 5_000))
    slip = msgspec.structs.replace(
        paid, deductions=kept, amount=paid.amount - 7_000, other=8_000, carried_over=paid.carried_over - 8_000
    )
    slip.check()
    told = Explained(losses=3_000, debts_paid=4_000, taken_back=1_500)
    shown = "\n".join(preview(settlement_slip(slip, samples.ISSUE, samples.HEAD, told), 48))
    assert row(shown, "Potongan: Kemasan") == "-Rp 2.000"
    assert row(shown, "Potongan: Pengembalian uang muka") == "-Rp 5.000"
    assert row(shown, "Kerugian ditanggung pojok") == "Rp 3.000"
    assert row(shown, "Utang dibayar produsen") == "Rp 4.000"
    assert row(shown, "Lainnya") == "Rp 1.000"
    assert row(shown, "Pembayaran dibatalkan") == "Rp 1.500"


def test_a_receipt_lists_goods_tenders_and_change():
    shown = text("receipt")
    assert "  2 x 16.000" in shown
    assert "  0,375 kg x 18.000" in shown
    assert row(shown, "Subtotal") == "58.750"
    assert row(shown, "Diskon") == "-2.000"
    assert row(shown, "Pembulatan") == "+50"
    assert row(shown, "TOTAL") == "Rp 56.800"
    assert row(shown, "QRIS ref. 4817") == "20.000"
    assert row(shown, "Tunai") == "36.800"
    assert row(shown, "Uang diterima") == "50.000"
    assert row(shown, "Kembalian") == "13.200"


def test_the_rounding_row_appears_only_when_it_is_not_zero():
    assert "Pembulatan" not in text("receipt_copy")
    assert "Subtotal" not in text("receipt_copy")


def test_only_a_reprint_says_salinan_and_it_leaves_the_drawer_shut():
    assert "SALINAN" in text("receipt_copy")
    assert "SALINAN" not in text("receipt")
    assert not PAPERS["receipt_copy"]().drawer
    assert PAPERS["receipt"]().drawer


def test_a_tab_sale_names_the_buyer_and_has_a_place_to_sign():
    shown = text("receipt_tab")
    assert row(shown, "Bon Pegawai: Budi Santoso") == "350.000"
    assert row(shown, "Untuk dinas") == "Bappeda Bidang Perencanaan"
    assert Signatures("Pegawai") in PAPERS["receipt_tab"]().blocks
    assert not PAPERS["receipt_tab"]().drawer


def test_an_unknown_staff_member_is_named_by_code():
    paper = receipt(samples.TAB_SALE, ISSUE, HEAD, {})
    assert any("Bon Pegawai: S001" in line for line in preview(paper, 48))


def test_a_refund_names_its_receipt():
    shown = text("refund")
    assert row(shown, "Dari struk") == "ST-MTR001A-000123"
    assert row(shown, "KEMBALI") == "Rp 16.000"


def test_a_delivery_shows_quantity_both_prices_expiry_and_two_signatures():
    shown = text("goods_received")
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert "24 14.400 16.000 28/02/2027" in lines
    assert "4 63.750 75.000 -" in lines  # 15 % commission: the producer's part of the price
    assert "Dompet Tapis Motif Siger (komisi 15%)" in lines
    assert row(shown, "Nilai titip") == "Rp 814.350"
    assert Signatures("Penitip", "Penerima", "Kripik Ranusari", "Rina Ayu") in PAPERS["goods_received"]().blocks


def test_a_return_tells_the_last_day_of_what_expired_and_what_bought_goods_take_off():
    expired = msgspec.structs.replace(samples.RETURNED.lines[1], takes=(Take("B2", 5000, 9000, "2026-11-20"),))
    note = msgspec.structs.replace(samples.RETURNED, lines=(msgspec.structs.replace(expired, pricing="putus"),))
    note.check()
    shown = "\n".join(preview(goods_returned_note(note, ISSUE, HEAD, "Kripik Ranusari"), 48))
    assert "Risoles (s.d. 20/11/2026)" in shown
    assert row(shown, "Potong hak produsen (beli putus)") == "Rp 9.000"


def test_bought_goods_show_what_is_owed_at_once():
    line = msgspec.structs.replace(samples.RECEIVED.lines[0], pricing="putus", cost=345600)
    note = msgspec.structs.replace(samples.RECEIVED, lines=(line,))
    note.check()
    shown = "\n".join(preview(goods_received_note(note, ISSUE, HEAD, "Kripik Ranusari"), 48))
    assert row(shown, "Dibeli putus") == "Rp 345.600"


def test_lots_are_numbered_only_where_the_same_goods_came_twice():
    assert "kiriman" not in text("goods_received")
    first = samples.RECEIVED.lines[0]
    second = msgspec.structs.replace(first, batch=f"{first.batch}x", expires_on=None)
    note = msgspec.structs.replace(samples.RECEIVED, lines=(first, samples.RECEIVED.lines[1], second))
    shown = "\n".join(preview(goods_received_note(note, ISSUE, HEAD, "Kripik Ranusari"), 48))
    assert f"{first.name} (kiriman 1)" in shown
    assert f"{first.name} (kiriman 2)" in shown


def test_a_return_says_why():
    lines = [" ".join(line.split()) for line in text("goods_returned").splitlines()]
    assert "Risoles 5 kedaluwarsa" in lines
    assert "Keripik Pisang Cokelat 200 g 2 tidak laku" in lines


def test_a_settlement_adds_up_on_paper():
    shown = text("settlement")
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert "25 60 52 2 0 31" in lines
    assert "1 70 59 0 1 11" in lines
    assert row(shown, "Penjualan  ") == "Rp 1.422.000"
    assert row(shown, "Komisi") == "-Rp 142.200"
    assert row(shown, "Hak produsen") == "Rp 1.279.800"
    assert row(shown, "Sisa periode lalu") == "Rp 4.835"
    assert row(shown, "DIBAYAR") == "Rp 1.284.600"
    assert row(shown, "Sisa belum dibayar") == "Rp 35"
    assert "satu juta dua ratus delapan puluh empat ribu enam ratus rupiah" in " ".join(shown.split())
    assert "Meterai" not in shown


@pytest.mark.parametrize(("amount", "stamped"), [(4_999_900, False), (5_000_000, False), (5_000_100, True)])
def test_a_duty_stamp_is_asked_for_above_five_million(amount, stamped):
    base = samples.settled()
    settlement = msgspec.structs.replace(
        base, goods=(), gross=0, commission=0, earned=0, carried_over=0, other=amount, amount=amount, remaining=0
    )
    settlement.check()
    paper = settlement_slip(settlement, ISSUE, HEAD)
    assert any(isinstance(block, Signatures) and block.stamp for block in paper.blocks) is stamped


def test_refunds_after_payout_are_netted_visibly():
    base = samples.settled()
    settlement = msgspec.structs.replace(base, carried_over=-14400, amount=1265400, remaining=0)
    settlement.check()
    shown = "\n".join(preview(settlement_slip(settlement, ISSUE, HEAD), 48))
    assert row(shown, "Pengembalian atas barang yang sudah") == ""
    assert row(shown, "dibayar") == "-Rp 14.400"


def test_the_z_lists_every_figure_of_the_shift():
    distinct = {name: 1_000_001 + index * 1_111 for index, name in enumerate(FIGURES)}
    closed = msgspec.structs.replace(samples.CLOSED, figures=distinct)
    shown = "\n".join(preview(z_report(closed, ISSUE, HEAD), 48))
    for name in FIGURES:
        assert f"{distinct[name]:,}".replace(",", ".") in shown, name


def test_the_z_shows_the_difference_and_the_pieces():
    shown = text("z_report")
    assert row(shown, "Kas seharusnya") == "Rp 1.580.900"
    assert row(shown, "Kas fisik") == "Rp 1.578.900"
    assert row(shown, "SELISIH KURANG") == "-Rp 2.000"
    assert row(shown, "100.000 x 15") == "1.500.000"
    assert row(shown, "Setoran") == "1.278.900"


@pytest.mark.parametrize(("difference", "verdict"), [(0, "PAS"), (500, "LEBIH"), (-500, "KURANG")])
def test_the_z_words_the_difference(difference, verdict):
    closed = msgspec.structs.replace(samples.CLOSED, difference=difference)
    assert any(f"SELISIH {verdict}" in line for line in preview(z_report(closed, ISSUE, HEAD), 48))


def test_the_z_lists_qris_that_is_not_yet_matched():
    shown = text("z_report")
    assert row(shown, "ST-MTR001A-000101") == "312.150"
    assert "\n  ref. 4817\n" in shown
    assert "ref. -" not in shown
    assert row(shown, "Belum dicocokkan") == "Rp 412.150"


def test_the_z_carries_the_signed_head_in_words_and_as_a_code():
    shown = "".join(text("z_report").split())
    assert HASH in shown
    assert samples.EARLIER in shown
    assert samples.SIGNATURE in shown
    codes = [block.payload for block in PAPERS["z_report"]().blocks if isinstance(block, QR)]
    assert codes == [f"POJOK-Z TK-MTR001A-000031 4298 {HASH} {samples.SIGNATURE}"]


def test_an_unsigned_z_says_so():
    assert any("tanpa tanda tangan" in line for line in preview(z_report(samples.CLOSED, ISSUE, HEAD), 48))


def test_a_tab_payment_shows_what_is_left():
    assert row(text("tab_payment"), "Sisa bon") == "Rp 195.000"


def test_a_cash_move_shows_purpose_and_note():
    shown = text("cash_move")
    assert "KAS KELUAR" in shown
    assert "Catatan: beli galon air" in shown
    assert "Disetujui oleh: Sari Pengelola" in shown


def test_a_reversal_shows_money_and_goods_going_back():
    shown = text("reversal")
    assert row(shown, "Membatalkan") == "ST-MTR001A-000124"
    assert row(shown, "Kas laci") == "-32.000"
    assert row(shown, "Hak produsen P001") == "-28.800"
    assert row(shown, "Keripik Pisang Cokelat 200 g") == "+2"


def test_papers_speak_english_too(monkeypatch):
    monkeypatch.setattr(i18n, "_language", "en")
    shown = text("receipt")
    assert row(shown, "Change") == "13.200"
    assert "14:05 WIB" in shown


def test_a_copy_differs_from_its_original_in_the_mark_alone():
    original = receipt(samples.SIMPLE_SALE, ISSUE, HEAD, NAMES)
    copy = receipt(samples.SIMPLE_SALE, dataclasses.replace(ISSUE, copy=True), HEAD, NAMES)
    extra = [line for line in preview(copy, 48) if line not in preview(original, 48)]
    assert [line.strip() for line in extra] == ["*** SALINAN ***"]


def test_percentages_have_a_decimal_comma():
    assert [percent_text(points) for points in (1000, 1250, 1225, 5)] == ["10%", "12,5%", "12,25%", "0,05%"]


def test_a_paper_without_a_cashier_is_possible():
    assert preview(receipt(samples.SIMPLE_SALE, Issue(samples.AT, "-", HASH), HEAD, {}), 32)


def test_a_list_for_the_treasurer_has_sum_words_place_and_marks_who_gave_no_letter():
    shown = text("deduction_list")
    assert row(shown, "JUMLAH 2 pegawai") == "Rp 1.435.000"
    assert "satu juta empat ratus tiga puluh lima ribu rupiah" in " ".join(shown.split())
    assert "Metro, 21 November 2026" in shown
    assert "Putri *" in shown
    assert "Budi Santoso *" not in shown
    assert "Bendahara" in shown


def test_a_draft_for_the_treasurer_says_so_and_has_no_number():
    shown = text("deduction_draft")
    assert "(DRAF)" in shown
    assert "DP-" not in shown


def test_a_statement_tells_what_was_carried_over_and_how_far_over_the_limit_it_is():
    shown = text("tab_statement")
    assert row(shown, "JUMLAH BON") == "Rp 537.000"
    assert row(shown, "Lewat batas") == "Rp 37.000"
    assert "1986" not in shown
