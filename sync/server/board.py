"""The first web page: every corner with its last contact and today's sales. Figures only, no person's data."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from jinja2 import Environment, FileSystemLoader
from sqlalchemy.engine import Connection

from sync.server import schema
from sync.server.centre import WIB, Centre

TEMPLATES = Path(__file__).parent / "templates"
SILENT_AFTER = timedelta(days=2)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


def board_page(centre: Centre, db: Connection) -> str:
    """The page as HTML, in Indonesian."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    now = centre.clock()
    corners = [_corner(row, now) for row in _rows(db, centre.today())]
    corners.sort(key=lambda corner: (not corner["alarm"], corner["contact"], corner["code"]))
    waiting = db.execute(sa.select(sa.func.count()).select_from(schema.corners)).scalar_one() - len(corners)
    return environment.get_template("board.html").render(
        corners=corners,
        waiting=max(waiting, 0),
        sales=sum(corner["sales"] for corner in corners),
        gross=rupiah(sum(corner["gross_amount"] for corner in corners)),
        now=moment(now),
    )


def _rows(db: Connection, today: str) -> list[Any]:
    devices, days, quarantine, corners = schema.devices, schema.days, schema.quarantine, schema.corners

    def of_today(name: str) -> Any:
        return (
            sa.select(days.c.amount)
            .where(days.c.device == devices.c.device, days.c.date == today, days.c.name == name)
            .scalar_subquery()
        )

    held = sa.select(sa.func.count()).where(quarantine.c.device == devices.c.device).scalar_subquery()
    total = sa.func.sum
    query = (
        sa.select(
            devices.c.corner,
            sa.func.coalesce(sa.func.max(corners.c.name), devices.c.corner).label("name"),
            sa.func.count().label("tills"),
            total(devices.c.head_seq).label("entries"),
            sa.func.max(devices.c.last_contact).label("contact"),
            sa.func.count(devices.c.forked_at).label("forked"),
            sa.func.max(devices.c.drifted_at).label("drifted"),
            total(held).label("held"),
            total(sa.func.coalesce(of_today("sales"), 0)).label("sales"),
            total(sa.func.coalesce(of_today("gross"), 0)).label("gross"),
        )
        .select_from(devices.outerjoin(corners, corners.c.code == devices.c.corner))
        .group_by(devices.c.corner)
    )
    return list(db.execute(query))


def _corner(row: Any, now: datetime) -> dict[str, Any]:
    contact = datetime.fromisoformat(row.contact) if row.contact else None
    silent = contact is None or now - contact > SILENT_AFTER
    return {
        "code": row.corner,
        "name": row.name,
        "tills": row.tills,
        "entries": whole(row.entries),
        "contact": row.contact or "",
        "contact_text": moment(contact) if contact else "belum pernah",
        "sales": int(row.sales),
        "gross": rupiah(int(row.gross)),
        "gross_amount": int(row.gross),
        "held": int(row.held),
        "forked": bool(row.forked),
        "silent": silent,
        "drifted": bool(row.drifted) and now - datetime.fromisoformat(row.drifted) < SILENT_AFTER,
        "alarm": silent or bool(row.forked) or bool(row.held),
    }


def whole(number: int) -> str:
    """``12500`` as ``12.500``."""
    return f"{int(number):,}".replace(",", ".")


def rupiah(amount: int) -> str:
    """``12500`` as ``Rp 12.500``."""
    return f"-Rp {whole(-amount)}" if amount < 0 else f"Rp {whole(amount)}"


def moment(at: datetime) -> str:
    """A moment in Western Indonesian time, as people read it."""
    local = at.astimezone(WIB)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H.%M} WIB"
