"""Trust: what has to be looked at, in numbers, and where."""

from datetime import timedelta
from typing import Any

from litestar import Response, get
from litestar.datastructures import State

from sync.server.centre import Centre, stamp
from sync.server.corners import standing
from sync.server.database.dialect import reading
from sync.server.exchange.asking import AnyRequest
from sync.server.pages.frame import page
from sync.server.pages.roles import Role, open_to
from sync.server.pages.trust.recomputed import since
from sync.server.reports import reporter
from sync.server.trust import attention, closings, findings, recomputing

MOST_SERIES = 30
"""Series of numbers with gaps that are listed."""
MOST_LEFT_OUT = 20
"""Documents in no figures that are listed."""
FIGURES_LATE = timedelta(minutes=10)
"""Documents that are here for so long and in no figures are told."""


@get("/kepercayaan", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_trust(request: AnyRequest, state: State) -> Response[str]:
    """What nobody dealt with yet."""
    centre: Centre = state.centre
    with reading(centre.engine) as db:
        tills = standing.tills(centre, db)
        aside, repairs = attention.counted(db).open, attention.waiting(db)
        closed, checks = closings.counted(db, since(centre)), recomputing.kept(db)
        done, begun = findings.dealt_with(db), attention.begun(db)
        figures_late = reporter.late(db, stamp(centre.clock() - FIGURES_LATE))
        left_out, late = reporter.left_out(db, MOST_LEFT_OUT), attention.late(centre, db, tills)
    differing = {name: findings.to_look_at(name, kept.checked, done) for name, kept in checks.items()}
    series = [(till, one) for till in tills if till.device in checks for one in checks[till.device].checked.series]
    return page(
        request,
        "trust.html",
        aside=aside,
        waiting=repairs,
        forked=[till for till in tills if till.lives and till.forked_at],
        late=late,
        figures_late=figures_late,
        left_out=left_out,
        wrong=closed.open,
        closed=closed.every,
        found=sum(len(found) for found in differing.values()),
        checked=len(checks),
        broken=[till for till in tills if till.device in checks and checks[till.device].checked.fault],
        series=series[:MOST_SERIES],
        series_count=len(series),
        begun=begun,
    )


HANDLERS: tuple[Any, ...] = (get_trust,)
