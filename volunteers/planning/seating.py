"""Between the pairing engine and the models: who sits with whom at one senior session.

Pairs that are settled stay; the engine seats everybody else around them, so a helper who drops out or
a learner who joins changes as little as can be.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from classes import demand
from classes.models import Learner, Programme, Session
from volunteers.matching.pairing import explain
from volunteers.matching.pairing.problem import Helper, Pair, Problem
from volunteers.matching.pairing.problem import Learner as Comer
from volunteers.matching.pairing.solve import Answer, solve
from volunteers.matching.reasons import MIND, Reason
from volunteers.models import Assignment, CheckIn, Pairing, Volunteer

DIALECT, FAMILIAR = "关中话", "要熟面孔"
GENDER_WISHES = {"要女的教": "female", "要男的教": "male"}
GENDERS = {"f": "female", "m": "male"}
# Needs that a helper can be used to, and what their own words about it look like.
CARED_FOR = {
    "听力弱": re.compile(r"听力|耳背|手语"),
    "视力弱": re.compile(r"视力|视障|盲"),
    "行动不便": re.compile(r"行动|护理|护士|轮椅"),
    "轮椅": re.compile(r"轮椅|护理|护士"),
}
ANDROID = ("华为", "荣耀", "小米", "OPPO", "vivo")
MAKES = {
    "华为": re.compile(r"华为|鸿蒙"),
    "荣耀": re.compile(r"荣耀"),
    "小米": re.compile(r"小米|红米"),
    "OPPO": re.compile(r"oppo|一加", re.IGNORECASE),
    "vivo": re.compile(r"vivo|iqoo", re.IGNORECASE),
    "苹果": re.compile(r"苹果|iphone", re.IGNORECASE),
}
EVERY_ANDROID = re.compile(r"安卓|手机都")
# True of the helper whoever sits there: said once, at the table.
OF_THE_TABLE = {"load", "locked", "newcomer", "accompanied"}
NO_SMARTPHONE = {"", "其他", "没有智能机", "老人机"}


@dataclass(frozen=True, slots=True)
class Row:
    """A learner at a helper's table; `minds` is what speaks against these two."""

    learner: Learner
    reasons: tuple[Reason, ...]
    is_settled: bool
    by_hand: bool

    @property
    def fits(self) -> list[Reason]:
        """What speaks for these two. That it is somebody else than last time speaks for nobody in particular."""
        left_out = {*OF_THE_TABLE, "changed"}
        return [reason for reason in self.reasons if reason.label != MIND and reason.code not in left_out]

    @property
    def minds(self) -> list[Reason]:
        """What to keep in mind."""
        return [reason for reason in self.reasons if reason.label == MIND and reason.code not in OF_THE_TABLE]


