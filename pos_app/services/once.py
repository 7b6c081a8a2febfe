"""What is entered once is recorded once, also where a failing disk hid whether the first try was recorded."""

from collections.abc import Callable

from pos_app.domain.errors import RecordedAfterAll, Unsettled
from pos_app.services.context import Counter, Recorded


class Once:
    """One form that becomes a document: a cart, a delivery, a count. It outlives every press of its button."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self._open: tuple[str, object] | None = None

    @property
    def is_open(self) -> bool:
        """Whether what was pressed last may be recorded and the disk hid it: the form must stay as it is until then."""
        return self._open is not None

    def record(self, content: object, write: Callable[[], Recorded]) -> Recorded:
        """Record the form by ``write``; where the try before was recorded after all, that document, with a warning.

        ``content`` is what the form holds. Raises ``RecordedAfterAll`` where it is no longer what was recorded then,
        ``Unsettled`` while nobody can tell, and what ``write`` does.
        """
        earlier = self.earlier(content)
        if earlier is not None:
            return earlier
        before = self.counter.left_open
        try:
            return write()
        except Unsettled as fault:
            self.doubt(content, fault, before)
            raise

    def earlier(self, content: object) -> Recorded | None:
        """The document that the try before became, where ``content`` is what it was; for work on another thread.

        Raises ``RecordedAfterAll`` and ``Unsettled`` as ``record`` does.
        """
        pressed = self._open[1] if self._open is not None else None
        earlier = self.settled()
        if earlier is not None and pressed != content:
            raise RecordedAfterAll(earlier.number, earlier.id, earlier.seq)
        return earlier

    def doubt(self, content: object, fault: Unsettled, before: str = "") -> None:
        """The disk hid whether ``content`` was recorded; ``before`` is what was open already when it was tried."""
        if fault.id != before:
            self._open = (fault.id, content)

    def settled(self) -> Recorded | None:
        """What became of the try that was left open; None where there is none, or it is not recorded.

        Raises ``Unsettled`` while nobody can tell.
        """
        if self._open is None:
            return None
        earlier = self.counter.settled(self._open[0])
        self._open = None
        return earlier
