"""What the documents show must work as shown."""

import re
from pathlib import Path

import msgspec
import pytest

from pos_app.cli import main
from pos_app.services.script import AnyAction

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = (ROOT / "docs" / "script.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("line", re.findall(r'^\{"do":.*\}$', SCRIPT, re.MULTILINE))
def test_every_action_of_the_script_page_is_understood(line):
    msgspec.json.decode(line, type=AnyAction)


@pytest.mark.parametrize(
    "command", sorted(set(re.findall(r"^(?:.*; do )?\.venv/bin/pojok ([a-z]+)", README, re.MULTILINE)))
)
def test_every_command_of_the_readme_exists(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert command in capsys.readouterr().out
