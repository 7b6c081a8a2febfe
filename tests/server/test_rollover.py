"""The centre's key rolls over: each hands over to the next, tills follow, and nobody else can say so."""

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client.batches import later_keys
from sync.protocol.messages import ACK, ENROL, PAGE, ROLLOVER, Ack, Enrolment, Page, Rollover, pull_path
from sync.protocol.request import CENTRE_KEY
from sync.protocol.wire import BadSignature, key_id, public_bytes, seal, unseal
from sync.server.centre import Centre, open_centre
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.exchange.enrolment import new_code
from sync.server.keys import read_keys, roll_key
from tests.server.support import Journal


def roll(centre: Centre, times: int = 1) -> bytes:
    """The public key that the centre signs with afterwards."""
    for _ in range(times):
        with writing(centre.engine) as db:
            roll_key(db, centre.ring, centre.now())
    return public_bytes(centre.key)


def ack_of(caller, journal: Journal, trusted: bytes, **headers: str) -> Ack:
    answer = caller.push(journal, **headers)
    assert answer.status_code == 200, answer.text
    return unseal(answer.content, Ack, ACK, trusted)


@pytest.mark.parametrize("missed", [1, 2, 3])
def test_a_till_that_missed_some_rollovers_is_led_to_the_newest_key(centre, caller, journal, missed):
    first = public_bytes(centre.key)
    caller.push(journal)
    newest = roll(centre, missed)
    ack = ack_of(caller, journal, first, **{CENTRE_KEY: key_id(first)})
    assert len(ack.rollover) == missed
    assert [first, *later_keys(first, ack.rollover)][-1] == newest
    ack = ack_of(caller, journal, newest, **{CENTRE_KEY: key_id(newest)})
    assert ack.rollover == ()


def test_pages_are_sealed_with_the_key_that_the_till_names(centre, caller, journal):
    first = public_bytes(centre.key)
    newest = roll(centre)
    for key in (first, newest):
        path = pull_path(journal.device, "corner", "")
        answer = caller.call(journal, "GET", path, **{CENTRE_KEY: key_id(key)})
        assert unseal(answer.content, Page, PAGE, key).scope == "corner"


@pytest.mark.parametrize("headers", [{}, {CENTRE_KEY: "0" * 32}])
def test_a_till_that_names_no_key_of_ours_hears_the_one_it_enrolled_with_and_no_more(centre, caller, journal, headers):
    first = public_bytes(centre.key)
    second = roll(centre)
    assert ack_of(caller, journal, first, **headers).rollover == ()
    later = Journal(till="B", ledger_id="33" * 16)
    with writing(centre.engine) as db:
        code = new_code(centre, db, later.corner, later.till)
    answer = unseal(caller.enrol(later, code).content, Enrolment, ENROL, second)
    assert answer.centre_key == second
    later.device = answer.device
    roll(centre)
    assert ack_of(caller, later, second, **headers).rollover == ()


def test_an_enrolment_asked_for_again_after_a_rollover_is_the_same(centre, caller):
    first = public_bytes(centre.key)
    journal = Journal()
    with writing(centre.engine) as db:
        code = new_code(centre, db, journal.corner, journal.till)
    caller.enrol(journal, code)
    roll(centre)
    assert unseal(caller.enrol(journal, code).content, Enrolment, ENROL, first).centre_key == first


def test_all_keys_are_there_again_in_order_when_the_centre_is_opened(centre, database):
    roll(centre, 3)
    again = open_centre(database)
    with reading(centre.engine) as db:
        assert [key.id for key in read_keys(db)] == [key.id for key in again.ring._keys]
        assert db.execute(sa.select(sa.func.count()).select_from(schema.centre_keys)).scalar_one() == 4
    assert public_bytes(again.key) == public_bytes(centre.key)
    again.close()


def test_a_forged_rollover_leads_nowhere(centre):
    first, stranger = centre.ring.newest, Ed25519PrivateKey.generate()
    message = Rollover(new_key=public_bytes(stranger), since=centre.now())
    newest = roll(centre, 2)
    chain = centre.ring.rollovers(first)
    for forged in (
        (seal(stranger, ROLLOVER, message),),
        (seal(first.private, ACK, message),),
        (*chain, seal(first.private, ROLLOVER, message)),
        chain[1:],
        chain[::-1],
    ):
        with pytest.raises(BadSignature):
            later_keys(first.public, forged)
    assert later_keys(first.public, chain)[-1] == newest
