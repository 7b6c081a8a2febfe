"""The programme's pages, over a centre whose tills really traded."""

import csv
import io
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import quote_plus

import pytest
import sqlalchemy as sa

from sync.documents.money import Deduction, Settlement
from sync.server.access.officers import Role
from sync.server.centre import Centre, open_centre
from sync.server.database import schema
from sync.server.database import tables_reports as tables
from sync.server.database.dialect import reading, writing
from sync.server.database.tables_corners import holidays
from sync.server.pages.frame import rupiah
from sync.server.pages.programme.overview import signed
from sync.server.pages.programme.showing import axis, change_of
from sync.server.reports.reporter import catch_up
from sync.server.trust.figures import state
from tests.server.conftest import own_copy
from tests.server.figures import fill, push
from tests.server.pages.browsing import need
from tests.server.pages.conftest import copied
from tests.server.pages.support import Page, sums_of
from tests.server.support import Clock, Journal

ALL_ADDRESSES = (
    "/program",
    "/program/terjual",
    *(
        f"/program/terjual?menurut={by}"
        for by in ("waktu", "jenis", "bagian", "kategori", "barang", "produsen", "kelurahan", "kelas")
    ),
    "/program/pembayaran",
    "/program/hak",
    "/program/hak?menurut=produsen",
    *(f"/program/barang?menurut={by}" for by in ("produsen", "pojok", "kategori", "barang", "kelurahan", "kelas")),
    *(f"/program/sertifikat?kurang={kind}" for kind in ("nib", "pirt", "halal", "tkdn", "ekatalog")),
    "/program/nota",
)
RUPIAH = re.compile(r"(-?)Rp\u00a0([\d.]+)")


