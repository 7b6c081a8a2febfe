"""The targets, the check of the bundle and the list of system packages."""

import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKE = runpy.run_path(str(ROOT / "make.py"))
CHECK_BUNDLE = runpy.run_path(str(ROOT / "packaging" / "check_bundle.py"))
SYSTEM = runpy.run_path(str(ROOT / "packaging" / "system_packages.py"))
OWN = f"libpython{sys.version_info.major}.{sys.version_info.minor}"
NEEDED = [*SYSTEM["QT"], *SYSTEM["BUNDLING"], *SYSTEM["TORTURE"], OWN]
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="dpkg is Debian's")


def test_makefile_and_make_py_have_the_same_targets() -> None:
    (listed,) = re.findall(r"^TARGETS := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(listed.split()) == {*MAKE["TARGETS"], "help"}


def test_help_has_a_line_for_each_target(capsys: pytest.CaptureFixture[str]) -> None:
    assert MAKE["main"](["help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(MAKE["TARGETS"])
    assert all(len(line.split()) > 2 for line in lines)


def test_an_unknown_target_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert MAKE["main"](["fly"]) == 2
    assert "install" in capsys.readouterr().err


@pytest.mark.parametrize(("display", "wayland", "opens"), [(":0", "", True), ("", "wayland-0", True), ("", "", False)])
@on_linux
def test_a_window_needs_a_display(monkeypatch: pytest.MonkeyPatch, display: str, wayland: str, opens: bool) -> None:
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("WAYLAND_DISPLAY", wayland)
    assert MAKE["has_display"]() is opens


def fake_dpkg(monkeypatch: pytest.MonkeyPatch, names: list[str]) -> None:
    output = "".join(f"installed {name}\n" for name in names) + "config-files libgl1\n"
    answer = subprocess.CompletedProcess([], 0, stdout=output)
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_options: answer)


@on_linux
def test_installed_system_packages_are_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    renamed = ["libglib2.0-0t64" if name == "libglib2.0-0" else name for name in NEEDED]
    fake_dpkg(monkeypatch, renamed)
    assert SYSTEM["missing_packages"]() == []


@on_linux
def test_a_removed_system_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_dpkg(monkeypatch, [name for name in NEEDED if name != "libgl1"])
    assert SYSTEM["missing_packages"]() == ["libgl1"]


@on_linux
def test_a_browser_that_is_there_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_dpkg(monkeypatch, ["libatomic1"])
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name in ("google-chrome", "npm") else None)
    assert SYSTEM["missing_for_pages"]() == []
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    fake_dpkg(monkeypatch, [])
    assert SYSTEM["missing_for_pages"]() == ["chromium", "libatomic1", "npm"]


def delivered(out: Path) -> dict[str, object]:
    names = {"papers": ["z.pdf", "slip.pdf", "receipt.bin"], "screens": ["sell.png", "pay.png", "login.png"]}
    for name in [*names["papers"], *names["screens"]]:
        (out / name).write_bytes(b"x")
    return {"till": {"sales": 60}, **names}


def test_a_complete_demo_day_has_no_faults(tmp_path: Path) -> None:
    assert CHECK_BUNDLE["faults"](tmp_path, delivered(tmp_path)) == []


def test_a_missing_paper_an_empty_picture_and_absent_figures_are_faults(tmp_path: Path) -> None:
    summary = {**delivered(tmp_path), "till": None}
    (tmp_path / "z.pdf").unlink()
    (tmp_path / "pay.png").write_bytes(b"")
    assert CHECK_BUNDLE["faults"](tmp_path, summary) == [
        "the summary has no figures of the till",
        "missing or empty: z.pdf",
        "missing or empty: pay.png",
    ]


def test_the_size_of_a_folder_is_in_millions_of_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 1_500_000)
    assert CHECK_BUNDLE["size_in_mb"](tmp_path) == pytest.approx(1.5)


def test_the_bundled_program_starts_without_the_settings_of_this_python(tmp_path: Path) -> None:
    environment = CHECK_BUNDLE["environment"](tmp_path)
    assert not [name for name in environment if name.startswith(("PYTHON", "VIRTUAL_ENV"))]
    assert environment["POJOK_HOME"].startswith(str(tmp_path))


@on_linux
def test_without_the_right_to_install_one_sentence_names_the_packages(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    inside = SYSTEM["main"].__globals__
    monkeypatch.setitem(inside, "missing_packages", lambda: ["libegl1", "libgl1"])
    monkeypatch.setitem(inside, "as_root", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert SYSTEM["main"]() == 0
    assert capsys.readouterr().out == "Please install these system packages: sudo apt-get install libegl1 libgl1\n"


@on_linux
def test_missing_packages_are_installed_where_that_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = SYSTEM["main"].__globals__
    missing = ["libgl1", "postgresql"]
    commands: list[list[str]] = []

    def installs(command: list[str], **_options: object) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        if "libgl1" in command:
            missing.clear()
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setitem(inside, "missing_packages", lambda: list(missing))
    monkeypatch.setitem(inside, "as_root", lambda: ["sudo", "-n"])
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(subprocess, "run", installs)
    assert SYSTEM["main"]() == 0
    assert commands[0][-3:] == ["apt-get", "update", "-qq"]
    assert commands[1][-1] == "postgresql-common"
    assert commands[2][:3] == ["sudo", "-n", "sed"], "no cluster is made when the next one runs"
    assert commands[3][-2:] == ["libgl1", "postgresql"]


@on_linux
def test_without_venv_the_install_stops_with_the_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = SYSTEM["main"].__globals__
    monkeypatch.setitem(inside, "missing_packages", lambda: ["python3.11-venv"])
    monkeypatch.setitem(inside, "as_root", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert SYSTEM["main"]() == 1


def test_a_bundle_without_its_manual_is_told(tmp_path: Path) -> None:
    missing = CHECK_BUNDLE["missing_manual"]
    assert "the manual lacks index.md" in missing(tmp_path)
    shutil.copytree(ROOT / "docs" / "manual", tmp_path / "_internal" / "docs" / "manual")
    assert missing(tmp_path) == []
