"""Goal 14: the till's bundle on disk against PyInstaller's default bundle of a bare window, both made now."""

import subprocess
import sys
from pathlib import Path

from bench.measure import Figure
from bench.window import BARE

SPEC = Path(__file__).resolve().parents[1] / "build.spec"


def figures(folder: Path) -> list[Figure]:
    """Sizes in MB, files that links point to counted once."""
    script = folder / "bare_window.py"
    script.write_text(BARE, encoding="utf-8")
    ours = _bundle(folder / "till", SPEC)
    bare = _bundle(folder / "bare", script, "--specpath", str(folder))
    ratio = ours / bare
    text = f"bare window, default bundle: {bare / 1e6:.0f} MB"
    return [Figure("14", "the till's bundle on disk", f"{ours / 1e6:.0f} MB", text, ratio, ratio, ratio, 1.0)]


def _bundle(folder: Path, source: Path, *options: str) -> int:
    places = ["--distpath", str(folder / "dist"), "--workpath", str(folder / "build")]
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", *places, *options]
    subprocess.run([*command, str(source)], check=True, cwd=SPEC.parent)
    files = (path for path in (folder / "dist").rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files)
