"""The registry's pages: producers, goods, certificates, duplicates, proposals, spreadsheets."""

import io
import re
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import openpyxl
import pytest
import sqlalchemy as sa

from sync.server import drawing
from sync.server.access.officers import Role
from sync.server.database import schema
from sync.server.database.dialect import only_one, reading, writing
from sync.server.limits import Turns
from sync.server.pages import registry_words
from sync.server.pages.registry.importing import MOST_UNPACKED
from sync.server.registry import merging, persons
from sync.server.reports import coverage
from tests.server.registry.test_certificates import HALAL, PDF, picture
from tests.server.registry_support import PERSON, audited, producer, product, row_of

HEADER = (
    "producer_code,business_name,owner_name,phone,kelurahan,class,nib,pirt,halal_no,halal_expires,npwp,bank_name,"
    "bank_account,payout_terms,joined_on"
)


@pytest.fixture
def registry(centre) -> None:
    producer(centre, "P1", "Dapur Siger", PERSON, kelurahan="Metro", nib="1234567890123", halal_no=HALAL)
    producer(centre, "P2", "Kopi Lumaksa", kelurahan="Yosorejo")
    producer(centre, "P3", "Batik Sekar")
    product(centre, "B1", "P1", "Keripik Pisang")
    product(centre, "B2", "P2", "Kopi Robusta", "minuman")
    product(centre, "B3", "P3", "Kain", "batik")


@pytest.fixture
def officer(client, registry):
    return client(Role.OFFICER)


def names(text: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/produsen/[^"]*">([^<]*)</a>', text)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Batik Sekar", "Dapur Siger", "Kopi Lumaksa"]),
        ("q=siger", ["Dapur Siger"]),
        ("q=p3", ["Batik Sekar"]),
        ("q=12345678", ["Dapur Siger"]),
        ("q=yoso", ["Kopi Lumaksa"]),
        ("q=%25", []),
        ("kelurahan=Metro", ["Dapur Siger"]),
        ("jenis=pangan&tanpa=halal", ["Kopi Lumaksa"]),
        ("jenis=batik", ["Batik Sekar"]),
        ("tanpa=merek&q=dapur", ["Dapur Siger"]),
        ("halaman=99", ["Batik Sekar", "Dapur Siger", "Kopi Lumaksa"]),
    ],
)
def test_producers_are_found_by_what_is_known_of_them(officer, query, found):
    assert names(officer.get(f"/produsen?{query}").text) == found


