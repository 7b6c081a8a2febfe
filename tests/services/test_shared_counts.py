"""A count of a shelf that two tills share: it never books a loss, or a gain, that never was."""

from datetime import timedelta

import pytest

from pos_app.domain.errors import CountAgain
from pos_app.ledger import neighbours
from pos_app.ledger.exchange_facts import put_facts
from pos_app.services import counting
from pos_app.services.count_posting import Counted, NeighboursUnheard, count, differences, post
from pos_app.services.counting import Scope
from pos_app.services.wording import describe
from sync.documents.goods import AsOf, StockCount
from tests.corner import Corner
from tests.two_tills import ack, apply, cursor, other, rows_of, tell

BOSS = "boss"


@pytest.fixture
def shared(a: Corner, b: Corner) -> None:
    """Ten pieces came in at A and five at B, and both know."""
    a.receive("T1", "10")
    b.receive("T1", "5")
    tell(b, a)
    tell(a, b)


def pass_by(a: Corner, b: Corner, minutes: int = 5) -> None:
    for till in (a, b):
        till.clock.pass_by(minutes=minutes)


def count_shelf(till: Corner, pieces: int) -> None:
    """All but T1 is left out."""
    if counting.session(till.db) is None:
        counting.begin(till.counter, Scope("producer", "P1"))
    counting.put(till.counter, "T1", pieces * 1_000)
    counting.leave_out(till.counter, [one.sku for one in counting.left(till.db)])


def offset(till: Corner, seconds: int) -> None:
    """How far the centre's clock is ahead of the till's, as its last ack told."""
    with till.ledger.write() as tx:
        put_facts(tx.db, {"clock_offset": str(seconds)})


def missing_of(document: object) -> int:
    assert isinstance(document, StockCount)
    return sum(line.missing.quantity for line in document.lines if line.missing)


def together(till: Corner) -> float:
    return float(till.state["stock"].get("T1", 0)) + neighbours.on_hand(till.db, "T1") / 1_000


@pytest.mark.usefixtures("shared")
def test_what_the_other_till_sold_before_the_counting_and_told_later_is_counted_again(a: Corner, b: Corner) -> None:
    a.sell("T1", "3")
    pass_by(a, b)
    count_shelf(b, 12)
    assert [one.difference for one in differences(b.db)] == [-3_000]
    with pytest.raises(NeighboursUnheard) as refused:
        post(b.counter, approved_by=BOSS)
    assert refused.value.tills == "A"
    pass_by(a, b)
    tell(b, a)
    with pytest.raises(CountAgain):
        post(b.counter, approved_by=BOSS)
    count_shelf(b, 12)
    pass_by(a, b)
    tell(b, a)
    assert missing_of(post(b.counter, approved_by=BOSS).document) == 0
    assert (together(b), b.payable("P1")) == (12, 0)
    b.verify()


@pytest.mark.usefixtures("shared")
def test_what_is_missing_is_posted_once_the_other_till_was_heard_of(a: Corner, b: Corner) -> None:
    count_shelf(b, 12)
    pass_by(a, b)
    a.sell("K1", "1")
    tell(b, a)
    document = post(b.counter, approved_by=BOSS).document
    assert isinstance(document, StockCount)
    assert missing_of(document) == 3_000
    assert document.others == (AsOf(till="A", seq=len(rows_of(a))),)
    b.verify()


@pytest.mark.usefixtures("shared")
def test_a_till_that_was_heard_of_with_the_counting_is_not_yet_heard_of_after_it(a: Corner, b: Corner) -> None:
    count_shelf(b, 12)
    b.clock.pass_by(seconds=29)
    a.clock.pass_by(seconds=29)
    tell(b, a)
    with pytest.raises(NeighboursUnheard):
        post(b.counter, approved_by=BOSS)
    a.clock.pass_by(seconds=1)
    tell(b, a)
    post(b.counter, approved_by=BOSS)


