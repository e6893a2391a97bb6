"""Which session goes to which day when a class gets another pattern."""

from collections.abc import Iterable, Sequence
from datetime import date

FAR = 6
"""Days that a session may go at most: further away it is another session."""
LEFT = FAR + 1
"""What a session without a day, or a day without a session, costs in days."""


def nearest(sessions: Iterable[tuple[int, date]], wanted: Iterable[date]) -> dict[int, date]:
    """A day for as many sessions (id and present day) as is good, by id: none passes another, and the days
    moved, with a week for each that is left over, are as few as can be.
    """
    sessions, free = list(sessions), set(wanted)
    found = {pk: day for pk, day in sessions if day in free}
    rest = sorted(((day, pk) for pk, day in sessions if pk not in found))
    left = sorted(free - set(found.values()))
    for at, to in aligned([day for day, _ in rest], left):
        found[rest[at][1]] = left[to]
    return found


def aligned(days: Sequence[date], wanted: Sequence[date]) -> list[tuple[int, int]]:
    """Pairs of positions in two rising rows of days, of least cost."""
    cost = [[LEFT * (i + j) if not i or not j else 0 for j in range(len(wanted) + 1)] for i in range(len(days) + 1)]
    for i, day in enumerate(days, 1):
        for j, other in enumerate(wanted, 1):
            apart = abs((other - day).days)
            alone = LEFT + min(cost[i - 1][j], cost[i][j - 1])
            cost[i][j] = min(alone, cost[i - 1][j - 1] + apart) if apart <= FAR else alone
    pairs, i, j = [], len(days), len(wanted)
    while i and j:
        apart = abs((wanted[j - 1] - days[i - 1]).days)
        if apart <= FAR and cost[i][j] == cost[i - 1][j - 1] + apart:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif cost[i][j] == LEFT + cost[i - 1][j]:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]