def test_a_list_of_twenty_thousand_answers_at_once(client, centre):
    with writing(centre.engine) as db:
        plain = {"class": "mikro", "payout_terms": "mingguan", "kelurahan": "Metro"}
        rows = [{"code": f"X{n:05}", "business_name": f"Usaha {n}", "position": n, **plain} for n in range(20_000)]
        db.execute(sa.insert(schema.producers), rows)
        goods = {"name": "Keripik", "category": "makanan", "unit": "pcs", "pricing": "titip", "sell_price": 1_000}
        skus = ({"sku": f"S{n}", "producer": f"X{n:05}", "position": n, **goods} for n in range(20_000))
        db.execute(sa.insert(schema.products), list(skus))
    viewer, took = client(Role.VIEWER), []  # of the processor: others may be at work here
    for query in ("", "q=usaha+19999", "q=x123", "q=metro&halaman=300", "jenis=pangan&tanpa=halal", "tanpa=pirt") * 2:
        begun = time.process_time()
        assert viewer.get(f"/produsen?{query}").status_code == 200
        took.append(time.process_time() - begun)
    assert sorted(took)[len(took) // 2] < 0.25, "the bench holds the goal; this only that no list is slow"


def test_a_producers_page_shows_everything_but_the_person(officer):
    text = officer.get("/produsen/P1").text
    for word in ("Dapur Siger", "1234567890123", HALAL, "Keripik Pisang"):
        assert word in text
    for secret in PERSON.values():
        assert secret not in text
    assert officer.get("/produsen/P9").status_code == 404


def test_a_viewer_sees_no_door_to_the_person_or_to_documents(client, registry):
    text = client(Role.VIEWER).get("/produsen/P1").text
    assert 'action="/produsen/P1/' not in text
    assert "/data-pribadi" not in text


def test_a_correction_is_kept_and_a_wrong_one_stands_beside_its_field(officer, centre):
    form = officer.get("/produsen/P2/ubah").text
    mark = re.search(r'name="mark" value="(\d+)"', form)[1]
    data = {"mark": mark, "business_name": "", "class": "kecil", "payout_terms": "harian", "kelurahan": "Yosorejo"}
    wrong = officer.post("/produsen/P2/ubah", data)
    assert 'aria-invalid="true"' in wrong.text
    assert 'value="kecil" selected' in wrong.text, "nothing that was typed is lost"
    done = officer.post("/produsen/P2/ubah", data | {"business_name": "Kopi Lumaksa Metro"})
    assert "Kopi Lumaksa Metro" in done.text
    late = officer.post("/produsen/P2/ubah", data | {"business_name": "Other"})
    assert 'role="alert"' in late.text
    assert row_of(centre, schema.producers, "P2").business_name == "Kopi Lumaksa Metro"
    assert ("Rahma", "producer_changed", "P2") in [row[:3] for row in audited(centre)]


def test_a_new_producer_and_goods_of_it_are_taken_in(officer, centre):
    new = {"producer_code": "P4", "business_name": "Sambal", "class": "mikro", "payout_terms": "mingguan"}
    assert "Sambal" in officer.post("/produsen-baru", new).text
    goods = {"sku": "B4", "name": "Sambal Ijo", "producer_code": "P4", "consign_price": "8000", "sell_price": "10000"}
    assert "Sambal Ijo" in officer.post("/produk-baru", goods).text
    assert 'aria-invalid="true"' in officer.post("/produk-baru", goods).text, "the code is there already"
    assert "Sambal Ijo" in officer.get("/produk?q=sambal").text
    assert "Sambal Ijo" not in officer.get("/produk?q=sambal&kategori=batik").text


@pytest.mark.parametrize(
    ("typed", "kept"), [("10", 1_000), ("7,5", 750), ("12.25 %", 1_225), ("0", 0), ("100", 10_000)]
)
def test_a_commission_is_typed_and_shown_in_percent(officer, centre, typed, kept):
    goods = {"sku": "K1", "name": "Kopi", "producer_code": "P2", "sell_price": "10000", "pricing": "komisi"}
    officer.post("/produk-baru", goods | {"commission": typed})
    assert row_of(centre, schema.products, "K1").commission_bp == kept
    shown = re.search(r'name="commission"[^>]* value="([^"]*)"', officer.get("/produk/K1/ubah").text)[1]
    assert shown.replace(",", ".") in (typed.replace(",", ".").removesuffix(" %"), f"{kept / 100:.2f}")


@pytest.mark.parametrize("typed", ["101", "1000", "sepuluh", "-5", "10 000"])
def test_a_commission_that_is_no_percentage_is_asked_for_again(officer, typed):
    goods = {"sku": "K1", "name": "Kopi", "producer_code": "P2", "sell_price": "10000", "pricing": "komisi"}
    answer = officer.post("/produk-baru", goods | {"commission": typed}).text
    assert "Tulis komisi dalam persen" in answer
    assert f'value="{typed}"' in answer
    assert officer.get("/produk/K1").status_code == 404


def test_goods_are_corrected_merged_and_parted(officer, centre):
    form = officer.get("/produk/B1/ubah").text
    typed = dict(re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', form))
    chosen = dict(re.findall(r'<select id="(\w+)".*?<option value="([^"]*)" selected', form, re.DOTALL))
    assert "12.000" in officer.post("/produk/B1/ubah", {**typed, **chosen, "sell_price": "12000"}).text
    officer.post("/produk/B1/gabung", {"kode": "B2"})
    assert row_of(centre, schema.products, "B1").alias_of == "B2"
    officer.post("/produk/B1/pisah")
    assert row_of(centre, schema.products, "B1").alias_of == ""


def test_a_certificate_with_its_document_is_kept_and_handed_out_as_a_file(officer, centre, client):
    form = {"kind": "halal", "number": HALAL.replace("2233344", "9999999"), "expires": "2026-11-01", "id": ""}
    paper = {"document": ("photo.exe", PDF, "text/html")}
    text = officer.post("/produsen/P2/sertifikat", form, files=paper).text
    name = re.search(r'href="/dokumen/(\w+)"', text)[1]
    answer = officer.get(f"/dokumen/{name}")
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert ("Rahma", "document_seen", "P2", name) in audited(centre)
    assert client(Role.VIEWER).get(f"/dokumen/{name}").status_code == 403
    assert "Kopi Lumaksa" in officer.get("/sertifikat?dalam=90").text
    assert "Kopi Lumaksa" not in officer.get("/sertifikat?dalam=30").text
    assert "Kopi Lumaksa" in officer.get("/sertifikat?dalam=90&format=csv").text


def test_whoever_writes_waits_for_no_picture_that_is_drawn(officer, centre, monkeypatch):
    asked = threading.Event()

    class Heard(Turns):
        def one(self):
            asked.set()
            return super().one()

    turns = Heard(at_once=1, waiting=1, seconds=60)
    monkeypatch.setattr(drawing, "TURNS", turns)
    form = {"kind": "merek", "number": "IDM000123456", "expires": "", "id": ""}
    paper = {"document": ("a.png", picture("PNG"), "image/png")}
    with ThreadPoolExecutor(1) as pool:
        with turns.one():
            asked.clear()
            posting = pool.submit(officer.post, "/produsen/P2/sertifikat", form, files=paper)
            assert asked.wait(60)
            with writing(centre.engine) as db:
                only_one(db, "deciding")
        assert "IDM000123456" in posting.result().text


def test_a_certificate_is_corrected_where_it_stands_and_keeps_its_document(officer, centre, client):
    paper = {"document": ("a.pdf", PDF, "application/pdf")}
    typed = {"kind": "pirt", "number": "2101872010001-30", "expires": ""}
    text = officer.post("/produsen/P2/sertifikat", typed, files=paper).text
    path = re.search(r'href="(/produsen/P2\?sertifikat=\w+)#kertas"', text)[1]
    form = officer.get(path).text.partition('id="kertas" open')[2].partition("</form>")[0]
    held = dict(re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', form))
    assert (held["number"], held["expires"]) == ("2101872010001-30", ""), "its end stands in its number"
    assert 'value="pirt" selected' in form
    mended = {"kind": "pirt", "id": held["id"], "mark": held["mark"], "number": "2101872010001-31", "expires": ""}
    text = officer.post("/produsen/P2/sertifikat", mended, files={"document": ("", b"", "")}).text
    assert "2101872010001-31" in text
    assert "2101872010001-30" not in text
    assert "31 Des 2031" in text
    assert officer.get(re.search(r'href="(/dokumen/\w+)"', text)[1]).content == PDF
    assert row_of(centre, schema.producers, "P2").pirt == "2101872010001-31"
    stale = officer.post("/produsen/P2/sertifikat", mended, files={"document": ("", b"", "")}).text
    assert 'id="kertas" open' in stale, "somebody corrected it since"
    assert "#kertas" not in client(Role.VIEWER).get("/produsen/P2").text
    assert "Betulkan sertifikat" not in officer.get("/produsen/P2?sertifikat=x").text


def test_certificates_that_lapse_stand_in_pages_and_a_file_has_all(officer, centre):
    for n in range(60):
        producer(centre, f"X{n:02}", f"Usaha {n:02}", halal_no=HALAL, halal_expires=f"2026-10-{n // 2 + 1:02}")
    every = [f"Usaha {n:02}" for n in range(60)]
    assert names(officer.get("/sertifikat").text) == every[:50]
    assert "60" in officer.get("/sertifikat").text.partition('role="status"')[2][:40]
    assert names(officer.get("/sertifikat?halaman=2").text) == names(officer.get("/sertifikat?halaman=99").text)
    assert names(officer.get("/sertifikat?halaman=2").text) == every[50:]
    assert officer.get("/sertifikat?halaman=2&format=csv").text.count("Usaha") == 60


def test_what_is_no_document_is_refused_beside_the_field_and_nothing_typed_is_lost(officer, centre):
    form = {"kind": "merek", "number": "IDM000123456", "expires": ""}
    text = officer.post(
        "/produsen/P2/sertifikat", form, files={"document": ("a.pdf", b"<script>", "application/pdf")}
    ).text
    assert 'id="document-told"' in text
    assert 'value="IDM000123456"' in text
    too_large = officer.post("/produsen/P2/sertifikat", form, files={"document": ("a.pdf", bytes(7 * 2**20), "x/y")})
    assert too_large.status_code == 413


def test_a_form_without_a_document_is_enough_and_a_certificate_can_be_removed(officer, centre):
    text = officer.post(
        "/produsen/P2/sertifikat", {"kind": "merek", "number": "IDM000123456"}, files={"document": ("", b"", "")}
    ).text
    path = re.search(r'action="(/produsen/P2/sertifikat/\w+/hapus)"', text)[1]
    gone = officer.post(path).text
    assert "IDM000123456" not in gone.partition("</table>")[0].partition("Sertifikat yang dihapus")[0]
    path = re.search(r'action="(/produsen/P2/sertifikat/\w+/pulihkan)"', gone)[1]
    assert "IDM000123456" in officer.post(path).text.partition("</table>")[0]


def test_duplicates_are_merged_parted_and_told_apart(officer, centre):
    producer(centre, "P5", "Siger Dapur", PERSON)
    text = officer.get("/kembar").text
    assert "P5" in text
    assert PERSON["phone"] not in text
    assert 'href="/produsen/P5/gabung?kode=P1"' in text
    both = officer.get("/produsen/P5/gabung?kode=P1").text
    for word in ("Siger Dapur", "Dapur Siger", "1234567890123", HALAL):
        assert word in both
    merged = officer.post("/produsen/P5/gabung", {"kode": "P1"}).text
    assert 'action="/produsen/P5/pisah"' in merged, "where it is said it is taken back"
    assert row_of(centre, schema.producers, "P5").alias_of == "P1"
    assert 'action="/kembar/pisah"' in officer.get("/kembar").text
    officer.post("/kembar/pisah", {"satu": "P5"})
    assert row_of(centre, schema.producers, "P5").alias_of == ""
    officer.post("/kembar/beda", {"satu": "P5", "dua": "P1"})
    assert "/kembar/beda" not in officer.get("/kembar").text


def test_goods_that_look_like_others_are_merged_within_a_producer_and_by_barcode(officer, centre):
    product(centre, "B4", "P1", "Kripik Pisang")
    product(centre, "B5", "P2", "Keripik Pisang")
    product(centre, "B6", "P3", "Sarung", barcode="8991234567891")
    product(centre, "B7", "P2", "Taplak", barcode="8991234567891")
    text = officer.get("/kembar?jenis=barang").text
    assert set(re.findall(r'href="/produk/(\w+)/gabung\?kode=(\w+)"', text)) == {
        ("B1", "B4"), ("B4", "B1"), ("B6", "B7"), ("B7", "B6"),
    }  # fmt: skip
    assert "Kripik Pisang" in officer.get("/produk/B4/gabung?kode=B1").text
    assert 'action="/produk/B4/pisah"' in officer.post("/produk/B4/gabung", {"kode": "B1"}).text
    officer.post("/kembar/pisah", {"jenis": "barang", "satu": "B4"})
    assert row_of(centre, schema.products, "B4").alias_of == ""
    officer.post("/kembar/beda", {"jenis": "barang", "satu": "B4", "dua": "B1"})
    assert "B4" not in officer.get("/kembar?jenis=barang").text


@pytest.mark.parametrize(("code", "said"), [("P9", "tidak ada di data induk"), ("P1", "Ini P1 sendiri")])
def test_a_wrong_code_to_merge_into_keeps_what_was_typed_and_says_what_to_do(officer, code, said):
    for text in (
        officer.get(f"/produsen/P1/gabung?kode={code}").text,
        officer.post("/produsen/P1/gabung", {"kode": code}).text,
    ):
        assert said in text
        assert f'value="{code}"' in text


def test_who_resembles_comes_below_whoever_is_called_so(officer, centre):
    for n in range(1, 4):
        producer(centre, f"Q{n}", f"Kopi Lumaksi {n}", kelurahan="Yosorejo" if n < 3 else "Metro")
        product(centre, f"K{n}", f"Q{n}", f"Kopi Robista {n}")
    found = officer.get("/produsen?q=lumaksa").text
    assert names(found) == ["Kopi Lumaksa"]
    assert re.findall(r'<li><a href="/produsen/(Q\d)">', found) == ["Q1", "Q2", "Q3"]
    assert re.findall(
        r'<li><a href="/produsen/(Q\d)">', officer.get("/produsen?q=lumaksa&kelurahan=Yosorejo").text
    ) == [
        "Q1",
        "Q2",
    ]
    assert "Nama yang mirip" not in officer.get("/produsen?q=p2").text
    goods = officer.get("/produk?q=robusta").text
    assert re.findall(r'<li><a href="/produk/(K\d)">', goods) == ["K1", "K2", "K3"]
    assert "Nama yang mirip" not in officer.get("/produk?q=robusta&kategori=minuman").text


def test_every_word_is_found_anywhere_and_a_mistyped_one_comes_near(officer):
    assert names(officer.get("/produsen?q=siger+dapur").text) == ["Dapur Siger"]
    near = officer.get("/produsen?q=dapor+siger").text
    assert names(near) == ["Dapur Siger"]
    assert "Tidak ada yang bernama begitu" in near
    assert names(officer.get("/produsen?q=zzzzzz").text) == []
    assert "Keripik Pisang" in officer.get("/produk?q=pisang+keripik").text
    assert "Keripik Pisang" in officer.get("/produk?q=kripik+pisang").text


def test_a_new_producer_with_a_name_that_sounds_like_another_is_asked_about_once(officer, centre):
    form = {"producer_code": "P8", "business_name": "Dapur Sigir", "class": "mikro", "payout_terms": "mingguan"}
    asked = officer.post("/produsen-baru", form).text
    assert 'href="/produsen/P1"' in asked
    assert 'value="Dapur Sigir"' in asked
    assert 'name="other" value="1"' in asked
    officer.post("/produsen-baru", form | {"other": "1"})
    assert row_of(centre, schema.producers, "P8").business_name == "Dapur Sigir"


def test_a_code_that_no_page_could_be_called_by_is_refused(officer, centre):
    form = {"producer_code": "P/8", "business_name": "Teh Talang", "class": "mikro", "payout_terms": "mingguan"}
    assert "garis miring" in officer.post("/produsen-baru", form).text
    good = f"{HEADER}\nP/7,Tahu Metro,Budi,,Metro,mikro,,,,,,,,mingguan,\n"
    answer = officer.post("/impor", {"kind": "producers"}, files={"file": ("a.csv", good.encode(), "text/csv")})
    assert "garis miring" in answer.text


def test_a_spreadsheet_is_taken_in_whole_or_not_at_all_and_bad_rows_are_named(officer, centre):
    good = f"{HEADER}\nP7,Tahu Metro,Budi,,Metro,mikro,,,,,,,,mingguan,\n"
    bad = good + "P8,Tempe,,,Metro,raksasa,,,,,,,,mingguan,\n"
    text = officer.post("/impor", {"kind": "producers"}, files={"file": ("a.csv", bad.encode(), "text/csv")}).text
    assert "raksasa" in text
    assert re.search(r'<td class="number">3</td><td>class</td>', text)
    assert "Tahu Metro" not in officer.get("/produsen").text
    officer.post("/impor", {"kind": "producers"}, files={"file": ("a.csv", good.encode(), "text/csv")})
    assert "Tahu Metro" in officer.get("/produsen").text
    assert ("Rahma", "import", "producers", "1") in audited(centre)
    for content in (b"", b"PK\x03\x04broken", b"\xff\xfe"):
        answer = officer.post("/impor", {"kind": "producers"}, files={"file": ("a.xlsx", content, "x/y")})
        assert (answer.status_code, "aria-invalid" in answer.text) == (200, True)


def test_a_workbook_that_is_far_larger_inside_than_outside_is_no_list(officer):
    row = "P7,Tahu Metro,Budi,,Metro,mikro,,,,,,,,mingguan,"
    book = io.BytesIO(book_of([HEADER.split(","), row.split(",")]))
    with zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/x", bytes(MOST_UNPACKED))
    assert len(book.getvalue()) < 100_000
    text = officer.post("/impor", {"kind": "producers"}, files={"file": ("a.xlsx", book.getvalue(), "x/y")}).text
    assert "bukan daftar" in text
    assert "Tahu Metro" not in officer.get("/produsen").text


def sheet_of(answer) -> list[list]:
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active.values]


def book_of(rows: list[list]) -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


def take_in(officer, kind: str, rows: list[list], **more: str) -> str:
    return officer.post("/impor", {"kind": kind, **more}, files={"file": ("a.xlsx", book_of(rows), "x/y")}).text


def test_an_export_has_the_columns_of_the_import_in_words_and_nothing_of_a_person(officer):
    heading, *rows = sheet_of(officer.get("/produsen?format=xlsx&q=dapur"))
    assert heading[:2] == ["Kode produsen", "Nama usaha"]
    known = registry_words.columns_by_name()
    assert {known[text.casefold()] for text in heading} <= set(HEADER.split(","))
    assert "Umi Citrasastra" not in repr(rows)
    assert any("Dapur Siger" in row for row in rows)


def test_an_export_that_was_changed_comes_back_and_empties_nothing(officer, centre):
    heading, *rows = sheet_of(officer.get("/produsen?format=xlsx"))
    before = {row[0]: row_of(centre, schema.producers, row[0]).position for row in rows}
    (mine,) = [row for row in rows if row[0] == "P1"]
    mine[heading.index("Nama usaha")] = "Dapur Siger Baru"
    mine[heading.index("Kelurahan")] = None
    kelurahan = row_of(centre, schema.producers, "P1").kelurahan
    assert "sudah ada" in take_in(officer, "producers", [heading, *rows]), "only who asks for it corrects"
    text = take_in(officer, "producers", [heading, *rows, ["Z77", "Kopi Baru"]], correct="1")
    assert "wajib" in text, "a new row is judged like any other"
    text = take_in(officer, "producers", [heading, *rows], correct="1")
    assert "1 baris dibetulkan" in text
    assert 'href="/produsen"' in text
    row = row_of(centre, schema.producers, "P1")
    assert (row.business_name, row.kelurahan) == ("Dapur Siger Baru", kelurahan)
    assert "Umi" in row_of(centre, schema.producer_contacts, "P1").personal
    moved = [code for code, place in before.items() if row_of(centre, schema.producers, code).position != place]
    assert moved == ["P1"], "tills hear of what changed"


def test_goods_come_back_too_with_their_prices_as_numbers(officer, centre):
    product(centre, "B9", "P1", barcode="8991234567891")
    heading, *rows = sheet_of(officer.get("/produk?format=xlsx"))
    (mine,) = [row for row in rows if row[0] == "B9"]
    assert mine[heading.index("Harga jual")] == 10_000
    mine[heading.index("Harga jual")] = 12_000
    assert "1 baris dibetulkan" in take_in(officer, "products", [heading, *rows], correct="1")
    row = row_of(centre, schema.products, "B9")
    assert (row.sell_price, row.barcode) == (12_000, "8991234567891")


def test_neither_a_merged_nor_an_erased_producer_comes_back_with_an_old_file(client, officer, centre):
    heading, *rows = sheet_of(officer.get("/produsen?format=xlsx"))
    with writing(centre.engine) as db:
        persons.erase(centre, db, "P1", "asked", "Rahma")
    assert "Tidak ada yang diimpor" in take_in(officer, "producers", [heading, *rows], correct="1")
    assert row_of(centre, schema.producers, "P1").business_name == "P1"


def test_new_goods_of_a_merged_producer_are_those_of_the_one_that_stands(officer, centre):
    producer(centre, "P5", "Siger")
    with writing(centre.engine) as db:
        merging.merge(centre, db, "producer", "P5", "P1", "Rahma")
    heading, row, *_more = sheet_of(officer.get("/produk?format=xlsx"))
    row[heading.index("Kode barang")], row[heading.index("Kode produsen")] = "NEW-1", "P5"
    take_in(officer, "products", [heading, row])
    assert row_of(centre, schema.products, "NEW-1").producer == "P1"


def test_who_lacks_halal_is_counted_as_the_programme_counts(officer, centre):
    producer(centre, "P5", "Kapsul")
    product(centre, "B5", "P5", category="perawatan", needs_halal=1)
    found = officer.get("/produsen?jenis=pangan&tanpa=halal").text
    with reading(centre.engine) as db:
        codes = list(db.execute(sa.select(schema.producers.c.code)).scalars())
        wanted = coverage.without(db, codes, "halal", centre.today())
    assert "P5" in wanted
    assert set(re.findall(r'href="/produsen/(P\w+)"', found)) == wanted


def test_papers_that_nobody_needs_are_not_told_missing(officer, centre):
    producer(centre, "P6", "Batik Rukti")
    product(centre, "B6", "P6", category="batik")
    producer(centre, "P7", "Dapur Rukti")
    product(centre, "B7", "P7", category="makanan", needs_pirt=1)
    rows = officer.get("/produsen?q=Rukti").text.split("<tr>")[2:]
    assert [row.count("tidak perlu") for row in rows] == [2, 0]
    assert [row.count("tidak ada") for row in rows] == [0, 2]