@pytest.fixture(scope="session")
def traded(with_officers: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A centre of three corners that traded for five weeks, made once: its URL."""
    with copied(with_officers, tmp_path_factory.mktemp("traded")) as database:
        made = open_centre(database, Clock())
        fill(made, corners=3, days=35, sales=6)
        made.close()
        yield database


@pytest.fixture
def database(traded: str, tmp_path: Path) -> Iterator[str]:
    yield from own_copy(traded, tmp_path)


@pytest.fixture
def viewer(client: Callable[[Role | None], Page]) -> Page:
    return client(Role.VIEWER)


def text_of(page: Page, path: str) -> str:
    answer = page.get(path)
    assert answer.status_code == 200, (path, answer.text[:2000])
    return unescape(answer.text)


def links(html: str, path: str) -> list[str]:
    """Links of a page that begin with ``path``, each once."""
    return list(dict.fromkeys(found for found in re.findall(r'href="([^"]+)"', html) if found.startswith(path)))


def amount(text: str) -> int:
    sign, digits = RUPIAH.search(text).groups()
    return int(digits.replace(".", "")) * (-1 if sign else 1)


def rows_of(page: Page, path: str) -> list[dict[str, str]]:
    answer = page.get(f"{path}{'&' if '?' in path else '?'}format=csv")
    assert answer.headers["content-type"].startswith("text/csv"), path
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("period", ["", "masa=lalu", "masa=90", "masa=tahun", "dari=2026-09-03&sampai=2026-09-03"])
def test_every_page_of_the_programme_opens_with_every_period(viewer: Page, period: str):
    for address in ALL_ADDRESSES:
        joined = "&" if "?" in address else "?"
        text_of(viewer, f"{address}{joined}{period}" if period else address)


@pytest.mark.parametrize(("kind", "start"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_every_table_of_the_programme_comes_as_a_file(viewer: Page, kind: str, start: bytes):
    for address in ALL_ADDRESSES[1:]:
        joined = "&" if "?" in address else "?"
        answer = viewer.get(f"{address}{joined}masa=90&format={kind}")
        assert answer.content.startswith(start), (address, kind)


def test_what_was_sold_equals_the_tills_own_figures(viewer: Page, centre: Centre):
    rows = rows_of(viewer, "/program/terjual?menurut=pojok&masa=90")
    sold = {row["Kode"]: int(row["Terjual"]) for row in rows}

    assert len(sold) == 3
    assert sold == {corner: state(centre, corner)["gross"] for corner in sold}


def test_every_way_to_ask_gives_the_same_sum(viewer: Page, centre: Centre):
    gross = state(centre)["gross"]
    for by in ("waktu", "jenis", "bagian", "kategori", "barang", "produsen", "kelurahan", "kelas"):
        rows = rows_of(viewer, f"/program/terjual?menurut={by}&masa=90")
        assert sum(int(row["Terjual"]) for row in rows) == gross, by
        assert sum(int(row["Untuk dinas"]) + int(row["Pribadi"]) for row in rows) == gross, by


def test_an_office_leads_down_to_a_single_receipt(viewer: Page):
    offices = text_of(viewer, "/program/terjual?masa=lalu")
    producers = text_of(viewer, links(offices, "/program/terjual?masa=lalu&pojok=MTR-001")[0])
    days = text_of(viewer, next(link for link in links(producers, "/program/terjual") if "produsen=P" in link))
    papers = [text_of(viewer, link) for link in links(days, "/program/nota?")]
    receipt = text_of(viewer, next(link for day in papers for link in links(day, "/program/nota/")))

    assert "ST-MTR001A-" in receipt
    assert "tidak berubah sejak dicatat" in receipt


def test_a_days_papers_add_up_to_what_was_sold_that_day(viewer: Page):
    days = rows_of(viewer, "/program/terjual?menurut=waktu&dari=2026-09-01&sampai=2026-09-30&pojok=MTR-001")
    for day in days:
        papers = rows_of(viewer, f"/program/nota?dari={day['Hari pertama']}&sampai={day['Hari pertama']}&pojok=MTR-001")
        assert sum(int(paper["Nilai (Rp)"]) for paper in papers) == int(day["Terjual"]), day


@pytest.mark.parametrize("filter_", ["produsen=P001", "kategori=makanan", "pembeli=office", "kelas=mikro"])
def test_papers_of_what_was_asked_about_add_up_too(viewer: Page, filter_: str):
    days = rows_of(viewer, f"/program/terjual?menurut=waktu&dari=2026-09-01&sampai=2026-09-30&{filter_}")
    checked = 0
    for day in days:
        first = day["Hari pertama"]
        papers = rows_of(viewer, f"/program/nota?dari={first}&sampai={first}&{filter_}")
        assert sum(int(paper["Nilai (Rp)"]) for paper in papers) == int(day["Terjual"]), day
        checked += len(papers)
    assert checked


def test_a_refunded_sale_names_its_refund_and_the_refund_its_sale(viewer: Page, centre: Centre):
    with reading(centre.engine) as db:
        refund = db.execute(sa.select(tables.papers).where(tables.papers.c.kind == "refund")).first()
        sale = db.execute(sa.select(tables.papers).where(tables.papers.c.document_id == refund.of)).one()

    assert refund.number in text_of(viewer, f"/program/nota/{sale.device}/{sale.seq}")
    assert sale.number in text_of(viewer, f"/program/nota/{refund.device}/{refund.seq}")
    assert "Dikembalikan" in text_of(viewer, f"/program/nota/{sale.device}/{sale.seq}")


def test_a_paper_is_found_by_its_number(viewer: Page):
    assert "ST-MTR001A-000005" in text_of(viewer, "/program/nomor?n=st-mtr001a-000005")
    told = viewer.get("/program/nomor?n=st-<x>").text
    assert '<p class="alert" role="status">Diskoperin tidak mempunyai nota ST-&lt;X&gt;. ' in told
    assert 'value="ST-&lt;X&gt;"' in told


def test_an_entry_that_was_changed_in_the_database_is_seen(viewer: Page, centre: Centre):
    with centre.engine.begin() as db:
        device = db.execute(sa.select(schema.devices.c.device)).scalars().first()
        mine = (schema.entries.c.device == device, schema.entries.c.seq == 5)
        body = db.execute(sa.select(schema.entries.c.body).where(*mine)).scalar_one()
        db.execute(sa.update(schema.entries).where(*mine).values(body=bytes(body).replace(b"0", b"1", 1)))

    assert "tidak sesuai dengan yang dicatat" in text_of(viewer, f"/program/nota/{device}/5")


def test_an_entry_in_quarantine_says_why(viewer: Page, centre: Centre):
    with centre.engine.begin() as db:
        device = db.execute(sa.select(schema.devices.c.device)).scalars().first()
        row = {"device": device, "epoch": 1, "seq": 6, "reason": "unbalanced", "detail": ""}
        db.execute(sa.insert(schema.quarantine), row)

    assert "Ditahan" in text_of(viewer, f"/program/nota/{device}/6")


@pytest.mark.parametrize(
    "path",
    ["/program/nota/nobody/1", "/program/nota/nobody/0", "/program/produsen/P999", "/program/terjual?menurut=nama"],
)
def test_what_is_not_there_is_told(viewer: Page, path: str):
    assert viewer.get(path).status_code == 404


def test_what_a_producer_is_owed_where_is_what_the_tills_owe(viewer: Page, centre: Centre):
    with reading(centre.engine) as db:
        query = sa.select(schema.balances.c.account).where(schema.balances.c.account.like("payable:%"))
        account = db.execute(query.where(schema.balances.c.amount < 0)).scalars().first()
    code = account.removeprefix("payable:")
    rows = rows_of(viewer, f"/program/produsen/{code}")

    owed = {row["Pojok"]: int(row["Hak sekarang"]) for row in rows}
    assert any(owed.values())
    assert owed == {corner: state(centre, corner)["payable"][code] for corner in owed}
    assert sum(owed.values()) == amount(text_of(viewer, f"/program/produsen/{code}").split('id="hak"')[1])


def test_what_corners_owe_is_what_producers_are_owed(viewer: Page):
    by_corner = rows_of(viewer, "/program/hak")
    by_producer = rows_of(viewer, "/program/hak?menurut=produsen")

    total = sum(int(row["Hak sekarang"]) for row in by_corner)
    assert total == sum(int(row["Hak sekarang"]) for row in by_producer) > 0


def test_sales_are_told_by_the_kelurahan_of_the_office(viewer: Page):
    rows = rows_of(viewer, "/program/terjual?menurut=lokasi&masa=90")
    assert {row["Nama"] for row in rows} == {"Imopuro", "Tidak dikenal"}  # an office that names none in its address
    inside = viewer.get("/program?lokasi=Imopuro&masa=90").text
    assert "Kelurahan kantor: Imopuro" in inside
    assert "Kelurahan kantor" in viewer.get("/program?masa=90").text
    offices = rows_of(viewer, "/program/terjual?menurut=pojok&masa=90&lokasi=Imopuro")
    assert [int(row["Terjual"]) for row in rows if row["Nama"] == "Imopuro"] == [
        sum(int(row["Terjual"]) for row in offices)
    ]
    assert rows_of(viewer, "/program/terjual?menurut=pojok&masa=90&lokasi=Yosodadi") == []


def test_payments_are_told_with_how_long_the_producer_waited(viewer: Page, centre: Centre):
    rows = rows_of(viewer, "/program/pembayaran?masa=90")

    with reading(centre.engine) as db:
        paid = db.execute(sa.select(sa.func.count(), sa.func.sum(tables.paid.c.amount))).one()
    assert (len(rows), sum(int(row["Sudah dibayar"]) for row in rows)) == tuple(paid)
    assert {row["Tepat waktu"] for row in rows} <= {"ya", "tidak"}


def test_what_corners_kept_of_payments_stands_beside_what_they_paid(viewer: Page, centre: Centre):
    journal = Journal(corner="MTR-001", till="B", ledger_id="b" * 32, prefix="b-").enrol_at(centre)
    kept = (Deduction("packaging", 2_000), Deduction("labels", 345))
    paid = Settlement(
        number="BP-MTR001B-000001", producer="P001", producer_name="P001", tender="cash", from_seq=0, through_seq=0,
        through_date="2026-10-01", other=10_345, deductions=kept, amount=8_000,
    )  # fmt: skip
    journal.add(paid)
    push(centre, journal)
    catch_up(centre)
    address = "/program/pembayaran?dari=2026-10-01&sampai=2026-10-01&pojok=MTR-001"
    (row,) = [row for row in rows_of(viewer, address) if row["Slip"] == paid.number]

    assert (row["Sudah dibayar"], row["Potongan"]) == ("8000", "2345")
    assert "Rp\u00a02.345 dipotong Pojok" in tile(text_of(viewer, address), "Sudah dibayar")


def test_no_name_of_a_person_stands_on_any_page(viewer: Page, centre: Centre):
    demo = Path(__file__).resolve().parents[3] / "assets" / "demo"
    people = {"producers.csv": "owner_name", "staff.csv": "name"}
    names = {
        row[name] for file, name in people.items() for row in csv.DictReader((demo / file).read_text().splitlines())
    }
    papers = text_of(viewer, "/program/nota?dari=2026-09-30&sampai=2026-09-30")
    more = (papers, text_of(viewer, "/program/produsen/P001"), text_of(viewer, links(papers, "/program/nota/")[0]))
    pages = [*(text_of(viewer, address) for address in ALL_ADDRESSES), *more]

    assert not [name for name in names for html in pages if name in html]


def test_the_address_says_period_and_filters_and_nothing_else(viewer: Page):
    html = text_of(viewer, "/program?masa=&pojok=MTR-001&pembeli=&jenis=")

    assert "/program/terjual?pojok=MTR-001&menurut=waktu" in html


def test_a_wrong_address_is_told_and_shows_this_month(viewer: Page):
    html = text_of(viewer, "/program?dari=2026-13-01")

    assert "Sebagian alamat tidak terbaca" in html
    assert "<strong>1 Okt 2026</strong>" in html


def test_days_in_the_wrong_order_are_told_and_stay_in_their_fields(viewer: Page):
    html = text_of(viewer, "/program?masa=ini&dari=2026-09-20&sampai=2026-09-01")

    assert "Tanggal awal sesudah tanggal akhir" in html
    assert 'name="dari" type="date" value="2026-09-20"' in html
    assert 'name="sampai" type="date" value="2026-09-01"' in html


def tile(html: str, name: str) -> str:
    return next(part for part in html.split("<dt>") if part.startswith(f"{name}<"))


def test_this_month_is_compared_with_the_same_days_of_the_month_before(client: Callable, clock: Clock):
    """Trade ended on 1 October."""
    clock.pass_(days=2)
    viewer, days = client(Role.VIEWER), ("2026-09-01", "2026-09-02", "2026-09-03")
    sold = {
        row["Hari pertama"]: int(row["Terjual"]) for row in rows_of(viewer, "/program/terjual?menurut=waktu&masa=lalu")
    }
    before = sum(sold[day] for day in days)
    now = sum(int(row["Terjual"]) for row in rows_of(viewer, "/program/terjual?menurut=jenis"))
    html = text_of(viewer, "/program")

    assert "<strong>1 Okt 2026 s.d. 3 Okt 2026</strong>" in html
    assert "dibanding 1 Sep 2026 s.d. 3 Sep 2026" in tile(html, "Terjual")
    assert signed(change_of(now, before)) in tile(html, "Terjual")


def test_what_is_dated_later_than_today_counts_and_is_told(client: Callable, clock: Clock):
    clock.pass_(days=-10)  # it is 21 September; the clocks of tills ran ahead
    viewer = client(Role.VIEWER)
    every = sum(int(row["Terjual"]) for row in rows_of(viewer, "/program/terjual?menurut=waktu"))
    past = sum(int(row["Terjual"]) for row in rows_of(viewer, "/program/terjual?dari=2026-09-01&sampai=2026-09-21"))
    told = tile(text_of(viewer, "/program"), "Terjual")

    assert 0 < past < every
    assert amount(told) == every
    assert f"{rupiah(every - past)} di antaranya bertanggal sesudah hari ini" in told
    assert "1 Agu 2026 s.d. 21 Agu 2026" in told


def test_batik_on_fridays_leads_to_fridays_that_add_up_to_it(viewer: Page):
    html = tile(text_of(viewer, "/program?masa=lalu"), "Batik pada hari Jumat")
    link = links(html, "/program/terjual")[0]
    batik, rows = amount(html), rows_of(viewer, link)

    assert batik > 0
    assert {date.fromisoformat(row["Hari pertama"]).weekday() for row in rows} == {4}
    assert all(row["Hari pertama"] == row["Hari terakhir"] for row in rows)
    assert sum(int(row["Terjual"]) for row in rows) == batik
    page = text_of(viewer, link)
    assert amount(page.split('id="terjual"')[1]) == batik
    assert "Hanya hari: Jumat" in page
    for by in ("pojok", "barang", "produsen", "bagian", "kelas"):
        same = rows_of(viewer, link.replace("menurut=waktu", f"menurut={by}"))
        assert sum(int(row["Terjual"]) for row in same) == batik, by


@pytest.mark.parametrize("filter_", ["produsen={0}", "kelurahan={1}", "kelas={2}", "kelas={2}&pojok=MTR-001"])
def test_what_is_owed_is_that_of_the_producers_asked_about(viewer: Page, centre: Centre, filter_: str):
    every = {row["Kode"]: int(row["Hak sekarang"]) for row in rows_of(viewer, "/program/hak?menurut=produsen")}
    table = schema.producers
    with reading(centre.engine) as db:
        known = {row.code: row for row in db.execute(sa.select(table).where(table.c.code.in_(every)))}
    one = known[min(every)]
    filter_ = filter_.format(one.code, one.kelurahan, one._mapping["class"]).replace(" ", "+")
    wanted = {
        code: every[code]
        for code, row in known.items()
        if f"produsen={code}" == filter_
        or filter_ == f"kelurahan={row.kelurahan.replace(' ', '+')}"
        or filter_.startswith(f"kelas={row._mapping['class']}")
    }
    found = {
        row["Kode"]: int(row["Hak sekarang"]) for row in rows_of(viewer, f"/program/hak?menurut=produsen&{filter_}")
    }

    if "pojok" in filter_:
        assert 0 < sum(found.values()) < sum(wanted.values())
    else:
        assert found == wanted
    assert len(found) < len(every)
    by_corner = rows_of(viewer, f"/program/hak?{filter_}")
    assert sum(int(row["Hak sekarang"]) for row in by_corner) == sum(found.values())
    assert amount(tile(text_of(viewer, f"/program?{filter_}"), "Hak produsen belum dibayar")) == sum(found.values())


def test_units_that_bought_and_people_lead_to_their_own_sum(viewer: Page):
    address = "/program/terjual?menurut=bagian&masa=lalu"
    page = text_of(viewer, address)
    people = rows_of(viewer, links(page, "/program/terjual?masa=lalu&pembeli=personal&menurut=waktu")[0])
    told = {row["Nama"]: int(row["Terjual"]) for row in rows_of(viewer, address)}

    assert told["Pribadi"] == sum(int(row["Terjual"]) for row in people)


def test_what_the_office_bought_without_a_unit_is_not_called_private(viewer: Page, centre: Centre):
    with centre.engine.begin() as db:
        sold = tables.sold
        db.execute(sa.update(sold).where(sold.c.unit == "Sekretariat").values(unit=""))
    rows = rows_of(viewer, "/program/terjual?menurut=bagian&masa=lalu")
    told = {row["Nama"]: row for row in rows}

    assert int(told["Tanpa nama bagian"]["Untuk dinas"]) == int(told["Tanpa nama bagian"]["Terjual"]) > 0
    assert int(told["Pribadi"]["Untuk dinas"]) == 0
    assert 'scope="row">Tanpa nama bagian' in text_of(viewer, "/program/terjual?menurut=bagian&masa=lalu")


def test_figures_that_wait_are_told(viewer: Page, centre: Centre):
    with centre.engine.begin() as db:
        db.execute(sa.update(tables.reported).values(seq=tables.reported.c.seq - 1))

    assert "belum masuk angka ini" in text_of(viewer, "/program")


def test_the_plot_names_itself_and_its_figures_stand_in_a_table(viewer: Page):
    html = text_of(viewer, "/program?masa=90")

    assert '<title id="sold-title">Penjualan dari waktu ke waktu</title>' in html
    assert "Angka yang sama sebagai tabel" in html


def test_pages_are_in_english_for_who_asks(client):
    page = client(Role.VIEWER)
    page.get("/bahasa/en")

    assert "Bought for the office" in text_of(page, "/program")


def test_nobody_sees_figures_without_signing_in(client):
    nobody = client(None)
    for address in ALL_ADDRESSES:
        assert nobody.get(address, follow_redirects=False).headers["location"].startswith("/masuk"), address


def test_shares_and_axes_are_rounded_half_up_on_both_sides_of_zero():
    assert [change_of(now, 3) for now in (2, 4)] == [-3_333, 3_333]
    assert [change_of(200_005 * sign + 200_000, 200_000) for sign in (1, -1)] == [10_000, -10_000]
    assert [axis(amount) for amount in (-1_250_000, -1_260_000, 1_249_999, 999)] == [
        "-1,3 jt",
        "-1,3 jt",
        "1,2 jt",
        "999",
    ]


@pytest.mark.parametrize("kind", ["nib", "pirt", "halal"])
def test_who_lacks_a_paper_is_counted_among_those_who_need_it_as_on_the_first_page(viewer: Page, kind: str):
    first = text_of(viewer, "/program?masa=lalu")
    link = f"/program/sertifikat?masa=lalu&kurang={kind}"
    have, needed = re.search(r"(\d+) dari (\d+)", first.split(link)[1]).groups()
    html = text_of(viewer, link)

    assert f"{int(needed) - int(have)} dari {needed} yang laku dan wajib memilikinya." in html
    assert len(rows_of(viewer, link)) == int(needed) - int(have)
    chosen = re.search(r'aria-current="true">([^<]+)<', html.split('class="choices"')[1])[1]
    assert chosen == {"nib": "Tanpa NIB", "pirt": "Tanpa P-IRT", "halal": "Tanpa halal"}[kind]
    assert "yang laku pada periode ini</h1>" in html


def test_producers_who_are_owed_are_found_by_name_or_code(viewer: Page):
    every = rows_of(viewer, "/program/hak?menurut=produsen")
    one = every[-1]

    for text in (one["Kode"].lower(), one["Nama"][2:].upper()):
        found = rows_of(viewer, f"/program/hak?menurut=produsen&cari={quote_plus(text)}")
        assert one in found
        assert len(found) < len(every)
    html = text_of(viewer, f"/program/hak?menurut=produsen&pojok=MTR-001&cari={one['Kode']}")
    assert '<input type="hidden" name="pojok" value="MTR-001">' in html
    assert "Tidak ada hak produsen" in text_of(viewer, "/program/hak?menurut=produsen&cari=tidak-ada")


def test_what_producers_owe_is_told_beside_what_they_are_owed_and_not_taken_off(viewer: Page, centre: Centre):
    table = schema.balances
    with centre.engine.begin() as db:
        mine = db.execute(sa.select(table).where(table.c.account.like("payable:%"), table.c.amount < 0)).all()
        both = next(one for one in mine if sum(other.account == one.account for other in mine) > 1)
        here = (table.c.device == both.device, table.c.account == both.account)
        db.execute(sa.update(table).where(*here).values(amount=12_345))
    code = both.account.removeprefix("payable:")
    html = text_of(viewer, f"/program/produsen/{code}")
    listed = {row["Kode"]: int(row["Hak sekarang"]) for row in rows_of(viewer, "/program/hak?menurut=produsen")}

    assert amount(html.split('id="hak"')[1]) == listed[code]
    assert "Produsen berutang Rp\u00a012.345 di Pojok lain" in html


def test_parts_of_pieces_and_percents_stand_whole_in_the_files(viewer: Page, centre: Centre):
    table = tables.goods
    with centre.engine.begin() as db:
        row = db.execute(sa.select(table).where(table.c.what == "received")).first()
        mine = [table.c[name] == row._mapping[name] for name in ("device", "date", "sku", "producer", "what", "reason")]
        db.execute(sa.update(table).where(*mine).values(quantity=1_234_567_500))
    first = rows_of(viewer, "/program/barang?menurut=barang&masa=90")[0]

    assert first["Kode"] == row.sku
    assert re.fullmatch(r"1234\d{3}\.5", first["Diterima"])
    told = [
        one["Tidak laku dan kedaluwarsa, persen dari yang ada"] for one in rows_of(viewer, "/program/barang?masa=90")
    ]
    assert any(re.fullmatch(r"\d+\.\d\d?", one) for one in told)


def printed(file: bytes) -> str:
    need(shutil.which("pdftotext"), "poppler")
    read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=file, capture_output=True, check=True)
    return read.stdout.decode().replace("\u00a0", " ")


def test_paper_says_what_it_shows_of_when_and_whom_and_breaks_no_word(viewer: Page):
    file = printed(viewer.get("/program/pembayaran?masa=lalu&pojok=MTR-001&format=pdf").content)
    rows = rows_of(viewer, "/program/pembayaran?masa=lalu&pojok=MTR-001")

    top = file[: file.index("Slip")]
    for words in (
        "Dibayar kepada produsen",
        "1 Sep 2026 s.d. 30 Sep 2026",
        "Pojok: Sekretariat Daerah",
        "Dibuat 1 Okt 2026, 08.00 WIB",
    ):
        assert words in top, words
    assert rows
    for row in rows:
        assert row["Slip"] in file
    assert "Transfer" in file
    assert "2026-09" not in file
    assert f"{sum(int(row['Sudah dibayar']) for row in rows):,}".replace(",", ".") in file.split("Seluruhnya")[1]


def test_papers_of_a_merged_producer_are_asked_for_by_what_it_is_now(viewer: Page, centre: Centre):
    table, sold = schema.producers, tables.sold
    with centre.engine.begin() as db:
        query = sa.select(sold.c.producer, sold.c.date).where(sold.c.date.like("2026-09-%"), sold.c.total > 0)
        one, day = db.execute(query.order_by(sold.c.producer)).first()
        other = db.execute(sa.select(table.c.code).where(table.c.code != one).order_by(table.c.code)).scalars().first()
        for code, values in ((one, {"kelurahan": "Dulu", "alias_of": other}), (other, {"kelurahan": "Kini"})):
            db.execute(sa.update(table).where(table.c.code == code).values(**values))
        db.execute(sa.update(schema.positions).values(value=schema.positions.c.value + 1))

    for kelurahan in ("Dulu", "Kini"):
        period = f"dari={day}&sampai={day}&kelurahan={kelurahan}"
        figures = rows_of(viewer, f"/program/terjual?menurut=waktu&{period}")
        papers = rows_of(viewer, f"/program/nota?{period}")
        assert sum(int(paper["Nilai (Rp)"]) for paper in papers) == sum(int(row["Terjual"]) for row in figures)
        assert bool(papers) == (kelurahan == "Kini")


def test_a_friday_on_which_offices_were_closed_says_so(viewer: Page, centre: Centre) -> None:
    with writing(centre.engine) as db:
        db.execute(sa.insert(holidays), {"date": "2026-09-25", "name": "Hari Batik"})
    answer = viewer.get("/program/terjual?menurut=waktu&hari=jumat&dari=2026-09-01&sampai=2026-09-30")
    rows = [
        " ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r'<th scope="row">.*?</th>', answer.text)
    ]
    assert rows[:-1] == ["4 Sep", "11 Sep", "18 Sep", "25 Sep libur: Hari Batik"]


@pytest.mark.parametrize(
    "asked",
    ["", "?masa=lalu", "?dari=2026-09-05&sampai=2026-09-12", "?pojok=MTR-002", "?kategori=makanan&pembeli=office"],
)
def test_what_is_owed_is_explained_by_a_sum_that_adds_up(viewer: Page, database: str, asked: str) -> None:
    html = text_of(viewer, f"/program/hak{asked}")
    told = re.search(r"<dt>Hak sekarang</dt><dd>Rp\u00a0([\d.]+)", html)
    sums = sums_of(html)
    owed = int(told[1].replace(".", ""))
    assert owed > 0
    assert sums[-1] == owed or "utang produsen" in html
    assert "hak dari penjualan" in html
    assert "hak sebelum" in html
    for path in links(text_of(viewer, "/program/hak?menurut=produsen"), "/program/produsen/")[:5]:
        figures = text_of(viewer, path + asked)
        told = re.search(r"<strong>Rp\u00a0([\d.]+)</strong></div>", figures)
        assert sums_of(figures)[-1] == int(told[1].replace(".", "")) or "utang produsen" in figures


def test_the_sum_of_a_producer_holds_what_the_page_tells_of_the_period(viewer: Page) -> None:
    path = links(text_of(viewer, "/program/hak?menurut=produsen"), "/program/produsen/")[0]
    html = text_of(viewer, path + "?masa=lalu")
    figures = dict(re.findall(r"<dt>([^<]+)</dt><dd>(?:<a[^>]*>)?Rp\u00a0([\d.]+)", html))
    sums = sums_of(html)
    assert int(figures["Hak produsen"].replace(".", "")) in sums
    assert -int(figures["Sudah dibayar"].replace(".", "")) in sums


def test_a_search_of_names_has_no_sum_of_all(viewer: Page) -> None:
    assert 'class="note sum"' not in text_of(viewer, "/program/hak?menurut=produsen&cari=a")


def test_the_sum_is_told_in_english(client: Callable[[Role | None], Page]) -> None:
    page = client(Role.VIEWER)
    page.client.cookies.set("bahasa", "en")
    html = text_of(page, "/program/hak")
    assert "owed before" in html
    assert "owed now" in html


def test_of_a_producer_without_sales_words_say_that_there_is_nothing(viewer: Page) -> None:
    path = links(text_of(viewer, "/program/hak?menurut=produsen"), "/program/produsen/")[0]
    html = text_of(viewer, path + "?dari=2020-01-01&sampai=2020-01-31")
    assert "tidak ada pembayaran pada periode ini" in html
    assert not re.findall(r">\s*–[\s<]", html)
