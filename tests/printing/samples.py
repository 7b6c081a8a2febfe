"""Documents of a day at the counter, valid to the rupiah, for every paper."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from pos_app.printing.layout import Paper
from pos_app.printing.papers.common import Issue, Letterhead
from pos_app.printing.papers.count_sheet import ToCount, count_sheet
from pos_app.printing.papers.deductions import ListedPerson, ListedUnit, deduction_list, deduction_slip
from pos_app.printing.papers.goods import goods_received_note, goods_returned_note
from pos_app.printing.papers.money import cash_move_slip, reversal_slip, tab_payment_receipt
from pos_app.printing.papers.receipt import receipt, refund_slip
from pos_app.printing.papers.settlement import settlement_slip
from pos_app.printing.papers.stock_count import stock_count_slip
from pos_app.printing.papers.tab_statement import Statement, StatementLine, tab_statement
from pos_app.printing.papers.test_page import printer_test
from pos_app.printing.papers.write_off import write_off_note
from pos_app.printing.papers.z_report import Unmatched, z_report
from sync.documents.base import Take
from sync.documents.deductions import DeductionCollected, LeftOut, StaffDeduction, TabEntry
from sync.documents.goods import (
    CountedLine,
    GoodsReceived,
    GoodsReturned,
    LeavingLine,
    ReceivedLine,
    StockCount,
    WriteOff,
)
from sync.documents.money import CashMove, SettledGoods, Settlement, TabPayment
from sync.documents.refund import Refund, RefundLine
from sync.documents.reversal import Reversal, opposite
from sync.documents.sale import Buyer, Sale, SaleLine, Tender
from sync.documents.shift import ShiftClosed

HASH = "a1b2c3d4e5f60718293a4b5c6d7e8f90112233445566778899aabbccddeeff00"
EARLIER = "00ffeeddccbbaa998877665544332211908f7e6d5c4b3a29180706f5e4d3c2b1"
SIGNATURE = "TXkgc2lnbmF0dXJlIGlzIHNpeHR5LWZvdXIgYnl0ZXMgbG9uZywgYW5kIGhlcmUgdGhleSBhcmUhISEhIQ=="
AT = "2026-11-21T07:05:30+00:00"

HEAD = Letterhead("Dinas Koperasi, UMKM dan Perindustrian", "MTR-001", "A", "Jl. A.H. Nasution No. 1, Metro 34111", "")
ISSUE = Issue(AT, "Rina Ayu", HASH)
SUPPLIERS = {"P001": "Kripik Ranusari", "P005": "Kue Basah Mbok Tumirah", "P007": "Telur Asin Sumber Jaya"}
NAMES = {"S001": "Budi Santoso"}


def sold(sku: str, name: str, quantity: int, price: int, consign: int, **more: Any) -> SaleLine:
    discount = more.get("discount", 0)
    total = (price * quantity + 500) // 1000 - discount
    share = (consign * quantity + 500) // 1000
    return SaleLine(
        sku=sku, name=name, producer="P001", pricing="titip", quantity=quantity, sell_price=price,
        consign_price=consign, total=total, share=share, takes=(Take("B1", quantity),), **more,
    )  # fmt: skip


SALE = Sale(
    number="ST-MTR001A-000123",
    lines=(
        sold("KRP-001", "Keripik Pisang Cokelat 200 g", 2000, 16000, 14400),
        sold("SMB-004", "Sambal Botol Citrasa Pedas Manis Extra 250 ml", 1000, 20000, 18000, discount=2000),
        sold("GUL-001", "Gula Pasir", 375, 18000, 17100, unit="kg"),
    ),
    tenders=(
        Tender(kind="qris", amount=20000, reference="4817"),
        Tender(kind="cash", amount=36800),
    ),
    total=56750,
    rounding=50,
    received=50000,
    change=13200,
)
SIMPLE_SALE = Sale(
    number="ST-MTR001A-000124",
    lines=(sold("KRP-001", "Keripik Pisang Cokelat 200 g", 2000, 16000, 14400),),
    tenders=(Tender(kind="cash", amount=32000),),
    total=32000,
    received=50000,
    change=18000,
)
TAB_SALE = Sale(
    number="ST-MTR001A-000125",
    lines=(sold("BTK-001", "Batik Tulis Siger", 1000, 350000, 297500),),
    tenders=(Tender(kind="tab", amount=350000, staff="S001"),),
    total=350000,
    buyer=Buyer(kind="office", unit="Bappeda Bidang Perencanaan"),
)
REFUND = Refund(
    number="PU-MTR001A-000007",
    sale_id="0193",
    sale_number=SALE.number,
    lines=(
        RefundLine(
            line=0, sku="KRP-001", name="Keripik Pisang Cokelat 200 g", producer="P001", pricing="titip",
            quantity=1000, total=16000, share=14400, takes=(Take("B1", 1000),),
        ),
    ),
    total=16000,
    tender="cash",
)  # fmt: skip
RECEIVED = GoodsReceived(
    number="NT-MTR001A-000231",
    producer="P001",
    reference="A-17",
    lines=(
        ReceivedLine(
            sku="KRP-001", name="Keripik Pisang Cokelat 200 g", pricing="titip", quantity=24000, sell_price=16000,
            consign_price=14400, expires_on="2027-02-28", batch="NT-MTR001A-000231.0",
        ),
        ReceivedLine(
            sku="TPS-002", name="Dompet Tapis Motif Siger", pricing="komisi", quantity=4000, sell_price=75000,
            commission_bp=1500, batch="NT-MTR001A-000231.1",
        ),
        ReceivedLine(
            sku="GUL-001", name="Gula Pasir", unit="kg", pricing="titip", quantity=12500, sell_price=18000,
            consign_price=17100, expires_on="2027-11-20", batch="NT-MTR001A-000231.2",
        ),
    ),
)  # fmt: skip
RETURNED = GoodsReturned(
    number="NR-MTR001A-000012",
    producer="P001",
    lines=(
        LeavingLine(
            sku="KRP-001", name="Keripik Pisang Cokelat 200 g", producer="P001", pricing="titip", quantity=2000,
            reason="unsold", takes=(Take("B1", 2000),),
        ),
        LeavingLine(
            sku="RSL-001", name="Risoles", producer="P001", pricing="titip", quantity=5000, reason="expired",
            takes=(Take("B2", 5000),),
        ),
    ),
)  # fmt: skip
WRITTEN_OFF = WriteOff(
    number="HR-MTR001A-000004",
    lines=(
        LeavingLine(
            sku="KRP-001", name="Keripik Pisang Cokelat 200 g", producer="P001", pricing="titip", quantity=1000,
            reason="damaged", borne_by="corner", share=14400, takes=(Take("B1", 1000),),
        ),
        LeavingLine(
            sku="RSL-001", name="Risoles Mayo", producer="P005", pricing="titip", quantity=6000,
            reason="expired", takes=(Take("B2", 6000, 0, "2026-11-20"),),
        ),
        LeavingLine(
            sku="MIK-001", name="Mi Kering 400 g", producer="P002", pricing="putus", quantity=2000,
            reason="lost", borne_by="corner", takes=(Take("B3", 2000, 4000),),
        ),
        LeavingLine(
            sku="TLR-001", name="Telur Asin", producer="P007", pricing="titip", quantity=3000,
            reason="damaged", borne_by="corner", share=10800, takes=(Take("B4", 3000),),
        ),
    ),
)  # fmt: skip


def settled(amount_of_first: int = 832000) -> Settlement:
    """A settlement; its sum moves with the sales of the first product (in rupiah)."""
    goods = (
        SettledGoods(
            sku="KRP-001", name="Keripik Pisang Cokelat 200 g", start=25000, received=60000, sold=52000,
            returned=2000, gross=amount_of_first, share=amount_of_first * 9 // 10,
        ),
        SettledGoods(
            sku="KRP-002", name="Keripik Singkong Balado 250 g", start=1000, received=70000, sold=59000, lost=1000,
            gross=590000, share=531000,
        ),
    )  # fmt: skip
    gross = sum(line.gross for line in goods)
    earned = sum(line.share for line in goods)
    due = earned + 4835
    return Settlement(
        number="BP-MTR001A-000117", producer="P001", producer_name="Kripik Ranusari", tender="cash", from_seq=10,
        through_seq=800, from_date="2026-11-14", through_date="2026-11-20", goods=goods, gross=gross,
        commission=gross - earned, earned=earned, carried_over=4835, amount=due // 100 * 100, remaining=due % 100,
    )  # fmt: skip


CLOSED = ShiftClosed(
    number="TK-MTR001A-000031",
    shift="BK-MTR001A-000031",
    opened_at="2026-11-21T00:31:00+00:00",
    first_seq=4101,
    head=EARLIER,
    float=300000,
    figures={
        "sales": 68, "refunds": 1, "gross": 3187500, "commission": 318750, "rounding": 150, "cash_received": 3000000,
        "change": 513500, "refunds_cash": 16000, "tender_cash": 2470500, "tender_qris": 412150, "tender_tab": 305000,
        "tab_payments_cash": 120000, "cash_out": 25000, "settlements_cash": 1284600,
    },
    expected=1580900,
    counted=1578900,
    difference=-2000,
    deposit=1278900,
    pieces={"100000": 15, "50000": 1, "20000": 1, "5000": 1, "2000": 1, "1000": 1, "500": 1, "200": 2},
)  # fmt: skip
UNMATCHED = (
    Unmatched("ST-MTR001A-000101", "4817", 312150),
    Unmatched("ST-MTR001A-000117", "0093", 100000),
)
PAYMENT = TabPayment(number="PB-MTR001A-000003", staff="S001", amount=120000, tender="cash")
LISTED = ListedUnit(
    "2026-11",
    "Bagian Tata Pemerintahan",
    date(2026, 11, 20),
    (
        ListedPerson("Budi Santoso", "198609262015051001", 315000, mandate=True),
        ListedPerson("Siti Nurhaliza Wanasumarta Putri", "199409172020012902", 1120000, mandate=False),
    ),
    "DP-MTR001A-000004",
)
COLLECTED = DeductionCollected(
    number="PG-MTR001A-000002",
    list_id="0193",
    list_number="DP-MTR001A-000004",
    tender="cash",
    lines=(StaffDeduction(staff="S001", amount=315000, entries=(TabEntry(120, 75000), TabEntry(131, 240000))),),
    left_out=(LeftOut(staff="S002", reason="pay_too_low"),),
)
STATEMENT = Statement(
    "Budi Santoso",
    "Bagian Tata Pemerintahan",
    500000,
    "2026-11-01",
    50000,
    (
        StatementLine("2026-11-05", "PB-MTR001A-000003", "Pelunasan tunai", -50000),
        StatementLine("2026-11-21", "ST-MTR001A-004217", "Kopi Robusta 200 g, Abon Lele 100 g +4", 537000),
    ),
    537000,
)
MOVE = CashMove(number="KK-MTR001A-000002", direction="out", amount=25000, reason="other")


def reversal() -> Reversal:
    undone = opposite(SIMPLE_SALE.effects())
    return Reversal(
        number="BT-MTR001A-000001",
        original_id="0193",
        original_number=SIMPLE_SALE.number,
        original_kind="sale",
        postings=undone.postings,
        movements=tuple((m.sku, m.batch, m.quantity, m.cost, m.expires_on) for m in undone.movements),
        figures=undone.figures,
    )


WITH_NOTE = Issue(AT, "Rina Ayu", HASH, note="beli galon air", approved_by="Sari Pengelola")
REVERSED = Issue(AT, "Rina Ayu", HASH, copy=True, reversed_by="BT-MTR001A-000003")

COUNTED = StockCount(
    number="SO-MTR001A-000002",
    at_seq=4210,
    lines=(
        CountedLine(
            sku="KRP-001", name="Keripik Pisang Cokelat 200 g", expected=24000, counted=23000, at_seq=4198,
            missing=WRITTEN_OFF.lines[0],
        ),
        CountedLine(sku="RSL-001", name="Risoles Mayo", expected=12000, counted=13000, at_seq=4200),
        CountedLine(sku="GUL-001", name="Gula Pasir", expected=7250, counted=7250, at_seq=4210),
    ),
)  # fmt: skip
TO_COUNT = (
    ToCount("Rak 1", "Keripik Pisang Cokelat 200 g", "Kripik Ranusari"),
    ToCount("Rak 1", "Sambal Botol Citrasa Pedas Manis Extra 250 ml", "Sambal Citrasa"),
    ToCount("Makanan", "Gula Pasir (kg)", "CV Penggilingan Padi"),
)

PAPERS: dict[str, Callable[[], Paper]] = {
    "receipt": lambda: receipt(SALE, ISSUE, HEAD, NAMES),
    "receipt_copy": lambda: receipt(SIMPLE_SALE, Issue(AT, "Rina Ayu", HASH, copy=True), HEAD, NAMES),
    "receipt_tab": lambda: receipt(TAB_SALE, ISSUE, HEAD, NAMES),
    "refund": lambda: refund_slip(REFUND, ISSUE, HEAD, NAMES),
    "goods_received": lambda: goods_received_note(RECEIVED, ISSUE, HEAD, "Kripik Ranusari"),
    "goods_returned": lambda: goods_returned_note(RETURNED, ISSUE, HEAD, "Kripik Ranusari"),
    "write_off": lambda: write_off_note(WRITTEN_OFF, WITH_NOTE, HEAD, SUPPLIERS),
    "stock_count": lambda: stock_count_slip(COUNTED, WITH_NOTE, HEAD),
    "count_sheet": lambda: count_sheet(TO_COUNT, "Semua barang", HEAD, at=AT),
    "settlement": lambda: settlement_slip(settled(), ISSUE, HEAD),
    "settlement_reversed": lambda: settlement_slip(settled(), REVERSED, HEAD),
    "settlement_stamp": lambda: settlement_slip(settled(8320000), ISSUE, HEAD),
    "z_report": lambda: z_report(CLOSED, WITH_NOTE, HEAD, unmatched=UNMATCHED, seq=4298, signature=SIGNATURE),
    "tab_payment": lambda: tab_payment_receipt(PAYMENT, ISSUE, HEAD, "Budi Santoso", 195000),
    "deduction_list": lambda: deduction_list(LISTED, Issue(AT, "Rina Ayu", HASH), HEAD),
    "deduction_draft": lambda: deduction_list(replace(LISTED, number=""), Issue(AT, "Rina Ayu", ""), HEAD),
    "deduction_collected": lambda: deduction_slip(COLLECTED, ISSUE, HEAD, NAMES),
    "tab_statement": lambda: tab_statement(STATEMENT, HEAD, AT),
    "cash_move": lambda: cash_move_slip(MOVE, WITH_NOTE, HEAD),
    "reversal": lambda: reversal_slip(reversal(), WITH_NOTE, HEAD, {"KRP-001": "Keripik Pisang Cokelat 200 g"}),
    "test": lambda: printer_test(HEAD, AT, 32),
}
