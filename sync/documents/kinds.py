"""The list of document kinds, and from bytes to document and back."""

from typing import Any, cast

import msgspec

from sync.documents.base import Document, InvalidDocument
from sync.documents.deductions import DeductionCollected, DeductionList
from sync.documents.goods import GoodsReceived, GoodsReturned, StockCount, WriteOff
from sync.documents.money import CashMove, Opening, PriceSet, Settlement, TabPayment
from sync.documents.qris_matched import QrisMatched
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal
from sync.documents.sale import Sale
from sync.documents.shift import ShiftClosed, ShiftOpened

VERSION = 1
"""Version of the document format; additions keep it, changes of meaning raise it."""

KINDS: dict[str, type[Any]] = {
    kind.KIND: kind
    for kind in (
        Sale,
        Refund,
        GoodsReceived,
        GoodsReturned,
        WriteOff,
        StockCount,
        Settlement,
        TabPayment,
        DeductionList,
        DeductionCollected,
        QrisMatched,
        CashMove,
        Opening,
        PriceSet,
        ShiftOpened,
        ShiftClosed,
        Reversal,
    )
}

_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in KINDS.items()}
"""Made while one thread imports this: see ``readiness``."""


class UnknownKind(InvalidDocument):
    """A document of a kind or version that this program does not know."""


def decode(kind: str, version: int, content: bytes | msgspec.Raw) -> Document:
    """The document of ``kind`` in ``content`` (JSON), with its fields validated.

    Raises ``UnknownKind`` or ``InvalidDocument``.
    """
    if kind not in KINDS or version > VERSION:
        raise UnknownKind(f"unknown document: {kind} version {version}")
    try:
        document = cast(Document, _DECODERS[kind].decode(content))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidDocument(str(error)) from None
    document.check()
    return document


def encode(document: Document) -> bytes:
    """The JSON of a document; written once, hashed and sent as it is."""
    return msgspec.json.encode(document)
