"""Install what Qt, ``venv``, the bundle, the torture and the centre's tests need on Debian and Ubuntu, if missing.

With ``--pages`` it is what the tests of the centre's pages need instead: a browser, and npm for the checker of
accessibility. Elsewhere, or without the right to install, one sentence names them and the work goes on.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

QT = (
    "libgl1",
    "libegl1",
    "libxkbcommon0",
    "libglib2.0-0",
    "libfontconfig1",
    "libdbus-1-3",
    "libgssapi-krb5-2",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-sync1",
    "libxcb-util1",
    "libxcb-xfixes0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
    "libx11-xcb1",
    "fonts-noto-core",
)
BUNDLING = ("binutils",)
TORTURE = ("libfiu0", "strace")
"""Let the torture fail system calls under SQLite, and record what a power cut may leave of them."""


CENTRE = ("postgresql",)
"""The tests run servers of their own from its binaries; the system's own cluster is neither made nor started."""
NO_CLUSTER = r"s/^#?\s*create_main_cluster.*/create_main_cluster = false/"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
"""One of them runs the pages of the centre in tests."""


def installed_packages() -> set[str]:
    """Names of the installed packages; Debian 13 and Ubuntu 24.04 renamed some to ``…t64``."""
    query = ["dpkg-query", "--show", "--showformat", "${db:Status-Status} ${Package}\n"]
    lines = subprocess.run(query, capture_output=True, text=True, check=True).stdout.splitlines()
    return {line.partition(" ")[2].removesuffix("t64") for line in lines if line.startswith("installed ")}


def missing_packages() -> list[str]:
    """What has to be installed: for Qt, the bundle, fault injection, and what Debian splits off its own Python."""
    present = installed_packages()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    own = [f"libpython{version}"] if sys.base_prefix == "/usr" else []  # PyInstaller ships the shared library
    missing = [name for name in (*QT, *BUNDLING, *TORTURE, *own) if name not in present]
    if not any(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        missing += CENTRE
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        missing.append(f"python{version}-venv")
    return missing


def missing_for_pages() -> list[str]:
    """What has to be installed before the pages of the centre can be tested in a browser."""
    missing = [] if any(map(shutil.which, BROWSERS)) else [BROWSERS[0]]
    missing += [] if "libatomic1" in installed_packages() else ["libatomic1"]
    return missing if shutil.which("npm") else [*missing, "npm"]


def as_root() -> list[str] | None:
    """What stands before a command that may install packages without asking; None where nobody may."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def install(root: list[str], packages: list[str]) -> None:
    """Install ``packages``; PostgreSQL is told first to make no cluster."""
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    options = ["-y", "-qq", "--no-install-recommends"]
    subprocess.run([*apt, "update", "-qq"])
    if CENTRE[0] in packages:
        subprocess.run([*apt, "install", *options, "postgresql-common"], stdout=subprocess.DEVNULL)
        subprocess.run([*root, "sed", "-ri", NO_CLUSTER, "/etc/postgresql-common/createcluster.conf"])
    subprocess.run([*apt, "install", *options, *packages], stdout=subprocess.DEVNULL)


def main(arguments: Sequence[str] = ()) -> int:
    """0 when nothing is missing or the rest can go on without it; 1 when ``venv`` itself is missing."""
    if not sys.platform.startswith("linux"):
        return 0
    if shutil.which("dpkg-query") is None:
        print("Not Debian or Ubuntu: if Qt does not start, install its X11 (xcb) libraries and the Noto fonts.")
        return 0
    find = missing_for_pages if "--pages" in arguments else missing_packages
    missing, root = find(), as_root()
    if missing and root is not None:
        print(f"Installing system packages: {' '.join(missing)}")
        install(root, missing)
        missing = find()
    if missing:
        print(f"Please install these system packages: sudo apt-get install {' '.join(missing)}")
    return int(any(name.endswith("-venv") for name in missing))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
