"""A producer's own page: behind a private link that can be taken away, with the figures of the tills to the rupiah."""

import re
import shutil
import subprocess
from datetime import date

import pytest
import sqlalchemy as sa

from sync.server.access.officers import Role
from sync.server.app import create_app
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.database.tables_public import producer_links
from sync.server.database.tables_reports import paid
from sync.server.limits import Rate
from sync.server.registry.producer_links import make_link, producer_by, revoke_link
from sync.server.trust import figures
from tests.server.figures import fill
from tests.server.pages.browsing import need
from tests.server.pages.support import NAMES, sums_of

OFFICER = NAMES[Role.OFFICER]


@pytest.fixture
def tills(centre, clock):
    clock.pass_(days=27)  # the trade of a month, and not over
    return fill(centre, corners=3, days=40, sales=6)


@pytest.fixture
def code(centre, tills) -> str:
    """The producer who was paid most often."""
    with reading(centre.engine) as db:
        query = sa.select(paid.c.producer).group_by(paid.c.producer)
        return db.execute(query.order_by(sa.func.count().desc(), paid.c.producer)).scalars().first()


@pytest.fixture
def token(centre, code) -> str:
    with writing(centre.engine) as db:
        return make_link(centre, db, code, OFFICER)


def text_of(answer) -> str:
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.text.replace("\u00a0", " "))


def printed(file: bytes) -> str:
    need(shutil.which("pdftotext"), "poppler")
    read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=file, capture_output=True, check=True)
    return read.stdout.decode().replace("\u00a0", " ")


def rupiah(amount: int) -> str:
    return f"Rp {amount:,}".replace(",", ".")


def test_the_page_tells_what_the_tills_owe_paid_and_hold(client, centre, tills, code, token) -> None:
    text = text_of(client(None).get(f"/p/{token}"))
    owed = sum(figures.state(centre, till.journal.corner)["payable"].get(code, 0) for till in tills)
    assert owed == sum(till.owed[code] for till in tills)
    assert rupiah(owed) in text
    for till in tills:
        if till.owed[code]:
            assert rupiah(till.owed[code]) in text
    with reading(centre.engine) as db:
        slips = db.execute(sa.select(paid).where(paid.c.producer == code).order_by(paid.c.date.desc()).limit(3)).all()
        names = db.execute(sa.select(schema.products.c.sku, schema.products.c.name)).all()
    for slip in slips:
        assert slip.number in text
        assert rupiah(slip.amount) in text
    held = {row.row.sku: row.left for till in tills for row in till.shelves if row.row.producer == code and row.left}
    for sku in held:
        assert next(row.name for row in names if row.sku == sku) in text


def test_what_makes_up_what_is_owed_adds_up(client, centre, tills, code, token) -> None:
    html = client(None).get(f"/p/{token}").text
    assert sums_of(html)[-1] == sum(till.owed[code] for till in tills)
    assert "hak dari penjualan" in html


def test_what_the_producer_owes_at_another_corner_is_named_and_taken_off_nothing(
    client, centre, tills, code, token
) -> None:
    table = schema.balances
    with writing(centre.engine) as db:
        mine = db.execute(sa.select(table).where(table.c.account == f"payable:{code}")).all()
        db.execute(sa.delete(table).where(table.c.account == mine[0].account))
        here, there = (till.journal.device for till in tills[:2])
        for device, amount in ((here, 9_100), (there, -9_000)):
            db.execute(sa.insert(table).values(device=device, account=mine[0].account, amount=amount))
    page = text_of(client(None).get(f"/p/{token}"))

    assert "<dt>Hak Anda yang belum dibayar</dt><dd>Rp 9.000</dd>" in page
    assert "<dt>Utang Anda sekarang</dt><dd>Rp 9.100" in page
    assert "Anda berutang Rp 9.100" in page
    officers = text_of(client(Role.VIEWER).get(f"/program/produsen/{code}"))
    assert "<strong>Rp 9.000</strong>" in officers
    assert "Produsen berutang Rp 9.100" in officers


