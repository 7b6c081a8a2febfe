"""What tills may propose, and what officers may decide about it."""

from functools import partial
from itertools import product as product_of

import msgspec
import pytest
import sqlalchemy as sa

from pos_app.cli import main
from sync.protocol.batch import pack_batch
from sync.protocol.bundle import REPLY_MARK, Bundle, open_reply, read_mark, write_bundle
from sync.protocol.facts import ProducerFacts, ProductFacts
from sync.protocol.messages import PROPOSALS, Proposal, Proposals, ProposalsTaken, proposals_path
from sync.protocol.sealing import seal_to
from sync.protocol.wire import deflate, key_id, public_bytes, unseal
from sync.server import commands
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange import proposals
from sync.server.exchange.feeds import take_positions
from sync.server.registry import deciding, merging
from tests.server.support import AT, Journal, problem

CODE, GOODS = "MTR001A-P01", "MTR001A-B001"
PERSON = b'{"owner_name":"Umi","phone":"+6281200000001"}'


def producer(code: str = CODE, name: str = "Dapur Siger", **changed) -> Proposal:
    facts = ProducerFacts(code=code, business_name=name)
    return msgspec.structs.replace(
        Proposal(code=code, kind="producer", facts=msgspec.json.encode(facts), mark="m1"), **changed
    )


def product(sku: str = GOODS, maker: str = CODE, **changed) -> Proposal:
    facts = ProductFacts(
        sku=sku, name="Keripik", category="makanan", unit="pcs", producer=maker, pricing="titip",
        consign_price=8, sell_price=9,
    )  # fmt: skip
    return msgspec.structs.replace(
        Proposal(code=sku, kind="product", facts=msgspec.json.encode(facts), mark="m1"), **changed
    )


def send(caller, journal, *some: Proposal):
    body = deflate(msgspec.msgpack.encode(Proposals(proposals=some)))
    return caller.call(journal, "POST", proposals_path(journal.device), body)


def taken(centre, response) -> ProposalsTaken:
    assert response.status_code == 200, response.content
    return unseal(response.content, ProposalsTaken, PROPOSALS, public_bytes(centre.key))


@pytest.fixture(autouse=True)
def officer(centre) -> None:
    with writing(centre.engine) as db:
        account = {"name": "Rahma", "role": "petugas", "password_hash": "", "made_at": centre.now()}
        db.execute(sa.insert(schema.officers), account | {"name": "Sari", "role": "pembaca"})
        db.execute(sa.insert(schema.officers), account)


def rows(centre, table=schema.proposals):
    with reading(centre.engine) as db:
        return db.execute(sa.select(table).order_by(next(iter(table.primary_key)))).all()


def add_registry(centre) -> None:
    with writing(centre.engine) as db:
        first = take_positions(db, "producers", 2)
        plain = {"class": "mikro", "payout_terms": "harian"}
        known = [{**plain, "code": f"P00{n}", "business_name": f"Usaha {n}", "position": first + n - 1} for n in (1, 2)]
        db.execute(sa.insert(schema.producers), known)


def test_proposals_are_taken_in_once_however_often_they_come(centre, caller, journal):
    for _time in range(3):
        answer = taken(centre, send(caller, journal, producer(), product()))
        assert answer.taken == ((CODE, "m1"), (GOODS, "m1"))
    assert [(row.code, row.state, row.device) for row in rows(centre)] == [
        (GOODS, "waiting", journal.device),
        (CODE, "waiting", journal.device),
    ]


def test_no_proposals_ask_for_the_key_to_seal_to(centre, caller, journal):
    key = taken(centre, send(caller, journal)).seal_key
    sealed = seal_to(key, PERSON, PROPOSALS, journal.device, CODE)
    send(caller, journal, producer(sealed=sealed))
    with writing(centre.engine) as db:
        deciding.confirm(centre, db, CODE, {}, "Rahma")
    assert [(row.code, row.personal) for row in rows(centre, schema.producer_contacts)] == [(CODE, PERSON.decode())]


