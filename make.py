"""The targets of the Makefile, for every system: ``py make.py run`` on Windows, ``make run`` elsewhere.

Needs Python 3.11 or newer and nothing else; everything besides is installed into ``.venv`` from the lock.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if sys.platform == "win32" else "bin")
PYTHON = BIN / ("python.exe" if sys.platform == "win32" else "python")
LOCK = ROOT / "requirements" / "dev.txt"
STAMP = VENV / ".installed"
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}
SPREAD = ("--numprocesses=auto", "--maxprocesses=4", "--dist=worksteal")
"""Tests run in a process for each core; ``pytest tests/<room>`` runs in one."""
AXE = ("axe-core", "4.14.1")
"""Checks that the centre's pages are accessible (MPL-2.0); tests alone use it, nothing ships it."""
QT_PACKAGES = ("pyside6-essentials", "shiboken6", "qtawesome", "qtpy", "pytest-qt")
CHECKS: dict[str, Sequence[str]] = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "lint-imports": ["lint-imports", "--no-logo"],
}


def call(*command: str | Path, env: dict[str, str] | None = None) -> int:
    """Run a command in the project's folder and return its exit status."""
    sys.stdout.flush()
    return subprocess.run([str(part) for part in command], cwd=ROOT, env={**os.environ, **(env or {})}).returncode


def must(*command: str | Path) -> None:
    """Run a command; end with its exit status when it fails."""
    if status := call(*command):
        sys.exit(status)


