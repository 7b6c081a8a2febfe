"""Anybody checks a paper by its number and code; nobody learns more than what is on it, and no name."""

import re
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from sync.documents.money import Deduction, Settlement, TabPayment
from sync.documents.paper_code import paper_code
from sync.documents.refund import Refund, RefundLine
from sync.documents.reversal import Reversal, undoing
from sync.documents.sale import Buyer, Sale, SaleLine, Take, Tender
from sync.documents.shift import ShiftClosed
from sync.server.app import create_app
from sync.server.database import schema
from sync.server.database import tables_reports as tables
from sync.server.database.dialect import reading, writing
from sync.server.limits import Rate
from sync.server.reports.reporter import catch_up
from sync.server.trust.verdicts import read_claim, verdict
from tests.server.figures import push
from tests.server.pages.support import Page
from tests.server.support import Journal

SECRETS = ("S-PEGAWAI", "k1", "Dapur Satu", "P1", "REF-77")
"""What the documents below hold and no page may tell."""


def sale(place: int, *tenders: Tender, quantity: int = 2_000) -> Sale:
    line = SaleLine(
        sku="KRP", name="Keripik Pisang", producer="P1", pricing="titip", quantity=quantity, sell_price=10_000,
        consign_price=9_000, total=10_000 * quantity // 1_000, share=9_000 * quantity // 1_000,
        takes=(Take("NT-MTR001A-000001.0", quantity),),
    )  # fmt: skip
    return Sale(number=f"ST-MTR001A-{place:06d}", lines=(line,), tenders=tenders, total=line.total)


def refund(place: int, of: Sale, sale_id: str, quantity: int) -> Refund:
    total, share = 10_000 * quantity // 1_000, 9_000 * quantity // 1_000
    line = RefundLine(
        line=0, sku="KRP", name="Keripik Pisang", producer="P1", pricing="titip", quantity=quantity, total=total,
        share=share, takes=(Take("NT-MTR001A-000001.0", quantity),),
    )  # fmt: skip
    return Refund(number=f"PU-MTR001A-{place:06d}", sale_id=sale_id, sale_number=of.number, lines=(line,), total=total,
                  tender="cash")  # fmt: skip


def slip(place: int, amount: int) -> Settlement:
    return Settlement(
        number=f"BP-MTR001A-{place:06d}", producer="P1", producer_name="Dapur Satu", tender="cash", from_seq=0,
        through_seq=place, through_date="2026-10-01", other=amount, amount=amount,
    )  # fmt: skip


def cancel(place: int, document, name: str) -> Reversal:
    plain = Reversal(
        number=f"BT-MTR001A-{place:06d}", original_id=name, original_number=document.number,
        original_kind=document.KIND, postings=(),
    )  # fmt: skip
    return undoing(plain, document.effects())


@pytest.fixture
def papers(centre) -> Journal:
    """Receipts of every state, two slips and a Z, as the centre has them."""
    journal = Journal().enrol_at(centre)
    journal.add_moves(0)
    qris, tab = (
        Tender(kind="qris", amount=20_000, reference="REF-77"),
        Tender(kind="tab", amount=20_000, staff="S-PEGAWAI"),
    )
    for place, tender in enumerate((qris, qris, qris, tab), 1):
        journal.add(sale(place, tender), document_id=f"s{place}")
    journal.add(refund(1, sale(1, qris), "s1", 1_000), document_id="r1")
    journal.add(refund(2, sale(2, qris), "s2", 2_000), document_id="r2")
    journal.add(cancel(1, sale(3, qris), "s3"))
    journal.add(slip(1, 30_000), document_id="b1")
    journal.add(slip(2, 7_000), document_id="b2")
    journal.add(cancel(2, slip(2, 7_000), "b2"))
    journal.add(TabPayment(number="PB-MTR001A-000001", staff="S-PEGAWAI", amount=5_000, tender="cash"))
    figures = {"gross": 20_000, "tender_qris": 20_000}
    journal.add(
        ShiftClosed(
            number="TK-MTR001A-000001", shift="BK-MTR001A-000001", opened_at="2026-10-01T07:30:00+07:00", first_seq=1,
            head="0" * 64, float=200_000, figures=figures, expected=200_000, counted=199_000, difference=-1_000,
        )
    )  # fmt: skip
    push(centre, journal)
    catch_up(centre)
    return journal


def code_of(journal: Journal, number: str) -> str:
    place = next(at for at, body in enumerate(journal.bodies) if f'"number":"{number}"'.encode() in body)
    digest = journal.hashes[place].hex()
    return f"{digest[:4]}-{digest[4:8]}-{digest[8:12]}"


def rows_of(centre, table) -> list:
    with reading(centre.engine) as db:
        return list(db.execute(sa.select(table)))


