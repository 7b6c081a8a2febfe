"""What is told of codes that the centre found to be another one."""

from pos_app.i18n import _
from pos_app.ledger import aliases, queries, registry
from pos_app.ledger.sqlite import Connection
from sync.protocol.facts import Kind


def now_called(db: Connection, kind: Kind, code: str) -> str:
    """Such as *MTR001A-P01 is now P001 Keripik Ranusari*; empty for a code that stands for itself."""
    target = aliases.target(db, kind, code)
    if target == code:
        return ""
    if kind == "producer":
        name = registry.producer_name(db, target) or ""
    else:
        known = queries.product(db, target)
        name = known.name if known else ""
    return _("{code} is now {target}").format(code=code, target=f"{target} {name}".strip())


def once_called(db: Connection, kind: Kind, code: str) -> str:
    """The codes that are this one now, such as *MTR001A-P01 is now P001*; empty for none."""
    codes = aliases.codes_of(db, kind, code)
    return _("{code} is now {target}").format(code=", ".join(codes), target=code) if codes else ""


def owed_under(db: Connection, producer: str) -> str:
    """What to know before paying a producer who is another's alias; empty for one that stands for itself."""
    told = now_called(db, "producer", producer)
    if not told:
        return ""
    return _("{told}. What is owed under {code} is paid here until nothing is left.").format(told=told, code=producer)
