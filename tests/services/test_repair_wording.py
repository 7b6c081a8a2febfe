"""What a repair says stands on what a damaged file tells, and that may be anything."""

import pytest

from pos_app.services import repair_wording
from pos_app.services.repairing import Lost


@pytest.mark.parametrize("told", ["2026-10-01T08:00:00", "2026-1x-01", "{}"])
def test_a_moment_that_is_none_is_told_as_unknown(told: str) -> None:
    unknown = repair_wording.of_loss(Lost(41, 43, told, told))
    assert unknown[1] == "Dicatat setelah waktu yang tidak diketahui, sampai waktu yang tidak diketahui."
