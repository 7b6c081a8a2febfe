"""A till is copied, restored, joins, sends and goes on, in any order and for long: no copy is ever stuck."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from pos_app.ledger import backup, qris_money
from pos_app.ledger.exchange import LedgerStore
from pos_app.services import matching
from tests.corner import Corner
from tests.services.forked_corner import Forked, pages_after
from tests.services.joining import at_random

STEPS = 12
EVENTS = (
    *("records", "is copied", "sends", "comes back", "comes back", "comes back", "comes back"),
    "the centre is restored",
)


class Line:
    """What becomes of one till and its copies; ``centre`` has what was sent last."""

    def __init__(self, till: Corner, folder: Path, seed: int) -> None:
        self._folder = folder
        self._chance = random.Random(seed)
        self._counts = self._chance.random() < 0.7
        self._files = 0
        self.till = till
        self._copies = [self._copy()]
        self._sent = [self._copies[0]]
        self.centre = self._restored(self._sent[0])

    def run(self) -> None:
        for _step in range(STEPS):
            self.till.clock.pass_by(minutes=3)
            match self._chance.choice(EVENTS):
                case "records":
                    self._record()
                case "is copied":
                    self._copies.append(self._copy())
                case "sends" if self._goes_on():
                    self._send()
                case "comes back":
                    self._come_back()
                case "the centre is restored":
                    self.centre = self._restored(self._chance.choice(self._sent))

    def _come_back(self) -> None:
        self.till = self._restored(self._chance.choice(self._copies))
        self._record()
        both = Forked(self.centre, self.till, 0)
        both.look_again()
        if both.base == self.till.ledger.head().seq:
            store = LedgerStore(self.till.ledger, self.till.counter.vault.signing_key())
            for page in pages_after(self.centre.ledger, both.base):
                store.take_back(page)
        elif not self._goes_on():
            both.rejoin()
            self.till = both.till
        assert self.till.verify() == self.till.ledger.head().seq
        if self._chance.random() < 0.7:
            self._send()

    def _goes_on(self) -> bool:
        head = self.centre.ledger.head()
        return LedgerStore(self.till.ledger).hash_at(head.seq) == head.hash

    def _record(self) -> None:
        at_random(self._chance.getrandbits(32), counts=self._counts)(self.till)
        for _paper in range(self._chance.randrange(3)):
            self._office_work()

    def _office_work(self) -> None:
        """What a counter does now and then: QRIS money matched, lists for the treasurer, documents taken back."""
        unmatched = dict(qris_money.open_entries(self.till.db))
        numbers = [row[0] for row in self.till.db.execute("SELECT number FROM documents WHERE kind <> 'reversal'")]
        match self._chance.randrange(3):
            case 0 if unmatched:
                some = self._chance.sample(sorted(unmatched), self._chance.randint(1, len(unmatched)))
                gross = sum(map(unmatched.__getitem__, some))
                if gross > 0:
                    matching.match(self.till.counter, some, gross, approved_by="m")
            case 1:
                date = self.till.clock().date().isoformat()
                answer = self.till.play({"do": "deduction_list", "month": date[:7], "cut_off": date})
                if answer["ok"] and self._chance.random() < 0.5:
                    self.till.play({"do": "deduction_collected", "of": answer["number"], "tender": "cash"})
            case _:
                number = self._chance.choice(numbers)
                self.till.play({"do": "reverse", "of": number, "reason": "mistyped", "approved_by": "m"})

    def _send(self) -> None:
        self._sent.append(self._copy())
        self.centre = self._restored(self._sent[-1])

    def _copy(self) -> Path:
        return backup.back_up(self.till.ledger, self._place(), self.till.clock())

    def _restored(self, copy: Path) -> Corner:
        counter = replace(self.till.counter)
        counter.user = self.till.counter.user
        counter.ledger = backup.restore(copy, self._place() / "till.db")
        return Corner(counter.ledger, counter, self.till.clock)

    def _place(self) -> Path:
        self._files += 1
        place = self._folder / str(self._files)
        place.mkdir()
        return place


@pytest.mark.parametrize("seed", range(5))
def test_however_often_a_till_is_copied_and_comes_back_it_joins(open_corner: Corner, tmp_path: Path, seed: int) -> None:
    Line(open_corner, tmp_path, seed).run()
