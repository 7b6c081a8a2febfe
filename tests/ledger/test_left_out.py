"""A page of the registry goes in whole, whatever a row of it holds; codes of this ledger stay what they are here."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos_app.ledger import feeds, left_out, producers, queries
from pos_app.ledger.exchange import LedgerStore
from pos_app.services import producers as registering
from pos_app.services.producers import Entry
from sync.protocol.facts import ProducerFacts, ProductFacts
from sync.protocol.messages import Page, ProposalsTaken, Row, pack_rows, token_of
from tests.corner import Corner

AT = "2026-11-22T08:00:00+07:00"
GOOD = {"sku": "K1", "name": "Keripik", "category": "makanan", "unit": "pcs", "producer": "P1", "pricing": "titip"}
GOOD |= {"consign_price": 8_000, "sell_price": 10_000}
MAKER = {"code": "P9", "business_name": "Dapur"}


def pull(corner: Corner, scope: str, *bodies: bytes | dict, anew: bool = True) -> bool:
    """A feed of these rows in one page; whether both sides hold the same then."""
    encoded = [body if isinstance(body, bytes) else msgspec.json.encode(body) for body in bodies]
    rows = [Row(f"{scope}{n}", body, token_of(f"{scope}{n}", body)) for n, body in enumerate(encoded)]
    rows = [msgspec.structs.replace(row, key=key_of(row)) for row in rows]
    store = LedgerStore(corner.ledger)
    if anew:
        store.begin_anew(scope)
    digest = sum(row.token for row in rows) % 2**62
    page = Page(
        nonce="n", device="d", scope=scope, timeline="t", after="", cursor="t.1",
        block=pack_rows(rows), count=len(rows), digest=digest,
    )  # fmt: skip
    assert store.apply_page(page) == len(rows)
    return store.agrees(scope, AT)


def key_of(row: Row) -> str:
    try:
        found = msgspec.json.decode(row.body)
        return str(found.get("sku") or found.get("code") or row.key)
    except (msgspec.DecodeError, AttributeError, RecursionError):
        return row.key


@pytest.mark.parametrize(
    "bad",
    [
        GOOD | {"sku": "X", "pricing": "sewa"},
        GOOD | {"sku": "X", "sell_price": 2**63},
        GOOD | {"sku": "X", "sell_price": None},
        {"sku": "X"},
        b"no JSON",
        b"[" * 3_000 + b"]" * 3_000,
    ],
)
def test_one_bad_row_keeps_no_other_back_and_is_told(corner: Corner, bad: bytes | dict) -> None:
    assert pull(corner, "catalogue", GOOD, bad, GOOD | {"sku": "K2"}), "its token counts"
    assert [sku for sku in ("K1", "X", "K2") if queries.product(corner.db, sku)] == ["K1", "K2"]
    (one,) = left_out.listed(corner.db)
    assert (one.scope, one.why) == ("catalogue", "refused")
    assert pull(corner, "catalogue", GOOD, GOOD | {"sku": "X"}, GOOD | {"sku": "K2"})
    assert left_out.listed(corner.db) == []


def test_goods_that_are_here_stay_as_they_are_when_a_later_row_of_them_is_bad(corner: Corner) -> None:
    assert pull(corner, "catalogue", GOOD)
    assert pull(corner, "catalogue", GOOD | {"pricing": "sewa", "name": "Lain"})
    product = queries.product(corner.db, "K1")
    assert product is not None
    assert product.name == "Keripik"


text = st.text(max_size=12)
day = st.sampled_from(
    ["2026-02-29", "2028-02-29", "0000-00-00", "9999-12-31", "2026-99-99", "２０２６-01-01", "2026-01-01\n"]
)
number = st.one_of(st.none(), st.integers(-1, 3), st.integers(2**31, 2**64))
maker = st.fixed_dictionaries(
    {"code": text | st.just("P1"), "business_name": text},
    optional={"class": text, "nib": text, "halal_expires": day, "joined_on": day, "alias_of": text},
)
goods = st.fixed_dictionaries(
    dict.fromkeys(("sku", "name", "category", "unit", "producer"), text)
    | {"pricing": st.sampled_from(["titip", "komisi", "putus", "sewa"]), "sell_price": number},
    optional={"barcode": text, "consign_price": number, "commission_bp": number, "min_stock": number, "alias_of": text}
    | {"shelf_life_days": number, "needs_halal": st.booleans(), "tkdn_bp": number},
)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(maker, max_size=4, unique_by=lambda one: one["code"]),
    st.lists(goods, max_size=4, unique_by=lambda one: one["sku"]),
)
def test_whatever_a_page_holds_goes_in_or_is_left_out(corner: Corner, makers: list, wares: list) -> None:
    assert pull(corner, "producers", MAKER, *makers)
    assert pull(corner, "catalogue", GOOD, *wares)
    for code, *_rest in producers.names(corner.db):
        producers.producer(corner.db, code)
    assert queries.product(corner.db, "K1") is not None


def register(corner: Corner) -> str:
    return registering.register(corner.counter, Entry(business_name="Dapur Siger"), "boss")


def name_of(corner: Corner, code: str) -> str:
    found = producers.producer(corner.db, code)
    assert found is not None
    return found.business_name


def answered(corner: Corner, code: str, *, given: bool) -> None:
    store = LedgerStore(corner.ledger)
    (mark,) = [one.mark for one in store.proposals(9, AT) if one.code == code]
    store.proposals_taken(
        ProposalsTaken(nonce="n", device="d", taken=((code, mark),), given=(code,) if given else (), seal_key=b"k" * 32)
    )


@pytest.mark.parametrize("told_first", [False, True])
def test_a_producer_of_this_ledger_is_not_renamed_by_one_that_an_earlier_ledger_gave_its_code(
    corner: Corner, told_first: bool
) -> None:
    code = register(corner)
    if told_first:
        answered(corner, code, given=True)
    assert pull(corner, "producers", {"code": code, "business_name": "Usaha Orang Lain"}, anew=False)
    if not told_first:
        answered(corner, code, given=True)
    assert pull(corner, "catalogue", GOOD, GOOD | {"sku": "K2", "producer": code})
    assert (name_of(corner, code), queries.product(corner.db, "K2")) == ("Dapur Siger", None)
    assert {(one.key, one.why) for one in left_out.listed(corner.db)} == {
        (code, "other_ledger"),
        ("K2", "other_ledger"),
    }
    assert pull(corner, "producers", {"code": code, "business_name": "Usaha Orang Lain"})
    assert name_of(corner, code) == "Dapur Siger"


def test_what_the_feed_brought_of_an_own_code_is_taken_once_the_centre_says_that_it_is_ours(corner: Corner) -> None:
    code = register(corner)
    assert pull(corner, "producers", {"code": code, "business_name": "Dapur Siger Metro"}, anew=False)
    assert name_of(corner, code) == "Dapur Siger"
    answered(corner, code, given=False)
    assert (name_of(corner, code), left_out.listed(corner.db)) == ("Dapur Siger Metro", [])
    assert LedgerStore(corner.ledger).agrees("producers", AT)


def test_days_that_are_none_do_not_decode() -> None:
    for bad in ("2026-02-29", "2100-02-29", "0000-01-01", "2026-13-01", "2026-04-31", "2026-01-01\n", "２０２６-01-01"):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(MAKER | {"joined_on": bad}, ProducerFacts)
    for good in ("2000-02-29", "2028-02-29", "0001-01-01", "9999-12-31", "2026-04-30"):
        assert msgspec.convert(MAKER | {"joined_on": good}, ProducerFacts).joined_on == good
    assert msgspec.convert(GOOD, ProductFacts).sku in "K1"
    assert feeds.DECODERS.keys() == set(left_out.SCOPES)
