"""Threads that are the first to decode a struct at once find it looked through: otherwise the process would end."""

import subprocess
import sys

from tests.corner import ROOT

LOOK = "import msgspec, msgspec._utils\nfrom sync.documents.kinds import KINDS\n"
NO_MORE = """
def refuse(*given):
    raise RuntimeError("looked through too late")
msgspec._utils.get_class_annotations.__code__ = refuse.__code__
"""
DOCUMENTS = "for kind in KINDS.values():\n    msgspec.json.Decoder(kind)\n"
APP = """
from sync.server.app import create_app
from sync.server.centre import init_centre
init_centre("sqlite:///centre.db")
create_app("sqlite:///centre.db")
"""
EVERY = """
def every(kind):
    for one in kind.__subclasses__():
        yield one
        yield from every(one)
kinds = [one for one in every(msgspec.Struct) if one.__module__.startswith("sync.")]
for kind in kinds:
    msgspec.json.Decoder(kind)
assert len(kinds) > 60, len(kinds)
"""
FRESH = "class Fresh(msgspec.Struct):\n    a: int\nmsgspec.json.Decoder(Fresh)\n"


def run(script: str, folder: object) -> "subprocess.CompletedProcess[str]":
    path = {"PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", script], cwd=str(folder), env=path, capture_output=True, text=True)


def test_documents_are_looked_through_once_they_are_imported(tmp_path) -> None:
    done = run(LOOK + NO_MORE + DOCUMENTS, tmp_path)
    assert done.returncode == 0, done.stderr


def test_everything_the_centre_decodes_is_looked_through_before_it_serves(tmp_path) -> None:
    done = run(LOOK + APP + NO_MORE + EVERY, tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_struct_that_nobody_looked_through_is_seen(tmp_path) -> None:
    assert "looked through too late" in run(LOOK + NO_MORE + FRESH, tmp_path).stderr
