"""What became of a paper is told alike to an officer who opens it and to anybody who checks it."""

from collections.abc import Callable
from html import unescape

import msgspec
import pytest

from sync.documents.money import Settlement
from sync.documents.sale import Tender
from sync.server.access.officers import Role
from sync.server.centre import Centre
from sync.server.reports.reporter import catch_up
from tests.server.figures import push
from tests.server.pages.support import Page
from tests.server.pages.test_check import ask, cancel, code_of, refund, sale
from tests.server.support import Journal

QRIS = Tender(kind="qris", amount=20_000)


@pytest.fixture
def tills(centre: Centre) -> Journal:
    """Receipts of till A: a refund of 1 was cancelled, 2 was refunded by the paper alone at till B, 3 had both."""
    first, second = Journal().enrol_at(centre), Journal(till="B", ledger_id="b" * 32, prefix="b-").enrol_at(centre)
    first.add_moves(0)
    second.add_moves(0)
    for place in (1, 2, 3):
        first.add(sale(place, QRIS), document_id=f"s{place}")
    for place in (1, 3):
        first.add(refund(place, sale(place, QRIS), f"s{place}", 1_000), document_id=f"r{place}")
        first.add(cancel(place, refund(place, sale(place, QRIS), f"s{place}", 1_000), f"r{place}"))
    for place in (2, 3):
        back = refund(place, sale(place, QRIS), f"ST-MTR001A-{place:06d}", 2_000)
        second.add(msgspec.structs.replace(back, number=f"PU-MTR001B-{place:06d}", elsewhere=True))
    for journal in (first, second):
        push(centre, journal)
    catch_up(centre)
    return first


def opened(page: Page, number: str) -> str:
    answer = page.get("/program/nomor", params={"n": number})
    assert answer.status_code == 200
    return unescape(answer.text)


@pytest.mark.parametrize(
    ("place", "state", "checked", "named"),
    [
        (1, "Berlaku", ">Asli</h2>", ("PU-MTR001A-000001",)),
        (2, "Dikembalikan seluruhnya", "semua uangnya sudah dikembalikan", ("PU-MTR001B-000002",)),
        (3, "Dikembalikan seluruhnya", "semua uangnya sudah dikembalikan", ("PU-MTR001A-000003", "PU-MTR001B-000003")),
    ],
)
def test_a_receipt_says_the_same_to_the_officer_and_to_who_holds_it(
    client: Callable, tills: Journal, place: int, state: str, checked: str, named: tuple[str, ...]
):
    number = f"ST-MTR001A-{place:06d}"
    page = opened(client(Role.VIEWER), number)

    assert checked in ask(client(None), number, code_of(tills, number))
    assert f">{state}</span>" in page
    for paper in named:
        assert paper in page


def test_a_refund_that_was_cancelled_says_so_wherever_it_is_named(client: Callable, tills: Journal):
    viewer = client(Role.VIEWER)

    assert ">Dibatalkan</span>" in opened(viewer, "PU-MTR001A-000001")
    sold = opened(viewer, "ST-MTR001A-000003")
    assert ">Dibatalkan</span>" in sold.split("PU-MTR001A-000003")[1].split("</div>")[0]
    assert ">Dibatalkan</span>" not in sold.split("PU-MTR001B-000003")[1].split("</div>")[0]


def test_a_refund_that_knew_the_paper_alone_leads_to_its_receipt(client: Callable, tills: Journal):
    assert "ST-MTR001A-000002" in opened(client(Role.VIEWER), "PU-MTR001B-000002")


def test_a_cancelled_payment_stays_on_its_day_and_the_cancellation_is_told_on_its_own(client: Callable, centre: Centre):
    journal = Journal().enrol_at(centre)
    journal.add_moves(0)
    plain = {"producer": "P1", "producer_name": "Usaha", "from_seq": 0, "through_seq": 1, "through_date": "2026-08-01"}
    paid = Settlement(number="BP-MTR001A-000001", tender="transfer", other=9_000, amount=9_000, **plain)
    journal.add(paid, document_id="b1", date="2026-08-01")
    journal.add(cancel(1, paid, "b1"), date="2026-09-02")
    push(centre, journal)
    catch_up(centre)
    page = client(Role.VIEWER)

    def rows(month: str) -> list[str]:
        days = f"dari=2026-{month}-01&sampai=2026-{month}-28"
        return page.get(f"/program/pembayaran?{days}&format=csv").text.splitlines()[1:]

    (then,), (now,) = rows("08"), rows("09")
    assert "BP-MTR001A-000001" in then
    assert then.endswith(',9000,0,"Transfer","","dibatalkan"')
    assert "BT-MTR001A-000001" in now
    assert now.endswith(',-9000,0,"Transfer","","membatalkan pembayaran"')
    shown = page.get("/program/pembayaran?dari=2026-09-01&sampai=2026-09-30").text
    assert "1 pembayaran dibatalkan" in shown
