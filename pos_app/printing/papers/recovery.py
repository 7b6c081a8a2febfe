"""The paper with the recovery code: the one place where the code is kept."""

from datetime import datetime

from pos_app.domain.dates import short_moment
from pos_app.i18n import _, language
from pos_app.printing.layout import QR, Block, Cut, Facts, Paper, Rule, Space, Text
from pos_app.printing.papers.common import Issue, Letterhead, head

GROUPS_A_LINE = 2
"""So that a group is never broken, also on the narrowest roll in letters of double size."""


def recovery_code(letterhead: Letterhead, at: datetime, code: str) -> Paper:
    """What the code is for, the code in large groups, and as a QR code; ``code`` is groups joined by hyphens."""
    title = _("RECOVERY CODE")
    moment = at.isoformat(timespec="seconds")
    groups = code.split("-")
    lines = [" ".join(groups[start : start + GROUPS_A_LINE]) for start in range(0, len(groups), GROUPS_A_LINE)]
    till = f"{letterhead.corner_code} {letterhead.till}"
    blocks: list[Block] = [
        *head(letterhead, Issue(moment, "", ""), title=title),
        Facts(((_("Till"), till), (_("Made"), f"{short_moment(at, language())} WIB"))),
        Rule(),
        *(Text(line, "centre", bold=True, double=True) for line in lines),
        Space(),
        QR(code),
        Rule(),
        Text(_("With this code and a backup, a new computer can read the names of producers, staff and users.")),
        Text(_("Keep this paper away from the computer and from the backups. Whoever has both reads the names.")),
        Text(_("Backups made from now on open with this code; earlier ones with the code before it.")),
        Text(_("Thermal paper fades: copy the code by hand, or print it on a sheet.")),
        Cut(),
    ]
    return Paper("recovery", "PEMULIHAN", title, tuple(blocks))
