"""Figures for monitoring, in Prometheus' text format.

What is of the centre (tills, entries, how long ago tills called) is counted in the database when it is asked for, so
every worker tells the same. What is of the process (requests, how long they took) is added up over the workers by the
library's files. Nothing tells of a person or of one till.
"""

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from litestar import Response, get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.engine import Connection

from sync.server.centre import Centre, stamp
from sync.server.corners.holidays import holidays_of
from sync.server.corners.standing import living, quiet_since
from sync.server.database import schema
from sync.server.database.dialect import reading
from sync.server.database.tables_corners import closed_corners
from sync.server.exchange.asking import AnyRequest, path_of

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where workers keep their counts; set before they start."""
PATH = "/metrics"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
AGES = (60, 600, 3_600, 21_600, 86_400, 172_800, 604_800, 2_592_000)
"""Seconds since the last contact: a minute, ten, an hour, six, a day, two, a week, a month."""


class Metrics:
    """The counts of one app."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        kept = None if FOLDER in os.environ else self._registry  # the files are read anew each time
        self._requests = Counter("pojok_requests", "Requests answered", ["method", "path", "status"], registry=kept)
        self._seconds = Histogram("pojok_request_seconds", "Time to an answer", ["method", "path"], registry=kept)
        if kept is None:
            MultiProcessCollector(self._registry)  # type: ignore[no-untyped-call]

    def counting(self, app: ASGIApp) -> ASGIApp:
        """Count the requests that reach ``app`` by the path of their endpoint, which names no till."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            names, began = (scope["method"], scope["path_template"]), time.perf_counter()  # type: ignore[typeddict-item]

            async def noting(message: Message) -> None:
                if message["type"] == "http.response.start":
                    self._requests.labels(*names, message["status"]).inc()
                    self._seconds.labels(*names).observe(time.perf_counter() - began)
                await send(message)

            await app(scope, receive, noting)

        return counted

    def text(self, centre: Centre) -> bytes:
        """Everything, as it is now."""
        registry = CollectorRegistry()
        registry.register(_OfCentre(centre))
        return generate_latest(self._registry) + generate_latest(registry)


@get(PATH, sync_to_thread=True)
def get_metrics(request: AnyRequest, state: State) -> Response[bytes]:
    """Figures for monitoring, at this address alone: a proxy that closes it need know no other."""
    if path_of(request).partition("?")[0] != PATH:
        raise NotFoundException
    metrics: Metrics = state.metrics
    return Response(metrics.text(state.centre), media_type=CONTENT_TYPE)


class _OfCentre(Collector):
    """What the database tells."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    def collect(self) -> Iterator[Metric]:
        centre = self._centre
        with reading(centre.engine) as db:
            counts, ages = _counts(db, centre), _ages(db, centre)
        for name, (help_text, value) in counts.items():
            yield GaugeMetricFamily(name, help_text, value=value)
        contact = HistogramMetricFamily("pojok_last_contact_seconds", "Tills by the time since they called")
        contact.add_metric([], ages, sum_value=None)
        yield contact


def _counts(db: Connection, centre: Centre) -> dict[str, tuple[str, int]]:
    """Entries are those of all tills; of a till that was replaced or revoked nothing else counts."""
    devices, repairs, lives = schema.devices.c, schema.repairs.c, living()
    silent = sa.func.coalesce(devices.last_contact, "") < stamp(quiet_since(centre.clock(), holidays_of(db)))
    closed = devices.corner.in_(sa.select(closed_corners.c.code))
    row = db.execute(
        sa.select(
            sa.func.count().filter(lives),
            sa.func.coalesce(sa.func.sum(devices.head_seq), 0),
            sa.func.coalesce(sa.func.sum(devices.held).filter(lives), 0),
            sa.func.count(devices.forked_at).filter(lives),
            sa.func.count().filter(lives, silent, sa.not_(closed)),
        ).select_from(schema.devices)
    ).one()
    asked = sa.select(sa.func.count()).where(repairs.state == "waiting", repairs.device == devices.device, lives)
    waiting = db.execute(asked).scalar_one()
    names = {
        "pojok_tills": "Tills that are enrolled",
        "pojok_entries": "Entries in the journals of all tills",
        "pojok_quarantined_entries": "Entries that are kept but could not be projected",
        "pojok_forked_tills": "Tills whose history differs from the centre's",
        "pojok_silent_tills": "Tills of corners that are not closed, silent for two office days or ever",
    }
    found = {name: (text, int(value)) for (name, text), value in zip(names.items(), row, strict=True)}
    return found | {"pojok_waiting_repairs": ("Repairs that wait for an officer", waiting)}


def _ages(db: Connection, centre: Centre) -> list[tuple[str, float]]:
    """Buckets of a histogram: how many tills called within so many seconds, the last of all that ever did."""
    last, now = schema.devices.c.last_contact, centre.clock()
    within = [sa.func.count().filter(last >= stamp(now - timedelta(seconds=age))) for age in AGES]
    row: Any = db.execute(sa.select(*within, sa.func.count(last)).where(living())).one()
    return [(str(bound), float(count)) for bound, count in zip((*map(float, AGES), "+Inf"), row, strict=True)]
