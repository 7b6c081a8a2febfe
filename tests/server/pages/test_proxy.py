"""nginx before the centre, as packaging/centre/nginx.conf sets it up: what it closes, lets in, and writes down."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from bench.postgres import free_port
from sync.protocol.wire import MAX_WIRE, MIB
from sync.server.app import create_app
from sync.server.pages.every import HANDLERS
from tests.server.pages.browsing import ROOT, served
from tests.server.pages.conftest import RATES

CONF = ROOT / "packaging" / "centre" / "nginx.conf"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
MOST = {"/produsen/P1/sertifikat": 5, "/gambar/KRP-1": 10, "/impor": 16, "/stik": 64}
"""MiB of a file."""


class Proxied(NamedTuple):
    """A running nginx: where it answers, and its log."""

    address: str
    log: Path


@pytest.fixture
def proxied(database, clock, tmp_path) -> Iterator[Proxied]:
    """The centre behind nginx without TLS, which may see /metrics from 127.0.0.2 only."""
    if NGINX is None:
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
    with served(create_app(database, clock=clock, **RATES)) as centre:
        port = free_port()
        text = CONF.read_text(encoding="utf-8")
        text = text.replace("listen 443 ssl http2", f"listen 127.0.0.1:{port}").replace(
            "allow 127.0.0.1", "allow 127.0.0.2"
        )
        text = re.sub(r"^ +(ssl_\w+ .*|listen (80|\[::\]:\w+).*);$", "", text, flags=re.MULTILINE)
        text = text.replace("127.0.0.1:8080", centre.removeprefix("http://")).replace("/var/log/nginx", str(tmp_path))
        text = re.sub(r"server \{[^}]*return 301[^}]*\}", "", text)
        folders = "".join(
            f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;" if os.geteuid() == 0 else ""
        whole = f"{user} daemon off; pid {tmp_path}/pid; events {{}}\nhttp {{\n{folders}{text}}}\n"
        (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
        command = [NGINX, "-e", str(tmp_path / "early.log"), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
        checked = subprocess.run([*command, "-t"], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
        running = subprocess.Popen(command)
        try:
            yield Proxied(_answering(running, f"http://127.0.0.1:{port}"), tmp_path / "pojok.log")
        finally:
            running.terminate()
            running.wait()


def _answering(nginx: subprocess.Popen[bytes], address: str) -> str:
    while nginx.poll() is None:
        try:
            httpx.get(f"{address}/health", timeout=60)
        except httpx.ConnectError:
            time.sleep(0.05)
        else:
            return address
    raise AssertionError("nginx ended")


def limits() -> list[tuple[str, int]]:
    """(pattern of a location, bytes it lets in), in the order of the file."""
    text = CONF.read_text(encoding="utf-8")
    found = re.findall(r"location ([=^~]+) (\S+) \{\s+client_max_body_size (\d+)m;", text)
    starts = {"=": r"^{}$", "^~": r"^{}", "~": r"{}"}
    return [(starts[how].format(path), int(size) * MIB) for how, path, size in found]


def test_every_form_of_the_centre_that_brings_a_file_gets_through_the_proxy():
    large = {
        path: handler.request_max_body_size
        for handler in HANDLERS
        for path in handler.paths
        if isinstance(handler.request_max_body_size, int) and handler.request_max_body_size > MAX_WIRE
    }
    assert len(large) == len(MOST)
    for path, most in large.items():
        sample = re.sub(r"\{\w+:str\}", "X-1", path)
        (size,) = [size for pattern, size in limits() if re.search(pattern, sample)]
        assert most <= size <= most + 2 * MIB, path


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/metrics//", "//metrics", "/%6Detrics", "/metrics?x=1"])
def test_figures_for_monitoring_are_closed_however_they_are_asked_for(proxied, path):
    assert httpx.get(f"{proxied.address}{path}").status_code == 403


def test_the_machine_itself_sees_them(proxied):
    with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2")) as machine:
        assert "pojok_tills" in machine.get(f"{proxied.address}/metrics").text


@pytest.mark.parametrize("path", ["/metrics/", "/metrics//", "//metrics"])
def test_the_centre_itself_knows_them_at_one_address_alone(client, path):
    assert client(None).get(f"http://testserver.local{path}").status_code == 404


def test_files_get_through_and_nothing_larger(proxied):
    for path, mib in MOST.items():
        for size, refused in ((mib * MIB, False), ((mib + 2) * MIB, True)):
            answer = httpx.post(f"{proxied.address}{path}", content=b"x" * size, timeout=60)
            assert (answer.status_code == 413) is refused, (path, size, answer.status_code)
    assert httpx.post(f"{proxied.address}/masuk", content=b"x" * 3 * MIB).status_code == 413


def test_the_log_names_no_link_of_a_producer_and_nobody_who_was_looked_for(proxied):
    for path in ("/p/rahasia", "//p/rahasia", "/bahasa/en?ke=%2Fp%2Frahasia", "/produsen?q=rahasia", "/katalog"):
        httpx.get(f"{proxied.address}{path}", headers={"Referer": "https://x/p/rahasia"})
    while "/katalog" not in (told := proxied.log.read_text(encoding="utf-8")):
        time.sleep(0.05)
    assert "GET /katalog 200" in told
    assert "GET /p/- " in told
    assert "rahasia" not in told
