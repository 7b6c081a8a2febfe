"""What an administrator sets for the pages, and the names that follow from it."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """``address`` is where people reach the centre, as ``https://pojok.example.go.id``; empty without TLS in front.
    ``secret`` signs what browsers hold for the centre.
    """

    address: str = ""
    secret: str = ""

    @property
    def https(self) -> bool:
        """Whether browsers speak TLS: cookies then travel in nothing else, and browsers are told to stay with it."""
        return self.address.startswith("https://")

    @property
    def session_cookie(self) -> str:
        """The name of the cookie of a session; ``__Host-`` lets no neighbouring site set it."""
        return self._cookie("sesi")

    @property
    def form_cookie(self) -> str:
        """The name of the cookie that forms are compared with."""
        return self._cookie("formulir")

    @property
    def said_cookie(self) -> str:
        """The name of the cookie that carries a sentence to the next page."""
        return self._cookie("kata")

    @property
    def browser_cookie(self) -> str:
        """The name of the cookie by which a browser is known where an officer signed in before."""
        return self._cookie("peramban")

    def _cookie(self, name: str) -> str:
        return f"__Host-{name}" if self.https else name


in_force: ContextVar[Settings] = ContextVar("in_force", default=Settings())  # noqa: B039  it is frozen
"""The settings of the app that answers the request."""
