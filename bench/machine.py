"""Where the figures were measured."""

import os
import platform
import subprocess
from datetime import UTC, datetime

import pysqlite3


def describe() -> dict[str, str]:
    """Date, commit and machine, as the head of the table tells them."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "commit": _commit(),
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "software": f"CPython {platform.python_version()}, SQLite {pysqlite3.sqlite_version}",
    }


def _commit() -> str:
    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], capture_output=True, text=True).stdout.strip()

    changed = " with changes" if git("status", "--porcelain", "--", "pos_app", "sync") else ""
    return (git("rev-parse", "--short", "HEAD") or "unknown") + changed
