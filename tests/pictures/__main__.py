"""``python -m tests.pictures``: takes every picture anew; with ``--check`` compares instead of writing.

``--only TEXT`` takes those whose name contains it.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

NOISE = "does not support propagateSizeHints"
"""What Qt says of windows without a display."""

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def main(arguments: Sequence[str]) -> int:
    """0 when all were taken, or with ``--check`` when none differs."""
    parser = argparse.ArgumentParser(prog="make screenshots")
    parser.add_argument("--check", action="store_true", help="compare with what is kept, write nothing")
    parser.add_argument("--only", default="", help="only pictures whose name contains this")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["POJOK_HOME"] = str(Path(folder) / "home")
        return _take(Path(folder), options.only, check=options.check)


def _take(folder: Path, only: str, *, check: bool) -> int:
    from PySide6.QtCore import qInstallMessageHandler

    from pos_app.ui.application import qt_application
    from tests.pictures import comparing, taking
    from tests.pictures.studio import FONT, has_font
    from tests.pictures.worlds import Worlds

    qInstallMessageHandler(lambda _kind, _where, words: None if NOISE in words else print(words, file=sys.stderr))
    app = qt_application()
    if not has_font():
        print(f"The font {FONT} is not installed (Debian: fonts-noto-core).", file=sys.stderr)
        return 1
    mistakes: list[BaseException] = []
    sys.excepthook = lambda _kind, error, _trace: mistakes.append(error)
    began, shown, bad = time.monotonic(), taking.in_manual(), list[str]()
    wanted = {file: of for file, of in taking.wanted().items() if only in file}
    try:
        for file, picture in taking.take(app, Worlds(folder), wanted.values()):
            place = taking.place_of(file, shown)
            kept = Image.open(place) if place.exists() else None
            if check and (kept is None or comparing.compare(kept, picture).matters):
                bad.append(file)
                comparing.leave_evidence(taking.OUT, Path(file).stem, kept, picture)
            if not check and (kept is None or comparing.compare(kept, picture).matters):
                comparing.save(picture, place)
    finally:
        sys.excepthook = sys.__excepthook__
    if mistakes:
        raise mistakes[0]
    if not check and not only:
        _remove_others(set(wanted), shown)
    size = sum(path.stat().st_size for place in (taking.MANUAL_PICTURES, taking.KEPT) for path in place.glob("*.png"))
    print(f"{len(wanted)} pictures in {time.monotonic() - began:.0f} s; kept are {size / 1e6:.1f} MB")
    for file in bad:
        print(f"differs: {file}; see {taking.OUT.relative_to(taking.ROOT)}", file=sys.stderr)
    return int(bool(bad))


def _remove_others(wanted: set[str], shown: set[str]) -> None:
    """Pictures of scenes that are no more, and those that lie in the other folder now."""
    from tests.pictures import taking

    for place in (taking.MANUAL_PICTURES, taking.KEPT):
        for path in place.glob("*.png"):
            if path.name not in wanted or taking.place_of(path.name, shown) != path:
                path.unlink()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
