"""Signing in and out."""

from tests.server.pages.support import PASSWORD


def test_an_officer_signs_in_and_gets_to_the_page_he_wanted(client):
    browser = client(None)
    told = {"nama": " Adi ", "sandi": PASSWORD, "ke": "/jejak?halaman=2"}
    done = browser.post("/masuk", told, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, "/jejak?halaman=2")
    assert browser.get("/masuk?ke=/bahasa/en", follow_redirects=False).headers["location"] == "/bahasa/en"
