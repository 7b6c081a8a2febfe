"""What docs/deployment.md tells the city's IT to type is what the program takes, and the files it names are there."""

import re
import shlex

import pytest

from pos_app.cli import _parser
from tests.corner import ROOT

PAGE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
CENTRE = sorted(set(re.findall(r"(?:^# |`)(centre [a-z][^`#\n…]*)", PAGE, re.MULTILINE)))
FOLDER = ROOT / "packaging" / "centre"


@pytest.mark.parametrize("line", CENTRE)
def test_each_command_of_the_page_is_one_of_the_program(line: str) -> None:
    words = shlex.split(line)
    given = [*words[:2], "--database", "postgresql:///pojok", *words[2:]]
    _parser(given).parse_args(given)


def test_the_page_shows_the_commands_an_office_needs() -> None:
    assert {line.split()[1] for line in CENTRE} >= {"approve", "code", "init", "key", "revoke", "timeline", "verify"}


def test_every_file_that_the_page_installs_is_there() -> None:
    named = set(re.findall(r"packaging/centre/([\w.@*-]+)", PAGE))
    assert named
    assert [name for name in sorted(named) if not list(FOLDER.glob(name))] == []


@pytest.mark.parametrize("unit", sorted(path.name for path in FOLDER.glob("*.service")))
def test_units_start_what_the_program_has(unit: str) -> None:
    text = (FOLDER / unit).read_text(encoding="utf-8").replace("\\\n", " ")
    command = re.search(r"^ExecStart=(.*)$", text, re.MULTILINE)
    assert command is not None
    words = shlex.split(command[1].replace("${DATABASE}", "postgresql:///pojok"))
    if words[0].endswith("/pojok"):
        _parser(words[1:]).parse_args(words[1:])
    else:
        assert words[0] == "/usr/bin/pgbackrest"
