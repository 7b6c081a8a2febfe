"""The public catalogue: the city's products, searched in memory.

A worker keeps names and words of all products (some megabytes for 20,000) and makes them anew when the registry has
changed, which one small query tells. Where goods are on hand and what they cost is in ``offers``.
"""

import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server import schema
from sync.server.aliases import FARTHEST
from sync.server.centre import Centre

ALIKE = 0.45
"""Share of a mistyped word's three-letter pieces that a product must have to be found by it."""
LONGEST_QUERY = 80


class Goods(NamedTuple):
    """A product as everybody may see it; ``price`` in rupiah is the registry's."""

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


class Index:
    """All products that stand for themselves, in the order of their names, ready to be searched."""

    def __init__(self, state: Any, goods: Iterable[Goods], stands_for: dict[str, str]) -> None:
        self.state = state
        self.goods = sorted(goods, key=lambda one: (plain(one.name), one.sku))
        self.by_sku = {one.sku: one for one in self.goods}
        self.stands_for = stands_for
        """SKUs that were merged, and the one that stands for each."""
        self.categories = dict(sorted(Counter(one.category for one in self.goods).items()))
        self._names = [plain(one.name) for one in self.goods]
        self._texts = [f"{name} {plain(f'{g.maker} {g.kelurahan} {g.category} {g.sku} {g.barcode}')}"
                       for name, g in zip(self._names, self.goods, strict=True)]  # fmt: skip
        self._pieces: dict[str, array[int]] = {}
        for place, name in enumerate(self._names):
            for piece in _pieces(name):
                self._pieces.setdefault(piece, array("I")).append(place)

    def find(self, text: str = "", category: str = "", producer: str = "") -> list[Goods]:
        """Products with every word of ``text`` somewhere, the nearest first; what only resembles it where none has."""
        words = plain(text[:LONGEST_QUERY]).split()
        places: Iterable[int] = range(len(self.goods))
        if words:
            places = [at for at, known in enumerate(self._texts) if all(word in known for word in words)]
            places = sorted(places, key=lambda at: self._distance(words, at)) or self._alike("".join(words))
        found = [self.goods[at] for at in places]
        if category:
            found = [one for one in found if one.category == category]
        return [one for one in found if one.producer == producer] if producer else found

    def resembles(self, text: str) -> bool:
        """Whether nothing has every word of ``text``, so that what is found only resembles it."""
        words = plain(text[:LONGEST_QUERY]).split()
        return bool(words) and not any(all(word in known for word in words) for known in self._texts)

    def _distance(self, words: list[str], place: int) -> int:
        name = self._names[place]
        if name.startswith(" ".join(words)):
            return 0
        if all(any(part.startswith(word) for part in name.split()) for word in words):
            return 1
        return 2 if all(word in name for word in words) else 3

    def _alike(self, text: str) -> list[int]:
        wanted = _pieces(text)
        hits = Counter(place for piece in wanted for place in self._pieces.get(piece, ()))
        return [place for place, count in hits.most_common(200) if count >= ALIKE * len(wanted)]


def plain(text: str) -> str:
    """Small letters without accents, words apart by one space."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter))
    return " ".join(kept.split())


def _pieces(text: str) -> set[str]:
    joined = text.replace(" ", "")
    return {joined[at : at + 3] for at in range(max(len(joined) - 2, 1))}


def index_of(centre: Centre, db: Connection) -> Index:
    """The products as the registry has them now, from memory where it has not changed."""
    table = schema.positions
    moved = sa.select(table.c.scope, table.c.value).where(table.c.scope.in_(("producers", "catalogue")))
    state = (centre.timeline, *sorted(tuple(row) for row in db.execute(moved)))
    known: Index | None = centre.stretches.get("catalogue")
    if known is None or known.state != state:
        known = _read(db, state)
        centre.stretches.put("catalogue", known)
    return known


def _read(db: Connection, state: Any) -> Index:
    makers = {row.code: row for row in db.execute(sa.select(schema.producers))}
    rows = db.execute(sa.select(schema.products)).all()
    merged = {row.sku: row.alias_of for row in rows if row.alias_of}
    goods = [_goods(row, makers) for row in rows if not row.alias_of]
    return Index(state, goods, {sku: _end(merged, sku) for sku in merged})


def _goods(row: Any, makers: dict[str, Any]) -> Goods:
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
        bool(maker and maker.halal_no),
        bool(row.e_katalog),
        row.tkdn_bp,
    )


def _end(merged: dict[str, str], sku: str) -> str:
    for _step in range(FARTHEST):
        if sku not in merged:
            break
        sku = merged[sku]
    return sku
