"""The lock files, the pin below PySide6 6.12 and the licences of what is shipped."""

import importlib.metadata
import re
import runpy
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
THIRD_PARTY = runpy.run_path(str(ROOT / "packaging" / "third_party.py"))
LOCKS = {name: ROOT / "requirements" / f"{name}.txt" for name in ("till", "centre", "dev")}
QT = {"pyside6-essentials", "shiboken6", "qtawesome", "qtpy", "pytest-qt"}
ALLOWED_LICENCES = re.compile(
    r"(MIT|MIT-0|MIT-CMU|MIT License|BSD-[23]-Clause|Apache-2\.0|MPL-2\.0|PSF-2\.0|Zlib|Unlicense|LGPL-\S+)"
    r"( (OR|AND) .*)?"
)


def pins(name: str) -> dict[str, str]:
    locked: dict[str, str] = THIRD_PARTY["locked"](LOCKS[name])
    return locked


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(extra: str | None) -> list[Requirement]:
    texts = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    return [Requirement(text) for text in texts]


def test_pyside6_stays_below_6_12() -> None:
    (pyside,) = [requirement for requirement in declared(None) if canonical(requirement.name) == "pyside6-essentials"]
    assert not pyside.specifier.contains("6.12.0", prereleases=True)
    assert not pyside.specifier.contains("6.13")
    below = SpecifierSet("<6.12")
    assert all(pins(lock)[name] in below for lock in ("till", "dev") for name in ("pyside6-essentials", "shiboken6"))
    assert importlib.metadata.version("PySide6-Essentials") in below


def test_the_full_meta_package_of_qt_is_not_pulled_in() -> None:
    assert not {"pyside6", "pyside6-addons"} & pins("dev").keys()


@pytest.mark.parametrize(
    ("lock", "extras"), [("till", [None]), ("centre", ["centre"]), ("dev", [None, "centre", "dev"])]
)
def test_the_lock_answers_every_declared_dependency(lock: str, extras: list[str | None]) -> None:
    locked = pins(lock)
    for requirement in [requirement for extra in extras for requirement in declared(extra)]:
        assert locked[canonical(requirement.name)] in requirement.specifier, str(requirement)


def test_the_locks_agree() -> None:
    everything = pins("dev").items()
    assert pins("till").items() <= everything
    assert pins("centre").items() <= everything


def test_a_centre_installs_without_qt() -> None:
    assert not QT & pins("centre").keys()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index(lock: str) -> None:
    lines = LOCKS[lock].read_text(encoding="utf-8").splitlines()
    assert lines
    assert not [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[\w.+]+( ; [^/]+)?", line)]


def test_the_lock_serves_windows_too() -> None:
    lines = LOCKS["dev"].read_text(encoding="utf-8").splitlines()
    assert any(line.startswith("pywin32-ctypes==") and "win32" in line for line in lines)
    assert all("linux" in line for line in lines if line.startswith(("uvloop==", "httptools==", "secretstorage==")))


def licence_rows() -> dict[tuple[str, str], str]:
    """(package, version) to licence, as THIRD_PARTY.md lists them."""
    text = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    return {
        (name, version): licence
        for name, version, licence in re.findall(r"^\| ([a-z0-9-]+) \| (\S+) \| (.+?) \|", text, re.MULTILINE)
    }


def test_third_party_lists_every_package_that_is_shipped() -> None:
    listed = {row for row in licence_rows() if row[0] != "package"}
    assert listed == set(pins("till").items()) | set(pins("centre").items())


def test_every_listed_licence_goes_with_ours() -> None:
    listed = {name: licence for (name, _version), licence in licence_rows().items() if name != "package"}
    assert not {name: licence for name, licence in listed.items() if not ALLOWED_LICENCES.fullmatch(licence)}
