"""Rules of the import card in Settings: all rows or none, and what was wrong with them. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from pos_app.domain.dates import business_date
from pos_app.domain.errors import PosError
from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _, ngettext
from pos_app.services import import_wording, registering
from pos_app.services.context import Counter
from pos_app.services.registering import Imported, Looked, Tell
from pos_app.services.wording import describe
from pos_app.ui.messages import Message

SHOWN_PROBLEMS: Final = 100


class ImportPresenter:
    """Imports spreadsheets of producers, goods and staff."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    def look_work(self, kind: str, path: Path) -> Callable[[Tell], Looked]:
        """What a worker does to say what an import would do."""
        counter = self.counter
        today = business_date(counter.clock())

        def work(tell: Tell) -> Looked:
            with closing(counter.ledger.another()) as own:
                return registering.look(own, kind, path, today, tell=tell)

        return work

    def import_work(self, kind: str, path: Path, *, skip_bad: bool = False) -> Callable[[Tell], Imported]:
        """What a worker does to import a spreadsheet: all its rows or none, unless the bad ones are left out."""
        counter = self.counter
        today = business_date(counter.clock())

        def work(tell: Tell) -> Imported:
            with closing(counter.ledger.another()) as own:
                return registering.import_file(own, counter.vault, kind, path, today, skip_bad=skip_bad, tell=tell)

        return work

    def ready_message(self, looked: Looked) -> Message:
        """What the look at a file found."""
        if looked.rejected:
            return self.imported_message(Imported(0, looked.rejected, looked.warnings))
        if not looked.rows:
            return Message("W", _("The file has no rows to import."))
        text = _("{count} rows can be imported. Look at them, then press Import.")
        return Message("I", text.format(count=thousands(looked.rows)))

    def preview_facts(self, looked: Looked) -> list[tuple[str, str, str]]:
        """The first rows as they would come in: text, icon, tone."""
        shown = [
            (" · ".join([code, name, *([rupiah(price)] if price is not None else [])]), "check", "muted")
            for code, name, price in looked.first
        ]
        more = looked.rows - len(shown)
        if more > 0:
            words = _("and {count} more").format(count=thousands(more))
            shown.append((words, "information-outline", "muted"))
        return shown

    def imported_message(self, result: Imported) -> Message:
        """How an import went."""
        if result.rejected and result.imported:
            text = _("{count} rows imported, {problems} problems left out. Mend those and import them again.")
            return Message("W", text.format(count=thousands(result.imported), problems=thousands(len(result.rejected))))
        if result.rejected:
            text = _("Nothing was imported: {count} problems in the file. Mend them, then import again.")
            first = import_wording.sentence(result.rejected[0])
            return Message("E", f"{text.format(count=thousands(len(result.rejected)))} {first}")
        text = ngettext("{count} row imported.", "{count} rows imported.", result.imported)
        return Message("S", text.format(count=thousands(result.imported)))

    def import_facts(self, result: Imported | Looked) -> list[tuple[str, str, str]]:
        """The first problems and remarks by line: text, icon, tone."""
        found = [(import_wording.sentence(one), "alert-circle-outline", "danger") for one in result.rejected]
        found += [(import_wording.sentence(one), "alert-outline", "warning") for one in result.warnings]
        more = len(found) - SHOWN_PROBLEMS
        shown = found[:SHOWN_PROBLEMS]
        if more > 0:
            shown.append((_("and {count} more").format(count=thousands(more)), "information-outline", "muted"))
        return shown

    def stopped_message(self) -> Message:
        """Somebody stopped the import."""
        return Message("I", _("Stopped. Nothing was imported."))

    def failed_message(self, error: Exception) -> Message:
        """Why a file was not read. Errors that are bugs are raised again."""
        if isinstance(error, PosError):
            return Message("E", describe(error))
        raise error
