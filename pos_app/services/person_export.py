"""Everything held about one person as files: JSON for programs, a spreadsheet for people."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import msgspec

from pos_app.domain.formats import quantity_text
from pos_app.i18n import N_, _
from pos_app.ledger import agreements, persons, producers, queries
from pos_app.ledger.sqlite import faults
from pos_app.ledger.vault import about
from pos_app.services import people
from pos_app.services.private_files import free_names
from pos_app.services.workbooks import cells

if TYPE_CHECKING:
    from pathlib import Path

    from pos_app.services.context import Counter
    from pos_app.services.privacy import Person

SHEETS = {
    "person": N_("Person"),
    "documents": N_("Documents"),
    "goods": N_("Goods"),
    "notes": N_("Remarks"),
    "log": N_("Log"),
}
Rows = list[dict[str, Any]]


def write(counter: Counter, person: Person, folder: Path, stem: str = "") -> Path:
    """Write ``<stem>.json`` and ``<stem>.xlsx`` for this user alone, never over others; returns the spreadsheet."""
    held = gather(counter, person)
    stem = stem or f"pojok-{person.kind}-{_safe(person.code)}-{counter.clock():%Y%m%d}"
    with faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
        sheet = _reserved(folder, stem)
        text = json.dumps(held, ensure_ascii=False, indent=1)
        _make(sheet.with_suffix(".json")).write_text(text, encoding="utf-8")
        _write_sheet(held, sheet)
    return sheet


def gather(counter: Counter, person: Person) -> dict[str, Any]:
    """Everything held: who, what was recorded, notes, and what was logged. Rupiah; quantities as text."""
    documents, goods = _documents(counter, person)
    identity = counter.ledger.identity
    about: dict[str, Any] = {
        "corner": f"{identity.corner_name} ({identity.corner})",
        "till": identity.till,
        "made_at": counter.clock().isoformat(timespec="seconds"),
        "kind": person.kind,
        "code": person.code,
        **{name: value for name, value in person.facts.items() if value not in (None, "")},
        **person.personal,
    }
    if person.kind == "producer":
        about |= _consignment(counter, person.code)
    account = persons.balance_account(person.kind, person.code)
    if account:
        balance = queries.balance(counter.db, account)
        about |= {"tab_owed": balance} if person.kind == "staff" else {"payable": -balance}
    return {
        "person": about,
        "documents": documents,
        "goods": goods,
        "notes": _notes(counter, person),
        "log": _log(counter, person),
    }


def _consignment(counter: Counter, code: str) -> dict[str, str]:
    """The agreement and the certificates of a producer."""
    terms = agreements.agreement(counter.db, code)
    held = producers.certificates(counter.db, [code]).get(code, [])
    told = {f"agreement_{name}": str(value) for name, value in asdict(terms).items()} if terms else {}
    return told | {
        f"certificate_{one.kind}{f'_{one.sku}' if one.sku else ''}": f"{one.number} {one.expires_on or ''}".strip()
        for one in held
    }


def _documents(counter: Counter, person: Person) -> tuple[Rows, Rows]:
    """Every document about the person with what it moved for them, and the goods in it where they concern them."""
    account = persons.balance_account(person.kind, person.code)
    documents: Rows = []
    goods: Rows = []
    for seq in persons.entries_about(counter.db, person.kind, person.code):
        entry = queries.entry_by_seq(counter.db, seq)
        if entry is None:
            continue
        document = entry.document
        row: dict[str, Any] = {"number": document.number, "kind": document.KIND, "at": entry.envelope.at}
        if account:
            row["amount"] = sum(amount for owner, amount in document.effects().postings if owner == account)
            goods += _goods(document.number, msgspec.to_builtins(document))
        documents.append(row)
    return documents, goods


def _goods(number: str, document: dict[str, Any]) -> Rows:
    """The lines of a sale, delivery, return or settlement."""
    lines = document.get("lines") or document.get("goods") or ()
    return [
        {
            "number": number,
            "sku": line["sku"],
            "name": line["name"],
            "quantity": quantity_text(line.get("quantity", line.get("sold", 0))),
            "total": line.get("total", line.get("share", "")),
        }
        for line in lines
        if "sku" in line and "name" in line
    ]


def _notes(counter: Counter, person: Person) -> Rows:
    rows: Rows = []
    for note in persons.notes_about(counter.db, person.kind, person.code):
        plain = counter.vault.unseal(note.sealed, about("note", note.document_id))
        rows.append({"number": note.number, "date": note.date, "text": plain.decode() if plain else ""})
    return rows


def _log(counter: Counter, person: Person) -> Rows:
    rows: Rows = []
    for happened in persons.activity_about(counter.db, person.kind, person.code):
        rows.append({**asdict(happened), "detail": people.readable(counter, happened.detail)})
    return rows


def _write_sheet(held: dict[str, Any], path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, title in SHEETS.items():
        sheet = book.create_sheet(_(title))
        content = held[name]
        if isinstance(content, dict):
            for field, value in content.items():
                sheet.append(cells(sheet, (field, value)))
            continue
        columns = list(content[0]) if content else []
        sheet.append(columns)
        for row in content:
            sheet.append(cells(sheet, [row.get(column, "") for column in columns]))
    with path.open("wb") as file:
        book.save(file)


def _safe(code: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in code)


def _reserved(folder: Path, stem: str) -> Path:
    """The first free name, made here for this user alone."""
    for name in free_names(stem):
        path = folder / f"{name}.xlsx"
        if not path.exists() and not path.with_suffix(".json").exists():
            return _make(path)
    raise AssertionError("names never end")


def _make(path: Path) -> Path:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    return path
