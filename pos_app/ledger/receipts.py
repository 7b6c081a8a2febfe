"""Finding sales again: by number, by amount, by day, by what was sold. Amounts in rupiah, days as ISO dates."""

from collections.abc import Sequence
from typing import Final

from pos_app.ledger.sqlite import Connection

FAR_BACK: Final = 100_000
"""Entries that a search looks through, newest first: about a year of a busy counter."""
TODAY: Final = 2_000
"""Entries among which a day's own are looked for."""


def series_of(db: Connection, prefix: str) -> list[str]:
    """The series of numbers that begin with ``prefix`` (``ST-MTR001A``): one for each beginning of the till."""
    found: list[str] = []
    after = prefix
    while True:
        row = db.execute("SELECT min(number) FROM documents WHERE number >= ?", (after,)).fetchone()
        series = row[0].rpartition("-")[0] if row[0] else ""
        if not series.startswith(prefix):
            return found
        found.append(series)
        after = f"{series}."  # the character after the hyphen ends the series


def ending(db: Connection, digits: str, day: str, limit: int = 10) -> list[str]:
    """Numbers of this day's sales that end with these digits, newest first."""
    rows = db.execute(
        "SELECT number FROM (SELECT number, kind, date FROM documents ORDER BY seq DESC LIMIT :far)"
        " WHERE kind = 'sale' AND date = :day AND substr(number, -:length) = :digits LIMIT :limit",
        {"far": TODAY, "day": day, "length": len(digits), "digits": digits, "limit": limit},
    )
    return [row[0] for row in rows]


def matching(
    db: Connection,
    *,
    amount: int | None = None,
    days: tuple[str, str] | None = None,
    goods: Sequence[Sequence[str]] = (),
    limit: int = 30,
) -> list[str]:
    """Numbers of sales of that amount, between two days, with one SKU of each group; newest first."""
    conditions, parameters = ["kind = 'sale'"], {"far": FAR_BACK, "limit": limit}
    values: dict[str, object] = dict(parameters)
    if amount is not None:
        conditions.append("amount = :amount")
        values["amount"] = amount
    if days is not None:
        conditions.append("date BETWEEN :first AND :last")
        values["first"], values["last"] = days
    for number, skus in enumerate(goods):
        places = [f":sku{number}_{place}" for place in range(len(skus))]
        conditions.append(
            f"EXISTS (SELECT 1 FROM json_each(movements) m WHERE CAST(m.value ->> 0 AS TEXT) IN ({', '.join(places)}))"
        )
        values |= {f"sku{number}_{place}": sku for place, sku in enumerate(skus)}
    rows = db.execute(
        "SELECT number FROM documents WHERE seq > (SELECT coalesce(max(seq), 0) FROM documents) - :far"
        f" AND {' AND '.join(conditions)} ORDER BY seq DESC LIMIT :limit",
        values,
    )
    return [row[0] for row in rows]


def refunds_of(db: Connection, sale_number: str) -> list[int]:
    """Entries of the refunds that name a sale, oldest first; also of a sale that another till recorded."""
    rows = db.execute(
        "SELECT seq FROM documents WHERE kind = 'refund' AND kind <> 'sale' AND party = ? ORDER BY seq", (sale_number,)
    )
    return [row[0] for row in rows]


def office_units(db: Connection, limit: int = 40) -> list[str]:
    """Units that have bought for the office lately, the latest first, then those of the staff by name."""
    rows = db.execute(
        "SELECT json_extract(CAST(j.body AS TEXT), '$.doc.buyer.unit') AS unit FROM journal j"
        " WHERE j.seq > (SELECT coalesce(max(seq), 0) FROM journal) - :recent AND j.kind = 'sale'"
        " AND instr(j.body, CAST('\"office\"' AS BLOB)) > 0 ORDER BY j.seq DESC",
        {"recent": TODAY},
    )
    staff = db.execute("SELECT DISTINCT unit FROM staff WHERE unit <> '' ORDER BY unit")
    return list(dict.fromkeys(row[0] for row in (*rows, *staff) if row[0]))[:limit]
