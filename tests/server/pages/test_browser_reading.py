"""What an officer reads and touches without help: signs and bars say what they mean, fingers find what they press."""

from collections.abc import Callable
from typing import Any

import pytest

from sync.server.access.officers import Role
from sync.server.centre import Centre
from tests.server.pages.browsing import PHONE, sticks_out
from tests.server.pages.support import NAMES, PASSWORD
from tests.server.pages.test_program import database as database_of_traded
from tests.server.pages.test_program import traded  # noqa: F401 - a fixture

database = database_of_traded
PAGES = (
    "/pojok",
    "/pojok/MTR-001",
    "/pojok/MTR-001/kasir/A/pindah",
    "/program",
    "/program/terjual",
    "/program/pembayaran",
    "/kepercayaan",
    "/karantina",
    "/hitung-ulang?tampil=semua",
    "/produsen",
    "/sertifikat",
    "/pesan",
    "/jejak",
    "/periksa",
    "/katalog",
)
RINGED = """() => {
    const seen = getComputedStyle(document.activeElement);
    return seen.outlineStyle !== "none" && parseFloat(seen.outlineWidth) >= 2;
}"""
SMALL = """() => [...document.querySelectorAll("a, button, select, summary, input")].filter((one) => {
    const at = one.getBoundingClientRect(), cover = getComputedStyle(one, "::after");
    const alone = one.parentElement.innerText?.trim() === one.innerText?.trim() || !one.matches("a");
    if (!one.checkVisibility() || !at.height || one.matches(".skip, [type=checkbox], [type=radio]")) return false;
    return alone && cover.position !== "absolute" && !one.closest("svg") && at.height < 43.5;
}).map((one) => `${one.tagName} ${one.innerText || one.name}: ${one.getBoundingClientRect().height}`)"""


def test_the_signs_of_the_board_say_what_they_mean_where_they_stand(window: Callable):
    page = window(Role.VIEWER)
    page.goto("/pojok")
    legend = page.locator("section[aria-labelledby=wilayah] .legend")
    shapes = legend.locator(".mark").evaluate_all(
        "(marks) => marks.map((one) => getComputedStyle(one).backgroundColor)"
    )
    assert legend.locator("li").all_inner_texts() == [
        "lancar",
        "perlu dilihat: diam, jam, cadangan, atau ruang",
        "perlu ditangani: dokumen ditahan, atau catatan berbeda",
        "belum ada kasir",
    ]
    assert len(set(shapes)) == 4


@pytest.mark.parametrize(
    "shown", ["/program?masa=90", "/program/terjual?masa=90", "/program/hak", "/program/produsen/P001?masa=90"]
)
def test_whoever_sees_bars_is_told_what_length_and_colours_mean(window: Callable, shown: str):
    page = window(Role.VIEWER)
    page.goto(shown)
    bars = page.locator("table:has(svg.bar)")
    assert bars.count() > 0
    for table in bars.all():
        around = table.locator("xpath=ancestor::*[self::section or self::main][1]").inner_text()
        assert "Makin panjang batangnya" in around
        assert ("Pribadi" in around and "Untuk dinas" in around) or "memilikinya" in around or "haknya" in around


def test_fingers_find_44_pixels_of_whatever_stands_by_itself(window: Callable, centre: Centre):
    page = window(Role.ADMIN, size=PHONE)
    for address in PAGES:
        page.goto(address)
        assert page.evaluate(SMALL) == [], address
        assert not sticks_out(page), address


def test_without_a_mouse_an_officer_signs_in_and_reads_what_an_office_sold_and_bought_itself(window: Callable):
    page = window(None)
    page.goto("/masuk")
    page.focus("#nama")
    page.keyboard.type(NAMES[Role.OFFICER])
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/pojok")
    count = page.locator("dl.figures a").first.inner_text()
    steps = ((count, "**/pojok#daftar"), ("Sekretariat Daerah", "**/pojok/MTR-001"))
    for name, address in (*steps, ("Penjualan bulan ini, dan untuk dinas", "**/program?pojok=MTR-001")):
        assert _tab_to(page, name) < 25, name
        page.keyboard.press("Enter")
        page.wait_for_url(address)
    assert page.locator("dl.figures").get_by_text("Dibeli untuk dinas", exact=True).is_visible()


def test_the_first_stop_of_the_keyboard_leads_past_the_navigation(window: Callable):
    page = window()
    page.goto("/program")
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate(
        "(one) => one === document.activeElement && one.getBoundingClientRect().top >= 0"
    )
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "masa"


def test_whatever_has_the_focus_is_seen(window: Callable):
    page = window(Role.ADMIN)
    for address in ("/jejak", "/produsen-baru"):
        page.goto(address)
        for _stop in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            assert page.evaluate(RINGED), page.evaluate("document.activeElement.outerHTML")


def _tab_to(page: Any, name: str) -> int:
    """Press Tab until the link of that name has the focus; how often."""
    for pressed in range(1, 100):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == name:
            return pressed
    raise AssertionError(name)
