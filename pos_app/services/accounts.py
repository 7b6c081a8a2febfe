"""Bank accounts of producers: whether money can be sent to one, without showing it.

An account is personal data (UU 27/2022): here it is told to be there, masked, or given to a transfer list, never more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pos_app.ledger import persons
from pos_app.services import producers

if TYPE_CHECKING:
    from pos_app.services.context import Counter

DIGITS: Final = range(6, 21)
"""How many digits an account of an Indonesian bank may have."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where a producer's money goes; in plain form."""

    number: str
    bank: str
    holder: str

    @property
    def usable(self) -> bool:
        """Whether a bank could take the number, and is named."""
        digits = self.number.replace(" ", "").replace("-", "").replace(".", "")
        return digits.isascii() and digits.isdecimal() and len(digits) in DIGITS and bool(self.bank.strip())

    @property
    def digits(self) -> str:
        """The number as banks take it."""
        return "".join(letter for letter in self.number if letter.isdecimal())


def account(counter: Counter, producer: str) -> Account | None:
    """The account of a producer; None where none is known, the key is missing, or the person was anonymised."""
    found = persons.held(counter.db, "producer", producer)
    if found is None or not found.sealed:
        return None
    personal = producers.person(counter.vault, found.code, found.sealed)
    if personal is None:
        return None
    holder = personal.owner_name or str(found.columns["business_name"])
    return Account(personal.bank_account, personal.bank_name, holder) if personal.bank_account else None


def usable(counter: Counter, producer: str) -> bool:
    """Whether a transfer to a producer is possible."""
    found = account(counter, producer)
    return found is not None and found.usable
