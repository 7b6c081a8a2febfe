"""What an officer reads and touches without help: signs and bars say what they mean, fingers find what they press."""

from collections.abc import Callable

import pytest

from sync.server.access.officers import Role
from sync.server.centre import Centre
from tests.server.pages.browsing import PHONE, sticks_out
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


@pytest.mark.parametrize("shown", ["/program?masa=90", "/program/terjual?masa=90"])
def test_whoever_sees_bars_is_told_what_length_and_colours_mean(window: Callable, shown: str):
    page = window(Role.VIEWER)
    page.goto(shown)
    bars = page.locator("table:has(svg.bar)")
    assert bars.count() > 0
    for table in bars.all():
        around = table.locator("xpath=ancestor::*[self::section or self::main][1]").inner_text()
        assert "Makin panjang batangnya" in around
        assert ("Pribadi" in around and "Untuk dinas" in around) or "memilikinya" in around


def test_fingers_find_44_pixels_of_whatever_stands_by_itself(window: Callable, centre: Centre):
    page = window(Role.ADMIN, size=PHONE)
    for address in PAGES:
        page.goto(address)
        assert page.evaluate(SMALL) == [], address
        assert not sticks_out(page), address
