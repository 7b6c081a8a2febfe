"""Who is right when histories meet: every way in which two may differ has one verdict."""

import hashlib

import pytest

from sync.protocol.judging import (
    Accept,
    Behind,
    Fork,
    Gap,
    Rewind,
    Take,
    find_base,
    judge_ack,
    judge_approval,
    judge_batch,
    judge_gap,
    overlap,
)


def history(text: str) -> list[bytes]:
    """Hashes of a genesis and of an entry for each letter, chained."""
    hashes = [b"genesis".ljust(32)]
    for letter in text:
        hashes.append(hashlib.sha256(hashes[-1] + letter.encode()).digest())
    return hashes


def at(hashes: list[bytes]):
    return lambda seq: hashes[seq] if 0 <= seq < len(hashes) else None


def push(centre: str, till: str, first: int, last: int | None = None, *, epoch: int = 1, link: bytes | None = None):
    """What a centre that has ``centre`` does with the entries ``first`` to ``last`` of ``till``."""
    has, sent = history(centre), history(till)
    end = len(sent) - 1 if last is None else last
    asked: list[int] = []
    wanted = overlap(len(centre), first, end - first + 1)

    def stored(seq: int) -> bytes | None:
        asked.append(seq)
        return at(has)(seq)

    verdict = judge_batch(
        head_seq=len(centre),
        head_hash=has[-1],
        head_epoch=1,
        stored=stored,
        first_seq=first,
        prev=sent[first - 1],
        hashes=sent[first : end + 1],
        epoch=epoch,
        link=link,
    )
    assert set(asked) <= set(wanted), "the centre looks up no more than the overlap"
    return verdict


@pytest.mark.parametrize(
    ("centre", "till", "first", "verdict"),
    [
        ("", "abc", 1, Take(0)),
        ("ab", "abcd", 3, Take(0)),
        ("abcd", "abcd", 1, Take(4)),
        ("abc", "abcde", 2, Take(2)),
        ("ab", "abcde", 4, Gap(3)),
        ("", "abc", 2, Gap(1)),
        ("abX", "abc", 3, Fork(3)),
        ("abXd", "abcde", 1, Fork(3)),
        ("abX", "abcde", 4, Fork(3)),
        ("abXY", "abcdefg", 6, Gap(5)),
    ],
)
def test_a_batch_is_taken_from_its_first_new_entry_or_refused(centre, till, first, verdict):
    assert push(centre, till, first) == verdict


@pytest.mark.parametrize(
    ("centre", "till", "first", "verdict"),
    [
        ("abc", "abc", 4, Take(0)),
        ("abc", "ab", 3, Take(0)),
        ("", "", 1, Take(0)),
        ("abc", "abX", 4, Fork(3)),
        ("ab", "abcd", 5, Gap(3)),
    ],
)
def test_who_only_asks_is_compared_where_he_stands(centre, till, first, verdict):
    assert push(centre, till, first, last=first - 1) == verdict


def test_skipping_by_number_would_lose_what_a_restored_till_sold():
    """It came back with ``ab``, sold ``XY`` where the centre has ``cd``, and goes on with ``z``."""
    assert push("abcd", "abXY", 3) == Fork(3)
    assert push("abcd", "abXYz", 5) == Fork(4)


def test_a_till_that_forgot_finds_the_ack_beyond_its_end():
    centre, till = history("abcd"), history("ab")
    assert judge_ack(4, centre[4], at(till), sent=2) == Behind(4)


@pytest.mark.parametrize(
    ("acked", "sent", "verdict"), [(3, 2, Accept(3)), (3, 3, Accept(3)), (2, 3, None), (0, 3, None), (0, 0, Accept(0))]
)
def test_an_ack_counts_when_it_covers_what_was_sent(acked, sent, verdict):
    ours = history("abc")
    assert judge_ack(acked, ours[acked], at(ours), sent) == verdict


def test_an_ack_with_a_hash_that_is_not_ours_is_a_fork():
    assert judge_ack(3, history("abX")[3], at(history("abc")), sent=0) == Fork(3)


def test_a_gap_leads_back_only():
    assert judge_gap(3, 5) == Rewind(2)
    assert [judge_gap(expected, 5) for expected in (0, 5, 9)] == [None, None, None]


@pytest.mark.parametrize("epoch", [0, 2, 3])
def test_entries_of_another_epoch_are_not_appended_without_its_approval(epoch):
    assert push("ab", "abcd", 3, epoch=epoch) == Fork(3)
    assert push("ab", "abcd", 2, epoch=epoch) == Fork(3)
    assert push("abcd", "abcd", 2, epoch=epoch) == Take(3), "what is there already is"


def test_an_approved_epoch_begins_right_after_the_head_and_with_its_link():
    link = history("ab")[2]
    assert push("ab", "abcd", 3, epoch=2, link=link) == Take(0, begins=True)
    assert push("ab", "abcd", 3, epoch=2, link=bytes(32)) == Fork(3)
    assert push("ab", "abcd", 3, epoch=3, link=link) == Fork(3)
    assert push("ab", "abcd", 3, epoch=2, link=None) == Fork(3)


APPROVAL = {
    "approved_epoch": 2,
    "approved_head": (3, history("abX")[3]),
    "base": (2, history("ab")[2]),
    "head_epoch": 1,
    "head": (3, history("abX")[3]),
    "stored": at(history("abX")),
}


def test_an_approval_holds_where_head_and_base_are_those_it_names():
    assert judge_approval(**APPROVAL)


@pytest.mark.parametrize(
    "changed",
    [
        {"approved_epoch": 1},
        {"approved_epoch": 3},
        {"head_epoch": 2},
        {"head": (4, history("abXY")[4])},
        {"head": (2, history("ab")[2])},
        {"head": (3, bytes(32))},
        {"base": (2, bytes(32))},
        {"base": (4, history("abXY")[4])},
    ],
)
def test_an_approval_of_anything_else_does_not_hold(changed):
    assert not judge_approval(**(APPROVAL | changed))


@pytest.mark.parametrize("length", [1, 2, 3, 40, 41])
def test_the_last_common_entry_is_found_with_few_questions(length):
    ours = history("a" * length)
    for base in range(length + 1):
        theirs = history("a" * base + "b" * 7)
        asked: list[int] = []

        def hash_at(seq: int, asked: list[int] = asked, theirs: list[bytes] = theirs) -> bytes | None:
            asked.append(seq)
            return at(theirs)(seq)

        assert find_base(length, at(ours), hash_at) == base
        assert len(asked) <= length.bit_length()
