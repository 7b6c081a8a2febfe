"""The centre and the callers of the server's own tests."""

from tests.server.conftest import caller, centre, clock, database, journal, made, pattern

__all__ = ["caller", "centre", "clock", "database", "journal", "made", "pattern"]
