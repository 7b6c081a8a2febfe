"""Words for the codes of producers' data."""

from __future__ import annotations

from typing import Final

from pos_app.i18n import N_

CLASSES: Final = {"mikro": N_("Micro"), "kecil": N_("Small"), "menengah": N_("Medium")}
TERMS: Final = {"harian": N_("Daily"), "mingguan": N_("Weekly"), "bulanan": N_("Monthly")}
TENDERS: Final = {"cash": N_("Cash"), "transfer": N_("Transfer")}
BEARERS: Final = {"producer": N_("Producer bears losses"), "corner": N_("Corner bears losses")}
