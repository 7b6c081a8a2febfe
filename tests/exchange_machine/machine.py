"""What can happen to two tills, their line and the centre, in any order; and what must hold after each step."""

import shutil
from collections import Counter, defaultdict
from pathlib import Path
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pos_app.ledger.verify import verify
from pos_app.services.figures import current_state
from sync.protocol.entry import entry_hash
from sync.server import keys
from sync.server.errors import CentreError
from sync.server.exchange import enrolment, repairs
from sync.server.registry import deciding, merging
from sync.server.trust import figures
from tests.exchange_machine.world import COPIES, CORNER, FATES, OFFICER, TILLS, CentreHere, TillHere, place, template

till_of = st.sampled_from((*TILLS, *TILLS, *COPIES))
"""Mostly a till; what happens to the copy of a computer happens to the till itself while there is none."""
fates_of = st.lists(st.sampled_from(("whole", *FATES)), max_size=5)
number_of = st.integers(0, 5)
ROUNDS = 8
"""Of exchanges in which everything must have come to rest once the line is whole and officers answer."""


class ExchangeMachine(RuleBasedStateMachine):
    """Two real ledgers, one real centre. ``met`` counts what happened, over all runs."""

    met: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.folder = place()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(template(), self.folder)
        self.centre = CentreHere(self.folder)
        self.tills = {name: TillHere(self.folder, self.centre, name) for name in TILLS}
        self.trusting = set(TILLS)
        """Tills whose pointer must hold at the centre: the centre was not restored since their last exchange."""
        self.backups: defaultdict[str, list[tuple[Path, set[str]]]] = defaultdict(list)
        self.copies: list[Path] = []
        self.registered: list[str] = []
        self.files = 0
        self.hashes: dict[str, dict[int, bytes]] = {}
        """What the centre has of each device after the last step."""

    def _file(self) -> Path:
        self.files += 1
        return self.folder / f"copy-{self.files}"

    def _who(self, name: str) -> str:
        return name if name in self.tills else name[0]

    # what happens ----------------------------------------------------------------------------------------------------

    @rule(name=till_of, count=st.integers(1, 3))
    def record(self, name: str, count: int) -> None:
        name = self._who(name)
        self.tills[name].record(count)
        self.met["recorded"] += count

    @rule(name=till_of, fates=fates_of)
    def exchange(self, name: str, fates: list[str]) -> None:
        name = self._who(name)
        self.met.update(f"requests {fate}" for fate in fates if fate != "whole")
        self._exchange(name, *fates)

    def _exchange(self, name: str, *fates: str) -> str:
        till = self.tills[name]
        report = till.exchange(*fates)
        self.met[f"exchanges: {report.reason or report.status}"] += 1
        if report.status == "ok":
            self.trusting.add(name)
            store = till.store
            assert store.standing().problem == ""
            assert store.standing().acked_seq == till.ledger.head().seq
            assert store.agrees("producers", till.now()), "digest after a full pull"
        return report.reason or report.status

    @rule(name=till_of, number=number_of)
    def an_old_request_arrives_again(self, name: str, number: int) -> None:
        name = self._who(name)
        self.tills[name].line.again(number)
        self.met["requests repeated"] += 1

    @rule(name=till_of)
    def back_up(self, name: str) -> None:
        name = self._who(name)
        path = self._file()
        self.backups[name].append((path, self.tills[name].back_up(path)))

    @precondition(lambda self: any(self.backups.values()))
    @rule(name=till_of, number=number_of, new_computer=st.booleans())
    def restore(self, name: str, number: int, new_computer: bool) -> None:
        name = self._who(name)
        if self.backups[name]:
            path, answered = self.backups[name][number % len(self.backups[name])]
            self.tills[name].come_back(path, answered, new_computer=new_computer)
            self.met["new computers" if new_computer else "restores"] += 1

    @rule(name=till_of, sent=st.integers(1, 2), sold=st.integers(1, 3), new_computer=st.booleans())
    def sell_after_an_old_backup_came_back(self, name: str, sent: int, sold: int, new_computer: bool) -> None:
        """Nothing of what was sent since the backup is fetched before the counter goes on."""
        name = self._who(name)
        till, path = self.tills[name], self._file()
        answered = till.back_up(path)
        till.record(sent)
        self._exchange(name)
        till.come_back(path, answered, new_computer=new_computer)
        till.record(sold)
        self._exchange(name)
        self.met["sold after an old backup"] += 1

    @rule(name=st.sampled_from(TILLS))
    def a_copy_of_the_computer_goes_on_too(self, name: str) -> None:
        """Ledger and keys, byte for byte: two speak as one till from now on, and give the same numbers."""
        copy = COPIES[TILLS.index(name)]
        if copy in self.tills:
            return
        self.tills[copy] = self.tills[name].copied(self.folder / copy)
        if name in self.trusting:
            self.trusting.add(copy)
        self.met["computers copied"] += 1

    @rule(name=till_of)
    def an_officer_approves(self, name: str) -> None:
        try:
            with self.centre.office() as (centre, db):
                repairs.approve(centre, db, CORNER, name[0], OFFICER)
        except CentreError:
            return
        self.met["approved"] += 1

    @rule(name=till_of)
    def rejoin(self, name: str) -> None:
        name = self._who(name)
        self.met["rejoined"] += self.tills[name].rejoin()

    @rule()
    def back_up_the_centre(self) -> None:
        self.copies.append(self._file())
        self.centre.copy_to(self.copies[-1])

    @precondition(lambda self: self.copies)
    @rule(number=number_of, new_timeline=st.booleans())
    def restore_the_centre(self, number: int, new_timeline: bool) -> None:
        self.centre.come_back(self.copies[number % len(self.copies)], new_timeline=new_timeline)
        self.trusting.clear()
        self.met["restores of the centre"] += 1
        self.met["new timelines"] += new_timeline

    @rule(name=till_of)
    def revoke(self, name: str) -> None:
        with self.centre.office() as (centre, db):
            self.met["revoked"] += enrolment.revoke(centre, db, CORNER, name[0])

    @rule(name=till_of)
    def enrol_anew(self, name: str) -> None:
        name = self._who(name)
        self.tills[name].enrol()
        self.met["enrolled anew"] += 1

    @rule()
    def the_centre_gets_a_new_key(self) -> None:
        with self.centre.office() as (centre, db):
            keys.roll_key(db, centre.ring, centre.now())
        self.met["new keys of the centre"] += 1

    @rule(name=till_of)
    def register_a_producer(self, name: str) -> None:
        name = self._who(name)
        self.registered.append(self.tills[name].register_producer(f"Usaha {len(self.registered)}"))
        self.met["producers registered"] += 1

    @precondition(lambda self: self.registered)
    @rule(number=number_of, merged=st.booleans())
    def an_officer_decides(self, number: int, merged: bool) -> None:
        code = self.registered[number % len(self.registered)]
        try:
            with self.centre.office() as (centre, db):
                if merged:
                    merging.merge_proposed(centre, db, code, "P001", OFFICER)
                else:
                    deciding.confirm(centre, db, code, {}, OFFICER)
        except CentreError:
            return
        self.met["producers merged" if merged else "producers confirmed"] += 1

    # what holds ------------------------------------------------------------------------------------------------------

    @invariant()
    def all_of_it_holds(self) -> None:
        self.the_centre_has_one_whole_journal_of_each_till()
        self.nothing_is_there_twice()
        self.what_was_acknowledged_is_at_the_centre()
        self.every_till_has_what_its_people_were_told()

    def the_centre_has_one_whole_journal_of_each_till(self) -> None:
        hashes: dict[str, dict[int, bytes]] = {}
        starts = {(row["device"], row["first_seq"]) for row in self.centre.rows("epochs")}
        for row in self.centre.rows("entries"):
            device, seq = row["device"], row["seq"]
            mine = hashes.setdefault(device, {})
            assert seq == len(mine) + 1
            assert entry_hash(row["prev"], row["body"]) == row["hash"]
            if mine and (device, seq) not in starts:
                assert row["prev"] == mine[seq - 1]
            mine[seq] = row["hash"]
        for row in self.centre.rows("devices"):
            mine = hashes.get(row["device"], {})
            assert row["head_seq"] == len(mine)
            assert not mine or row["head_hash"] == mine[len(mine)]
        self.hashes = hashes

    def nothing_is_there_twice(self) -> None:
        assert not [row["reason"] for row in self.centre.rows("quarantine")]
        assert len(self.centre.rows("document_ids")) == sum(len(mine) for mine in self.hashes.values())

    def what_was_acknowledged_is_at_the_centre(self) -> None:
        for name in self.trusting:
            store = self.tills[name].store
            standing = store.standing()
            assert standing.acked_seq <= store.head().seq
            if standing.link and standing.acked_seq and not standing.problem:
                kept = self.hashes.get(standing.link.device, {})
                assert kept[standing.acked_seq] == store.hash_at(standing.acked_seq)

    def every_till_has_what_its_people_were_told(self) -> None:
        for till in self.tills.values():
            assert till.answered <= set(till.documents())

    def teardown(self) -> None:
        """The line is whole now and officers answer: everything comes to rest, with every document in both books."""
        try:
            self._settle()
        finally:
            for till in self.tills.values():
                till.close()
            self.centre.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _settle(self) -> None:
        for name in self.tills:
            self._rest(name)
        for copy in COPIES:
            if copy in self.tills:
                self._rest(copy[0])
                assert self.tills[copy[0]].documents() == self.tills[copy].documents()
        figures.verify(self.centre.centre)

    def _rest(self, name: str) -> None:
        said, till = list[str](), self.tills[name]
        while said[-2:] != ["ok", "ok"] and len(said) < ROUNDS:
            said.append(self._calm(name, till))
        assert said[-1] == "ok", f"till {name} never came to rest: {said}"
        self.the_centre_has_one_whole_journal_of_each_till()
        self.nothing_is_there_twice()
        assert till.answered <= {row["document_id"] for row in self.centre.rows("document_ids")}
        verify(till.ledger)
        assert figures.state(self.centre.centre, CORNER, till.till) == current_state(till.ledger)

    def _calm(self, name: str, till: TillHere) -> str:
        """One more exchange, after what people do about the one before."""
        said = self._exchange(name)
        if said in ("not_enrolled", "unknown_key", "key_revoked", "foreign_device", "nonsense"):
            till.enrol()
        elif said in ("repair_waiting", "repair_refused"):
            self.an_officer_approves(name)
        elif said == "repair_approved":
            self.rejoin(name)
        return said
