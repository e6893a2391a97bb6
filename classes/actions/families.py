"""Telling learners, or who answers for a child, what has changed about their class."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from classes import wordings
from classes.actions.changing import Done, local, say_day
from classes.demand import Place
from classes.models import Change, Enrolment, Learner, Session
from people import outbox, texts
from people.models import Call, Message, Person
from people.wordings import Wording

TOLD = wordings.CHANGED.kind
SAID_ONE_BY_ONE = 4
"""More sessions than this are said by the rule they follow, where there is one."""
LONGEST_FACT = 35
"""Characters of one variable in an SMS, by the rules of the providers."""
LINES = "lines"
"""Where a note keeps what it said of the sessions, for the correction after an undo (`Message.facts`)."""
UNHEARD = (Message.Status.WAITING, Message.Status.CALL, Message.Status.STALE, Message.Status.FAILED)


def tell(*, done: Done, heads: Mapping[int, list[Place]], now: datetime) -> list[Message]:
    """One note to each person who answers for learners of the changed sessions, with their lines only.

    `heads` says who was expected at each session. Nobody without a telephone is written to.
    """
    change = done.change
    lines: dict[Person, dict[Learner, list[str]]] = defaultdict(lambda: defaultdict(list))
    learners = learners_of(place.enrolment for places in heads.values() for place in places)
    for session_id, line in done.lines.items():
        for place in heads.get(session_id, ()):
            learner = learners[place.enrolment]
            people = contacts(learner)
            for person in people:
                lines[person][learner].append(line)
            if not people and str(learner) not in done.unreachable:
                done.unreachable.append(str(learner))
    if done.rule:
        lines = {
            person: {who: by_rule(done.rule, of) for who, of in theirs.items()} for person, theirs in lines.items()
        }
    return write_all(change, lines, class_names(done.lines), soonest(done.lines), now)


def by_rule(rule: str, lines: list[str]) -> list[str]:
    """The rule, and the first of many lines."""
    if len(lines) <= SAID_ONE_BY_ONE:
        return lines
    return [rule, *lines[: SAID_ONE_BY_ONE - 1], f"后面还有 {len(lines) - SAID_ONE_BY_ONE + 1} 场，都按新的时间。"]


def write_all(
    change: Change,
    lines: Mapping[Person, Mapping[Learner, list[str]]],
    classes: list[str],
    happens_at: datetime | None,
    now: datetime,
) -> list[Message]:
    """One row of the outbox for each person."""
    words = texts.current(wordings.CHANGED) if lines else ""
    told = {person: "\n".join(about(person, theirs)) for person, theirs in lines.items()}
    return [
        outbox.write(
            person=person,
            kind=TOLD,
            about=f"change:{change.pk}",
            subject="上课有变动",
            body=texts.say(
                wordings.CHANGED,
                words,
                称呼=str(person),
                班="、".join(classes),
                变动=what,
                原因=change.reason,
                联系人=whom(change),
            ),
            link="",
            now=now,
            happens_at=happens_at,
            facts=facts_of(change, classes, happens_at) | {LINES: what},
        )
        for person, what in told.items()
    ]


def facts_of(change: Change, classes: list[str], happens_at: datetime | None) -> dict[str, str]:
    """What an SMS about the change says: many classes are counted, for a variable holds 35 characters."""
    named = "、".join(classes)
    begins = local(happens_at or change.made_at)
    return {
        "classes": named if len(named) <= LONGEST_FACT else f"您报的 {len(classes)} 个班",
        "what": Change.Kind(change.kind).label,
        "when": f"{say_day(begins.date())} {begins:%H:%M}",
        "who": f"{change.community}{change.community.help_name}"[:LONGEST_FACT],
    }


def soonest(session_ids: Iterable[int]) -> datetime | None:
    """When the first of these sessions begins."""
    rows = Session.objects.filter(pk__in=list(session_ids)).order_by("starts_at")
    return rows.values_list("starts_at", flat=True).first()


def about(person: Person, theirs: Mapping[Learner, list[str]]) -> Iterable[str]:
    """The lines, under the child's name where it is not the person's own."""
    for learner, lines in theirs.items():
        who = "" if learner.person_id == person.pk else f"{learner}："
        yield from (f"{who}{line}" for line in lines)


def take_back(*, change: Change, kind: str, back: Wording, now: datetime) -> tuple[int, int]:
    """After an undo: notes of that kind that nobody has got are taken out, the others get a correction.

    Answers how many of each. Somebody of the staff may have passed on a note that waits to be sent.
    """
    about_it = Message.objects.filter(kind=kind, about=f"change:{change.pk}")
    # Held first: a worker who wants to send one of them comes too late, or has it already.
    waiting = about_it.filter(status__in=UNHEARD, handed_on_at=None).select_for_update()
    unheard = set(waiting.values_list("pk", flat=True))
    unheard -= set(Call.objects.filter(message__in=unheard, result="reached").values_list("message", flat=True))
    Message.objects.filter(pk__in=unheard).delete()
    heard = list(about_it.select_related("person").order_by("id"))
    words = texts.current(back) if heard else ""
    for message in heard:
        what = message.facts.get(LINES) or message.body
        outbox.write(
            person=message.person,
            kind=back.kind,
            about=message.about,
            subject="前面说的变动取消了",
            body=texts.say(back, words, 称呼=str(message.person), 变动=what, 联系人=whom(change)),
            link=message.link,
            now=now,
            facts=message.facts,
        )
    return len(unheard), len(heard)


def learners_of(enrolments: Iterable[int]) -> dict[int, Learner]:
    """Learners with their contacts by the id of the enrolment; three queries."""
    rows = Enrolment.objects.filter(pk__in=set(enrolments)).select_related("learner__person")
    return {row.pk: row.learner for row in rows.prefetch_related("learner__guardians__person").order_by("pk")}


def contacts(learner: Learner) -> list[Person]:
    """Who is told: a senior themselves, a child's guardians; only people with a telephone."""
    people = (
        [guardian.person for guardian in learner.guardians.all()]
        if learner.kind == Learner.Kind.CHILD
        else [learner.person]
    )
    return [person for person in people if person.phone]


def class_names(session_ids: Iterable[int]) -> list[str]:
    """The classes of these sessions by name."""
    rows = Session.objects.filter(pk__in=list(session_ids)).values_list("series__name", flat=True)
    return sorted(set(rows))


def whom(change: Change) -> str:
    """Whom to ask: 陈社工，电话 029-80000000"""
    here = change.community
    phone = f"，电话 {here.help_phone}" if here.help_phone else ""
    return f"{here.help_name or here}{phone}"
