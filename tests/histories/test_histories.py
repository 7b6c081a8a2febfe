"""Histories of backups, restores, copies and lost answers: nothing is lost in silence, and naive rules lose.

A million of them: ``make histories``; the last figures stand in ``docs/reliability.md``.
"""

import random
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.protocol.judging import Accept, Behind, Fork, Take, judge_ack, judge_batch
from tests.histories import __main__ as long_run
from tests.histories import model
from tests.histories.history import History, SilentLoss, histories
from tests.histories.model import REAL, SKIPPING, UNCHECKED, Rules

COUNT = 3_000
EVERYTHING = (
    *("recorded", "exchanges", "requests lost", "answers lost", "requests repeated", "restores", "clones", "new PCs"),
    *("restores of the centre", "raised: fork", "raised: refused", "fetched back", "sent again", "epochs begun"),
    *("approved", "rejoined"),
)


def go_through(rules: Rules = REAL, count: int = COUNT) -> tuple[Counter[str], list[SilentLoss]]:
    tally, losses = Counter[str](), []
    for one in histories(20_261_001, count, rules):
        if isinstance(one, SilentLoss):
            losses.append(one)
        else:
            tally += one
    return tally, losses


def test_no_answered_document_is_lost_in_silence_and_everything_happened() -> None:
    tally, losses = go_through()
    assert losses == []
    assert [name for name in EVERYTHING if not tally[name]] == []


@settings(max_examples=150)
@given(st.randoms(use_true_random=False))
def test_no_history_that_hypothesis_finds_loses_anything(chance: random.Random) -> None:
    History(chance).run()


@pytest.mark.parametrize("rules", [SKIPPING, UNCHECKED], ids=["skip_by_number", "overlap_without_the_tills_check"])
def test_the_naive_rule_loses(rules: Rules) -> None:
    assert len(go_through(rules)[1]) > COUNT // 200


def careless_head(**told):
    """Takes what follows by number, whatever it follows by hash."""
    found = judge_batch(**told)
    return Take(0) if isinstance(found, Fork) and told["first_seq"] == told["head_seq"] + 1 else found


def careless_answer(**told):
    """Answers whoever only asks, wherever they say they stand."""
    return Take(0) if not told["hashes"] else judge_batch(**told)


def trusting(acked_seq, _head_hash, _hash_at, _sent):
    return Accept(acked_seq)


def content_when_behind(acked_seq, head_hash, hash_at, sent):
    found = judge_ack(acked_seq, head_hash, hash_at, sent)
    return Accept(acked_seq) if isinstance(found, Behind) else found


@pytest.mark.parametrize(
    "rules",
    [
        Rules(careless_head, trusting),
        Rules(model.skip_known, trusting),
        Rules(careless_answer, content_when_behind),
    ],
    ids=["head_not_compared", "numbers_for_hashes", "behind_not_noticed"],
)
def test_what_neither_side_looks_at_is_lost(rules: Rules) -> None:
    """Each side catches what the other overlooks; a check that both leave out loses."""
    assert go_through(rules)[1]


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("judge_gap", lambda *_: None),
        ("judge_approval", lambda **_: False),
        ("find_base", lambda most, _ours, _theirs: most),
    ],
    ids=["gap_ignored", "approval_never_holds", "everything_is_common"],
)
def test_each_rule_of_coming_back_is_needed(
    name: str, broken: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, name, broken)
    assert go_through()[1]


def test_the_long_run_counts_and_repeats() -> None:
    once, again = long_run.go_through(7), long_run.go_through(7)
    assert once == again
    assert once.losses == []
