"""The states of a step in a guide. No Qt."""

from __future__ import annotations

from typing import Literal

State = Literal["done", "now", "open", "later"]
"""Ready, shown now, still to come, left open on purpose."""
