"""A till behind a proxy and certificates of its office meets a real centre; each trouble on the way has its name."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pos_app.ledger.ledger import Ledger
from pos_app.paths import asset
from pos_app.services import exchange
from pos_app.services.exchange import ExchangeFailed
from sync.client.till import CentreClient
from sync.client.transport import Settings
from sync.protocol.local import Network
from tests.client.support import http, scripted, silent
from tests.e2e.office_network import connect_proxy, make_authority, tls_front
from tests.e2e.support import HURRIED, CentreProcess, pojok, printed


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, shared_centre: CentreProcess) -> Iterator[tuple[str, Path]]:
    """The https address of the centre, and the file that makes it trusted."""
    ca_file, chain = make_authority(tmp_path_factory.mktemp("office"))
    with tls_front(chain, shared_centre.port) as url:
        yield url, ca_file


def tried(url: str, limits: Settings | None = None, **network: str | bool) -> str:
    """What the test button finds; empty when a centre answers."""
    try:
        exchange.try_connection(CentreClient(limits), url, Network(**network))
    except ExchangeFailed as error:
        return error.reason
    return ""


def test_a_till_joins_and_sends_through_a_proxy_with_a_password_and_the_offices_certificates(
    tmp_path: Path, shared_centre: CentreProcess, office: tuple[str, Path]
) -> None:
    url, ca_file = office
    ledger = tmp_path / "till.db"
    corners = f"{asset('demo', 'corners.csv')}:MTR-001"
    assert pojok(tmp_path, "init", "--ledger", ledger, "--corner", corners, "--till", "A").returncode == 0
    code = shared_centre.code("MTR-001", "A")
    with connect_proxy("kasir:rahasia") as (proxy, asked):
        where = ("--centre", url, "--code", code, "--ca-file", ca_file)
        shut = pojok(tmp_path, "enrol", "--ledger", ledger, *where, "--proxy", proxy)
        assert (shut.returncode, asked) == (1, [])
        known = proxy.replace("//", "//kasir:rahasia@")
        assert pojok(tmp_path, "enrol", "--ledger", ledger, *where, "--proxy", known).returncode == 0
        assert printed(pojok(tmp_path, "sync", "--ledger", ledger))["pulled"] > 300
        assert set(asked) == {url.removeprefix("https://")}
        assert tried(url, proxy=known, ca_file=str(ca_file)) == ""
        assert tried(url, proxy=proxy, ca_file=str(ca_file)) == "proxy_password"
    assert pojok(tmp_path, "sync", "--ledger", ledger).returncode == 1, "not past the proxy that is set"


def test_every_trouble_on_the_way_has_its_name(
    tmp_path: Path, shared_centre: CentreProcess, office: tuple[str, Path]
) -> None:
    url, ca_file = office
    letter = tmp_path / "letter.pem"
    letter.write_text("no certificate")
    assert tried(shared_centre.url) == ""
    assert tried("") == "no_address"
    assert tried("http://pojok.example") == "unsafe_address"
    assert tried(url) == "untrusted"
    assert tried(url, ca_file=str(ca_file)) == ""
    assert tried(url, ca_file=str(tmp_path / "gone.pem")) == "no_ca_file"
    assert tried(url, ca_file=str(letter)) == "bad_ca_file"
    assert tried("https://pojok.invalid") == "no_name"
    assert tried("http://127.0.0.1:9") == "refused"
    assert tried(url, proxy="http://127.0.0.1:9") == "proxy"
    assert tried(url, proxy="proksi:3128") == "proxy"
    with connect_proxy() as (proxy, _asked):
        assert tried(shared_centre.url, proxy=proxy) == "not_a_centre", "it lets only CONNECT through"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (http("200 OK", b'{"status": "ok"}'), ""),
        (http("200 OK", b"<html>Selamat datang"), "not_a_centre"),
        (http("302 Found", b"", "Location: http://elsewhere.example"), "not_a_centre"),
        (http("503 Service Unavailable", b"{}"), "unavailable"),
        (http("407 Proxy Authentication Required"), "proxy_password"),
        (silent, "slow"),
        (b"", "unreachable"),
    ],
    ids=["centre", "page", "redirect", "not ready", "password", "silence", "hung up"],
)
def test_what_answers_is_told_apart(answer: bytes, reason: str) -> None:
    with scripted(answer) as server:
        assert tried(server.url, HURRIED if answer is silent else None) == reason


def test_a_certificate_that_nobody_trusts_is_named_while_joining_and_while_sending(
    tmp_path: Path, shared_centre: CentreProcess, office: tuple[str, Path]
) -> None:
    url, ca_file = office
    ledger = tmp_path / "till.db"
    corners = f"{asset('demo', 'corners.csv')}:MTR-002"
    assert pojok(tmp_path, "init", "--ledger", ledger, "--corner", corners, "--till", "A").returncode == 0
    where = ("--ledger", ledger, "--centre", url, "--code", shared_centre.code("MTR-002", "A"))
    refused = pojok(tmp_path, "enrol", *where)
    assert refused.returncode == 1
    assert "Sertifikat di alamat ini tidak dipercaya. Belum bergabung" in refused.stderr
    assert "--ca-file" in refused.stderr
    assert pojok(tmp_path, "enrol", *where, "--ca-file", ca_file).returncode == 0
    with closing(Ledger.open(ledger)) as kept:
        exchange.set_network(kept, ca_file=Path())
    sent = pojok(tmp_path, "sync", "--ledger", ledger)
    assert sent.returncode == 1
    assert "Sertifikat Diskoperin tidak dipercaya" in sent.stderr
    with closing(Ledger.open(ledger)) as kept:
        assert exchange.exchange_state(kept).problem == "untrusted"
        exchange.set_network(kept, ca_file=ca_file)
    assert printed(pojok(tmp_path, "sync", "--ledger", ledger))["pulled"] > 300
