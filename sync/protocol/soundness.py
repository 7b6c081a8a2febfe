"""Facts that the registry takes in: the words and limits of its spreadsheets (``registry_rows``)."""

from typing import Final

from sync.documents.identifiers import is_ean13
from sync.protocol.facts import ProducerFacts, ProductFacts
from sync.protocol.registry_rows import CATEGORIES, PAYOUT_TERMS, PRODUCER_CLASSES, UNITS

LONGEST_LIFE: Final = 10**6
"""Days."""


def unsound(facts: ProducerFacts | ProductFacts) -> str:
    """The name of the first fact that no spreadsheet could bring; empty where all are sound."""
    found = _of_producer(facts) if isinstance(facts, ProducerFacts) else _of_product(facts)
    texts = (name for name in facts.__struct_fields__ if "\0" in str(getattr(facts, name)))
    name = next((name for name, sound in found.items() if not sound), "") or next(texts, "")
    return name.rstrip("_")


def _of_producer(facts: ProducerFacts) -> dict[str, bool]:
    return {
        "business_name": bool(facts.business_name.strip()),
        "class": facts.class_ in PRODUCER_CLASSES,
        "payout_terms": facts.payout_terms in PAYOUT_TERMS,
    }


def _of_product(facts: ProductFacts) -> dict[str, bool]:
    consign, by_share = facts.consign_price, facts.pricing == "komisi"
    return {
        "name": bool(facts.name.strip()),
        "category": facts.category in CATEGORIES,
        "unit": facts.unit in UNITS,
        "barcode": not facts.barcode or is_ean13(facts.barcode),
        "sell_price": facts.sell_price > 0,
        "consign_price": by_share if consign is None else 0 < consign <= facts.sell_price,
        "commission_bp": not by_share or facts.commission_bp is not None,
        "shelf_life_days": facts.shelf_life_days is None or 0 < facts.shelf_life_days <= LONGEST_LIFE,
    }
