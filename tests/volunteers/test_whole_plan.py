"""A whole month with everything in it, judged by an oracle that knows the rules of the house only."""

from collections import Counter
from datetime import date, timedelta
from itertools import combinations

import pytest

from tests import make
from tests.volunteers.test_planning import NOW, WEEK, desk, plan
from volunteers import planning
from volunteers.actions.people import add_note
from volunteers.models import Assignment, Proposal, Shift

pytestmark = pytest.mark.django_db


def crowd():
    """A month with two communities, three programmes and many people, some of them already agreed."""
    here, there = make.community("梧桐社区", street="长乐"), make.community("槐树社区", street="长乐", x_km=2)
    senior = make.series("启蒙", community=here, weekdays=(5,))
    child = make.series("四点半", kind="child", community=here, weekdays=range(5))
    other = make.series("防骗", community=there, weekdays=(5,))
    for offset in range(28):
        day = date(2026, 9, 7) + timedelta(days=offset)
        for series in (senior, child, other):
            if series.days.filter(weekday=day.weekday()).exists():
                session = make.session(str(day), series)
                if series == child:
                    make.shift(session, "tutor", 3)
                else:
                    make.shift(session, "lead", 1)
                    make.shift(session, "helper", 2)
    Shift.objects.filter(role__code="tutor").update(minimum=2)
    for number in range(24):
        volunteer = make.volunteer(
            f"志愿者{number:02}",
            may_lead=number % 4 == 0,
            home=(here, there)[number % 2],
            max_per_week=1 + number % 3,
            experienced=number % 5 > 0,
            born=(2009 if number % 7 == 0 else 1985, 5, 1),
        )
        for weekday in range(number % 3, 7, 2):
            make.free(volunteer, weekday, "09:00", "18:30", weeks=("every", "even", "odd")[number % 3])
        if number % 2 == 0:
            make.cleared(volunteer, date(2026, 9, 20 + number % 10))


def rules_broken(rows) -> list[str]:
    """An oracle of its own: the rules of the house said on the models, without the engine."""
    found = []
    for row in rows:
        who, session = row.volunteer, row.shift.session
        if not said_free(who, session):
            found.append(f"{who} is not free on {session.on_date}")
        if row.shift.role.needs_clearance:
            clear = who.clearances.filter(result="clear", valid_until__gte=session.on_date).exists()
            eighteenth = date(who.person.birth_year + 18, who.person.birth_month, who.person.birth_day)
            if not clear or session.on_date < eighteenth:
                found.append(f"{who} may not be with children on {session.on_date}")
        if row.shift.role.is_lead and not who.may_lead:
            found.append(f"{who} may not lead")
    for one, other in combinations(sorted(rows, key=lambda r: r.shift.session.starts_at), 2):
        first, second = one.shift.session, other.shift.session
        pause = timedelta(minutes=0 if first.community_id == second.community_id else 24)
        if one.volunteer == other.volunteer and second.starts_at < first.ends_at + pause:
            found.append(f"{one.volunteer} is in two places on {first.on_date}")
    weeks = Counter((row.volunteer, row.shift.session.on_date.isocalendar()[:2]) for row in rows)
    found += [f"{who} comes {n} times" for (who, _), n in weeks.items() if n > who.max_per_week]
    by_session = {}
    for row in rows:
        by_session.setdefault(row.shift.session, []).append(row)
    for session, people in by_session.items():
        leads = sum(row.shift.role.is_lead for row in people)
        helpers = len(people) - leads
        if session.series.programme.kind == "child" and helpers < 2:
            found.append(f"one adult alone with children on {session.on_date}")
        if session.series.programme.kind == "senior" and (leads != 1 or helpers < 1):
            found.append(f"no lead or no helper on {session.on_date}")
        if sum(not row.volunteer.experienced for row in people) * 2 > len(people):
            found.append(f"too many newcomers on {session.on_date}")
    return found


def said_free(who, session) -> bool:
    """Whether one of the weekly windows covers the session; the term begins on 2026-09-01."""
    number = (session.on_date - date(2026, 8, 31)).days // 7 + 1
    return any(
        row.weekday == session.on_date.weekday()
        and row.starts <= session.series.starts
        and row.ends >= session.series.ends
        and row.weeks in ("every", "odd" if number % 2 else "even")
        for row in who.availability.all()
    )


