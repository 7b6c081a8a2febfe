"""Rows of the feeds: what the centre says of a producer and of a product. Nothing here identifies a person.

Later versions add fields and words; a till ignores fields that it does not know, and takes words as they are.
``soundness`` says what a centre takes in.
"""

import re
from typing import Annotated, Final, Literal

import msgspec

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Label = Annotated[str, msgspec.Meta(max_length=200)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Count = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
Share = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
Pricing = Literal["titip", "komisi", "putus"]
_LEAP = "[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00"
_DAY = (
    "[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    f"|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:{_LEAP})-02-29"
)
Day = Annotated[str, msgspec.Meta(pattern=rf"^(?!0000)(?:{_DAY})\Z")]
"""A day that there is: 0001-01-01 to 9999-12-31."""


Kind = Literal["producer", "product"]
LETTERS: Final[dict[Kind, str]] = {"producer": "P", "product": "B"}


def is_own_code(corner: str, till: str, kind: Kind, code: str) -> bool:
    """Whether ``code`` is one that this till gives: corner and till, which beginning of its numbers it is (none for the
    first), and a number: ``MTR001A-P01``, ``MTR001A2-B001``.
    """
    series = re.escape(f"{corner.replace('-', '')}{till}")
    return re.fullmatch(rf"{series}[0-9]{{0,9}}-{LETTERS[kind]}[0-9]{{2,9}}", code) is not None


class ProducerFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A producer of the city's registry; ``nib``, ``pirt`` and ``halal_no`` are those of the business."""

    code: Word
    business_name: Title
    kelurahan: Label = ""
    class_: Word = msgspec.field(name="class", default="mikro")
    payout_terms: Word = "mingguan"
    nib: Label = ""
    pirt: Label = ""
    halal_no: Label = ""
    halal_expires: Day | None = None
    joined_on: Day | None = None
    alias_of: Label = ""
    """The code of the producer that this one was found to be; empty for one that stands for itself."""


class ProductFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A product of the catalogue. Prices in rupiah, ``commission_bp`` and ``tkdn_bp`` in hundredths of a percent,
    ``min_stock`` in whole units. Price, terms and minimum stock are a proposal: a corner that has its own keeps it.
    """

    sku: Word
    barcode: Label = ""
    name: Title
    category: Word
    unit: Word
    producer: Word
    pricing: Pricing
    consign_price: Amount | None = None
    commission_bp: Share | None = None
    sell_price: Amount
    shelf_life_days: Count | None = None
    min_stock: Count = 0
    needs_pirt: bool = False
    needs_halal: bool = False
    e_katalog: bool = False
    tkdn_bp: Share | None = None
    alias_of: Label = ""
    """The SKU of the goods that these were found to be; empty for those that stand for themselves."""


FACTS: Final[dict[Kind, type[ProducerFacts] | type[ProductFacts]]] = {
    "producer": ProducerFacts,
    "product": ProductFacts,
}
