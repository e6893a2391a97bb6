"""At-most-one groups from each person's overlaps, ways and rests."""

from __future__ import annotations

import numpy as np

from volunteers.matching.model import Mask, Model, Numbers


def conflict_cliques(model: Model) -> tuple[Numbers, Numbers]:
    """Groups of columns of which one at most may be chosen, as (row, column) arrays.

    Every clash of two sessions of a person lies in one group at least; the groups are
    cliques of the person's clash graph, so one row says what many pairs would say.
    """
    order = np.lexsort((model.where, model.who))
    bounds = np.searchsorted(model.who[order], np.arange(model.shape[0] + 1))
    starts, ends, ways = _times(model)
    rows: list[Numbers] = []
    columns: list[Numbers] = []
    for number, volunteer in enumerate(model.volunteers):
        own = order[bounds[number] : bounds[number + 1]]
        seats = np.unique(model.where[own])
        seats = seats[np.lexsort((ends[seats], starts[seats]))]
        if len(seats) < 2:
            continue
        pause = np.maximum(volunteer.rest_minutes, ways[np.ix_(seats, seats)])
        later = starts[seats][None, :] < ends[seats][:, None] + pause
        for clique in cover(np.triu(later, 1)):
            used = own[np.isin(model.where[own], seats[clique])]
            rows.append(np.full(len(used), len(rows)))
            columns.append(used)
    if not rows:
        return np.zeros(0, dtype=int), np.zeros(0, dtype=int)
    return np.concatenate(rows), np.concatenate(columns)


def cover(upper: Mask) -> list[list[int]]:
    """Cliques that together hold every edge of a graph given as an upper triangle.

    Greedy: from each node's last uncovered edge backwards; on interval graphs these are
    the maximal cliques.
    """
    edges = upper | upper.T
    todo = upper.copy()
    found = []
    for last in range(len(edges) - 1, 0, -1):
        while todo[:last, last].any():
            first = int(np.argmax(todo[:last, last]))
            clique = [last, first]
            for node in range(first + 1, len(edges)):
                if node != last and edges[node, clique].all():
                    clique.append(node)
            for node in range(first - 1, -1, -1):
                if edges[node, clique].all():
                    clique.append(node)
            members = np.array(clique)
            todo[np.ix_(members, members)] = False
            found.append(sorted(clique))
    return found


def _times(model: Model) -> tuple[Numbers, Numbers, Numbers]:
    """Starts and ends of sessions in minutes, and the minutes of way between each two."""
    problem = model.problem
    moments = np.array([(s.starts_at, s.ends_at) for s in model.sessions], dtype="datetime64[m]").reshape(-1, 2)
    minutes = moments.astype(np.int64)
    number = {community.id: place for place, community in enumerate(problem.communities)}
    ways = [[problem.travel_minutes(a.id, b.id) for b in problem.communities] for a in problem.communities]
    between = np.array(ways, dtype=int).reshape(len(ways), len(ways))
    place = np.array([number[session.community] for session in model.sessions], dtype=int)
    return minutes[:, 0], minutes[:, 1], between[np.ix_(place, place)]
