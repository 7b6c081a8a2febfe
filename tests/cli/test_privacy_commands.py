"""The commands about persons, and the file for whoever helps, as a manager calls them."""

import getpass
import io
import json
import re
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Pojok
from tests.corner import ROOT

PRIVACY = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def managed(pojok: Pojok, till: Path, tmp_path: Path) -> Path:
    """The ledger of ``till`` again, with a manager whose PIN is 123456."""
    from datetime import datetime

    from pos_app import bootstrap
    from pos_app.domain.dates import WIB
    from pos_app.services import people

    with bootstrap.opened(till) as ledger:
        vault = bootstrap.vault_for(ledger.identity)
        now = datetime(2026, 10, 1, 8, 0, tzinfo=WIB)
        people.add_user(ledger, vault, name="Bu Rina", pin="123456", role="pengelola", now=now)
    return till


def test_a_person_is_shown_masked_and_whole_only_with_a_reason(pojok: Pojok, managed: Path) -> None:
    assert pojok("person", "show", "staff", "S1", "--ledger", managed).json["name"] == "Pegawai Satu"
    assert pojok("person", "looks", "--ledger", managed).out == ""
    shown = pojok("person", "show", "staff", "S1", "--ledger", managed, "--why", "check", "--pin", "123456")
    assert shown.status == 0
    (look,) = pojok("person", "looks", "--ledger", managed, "--json").answers
    assert (look["user"], look["kind"], look["code"], look["purpose"]) == ("Bu Rina", "staff", "S1", "check")
    assert "To check the books" in pojok("person", "looks", "--ledger", managed, "--code", "S1").out
    assert pojok("person", "looks", "--ledger", managed, "--code", "S2").out == ""


def test_a_pin_without_a_purpose_is_refused_and_looks_tell_who_anonymised(pojok: Pojok, managed: Path) -> None:
    for pin in ("000000", "123456"):
        refused = pojok("person", "show", "staff", "S1", "--ledger", managed, "--pin", pin)
        assert (refused.status, refused.out, "--why" in refused.err) == (1, "", True)
    assert pojok("person", "anonymise", "staff", "S1", "--ledger", managed, "--pin", "123456").status == 0
    assert "Bu Rina  staff:S1  Anonymised the person" in pojok("person", "looks", "--ledger", managed).out


def test_export_and_anonymise_ask_for_a_manager(pojok: Pojok, managed: Path, tmp_path: Path) -> None:
    for command in (("export", "staff", "S1", "--to", tmp_path), ("anonymise", "staff", "S1")):
        refused = pojok("person", *command, "--ledger", managed)
        assert (refused.status, refused.err.strip()) == (1, "This needs a manager. Ask for the manager's PIN.")
        assert pojok("person", *command, "--ledger", managed, "--pin", "000000").status == 1


def test_a_pin_is_typed_unseen_or_sent_by_a_program(
    pojok: Pojok, managed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("person", "show", "staff", "S1", "--ledger", managed, "--why", "check")
    monkeypatch.setattr(sys, "stdin", io.StringIO("123456\n"))
    assert pojok(*command, "--pin").status == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO("000000\n"))
    assert pojok(*command, "--pin").status == 1
    typed = io.StringIO()
    typed.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdin", typed)
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: "123456")
    assert pojok(*command).status == 0


def test_an_export_has_the_name_that_was_asked_for(pojok: Pojok, managed: Path, tmp_path: Path) -> None:
    asked = pojok(
        "person", "export", "staff", "S1", "--ledger", managed, "--to", tmp_path / "s1.json", "--pin", "123456"
    )
    assert asked.status == 0
    assert json.loads((tmp_path / "s1.json").read_text(encoding="utf-8"))["person"]["name"] == "Pegawai Satu"
    assert (tmp_path / "s1.xlsx").exists()
    missing = pojok("person", "export", "staff", "S1", "--ledger", managed, "--to", tmp_path / "no" / "f.json")
    assert missing.status == 1


def test_a_user_who_left_is_found_by_name_exported_and_anonymised(pojok: Pojok, managed: Path, tmp_path: Path) -> None:
    from datetime import datetime

    from pos_app import bootstrap
    from pos_app.domain.dates import WIB
    from pos_app.ledger import registry
    from pos_app.services import people

    with bootstrap.opened(managed) as ledger:
        vault = bootstrap.vault_for(ledger.identity)
        now = datetime(2026, 10, 1, 8, 0, tzinfo=WIB)
        for _time in range(2):
            user = people.add_user(ledger, vault, name="Pak Toni", pin="222222", role="kasir", now=now)
            with ledger.write() as tx:
                registry.deactivate_user(tx.db, user.id)
    ambiguous = pojok("person", "show", "user", "pak toni", "--ledger", managed)
    assert ambiguous.status == 1
    assert ambiguous.err.startswith("Several users are called pak toni. Give one of the ids: ")
    pin = ("--ledger", managed, "--pin", "123456")
    assert pojok("person", "anonymise", "user", user.id, *pin).status == 0
    assert pojok("person", "show", "user", "pak toni", "--ledger", managed).json["name"] == "Pak Toni"
    assert pojok("person", "export", "user", "Pak Toni", "--to", tmp_path, *pin).status == 0
    assert pojok("person", "anonymise", "user", "Pak Toni", *pin).status == 0
    assert pojok("person", "show", "user", "Pak Toni", "--ledger", managed).status == 1


