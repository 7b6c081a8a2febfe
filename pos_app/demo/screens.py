"""Pictures of the real window through the demo day, at the size of an old office screen."""

from pathlib import Path
from types import TracebackType

from pos_app.services.context import Counter


class Pictures:
    def __init__(self, counter: Counter, folder: Path) -> None:
        folder.mkdir()

    def __enter__(self) -> "Pictures":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def before_opening(self) -> None: ...
    def in_the_middle(self) -> None: ...
    def before_closing(self) -> None: ...
    def after_closing(self) -> None: ...
