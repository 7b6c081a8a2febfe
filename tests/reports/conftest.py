"""A centre on both engines, as the tests of the server have it."""

from tests.server.conftest import centre, clock, database, empty_database, journal, made, pattern  # noqa: F401
