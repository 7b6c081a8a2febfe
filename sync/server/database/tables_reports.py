"""Tables of figures, made from entries behind the ingest, till by till (``reporter``). They can be made again.

Refunds and reversals count on their own date, negative. A till's corner is that of ``devices``: its first entry binds
it. Codes are those of the documents; that one is an alias of another is looked up when the figures are read.
"""

import sqlalchemy as sa

from sync.server.database.columns import blob, text, whole
from sync.server.database.schema import table

MONEY = ("discount", "total", "share", "commission", "margin")
"""Rupiah of lines: ``total`` is after the discount, ``share`` the producer's part, ``commission`` the corner's part of
goods on consignment, ``margin`` that of bought goods; what is left of ``total`` is the bought goods' cost."""


def _money() -> list[sa.Column[int]]:
    return [whole(name, default=0) for name in MONEY]


reported = table(
    "reported",
    text("device", key=True),
    whole("seq", default=0),  # the last entry that these tables hold
    whole("aside", default=0),  # entries left out, see ``facts.LIGHT`` and ``facts.is_day``
    whole("made", default=0),  # how often they were made anew
)
touched = table(
    "touched",  # what changed since somebody looked: the days of a till with the last entry that changed a figure
    text("device", key=True),
    text("date", key=True),
    whole("seq"),
    sa.Index("touched_by_seq", "device", "seq"),
)
sold = table(
    "sold",
    text("device", key=True),
    text("date", key=True),
    text("sku", key=True),
    text("producer", key=True),
    text("buyer", key=True),  # personal, office
    text("unit", key=True),  # of the office
    whole("lines", default=0),  # of sales
    whole("quantity", default=0),
    *_money(),
    sa.Index("sold_by_producer", "producer", "date"),
    sa.Index("sold_by_sku", "sku", "date"),
)
times = table(
    "times",  # how many documents
    text("device", key=True),
    text("date", key=True),
    text("buyer", key=True),
    whole("sales", default=0),
    whole("refunds", default=0),
)
goods = table(
    "goods",
    text("device", key=True),
    text("date", key=True),
    text("sku", key=True),
    text("producer", key=True),  # empty for what a count found
    text("what", key=True),  # received, returned, written_off, missing, found
    text("reason", key=True),  # of a loss or a return
    whole("quantity", default=0),  # as it moved the stock: negative for what left
    sa.Index("goods_by_date", "date"),
    sa.Index("goods_by_producer", "producer", "date"),
)
paid = table(
    "paid",
    text("device", key=True),
    whole("seq", key=True),
    text("number"),
    text("producer"),
    text("date"),
    text("from_date", nullable=True),
    text("through_date"),
    text("tender"),
    whole("amount"),
    whole("deducted"),
    whole("gross"),
    whole("commission"),
    whole("earned"),
    whole("remaining"),
    text("since", nullable=True),  # the day since which the oldest was owed that it pays
    whole("opened", nullable=True),  # of an opening balance that it pays, how much was owed of it before
    whole("waited", nullable=True),  # days since the oldest was owed that it pays
    whole("taken_back", default=0),  # 0 stands, 1 was taken back; 2 takes one back, with negative amounts
    sa.Index("paid_by_date", "date"),
    sa.Index("paid_by_producer", "producer", "date"),
)
owed_since = table(
    "owed_since",  # what is not cleared of what a till owes producers, by the entry that made it owed
    text("device", key=True),
    text("producer", key=True),
    whole("seq", key=True),  # negative: what this entry cleared beyond all that was owed, with a negative amount
    text("date"),
    whole("amount"),
    whole("opening"),  # 1 for an opening balance
)
owed_otherwise = table(
    "owed_otherwise",  # what neither sales nor payments changed of what producers are owed
    text("device", key=True),
    text("date", key=True),
    text("producer", key=True),
    text("what", key=True),  # bought, losses, opening, debts, other
    whole("amount", default=0),
    sa.Index("owed_otherwise_by_date", "date"),
)
cleared = table(
    "cleared",  # what payments, refunds and the like cleared of it
    text("device", key=True),
    text("producer", key=True),
    whole("seq", key=True),
    blob("what"),
)
papers = table(
    "papers",
    text("device", key=True),
    whole("seq", key=True),
    whole("epoch"),
    text("kind"),
    text("number"),
    text("at"),
    text("date"),
    whole("amount"),
    text("document_id"),
    text("of", default=""),  # the id of the document that it refunds or reverses
    whole("counted", default=1),  # 0 where its figures were left out
    sa.Index("papers_by_number", "number"),
    sa.Index("papers_by_date", "device", "date", "seq"),
    sa.Index("papers_by_original", "of"),
)
shelf_prices = table(
    "shelf_prices",  # what a product costs at a till, as the newest price document there says
    text("device", key=True),
    text("sku", key=True),
    whole("sell_price"),
    text("at", default=""),  # of that document, in UTC
)
