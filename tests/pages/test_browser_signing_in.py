"""Signing in with a real browser: keyboard alone, no fault for a screen reader, and it fits a phone."""

from urllib.parse import urlsplit

from tests.pages.browsing import PHONE, faults, sticks_out
from tests.pages.support import PASSWORD


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
