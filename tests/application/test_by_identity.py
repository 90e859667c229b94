"""Kept results belong to the very objects they were computed from."""

import gc

import pytest

from idp.application import by_identity as module
from idp.application.by_identity import by_identity


def counted():
    calls = []

    @by_identity
    def work(*things):
        calls.append(things)
        return len(calls)

    return work, calls


def test_the_same_objects_are_worked_on_once():
    work, calls = counted()
    first, second = {}, {}
    assert work(first, second) == work(first, second) == 1
    assert work(second, first) == 2
    assert work(first) == 3
    assert work(first, None) == 4
    assert len(calls) == 4


def test_an_equal_object_is_another_one():
    work, _ = counted()
    assert work({"a": 1}) != work({"a": 1})


def test_no_object_inherits_a_result_from_one_that_is_gone():
    work, _ = counted()
    seen = set()
    for _ in range(200):
        seen.add(work({}))
        gc.collect(0)
    assert len(seen) == 200


def test_results_are_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_RESULTS", 2)
    work, calls = counted()
    things = [{}, {}, {}]
    for thing in things:
        work(thing)
    assert work(things[2]) == 3
    work(things[0])
    assert len(calls) == 4
