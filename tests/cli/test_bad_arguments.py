"""Arguments that nobody means: told in one sentence, never as the program's own fault, and nothing is changed."""

import os
from contextlib import closing
from pathlib import Path

import pytest

from pos_app.ledger.ledger import Ledger
from pos_app.services import exchange
from sync.protocol.local import Network
from tests.cli.conftest import Pojok
from tests.corner import DEMO

LONG = "x" * 300
NO_TEXT = os.fsdecode(b"\xff")


def test_a_long_argument_is_judged_by_its_command(pojok: Pojok) -> None:
    assert pojok("centre", "code", "--database", LONG, "--corner", LONG, "--till", "A").status == 1
    assert pojok("play", LONG, "--ledger", LONG).status == 1
    assert pojok("repair", "--recovery-code", LONG).status == 2


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    "command",
    [
        ["code", "--corner", NO_TEXT, "--till", "A"],
        ["state", "--corner", NO_TEXT],
        ["confirm", "P1", "--officer", "x", "--mark", "m", "--set", f"name={NO_TEXT}"],
    ],
)
def test_text_that_is_no_utf8_is_refused_before_anything_is_done(pojok: Pojok, command: list[str]) -> None:
    ran = pojok("centre", command[0], "--database", "sqlite:///none.db", *command[1:])
    assert (ran.status, ran.err.count("\n")) == (1, 1)
    assert "cannot be read" in ran.err


@pytest.mark.usefixtures("english")
def test_a_password_that_is_no_utf8_is_refused(pojok: Pojok, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POJOK_OFFICER_PASSWORD", NO_TEXT)
    ran = pojok("centre", "officer", "--database", "sqlite:///none.db", "--name", "x", "--role", "admin")
    assert ran.status == 1
    assert ran.err.startswith("The password in POJOK_OFFICER_PASSWORD")


@pytest.mark.parametrize("place", ["127.0.0.1:²", f"{'ä' * 80}:80", f"{LONG}:80", "127.0.0.1:99999"])
def test_an_address_that_is_none_is_refused_in_one_sentence(pojok: Pojok, tmp_path: Path, place: str) -> None:
    database = f"sqlite:///{tmp_path}/centre.db"
    assert pojok("centre", "init", "--database", database).status == 0
    ran = pojok("serve", "--database", database, "--listen", place)
    assert (ran.status, ran.err.count("\n")) == (1, 1)


@pytest.mark.parametrize("command", ["state", "rebuild"])
@pytest.mark.parametrize("option", ["--corner", "--till"])
def test_an_empty_filter_is_refused_and_does_not_mean_all(pojok: Pojok, command: str, option: str) -> None:
    assert pojok("centre", command, "--database", "sqlite:///none.db", option, "").status == 2


def test_the_help_of_rebuild_says_that_it_is_for_quiet_hours(pojok: Pojok) -> None:
    assert "quiet hours" in pojok("centre", "rebuild", "--help").out


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a file without an end")
def test_a_file_without_an_end_is_no_list(pojok: Pojok, till: Path) -> None:
    ran = pojok("import", "products", "/dev/zero", "--ledger", till)
    assert (ran.status, ran.err.count("\n")) == (1, 1)
    assert "64 MiB" in ran.err


def test_a_till_whose_joining_fails_is_reached_as_before(pojok: Pojok, till: Path, tmp_path: Path) -> None:
    def network() -> Network:
        with closing(Ledger.open(till)) as ledger:
            return exchange.network(ledger)

    with closing(Ledger.open(till)) as ledger:
        exchange.set_network(ledger, proxy="http://127.0.0.1:1", plain_http=True)
    before = network()
    enrol = ("enrol", "--ledger", till, "--centre", "http://127.0.0.1:1", "--code", "X")
    assert pojok(*enrol, "--proxy", "http://127.0.0.1:2", "--no-plain-http").status == 1
    assert network() == before
    no_certificates = tmp_path / "ca.pem"
    no_certificates.write_bytes((DEMO / "corners.csv").read_bytes())
    refused = pojok(*enrol, "--ca-file", no_certificates)
    assert refused.status == 1
    assert "PEM" in refused.err
    assert network() == before
