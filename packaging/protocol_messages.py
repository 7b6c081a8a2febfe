"""Write docs/protocol-messages.md: every message, feed row and document of the exchange, made from the structs."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any, cast

import msgspec
from msgspec import inspect as types

from sync.documents.base import Base, DateText, Take
from sync.documents.kinds import KINDS
from sync.documents.sale import Sale, SaleLine, Tender
from sync.protocol import batch, bundle, entry, facts, messages, problems, wire
from sync.server.exchange import feeds

PAGE = Path(__file__).resolve().parents[1] / "docs" / "protocol-messages.md"
ROOT = PAGE.parents[1]
MESSAGES: tuple[type[msgspec.Struct], ...] = (
    *(wire.Signed, messages.EnrolRequest, messages.Enrolment, batch.Batch, batch.Condition, entry.Envelope),
    *(messages.Ack, messages.Quarantined, messages.OtherTill, messages.Rollover),
    *(messages.KeptEntries, messages.EpochBegun, messages.RepairRequest, messages.Repair, messages.Approval),
    *(messages.Page, messages.Row, messages.Proposals, messages.Proposal, messages.ProposalsTaken),
    *(bundle.Bundle, bundle.Reply, problems.Problem),
)
PLAIN = {types.BoolType: "boolean", types.NoneType: "null", types.RawType: "JSON"}
DAYS = {cast(types.StrType, types.type_info(day)).pattern for day in (DateText, facts.Day)}
ROWS: dict[str, type[msgspec.Struct]] = {"producers": facts.ProducerFacts, "catalogue": facts.ProductFacts}
TOLD = {
    "corner": "The asking till's own corner, one row; its key is the code.",
    "messages": "To all corners (`corner` empty) or to this one; the key is the id. `body` is an officer's words, or"
    " the JSON of texts, among them `kind`: `proposal_refused`, `proposal_taken` or `proposal_given`.",
    "program": "A released version of the program (the key), and as text what is to be said of it.",
}

HEAD = """# Messages, rows and documents of the exchange

Made from the structs by `packaging/protocol_messages.py`; a test holds this page to them. How they travel, and what
the figures of a document must be: [protocol.md](protocol.md).

