"""Every expected error is one sentence in the user's language."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

import pos_app.ledger
import pos_app.printing
import pos_app.services
from pos_app import i18n
from pos_app.domain.errors import (
    DamagedLedger,
    EnvironmentFault,
    PosError,
    RuleError,
    StaleShift,
    StorageFault,
    TabLimitExceeded,
    WrongPin,
)
from pos_app.services.wording import SENTENCES, WARNINGS, describe, warning

DATA: dict[str, Any] = {
    "opened_at": "2026-10-01T07:30:00+07:00",
    "expires_on": "2026-10-05",
    "cut_off": "2026-10-20",
    "skus": ("A", "B"),
    "reason": "offline",
    "maybe_printed": False,
    "retry_after": None,
}


def import_every_room() -> None:
    for package in (pos_app.services, pos_app.ledger, pos_app.printing):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)


def below(error: type[PosError]) -> Iterator[type[PosError]]:
    for one in error.__subclasses__():
        yield one
        yield from below(one)


import_every_room()
ERRORS = sorted({*below(RuleError), *below(EnvironmentFault)}, key=lambda one: one.__name__)


def example(error: type[PosError]) -> PosError:
    types = {"int": 2_500, "str": "X1"}
    kinds = {name: getattr(kind, "__name__", "") for name, kind in error.fields.items()}
    return error(**{name: DATA.get(name, types.get(kind, "X1")) for name, kind in kinds.items()})


@pytest.fixture(params=["id", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    i18n.set_language(request.param)
    yield request.param
    i18n.set_language(i18n.DEFAULT)


def test_the_technical_reason_stands_apart_from_what_to_do() -> None:
    whole_file = describe(DamagedLedger(0, "database disk image is malformed"))
    assert whole_file == "Catatan rusak. Berhenti, lalu perbaiki. Untuk bantuan: database disk image is malformed."
    assert describe(DamagedLedger(12, "hash")).startswith("Catatan rusak mulai nomor 12. Berhenti, lalu perbaiki.")
    assert describe(StorageFault("disk I/O error")).endswith("coba lagi. Untuk bantuan: disk I/O error.")


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_expected_error_has_a_sentence(error: type[PosError], language: str) -> None:
    text = describe(example(error))
    assert text
    assert "{" not in text
    assert "\n" not in text
    assert not text.startswith("(")


def test_no_sentence_is_left_of_an_error_that_is_gone() -> None:
    assert set(SENTENCES) <= {error.__name__ for error in ERRORS}


def test_every_error_has_a_stable_name() -> None:
    assert all(error.name not in ("error", "") and error.name == error.name.lower() for error in ERRORS)


def test_money_and_moments_are_written_as_people_write_them() -> None:
    assert (
        describe(TabLimitExceeded("S001", 12_000))
        == "Bon S001 lewat batas Rp 12.000. Bayar kelebihannya, atau PIN pengelola."
    )
    assert "01/10/2026 07.30" in describe(StaleShift("2026-10-01T07:30:00+07:00"))


def test_a_wrong_pin_tells_the_tries_left_or_the_wait() -> None:
    assert describe(WrongPin(2)) == "PIN salah. Sisa 2 percobaan."
    assert "60 detik" in describe(WrongPin(0, 60))


@pytest.mark.parametrize("name", WARNINGS)
def test_every_warning_has_a_sentence(name: str, language: str) -> None:
    plain = {
        "below_stock": "Keripik",
        "recorded_after_all": "ST-MTR001A-000001",
        "handed_over_before": "DP-MTR001A-000001",
    }.get(name)
    text = warning(name, plain or "2026-10-01T00:30:00+00:00")
    moment = "01/10/2026 07.30" if language == "id" else "01/10/2026 07:30"
    assert (plain or moment) in text
