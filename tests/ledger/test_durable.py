"""What is told as kept has its name on the disk too. What a power cut makes of names without: ``tests/torture``."""

import os
import sys
from pathlib import Path

import pytest

from pos_app.ledger.durable import add_line, sync_way, write_whole
from pos_app.ledger.vault import Vault

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux which file was synced")


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files and folders that were synced, in order, by the names they had."""
    found: list[Path] = []
    really = os.fsync

    def fsync(descriptor: int) -> None:
        found.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return found


def test_every_folder_on_the_way_is_synced(tmp_path: Path, synced: list[Path]) -> None:
    folder = tmp_path / "home" / "ledgers"
    folder.mkdir(parents=True)
    sync_way(folder)
    assert synced[:3] == [folder, folder.parent, tmp_path]


def test_a_small_file_is_replaced_whole(tmp_path: Path, synced: list[Path]) -> None:
    note = tmp_path / "note"
    note.write_text("1", encoding="utf-8")
    write_whole(note, "2")
    assert note.read_text(encoding="utf-8") == "2"
    assert synced == [tmp_path / "note.new", tmp_path]
    assert list(tmp_path.iterdir()) == [note]


def test_an_added_line_is_synced_with_its_name(tmp_path: Path, synced: list[Path]) -> None:
    add_line(tmp_path / "lines", "a")
    add_line(tmp_path / "lines", "b")
    assert (tmp_path / "lines").read_text(encoding="utf-8") == "a\nb\n"
    assert synced[:2] == [tmp_path / "lines", tmp_path]


def test_a_key_has_its_name_on_the_disk_before_anything_is_sealed_with_it(tmp_path: Path, synced: list[Path]) -> None:
    folder = tmp_path / "ledgers" / "one"
    Vault(folder).data_keys()
    file = next(place for place, path in enumerate(synced) if path.name.startswith("data.key"))
    assert synced[file + 1 : file + 4] == [folder, folder.parent, tmp_path]