def fingerprint() -> str:
    """Changes when what is to be installed changes: lock, package description, Python, folder."""
    import tomllib  # absent before Python 3.11, which main() words better

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    package = json.dumps([settings["project"], settings["tool"]["setuptools"]])
    parts = [LOCK.read_text(encoding="utf-8"), package, sys.version, str(ROOT)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def install() -> int:
    """make .venv with everything the till, the centre and the checks need"""
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == fingerprint():
        return 0
    must(sys.executable, "packaging/system_packages.py")
    if not PYTHON.exists() or call(PYTHON, "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"):
        print("Making .venv ...")
        must(sys.executable, "-m", "venv", "--clear", VENV)
    print("Installing the locked packages; the first time this takes a minute or two ...")
    pip: list[str | Path] = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    must(*pip, "--requirement", LOCK)
    must(*pip, "--no-deps", "--no-build-isolation", "--editable", ".")
    STAMP.write_text(fingerprint(), encoding="utf-8")
    print(f"Ready: {(BIN / 'pojok').relative_to(ROOT)}")
    return 0


def has_display() -> bool:
    """Whether a window can open here."""
    return sys.platform in ("win32", "darwin") or any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY"))


def run() -> int:
    """open the till with a demo corner; without a display, play the demo day into out/demo"""
    install()
    if has_display():
        return call(BIN / "pojok", "run", "--demo")
    out = ROOT / "out" / "demo"
    print("No display here: playing the demo day without one ...")
    if status := call(BIN / "pojok", "demo", "--out", out, env=OFFSCREEN):
        return status
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    print(f"{len(summary['screens'])} pictures of the screens and {len(summary['papers'])} papers are in {out}")
    return 0


def tool(name: str, *arguments: str) -> int:
    """Run a tool of .venv."""
    print(f"== {' '.join([name, *arguments])}")
    return call(BIN / name, *arguments)


def lint() -> int:
    """ruff, mypy and the import contracts"""
    install()
    failed = [name for name, command in CHECKS.items() if tool(*command)]
    if failed:
        print(f"Failed: {', '.join(failed)}")
    return int(bool(failed))


def prepare_pages() -> None:
    """Bring what tests the centre's pages; where it cannot come, those tests are skipped, and fail in CI."""
    call(sys.executable, "packaging/system_packages.py", "--pages")
    name, version = AXE
    description = VENV / "node_modules" / name / "package.json"
    if description.exists() and json.loads(description.read_text(encoding="utf-8"))["version"] == version:
        return
    if npm := shutil.which("npm"):
        options = ("--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
        call(npm, "install", "--prefix", VENV, *options, f"{name}@{version}")


def test(*arguments: str) -> int:
    """every check: lint, then the tests on every core (further arguments go to pytest)"""
    linted = lint()
    prepare_pages()
    print("== pytest")
    return call(PYTHON, "-m", "pytest", *SPREAD, *arguments, env=OFFSCREEN) or linted


def bench(*arguments: str) -> int:
    """measure the figures of docs/benchmarks.md (further arguments go to bench)"""
    install()
    return call(PYTHON, "-m", "bench", *arguments, env=OFFSCREEN)


def torture(*arguments: str) -> int:
    """try to break the ledger for an hour and count it in docs/reliability.md (further arguments go to torture)"""
    install()
    return call(PYTHON, "-m", "tests.torture", *arguments, env=OFFSCREEN)


def proof(*arguments: str) -> int:
    """play thousands of days of consignment and count them in docs/consignment.md (--seconds N)"""
    install()
    return call(PYTHON, "-m", "tests.services.proof", *arguments, env=OFFSCREEN)


def histories(*arguments: str) -> int:
    """a million histories of lost answers, backups and restores, counted in docs/reliability.md (--count N)"""
    install()
    return call(PYTHON, "-m", "tests.histories", *arguments)


def machine(*arguments: str) -> int:
    """tills, network and centre in any order of events, counted in docs/reliability.md (--count N, --seconds N)"""
    install()
    return call(PYTHON, "-m", "tests.exchange_machine", *arguments)


def endpoints(*arguments: str) -> int:
    """100,000 wild requests to every endpoint, counted in docs/reliability.md (--count N, --seconds N)"""
    install()
    return call(PYTHON, "-m", "tests.endpoints", *arguments)


def cursor(*arguments: str) -> int:
    """a million rows by 32 writers on PostgreSQL while tills pull, counted in docs/reliability.md (--count N)"""
    install()
    return call(PYTHON, "-m", "tests.server.exchange.cursor", *arguments)


def exchange(*arguments: str) -> int:
    """an hour of many tills at a faulty line and a centre on PostgreSQL that is killed (--seconds N)"""
    install()
    return call(PYTHON, "-m", "tests.exchange", *arguments)


def load(*arguments: str) -> int:
    """measure what an entry costs the centre on PostgreSQL, for docs/scaling.md (--quick)"""
    install()
    return call(PYTHON, "-m", "bench.load", *arguments)


def openapi() -> int:
    """write docs/openapi.json and docs/protocol-messages.md from the code"""
    install()
    return call(PYTHON, "packaging/openapi.py") or call(PYTHON, "packaging/protocol_messages.py")


def screenshots(*arguments: str) -> int:
    """take the pictures of every screen and page anew, for the manuals and the tests (--check compares, --only NAME)"""
    install()
    taken = call(PYTHON, "-m", "tests.pictures", *arguments, env=OFFSCREEN)
    return taken or (0 if arguments else call(PYTHON, "-m", "tests.server.pages.pictures"))


def bundle() -> int:
    """make the one-folder program dist/pojok and play the demo day with it"""
    install()
    command = ["--noconfirm", "--clean", "--log-level", "WARN", "build.spec"]
    return call(PYTHON, "-m", "PyInstaller", *command) or call(PYTHON, "packaging/check_bundle.py")


def translations() -> int:
    """compile the catalogues of assets/translations"""
    install()
    return call(PYTHON, "packaging/translations.py")


def lock() -> int:
    """resolve requirements/*.txt anew, for Linux, macOS and Windows, and list the licences"""
    install()
    everything = ["--extra", "centre", "--extra", "dev"]
    without_qt = [word for name in QT_PACKAGES for word in ("--no-emit-package", name)]
    targets = {"dev": everything, "till": [], "centre": ["--extra", "centre", *without_qt]}
    with tempfile.TemporaryDirectory() as folder:
        must(sys.executable, "-m", "venv", folder)
        python = Path(folder, PYTHON.relative_to(VENV))
        must(python, "-m", "pip", "install", "--quiet", "uv")
        for name, extras in targets.items():
            options = [
                "--quiet",
                "--universal",
                "--python-version",
                "3.11",
                "--upgrade",
                "--no-header",
                "--no-annotate",
            ]
            pins = [] if name == "dev" else ["--constraint", "requirements/dev.txt"]
            output = ["--no-emit-index-url", "--no-emit-find-links", "-o", f"requirements/{name}.txt"]
            must(python, "-m", "uv", "pip", "compile", "pyproject.toml", *options, *extras, *pins, *output)
    install()
    return call(PYTHON, "packaging/third_party.py")


def clean() -> int:
    """remove what was built and cached; .venv stays"""
    for name in ("build", "dist", "out", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache"):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    return 0


TARGETS: dict[str, Callable[..., int]] = {
    target.__name__: target
    for target in (
        *(install, run, test, lint, bench, torture, proof, histories, machine, endpoints, cursor, exchange, load),
        *(openapi, screenshots, bundle, translations, lock, clean),
    )
}

LONG_RUNS = ("bench", "torture", "proof", "histories", "machine", "endpoints", "cursor", "exchange", "load")
WITH_ARGUMENTS = ("test", *LONG_RUNS, "screenshots")


def help_text() -> str:
    """One line for each target."""
    return "\n".join(f"  {name:<13} {target.__doc__}" for name, target in TARGETS.items())


def main(arguments: Sequence[str]) -> int:
    """Run one target; those of ``WITH_ARGUMENTS`` take further ones."""
    name, *rest = arguments or ["install"]
    if name in ("help", "-h", "--help"):
        print(help_text())
        return 0
    if name not in TARGETS or (rest and name not in WITH_ARGUMENTS):
        print(f"Targets:\n{help_text()}", file=sys.stderr)
        return 2
    return TARGETS[name](*rest)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python may be what started this
        sys.exit("Pojok POS needs Python 3.11 or newer.")
    sys.exit(main(sys.argv[1:]))
