"""Sessions of a term: the Chinese calendar, rule packs, questions, rooms and lessons."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from classes import actions
from classes.models import CalendarDay, DayQuestion, Lesson, RoomBooking, Session
from classes.queries.plan import in_order
from classes.seeds import seed_reference
from tests import make

pytestmark = pytest.mark.django_db
NOW = make.at("2026-08-30")
MAKEUP_WEEKENDS = {date(2026, 9, 20), date(2026, 10, 10)}
HOLIDAYS = {date(2026, 9, 25), *(date(2026, 10, day) for day in (1, 2, 5, 6, 7)), date(2027, 1, 1)}


@pytest.fixture(autouse=True)
def reference(db):
    """Programmes, lessons and the calendar."""
    seed_reference(NOW)


def generate(**fields) -> actions.Generated:
    """The autumn term's sessions."""
    return actions.generate_term(term=make.term(), now=NOW, **fields)


def whys(done: actions.Generated) -> dict[str, str]:
    """Why each day was left out."""
    return {row["date"]: row["why"] for row in done.skipped}


class TestFourThirty:
    """四点半课堂 runs when schools do."""

    def test_the_autumn_term_has_99_sessions(self):
        make.series("四点半课堂", "child", range(5))

        done = generate()

        assert (done.created, done.existing, done.by_programme) == (99, 0, {"四点半课堂": 99})

    def test_make_up_weekends_are_school_days(self):
        series = make.series("四点半课堂", "child", range(5))

        generate()

        weekends = {day for day in series.sessions.values_list("on_date", flat=True) if day.weekday() >= 5}
        assert weekends == MAKEUP_WEEKENDS

    def test_nothing_on_a_holiday_and_each_is_said(self):
        series = make.series("四点半课堂", "child", range(5))

        done = generate()

        assert not series.sessions.filter(on_date__in=HOLIDAYS).exists()
        assert {date.fromisoformat(day) for day in whys(done)} == HOLIDAYS
        assert whys(done)["2026-10-01"] == "国庆节放假，四点半课堂不开课"

    @pytest.mark.parametrize("day", sorted(MAKEUP_WEEKENDS))
    def test_a_series_on_some_weekdays_asks_until_the_timetable_is_known(self, day):
        series = make.series("儿童服务站", "child", (1, 3))

        generate()

        assert series.questions.filter(on_date=day).count() == 1
        assert not series.sessions.filter(on_date=day).exists()

    @pytest.mark.parametrize(("follows", "meets"), [(1, True), (4, False)])
    def test_a_series_on_some_weekdays_follows_the_named_timetable(self, follows, meets):
        CalendarDay.objects.filter(date=date(2026, 10, 10)).update(follows_weekday=follows)
        series = make.series("儿童服务站", "child", (1, 3))

        generate()

        assert series.sessions.filter(on_date=date(2026, 10, 10)).exists() is meets
        assert not series.questions.filter(on_date=date(2026, 10, 10)).exists()


class TestSeniors:
    def test_weekend_classes_ask_on_holidays_and_make_up_days(self):
        make.series("菜鸟学堂·启蒙", weekdays=(5,))

        done = generate()

        assert done.created == 17
        assert whys(done) == {
            "2026-09-26": "中秋节放假，开不开等您定",
            "2026-10-03": "国庆节放假，开不开等您定",
            "2026-10-10": "国庆节调休上班，开不开等您定",
        }

    def test_weekday_classes_stay_closed_on_holidays(self):
        programme = make.programme("senior", name="工作日长者班")
        make.series("长者基础班", weekdays=(2,), programme=programme)

        done = generate()

        assert whys(done) == {"2026-10-07": "国庆节放假，工作日长者班不开课"}
        assert done.questions == 0

    def test_a_community_can_close_a_day_of_its_own(self):
        series = make.series(weekdays=(5,))
        CalendarDay.objects.create(
            date=date(2026, 9, 12), community=series.community, day_type="closed", name="停电", status="local"
        )

        done = generate()

        assert whys(done)["2026-09-12"] == "停电，菜鸟学堂不开课"

    def test_every_second_week_counts_teaching_weeks(self):
        series = make.series(weekdays=(2,), every_weeks=2)

        generate()

        days = series.sessions.values_list("on_date", flat=True)
        assert list(days[:3]) == [date(2026, 9, 2), date(2026, 9, 16), date(2026, 9, 30)]