def test_what_a_corner_bought_outright_is_not_the_producers_any_more(client, centre, code, token) -> None:
    with reading(centre.engine) as db:
        names = db.execute(sa.select(schema.products.c.name).where(schema.products.c.producer == code)).scalars().all()
    there = [name for name in names if name in client(None).get(f"/p/{token}").text.split("Sisa di Pojok")[-1]]
    with writing(centre.engine) as db:
        one = schema.products.c.name == there[0]
        db.execute(sa.update(schema.products).where(one).values(pricing="putus"))
    left = client(None).get(f"/p/{token}").text.split("Sisa di Pojok</h2>")[1]

    assert there[0] not in left
    assert all(name in left for name in there[1:])


def test_each_corner_says_how_far_its_till_has_told(client, centre, code, token) -> None:
    with writing(centre.engine) as db:
        db.execute(sa.update(schema.devices).values(last_contact="2026-10-03T02:00:00+00:00"))

    assert "menurut kasirnya 3 Okt 2026, 09.00 WIB" in text_of(client(None).get(f"/p/{token}"))
    assert "3 Okt 2026, 09.00 WIB" in printed(client(None).get(f"/p/{token}/rekap-2026-10.pdf").content)


def test_a_statement_says_what_was_owed_before_and_after_and_why(client, centre, code, token) -> None:
    from sync.server.public.producer_balances import balance

    with reading(centre.engine) as db:
        told = balance(db, (code,), date(2026, 10, 1), date(2026, 10, 31))
    text = re.sub(r"\s+", " ", printed(client(None).get(f"/p/{token}/rekap-2026-10.pdf").content))

    assert told.changes["paid"] < 0 < told.changes["earned"]
    assert f"Hak Anda pada awal masa ini {signed(told.begin)}" in text
    assert f"Hak Anda dari penjualan, dikurangi pengembalian {signed(told.changes['earned'])}" in text
    assert f"Sudah dibayar ke Anda {signed(told.changes['paid'])}" in text
    assert f"Hak Anda pada 28 Okt 2026 {signed(told.end)}" in text


def signed(amount: int) -> str:
    return f"{'-' if amount < 0 else ''}{rupiah(abs(amount))}"


def test_the_page_is_kept_by_nobody_found_by_nobody_and_tells_no_site_where_one_came_from(client, token) -> None:
    for path in (f"/p/{token}", f"/p/{token}/rekap-2026-10.pdf"):
        headers = client(None).get(path).headers
        assert headers["cache-control"] == "private, no-store"
        assert "noindex" in headers["x-robots-tag"]
        assert headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in headers


def test_the_page_names_the_business_and_nothing_of_the_person(client, centre, code, token) -> None:
    import json

    with reading(centre.engine) as db:
        contacts = schema.producer_contacts
        personal = json.loads(db.execute(sa.select(contacts.c.personal).where(contacts.c.code == code)).scalar_one())
    text = client(None).get(f"/p/{token}").text
    for name, value in personal.items():
        assert not value or value not in text, name


def test_the_centre_keeps_the_hash_of_a_link_alone(centre, code, token) -> None:
    with reading(centre.engine) as db:
        row = db.execute(sa.select(producer_links)).one()
        assert token not in str(row)
        assert producer_by(db, token) == code
        noted = db.execute(sa.select(schema.audit).where(schema.audit.c.of == code)).all()
    assert [(one.what, one.of, one.officer) for one in noted] == [("producer_link", code, OFFICER)]
    assert token not in str(noted)


