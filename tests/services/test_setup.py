"""Setting a corner up: whole or not at all, and a demo that is never expired."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pos_app.domain.dates import WIB
from pos_app.domain.errors import InvalidPin, LedgerExists, LedgerMissing, Misuse
from pos_app.ledger import queries
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.vault import Vault
from pos_app.ledger.verify import verify
from pos_app.services import people, setup, shifts
from pos_app.services.context import Counter
from pos_app.services.ids import uuid7
from tests.corner import MORNING


@pytest.fixture
def vault_for(tmp_path: Path) -> Callable[[Identity], Vault]:
    return lambda identity: Vault(tmp_path / "keys" / identity.ledger_id)


def make(path: Path, vault_for: Callable[[Identity], Vault], **changes: str) -> Path:
    typed = {"code": "MTR-011", "name": "Dinas Perdagangan", "till": "A", "manager": "Rina", "pin": "246810"} | changes
    return setup.new_corner(path, **typed, vault_for=vault_for, now=MORNING)


def test_the_offices_come_from_the_packaged_list() -> None:
    found = setup.offices()
    assert len(found) == 84
    assert found[0].code == "MTR-001"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"pin": "12345"}, InvalidPin),
        ({"till": "a1"}, Misuse),
        ({"name": " "}, Misuse),
        ({"manager": ""}, Misuse),
    ],
)
def test_a_wrong_answer_leaves_no_ledger_behind(
    tmp_path: Path, vault_for: Callable[[Identity], Vault], changes: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        make(tmp_path / "till.db", vault_for, **changes)
    assert list(tmp_path.glob("till*")) == []


def test_a_ledger_that_is_there_is_not_touched(tmp_path: Path, vault_for: Callable[[Identity], Vault]) -> None:
    path = make(tmp_path / "till.db", vault_for)
    before = path.read_bytes()
    with pytest.raises(LedgerExists):
        make(path, vault_for)
    assert path.read_bytes() == before


def test_a_missing_folder_is_named(tmp_path: Path, vault_for: Callable[[Identity], Vault]) -> None:
    with pytest.raises(LedgerMissing):
        make(tmp_path / "gone" / "till.db", vault_for)


@pytest.mark.parametrize("at", [datetime(2026, 11, 21, 7, tzinfo=WIB), datetime(2031, 2, 28, 23, 30, tzinfo=WIB)])
def test_the_demo_has_goods_that_are_not_expired_whatever_today_is(
    tmp_path: Path, vault_for: Callable[[Identity], Vault], at: datetime
) -> None:
    path = setup.demo_corner(tmp_path, at, vault_for)
    ledger = Ledger.open(path)
    goods = queries.all_products(ledger.db, 1000)
    assert len(goods) == 250
    assert all(product.on_hand > 0 for product in goods)
    tomorrow = (at.date() + timedelta(days=1)).isoformat()
    assert all(product.expires_on is None or product.expires_on >= tomorrow for product in goods)
    counter = Counter(ledger, vault_for(ledger.identity), lambda: at, uuid7)
    names = {user.name: user.role for user in people.users(counter)}
    assert names == {setup.DEMO_MANAGER: "pengelola", setup.DEMO_CASHIER: "kasir"}
    assert queries.open_shift(ledger.db) is None
    assert verify(ledger).entries == ledger.head().seq == 60
    ledger.close()


def test_an_interrupted_demo_begins_anew(tmp_path: Path, vault_for: Callable[[Identity], Vault]) -> None:
    (tmp_path / f"{setup.DEMO_FILE}.setup").write_bytes(b"half")
    path = setup.demo_corner(tmp_path, MORNING, vault_for)
    Ledger.open(path).close()
    assert [one.name for one in tmp_path.glob("pojok*")] == [setup.DEMO_FILE]


def test_a_new_corner_is_taken_back_only_while_nothing_is_recorded(
    tmp_path: Path, vault_for: Callable[[Identity], Vault]
) -> None:
    path = make(tmp_path / "till.db", vault_for)
    ledger = Ledger.open(path)
    counter = Counter(ledger, vault_for(ledger.identity), lambda: MORNING, uuid7)
    counter.user = people.users(counter)[0]
    shifts.open_shift(counter, 1_000)
    ledger.close()
    assert not setup.take_back(path)
    assert path.exists()
    empty = make(tmp_path / "empty.db", vault_for)
    assert setup.take_back(empty)
    assert list(tmp_path.glob("empty.db*")) == []