@pytest.mark.usefixtures("shared")
def test_a_sale_and_a_delivery_of_the_same_size_are_no_reason_to_trust_the_sum(a: Corner, b: Corner) -> None:
    a.sell("T1", "3")
    count_shelf(b, 12)
    a.receive("T1", "3")
    pass_by(a, b)
    tell(b, a)
    assert [(one.difference, one.again) for one in differences(b.db)] == [(-3_000, True)]


@pytest.mark.usefixtures("shared")
def test_other_goods_that_the_other_till_sold_leave_the_count_as_it_is(a: Corner, b: Corner) -> None:
    count_shelf(b, 15)
    a.sell("K1", "1")
    pass_by(a, b)
    tell(b, a)
    assert [one.again for one in differences(b.db)] == [False]


@pytest.mark.usefixtures("shared")
def test_a_count_in_which_nothing_differs_waits_for_nobody(b: Corner) -> None:
    count_shelf(b, 15)
    assert post(b.counter, approved_by=BOSS).number
    b.do("count", lines=[{"sku": "T1", "counted": "15"}])


def test_a_line_that_drops_between_two_pages_books_no_loss(a: Corner, b: Corner) -> None:
    a.receive("T1", "10")
    b.receive("T1", "5")
    a.sell("T1", "4")
    rows = rows_of(a)
    apply(b, rows[:-1], "first page")
    assert b.refused("count", lines=[{"sku": "T1", "counted": "11", "borne_by": "corner"}]) == "neighbours_unheard"
    count_shelf(b, 11)
    pass_by(a, b)
    ack(b, other(a), end="all")
    with pytest.raises(NeighboursUnheard):
        post(b.counter, approved_by=BOSS)
    assert b.refused("count", lines=[{"sku": "T1", "counted": "11", "borne_by": "corner"}]) == "neighbours_unheard"
    apply(b, rows[-1:], "all")
    with pytest.raises(CountAgain):
        post(b.counter, approved_by=BOSS)
    count_shelf(b, 11)
    assert [one.difference for one in differences(b.db)] == [0]
    post(b.counter, approved_by=BOSS)
    assert (together(b), b.payable("P1")) == (11, 0)


def test_a_page_that_is_still_to_come_holds_back_a_count_of_before(a: Corner, b: Corner) -> None:
    b.receive("T1", "5")
    rows = rows_of(a)
    apply(b, rows, "first page")
    count_shelf(b, 4)
    pass_by(a, b)
    ack(b, other(a), end="all")
    with pytest.raises(NeighboursUnheard):
        post(b.counter, approved_by=BOSS)
    apply(b, [], "all")
    assert missing_of(post(b.counter, approved_by=BOSS).document) == 1_000


def test_a_delivery_that_is_told_late_is_neither_gained_nor_lost_later(a: Corner, b: Corner) -> None:
    tell(b, a)
    a.receive("T1", "10")
    assert b.refused("count", lines=[{"sku": "T1", "counted": "10", "borne_by": "corner"}]) == "neighbours_unheard"
    tell(b, a)
    b.do("count", lines=[{"sku": "T1", "counted": "10", "borne_by": "corner"}])
    assert (together(b), b.payable("P1")) == (10, 0)


@pytest.mark.usefixtures("shared")
def test_a_manager_may_go_on_knowingly_and_the_document_says_so(a: Corner, b: Corner) -> None:
    document = count(b.counter, [Counted("T1", 14_000)], approved_by=BOSS, knowingly=True).document
    assert isinstance(document, StockCount)
    assert document.others == (AsOf(till="A", seq=len(rows_of(a)), unheard=True),)
    assert missing_of(document) == 1_000
    answer = b.do("count", lines=[{"sku": "T1", "counted": "13"}], knowingly=True)
    assert answer["number"] == "SO-MTR001B-000002"
    b.verify()


@pytest.mark.usefixtures("shared")
def test_the_refusal_says_what_to_do(b: Corner) -> None:
    with pytest.raises(NeighboursUnheard) as refused:
        count(b.counter, [Counted("T1", 14_000)], approved_by=BOSS)
    assert describe(refused.value) == (
        "Sinkronkan dulu kedua kasir: Kasir A, lalu kasir ini. Yang terjual di sana tetapi belum diketahui di sini "
        "akan tampak hilang."
    )


