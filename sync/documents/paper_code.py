"""The code on a paper: number, amount and the beginning of its entry's hash, for whoever wants to check it later.

A till whose centre is on the internet writes it as an address there, so that the camera of a telephone is enough:

    HTTPS://POJOK.EXAMPLE.GO.ID/C/BP-MTR001A-000199/1404000/7C1AD924B558BCD77226B480

all in capitals, which keeps the symbol small. Any other till writes ``POJOK-B BP-MTR001A-000199 1404000 7C1AD9…``.
Both say the same and are read alike, whatever the centre was called when the paper was printed.
"""

import re
from typing import Final, Literal, NamedTuple

RECEIPT: Final = "POJOK-S"
SLIP: Final = "POJOK-B"
Mark = Literal["POJOK-S", "POJOK-B"]
"""How a code without an address begins."""
PATH: Final = "/C"
"""Below it stand number, amount and hash in an address."""
LETTERS: Final = 24
"""Letters of the hash in an address and on a slip: nobody finds another entry with the same."""
_ADDRESS: Final = re.compile(rf"HTTPS?://[^/\s]+{PATH}/([^/\s]+)/([^/\s]+)/([^/\s]+)/?")
_HOST: Final = re.compile(r"(https://[^/?#\s]+)/?")
_AMOUNT: Final = re.compile(r"[0-9]{1,15}")


class PaperCode(NamedTuple):
    """What a code says: the number in capitals, rupiah (-1 where it says none), the hash or its beginning in small
    letters."""

    number: str
    amount: int
    digest: str

    def agrees(self, amount: int, digest: str) -> bool:
        """Whether it is of the paper with this amount and this hash."""
        return self.amount == amount and len(self.digest) >= LETTERS and digest.startswith(self.digest)


def paper_code(mark: Mark, number: str, amount: int, digest: str, centre: str = "") -> str:
    """The code of a receipt or a slip; ``amount`` in rupiah, ``digest`` the whole hash in hexadecimal, ``centre`` the
    address of the till's centre or empty."""
    start = codes_at(centre)
    if start:
        return f"{start}/{number}/{amount}/{digest[:LETTERS]}".upper()
    return f"{mark} {number} {amount} {digest if mark == RECEIPT else digest[:LETTERS].upper()}"


def codes_at(centre: str) -> str:
    """Where the addresses of codes begin: nowhere for a centre without TLS or below a path of its host, whose letters
    would not bear capitals."""
    host = _HOST.fullmatch(centre)
    return f"{host[1]}{PATH}" if host else ""


def read_paper_code(text: str) -> PaperCode | None:
    """What a scanned code says; None for any other text."""
    words = text.strip().upper().split()
    if len(words) == 1 and (address := _ADDRESS.fullmatch(words[0])):
        parts = list(address.groups())
    elif len(words) == 4 and words[0] in (RECEIPT, SLIP):
        parts = words[1:]
    else:
        return None
    number, amount, digest = parts
    told = amount.replace(".", "")
    return PaperCode(number, int(told) if _AMOUNT.fullmatch(told) else -1, digest.replace("-", "").lower())
