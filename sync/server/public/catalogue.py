"""The public catalogue: the city's products, searched in memory.

A worker keeps names and words of all products (some megabytes for 20,000) and makes them anew when the registry has
changed, which one small query tells. Where goods are on hand and what they cost is in ``offers``.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.registry.aliases import FARTHEST
from sync.server.registry.holding import lacking, tkdn_lapsed
from sync.server.registry.marks import papers_state
from sync.server.registry.near import FEW, Vocabulary, plain

LONGEST_QUERY = 80
MOST_SIMILAR = 12
"""Goods that only resemble what was typed, the nearest, where few are called so."""


class Goods(NamedTuple):
    """A product as everybody may see it; ``price`` in rupiah is the registry's. Whether its maker's halal certificate
    and the share of local content hold is as of today."""

    sku: str
    name: str
    category: str
    unit: str
    price: int
    barcode: str
    producer: str
    maker: str
    kelurahan: str
    halal: bool
    e_katalog: bool
    tkdn_bp: int | None


class Found(NamedTuple):
    """What was looked for; ``resembling`` says that nothing is called so, and these come near. Where few are called so,
    ``similar`` are others that come near, the nearest first."""

    goods: list[Goods]
    resembling: bool
    similar: list[Goods]


class Index:
    """All products that stand for themselves, in the order of their names, ready to be searched."""

    def __init__(self, state: Any, goods: Iterable[Goods], stands_for: dict[str, str]) -> None:
        self.state = state
        self.goods = sorted(goods, key=lambda one: (plain(one.name), one.sku))
        self.by_sku = {one.sku: one for one in self.goods}
        self.stands_for = stands_for
        """SKUs that were merged, and the one that stands for each."""
        self.categories = dict(sorted(Counter(one.category for one in self.goods).items()))
        self._names = [f" {plain(one.name)}" for one in self.goods]
        self._texts = [f"{name} {plain(f'{g.maker} {g.kelurahan} {g.category} {g.sku} {g.barcode}')}"
                       for name, g in zip(self._names, self.goods, strict=True)]  # fmt: skip
        self._words = Vocabulary(self._texts)

    def find(self, text: str = "", category: str = "", producer: str = "") -> Found:
        """Products with every word of ``text`` somewhere, the nearest first; what only resembles it where none has."""
        words = plain(text[:LONGEST_QUERY]).split()
        places, resembling = self._with(words), False
        if words and not places:
            words, resembling = self._words.corrected(words), True
            places = self._with(words) if words else []
        if words:
            places.sort(key=self._distance(words))
        found, similar = self._of(places, category, producer), list[Goods]()
        if words and not resembling and 0 < len(found) < FEW:
            there = set(places)
            near = [at for at in self._words.resembling(words) if at not in there]
            similar = self._of(near, category, producer)[:MOST_SIMILAR]
        return Found(found, resembling, similar)

    def _of(self, places: list[int], category: str, producer: str) -> list[Goods]:
        found = [self.goods[at] for at in places]
        return [
            one
            for one in found
            if (not category or one.category == category) and (not producer or one.producer == producer)
        ]

    def _with(self, words: list[str]) -> list[int]:
        places = list(range(len(self.goods)))
        for word in words:
            places = [at for at in places if word in self._texts[at]]
        return places

    def _distance(self, words: list[str]) -> Callable[[int], int]:
        """How far the goods at a place are: a name that begins so, words of a name that do, a name, anything else."""
        names, begun, first = self._names, [f" {word}" for word in words], f" {' '.join(words)}"

        def distance(place: int) -> int:
            name = names[place]
            if name.startswith(first):
                return 0
            if all(word in name for word in begun):
                return 1
            return 2 if all(word in name for word in words) else 3

        return distance


def index_of(centre: Centre, db: Connection) -> Index:
    """The products as the registry has them now, from memory where it has not changed."""
    table, today = schema.positions, centre.today()
    goods = sa.select(table.c.value).where(table.c.scope == "catalogue")
    state = (today, db.execute(goods).scalar_one(), *papers_state(db))
    found: Index = centre.stretches.made("catalogue", state, lambda: _read(db, state, today))
    return found


def _read(db: Connection, state: Any, today: str) -> Index:
    makers = {row.code: row for row in db.execute(sa.select(schema.producers))}
    holds = sa.select(schema.producers.c.code).where(sa.not_(lacking("halal", today)))
    halal = set(db.execute(holds).scalars())
    lapsed = set(db.execute(tkdn_lapsed(today)).scalars())
    rows = db.execute(sa.select(schema.products)).all()
    merged = {row.sku: row.alias_of for row in rows if row.alias_of}
    goods = [_goods(row, makers, halal, lapsed) for row in rows if not row.alias_of]
    return Index(state, goods, {sku: _end(merged, sku) for sku in merged})


def _goods(row: Any, makers: dict[str, Any], halal: set[str], lapsed: set[str]) -> Goods:
    """``halal``: makers with a certificate that holds; ``lapsed``: those whose TKDN certificates hold no longer."""
    code = row.producer
    for _step in range(FARTHEST):
        if code not in makers or not makers[code].alias_of:
            break
        code = makers[code].alias_of
    maker = makers.get(code)
    return Goods(
        row.sku,
        row.name,
        row.category,
        row.unit,
        row.sell_price,
        row.barcode,
        code,
        maker.business_name if maker else "",
        maker.kelurahan if maker else "",
        code in halal,
        bool(row.e_katalog),
        None if code in lapsed else row.tkdn_bp,
    )


def _end(merged: dict[str, str], sku: str) -> str:
    for _step in range(FARTHEST):
        if sku not in merged:
            break
        sku = merged[sku]
    return sku