def test_a_new_link_takes_the_place_of_the_old_one_and_one_taken_away_opens_nothing(
    client, centre, code, token
) -> None:
    page = client(None)
    with writing(centre.engine) as db:
        fresh = make_link(centre, db, code, OFFICER)
    assert page.get(f"/p/{token}").status_code == 404
    assert page.get(f"/p/{fresh}").status_code == 200
    with writing(centre.engine) as db:
        assert revoke_link(centre, db, code, OFFICER)
        assert not revoke_link(centre, db, code, OFFICER)
    assert page.get(f"/p/{fresh}").status_code == 404
    assert page.get(f"/p/{fresh}/rekap-2026-10.pdf").status_code == 404
    for odd in (fresh, "x", "a" * 32, "%00", "é" * 32, token.upper()):
        answer = page.get(f"/p/{odd}")
        assert answer.status_code == 404
        assert "Tautan ini tidak berlaku. Minta yang baru ke Diskoperin." in answer.text
        assert "halaman pertama" not in answer.text
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_who_tries_links_is_slowed_down(database, clock, centre, token) -> None:
    from litestar.testing import TestClient

    app = create_app(database, clock=clock, per_checker=Rate(3, 0.01))
    with TestClient(app, raise_server_exceptions=False) as client:
        tried = [client.get(f"/p/{n:032}").status_code for n in range(5)]
        assert tried == [404, 404, 404, 429, 429]
        assert client.get(f"/p/{token}").status_code == 200


def test_figures_of_a_merged_code_are_those_of_the_producer(client, centre, tills, code, token) -> None:
    other = next(code_ for till in tills for code_, amount in till.owed.items() if code_ != code and amount > 0)
    together = sum(till.owed[code] + till.owed[other] for till in tills)
    with writing(centre.engine) as db:
        table = schema.producers
        db.execute(sa.update(table).where(table.c.code == other).values(alias_of=code))
    assert rupiah(together) in text_of(client(None).get(f"/p/{token}"))


def test_a_statement_is_a_pdf_of_the_months_sales_and_payments(client, centre, tills, code, token) -> None:
    answer = client(None).get(f"/p/{token}/rekap-2026-10.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    text = printed(answer.content)
    with reading(centre.engine) as db:
        october = sa.and_(paid.c.producer == code, paid.c.date.between("2026-10-01", "2026-10-31"))
        slips = db.execute(sa.select(paid).where(october)).all()
    assert slips
    for slip in slips:
        assert slip.number in text
    assert rupiah(sum(slip.amount for slip in slips)) in text
    assert rupiah(sum(till.owed[code] for till in tills)) in text
    assert "Rekap titipan Okt 2026" in text
    for odd in (
        "rekap-2026-11.pdf",
        "rekap-2025-10.pdf",
        "rekap-2026-13.pdf",
        "rekap-x.pdf",
        "rekap-2026-10",
        "2026-10",
    ):
        assert client(None).get(f"/p/{token}/{odd}").status_code == 404, odd


def test_a_statement_of_a_month_without_anything_says_so(client, token) -> None:
    answer = client(None).get(f"/p/{token}/rekap-2026-01.pdf")
    assert "Tidak ada dalam masa ini" in printed(answer.content)


def test_an_officer_makes_the_link_and_sees_it_once(client, centre, code, tills) -> None:
    officer = client(Role.OFFICER)
    text = officer.post(f"/produsen/{code}/tautan").text
    address = re.search(r'id="link">(http[^<]+/p/[A-Za-z0-9_-]{32})<', text)[1]
    assert "<svg" in text
    assert client(None).get(address).status_code == 200
    answer = officer.post(f"/produsen/{code}/tautan/cabut", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/produsen/{code}")
    assert client(None).get(address).status_code == 404
    assert officer.post("/produsen/TIDAK-ADA/tautan").status_code == 404


@pytest.mark.parametrize("path", ["tautan", "tautan/cabut", "kontak", "kontak/cabut"])
def test_only_officers_make_links_and_record_consents(client, centre, code, path) -> None:
    assert client(Role.VIEWER).post(f"/produsen/{code}/{path}", {"tanggal": "2026-10-01"}).status_code == 403
    stranger = client(None).post(f"/produsen/{code}/{path}", {"tanggal": "2026-10-01"}, follow_redirects=False)
    assert stranger.headers["location"].startswith("/masuk")
    unsafe = client(Role.OFFICER).client.post(f"/produsen/{code}/{path}", data={"tanggal": "2026-10-01"})
    assert unsafe.status_code == 403