def ask(page: Page, number: str, code: str) -> str:
    return opened(page, "/periksa", params={"n": number, "k": code})


def opened(page: Page, path: str, **options: Any) -> str:
    answer = page.get(path, **options)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"\s+</h2>", "</h2>", re.sub(r'(id="verdict">)\s+', r"\1", answer.text)))


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("ST-MTR001A-000001", ("sebagian uangnya sudah dikembalikan", "Rp 20.000", "Rp 10.000", "QRIS")),
        ("ST-MTR001A-000002", ("semua uangnya sudah dikembalikan", "Rp 20.000")),
        ("ST-MTR001A-000003", ("tetapi dibatalkan", "Rp 20.000")),
        ("ST-MTR001A-000004", (">Asli</h2>", "Keripik Pisang", "Bon Pegawai")),
        ("BP-MTR001A-000001", (">Asli</h2>", "Rp 30.000", "Slip pembayaran produsen")),
        ("BP-MTR001A-000002", ("tetapi dibatalkan", "Rp 7.000")),
        ("TK-MTR001A-000001", (">Asli</h2>", "Rp 200.000", "Rp 199.000", "-Rp 1.000", "Laporan Z")),
        ("PB-MTR001A-000001", (">Asli</h2>", "Rp 5.000")),
        ("PU-MTR001A-000001", (">Asli</h2>", "Rp 10.000")),
    ],
)
def test_a_paper_is_genuine_and_says_what_became_of_it_and_names_nobody(client, papers, number, told) -> None:
    text = ask(client(None), number, code_of(papers, number))
    main = text[text.index("<main") :]
    for words in (*told, number, "Sekretariat Daerah", "1 Okt 2026, 08.00 WIB"):
        assert words in main, words
    for secret in SECRETS:
        assert not re.search(rf"\b{secret}\b", main.replace("MTR001A", "")), secret


def test_unknown_numbers_and_wrong_codes_get_the_same_page(client, papers) -> None:
    page = client(None)
    right, other = code_of(papers, "ST-MTR001A-000001"), code_of(papers, "ST-MTR001A-000002")
    wrong_code = ask(page, "ST-MTR001A-000001", other)
    unknown = ask(page, "ST-MTR001A-000099", other)
    assert "Tidak dikenal" in wrong_code
    assert "belum mengirimnya" in wrong_code
    assert wrong_code.replace("000001", "000099") == unknown
    for code in ("zzzz-zzzz-zzzz", right + "0", "é" * 12):
        assert "Tidak dikenal" in ask(page, "ST-MTR001A-000001", code), code


def test_a_code_that_is_too_short_is_told_to_be_so_whatever_the_number(client, papers) -> None:
    page, right = client(None), code_of(papers, "ST-MTR001A-000001")
    for code in ("", right[:9], "%", right[:-1]):
        told = ask(page, "ST-MTR001A-000001", code)
        assert "Kode belum lengkap: 12 huruf dan angka." in told, code
        assert "Tidak dikenal" not in told
        assert told.replace("000001", "000099") == ask(page, "ST-MTR001A-000099", code)


@pytest.mark.parametrize(
    "typed", ["bp mtr001a 000001", "BP - MTR001A - 000001", "BP–MTR001A–000001", "BP-MTR 001A-000001"]
)
def test_a_number_is_known_with_spaces_between_its_parts(client, papers, typed) -> None:
    assert ">Asli</h2>" in ask(client(None), typed, code_of(papers, "BP-MTR001A-000001"))


def test_all_that_a_code_on_paper_gives_may_be_put_into_the_first_field(client, papers) -> None:
    page, whole = client(None), code_of(papers, "BP-MTR001A-000001").replace("-", "").upper()
    assert ">Asli</h2>" in ask(page, f"POJOK-B BP-MTR001A-000001 30000 {whole}", "")
    assert "Tidak dikenal" in ask(page, f"POJOK-B BP-MTR001A-000001 300000 {whole}", "")
    printed = paper_code("POJOK-B", "BP-MTR001A-000001", 30_000, whole, "https://pojok.example.go.id")
    assert ">Asli</h2>" in opened(page, printed.removeprefix("HTTPS://POJOK.EXAMPLE.GO.ID"))
    assert ">Asli</h2>" in ask(page, printed, "")
    assert "Tidak dikenal" in opened(page, "/C/BP-MTR001A-000001/30001/" + whole.upper())
    assert ">Asli</h2>" in ask(page, " bp-mtr001a-000001 ", whole.lower())


def test_a_slip_that_the_figures_do_not_hold_yet_is_known_already(client, centre) -> None:
    journal = Journal().enrol_at(centre)
    journal.add_moves(0)
    journal.add(slip(1, 30_000), document_id="b1")
    journal.add(slip(2, 7_000), document_id="b2")
    journal.add(cancel(2, slip(2, 7_000), "b2"))
    push(centre, journal)
    assert ">Asli</h2>" in ask(client(None), "BP-MTR001A-000001", code_of(journal, "BP-MTR001A-000001"))
    assert "tetapi dibatalkan" in ask(client(None), "BP-MTR001A-000002", code_of(journal, "BP-MTR001A-000002"))


