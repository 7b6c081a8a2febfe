"""Play the demo day with the built program, in a place that knows nothing of the source, and tell its size."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "dist" / "pojok"
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "WINDIR", "COMSPEC")
SECONDS = 180


def size_in_mb(folder: Path) -> float:
    """What the folder takes on disk, in millions of bytes; links count as links."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_symlink() or path.is_file()) / 1e6


def environment(home: Path) -> dict[str, str]:
    """A user who has nothing but the program: no Python settings, a home of its own."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    own = {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "POJOK_HOME": str(home / "pojok"),
        "QT_QPA_PLATFORM": "offscreen",
    }
    return {**kept, **own}


def faults(out: Path, summary: Mapping[str, object]) -> list[str]:
    """What the demo day did not deliver; empty when all is there."""
    found = []
    if not summary.get("till"):
        found.append("the summary has no figures of the till")
    for kind, least in (("papers", 3), ("screens", 3)):
        names = summary.get(kind)
        files = [out / str(name) for name in names] if isinstance(names, list) else []
        if len(files) < least:
            found.append(f"only {len(files)} {kind}")
        found += [f"missing or empty: {path.name}" for path in files if not path.is_file() or not path.stat().st_size]
    return found


def missing_manual(program: Path) -> list[str]:
    """Pages of the manual, or pictures, that the program does not bring along."""
    pages = {path.name for path in program.rglob("docs/manual/*.md")}
    pictures = {path.name for path in program.rglob("docs/manual/pictures/*.png")}
    wanted = {path.name for path in (ROOT / "docs" / "manual").glob("*.md")}
    shown = {path.name for path in (ROOT / "docs" / "manual" / "pictures").glob("*.png")}
    return [f"the manual lacks {name}" for name in sorted((wanted - pages) | (shown - pictures))]


def main() -> int:
    """0 when the copied program plays its day and every file it names is there."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name).resolve()
        program = shutil.copytree(BUILT, place / "program", symlinks=True) / "pojok"
        home, out = place / "home", place / "out"
        home.mkdir()
        command = [str(program), "demo", "--out", str(out)]
        played = subprocess.run(command, cwd=home, env=environment(home), timeout=SECONDS)
        if played.returncode:
            print(f"bundle: the demo day ended with status {played.returncode}", file=sys.stderr)
            return 1
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
        found = faults(out, summary) + missing_manual(program.parent)
        for fault in found:
            print(f"bundle: {fault}", file=sys.stderr)
        if not found:
            print(f"bundle: {len(summary['papers'])} papers, {len(summary['screens'])} screens")
    print(f"bundle: {size_in_mb(BUILT):.1f} MB in {BUILT.relative_to(BUILT.parent.parent)}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
