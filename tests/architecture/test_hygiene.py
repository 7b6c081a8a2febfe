"""What a repository should not hold: paths of one machine, giants, code in ``__init__``, unfinished words."""

import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

from pos_app.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 600
BINARY = {".bin", ".db", ".gz", ".ico", ".mo", ".otf", ".pdf", ".png", ".sqlite", ".ttf", ".wav", ".xlsx", ".zst"}
MACHINE_PATH = re.compile(r"(?<![\w.])/(home|root|Users|work)/\w|[A-Z]:\\+Users\\|\.\./shared")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


@cache
def files() -> list[Path]:
    """Every file of the project: those git knows and those it would take."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    """(name, content) of every text file except this one, which spells out what it looks for."""
    return [
        (path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in files()
        if path.suffix not in BINARY and path != Path(__file__).resolve()
    ]


def test_no_file_names_a_path_of_one_machine() -> None:
    found = [f"{name}: {match.group()}" for name, text in texts() for match in MACHINE_PATH.finditer(text)]
    assert not found


def test_no_program_file_is_longer_than_a_reader_holds() -> None:
    programs = [(name, text) for name, text in texts() if name.endswith(".py") and not name.startswith("tests/")]
    assert not [
        f"{name}: {len(text.splitlines())} lines" for name, text in programs if len(text.splitlines()) > MOST_LINES
    ]


def test_package_files_are_empty() -> None:
    assert not [name for name, text in texts() if name.endswith("__init__.py") and text]


def test_nothing_is_marked_unfinished() -> None:
    programs = [
        (name, text) for name, text in texts() if name.endswith((".py", ".spec", ".toml", ".html", ".js", ".css"))
    ]
    assert not [f"{name}: {match.group()}" for name, text in programs for match in UNFINISHED.finditer(text)]


def test_every_line_ends_in_one_way() -> None:
    assert not [
        path.name for path in files() if path.suffix in {".py", ".md", ".po", ".toml"} and b"\r" in path.read_bytes()
    ]


def test_the_changelog_opens_with_the_version_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    headings = re.findall(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == project["version"] == VERSION


def test_the_readme_has_the_two_commands_and_says_what_was_not_run() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {"make run", "make test", "py make.py run", "py make.py test"} <= {
        line.split("  #")[0].strip() for line in readme.splitlines()
    }
    assert "Windows has not been run yet" in readme