def test_what_is_wrong_is_corrected_by_field_and_value(pojok: Pojok, managed: Path) -> None:
    command = ("person", "correct", "staff", "S1", "--ledger", managed)
    corrected = pojok(*command, "name=Pegawai Kesatu", "tab_limit=0", "--pin", "123456")
    assert (corrected.json["name"], corrected.json["tab_limit"]) == ("Pegawai Kesatu", 0)
    assert "Fields: name, nip, tab_limit, unit." in pojok(*command, "phone=1", "--pin", "123456").err
    assert "FIELD=VALUE" in pojok(*command, "name").err


def test_a_restore_brings_nobody_back(pojok: Pojok, managed: Path, tmp_path: Path) -> None:
    copy = pojok("backup", "--ledger", managed, "--to", tmp_path).out.strip()
    assert pojok("person", "anonymise", "staff", "S1", "--ledger", managed, "--pin", "123456").status == 0
    assert pojok("restore", copy, "--ledger", tmp_path / "again.db").status == 0
    assert pojok("person", "show", "staff", "S1", "--ledger", tmp_path / "again.db").json["name"] == "S1 (anonymised)"
    assert pojok("verify", "--ledger", tmp_path / "again.db").status == 0


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`pojok ((?:person )?[a-z]+)", PRIVACY))))
def test_every_command_of_the_privacy_page_exists(pojok: Pojok, command: str) -> None:
    assert pojok(*command.split(), "--help").status == 0


def test_who_left_is_anonymised_and_the_books_verify(pojok: Pojok, managed: Path) -> None:
    before = pojok("verify", "--ledger", managed, "--json").json
    done = pojok("person", "anonymise", "staff", "S1", "--ledger", managed, "--pin", "123456")
    assert done.out == "S1 is anonymised, 0 notes with it. The books are unchanged.\n"
    assert "Backups made before" in done.err
    assert pojok("person", "show", "staff", "S1", "--ledger", managed).json["name"] == "S1 (anonymised)"
    assert pojok("verify", "--ledger", managed, "--json").json == before
    assert pojok("person", "anonymise", "user", "bu rina", "--ledger", managed, "--pin", "123456").status == 1


def test_a_ledger_without_a_manager_obeys_whoever_holds_its_keys(pojok: Pojok, till: Path) -> None:
    assert pojok("person", "anonymise", "staff", "S2", "--ledger", till).status == 0
    assert pojok("person", "anonymise", "staff", "S9", "--ledger", till).status == 1


def test_the_report_is_one_file_with_states_and_no_names(pojok: Pojok, managed: Path, tmp_path: Path) -> None:
    written = pojok("report", "--ledger", managed, "--to", tmp_path)
    with zipfile.ZipFile(written.out.strip()) as archive:
        state = json.loads(archive.read("state.json"))
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert state["ledger"]["rows"]["staff"] == 2
    assert b"Pegawai" not in content
    assert pojok("report", "--to", tmp_path).status == 0
    assert pojok("report", "--to", tmp_path / "no").status == 1


def test_what_a_command_notes_is_in_the_log(pojok: Pojok, managed: Path, pojok_home: Path) -> None:
    assert pojok("sync", "--ledger", managed).status == 1
    newest = (pojok_home / "logs" / "pojok.log").read_text(encoding="utf-8").splitlines()[-1]
    assert " exchange status=" in newest
    assert "reason=not_enrolled" in newest


def test_a_mistake_of_the_program_leaves_a_report(
    pojok: Pojok, managed: Path, pojok_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pos_app.services import figures

    monkeypatch.setattr(figures, "current_state", lambda _ledger: {}["Pegawai Satu"])
    with pytest.raises(KeyError):
        pojok("state", "--ledger", managed)
    newest = max((pojok_home / "reports").glob("crash-*.json"))
    text = newest.read_text(encoding="utf-8")
    assert '"where": "command"' in text
    assert "builtins.KeyError" in text
    assert "Pegawai" not in text
