"""Values kept for a moment: made once for many, made again when they are old, never kept when making them failed."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from people.moments import Moments


def test_many_at_once_wait_for_one():
    moments, made = Moments(4), []

    def make():
        time.sleep(0.05)
        made.append(1)
        return len(made)

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: moments.get("week", 60, make), range(8)))

    assert got == [1] * 8


def test_an_old_value_is_made_again():
    moments = Moments(4)
    moments.get("week", 60, lambda: "old")
    moments._kept["week"].made_at -= 61

    assert moments.get("week", 60, lambda: "new") == "new"


def test_while_it_is_made_again_others_get_the_old_one():
    moments, begun, may_end = Moments(4), Event(), Event()
    moments.get("week", 60, lambda: "old")

    def make():
        begun.set()
        may_end.wait(10)
        return "new"

    moments._kept["week"].made_at -= 61
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(moments.get, "week", 60, make)
        begun.wait(10)
        meanwhile = moments.get("week", 60, lambda: "twice")
        may_end.set()

    assert (meanwhile, working.result(), moments.get("week", 60, make)) == ("old", "new", "new")


def test_nothing_is_kept_of_a_failure():
    moments = Moments(4)
    with pytest.raises(ZeroDivisionError):
        moments.get("week", 60, lambda: 1 // 0)

    assert moments.get("week", 60, lambda: "fine") == "fine"


def test_the_longest_unasked_goes_first():
    moments = Moments(2)
    for key in ("one", "two", "one", "three"):
        moments.get(key, 60, lambda: "first")

    assert [moments.get(key, 60, lambda: "again") for key in ("one", "three", "two")] == ["first", "first", "again"]


def test_no_seconds_keep_nothing():
    moments = Moments(2)

    assert [moments.get("week", 0, lambda what=what: what) for what in "ab"] == ["a", "b"]
