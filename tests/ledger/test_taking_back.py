"""A restored backup is only behind: what the centre kept is appended byte for byte, with all that follows from it."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_app.ledger import backup, taking_back
from pos_app.ledger.epochs import epochs_of
from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.schema import PROJECTION_TABLES
from pos_app.ledger.verify import verify
from pos_app.services import matching
from pos_app.services.figures import current_state
from pos_app.services.ids import uuid7
from sync.documents.money import PriceSet
from sync.protocol.batch import chain
from sync.protocol.epochs import epoch_of
from sync.protocol.messages import EPOCH, Approval, EpochBegun, KeptEntries
from sync.protocol.wire import Malformed, seal
from tests.corner import MORNING, Corner

FOLLOWS = ("journal", *PROJECTION_TABLES)


def rows(ledger: Ledger, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    return {name: [tuple(row) for row in ledger.db.execute(f"SELECT * FROM {name}")] for name in tables}


def kept_after(ledger: Ledger, after: int, through: int | None = None) -> KeptEntries:
    """What a centre answers that has all of ``ledger``."""
    store = LedgerStore(ledger)
    head = ledger.head()
    entries = store.entries(after + 1, (through or head.seq) - after)
    prev = entries[0].prev if entries else head.hash
    return KeptEntries(
        nonce="n",
        device="d",
        ledger_id=ledger.identity.ledger_id,
        epoch=epoch_of(store.epochs(), after + 1),
        first_seq=after + 1,
        prev=prev,
        last_hash=[prev, *chain(prev, [one.body for one in entries])][-1],
        entries=tuple(one.body for one in entries),
        head_epoch=ledger.identity.epoch,
        head_seq=head.seq,
        head_hash=head.hash,
        epochs=epochs_of(ledger.db),
    )


@pytest.fixture
def busy(open_corner: Corner, tmp_path: Path) -> Corner:
    """A corner with a document of nearly every kind; ``tmp_path / 'old'`` has a copy after each of them."""
    corner = open_corner
    (tmp_path / "old").mkdir()

    def copied() -> None:
        found = backup.back_up(corner.ledger, tmp_path / "old", corner.clock())
        found.rename(tmp_path / "old" / f"{corner.ledger.head().seq}.db")

    copied()
    first = corner.sell("T1", "3")
    copied()
    for action, parts in (
        ("sale", {"lines": [{"code": "T1", "quantity": "1"}], "tenders": [{"kind": "qris", "amount": 16_000}]}),
        ("refund", {"of": first["number"], "lines": [{"line": 0, "quantity": "1"}], "tender": "cash"}),
        (
            "sale",
            {"lines": [{"code": "K1", "quantity": "2"}], "tenders": [{"kind": "tab", "staff": "S1", "amount": 15_000}]},
        ),
        ("tab_payment", {"staff": "S1", "amount": 5_000, "tender": "cash"}),
        ("cash_move", {"direction": "out", "amount": 20_000, "reason": "es batu"}),
        ("return_goods", {"producer": "P1", "lines": [{"sku": "T1", "quantity": "2", "reason": "unsold"}]}),
        ("write_off", {"lines": [{"sku": "B1", "quantity": "1", "reason": "damaged"}]}),
        ("count", {"lines": [{"sku": "K1", "counted": "8"}]}),
        ("set_price", {"sku": "T1", "sell_price": 17_000, "consign_price": 15_000}),
        ("settle", {"producer": "P1", "tender": "cash"}),
        ("reverse", {"of": first["number"].replace("000001", "000003"), "reason": "wrong tender"}),
        ("close_shift", {"counted": 150_000}),
        ("open_shift", {"float": 100_000}),
    ):
        corner.clock.pass_by(minutes=7)
        corner.do(action, **parts)
        copied()
    matching.match(corner.counter, [7], 15_900)
    corner.sell("T1")
    return corner


@pytest.fixture
def restored(busy: Corner, tmp_path: Path) -> Iterator[Any]:
    opened: list[Ledger] = []

    def restore(seq: int) -> tuple[Ledger, LedgerStore]:
        path = tmp_path / f"restored-{seq}.db"
        ledger = backup.restore(tmp_path / "old" / f"{seq}.db", path)
        opened.append(ledger)
        return ledger, LedgerStore(ledger, busy.counter.vault.signing_key())

    yield restore
    for ledger in opened:
        ledger.close()


def copies(folder: Path) -> list[int]:
    return sorted(int(one.stem) for one in (folder / "old").glob("*.db"))


def test_whatever_was_lost_comes_back_with_everything_that_follows(busy: Corner, restored: Any, tmp_path: Path) -> None:
    told = rows(busy.ledger, *FOLLOWS)
    for seq in copies(tmp_path):
        ledger, store = restored(seq)
        assert store.take_back(kept_after(busy.ledger, seq)) == busy.ledger.head().seq - seq
        assert rows(ledger, *FOLLOWS) == told
        assert current_state(ledger) == busy.state
        assert verify(ledger).entries == busy.ledger.head().seq


def test_what_is_here_already_is_passed_over(busy: Corner, restored: Any) -> None:
    ledger, store = restored(6)
    kept = kept_after(busy.ledger, 3)
    assert store.take_back(kept) == busy.ledger.head().seq - 6
    assert store.take_back(kept) == 0
    assert verify(ledger).entries == busy.ledger.head().seq


def test_every_slice_leaves_a_whole_ledger(busy: Corner, restored: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking_back, "SLICE", 1)
    ledger, store = restored(5)
    for through in range(6, busy.ledger.head().seq + 1):
        assert store.take_back(kept_after(busy.ledger, 5, through)) == 1
        assert verify(ledger).entries == through


def test_nothing_is_appended_to_another_history(busy: Corner, restored: Any) -> None:
    ledger, store = restored(6)
    with closing(ledger.another()) as other, other.write() as tx:
        tx.keep(LedgerStore(busy.ledger).entries(7, 1)[0].body.replace(b'"app":"', b'"app":"x'))
    for after in (6, 7, 9):
        with pytest.raises(Malformed):
            store.take_back(kept_after(busy.ledger, after))
    assert ledger.head().seq == 7


def test_a_sale_that_slips_in_between_ends_it(busy: Corner, restored: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, store = restored(5)
    kept = kept_after(busy.ledger, 5)
    foreign = LedgerStore(busy.ledger).entries(10, 1)[0].body.replace(b'"app":"', b'"app":"x')
    monkeypatch.setattr(taking_back, "SLICE", 4)
    write, slices = ledger.write, 0

    def sold_before_the_second() -> Any:
        nonlocal slices
        slices += 1
        if slices == 2:
            with write() as tx:
                tx.keep(foreign)
        return write()

    monkeypatch.setattr(ledger, "write", sold_before_the_second)
    with pytest.raises(Malformed, match="meanwhile"):
        store.take_back(kept)
    assert ledger.head().seq == 10
    assert verify(ledger).entries == 10


def test_no_number_is_given_twice(busy: Corner, restored: Any) -> None:
    ledger, store = restored(5)
    assert ledger.identity.series == "MTR001A2"
    store.take_back(kept_after(busy.ledger, 5))
    assert ledger.identity.series == "MTR001A2"
    with ledger.write() as tx:
        assert tx.next_number("ST") == "ST-MTR001A2-000001"


def test_numbers_of_a_file_that_was_copied_back_by_hand_begin_anew(busy: Corner, tmp_path: Path) -> None:
    copy = tmp_path / "copied.db"
    shutil.copyfile(tmp_path / "old" / "6.db", copy)
    with closing(Ledger.open(copy)) as ledger:
        LedgerStore(ledger, busy.counter.vault.signing_key()).take_back(kept_after(busy.ledger, 6))
        with closing(ledger.another()) as counter, counter.write() as tx:
            assert tx.next_number("ST") == "ST-MTR001A2-000001"


def test_what_the_registry_of_the_backup_does_not_know_gets_a_stand_in(busy: Corner, restored: Any) -> None:
    ledger, store = restored(5)
    with ledger.write() as tx:
        for table in ("barcodes", "products", "staff", "producers"):
            tx.db.execute(f"DELETE FROM {table}")
    store.take_back(kept_after(busy.ledger, 5))
    assert verify(ledger).entries == busy.ledger.head().seq
    named = rows(ledger, "products", "producers", "staff")
    assert {row[1] for row in named["products"]} >= {"T1", "K1", "B1"}
    assert {row[0] for row in named["producers"]} >= {"P1", "P2"}
    assert {row[0] for row in named["staff"]} == {"S1"}


def test_a_later_epoch_comes_back_with_its_beginning(busy: Corner, restored: Any, tmp_path: Path) -> None:
    busy.do("close_shift", counted=116_000)
    head, digest = busy.ledger.head().seq, busy.ledger.head().hash
    whose = busy.ledger.identity.ledger_id
    approved = Approval(
        device="d",
        ledger_id=whose,
        epoch=2,
        head_seq=head,
        head_hash=digest,
        base_seq=head,
        base_hash=digest,
        approved_at="2026-10-02T08:00:00+07:00",
    )
    approval = seal(Ed25519PrivateKey.generate(), EPOCH, approved)
    with busy.ledger.write() as tx:
        tx.begin_epoch(EpochBegun(2, head + 1, head, approval))
        price = PriceSet(number=tx.next_number("PH"), sku="T1", sell_price=18_000)
        tx.append(price, document_id=uuid7(MORNING), at=MORNING, cashier="")
    busy.do("set_price", sku="T1", sell_price=19_000)
    assert verify(busy.ledger).entries == head + 2
    ledger, store = restored(5)
    with closing(ledger.another()) as counter:  # opened before
        store.take_back(kept_after(busy.ledger, 5, head))
        store.take_back(kept_after(busy.ledger, head))
        assert rows(ledger, *FOLLOWS, "epochs") == rows(busy.ledger, *FOLLOWS, "epochs")
        assert rows(ledger, "epochs") == {"epochs": [(2, head + 1, head, approval)]}
        assert verify(ledger).entries == head + 2
        with counter.write() as tx:
            assert tx.identity.epoch == 2