def test_what_was_sealed_for_another_code_is_not_taken_for_this_one(centre, caller, journal, database):
    key = taken(centre, send(caller, journal)).seal_key
    send(caller, journal, producer(sealed=seal_to(key, PERSON, PROPOSALS, journal.device, "MTR001A-P02")))
    with pytest.raises(CentreError, match="sealed for another"):
        commands.confirm(database, CODE, {}, "Rahma")
    assert rows(centre)[0].state == "waiting"


@pytest.mark.parametrize(
    "code", ["MTR002A-P01", "MTR001B-P01", "MTR001AB-P01", "P001", "MTR001A-B001", "MTR001A-P1", "XMTR001A-P01"]
)
def test_a_code_of_another_till_is_refused_and_nothing_is_written(centre, caller, journal, code):
    response = send(caller, journal, producer(), producer(code))
    assert (response.status_code, problem(response)) == (403, "foreign_device")
    assert rows(centre) == []


def test_another_till_cannot_propose_in_this_ones_name(centre, caller, journal):
    other = Journal(corner="MTR-002", ledger_id="22" * 16).enrol_at(centre)
    body = deflate(msgspec.msgpack.encode(Proposals(proposals=(producer(),))))
    response = caller.call(other, "POST", proposals_path(journal.device), body)
    assert (response.status_code, problem(response)) == (403, "foreign_device")
    assert rows(centre) == []


@pytest.mark.parametrize(
    "facts",
    [
        b"",
        b"{}",
        b'{"code":"MTR001A-P02","business_name":"x"}',
        b'{"code":"MTR001A-P01","business_name":"x","alias_of":"P001"}',
        b'{"code":"MTR001A-P01","business_name":"\\u0000"}',
        b'{"code":"MTR001A-P01","business_name":"' + b"x" * 201 + b'"}',
        b'{"code":"MTR001A-P01","business_name":" "}',
        b'{"code":"MTR001A-P01","business_name":"x","class":"raksasa"}',
        b'{"code":"MTR001A-P01","business_name":"x","halal_expires":"2026-02-29"}',
        b'{"code":"MTR001A-P01","business_name":"x","joined_on":"0000-01-01"}',
        b'{"code":"MTR001A-P01","business_name":"x","later":' + b"[" * 1_900 + b"]" * 1_900 + b"}",
        b"\xff",
    ],
)
def test_facts_that_are_none_are_refused(centre, caller, journal, facts):
    response = send(caller, journal, producer(facts=facts))
    assert (response.status_code, problem(response)) == (400, "malformed")
    assert rows(centre) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"pricing": "sewa"},
        {"category": "obat"},
        {"unit": "lusin"},
        {"barcode": "123"},
        {"sell_price": 0},
        {"sell_price": 10**13},
        {"consign_price": None},
        {"consign_price": 10},
        {"pricing": "komisi", "commission_bp": None},
        {"commission_bp": 10_001},
        {"shelf_life_days": 0},
        {"min_stock": 10**9 + 1},
        {"tkdn_bp": 10_001},
    ],
)
def test_goods_that_no_spreadsheet_could_bring_are_neither_proposed_nor_corrected_into(
    centre, caller, journal, database, changed
):
    facts = msgspec.json.decode(product().facts) | changed
    response = send(caller, journal, product(facts=msgspec.json.encode(facts)))
    assert (response.status_code, problem(response)) == (400, "malformed")
    add_registry(centre)
    send(caller, journal, product(maker="P001"))
    with pytest.raises(CentreError) as told:
        commands.confirm(database, GOODS, {k: "" if v is None else str(v) for k, v in changed.items()}, "Rahma")
    assert told.value.code == "bad_fact"
    assert rows(centre, schema.products) == []


