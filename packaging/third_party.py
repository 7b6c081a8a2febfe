"""Write THIRD_PARTY.md: every locked package of the till and the centre with its licence.

Licences are read from the installed packages; ``OVERRIDES`` names those that say it unclearly or that only other
systems install.
"""

import importlib.metadata
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {"till": "requirements/till.txt", "centre": "requirements/centre.txt"}
OVERRIDES = {
    "argcomplete": "Apache-2.0",
    "backports-tarfile": "MIT",
    "click-default-group": "Unlicense",
    "colorama": "BSD-3-Clause",
    "faker": "MIT",
    "jaraco-classes": "MIT",
    "jinja2": "BSD-3-Clause",
    "markdown-it-py": "MIT",
    "mdurl": "MIT",
    "multipart": "MIT",
    "num2words": "LGPL-2.1-or-later",
    "pyserial": "BSD-3-Clause",
    "pysqlite3": "Zlib",
    "python-stdnum": "LGPL-2.1-or-later",
    "pywin32-ctypes": "BSD-3-Clause",
    "qrcode": "BSD-3-Clause",
    "reportlab": "BSD-3-Clause",
    "rich-click": "MIT",
    "segno": "BSD-3-Clause",
    "setuptools": "MIT",
    "sqlite-fts4": "Apache-2.0",
    "uvloop": "MIT OR Apache-2.0",
}
HEAD = """\
# Third-party software

Pojok POS itself is under the MIT licence (`LICENSE`). It stands on the packages below, which are installed from the
lock files in `requirements/`; none of their code is copied into this repository. The bundle carries their licence
texts in its folder `licences`.

## Obligations worth knowing

- **Qt for Python (PySide6, shiboken6)** is used under LGPL-3.0. The bundle is a folder of separate, replaceable shared
  libraries, so a user can put another build of Qt in their place.
- **num2words, python-stdnum** are LGPL and used unmodified as separate Python packages.
- **SQLite** (inside pysqlite3's wheels) is in the public domain.
- **Material Design Icons** (the font inside QtAwesome) are under Apache-2.0 and the SIL Open Font License 1.1.
- **certifi** (the list of certificate authorities) is MPL-2.0, used unmodified.

## Packages

| package | version | licence | used by |
|---|---|---|---|
"""


def locked(path: Path) -> dict[str, str]:
    """Package name to version, as one lock file pins them."""
    pins = re.findall(r"^([a-z0-9-]+)==([^\s;]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(pins)


def licence(name: str) -> str:
    """The SPDX expression of a package; raises LookupError when it cannot be told."""
    if name in OVERRIDES:
        return OVERRIDES[name]
    fields = importlib.metadata.metadata(name).json
    text = str(fields.get("license_expression") or fields.get("license") or "")
    if not text or len(text) > 60:
        raise LookupError(f"{name}: name its licence in OVERRIDES")
    return text


def table() -> str:
    """One row for each package, by name."""
    uses: dict[tuple[str, str], list[str]] = {}
    for part, path in LOCKS.items():
        for pin in locked(ROOT / path).items():
            uses.setdefault(pin, []).append(part)
    rows = [
        f"| {name} | {version} | {licence(name)} | {', '.join(uses[name, version])} |" for name, version in sorted(uses)
    ]
    return "\n".join(rows) + "\n"


def main() -> int:
    """Write the file."""
    (ROOT / "THIRD_PARTY.md").write_text(HEAD + table(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