def propose(**days):
    """A proposal for the range, solved and saved at once."""
    span = {**WEEK, **days}
    proposal = Proposal.objects.create(status="running", created_at=NOW, **span)
    problem, index = planning.load_problem(community=None, now=NOW, **span)
    answer = planning.find_plan(problem, seconds=20)
    return planning.save_proposal(proposal=proposal, problem=problem, index=index, answer=answer, now=NOW)


class TestTheWholePlan:
    def test_no_rule_is_broken_and_every_empty_place_has_its_causes(self):
        crowd()

        proposal = propose(until_on=date(2026, 10, 4))

        rows = list(proposal.placements.select_related("volunteer__person", "shift__role", "shift__session"))
        assert len(rows) > 30
        assert rules_broken(rows) == []
        missing = Counter({shift.pk: shift.needed - shift.taken for shift in Shift.objects.all()})
        missing -= Counter(row.shift_id for row in rows)
        told = {gap["shift"]: gap["missing"] for gap in proposal.answer["unfilled"]}
        assert told == dict(missing)
        assert all(gap["because"] and gap["ways_out"] for gap in proposal.answer["unfilled"])

    def test_what_is_agreed_is_counted_with_what_is_proposed(self):
        crowd()
        first = propose(until_on=date(2026, 9, 13))
        for row in list(first.placements.select_related("shift__session", "volunteer"))[::2]:
            row.shift.refresh_from_db()
            make.assignment(row.shift, row.volunteer, status="draft")

        second = propose(until_on=date(2026, 10, 4))

        agreed = list(Assignment.objects.select_related("volunteer__person", "shift__role", "shift__session"))
        proposed = list(second.placements.select_related("volunteer__person", "shift__role", "shift__session"))
        assert rules_broken([*agreed, *proposed]) == []

    def test_every_row_says_why_and_who_else_was_considered(self):
        desk()
        for name, times in [("周远", 0), ("钱薇", 1)]:
            volunteer = make.volunteer(name, max_per_week=2)
            make.free(volunteer, 5, "09:00", "12:00", told_on=date(2026, 8, 29))
            for number in range(times):
                make.assignment(desk(f"2026-08-{29 - number}"), volunteer)
        volunteer.person.notes.create(text="9月底要答辩")
        make.volunteer("高翔")

        (row,) = propose().placements.all()

        assert str(row.volunteer) == "周远"
        said = {reason["label"]: reason["text"] for reason in row.reasons}
        assert said["有空"] == "周六 09:00–12:00，本人 8月29日填的"
        assert [other["volunteer"] for other in row.alternatives] == [volunteer.pk]
        assert row.bends_a_wish is False

    def test_a_note_about_the_month_unticks_the_row(self):
        desk()
        volunteer = make.volunteer("周远")
        make.free(volunteer, 5)
        volunteer.person.notes.create(text="9月底要答辩")
        volunteer.person.notes.create(text="10月有考试")

        (row,) = propose().placements.all()

        assert row.bends_a_wish is True
        assert [reason["text"] for reason in row.reasons if reason["code"] == "note"] == ["备注里写着“9月底要答辩”"]

    def test_a_note_of_the_desk_counts_and_one_of_a_reader_does_not(self):
        desk()
        volunteer = make.volunteer("周远")
        make.free(volunteer, 5)
        volunteer.person.notes.create(text="提交时间：2026 年 9月1日", source="报名表.xlsx 第 3 行")
        volunteer.person.notes.create(text="合并前 9月的电话", source="合并")
        assert propose().placements.get().bends_a_wish is False

        add_note(volunteer=volunteer, text="9月底要答辩", now=NOW, actor=make.user())

        (row,) = propose().placements.all()
        assert [reason["text"] for reason in row.reasons if reason["code"] == "note"] == ["备注里写着“9月底要答辩”"]

    def test_the_same_question_has_the_same_answer(self):
        crowd()

        assert plan() == plan()
