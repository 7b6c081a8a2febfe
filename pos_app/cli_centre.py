"""The commands of the centre, and those by which a till meets it."""

from typing import Any


def add_commands(commands: Any) -> None:
    """Add them to ``pojok``."""
