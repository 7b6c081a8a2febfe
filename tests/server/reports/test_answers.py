"""Answers are kept as long as there is what they were made of, and as far as there is room."""

import gc

import numpy as np
import pytest

from sync.server.reports import answers as module
from sync.server.reports.answers import Answers
from sync.server.reports.blocks import Block


def rows(many: int) -> Block:
    none = np.zeros(many, np.int32)
    return Block(none, none, none, np.ones((1, many), np.int64))


def test_what_was_asked_before_is_not_made_again() -> None:
    answers, block, made = Answers(100), rows(3), []

    def make():
        made.append(1)
        return [("", rows(2))]

    first = answers.of([block], "question", make)
    assert answers.of([block], "question", make) is first
    answers.of([block], "another question", make)
    answers.of([rows(3)], "question", make)
    assert len(made) == 3


def test_a_block_in_the_place_of_one_that_is_gone_is_another_one() -> None:
    answers = Answers(100)
    for many in range(1, 60):
        block = rows(many)
        assert len(answers.of([block], "question", lambda many=many: [("", rows(many))])[0][1]) == many
        del block
        gc.collect()


def test_the_least_used_go_when_there_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, block = Answers(10), rows(1)
    for question in "abc":
        answers.of([block], question, lambda: [("", rows(4))])
    assert len(answers) == 2
    kept = answers.of([block], "b", lambda: [("", rows(5))])
    assert len(kept[0][1]) == 4
    answers.of([block], "too much", lambda: [("", rows(11))])
    assert len(answers) == 0
    monkeypatch.setattr(module, "MOST", 3)
    for question in range(5):
        answers.of([block], question, list)
    assert len(answers) == 3
