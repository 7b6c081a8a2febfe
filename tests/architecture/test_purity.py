"""What import contracts cannot see: clocks, chance and floats in the rules; threads and SQL outside their rooms."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PURE = ("pos_app/domain", "sync/documents")
IMPURE_CALLS = {
    "now", "utcnow", "today", "fromtimestamp", "localtime", "uuid1", "uuid4", "uuid7", "urandom", "token_bytes", "open",
    "print", "input", "getenv",
}  # fmt: skip
THREADS = {"QThread", "QThreadPool", "Thread", "ThreadPoolExecutor", "ProcessPoolExecutor", "Timer"}
THREAD_HELPERS = {"pos_app/ui/worker.py"}
SQL_CALLS = {"execute", "executemany", "executescript"}
NO_SQL = (
    "pos_app/domain",
    "pos_app/printing",
    "pos_app/services",
    "pos_app/ui",
    "sync/client",
    "sync/documents",
    "sync/server/pages",
)


def modules(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


def called_name(node: ast.Call) -> str:
    """The last part of what is called: ``now`` in ``datetime.now()``."""
    target = node.func
    return target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def calls(source: str, names: set[str]) -> Iterator[str]:
    """``line: name`` of every call to one of these names."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and called_name(node) in names:
            yield f"{node.lineno}: {called_name(node)}"


def floats(source: str) -> Iterator[str]:
    """``line: what`` of every float literal, conversion to float and true division."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{node.lineno}: {node.value}"
        elif isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Div):
            yield f"{node.lineno}: /"
        elif isinstance(node, ast.Call) and called_name(node) == "float":
            yield f"{node.lineno}: float()"


def found(paths: list[Path], names: set[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT).as_posix()}:{call}"
        for path in paths
        for call in calls(path.read_text(encoding="utf-8"), names)
    ]


def test_rules_and_documents_ask_no_clock_and_no_chance() -> None:
    assert not found(modules(*PURE), IMPURE_CALLS)


def test_rules_and_documents_know_no_float() -> None:
    wrong = [
        f"{path.relative_to(ROOT).as_posix()}:{fault}"
        for path in modules(*PURE)
        for fault in floats(path.read_text(encoding="utf-8"))
    ]
    assert not wrong


def test_only_the_helper_for_slow_work_starts_threads() -> None:
    others = [
        path for path in modules("pos_app", "sync/client") if path.relative_to(ROOT).as_posix() not in THREAD_HELPERS
    ]
    assert not found(others, THREADS)


def test_sql_stays_in_the_ledger_and_the_storage_of_the_centre() -> None:
    assert not found(modules(*NO_SQL), SQL_CALLS)


@pytest.mark.parametrize(
    "source", ["datetime.now(WIB)", "date.today()", "uuid.uuid4()", "uuid4()", "open('x')", "clock.datetime.utcnow()"]
)
def test_an_impure_call_is_seen(source: str) -> None:
    assert list(calls(source, IMPURE_CALLS))


@pytest.mark.parametrize("source", ["db.execute(sa.select(table))", "connection.executemany(sql, rows)"])
def test_sql_is_seen(source: str) -> None:
    assert list(calls(source, SQL_CALLS))


@pytest.mark.parametrize("source", ["x = 0.5", "y = a / b", "y /= 2", "float(text)"])
def test_a_float_is_seen(source: str) -> None:
    assert list(floats(source))


def test_whole_numbers_are_no_floats() -> None:
    assert not list(floats("x = (a + 1) // 2 * 3; y //= 2; z = 'a/b'"))
