"""What waits for the centre: until it has exactly this state, and again when it may have lost it."""

from pos_app.ledger import proposed
from pos_app.ledger.exchange import LedgerStore
from pos_app.services import producers
from pos_app.services.producers import Entry
from sync.protocol.messages import ProposalsTaken
from tests.corner import Corner

AT = "2026-11-22T08:00:00+07:00"


def register(corner: Corner) -> str:
    return producers.register(corner.counter, Entry(business_name="Dapur Siger"), "boss")


def mark_of(corner: Corner, code: str) -> str:
    (one,) = proposed.waiting(corner.db, 10, lambda _code, _sealed: b"")
    assert one.code == code
    return one.mark


def sent(corner: Corner, code: str, mark: str) -> None:
    with corner.ledger.write() as tx:
        proposed.sent(tx.db, [(code, mark)])


def test_what_changed_after_it_was_sent_waits_on(corner: Corner) -> None:
    code = register(corner)
    sent(corner, code, "an earlier state")
    assert proposed.states(corner.db) == {code: "waiting"}
    sent(corner, code, mark_of(corner, code))
    assert proposed.states(corner.db) == {code: "sent"}


def test_a_centre_that_may_have_lost_it_hears_of_it_again(corner: Corner) -> None:
    code = register(corner)
    for again in (lambda store: store.begin_anew("producers"), lambda store: store.rewind(0)):
        sent(corner, code, mark_of(corner, code))
        again(LedgerStore(corner.ledger))
        assert proposed.states(corner.db) == {code: "waiting"}


def test_what_the_centre_never_takes_keeps_nothing_that_follows_back(corner: Corner) -> None:
    codes = [register(corner) for _ in range(3)]
    corner.db.execute("UPDATE producers SET class = 'raksasa' WHERE code = ?", (codes[0],))
    store = LedgerStore(corner.ledger)
    assert [one.code for one in store.proposals(1, AT)] == codes[1:2], "what it cannot take in is not sent"
    assert [one.code for one in store.proposals(1, AT, codes[1])] == codes[2:]
    assert store.proposals(1, AT, codes[2]) == []


def test_persons_are_sealed_to_the_centres_newest_key(corner: Corner) -> None:
    store = LedgerStore(corner.ledger)
    store.proposals_taken(ProposalsTaken(nonce="n", device="d", seal_key=b"k" * 32))
    assert store.seal_key() == b"k" * 32
    store.save_centre_key(b"c" * 32)
    assert store.seal_key() == b"", "it is asked for again"
