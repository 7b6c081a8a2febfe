"""Tables of the registry work: certificates with their documents, merges, and what the law asks about persons."""

import sqlalchemy as sa

from sync.server.database import schema
from sync.server.database.columns import blob, text, whole

certificates = schema.table(
    "certificates",
    text("id", key=True),
    text("producer"),
    text("kind"),  # of certificates.KINDS
    text("number"),
    text("expires", nullable=True),
    text("document", default=""),  # of certificate_documents
    text("changed_at"),
    text("changed_by"),
    text("removed_at", nullable=True),
    sa.Index("certificates_by_producer", "producer"),
    sa.Index("certificates_by_kind", "kind", "producer"),
)
certificate_documents = schema.table(
    "certificate_documents",
    text("id", key=True),
    text("producer"),
    text("media"),  # application/pdf, image/jpeg, image/png
    whole("size"),
    blob("body"),
    text("made_at"),
    sa.Index("certificate_documents_by_producer", "producer"),
)
merges = schema.table(
    "merges",  # as they were made; taking one back deletes it, the audit keeps both
    text("kind", key=True),
    text("code", key=True),
    text("target"),  # which stood for itself then
    text("goods"),  # JSON: the SKUs of a producer's own goods, or the producer of goods; empty: from an older program
    text("at"),
    text("by"),
)
not_same = schema.table(
    "not_same",  # producers that look like one and are two
    text("first", key=True),
    text("second", key=True),
    text("at"),
    text("by"),
)
person_requests = schema.table(
    "person_requests",  # what persons asked about their data, and when it was answered
    text("id", key=True),
    text("producer"),
    text("what"),  # of duties.REQUESTS
    text("asked_at"),
    text("due_at"),
    text("answered_at", nullable=True),
    text("answer", default=""),
    text("by"),
)
breaches = schema.table(
    "breaches",
    text("id", key=True),
    text("noticed_at"),
    text("due_at"),
    text("what"),
    text("whose"),
    text("measures", default=""),
    text("persons_told_at", nullable=True),
    text("authority_told_at", nullable=True),
    text("changed_at"),
    text("by"),
)
