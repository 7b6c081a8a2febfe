"""What a failure of the database means: whether to try the same again, and what an administrator does about it."""

import sqlalchemy as sa

from sync.server.errors import CentreError

PASSING = {"08", "0A", "25", "40", "53", "55", "57", "58"}
"""Classes of PostgreSQL's errors that say nothing against what was asked: connection, what this server does not do (a
standby), state of the transaction, conflict with another one, resources, locks, an administrator, the system below."""
REASONS = {
    "0A000": "only_reads",
    "25006": "only_reads",
    "53100": "disk_full",
    "55P03": "database_busy",
    "57014": "database_busy",
    "42501": "no_rights",
    "SQLITE_READONLY": "only_reads",
    "SQLITE_FULL": "disk_full",
    "SQLITE_BUSY": "database_busy",
    "SQLITE_LOCKED": "database_busy",
    "SQLITE_CANTOPEN": "no_file",
    "SQLITE_NOTADB": "not_a_centre",
}
"""What an administrator is told by the state (PostgreSQL) or the name (SQLite, without what follows) of an error."""


def database_error(error: sa.exc.SQLAlchemyError) -> CentreError:
    """What to tell an administrator of a failure of the database."""
    cause = error.__cause__ or error
    reason = str(cause).partition("\n")[0]
    state = getattr(cause, "sqlstate", None)
    if type(cause).__module__.startswith("psycopg") and state is None:
        return CentreError("no_server", reason=reason)
    name = state or "_".join(getattr(cause, "sqlite_errorname", "").split("_")[:2])
    return CentreError(REASONS.get(name, "database_failed"), reason=reason)


def unavailable(error: sa.exc.SQLAlchemyError) -> bool:
    """Whether the same again may work later: the database is locked, full, gone, or chose another transaction."""
    if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.TimeoutError):
        return True
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return state[:2] in PASSING
