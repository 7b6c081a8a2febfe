"""Compile every catalogue ``assets/translations/<language>/<room>.po`` to the ``.mo`` beside it.

The compiled files are kept in the repository, so that the program needs no compiler; ``--check`` only tells which of
them no longer match their source.
"""

import io
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).resolve().parent.parent / "assets" / "translations"


def compiled(source: Path) -> bytes:
    """The bytes of the ``.mo`` for one ``.po``; a faulty file raises babel's PoFileError."""
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.name, domain=source.stem, abort_invalid=True)
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def stale(folder: Path = CATALOGUES) -> list[Path]:
    """Sources whose compiled file is missing or different."""
    return [
        source
        for source in sorted(folder.rglob("*.po"))
        if not source.with_suffix(".mo").exists() or source.with_suffix(".mo").read_bytes() != compiled(source)
    ]


def main(arguments: list[str]) -> int:
    """Compile what is stale; with ``--check`` name it and fail instead."""
    sources = stale()
    for source in sources:
        if "--check" in arguments:
            print(f"{source.with_suffix('.mo').name} does not match {source.name}: run make translations")
        else:
            source.with_suffix(".mo").write_bytes(compiled(source))
            print(f"compiled {source.parent.name}/{source.name}")
    return int(bool(sources) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