def test_what_is_in_the_registry_is_corrected_under_its_code(centre, caller, journal, database):
    add_registry(centre)
    send(caller, journal, product(maker="P001"))
    commands.confirm(database, GOODS, {}, "Rahma")
    (before,) = rows(centre, schema.products)
    commands.confirm(database, GOODS, {"category": "minuman"}, "Rahma")
    (after,) = rows(centre, schema.products)
    assert (after.category, after.position > before.position) == ("minuman", True), "tills pull it"


def test_who_may_not_decide_decides_nothing_and_every_decision_is_noted(centre, caller, journal, database):
    add_registry(centre)
    send(caller, journal, producer())
    decisions = (
        partial(commands.confirm, database, CODE, {}),
        partial(commands.merge, database, CODE, "P001"),
        partial(commands.unmerge, database, CODE),
        partial(commands.decline, database, CODE, "x"),
        partial(commands.revoke, database, "MTR-001", "A"),
        partial(commands.roll_key, database),
    )
    for decide, name in product_of(decisions, ("", "nobody", "Sari")):
        with pytest.raises(CentreError) as told:
            decide(name)
        assert told.value.code == "unknown_officer"
    assert rows(centre, schema.audit) == []
    commands.decline(database, CODE, "x", "Rahma")
    commands.merge(database, CODE, "P001", "Rahma")
    commands.unmerge(database, CODE, "Rahma")
    key = commands.roll_key(database, "Rahma")
    commands.revoke(database, "MTR-001", "A", "Rahma")
    noted = {(one.officer, one.what, one.of) for one in rows(centre, schema.audit)}
    assert noted == {
        ("Rahma", "decline", CODE), ("Rahma", "merge", CODE), ("Rahma", "unmerge", CODE),
        ("Rahma", "key", key), ("Rahma", "revoke", "MTR-001 A"),
    }  # fmt: skip


def test_an_officer_decides_about_what_was_shown_and_nothing_else(centre, caller, journal, database):
    send(caller, journal, producer())
    (seen,) = commands.proposals(database)
    send(caller, journal, producer(name="Somebody Else", mark="m2"))
    with pytest.raises(CentreError) as told:
        commands.confirm(database, CODE, {}, "Rahma", seen["mark"])
    assert told.value.code == "proposal_changed"
    assert rows(centre, schema.producers) == []
    (seen,) = commands.proposals(database)
    commands.confirm(database, CODE, {}, "Rahma", seen["mark"])
    assert rows(centre, schema.producers)[0].business_name == "Somebody Else"


def test_of_a_declined_or_merged_producer_no_person_is_kept_and_the_till_is_asked_again(
    centre, caller, journal, database
):
    add_registry(centre)
    key = taken(centre, send(caller, journal)).seal_key
    one = producer(sealed=seal_to(key, PERSON, PROPOSALS, journal.device, CODE))
    for forget in (
        lambda: commands.decline(database, CODE, "ganda", "Rahma"),
        lambda: commands.merge(database, CODE, "P001", "Rahma"),
    ):
        send(caller, journal, one)
        forget()
        taken(centre, send(caller, journal, one))
        assert rows(centre)[0].sealed == b""
        assert rows(centre, schema.producer_contacts) == []
    commands.unmerge(database, CODE, "Rahma")
    (told,) = rows(centre, schema.messages)
    assert msgspec.json.decode(told.body)["wanted"] == "person"
    taken(centre, send(caller, journal, one))
    assert [(row.code, row.personal) for row in rows(centre, schema.producer_contacts)] == [(CODE, PERSON.decode())]


def test_names_that_steer_a_terminal_are_written_out(caller, journal, database, capsys):
    send(caller, journal, producer(name="a\x1b[31m\u202eb\nc"))
    assert main(["centre", "proposals", "--database", database]) == 0
    out = capsys.readouterr().out
    assert "a\\x1b[31m\\u202eb\\nc" in out
    assert len(out.splitlines()) == 1