def test_cash_that_was_rounded_is_told_as_it_stands_on_the_paper_and_for_whom_it_was(client, centre) -> None:
    journal = Journal().enrol_at(centre)
    journal.add_moves(0)
    line = SaleLine(
        sku="KRP", name="Keripik Pisang", producer="P1", pricing="titip", quantity=1_995, sell_price=10_000,
        consign_price=9_000, total=19_950, share=17_955, takes=(Take("NT-MTR001A-000001.0", 1_995),),
    )  # fmt: skip
    journal.add(
        Sale(
            number="ST-MTR001A-000001", lines=(line,), tenders=(Tender(kind="cash", amount=20_000),), total=19_950,
            rounding=50, received=20_000, buyer=Buyer(kind="office", unit="Sekretariat"),
        )
    )  # fmt: skip
    push(centre, journal)
    catch_up(centre)
    page, code = client(None), code_of(journal, "ST-MTR001A-000001").replace("-", "")
    told = ask(page, "ST-MTR001A-000001", code)
    assert ">Asli</h2>" in told
    assert "Rp 20.000" in told
    assert "Dibeli untuk</dt><dd>kantor" in told
    assert ">Asli</h2>" in opened(page, f"/C/ST-MTR001A-000001/20000/{code}")
    assert "Tidak dikenal" in opened(page, f"/C/ST-MTR001A-000001/19950/{code}")


def test_what_the_corner_kept_of_a_payment_is_told(client, centre) -> None:
    journal = Journal().enrol_at(centre)
    journal.add_moves(0)
    kept = (Deduction("packaging", 4_000),)
    journal.add(msgspec.structs.replace(slip(1, 30_000), amount=26_000, deductions=kept))
    push(centre, journal)
    told = ask(client(None), "BP-MTR001A-000001", code_of(journal, "BP-MTR001A-000001"))
    assert "Rp 26.000" in told
    assert "Rp 4.000" in told


def test_an_entry_that_is_set_aside_is_told_to_be_looked_into(client, centre, papers) -> None:
    (device,) = {row.device for row in rows_of(centre, schema.devices)}
    seq = next(at for at, body in enumerate(papers.bodies, 1) if b'"number":"ST-MTR001A-000004"' in body)
    with writing(centre.engine) as db:
        aside = {"device": device, "epoch": 1, "seq": seq, "reason": "invalid", "detail": ""}
        db.execute(sa.insert(schema.quarantine), aside)
    told = ask(client(None), "ST-MTR001A-000004", code_of(papers, "ST-MTR001A-000004"))
    assert "Asli, masih diperiksa" in told


def test_a_slip_that_was_listed_under_another_number_is_not_known(client, centre, papers) -> None:
    with writing(centre.engine) as db:
        other = sa.update(tables.papers).where(tables.papers.c.number == "ST-MTR001A-000004")
        db.execute(other.values(number="ST-MTR001A-000077"))
    told = ask(client(None), "ST-MTR001A-000077", code_of(papers, "ST-MTR001A-000004"))
    assert "Tidak dikenal" in told


def test_a_cancelled_refund_gives_nothing_back(centre, papers) -> None:
    papers.add(cancel(3, refund(1, sale(1), "s1", 1_000), "r1"))
    push(centre, papers)
    catch_up(centre)
    with reading(centre.engine) as db:
        found = verdict(db, read_claim("ST-MTR001A-000001", code_of(papers, "ST-MTR001A-000001")))
    assert found is not None
    assert (found.refunded, found.reversed) == (0, False)


def test_the_page_is_kept_by_nobody_and_found_by_no_search_engine(client, papers) -> None:
    answer = client(None).get("/periksa", params={"n": "ST-MTR001A-000001", "k": "0" * 12})
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_who_asks_too_often_waits_and_the_empty_form_costs_nothing(database, clock) -> None:
    from litestar.testing import TestClient

    app = create_app(database, clock=clock, per_checker=Rate(2, 0.01))
    with TestClient(app, raise_server_exceptions=False) as client:
        assert all(client.get("/periksa").status_code == 200 for _ in range(5))
        asked = [client.get("/periksa?n=ST-MTR001A-000001&k=000000000000").status_code for _ in range(3)]
    assert asked == [200, 200, 429]


def test_the_page_reads_in_english_too(client, papers) -> None:
    page = client(None)
    page.client.cookies.set("bahasa", "en")
    assert ">Genuine</h2>" in ask(page, "ST-MTR001A-000004", code_of(papers, "ST-MTR001A-000004"))
