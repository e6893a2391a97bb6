"""At-most-one groups from each person's overlaps, ways and rests."""

from __future__ import annotations

import numpy as np

from volunteers.matching.model import Mask, Model, Numbers


def conflict_cliques(model: Model) -> tuple[Numbers, Numbers]:
    """Groups of columns of which one at most may be chosen, as (row, column) arrays.

    Every clash of two sessions of a person lies in one group at least; the groups are
    cliques of the person's clash graph, so one row says what many pairs would say.
    """
    starts, ends, places, ways = _times(model)
    order = np.lexsort((model.where, ends[model.where], starts[model.where], model.who))
    bounds = np.searchsorted(model.who[order], np.arange(model.shape[0] + 1))
    rows: list[int] = []
    columns: list[int] = []
    count = 0
    for number, volunteer in enumerate(model.volunteers):
        own = order[bounds[number] : bounds[number + 1]]
        seats, columns_at = _seats(model.where[own].tolist(), own.tolist())
        if len(seats) < 2:
            continue
        pause = np.maximum(volunteer.rest_minutes, ways[np.ix_(places[seats], places[seats])])
        later = starts[seats][None, :] < ends[seats][:, None] + pause
        for clique in cover(np.triu(later, 1)):
            used = [column for seat in clique for column in columns_at[seat]]
            rows += [count] * len(used)
            columns += used
            count += 1
    return np.array(rows, dtype=int), np.array(columns, dtype=int)


def cover(upper: Mask) -> list[list[int]]:
    """Cliques that together hold every edge of a graph given as an upper triangle.

    Greedy: from each node's last uncovered edge backwards; on interval graphs these are
    the maximal cliques. Neighbours are bits of whole numbers, which makes a street quick.
    """
    packed = np.packbits(upper | upper.T, axis=1, bitorder="little")
    neighbours = [int.from_bytes(row.tobytes(), "little") for row in packed]
    todo = list(neighbours)
    found = []
    for last in range(len(neighbours) - 1, 0, -1):
        before = (1 << last) - 1
        while left := todo[last] & before:
            first = (left & -left).bit_length() - 1
            clique = _grow(neighbours, [last, first])
            members = sum(1 << node for node in clique)
            for node in clique:
                todo[node] &= ~members
            found.append(sorted(clique))
    return found


def _grow(neighbours: list[int], clique: list[int]) -> list[int]:
    """The clique with every node added that knows all of it: later nodes first, then earlier ones."""
    last, first = clique
    able = neighbours[last] & neighbours[first]
    while later := able >> (first + 1):
        node = first + (later & -later).bit_length()
        clique.append(node)
        able &= neighbours[node]
    while able:
        node = able.bit_length() - 1
        clique.append(node)
        able &= neighbours[node]
    return clique


def _seats(wheres: list[int], columns: list[int]) -> tuple[list[int], list[list[int]]]:
    """A person's sessions in the order of time, and the columns at each: one a role."""
    seats: list[int] = []
    at: list[list[int]] = []
    for where, column in zip(wheres, columns, strict=True):
        if seats and seats[-1] == where:
            at[-1].append(column)
        else:
            seats.append(where)
            at.append([column])
    return seats, at


def _times(model: Model) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Starts, ends and communities of sessions, in minutes and by number, and the minutes between communities."""
    problem = model.problem
    moments = np.array([(s.starts_at, s.ends_at) for s in model.sessions], dtype="datetime64[m]").reshape(-1, 2)
    minutes = moments.astype(np.int64)
    used = list(dict.fromkeys(session.community for session in model.sessions))
    number = {community: place for place, community in enumerate(used)}
    ways = np.array([[problem.travel_minutes(a, b) for b in used] for a in used], dtype=int)
    places = np.array([number[session.community] for session in model.sessions], dtype=int)
    return minutes[:, 0], minutes[:, 1], places, ways.reshape(len(used), len(used))