A field without a default is required; one that has a default may be left out. Readers ignore fields that they do not
know. Messages are MessagePack (`bytes` are bin), maps by these names but for those that are sent as arrays; entries,
documents and rows are JSON. Lengths of text count characters.
"""

EXAMPLE = Sale(
    number="ST-MTR001A-000001",
    lines=(
        SaleLine(
            sku="MTR001A-B01",
            name="Keripik Pisang 200 g",
            producer="MTR001A-P01",
            pricing="titip",
            quantity=2_000,
            sell_price=16_000,
            consign_price=14_400,
            total=32_000,
            share=28_800,
            takes=(Take("NT-MTR001A-000001.0", 2_000),),
        ),
        SaleLine(
            sku="MTR001A-B02",
            name="Lapis Legit Potong",
            producer="MTR001A-P02",
            pricing="komisi",
            quantity=1_000,
            sell_price=7_550,
            commission_bp=1_250,
            total=7_550,
            share=6_606,
            takes=(Take("", 1_000),),
        ),
    ),
    tenders=(Tender(kind="cash", amount=39_600),),
    total=39_550,
    rounding=50,
    received=50_000,
    change=10_400,
)


def page() -> str:
    """The whole page."""
    parts = [HEAD, "## Messages\n", *map(_section, MESSAGES), "## Rows of feeds\n", *_rows(), "## Documents\n"]
    parts += [f"Every document has these. {_words(Base.__doc__).partition('. ')[2]}\n", "\n".join([*_table(Base), ""])]
    parts += [_document(name, kind) for name, kind in KINDS.items()]
    return "\n".join([*parts, *_example()])


def _section(struct: type[msgspec.Struct]) -> str:
    order = " Sent as an array, in this order." if _info(struct).array_like else ""
    return "\n".join([f"### {struct.__name__}", f"{_words(struct.__doc__)}{order}", "", *_table(struct), ""])


def _rows() -> Iterator[str]:
    for scope, table in feeds.TABLES.items():
        columns = [column for column in table.c if column.name not in feeds.HIDDEN]
        if scope in ROWS:
            yield f"### `{scope}`: {ROWS[scope].__name__}\n{_words(ROWS[scope].__doc__)}\n"
            yield "\n".join([*_table(ROWS[scope]), ""])
        else:
            named = [f"`{one.name}` {'text' if one.type.python_type is str else 'integer'}" for one in columns]
            yield f"### `{scope}`\n{TOLD[scope]} Fields: {', '.join(named)}.\n"
    yield "### `neighbours`\nKey `device/till/seq`, body an entry (`Envelope`) as it is stored; empty: set aside.\n"


def _document(name: str, kind: type[Any]) -> str:
    where = Path(inspect.getfile(kind)).relative_to(ROOT).as_posix()
    nested = list(dict.fromkeys(_structs_in(kind)))
    refusals = list(dict.fromkeys(one for part in (kind, *nested) for one in _refusals(part)))
    lines = [f"### `{name}` ({kind.PREFIX})", _words(kind.__doc__), "", *_table(kind, inherited=False)]
    for part in nested:
        lines += ["", f"`{part.__name__}`: {_words(part.__doc__)}", "", *_table(part)]
    rules = f"Refused: {'; '.join(refusals)}." if refusals else "Nothing is checked beyond the fields."
    return "\n".join([*lines, "", f"{rules} Effects: `{kind.__name__}.effects` in `{where}`.", ""])


def _example() -> Iterator[str]:
    effects = EXAMPLE.effects()
    yield "## A sale, worked out\n"
    yield "The `doc` of an entry of kind `sale`; in the entry it stands without blanks. A test decodes and checks it.\n"
    yield f"```json\n{msgspec.json.format(msgspec.json.encode(EXAMPLE), indent=1).decode()}\n```\n"
    yield "What follows from it:\n"
    told = {"postings": effects.postings, "movements": effects.movements, "figures": effects.figures}
    yield f"```json\n{msgspec.json.format(msgspec.json.encode(told), indent=1).decode()}\n```\n"


def _table(struct: type[msgspec.Struct], *, inherited: bool = True) -> Iterator[str]:
    own, notes = _own(struct)
    yield "| field | type | default |" if not notes else "| field | type | default | meaning |"
    yield "|---|---|---|" if not notes else "|---|---|---|---|"
    for field in _info(struct).fields:
        if inherited or field.name in own:
            cells = [f"`{field.encode_name}`", _type(field.type), _default(field)]
            yield f"| {' | '.join(cells + ([notes.get(field.name, '')] if notes else []))} |"


def _info(struct: type[msgspec.Struct]) -> types.StructType:
    return cast(types.StructType, types.type_info(struct))


def _own(struct: type[msgspec.Struct]) -> tuple[set[str], dict[str, str]]:
    """Names of the fields that the struct has of its own, and what their docstrings say."""
    own, notes, last = set[str](), dict[str, str](), ""
    for part in cast(ast.ClassDef, _tree(struct).body[0]).body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            last = part.target.id
            own.add(last)
        elif last and isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant):
            notes[last] = _words(str(part.value.value))
    return own, notes


def _type(found: types.Type) -> str:
    match found:
        case types.IntType():
            return _bounded("integer", found.ge, found.lt - 1 if found.lt is not None else found.le)
        case types.StrType():
            if found.pattern in DAYS:
                return "text, a day `YYYY-MM-DD`"
            plain = _bounded("text", found.min_length, found.max_length)
            return f"{plain}, `{found.pattern.replace('|', chr(92) + '|')}`" if found.pattern else plain
        case types.BytesType():
            return _bounded("bytes", found.min_length, found.max_length)
        case types.LiteralType():
            return ", ".join(f"`{value}`" if value != "" else "empty" for value in found.values)
        case types.StructType():
            return f"`{found.cls.__name__}`"
        case types.VarTupleType() | types.ListType():
            return _bounded(f"list of {_type(found.item_type)}", found.min_length, found.max_length)
        case types.TupleType():
            return f"array of ({', '.join(map(_type, found.item_types))})"
        case types.DictType():
            return f"map of {_type(found.key_type)} to {_type(found.value_type)}"
        case types.UnionType():
            return ", or ".join(sorted(map(_type, found.types), key="null".__eq__))
    return PLAIN[type(found)]


def _bounded(name: str, low: int | None, high: int | None) -> str:
    if low is not None and low == high:
        return f"{name} of {low}"
    start = "" if low is None else f" from {_power(low)}" if high is None else f" {_power(low)}"
    return name + start + ("" if high is None else f" {'up ' if low is None else ''}to {_power(high)}")


def _power(number: int) -> str:
    sign = "−" if number < 0 else ""
    return sign + {10**15: "10^15", 10**12: "10^12", 2**62: "2^62"}.get(abs(number), f"{abs(number):,}")


def _default(field: types.Field) -> str:
    if field.required:
        return ""
    if field.default_factory is not msgspec.NODEFAULT:
        return "empty"
    if field.default is None:
        return "null"
    if field.default is msgspec.NODEFAULT:
        return "not there"
    if isinstance(field.default, msgspec.Struct):
        return "its defaults"
    if isinstance(field.default, bool):
        return str(field.default).lower()
    return f"`{field.default}`" if field.default not in ("", b"", ()) else "empty"


def _structs_in(kind: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """The structs that fields of ``kind`` are made of, outermost first."""
    waiting: list[types.Type] = [field.type for field in _info(kind).fields]
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, types.StructType):
            yield found.cls
            waiting += [field.type for field in found.fields]
        elif isinstance(found, types.VarTupleType):
            waiting.append(found.item_type)
        elif isinstance(found, types.UnionType | types.TupleType):
            waiting += found.types if isinstance(found, types.UnionType) else found.item_types


def _refusals(struct: type[msgspec.Struct]) -> Iterator[str]:
    """What the check of a struct refuses, in its own words."""
    check = vars(struct).get("check")
    if isinstance(check, FunctionType):
        yield from _required(check)


def _required(function: FunctionType) -> Iterator[str]:
    for call in ast.walk(_tree(function)):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
            continue
        if call.func.id == "require" and isinstance(call.args[1], ast.Constant):
            yield str(call.args[1].value)
        elif "check" in call.func.id:
            yield from _required(function.__globals__[call.func.id])


@cache
def _tree(thing: Any) -> ast.Module:
    return ast.parse(textwrap.dedent(inspect.getsource(thing)))


def _words(text: str | None) -> str:
    """A docstring as one paragraph after the other."""
    return inspect.cleandoc(text or "").replace("``", "`").replace("|", "\\|").replace("\n", " ").replace("  ", " ")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
