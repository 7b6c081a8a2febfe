"""Finding printers: at this computer at once, on the network only on request."""

import ctypes
import socket
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pos_app.printing import discovery
from pos_app.printing.discovery import Found, neighbours, network_printers, serial_ports, usb_nodes


def test_device_nodes_of_usb_printers_are_found(tmp_path: Path) -> None:
    (tmp_path / "usb").mkdir()
    for name in ("usb/lp0", "lp1", "null"):
        (tmp_path / name).touch()
    assert [found.target for found in usb_nodes(tmp_path)] == [str(tmp_path / "lp1"), str(tmp_path / "usb/lp0")]


def test_serial_ports_are_named_and_lines_that_are_not_there_left_out() -> None:
    ports = [
        SimpleNamespace(device="COM7", description="Standard Serial over Bluetooth link (COM7)", hwid="BTHENUM"),
        SimpleNamespace(device="COM3", description="n/a", hwid="USB VID"),
        SimpleNamespace(device="/dev/ttyS0", description="ttyS0", hwid="n/a"),
    ]
    assert serial_ports(lambda: ports) == [
        Found("serial", "COM3", ""),
        Found("serial", "COM7", "Standard Serial over Bluetooth link (COM7)"),
    ]


def test_the_ports_of_this_computer_can_be_listed() -> None:
    assert all(found.kind == "serial" for found in serial_ports())


def test_printers_of_cups_are_found_the_default_one_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "lpstat"
    program.write_text(
        '#!/bin/sh\ntest "$1" = -e && printf "Epson\\nZjiang\\n" || echo "system default destination: Zjiang"\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(discovery, "which", lambda _name: str(program))
    assert [found.target for found in discovery._cups_printers()] == ["Zjiang", "Epson"]


def test_a_system_without_cups_has_no_printers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "which", lambda _name: None)
    assert discovery._cups_printers() == []


class Winspool:
    """EnumPrinters as documented: the room that it needs first, then structures that point into it."""

    def __init__(self, names: list[str]) -> None:
        self.names = [ctypes.create_unicode_buffer(name) for name in names]

    def EnumPrintersW(self, flags: int, _name: None, level: int, room: Any, size: int, needed: Any, count: Any) -> int:
        assert (flags, level) == (6, 4)
        pointers = [part for name in self.names for part in (ctypes.addressof(name), 0, 0)]
        content = (ctypes.c_size_t * len(pointers))(*pointers)
        needed._obj.value = ctypes.sizeof(content)
        if room is None or size < ctypes.sizeof(content):
            return 0
        ctypes.memmove(room, content, ctypes.sizeof(content))
        count._obj.value = len(self.names)
        return 1


def test_printers_of_windows_are_found() -> None:
    found = discovery._windows_printers(Winspool(["POS-58", "EPSON TM-T82"]))
    assert [printer.target for printer in found] == ["EPSON TM-T82", "POS-58"]
    assert discovery._windows_printers(Winspool([])) == []


def test_the_network_is_the_24_neighbours_without_this_computer() -> None:
    hosts = neighbours("192.168.1.20")
    assert (len(hosts), hosts[0], hosts[-1]) == (253, "192.168.1.1", "192.168.1.254")
    assert "192.168.1.20" not in hosts


def test_hosts_that_listen_are_found_and_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    with socket.create_server(("127.0.0.2", 0)) as server:
        port = server.getsockname()[1]
        hosts = [f"127.0.0.{last}" for last in range(2, 50)]
        found = network_printers(hosts, lambda done, total: told.append((done, total)), port=port, seconds=1.0)
    assert [printer.target for printer in found] == [f"127.0.0.2:{port}"]
    assert told[0] == (0, 48)
    assert told[-1] == (48, 48)


def test_a_search_ends_when_it_is_stopped() -> None:
    def stop(_done: int, _total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        network_printers(["127.0.0.1"], stop, port=9)
