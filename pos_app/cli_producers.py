"""The commands about what producers are owed and asked for: statement, ageing, board."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

Command = Callable[[argparse.Namespace], int]


def add_commands(commands: Any) -> None:
    """Add them to ``pojok``."""

    def command(name: str, run: Command, help_text: str) -> argparse.ArgumentParser:
        sub: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
        sub.set_defaults(run=run)
        sub.add_argument("--ledger", type=Path, required=True, help="the ledger file")
        return sub

    statement = command("statement", _statement, "write a producer's statement as a PDF page and a picture")
    statement.add_argument("producer", help="code of the producer")
    statement.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    statement.add_argument("--period", choices=("week", "month", "payment"), default="payment")
    statement.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DATE", help="first day")
    statement.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DATE", help="last day")
    statement.add_argument("--full", action="store_true", help="also every document, on several pages")
    for sub in (
        statement,
        command("ageing", _ageing, "print what is owed to producers by age as JSON"),
        command("board", _board, "print what sold, is left and should be delivered tomorrow as JSON"),
    ):
        sub.add_argument("--day", type=date.fromisoformat, metavar="DATE", help="the business date; today without it")


def _statement(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.services import producer_papers, producer_statements

    with bootstrap.opened(options.ledger, lock=False) as ledger:
        period: producer_statements.Period = "range" if options.first or options.last else options.period
        span = producer_statements.span_of(
            ledger.db, options.producer, period, _day(options), ledger.head().seq, options.first, options.last
        )
        found = producer_statements.statement(ledger.db, options.producer, span)
        options.out.mkdir(parents=True, exist_ok=True)
        sendable = producer_papers.statement_paper(ledger, found, _now(), full=options.full)
        path = sendable.save(options.out)
    answer: dict[str, Any] = {"producer": found.producer, "opening": found.opening, "changes": found.changes}
    answer |= {"closing": found.closing, "faults": found.faults, "file": str(path)}
    print(json.dumps(answer, ensure_ascii=False))
    return 1 if found.faults else 0


def _ageing(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.services import ageing

    with bootstrap.opened(options.ledger, lock=False) as ledger:
        found = ageing.ageing(ledger.db, _day(options))
    rows = [asdict(one) for one in found.owed] + [asdict(one) for one in found.owing]
    told = {"day": found.day.isoformat(), "spans": found.spans, "overdue": found.overdue, "amount": found.amount}
    print(json.dumps({**told, "unexplained": found.unexplained, "producers": rows}, ensure_ascii=False))
    return 0


def _board(options: argparse.Namespace) -> int:
    from pos_app import bootstrap
    from pos_app.services import producer_board

    with bootstrap.opened(options.ledger, lock=False) as ledger:
        found = producer_board.board(ledger.db, _day(options))
    for line in found.lines:
        more = {"average_tenths": line.average, "lasts_tenths": line.lasts, "deliver": line.suggestion}
        print(json.dumps({**asdict(line), **more}, ensure_ascii=False))
    return 0


def _now() -> datetime:
    return datetime.now().astimezone()


def _day(options: argparse.Namespace) -> date:
    from pos_app.domain.dates import business_date

    chosen: date | None = options.day
    return chosen or business_date(_now())
