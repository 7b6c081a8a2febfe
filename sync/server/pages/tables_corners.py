"""Tables of what officers do about tills: remarks on entries in quarantine, and the last check of each till."""

from sync.server.columns import blob, text, whole
from sync.server.schema import table

remarks = table(
    "remarks",  # of officers on entries in quarantine; nothing is changed or deleted
    text("device", key=True),
    whole("epoch", key=True),
    whole("seq", key=True),
    whole("place", key=True),
    text("at"),
    text("officer"),
    text("state"),  # open, done
    text("note"),
)
till_checks = table(
    "till_checks",
    text("device", key=True),
    text("checked_at"),
    text("officer"),
    text("found"),
)
stick_files = table(
    "stick_files",  # that officers loaded, with the reply for the till
    text("id", key=True),
    text("at"),
    text("officer"),
    text("name"),
    text("said"),
    blob("reply", nullable=True),  # until it is out of date
)
