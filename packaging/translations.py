"""Compile ``assets/translations/<language>/<room>.po`` to ``LC_MESSAGES/<room>.mo`` beside it.

The same source gives the same bytes on every machine and day; with ``--check`` nothing is written and stale files
are named with exit status 1.
"""

import io
import sys
from collections.abc import Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).resolve().parent.parent / "assets" / "translations"


class _Steady(Catalog):
    """A catalogue whose header tells neither dates nor the version of the tool; plurals are those of its source."""

    def __init__(self, source: Catalog) -> None:
        self._source = source
        super().__init__(locale=source.locale, charset="utf-8")

    def _header(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale_identifier)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", f"{self._source.plural_forms}\n"),
        ]

    mime_headers = property(_header)


def read(path: Path) -> Catalog:
    """One fragment; a malformed one raises PoFileError."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.name, abort_invalid=True)


def compiled(path: Path) -> bytes:
    """The bytes of the .mo file of one fragment."""
    source = read(path)
    catalog = _Steady(source)
    for message in source:
        if message.id:
            catalog[message.id] = Message(message.id, message.string, flags=message.flags)
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def fragments() -> list[Path]:
    """All .po files, in a steady order."""
    return sorted(TRANSLATIONS.glob("*/*.po"))


def target(path: Path) -> Path:
    """Where the .mo file of a fragment lies."""
    return path.parent / "LC_MESSAGES" / f"{path.stem}.mo"


def stale() -> list[Path]:
    """The .mo files that are missing, differ from their source or have none."""
    wanted = {target(path): path for path in fragments()}
    orphans = [path for path in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.mo")) if path not in wanted]
    return orphans + [mo for mo, po in wanted.items() if not mo.exists() or mo.read_bytes() != compiled(po)]


def main(arguments: Sequence[str]) -> int:
    """Write what is stale, or with ``--check`` name it."""
    found = stale()
    if "--check" in arguments:
        for path in found:
            print(f"stale: {path.relative_to(TRANSLATIONS)}")
        return int(bool(found))
    sources = {target(path): path for path in fragments()}
    for path in found:
        if path in sources:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(compiled(sources[path]))
        else:
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
