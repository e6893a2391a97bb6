"""Takes shards to workers: processes of their own, or this one."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from multiprocessing import get_context
from types import TracebackType

from volunteers.matching.city.shard import Finding, Shard
from volunteers.matching.city.tolls import look, own_plans, street_bound
from volunteers.matching.solve import solve

type Make = Callable[[], Shard]

LEAST = 0.01
"""Seconds for a shard whose time is over: enough for a plan made by hand, for nothing else."""
MORE_THAN_ITS_SHARE = 3.0


def plan(shard: Shard) -> Finding:
    """The best plan of one street."""
    answer = solve(shard.problem, seconds=shard.seconds, seed=shard.seed)
    return Finding(shard.name, placements=answer.placements, bound=answer.bound)


TASKS: dict[str, Callable[[Shard], Finding]] = {
    "look": look,
    "own": own_plans,
    "plan": plan,
    "bound": street_bound,
}


def work(shard: Shard) -> Finding:
    """Do one task: the same shard, the same finding, so it may be done twice."""
    return TASKS[shard.task](shard)


class Crew(AbstractContextManager["Crew"]):
    """So many workers; with one, this process does everything itself."""

    def __init__(self, workers: int, do: Callable[[Shard], Finding] = work) -> None:
        self.workers, self.do = workers, do
        self.pool = ProcessPoolExecutor(workers, get_context("spawn")) if workers > 1 else None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.pool:
            self.pool.shutdown(cancel_futures=True)

    def run(self, makers: Sequence[Make], until: float, *, always: bool = False) -> Iterator[Finding]:
        """The findings in order, each shard made when its turn comes, with its share of the time.

        `until` is a moment of `time.perf_counter`. Once it has passed, shards are left out, or with
        `always` get hardly any time. The caller may stop asking.
        """
        flying: deque[Future[Finding]] = deque()
        waiting = deque(makers)
        while flying or waiting:
            while waiting and len(flying) <= (self.workers if self.pool else 0):
                left = until - time.perf_counter()
                make = waiting.popleft()
                if left <= 0 and not always:
                    waiting.clear()
                    break
                share = MORE_THAN_ITS_SHARE * left * self.workers / (1 + len(waiting))
                flying.append(self._start(replace(make(), seconds=max(LEAST, min(left, share)))))
            if flying:
                yield flying.popleft().result()

    def _start(self, shard: Shard) -> Future[Finding]:
        if self.pool:
            return self.pool.submit(self.do, shard)
        done: Future[Finding] = Future()
        done.set_result(self.do(shard))
        return done
