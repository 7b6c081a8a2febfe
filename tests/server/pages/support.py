"""A browser without a window: it keeps cookies, follows redirects, and sends forms with their hidden token."""

import re
from typing import Any

import httpx
from litestar.testing import TestClient

from sync.server.access import sessions
from sync.server.access.officers import Role
from sync.server.centre import Centre
from sync.server.database.dialect import writing

NAMES = {Role.VIEWER: "Wati", Role.OFFICER: "Rahma", Role.ADMIN: "Adi"}
PASSWORD = "empat kata yang panjang"
TOKEN = re.compile(r'name="_csrf_token" value="([0-9a-f]+)"')


class Page:
    """One browser."""

    def __init__(self, client: TestClient[Any]) -> None:
        self.client = client

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Open a page."""
        return self.client.get(path, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """Send a form with its token, as a page of ours would; ``files`` makes it multipart."""
        return self.client.post(path, data={"_csrf_token": self.token(), **(data or {})}, **options)

    def token(self) -> str:
        """The hidden token of forms."""
        if "formulir" not in self.client.cookies:
            self.client.get("/masuk", follow_redirects=False)
        return self.client.cookies["formulir"]

    def hold(self, token: str) -> None:
        """Be the browser of a session."""
        self.client.cookies.set("sesi", token)


def new_session(centre: Centre, role: Role) -> str:
    """The token of a session of the officer of ``role``, without the time that a password takes."""
    with writing(centre.engine) as db:
        return sessions.begin(centre, db, NAMES[role], "testclient")


def sign_in(page: Page, centre: Centre, role: Role) -> None:
    """Sign the officer of ``role`` in."""
    page.hold(new_session(centre, role))


PART = re.compile(r"(=|\+|−)? ?(−)? ?<strong>Rp\u00a0([\d.]+)</strong>")


def sums_of(html: str) -> list[int]:
    """The amounts of the line that says what makes up what is owed, after it was proved that the last is their sum."""
    (line,) = re.findall(r'<p class="note sum">(.*?)</p>', html)
    parts = [
        int(amount.replace(".", "")) * (-1 if "−" in (sign, minus) else 1) for sign, minus, amount in PART.findall(line)
    ]
    assert len(parts) == line.count("<strong>")
    assert sum(parts[:-1]) == parts[-1], line
    return parts
