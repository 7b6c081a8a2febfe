"""Rows of the feeds: what the centre says of a producer and of a product. Nothing here identifies a person.

Later versions add fields; a till ignores those it does not know.
"""

import re
from typing import Annotated, Final, Literal

import msgspec

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Label = Annotated[str, msgspec.Meta(max_length=200)]
Whole = Annotated[int, msgspec.Meta(ge=0, le=10**15)]
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]


Kind = Literal["producer", "product"]
LETTERS: Final[dict[Kind, str]] = {"producer": "P", "product": "B"}


def is_own_code(corner: str, till: str, kind: Kind, code: str) -> bool:
    """Whether ``code`` is one that this till gives: corner and till, which beginning of its numbers it is (none for the
    first), and a number: ``MTR001A-P01``, ``MTR001A2-B001``.
    """
    series = re.escape(f"{corner.replace('-', '')}{till}")
    return re.fullmatch(rf"{series}[0-9]{{0,3}}-{LETTERS[kind]}[0-9]{{2,9}}", code) is not None


class ProducerFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A producer of the city's registry; ``nib``, ``pirt`` and ``halal_no`` are those of the business."""

    code: Word
    business_name: Label
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
    name: Label
    category: Word
    unit: Word
    producer: Word
    pricing: Word
    consign_price: Whole | None = None
    commission_bp: Whole | None = None
    sell_price: Whole
    shelf_life_days: Whole | None = None
    min_stock: Whole = 0
    needs_pirt: bool = False
    needs_halal: bool = False
    e_katalog: bool = False
    tkdn_bp: Whole | None = None
    alias_of: Label = ""
    """The SKU of the goods that these were found to be; empty for those that stand for themselves."""
