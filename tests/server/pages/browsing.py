"""A real Chromium over a real centre, and what makes a page accessible."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

if TYPE_CHECKING:
    from playwright.sync_api import Page as Window

ROOT = Path(__file__).resolve().parents[3]
AXE = ROOT / ".venv" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
DESKTOP, PHONE = (1366, 768), (360, 740)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHECK = """async (rules) => (await axe.run(document, {runOnly: rules})).violations.map(
    (one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.html).slice(0, 3).join(" | ")}`)"""


def need(found: object, what: str) -> None:
    """Skip the test where ``what`` is not there; in CI, which brings it, the test then fails."""
    if not found and not os.environ.get("CI"):
        pytest.skip(f"{what} is not installed (make test brings it)")
    assert found, f"{what} is not installed"


def chromium() -> str:
    """The browser that is installed, or nothing."""
    return next((path for path in CHROMIUM if Path(path).exists()), shutil.which("chromium") or "")


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The address at which ``app`` answers."""
    config = uvicorn.Config(app, port=0, log_level="error", access_log=False, lifespan="on", ws="none")
    server = uvicorn.Server(config)
    began = threading.Event()
    startup = server.startup

    async def started(*arguments: Any, **options: Any) -> None:
        await startup(*arguments, **options)
        began.set()

    server.startup = started
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not began.wait(1):
            assert thread.is_alive(), "the centre did not start"
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def faults(window: "Window") -> list[str]:
    """What a reader with a screen reader or weak eyes stumbles over on this page, as axe-core finds it."""
    need(AXE.exists(), "axe-core")
    window.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = window.evaluate(CHECK, RULES)
    return found


def sticks_out(window: "Window") -> bool:
    """Whether the page is wider than its window, so that a reader has to push it sideways."""
    return bool(window.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