class TestAgain:
    def test_running_it_again_changes_nothing(self):
        make.series("四点半课堂", "child", range(5))
        make.series(weekdays=(5,), stages="A")
        first = generate()
        before = list(Session.objects.order_by("pk").values())

        again = generate()

        assert (again.created, again.existing, again.questions) == (0, 116, 0)
        assert again.skipped == first.skipped
        assert list(Session.objects.order_by("pk").values()) == before

    def test_a_cancelled_session_does_not_come_back(self):
        series = make.series(weekdays=(5,))
        generate()
        actions.cancel_session(session=series.sessions.first(), reason="暴雨", now=NOW)

        done = generate()

        assert (done.created, done.by_programme) == (0, {"菜鸟学堂": 16})

    def test_only_the_community_that_was_asked_for(self):
        make.series("启蒙", weekdays=(5,))
        other = make.series("外社区的班", weekdays=(5,), community=make.community("兴园社区"))

        done = generate(community=other.community)

        assert (done.created, Session.objects.exclude(series=other).count()) == (17, 0)


class TestRooms:
    def test_a_taken_room_leaves_out_that_session_and_says_who_has_it(self):
        room = make.room()
        make.series("菜鸟学堂·启蒙", weekdays=(5,), room=room)
        late = make.series("书法", weekdays=(5,), room=room)

        done = generate()

        assert (done.created, late.sessions.count()) == (17, 0)
        clashes = [row for row in done.skipped if row["series"] == "书法" and "占用" in row["why"]]
        assert len(clashes) == 17
        assert clashes[0]["why"] == "智慧教室这个时间被“09:30 菜鸟学堂·启蒙”占用，请换教室或时间"

    def test_a_booking_by_others_leaves_out_that_session_and_says_who(self):
        room = make.room()
        period = {"starts_at": make.at("2026-09-12", "10:00"), "ends_at": make.at("2026-09-12", "12:00")}
        RoomBooking.objects.create(room=room, who="街道开会", created_at=NOW, **period)
        make.series("菜鸟学堂·启蒙", weekdays=(5,), room=room)

        done = generate()

        assert done.created == 16
        assert whys(done)["2026-09-12"] == "智慧教室这个时间被“10:00 街道开会”占用，请换教室或时间"

    def test_a_session_moved_to_another_day_leaves_both_days_alone(self):
        series = make.series(weekdays=(5,))
        generate()
        Session.objects.filter(on_date=date(2026, 9, 12)).update(
            on_date=date(2026, 9, 13), starts_at=make.at("2026-09-13"), ends_at=make.at("2026-09-13", "11:00")
        )

        done = generate()

        assert (done.created, done.existing, series.sessions.count()) == (0, 17, 17)

    def test_classes_that_touch_do_not_clash(self):
        room = make.room()
        make.series("早", weekdays=(5,), room=room)
        make.series(
            "晚",
            weekdays=(5,),
            room=room,
            starts=make.at("2026-09-05", "11:00").time(),
            ends=make.at("2026-09-05", "12:00").time(),
        )

        assert generate().created == 34


class TestQuestions:
    def asked(self, day="2026-10-10") -> DayQuestion:
        series = make.series(weekdays=(5,))
        generate()
        return series.questions.get(on_date=date.fromisoformat(day))

    def test_run_makes_the_session(self):
        session = actions.answer_question(question=self.asked(), answer="run", now=NOW)

        assert (session.on_date, session.day_type) == (date(2026, 10, 10), "makeup_workday")

    def test_skip_is_remembered(self):
        actions.answer_question(question=self.asked(), answer="skip", now=NOW)

        done = generate()

        assert done.created == 0
        assert whys(done)["2026-10-10"] == "您定了不开"

    def test_nobody_answers_twice(self):
        question = self.asked()
        actions.answer_question(question=question, answer="skip", now=NOW)

        with pytest.raises(actions.AlreadyAnswered):
            actions.answer_question(question=question, answer="run", now=NOW)

    def test_a_taken_room_leaves_the_question_open(self):
        room = make.room()
        question = self.asked()
        question.series.room = room
        question.series.save()
        other = make.series("书法", weekdays=(5,), room=room)
        make.session("2026-10-10", other)

        with pytest.raises(actions.RoomTaken):
            actions.answer_question(question=question, answer="run", now=NOW)
        question.refresh_from_db()
        assert question.answer == ""


