"""The simulated power cut itself: what it keeps, what it may lose, and that it finds a till that does not sync."""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.torture.disk import ROOT, Disk, Names, Resize, Step, Sync, Write, image
from tests.torture.recording import Recording
from tests.torture.scenario import Broken, NotHere, Round, Zygotes
from tests.torture.scenarios import power_cuts

FILE, FOLDER = 1, 2
WRITES = """
import os, sys
with open(sys.argv[1], "a+b") as file:
    file.write(b"abc")
os.rename(sys.argv[1], sys.argv[1] + "2")
print("done")
"""
OLD, NEW = b"o" * 8_192, b"n" * 8_192


@pytest.fixture(scope="module")
def zygotes() -> Iterator[Zygotes]:
    made = Zygotes()
    yield made
    made.close()


def disk() -> Disk:
    """One file ``a`` with old content, and a folder without a name yet."""
    made = Disk()
    made.file(made.new()).extend(OLD)
    made.folder(ROOT)["a"] = FILE
    made.new(folder=True)
    return made


def contents(*steps: Step) -> set[bytes]:
    """Everything that ``a`` may hold after these steps; None becomes nothing."""
    return {image(disk(), steps, random.Random(seed)).files().get("a") or b"" for seed in range(600)}


def test_a_write_that_was_synced_is_there() -> None:
    assert contents(Write(FILE, 0, NEW), Sync(FILE)) == {NEW}


def test_a_write_after_the_sync_may_be_there_missing_or_torn_at_sectors() -> None:
    found = contents(Sync(FILE), Write(FILE, 0, NEW))
    assert {OLD, NEW} < found
    assert all(len({one[at : at + 512] for one in found} - {OLD[:512], NEW[:512]}) == 0 for at in range(0, 8_192, 512))
    assert OLD[:512] + NEW[:512] in {one[:1_024] for one in found}


def test_later_writes_may_be_there_without_earlier_ones() -> None:
    found = contents(Write(FILE, 0, b"1" * 512), Write(FILE, 512, b"2" * 512))
    assert b"o" * 512 + b"2" * 512 in {one[:1_024] for one in found}


def test_a_file_may_be_longer_without_what_was_written_there() -> None:
    found = contents(Write(FILE, 8_192, b"n" * 512))
    assert {len(one) for one in found} == {8_192, 8_704}
    assert OLD + bytes(512) in found


def test_a_file_that_was_emptied_may_be_empty_until_it_is_synced() -> None:
    steps = (Resize(FILE, 0), Write(FILE, 0, NEW))
    assert {b"", OLD, NEW} <= contents(*steps)
    assert contents(*steps, Sync(FILE)) == {NEW}


def test_a_new_name_needs_its_folder_synced() -> None:
    renamed = Names(ROOT, (("a", None), ("b", FILE)))
    names = {tuple(image(disk(), [renamed, Sync(FILE)], random.Random(seed)).files()) for seed in range(100)}
    assert names == {("a",), ("b",)}
    assert {tuple(image(disk(), [renamed, Sync(ROOT)], random.Random(seed)).files()) for seed in range(100)} == {("b",)}


def test_what_lies_in_a_folder_is_lost_with_the_name_of_the_folder() -> None:
    steps = [Names(ROOT, (("f", FOLDER),)), Names(FOLDER, (("x", FILE),)), Sync(FOLDER)]
    names = {tuple(image(disk(), steps, random.Random(seed)).files()) for seed in range(100)}
    assert names == {("a",), ("a", "f", "f/x")}


on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="strace is of Linux")


@on_linux
def test_a_recording_accounts_for_every_byte(tmp_path: Path) -> None:
    folder = tmp_path / "area"
    folder.mkdir()
    (tmp_path / "writes.py").write_text(WRITES, encoding="utf-8")
    try:
        recording = Recording(folder)
        told = recording.run(folder / "file", environment={"PYTHONPATH": str(tmp_path)}, module="writes")
    except NotHere as reason:
        pytest.skip(str(reason))
    assert told == b"done\n"
    on_disk = image(recording.start, [*recording.steps, Sync(ROOT), Sync(FILE)], random.Random(1))
    assert on_disk.files() == {"file2": b"abc"}


@on_linux
@pytest.mark.parametrize("synchronous", [0, 1], ids=["off", "normal"])
def test_a_till_that_does_not_wait_for_the_disk_is_found_to_lose_sales(
    synchronous: int, tmp_path: Path, zygotes: Zygotes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNCHRONOUS", str(synchronous))
    round_ = Round(7, tmp_path, zygotes, short=True)
    try:
        with pytest.raises(Broken, match=r"answered .* found None"):
            power_cuts.selling(round_, length=30, count=200, module="tests.torture.careless")
    except NotHere as reason:
        pytest.skip(str(reason))
