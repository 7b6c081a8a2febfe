"""Tables of what officers do about corners and tills: which are closed and when offices are, remarks, checks, what a
till took over from another; and when each called."""

from sync.server.database.columns import blob, text, whole
from sync.server.database.schema import table

closed_corners = table(
    "closed_corners",
    text("code", key=True),
    text("since"),  # the first day on which it counts no more
    text("officer"),
)
holidays = table(
    "holidays",  # days but Saturdays and Sundays on which offices are closed
    text("date", key=True),
    text("name"),
)
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
finding_remarks = table(
    "finding_remarks",  # of officers on closings and payments whose figures do not follow
    text("device", key=True),
    whole("seq", key=True),  # of the document
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
    text("officer"),  # who asked for it; empty where it was due
    text("found"),
    whole("through", default=0),  # the last entry that it saw
)
checks_asked = table(
    "checks_asked",  # of tills, and those that were begun
    text("device", key=True),
    text("asked_at"),
    text("officer"),
    text("began_at", nullable=True),
)
taken_over = table(
    "taken_over",  # what a revoked till owed to producers: another one owes it now
    text("device", key=True),
    text("by_device"),
    text("at"),
    text("officer"),
)
contacts = table(
    "contacts",  # on which days a till called; the last call of its newest day stands in ``devices``
    text("device", key=True),
    text("date", key=True),
    text("first_at"),
    text("last_at", nullable=True),
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
