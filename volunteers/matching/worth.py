"""What a tier is worth in things an organiser can count: faces, places, visits.

The tiers' own costs are made for comparing plans; "strange 44 better" says little to a person.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from volunteers.matching.preferences import TIERS, Wishes
from volunteers.matching.problem import Placement, Problem
from volunteers.matching.standing import Standing

type Plan = Sequence[Placement]


@dataclass(frozen=True, slots=True)
class Count:
    """A number of a plan, more is better, and how a difference is said."""

    of: Callable[[Problem, Plan], int]
    more: str
    less: str


def worth(problem: Problem, tier: str, plan: Plan) -> int:
    """The countable number of a tier; the cost turned round where nothing can be counted."""
    return COUNTS[tier].of(problem, plan) if tier in COUNTS else -TIERS[tier].cost(problem, plan)


def difference(problem: Problem, tier: str, before: Plan, after: Plan) -> str:
    """Such as 多 3 张熟面孔; empty where the count is the same."""
    more = worth(problem, tier, after) - worth(problem, tier, before)
    if not more:
        return ""
    if tier not in COUNTS:
        return f"{TIERS[tier].label}{'好' if more > 0 else '差'} {abs(more)}"
    return (COUNTS[tier].more if more > 0 else COUNTS[tier].less).format(abs(more))


def familiar(problem: Problem, plan: Plan) -> int:
    """Placements of people who have come to the class before or know a learner there."""
    pairs = [(placement.volunteer, problem.session[placement.session].series) for placement in plan]
    return sum(pair in problem.served or problem.learners_known.get(pair, 0) > 0 for pair in pairs)


def _filled(problem: Problem, plan: Plan) -> int:
    standing = Standing(problem, plan)
    return sum(
        min(post.wished, standing.count(session.id, post.role))
        for session in standing.sessions()
        for post in session.helped
    )


def _held(problem: Problem, plan: Plan) -> int:
    return len({placement.session for placement in plan})


def _not_beyond_the_mean(problem: Problem, plan: Plan) -> int:
    """Minus the visits beyond what each would have if all places were shared, recent visits included."""
    standing = Standing(problem, plan)
    places = sum(post.wished for s in problem.sessions for role in s.roles if (post := s.post(role)))
    recent = sum(person.recent_load for person in problem.volunteers)
    fair = -(-(places + recent) // max(1, len(problem.volunteers)))
    return -sum(max(0, person.recent_load + standing.load(person.id) - fair) for person in problem.volunteers)


def _as_wished(problem: Problem, plan: Plan) -> int:
    """Placements at home, in a favourite programme and on a favourite day."""
    wishes = Wishes()
    return sum(wishes.of(problem, problem.volunteer[p.volunteer], problem.session[p.session]) <= 0 for p in plan)


def _cost(tier: str) -> Callable[[Problem, Plan], int]:
    return lambda problem, plan: -TIERS[tier].cost(problem, plan)


COUNTS = {
    "waiting": Count(_cost("waiting"), "多 {} 位新人有第一次", "少 {} 位新人有第一次"),
    "faces": Count(_cost("faces"), "多 {} 位学员有熟人在", "少 {} 位学员有熟人在"),
    "change": Count(_cost("change"), "少变动 {} 处", "多变动 {} 处"),
    "unheld": Count(_held, "多开 {} 场", "少开 {} 场"),
    "short": Count(_filled, "多排 {} 个名额", "少排 {} 个名额"),
    "strange": Count(familiar, "多 {} 张熟面孔", "少 {} 张熟面孔"),
    "uneven": Count(_not_beyond_the_mean, "来得多的人少排 {} 次", "来得多的人多排 {} 次"),
    "wishes": Count(_as_wished, "多 {} 次正合本人心意", "少 {} 次正合本人心意"),
}
