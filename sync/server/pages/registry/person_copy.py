"""The copy of a person's data as a file: a table to be read and printed, or JSON that another program reads."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from litestar import Response

from sync.server.exchange.asking import AnyRequest
from sync.server.pages.audit_words import FIELDS, deed
from sync.server.pages.exports import Cell, Paper, day_cell, exported, moment_cell, saved_as
from sync.server.pages.frame import day, moment
from sync.server.pages.registry_words import CERTIFICATES, CLASSES, REQUESTS, TERMS
from sync.server.pages.texts import _, mark

REGISTRY: Final = ("business_name", "kelurahan", "class", "payout_terms", "joined_on", "nib", "pirt")
NAMES: Final = FIELDS | {
    "pirt": "P-IRT",
    "agreed_on": mark("Agreed that the telephone is shown"),
    "withdrawn_on": mark("Withdrew that"),
    "made_at": mark("Private link made"),
}
Row = tuple[Cell, Cell, Cell]


def made(request: AnyRequest, found: dict[str, Any]) -> Response[Any]:
    """What ``person_exports.export`` found, as the file that was asked for."""
    name = f"data-{found['producer']}"
    told = (
        _("All that Diskoperin holds about the person behind producer {code}.").format(code=found["producer"]),
        _("Made for: {purpose}.").format(purpose=found["purpose"]),
    )
    headings = (_("Code"), _("What"), _("Held"))
    paper = Paper(_("Copy of personal data (UU 27/2022)"), told)
    response = exported(request, name, headings, list(_rows(found)), paper)
    if response is None:
        body = msgspec.json.format(msgspec.json.encode(found), indent=2)
        return Response(body, media_type="application/json", headers=saved_as(name, "json"))
    return response


def _rows(found: dict[str, Any]) -> Iterator[Row]:
    for one in found["codes"]:
        about = one["code"]
        yield from ((about, _(NAMES[key]), value) for key, value in one["person"].items())
        registry = {key: one["registry"][key] for key in REGISTRY}
        worded = {"class": CLASSES, "payout_terms": TERMS}
        for key, value in registry.items():
            yield about, _(NAMES[key]), _(worded.get(key, {}).get(value, value or ""))
        consent, link = one["consent"] or {}, one["link"] or {}
        for key, value in ((key, (consent | link).get(key)) for key in ("agreed_on", "withdrawn_on", "made_at")):
            if value:
                yield about, _(NAMES[key]), moment_cell(value) if key == "made_at" else day_cell(value)
        for asked in one["requests"]:
            wish = REQUESTS[asked["what"]]
            yield about, _(wish), _at(asked["asked_at"], asked["answer"])
        for look in one["looks"]:
            yield about, deed(look["what"]), _at(look["at"], look["officer"], look["detail"])
    for paper in found["certificates"]:
        called, until = CERTIFICATES[paper["kind"]], paper["expires"]
        yield found["producer"], _(called), _joined(paper["number"], day(until) if until else "")


def _at(at: str, *told: str) -> str:
    """A moment and what belongs to it."""
    return _joined(moment(at), *told)


def _joined(*told: str) -> str:
    return " · ".join(filter(None, told))
