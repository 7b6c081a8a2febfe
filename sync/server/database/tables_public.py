"""Tables behind what is open to everybody: links of producers, their consent to be named, pictures of goods."""

import sqlalchemy as sa

from sync.server.database.columns import blob, text, whole
from sync.server.database.schema import table

producer_links = table(
    "producer_links",
    text("producer", key=True),
    text("token_hash"),
    text("made_at"),
    text("made_by"),
    sa.UniqueConstraint("token_hash"),
)
contact_consents = table(
    "contact_consents",
    text("producer", key=True),
    text("agreed_on"),
    text("recorded_at"),
    text("recorded_by"),
    text("withdrawn_on", nullable=True),
)
product_pictures = table(
    "product_pictures",
    text("sku", key=True),
    text("digest"),
    blob("small"),
    blob("large"),
    whole("width"),  # of the large one
    whole("height"),
    text("made_at"),
    text("made_by"),
)
