"""The registry in a real browser: what officers ask of it is answered from the pages, without help."""

from pathlib import Path

import pytest

from sync.server.access.officers import Role
from sync.server.registry import spreadsheets as registry
from tests.server.pages.browsing import PHONE, faults, sticks_out
from tests.server.registry.test_certificates import HALAL, PDF
from tests.server.registry_support import PERSON, producer, product

DEMO = Path(__file__).resolve().parents[3] / "assets" / "demo"


@pytest.fixture
def demo(centre):
    """With the registry of the demo, two food producers of which one is certified, and one that looks like another."""
    for kind in ("producers", "products"):
        registry.import_file(centre, kind, DEMO / f"{kind}.csv", skip_bad=True)
    producer(centre, "Z1", "Abon Berhalal", halal_no=HALAL)
    producer(centre, "Z2", "Abon Tanpa Halal", PERSON)
    producer(centre, "Z3", "Batik Tanpa Halal")
    producer(centre, "Z4", "Abon Tampa Halal", PERSON)
    for number, category in ((1, "makanan"), (2, "minuman"), (3, "batik")):
        product(centre, f"Z-{number}", f"Z{number}", category=category)
    return centre


def test_an_officer_learns_which_food_producers_have_no_halal_certificate(window, demo):
    page = window(Role.OFFICER)
    page.goto("/")
    page.click(".rail >> text=Produsen")
    page.fill("#q", "halal")
    page.select_option("#jenis", "pangan")
    page.select_option("#tanpa", "halal")
    page.click("main >> button:has-text('Cari')")
    assert page.locator("tbody th").all_inner_texts() == ["Abon Tanpa Halal"]
    assert faults(page) == []
    with page.expect_download() as kept:
        page.click("main >> text=CSV")
    assert "Abon Tanpa Halal" in Path(kept.value.path()).read_text("utf-8-sig")
    page.click("tbody th a")
    page.click("summary:has-text('Catat sertifikat')")
    page.fill("#number", HALAL)
    page.set_input_files("#document", {"name": "x.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.click("details >> button:has-text('Simpan')")
    assert HALAL in page.inner_text("main")
    page.goto("/produsen?q=halal&jenis=pangan&tanpa=halal")
    assert page.locator("tbody th").count() == 0


def test_a_person_is_uncovered_for_a_purpose_and_covered_again(window, demo):
    page = window(Role.OFFICER)
    page.goto("/produsen/Z2")
    assert PERSON["nik"] not in page.content()
    page.fill("#purpose", "Menelepon soal sertifikat halal")
    page.click("text=Tampilkan")
    assert page.input_value("#nik") == PERSON["nik"]
    assert faults(page) == []
    page.click("text=Tutupi lagi")
    assert PERSON["nik"] not in page.content()


def test_a_duplicate_is_merged_and_parted_by_hand(window, demo):
    page = window(Role.OFFICER)
    page.goto("/kembar")
    assert faults(page) == []
    row = page.locator("tr", has=page.locator("a[href='/produsen/Z2']"), has_text="NIK sama")
    row.get_by_role("link", name="Pakai Z2").click()
    assert faults(page) == []
    page.get_by_role("button", name="Gabungkan Z4 ke Z2").click()
    assert "Z4 kini menjadi Z2" in page.inner_text(".said")
    page.get_by_role("button", name="Batalkan penggabungan").click()
    assert "Z4 berdiri sendiri lagi" in page.inner_text(".said")


PAGES = (
    "/produsen", "/produsen/Z2", "/produsen/Z2/ubah", "/produsen-baru", "/produk", "/produk/Z-2", "/produk/Z-2/ubah",
    "/sertifikat", "/kembar", "/kembar?jenis=barang",
    "/produsen/Z2/gabung", "/produsen/Z2/gabung?kode=Z4", "/produk/Z-2/gabung?kode=Z-1",
    "/usulan", "/impor", "/data-pribadi?kode=Z2",
)  # fmt: skip


@pytest.mark.parametrize("dark", [False, True])
def test_every_page_of_the_registry_fits_a_phone_and_has_no_fault(window, demo, dark):
    page = window(Role.ADMIN, size=PHONE, dark=dark, language="en" if dark else "id")
    for path in PAGES:
        page.goto(path)
        assert (path, faults(page)) == (path, [])
        assert not sticks_out(page), path


MARKED = {
    "/karantina": "Pemeriksaan", "/hitung-ulang": "Pemeriksaan", "/perbaikan": "Pemeriksaan", "/stik": "Pemeriksaan",
    "/kembar": "Produsen", "/impor": "Produsen", "/produsen-baru": "Produsen", "/produsen/Z1": "Produsen",
    "/produk-baru": "Barang", "/gambar/Z-1": "Barang", "/produk": "Barang",
}  # fmt: skip


def test_the_menu_marks_the_part_to_which_a_page_belongs(window, demo):
    page = window(Role.OFFICER, size=PHONE)
    for path, name in MARKED.items():
        page.goto(path)
        assert page.locator(".menu summary").inner_text() == f"Menu: {name}", path
    page.goto("/gambar/Z-1")
    page.click("main p a")
    assert page.url.endswith("/produk/Z-1")
    page.goto("/kembar")
    page.click("main p:first-child a:has-text('Produsen')")
    assert page.url.endswith("/produsen")


def test_no_table_of_producers_goods_or_certificates_is_pushed_sideways_on_a_phone(window, demo):
    page = window(Role.OFFICER, size=PHONE)
    for path in ("/produsen", "/produsen/Z1", "/produk", "/sertifikat?dalam=365"):
        page.goto(path)
        widths = page.locator(".frame").evaluate_all("all => all.map((one) => one.scrollWidth - one.clientWidth)")
        assert widths, path
        assert max(widths) == 0, path