@dataclass(frozen=True, slots=True)
class Table:
    """A helper with their learners, in the order in which the tables stand."""

    volunteer: Volunteer
    is_newcomer: bool
    is_accompanied: bool
    capacity: int
    rows: list[Row] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Whether there is no seat left."""
        return len(self.rows) >= self.capacity


@dataclass(frozen=True, slots=True)
class Seating:
    """谁带谁 at one session: tables, learners without a helper and why, and what would mend it.

    `kept` are the stored rows that still stand; `gone` says why others do not.
    """

    session: Session
    ratio: int
    tables: list[Table]
    left: list[tuple[Learner, str]]
    ways: list[explain.WayOut]
    answer: Answer
    problem: Problem
    learners: dict[int, Learner]
    kept: list[Pairing]
    gone: list[str]

    @property
    def seated(self) -> int:
        """How many learners have a helper."""
        return len(self.answer.pairs)

    @property
    def milliseconds(self) -> int:
        """How long the engine took."""
        return round(self.answer.seconds * 1000)

    @property
    def is_settled(self) -> bool:
        """Whether every pair shown is stored."""
        return bool(self.answer.pairs) and len(self.kept) == len(self.answer.pairs)

    @property
    def by_hand(self) -> int:
        """How many pairs an organiser chose."""
        return sum(row.by_hand for row in self.kept)


@dataclass(frozen=True, slots=True)
class Move:
    """A change an organiser can make by hand: to a free seat, or an exchange with another learner.

    `value` is what the form sends: "12" is a helper, "12-7" that helper's learner 7 changes places.
    """

    value: str
    table: Table
    other: Learner | None
    reasons: tuple[Reason, ...]


def seat(session: Session) -> Seating:
    """The best seating around what is settled. A constant number of queries and about 15 ms of solve.

    The session has its series, programme and lesson loaded.
    """
    learners = {one.pk: one for one in _learners(session)}
    volunteers = {one.pk: one for one in _helpers(session)}
    stored = list(Pairing.objects.filter(session=session).select_related("learner__person", "volunteer__person"))
    kept = [row for row in stored if row.learner_id in learners and row.volunteer_id in volunteers]
    problem = _problem(session, learners.values(), volunteers.values(), kept)
    answer = solve(problem)
    unkept = {conflict.pair for conflict in answer.conflicts}
    standing = [row for row in kept if Pair(row.learner_id, row.volunteer_id) not in unkept]
    return Seating(
        session=session,
        ratio=problem.ratio,
        tables=_tables(problem, answer, learners, volunteers, standing),
        left=[(learners[one.learner], one.text) for one in explain.left(problem, answer.pairs)],
        ways=explain.ways_out(problem, answer.pairs),
        answer=answer,
        problem=problem,
        learners=learners,
        kept=standing,
        gone=[_gone(row, learners) for row in stored if row not in standing],
    )


def moves(seating: Seating, learner: Learner) -> list[Move]:
    """Every change by hand for one learner: free seats first, then exchanges, table by table."""
    free, swaps = [], []
    for table in seating.tables:
        if any(row.learner.pk == learner.pk for row in table.rows):
            continue
        comer, helper = seating.problem.learner[learner.pk], seating.problem.helper[table.volunteer.pk]
        others = [pair for pair in seating.answer.pairs if pair.learner != learner.pk]
        reasons = explain.reasons(seating.problem, others, comer, helper)
        shown = tuple(one for one in reasons if one.code not in OF_THE_TABLE)
        if not table.is_full:
            free.append(Move(str(table.volunteer.pk), table, None, shown))
        swaps += [
            Move(f"{table.volunteer.pk}-{row.learner.pk}", table, row.learner, shown)
            for row in table.rows
            if learner.pk in {pair.learner for pair in seating.answer.pairs} or table.is_full
        ]
    return [*free, *swaps]


# --- reading ----------------------------------------------------------------------------------


def _learners(session: Session) -> list[Learner]:
    if session.series.programme.kind != Programme.Kind.SENIOR:
        return []
    found = Learner.objects.filter(pk__in=demand.expected_learners(session)).select_related("person")
    return list(found)


def _helpers(session: Session) -> list[Volunteer]:
    """Who comes to help, agreed or asked; the lead teaches and takes nobody."""
    coming = Assignment.objects.filter(session=session, status__in=Assignment.ACTIVE, shift__role__is_lead=False)
    found = coming.select_related("volunteer__person").order_by("volunteer__person__name_key", "volunteer_id")
    return list({one.volunteer_id: one.volunteer for one in found}.values())


def _problem(
    session: Session, learners: Iterable[Learner], volunteers: Iterable[Volunteer], kept: list[Pairing]
) -> Problem:
    learners, volunteers = list(learners), list(volunteers)
    seasoned = _seasoned(session, volunteers)
    last, keeping = _last_time(session), set()
    if not last:
        last = _last_term(session, learners, volunteers)
        keeping = {pair.learner for pair in last}
    return Problem(
        programme="senior",
        on=session.on_date,
        ratio=demand.ratio_of(session),
        learners=tuple(_comer(learner, learner.pk in keeping) for learner in learners),
        helpers=tuple(_helper(volunteer, volunteer.pk not in seasoned) for volunteer in volunteers),
        last=last,
        locked=tuple(Pair(row.learner_id, row.volunteer_id) for row in sorted(kept, key=_hand_first)),
    )


def _hand_first(row: Pairing) -> tuple[bool, int]:
    return (not row.by_hand, row.pk)


def _seasoned(session: Session, volunteers: list[Volunteer]) -> set[int]:
    """Who has helped before: by their own word, or because they checked in once."""
    served = CheckIn.objects.filter(volunteer__in=volunteers, on_date__lt=session.on_date)
    return {one.pk for one in volunteers if one.experienced} | set(served.values_list("volunteer_id", flat=True))


def _last_time(session: Session) -> tuple[Pair, ...]:
    """The pairs of the last session of this series that had any."""
    earlier = Pairing.objects.filter(session__series=session.series_id, session__starts_at__lt=session.starts_at)
    rows = earlier.order_by("-session__starts_at", "pk").values_list("session_id", "learner_id", "volunteer_id")
    latest = rows.first()
    if latest is None:
        return ()
    return tuple(Pair(learner, helper) for _, learner, helper in rows.filter(session_id=latest[0]))


def _last_term(session: Session, learners: Iterable[Learner], volunteers: Iterable[Volunteer]) -> tuple[Pair, ...]:
    """Whom each learner sat with last in a class of an earlier term, where both are here again."""
    before = Pairing.objects.filter(
        learner__in=list(learners), session__series__term__ends_on__lt=session.series.term.starts_on
    )
    rows = before.order_by("session__starts_at", "pk").values_list("learner_id", "volunteer_id")
    here = {one.pk for one in volunteers}
    return tuple(Pair(learner, helper) for learner, helper in dict(rows).items() if helper in here)


def _comer(learner: Learner, keeps: bool) -> Comer:
    needs = tuple(need for need in learner.needs if need in CARED_FOR)
    wishes = [GENDER_WISHES[need] for need in learner.needs if need in GENDER_WISHES]
    return Comer(
        id=learner.pk,
        name=str(learner),
        phone=None if learner.phone_brand in NO_SMARTPHONE else learner.phone_brand,
        dialect=DIALECT in learner.needs,
        needs=needs,
        gender_wish=wishes[0] if len(wishes) == 1 else None,
        familiar=FAMILIAR in learner.needs,
        keeps=keeps,
        priority=2 if needs else 1,
    )


def _helper(volunteer: Volunteer, is_newcomer: bool) -> Helper:
    said = "、".join(map(str, volunteer.skills))
    makes = [make for make, words in MAKES.items() if words.search(said)]
    return Helper(
        id=volunteer.pk,
        name=str(volunteer),
        phones=tuple(dict.fromkeys((*makes, *(ANDROID if EVERY_ANDROID.search(said) else ())))),
        dialect=volunteer.dialect,
        helps_with=tuple(need for need, words in CARED_FOR.items() if words.search(said)),
        gender=GENDERS.get(volunteer.person.gender),
        newcomer=is_newcomer,
    )


# --- what the page shows -------------------------------------------------------------------------


def _tables(
    problem: Problem,
    answer: Answer,
    learners: dict[int, Learner],
    volunteers: dict[int, Volunteer],
    kept: list[Pairing],
) -> list[Table]:
    stored = {(row.learner_id, row.volunteer_id): row for row in kept}
    rows: dict[int, list[Row]] = defaultdict(list)
    for why in explain.explain(problem, answer.pairs):
        row = stored.get((why.pair.learner, why.pair.helper))
        rows[why.pair.helper].append(
            Row(learners[why.pair.learner], why.reasons, row is not None, row is not None and row.by_hand)
        )
    near = explain.accompanied(problem, answer.pairs)
    return [
        Table(
            volunteer=volunteers[pk],
            is_newcomer=problem.helper[pk].newcomer,
            is_accompanied=pk in near,
            capacity=problem.capacity(problem.helper[pk]),
            rows=rows[pk],
        )
        for pk in explain.tables(problem, answer.pairs)
    ]


def _gone(row: Pairing, learners: dict[int, Learner]) -> str:
    """Why a stored pair does not stand any more."""
    if row.learner_id not in learners:
        return f"{row.learner}这次不来了"
    return f"带{row.learner}的{row.volunteer}不来了，或者带满了"
