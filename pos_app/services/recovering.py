"""The recovery code as a use case: made, logged, put on paper. The code itself goes nowhere but onto that paper.

It never enters the print queue, which lies in the ledger and in every backup.
"""

from datetime import datetime
from pathlib import Path

from pos_app.ledger import binding, recovery, registry
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.sqlite import faults, make_private
from pos_app.ledger.vault import Vault
from pos_app.printing.layout import Paper
from pos_app.printing.papers.recovery import recovery_code
from pos_app.services.papers import letterhead


def new_code(ledger: Ledger, vault: Vault, now: datetime, user: str = "", *, older_is_lost: bool = False) -> str:
    """Make a recovery code (``recovery.make``); ``user`` is the pseudonym of who did it, for the log."""
    code = recovery.make(ledger, vault, older_is_lost=older_is_lost)
    with ledger.write() as tx:
        registry.log_activity(tx.db, now.isoformat(timespec="seconds"), user, "recovery_code_made", "")
    return code


def unlock(ledger: Ledger, vault: Vault, code: str) -> None:
    """Let ``vault`` read the names of this ledger (``recovery.unlock``); what it reads now is bound to its row."""
    recovery.unlock(ledger, vault, code)
    binding.bind(ledger, vault, again=True)


def paper(ledger: Ledger, code: str, now: datetime) -> Paper:
    """The paper of a code that was just made; ``services.printing.deliver`` sends it past the queue."""
    return recovery_code(letterhead(ledger), now, code)


def write_pdf(ledger: Ledger, code: str, now: datetime, path: Path) -> None:
    """The same paper as a PDF that only this user may read. An existing file is a fault of the disk."""
    from pos_app.printing.pdf import to_pdf  # late: it brings reportlab

    content = to_pdf(paper(ledger, code, now), "a5")
    with faults(path):
        make_private(path)
        path.write_bytes(content)