@pytest.mark.usefixtures("shared")
def test_a_till_that_went_keeps_its_goods_and_a_manager_takes_its_last_figures_once(a: Corner, b: Corner) -> None:
    pass_by(a, b)
    ack(b, other(a, "gone"))
    b.do("count", lines=[{"sku": "T1", "counted": "15"}])
    pass_by(a, b)
    ack(b, other(a, "gone"))
    assert b.refused("count", lines=[{"sku": "T1", "counted": "14"}]) == "neighbours_unheard"
    b.do("count", lines=[{"sku": "T1", "counted": "14"}], knowingly=True)
    assert neighbours.on_hand(b.db, "T1") == 10_000
    b.do("count", lines=[{"sku": "T1", "counted": "13"}])
    ack(b, other(a))
    assert b.refused("count", lines=[{"sku": "T1", "counted": "12"}]) == "neighbours_unheard", "it is back"


@pytest.mark.usefixtures("shared")
def test_a_till_for_which_the_feed_has_no_room_is_never_heard_of(a: Corner, b: Corner) -> None:
    count_shelf(b, 14)
    pass_by(a, b)
    ack(b, other(a, "left_out"))
    with pytest.raises(NeighboursUnheard):
        post(b.counter, approved_by=BOSS)


@pytest.mark.usefixtures("shared")
def test_the_moment_of_counting_is_taken_by_the_centres_clock(a: Corner, b: Corner) -> None:
    """B's clock is an hour behind: what it counted at eight was counted at nine."""
    offset(b, 3600)
    count_shelf(b, 14)
    a.clock.pass_by(minutes=30)
    tell(b, a)
    with pytest.raises(NeighboursUnheard):
        post(b.counter, approved_by=BOSS)
    a.clock.pass_by(minutes=31)
    tell(b, a)
    assert missing_of(post(b.counter, approved_by=BOSS).document) == 1_000


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize(("while_counting", "after"), [(3600, 0), (0, 3600)])
def test_what_another_till_sold_before_the_counting_is_no_loss_when_an_ack_corrects_the_time(
    a: Corner, b: Corner, while_counting: int, after: int
) -> None:
    """B's clock is an hour behind while it counts. It was known and is put right then; or it is found out only then."""
    tell(b, a)
    pass_by(a, b)
    a.sell("T1", "1")
    b.clock.now -= timedelta(hours=1)
    offset(b, while_counting)
    count_shelf(b, 14)
    b.clock.now += timedelta(seconds=3600 - after)
    offset(b, after)
    pass_by(a, b)
    with pytest.raises(NeighboursUnheard):
        post(b.counter, approved_by=BOSS)
    tell(b, a)
    assert [one.again for one in differences(b.db)] == [True], "it was A's sale"


@pytest.mark.usefixtures("shared")
def test_figures_that_are_fetched_anew_have_their_goods_counted_again(a: Corner, b: Corner) -> None:
    count_shelf(b, 15)
    pass_by(a, b)
    apply(b, rows_of(a), "anew", restart=True)
    ack(b, other(a))
    assert [one.again for one in differences(b.db)] == [True]


@pytest.mark.usefixtures("shared")
def test_figures_that_were_forgotten_and_are_not_here_yet_have_their_goods_counted_again(a: Corner, b: Corner) -> None:
    count_shelf(b, 15)
    pass_by(a, b)
    apply(b, [], "anew", restart=True)
    ack(b, other(a))
    assert cursor(b) == "anew"
    assert [one.again for one in differences(b.db)] == [True]


def test_a_till_alone_counts_as_ever(b: Corner) -> None:
    b.receive("T1", "5")
    count_shelf(b, 4)
    document = post(b.counter, approved_by=BOSS).document
    assert isinstance(document, StockCount)
    assert (missing_of(document), document.others) == (1_000, ())
