"""The list of what is tried, in the order in which they take turns. A new scenario is a file here and a line below."""

from tests.torture.scenarios.clocks import CLOCKS
from tests.torture.scenarios.commands import COMMANDS
from tests.torture.scenarios.exchange_kills import EXCHANGE_KILLS
from tests.torture.scenarios.faults import FAULTS
from tests.torture.scenarios.forgery import FORGERY
from tests.torture.scenarios.full_disk import FULL_DISK
from tests.torture.scenarios.kills import KILLS
from tests.torture.scenarios.power_cuts import POWER_CUTS
from tests.torture.scenarios.restores import RESTORES
from tests.torture.scenarios.second_start import SECOND_START
from tests.torture.scenarios.tampering import TAMPERING
from tests.torture.scenarios.window import WINDOW

SCENARIOS = (
    KILLS,
    POWER_CUTS,
    FAULTS,
    WINDOW,
    COMMANDS,
    EXCHANGE_KILLS,
    RESTORES,
    FULL_DISK,
    TAMPERING,
    FORGERY,
    CLOCKS,
    SECOND_START,
)