class TestOneSession:
    def test_it_is_made_once(self):
        series = make.series(weekdays=(5,))

        made = actions.session_on(series=series, on_date=date(2026, 9, 8), now=NOW)
        again = actions.session_on(series=series, on_date=date(2026, 9, 8), now=NOW)

        assert made == again
        assert made.starts_at == make.at("2026-09-08", "09:30")

    def test_a_session_is_cancelled_once(self):
        session = make.session()
        actions.cancel_session(session=session, reason="暴雨", now=NOW)

        with pytest.raises(actions.AlreadyCancelled):
            actions.cancel_session(session=session, reason="暴雨", now=NOW)


class TestLessons:
    def codes(self, series) -> list[str]:
        rows = series.sessions.order_by("on_date").select_related("lesson")
        return ["复习" if session.is_review else session.lesson.code for session in rows]

    def test_every_fourth_meeting_is_a_review_and_lessons_go_on(self):
        series = make.series(weekdays=(5,), stages="A")

        generate()

        assert self.codes(series)[:9] == ["A01", "A02", "A03", "复习", "A04", "A05", "A06", "复习", "A07"]

    def test_when_all_are_taught_they_start_again(self):
        series = make.series(weekdays=(5,), stages="B")

        generate()

        assert self.codes(series)[5:9] == ["B05", "B01", "复习", "B02"]

    @pytest.mark.parametrize("stages", ["A", "B", "CG", "DEF", "ABCDEFGH"])
    def test_nothing_is_taught_before_what_it_needs(self, stages):
        seen: set[str] = set()
        ordered = in_order(stages, Lesson.objects.prefetch_related("prerequisites"), {})
        here = {lesson.code for lesson in ordered}

        for lesson in ordered:
            needed = {other.code for other in lesson.prerequisites.all()} & here
            assert needed <= seen
            seen.add(lesson.code)
        assert seen == {code for code in Lesson.objects.values_list("code", flat=True) if code[0] in stages}

    def test_a_cancelled_meeting_moves_the_lessons_on(self):
        series = make.series(weekdays=(5,), stages="A")
        generate()

        actions.cancel_session(session=series.sessions.order_by("on_date").first(), reason="暴雨", now=NOW)

        left = series.sessions.exclude(status="cancelled").order_by("on_date")
        assert [session.lesson.code for session in left[:3]] == ["A01", "A02", "A03"]


class TestSeeds:
    def test_seeding_again_adds_nothing_and_keeps_changes(self):
        CalendarDay.objects.filter(date=date(2026, 10, 10)).update(follows_weekday=2)

        seed_reference(NOW)

        assert Lesson.objects.count() == 32
        assert Lesson.objects.get(code="D01").prerequisites.count() == 2
        assert CalendarDay.objects.get(date=date(2026, 10, 10)).follows_weekday == 2

    def test_a_year_without_a_notice_is_predicted(self):
        assert set(CalendarDay.objects.filter(date__year=2026).values_list("status", flat=True)) == {"official"}
        assert set(CalendarDay.objects.filter(date__year=2027).values_list("status", flat=True)) == {"predicted"}


class TestCommand:
    def run(self, *arguments: str) -> dict:
        out = StringIO()
        call_command("generate_term", *arguments, "--json", stdout=out, stderr=StringIO())
        return json.loads(out.getvalue())

    def test_one_object_with_the_numbers(self):
        make.series("四点半课堂", "child", range(5))

        done = self.run("2026秋")

        assert (done["created"], done["existing"], done["by_programme"]) == (99, 0, {"四点半课堂": 99})
        assert {"date": "2026-10-01", "why": "国庆节放假，四点半课堂不开课", "series": "四点半课堂"} in done["skipped"]

    def test_an_unknown_term_is_refused_with_the_ones_there_are(self):
        make.term()

        with pytest.raises(CommandError, match="没有叫“2027春”的学期。现在有：2026秋。"):
            self.run("2027春")
