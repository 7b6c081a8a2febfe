"""Rules of the card about what every receipt says. No Qt."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pos_app.ledger import queries, registry
from pos_app.ledger.sqlite import faults
from pos_app.printing.logo import black_and_white
from pos_app.services.context import Counter
from pos_app.services.papers import CHECK_CODE, LOGO
from pos_app.ui.messages import Message, failure

ADDRESS: Final = "corner.address"
FOOTER: Final = "receipt.footer"


@dataclass(frozen=True, slots=True)
class PaperSettings:
    """What every receipt says beside its figures. ``footer`` may have two lines; ``logo`` is a black and white PNG."""

    address: str
    footer: str
    logo: bytes = b""
    check_code: bool = False


class PaperPresenter:
    """Reads and keeps address, footer and logo."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    def papers(self) -> PaperSettings:
        """As they are set."""

        def get(key: str) -> str:
            return queries.setting(self.counter.db, key, "")

        return PaperSettings(get(ADDRESS), get(FOOTER), base64.b64decode(get(LOGO)), get(CHECK_CODE) == "1")

    def save(self, settings: PaperSettings) -> None:
        """Keeps all of it. Raises the faults of the disk."""
        lines = [line.strip() for line in settings.footer.splitlines()]
        values = {
            ADDRESS: settings.address.strip(),
            FOOTER: "\n".join(line for line in lines if line),
            LOGO: base64.b64encode(settings.logo).decode(),
            CHECK_CODE: "1" if settings.check_code else "",
        }
        with self.counter.ledger.write() as tx:
            for key, value in values.items():
                registry.set_setting(tx.db, key, value)

    def logo_work(self, path: Path) -> Callable[[], bytes]:
        """What a worker does to make a picture file black and white."""

        def work() -> bytes:
            with faults(path):
                content = path.read_bytes()
            return black_and_white(content)

        return work

    def failed_message(self, error: Exception) -> Message:
        """Why a picture was not taken. Errors that are bugs are raised again."""
        return failure(error, str(self.counter.ledger.path))