def test_thousands_of_proposals_are_compared_with_one_query_for_each_kind(centre, caller, journal):
    add_registry(centre)
    send(caller, journal, *(producer(f"MTR001A-P{n:02}", name=f"Usaha {n}") for n in range(1, 40)), product())
    asked = []
    sa.event.listen(centre.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    with reading(centre.engine) as db:
        found = deciding.listed(db)
    assert [one["alike"] for one in found if one["kind"] == "producer"][:3] == [["P001"], ["P002"], []]
    assert len([one for one in asked if one.startswith("SELECT")]) == 4


def test_proposals_that_cannot_be_read_keep_nothing_of_a_stick_back(centre, journal, database, tmp_path):
    journal.add_moves(2)
    deep = producer(facts=b'{"code":"MTR001A-P01","business_name":"x","later":' + b"[" * 1_900 + b"]" * 1_900 + b"}")
    bundle = Bundle(
        device=journal.device, nonce="n", made_at=AT, batches=(pack_batch(journal.batch()),), cursors={},
        centre_key=key_id(public_bytes(centre.key)),
        proposals=deflate(msgspec.msgpack.encode(Proposals(proposals=(deep,)))),
    )  # fmt: skip
    write_bundle(tmp_path / "out", journal.key, bundle)
    told = commands.bundle(tmp_path / "out", database, tmp_path / "back")
    assert told == {"status": "ok", "new": 3, "known": 0, "proposals": "malformed"}
    reply = open_reply(read_mark(tmp_path / "back", REPLY_MARK), public_bytes(centre.key))
    assert (reply.problem, reply.proposals, reply.proposals_problem) == ("", None, "malformed")


def test_a_till_has_only_so_many_waiting(centre, caller, journal, monkeypatch):
    monkeypatch.setattr(proposals, "MOST_OF_A_TILL", 2)
    send(caller, journal, producer(), product())
    answer = taken(centre, send(caller, journal, producer(name="Baru", mark="m2"), producer("MTR001A-P02")))
    assert answer.taken == ((CODE, "m2"),), "what is there may be corrected"
    assert len(rows(centre)) == 2


def test_a_correction_replaces_what_waits_and_a_late_repeat_opens_nothing(centre, caller, journal, database):
    add_registry(centre)
    send(caller, journal, producer())
    send(caller, journal, producer(name="Dapur Siger Baru", mark="m2"))
    assert "Baru" in rows(centre)[0].facts
    commands.merge(database, CODE, "P001", "Rahma")
    assert taken(centre, send(caller, journal, producer(mark="m3"))).taken == ((CODE, "m3"),)
    (row,) = rows(centre)
    assert (row.state, row.target, "Baru" in row.facts) == ("merged", "P001", True)


def test_the_person_stays_when_a_correction_comes_without_it(centre, caller, journal):
    key = taken(centre, send(caller, journal)).seal_key
    sealed = seal_to(key, PERSON, PROPOSALS, journal.device, CODE)
    send(caller, journal, producer(sealed=sealed))
    send(caller, journal, producer(name="Baru"))
    assert bytes(rows(centre)[0].sealed) == sealed


def test_another_ledger_of_the_till_does_not_take_over_a_code(centre, caller, journal):
    send(caller, journal, producer())
    second = Journal(ledger_id="33" * 16).enrol_at(centre)
    for mark in ("m1", "m2"):
        answer = taken(centre, send(caller, second, producer(name="Lain", mark=mark)))
        assert (answer.taken, answer.given) == (((CODE, mark),), (CODE,)), "it is not sent again every hour"
        (told,) = rows(centre, schema.messages)
    assert (told.corner, msgspec.json.decode(told.body)["kind"], told.position) == ("MTR-001", "proposal_given", 1)
    assert "Lain" not in rows(centre)[0].facts
    with reading(centre.engine) as db:
        assert [one["given_again"] for one in deciding.listed(db)] == [True]


def test_another_ledger_that_says_the_same_of_a_code_needs_no_message(centre, caller, journal):
    send(caller, journal, producer())
    second = Journal(ledger_id="33" * 16).enrol_at(centre)
    assert taken(centre, send(caller, second, producer())).taken == ((CODE, "m1"),)
    assert rows(centre, schema.messages) == []


def test_who_decides_twice_hears_what_it_is_by_a_sentence_of_its_own(centre, caller, journal, database):
    add_registry(centre)
    send(caller, journal, producer())
    for decide, code, sentence in (
        (lambda: commands.unmerge(database, CODE, "Rahma"), "proposal_waiting", "still waits"),
        (lambda: commands.decline(database, CODE, "x", "Rahma"), "", ""),
        (lambda: commands.decline(database, CODE, "x", "Rahma"), "proposal_refused", "declined already"),
        (lambda: commands.confirm(database, CODE, {}, "Rahma"), "", ""),
        (lambda: commands.decline(database, CODE, "x", "Rahma"), "proposal_confirmed", "in the registry already"),
        (lambda: commands.merge(database, CODE, "P001", "Rahma"), "", ""),
        (lambda: commands.confirm(database, CODE, {}, "Rahma"), "proposal_merged", "merged into P001"),
    ):
        if not code:
            decide()
            continue
        with pytest.raises(CentreError, match=sentence) as told:
            decide()
        assert told.value.code == code


def test_goods_wait_for_their_producer_and_follow_it(centre, caller, journal, database):
    add_registry(centre)
    send(caller, journal, producer(), product())
    with pytest.raises(CentreError, match="Confirm it first"):
        commands.confirm(database, GOODS, {}, "Rahma")
    commands.confirm(database, CODE, {}, "Rahma")
    commands.confirm(database, GOODS, {"name": "Keripik Talas", "sell_price": "12000", "needs_pirt": "true"}, "Rahma")
    (row,) = rows(centre, schema.products)
    assert (row.name, row.sell_price, row.needs_pirt, row.producer) == ("Keripik Talas", 12_000, 1, CODE)
    send(caller, journal, product("MTR001A-B002", maker="P001"))
    commands.confirm(database, "MTR001A-B002", {}, "Rahma")
    commands.merge(database, CODE, "P001", "Rahma")
    assert {row.producer for row in rows(centre, schema.products)} == {"P001"}
    commands.unmerge(database, CODE, "Rahma")
    own, other = rows(centre, schema.products)
    assert (own.producer, own.name) == (CODE, "Keripik Talas")
    assert other.producer == "P001", "it was its own before"


def test_goods_of_a_merged_code_are_confirmed_for_the_producer_that_stands_for_it(
    centre, caller, journal, database, capsys
):
    add_registry(centre)
    send(caller, journal, producer(), product(maker="P001"), product("MTR001A-B002", maker=CODE))
    commands.merge(database, CODE, "P001", "Rahma")
    with writing(centre.engine) as db:
        merging.merge(centre, db, "producer", "P002", "P001", "Rahma")
    marks = {one["code"]: one["mark"] for one in commands.proposals(database, everything=True)}

    def confirm(code: str, *changes: str) -> int:
        named = ["--database", database, "--officer", "Rahma", "--mark", marks[code]]
        return main(["centre", "confirm", code, *named, *changes])

    assert confirm(GOODS, "--set", "name=Keripik Talas", "--set", "producer=P002") == 0
    assert confirm("MTR001A-B002") == 0
    assert [(row.producer, row.name) for row in rows(centre, schema.products)] == [
        ("P001", "Keripik Talas"), ("P001", "Keripik"),
    ]  # fmt: skip
    assert confirm(CODE) == 1
    assert "P001" in capsys.readouterr().err, "where its goods went"
    with writing(centre.engine) as db:
        merging.unmerge(centre, db, "producer", "P002", "Rahma")
    assert [row.producer for row in rows(centre, schema.products)] == ["P002", "P001"]


def test_the_registry_merges_and_parts_what_a_till_proposed_and_the_proposal_tells_it(
    centre, caller, journal, database
):
    add_registry(centre)
    send(caller, journal, producer())
    commands.confirm(database, CODE, {}, "Rahma")
    told = [("confirmed", "")]
    for act in (
        lambda db: merging.merge(centre, db, "producer", CODE, "P001", "Rahma"),
        lambda db: merging.unmerge(centre, db, "producer", CODE, "Rahma"),
    ):
        with writing(centre.engine) as db:
            act(db)
        told += [(row.state, row.target) for row in rows(centre)]
    assert told == [("confirmed", ""), ("merged", "P001"), ("confirmed", "")]
    (last,) = rows(centre, schema.messages)
    assert msgspec.json.decode(last.body)["kind"] == "proposal_taken", "the corner hears of it"


def test_a_chain_of_mergings_ends_at_what_stands_for_itself_and_never_in_a_ring(centre, caller, journal, database):
    add_registry(centre)
    second = "MTR001A-P02"
    send(caller, journal, producer(), producer(second))
    commands.confirm(database, CODE, {}, "Rahma")
    commands.merge(database, CODE, "P001", "Rahma")
    commands.merge(database, second, CODE, "Rahma")
    assert {row.code: row.alias_of for row in rows(centre, schema.producers)} == {
        "P001": "", "P002": "", CODE: "P001", second: "P001",
    }  # fmt: skip
    commands.unmerge(database, CODE, "Rahma")
    with pytest.raises(CentreError):
        commands.merge(database, CODE, CODE, "Rahma")


@pytest.mark.parametrize(
    ("decide", "sentence"),
    [
        (lambda db: commands.confirm(db, "MTR001A-P09", {}, "Rahma"), "No till proposed"),
        (lambda db: commands.confirm(db, CODE, {"code": "P009"}, "Rahma"), "There is no code to change"),
        (lambda db: commands.confirm(db, CODE, {"class": ""}, "Rahma"), "This cannot be"),
        (lambda db: commands.merge(db, CODE, "P999", "Rahma"), "not in the registry"),
        (lambda db: commands.unmerge(db, CODE, "Rahma"), "still waits"),
        (lambda db: commands.decline(db, CODE, " ", "Rahma"), "Say why"),
    ],
)
def test_what_cannot_be_decided_is_one_sentence_and_changes_nothing(
    centre, caller, journal, database, decide, sentence
):
    send(caller, journal, producer())
    before = rows(centre)
    with pytest.raises(CentreError, match=sentence):
        decide(database)
    assert rows(centre) == before
    assert rows(centre, schema.producers) == []


def test_a_declined_one_may_be_taken_in_after_all_and_the_corner_hears_of_both(centre, caller, journal, database):
    send(caller, journal, producer())
    commands.decline(database, CODE, "NIB tidak ada", "Rahma")
    (told,) = rows(centre, schema.messages)
    assert (told.corner, msgspec.json.decode(told.body)["reason"]) == ("MTR-001", "NIB tidak ada")
    commands.confirm(database, CODE, {"nib": "1234567890123"}, "Rahma")
    (told,) = rows(centre, schema.messages)
    assert msgspec.json.decode(told.body)["kind"] == "proposal_taken"
    assert rows(centre, schema.producers)[0].nib == "1234567890123"


def test_the_list_names_what_may_be_the_same(centre, caller, journal, database):
    add_registry(centre)
    send(caller, journal, producer(name="USAHA 2"), product())
    found = {one["code"]: one for one in commands.proposals(database)}
    assert (found[CODE]["alike"], found[GOODS]["alike"]) == (["P002"], [])
    commands.merge(database, CODE, "P002", "Rahma")
    assert [one["code"] for one in commands.proposals(database)] == [GOODS]
    assert len(commands.proposals(database, everything=True)) == 2
    assert (len(commands.proposals(database, corner="MTR-001")), commands.proposals(database, corner="MTR-002")) == (
        1,
        [],
    )
