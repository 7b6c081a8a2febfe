"""Finding printers: device nodes, serial and Bluetooth ports, printers of the system, and port 9100 on the network.

What is found is a place that may be a printer; only a test page tells. Every look is bounded in time. The network is
asked only when a person wants it.
"""

import errno
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from shutil import which
from typing import Any, Literal, cast

RAW_PORT = 9100
CONNECT_SECONDS = 0.6
LIST_SECONDS = 5.0
AT_ONCE = 32
"""Hosts asked at the same time: a network of 254 is through in five seconds."""
MOST_HOSTS = 254
UNDER_WAY = (0, errno.EINPROGRESS, errno.EWOULDBLOCK, 10035)
"""Of a connection that is begun without waiting; the last one is Windows' own."""
_PRINTER_ENUM_LOCAL, _PRINTER_ENUM_CONNECTIONS = 2, 4

FoundKind = Literal["file", "serial", "system", "network"]
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Found:
    """A place that may be a printer: kind and target as the settings know them, and what the system says of it."""

    kind: FoundKind
    target: str
    words: str = ""


def attached(devices: Path = Path("/dev")) -> list[Found]:
    """Everything at this computer: device nodes, ports, and the printers of the system."""
    return [*usb_nodes(devices), *serial_ports(), *system_printers()]


def usb_nodes(devices: Path = Path("/dev")) -> list[Found]:
    """Printers that the kernel shows as a file (Linux)."""
    nodes = [*devices.glob("usb/lp*"), *devices.glob("lp*"), *devices.glob("usblp*")]
    return [Found("file", str(node), "USB") for node in sorted(nodes)]


def serial_ports(list_ports: Callable[[], Iterable[Any]] | None = None) -> list[Found]:
    """Serial lines, among them USB adapters and paired Bluetooth printers. ``list_ports`` is pyserial's."""
    if list_ports is None:
        from serial.tools.list_ports import comports  # type: ignore[import-untyped]

        list_ports = comports
    found = [
        Found("serial", port.device, "" if port.description in (None, "n/a", port.device) else port.description)
        for port in list_ports()
        if "ttyS" not in port.device or port.hwid not in (None, "n/a")  # built-in ports that are not there
    ]
    rfcomm = [Found("serial", str(node), "Bluetooth") for node in sorted(Path("/dev").glob("rfcomm*"))]
    known = {port.target for port in found}
    return sorted(found, key=lambda port: port.target) + [port for port in rfcomm if port.target not in known]


def system_printers() -> list[Found]:
    """Printers that are set up in Windows or CUPS, the default one first."""
    return _windows_printers() if sys.platform == "win32" else _cups_printers()


def _cups_printers() -> list[Found]:
    program = which("lpstat")
    if program is None:
        return []
    names = [line.split()[0] for line in _asked([program, "-e"]) if line.split()]
    default = next((line.rpartition(":")[2].strip() for line in _asked([program, "-d"])), "")
    return [Found("system", name, "CUPS") for name in sorted(names, key=lambda name: (name != default, name))]


def _asked(command: list[str]) -> list[str]:
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the program is the system's own
            command, capture_output=True, timeout=LIST_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.decode(errors="replace").splitlines() if done.returncode == 0 else []


def _windows_printers(winspool: Any = None) -> list[Found]:
    """EnumPrinters at level 4, which asks no server; first for the room it needs, then for the list."""
    import ctypes

    class PrinterInfo(ctypes.Structure):
        _fields_ = (("name", ctypes.c_wchar_p), ("server", ctypes.c_wchar_p), ("attributes", ctypes.c_uint32))

    if winspool is None:
        winspool = ctypes.WinDLL("winspool.drv", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    flags = _PRINTER_ENUM_LOCAL | _PRINTER_ENUM_CONNECTIONS
    needed, count = ctypes.c_uint32(), ctypes.c_uint32()
    winspool.EnumPrintersW(flags, None, 4, None, 0, ctypes.byref(needed), ctypes.byref(count))
    if not needed.value:
        return []
    room = ctypes.create_string_buffer(needed.value)
    if not winspool.EnumPrintersW(flags, None, 4, room, needed.value, ctypes.byref(needed), ctypes.byref(count)):
        return []
    rows = ctypes.cast(room, ctypes.POINTER(PrinterInfo))
    names = [rows[place].name for place in range(count.value)]
    return [Found("system", name, "Windows") for name in sorted(names) if name]


def neighbours(address: str) -> list[str]:
    """The other hosts of the /24 around an address: what a corner's router gives out."""
    network = IPv4Network(f"{address}/24", strict=False)
    return [str(host) for host in network.hosts() if host != IPv4Address(address)][:MOST_HOSTS]


def own_address() -> str:
    """This computer's address in its network; empty without one. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        address = str(probe.getsockname()[0])
    return "" if address.startswith("127.") or address == "0.0.0.0" else address  # noqa: S104 - compared, not bound


def network_printers(
    hosts: Iterable[str], tell: Tell, *, port: int = RAW_PORT, seconds: float = CONNECT_SECONDS
) -> list[Found]:
    """Hosts that listen on ``port``, in the order of ``hosts``. ``tell(done, total)`` may raise to end the search."""
    wanted = list(hosts)
    found: list[Found] = []
    for start in range(0, len(wanted), AT_ONCE):
        tell(start, len(wanted))
        listening = _listening(wanted[start : start + AT_ONCE], port, seconds)
        found += [Found("network", host if port == RAW_PORT else f"{host}:{port}", f"TCP {port}") for host in listening]
    tell(len(wanted), len(wanted))
    return found


def _listening(hosts: list[str], port: int, seconds: float) -> list[str]:
    """Those of ``hosts`` (addresses) that take a connection within ``seconds``; all are asked at the same time."""
    answered: set[str] = set()
    with ExitStack() as stack, selectors.DefaultSelector() as waiting:
        for host in hosts:
            asking = stack.enter_context(socket.socket())
            asking.setblocking(False)
            if asking.connect_ex((host, port)) in UNDER_WAY:
                waiting.register(asking, selectors.EVENT_WRITE, host)
        deadline = time.monotonic() + seconds
        while waiting.get_map() and (left := deadline - time.monotonic()) > 0:
            for key, _events in waiting.select(left):
                asked = cast(socket.socket, key.fileobj)
                waiting.unregister(asked)
                if asked.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                    answered.add(key.data)
    return [host for host in hosts if host in answered]
