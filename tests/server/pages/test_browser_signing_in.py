"""Signing in with a real browser: keyboard alone, no fault for a screen reader, and it fits a phone."""

from urllib.parse import urlsplit

import pytest

from sync.server.access.officers import Role
from tests.server.pages.browsing import PHONE, faults, sticks_out
from tests.server.pages.support import PASSWORD


def test_an_officer_signs_in_with_the_keyboard_alone(window):
    page = window(None, size=PHONE)
    page.goto("/masuk?ke=/sandi")
    assert not sticks_out(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Rahma")
    page.keyboard.press("Tab")
    page.keyboard.type("salah sama sekali")
    page.keyboard.press("Enter")
    told = page.locator("#sandi-told")
    told.wait_for()
    assert told.inner_text() == "Nama atau kata sandi salah. Periksa keduanya, lalu coba lagi."
    assert page.input_value("#nama") == "Rahma"
    page.focus("#sandi")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sandi")
    assert faults(page) == []


def test_the_sign_in_page_has_no_fault_in_any_light_or_language(window):
    for dark in (False, True):
        for language in ("id", "en"):
            page = window(None, dark=dark, language=language)
            page.goto("/masuk")
            assert page.get_attribute("html", "lang") == language
            assert faults(page) == []
    page.click("text=Bahasa Indonesia")
    assert (urlsplit(page.url).path, page.get_attribute("html", "lang")) == ("/masuk", "id")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OFFICER])
def test_every_officer_reaches_the_open_pages_by_the_navigation_and_stays_signed_in(window, role):
    page = window(role)
    page.goto("/")
    for name in ("Periksa kertas", "Katalog"):
        page.get_by_role("navigation", name="Halaman", exact=True).get_by_role("link", name=name).click()
        page.get_by_role("link", name=name).and_(page.locator("[aria-current=page]")).wait_for()
    page.get_by_role("navigation", name="Halaman", exact=True).get_by_role("link", name="Program").click()
    page.get_by_role("heading", name="Program", level=1).wait_for()


def test_on_a_telephone_the_menu_names_the_page_and_opens_to_all_others(window):
    page = window(Role.ADMIN, size=PHONE)
    page.goto("/produsen")
    menu = page.locator(".menu summary")
    assert menu.inner_text() == "Menu: Produsen"
    menu.click()
    links = page.locator(".menu a:visible")
    assert links.count() == 13
    assert not sticks_out(page)
    assert faults(page) == []
    links.get_by_text("Jejak").click()
    page.wait_for_url("**/jejak")
    assert menu.inner_text() == "Menu: Jejak"
    assert not page.locator(".menu a").first.is_visible()


def test_on_a_telephone_nothing_of_officers_and_audit_lies_past_the_edge(window):
    page = window(Role.ADMIN, size=PHONE)
    for path in ("/petugas", "/jejak"):
        page.goto(path)
        assert page.locator("table.stacks").count() == 1
        assert page.locator(".frame").evaluate("one => one.scrollWidth <= one.clientWidth")
        assert faults(page) == []
