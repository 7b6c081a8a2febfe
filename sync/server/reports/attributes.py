"""What tills and goods of the figures are now: the registry as tables by their numbers, for grouping and filtering."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.corners.standing import kelurahan_of
from sync.server.database import schema
from sync.server.registry.aliases import FARTHEST
from sync.server.reports.blocks import Chosen, Codes, Numbered, codes

SIDES: Final = {
    "corner": "device",
    "kind": "device",
    "place": "device",
    "producer": "item",
    "kelurahan": "item",
    "class": "item",
    "terms": "item",
    "category": "item",
    "product": "item",
    "tkdn": "item",
    "ekatalog": "item",
}
"""Where what is asked about stands: with the till, or with the goods and who makes them. ``tkdn`` is the producer on
whose certificate the share of local content rests: whether it holds today tells ``holding.tkdn_lapsed``."""
OF_GOODS: Final = ("category", "product", "tkdn", "ekatalog")
SCOPES: Final = ("producers", "catalogue", "corner")
"""Feeds whose positions tell that the registry changed."""
Item = tuple[str, str]
"""SKU and producer, as documents name them."""


class Group(NamedTuple):
    """What numbers stand for: the place of each in ``labels``."""

    places: Codes
    labels: list[str]


class Attributes:
    """The registry at one moment; ``version`` tells it from others."""

    def __init__(self, db: Connection, version: object, corners: Mapping[str, str]) -> None:
        """``corners``: of every till."""
        self.version = version
        kinds, makers, goods = schema.corners, schema.producers, schema.products
        self._corners = dict(corners)
        offices = sa.select(*(kinds.c[name] for name in ("code", "name", "kind", "address")))
        self._kinds = {row.code: row for row in db.execute(offices)}
        names = ("code", "business_name", "kelurahan", "class", "payout_terms", "alias_of")
        self._makers = {row.code: row for row in db.execute(sa.select(*(makers.c[name] for name in names)))}
        told = ("sku", "name", "category", "producer", "tkdn_bp", "e_katalog", "alias_of")
        self._goods = {row.sku: row for row in db.execute(sa.select(*(goods.c[name] for name in told)))}
        self._groups: dict[str, Group] = {}
        self._chosen: dict[tuple[str, str], Chosen] = {}
        self._tills: dict[tuple[tuple[str, str], ...], list[str]] = {}
        self._names: dict[str, dict[str, str]] = {
            "corner": {code: row.name for code, row in self._kinds.items()},
            "producer": {code: row.business_name for code, row in self._makers.items()},
            "product": {sku: row.name for sku, row in self._goods.items()},
        }

    def name(self, by: str, key: str) -> str:
        """What people call a corner, a producer or a product; empty where the registry does not know it."""
        return self._names.get(by, {}).get(key, "")

    @cached_property
    def producers(self) -> dict[str, str]:
        """Every code of a producer that the registry knows, with the one that stands for it now."""
        return {code: _chain(self._makers, code)[-1] for code in self._makers}

    def group(self, by: str, devices: Numbered[str], items: Numbered[Item]) -> Group:
        """What each till or item is, asked by ``by``."""
        known: Numbered[Any] = devices if SIDES[by] == "device" else items
        found = self._groups.get(by)
        if found is None or len(found.places) < len(known):
            labels, label = Numbered[str](), self._label(by)
            places = codes(labels.of(label(one)) for one in known.known[:])
            found = self._groups[by] = Group(places, labels.known)
        return found

    def chosen(self, by: str, value: str, devices: Numbered[str], items: Numbered[Item]) -> Chosen:
        """Which tills or items a filter leaves: of a producer or a product also what was merged into it."""
        known = devices if SIDES[by] == "device" else items
        found = self._chosen.get((by, value))
        if found is None or len(found) < len(known):
            if by in ("producer", "product"):
                found = np.array([self.agrees(by, value, item) for item in items.known[:]], np.bool_)
            else:
                group = self.group(by, devices, items)
                found = np.array([label == value for label in group.labels], np.bool_)[group.places]
            self._chosen[by, value] = found
        return found

    def tills(self, filters: tuple[tuple[str, str], ...]) -> list[str]:
        """The tills that filters leave, each a name and a value."""
        found = self._tills.get(filters)
        if found is None:
            every = (till for till in self._corners if all(self.agrees(by, value, till) for by, value in filters))
            found = self._tills[filters] = list(every)
        return found

    def agrees(self, by: str, value: str, one: Any) -> bool:
        """Whether a filter leaves a till or an item."""
        if by in ("producer", "product"):
            table, code = (self._makers, self._maker(one)) if by == "producer" else (self._goods, one[0])
            return value in _chain(table, code)
        return self.label(by, one) == value

    def label(self, by: str, one: Any) -> str:
        """What a till or an item is, asked by ``by``; empty where the registry does not know it."""
        return self._label(by)(one)

    def _label(self, by: str) -> Callable[[Any], str]:
        if by == "corner":
            return lambda device: self._corners.get(device, "")
        if by == "kind":
            return lambda device: _value(self._kinds, self._corners.get(device, ""), "kind")
        if by == "place":
            return lambda device: kelurahan_of(_value(self._kinds, self._corners.get(device, ""), "address"))
        if by == "producer":
            return lambda item: _chain(self._makers, self._maker(item))[-1]
        if by == "product":
            return lambda item: _chain(self._goods, item[0])[-1]
        if by == "category":
            return lambda item: _value(self._goods, _chain(self._goods, item[0])[-1], by)
        if by == "tkdn":
            return lambda item: self._certified(_chain(self._goods, item[0])[-1])
        if by == "ekatalog":
            return lambda item: by if _value(self._goods, _chain(self._goods, item[0])[-1], "e_katalog") else ""
        column = "payout_terms" if by == "terms" else by
        return lambda item: _value(self._makers, _chain(self._makers, self._maker(item))[-1], column)

    def _maker(self, item: Item) -> str:
        """Whose goods they are; those that a count found are of whom the registry says."""
        return item[1] or _value(self._goods, _chain(self._goods, item[0])[-1], "producer")

    def _certified(self, sku: str) -> str:
        """Whose certificate tells the share of local content of these goods; empty where none is told."""
        row = self._goods.get(sku)
        return "" if row is None or row.tkdn_bp is None else _chain(self._makers, row.producer)[-1]


def _chain(table: Mapping[str, Any], code: str) -> list[str]:
    """``code`` and what it was merged into, the one that stands last."""
    chain = [code]
    for _step in range(FARTHEST):
        row = table.get(chain[-1])
        if row is None or not row.alias_of:
            break
        chain.append(row.alias_of)
    return chain


def _value(table: Mapping[str, Any], code: str, column: str) -> str:
    return getattr(table[code], column) or "" if code in table else ""
