"""The bundle leaves nothing out that the till imports: a late import would fail at the counter only."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BEHIND = {"PIL.ImageFont": "PIL._imagingft", "PIL.ImageCms": "PIL._imagingcms", "PIL.ImageTk": "PIL._imagingtk"}
"""Modules that work only with another one that no import names."""
CENTRE = (
    *("pos_app/cli_centre.py", "pos_app/cli_officers.py", "pos_app/cli_persons.py", "pos_app/cli_registry.py"),
    *("pos_app/cli_corners.py", "pos_app/cli_tills.py", "pos_app/demo/"),
)
"""These start a centre, where its packages are installed."""


def excluded() -> set[str]:
    """``EXCLUDED_MODULES`` of the specification, which is Python."""
    tree = ast.parse((ROOT / "build.spec").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "EXCLUDED_MODULES":
            return set(ast.literal_eval(node.value))
    raise AssertionError("the specification has no list of what it leaves out")


def imported(path: Path) -> set[str]:
    """Every module that a file names in an import, and its names as if they were modules."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found | {BEHIND[name] for name in found if name in BEHIND}


FILES = sorted(
    path
    for room in ("pos_app", "sync/client", "sync/documents", "sync/protocol")
    for path in (ROOT / room).rglob("*.py")
    if not path.relative_to(ROOT).as_posix().startswith(CENTRE)
)


@pytest.mark.parametrize("module", ["PIL._imagingft", "serial", "serial.tools.list_ports", "escpos.printer"])
def test_what_printing_needs_is_in_the_bundle(module: str) -> None:
    assert not any(module == left or module.startswith(f"{left}.") for left in excluded())


def test_no_import_of_the_till_is_left_out_of_the_bundle() -> None:
    left_out = excluded()
    missing = [
        (path.relative_to(ROOT).as_posix(), name)
        for path in FILES
        for name in imported(path)
        if any(name == left or name.startswith(f"{left}.") for left in left_out)
    ]
    assert missing == []
