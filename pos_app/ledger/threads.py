"""The history of one account or of some goods, newest first, without reading that of others.

Every row of ``postings`` and ``stock_movements`` knows the entry before it of the same account or product, and the
running tables know the newest. Parts of statements: a table ``thread`` of what happened after entry ``:after``.
"""

POSTINGS = """
WITH RECURSIVE thread (seq, amount, prior) AS (
    SELECT p.seq, p.amount, p.prior FROM balances b
    CROSS JOIN postings p ON p.seq = b.last_seq AND p.account = b.account
    WHERE b.account = :account AND b.last_seq > :after
    UNION ALL
    SELECT p.seq, p.amount, p.prior FROM thread t CROSS JOIN postings p ON p.seq = t.prior AND p.account = :account
    WHERE t.prior > :after AND t.prior < t.seq
)
"""
"""Entry and amount of every posting to ``:account``."""


def of_goods(skus: str) -> str:
    """Product and entry of everything that moved the products of a subquery."""
    return f"""
WITH RECURSIVE thread (sku, seq) AS (
    SELECT sku, max(last_seq) FROM stock WHERE sku IN ({skus}) GROUP BY sku HAVING max(last_seq) > :after
    UNION
    SELECT m.sku, m.prior FROM thread t CROSS JOIN stock_movements m ON m.seq = t.seq AND m.sku = t.sku
    WHERE m.prior > :after AND m.prior < m.seq
)
"""
