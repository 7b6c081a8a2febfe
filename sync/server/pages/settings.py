"""What an administrator sets for the pages, and the names that follow from it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """``address`` is where people reach the centre, as ``https://pojok.example.go.id``; empty without TLS in front."""

    address: str = ""

    @property
    def https(self) -> bool:
        """Whether browsers speak TLS: cookies then travel in nothing else, and browsers are told to stay with it."""
        return self.address.startswith("https://")

    @property
    def session_cookie(self) -> str:
        """The name of the cookie of a session; ``__Host-`` lets no neighbouring site set it."""
        return "__Host-sesi" if self.https else "sesi"

    @property
    def form_cookie(self) -> str:
        """The name of the cookie that forms are compared with."""
        return "__Host-formulir" if self.https else "formulir"
