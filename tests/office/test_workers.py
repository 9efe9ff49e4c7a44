from __future__ import annotations

import gc
import os
import signal
import sys
import time
from multiprocessing import Pipe
from typing import NoReturn

import pytest

from beancount_dunning.office import workers
from beancount_dunning.office.workers import Done
from beancount_dunning.office.workers import Limits
from beancount_dunning.office.workers import each
from beancount_dunning.office.workers import end_with_asker
from beancount_dunning.office.workers import work


def square(number: int) -> int:
    return number * number


def own_process(_: int) -> int:
    return os.getpid()


def slowest_first(number: int) -> int:
    time.sleep(0.8 if number == 0 else 0)
    return number


def fail_on_one(number: int) -> int:
    if number == 1:
        message = "not this one"
        raise ValueError(message)
    return number


def kill_itself_on_one(number: int) -> int:
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def leave(_: int) -> NoReturn:
    sys.exit(3)


def sleep_on_one(number: int) -> int:
    if number == 1:
        time.sleep(60)
    return number


def test_each_task_has_its_result() -> None:
    found = list(each(square, range(5), Limits(jobs=2)))
    assert sorted((done.index, done.result) for done in found) == [
        (number, number * number) for number in range(5)
    ]
    assert {done.failure for done in found} == {None}


def test_each_task_has_a_process_of_its_own() -> None:
    found = {done.result for done in each(own_process, range(4), Limits(jobs=2))}
    assert len(found) == 4
    assert os.getpid() not in found


def test_results_come_as_they_are_ready() -> None:
    found = [done.index for done in each(slowest_first, range(3), Limits(jobs=3))]
    assert found[-1] == 0


def test_no_more_run_at_once_than_are_asked_for() -> None:
    found = [done.index for done in each(slowest_first, range(3), Limits(jobs=1))]
    assert found == [0, 1, 2]


def test_nothing_to_do_is_done_at_once() -> None:
    assert list(each(square, [], Limits())) == []


def test_a_failure_costs_one_result() -> None:
    found = sorted(each(fail_on_one, range(3), Limits(jobs=2)), key=lambda d: d.index)
    assert found == [Done(0, 0), Done(1, None, "ValueError: not this one"), Done(2, 2)]


def test_a_killed_process_costs_one_result() -> None:
    limits = Limits(jobs=2)
    found = sorted(each(kill_itself_on_one, range(4), limits), key=lambda d: d.index)
    assert [done.result for done in found] == [0, None, 2, 3]
    assert found[1].failure == "its process was killed (SIGKILL)"


def test_a_process_that_ends_without_a_word_is_a_failure() -> None:
    (done,) = each(leave, [1], Limits())
    assert done == Done(0, None, "its process ended (exit status 3)")


def test_what_takes_too_long_is_ended_and_costs_one_result() -> None:
    began = time.monotonic()
    found = sorted(
        each(sleep_on_one, range(3), Limits(jobs=2, timeout=5)),
        key=lambda done: done.index,
    )
    assert [done.result for done in found] == [0, None, 2]
    assert found[1].failure == "took longer than 5 seconds"
    assert time.monotonic() - began < 30


def test_who_stops_asking_leaves_no_process() -> None:
    found = each(sleep_on_one, [0, 1, 1], Limits(jobs=3))
    assert next(found).result == 0
    began = time.monotonic()
    found.close()  # type: ignore[attr-defined] # a generator
    assert time.monotonic() - began < 10


@pytest.fixture
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what a worker does to its process from happening to this one."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(gc, "disable", lambda: None)
    monkeypatch.setattr(workers, "end_with_asker", lambda _: None)


@pytest.mark.usefixtures("_in_this_process")
@pytest.mark.parametrize(
    ("number", "said"), [(2, (2, None)), (1, (None, "ValueError: not this one"))]
)
def test_a_worker_says_what_came_of_it(
    number: int, said: tuple[object, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    ignored = []
    monkeypatch.setattr(signal, "signal", lambda *args: ignored.append(args))
    ours, theirs = Pipe(duplex=False)
    work(theirs, fail_on_one, number)
    assert ours.recv() == said
    assert ignored == [(signal.SIGINT, signal.SIG_IGN)]


@pytest.mark.usefixtures("_in_this_process")
def test_a_worker_whose_asker_is_gone_ends_quietly() -> None:
    ours, theirs = Pipe(duplex=False)
    ours.close()
    work(theirs, square, 2)


def test_a_worker_ends_when_its_asker_does(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    ours, theirs = Pipe()
    ours.close()
    end_with_asker(theirs)
    assert ended == [1]
