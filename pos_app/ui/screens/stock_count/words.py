"""What a count is of, in words. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos_app.i18n import _
from pos_app.ledger import registry
from pos_app.services.reporting import category_words

if TYPE_CHECKING:
    from pos_app.ledger.sqlite import Connection
    from pos_app.services.counting import Scope


def scope_words(db: Connection, scope: Scope) -> str:
    """``Rak 1``, ``Makanan``, ``Dapur Satu`` or everything."""
    match scope.kind:
        case "shelf":
            return scope.which
        case "category":
            return category_words(scope.which)
        case "producer":
            return registry.producer_name(db, scope.which) or scope.which
        case _:
            return _("Everything")
