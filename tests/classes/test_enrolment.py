"""Places on a class: seats, waiting, papers of children, and putting people into classes."""

from datetime import date

import pytest

from classes import actions
from classes.actions import series as series_actions
from classes.demand import need_changed
from classes.models import Enrolment, Learner, SeriesDay
from people.models import AuditEntry
from tests import make

NOW = make.at("2026-08-30")
SIGNED = date(2026, 8, 26)


def child(name: str = "李一诺", *, phone: str = "16000000011", consent_on=SIGNED, **fields) -> Learner:
    """A child with signature and a guardian who can be called."""
    made = make.learner(name, "child", consent_on=consent_on, **fields)
    made.guardians.create(person=make.learner("李建", phone=phone).person)
    return made


def enrol(learner: Learner, series, weekdays=(), now=NOW) -> Enrolment:
    """Enrol on all days unless told otherwise."""
    return actions.enrol(learner=learner, series=series, weekdays=weekdays, now=now)


def taken(series) -> list[int]:
    """Seats taken, by weekday."""
    return list(SeriesDay.objects.filter(series=series).values_list("taken", flat=True))


@pytest.mark.django_db
class TestEnrol:
    def test_a_free_seat_is_taken(self):
        series = make.series()

        place = enrol(make.learner(), series)

        assert (place.status, place.why, taken(series)) == ("confirmed", "", [1])

    def test_a_full_class_makes_one_wait(self):
        series = make.series(capacity=1)
        enrol(make.learner("王秀英"), series)

        place = enrol(make.learner("李桂兰"), series)

        assert (place.status, place.why, taken(series)) == ("waiting", "名额已满", [1])

    def test_all_chosen_days_or_none(self):
        series = make.series("四点半课堂", "child", range(5), capacity=1)
        enrol(child("李一诺"), series, [2])

        place = enrol(child("张可可"), series, [0, 2])

        assert (place.status, place.why) == ("waiting", "周三名额已满")
        assert taken(series) == [0, 0, 1, 0, 0]

    def test_all_days_of_the_class_are_kept_as_the_empty_choice(self):
        series = make.series("四点半课堂", "child", range(5))

        assert enrol(child(), series, [0, 1, 2, 3, 4]).weekdays == []
        assert taken(series) == [1, 1, 1, 1, 1]

    def test_nobody_is_enrolled_twice(self):
        series, learner = make.series(), make.learner()
        enrol(learner, series)

        with pytest.raises(actions.AlreadyEnrolled):
            enrol(learner, series)
        assert taken(series) == [1]

    def test_a_day_without_class_is_refused_with_the_days_there_are(self):
        with pytest.raises(actions.WrongDays, match="菜鸟学堂·启蒙只在周六上课"):
            enrol(make.learner(), make.series(), [0])

    def test_sessions_to_come_expect_one_more(self):
        series = make.series()
        past, coming = make.session("2026-08-29", series), make.session("2026-09-05", series)

        enrol(make.learner(), series)

        past.refresh_from_db()
        coming.refresh_from_db()
        assert (past.expected, coming.expected) == (0, 1)

    def test_whoever_keeps_the_need_is_told(self):
        series, told = make.series(), []

        def hear(sender, series_ids, now, **kwargs):
            told.append((series_ids, now))

        need_changed.connect(hear)
        enrol(make.learner(), series)
        need_changed.disconnect(hear)

        assert told == [({series.pk}, NOW)]


@pytest.mark.django_db
class TestChildren:
    @pytest.mark.parametrize(
        ("fields", "why"), [({"consent_on": None}, "缺监护人签字"), ({"phone": ""}, "缺监护人电话")]
    )
    def test_without_papers_no_seat_is_taken(self, fields, why):
        series = make.series("四点半课堂", "child", range(5))

        place = enrol(child(**fields), series, [0])

        assert (place.status, place.why, sum(taken(series))) == ("requested", why, 0)

    def test_days_that_nobody_said_make_one_wait(self):
        series = make.series("四点半课堂", "child", range(5))

        place = enrol(child(), series, None)

        assert (place.status, place.why) == ("waiting", "没说哪几天来")

    def test_the_signature_settles_the_place(self):
        series = make.series("四点半课堂", "child", range(5))
        learner = child(consent_on=None)
        enrol(learner, series, [0, 2])

        (place,) = actions.record_consent(learner=learner, signed_on=SIGNED, now=NOW)

        assert (place.status, taken(series)) == ("confirmed", [1, 0, 1, 0, 0])

    def test_the_signature_does_not_choose_the_days(self):
        series = make.series("四点半课堂", "child", range(5))
        learner = child(consent_on=None)
        enrol(learner, series, None)

        (place,) = actions.record_consent(learner=learner, signed_on=SIGNED, now=NOW)

        assert (place.status, place.why) == ("waiting", "没说哪几天来")


@pytest.mark.django_db
class TestWithdrawAndPromote:
    def test_the_seat_becomes_free(self):
        series = make.series("四点半课堂", "child", range(5))
        place = enrol(child(), series, [0, 2])

        actions.withdraw(enrolment=place, now=NOW)

        assert (place.status, sum(taken(series))) == ("withdrawn", 0)

    def test_a_waiting_place_frees_nothing(self):
        series = make.series(capacity=1)
        enrol(make.learner("王秀英"), series)
        waiting = enrol(make.learner("李桂兰"), series)

        actions.withdraw(enrolment=waiting, now=NOW)

        assert taken(series) == [1]

    def test_nobody_leaves_twice(self):
        place = enrol(make.learner(), make.series())
        actions.withdraw(enrolment=place, now=NOW)

        with pytest.raises(actions.NotActive):
            actions.withdraw(enrolment=place, now=NOW)

    def test_one_may_come_back(self):
        series, learner = make.series(), make.learner()
        actions.withdraw(enrolment=enrol(learner, series), now=NOW)

        assert enrol(learner, series).status == "confirmed"

    def test_the_first_who_waits_gets_the_seat(self):
        series = make.series(capacity=1)
        leaving = enrol(make.learner("王秀英"), series)
        first = enrol(make.learner("李桂兰"), series)
        enrol(make.learner("张淑芬"), series)
        actions.withdraw(enrolment=leaving, now=NOW)

        assert actions.promote(series=series, now=NOW) == first
        assert actions.promote(series=series, now=NOW) is None
        assert taken(series) == [1]

    def test_who_waits_for_a_full_day_is_passed_over(self):
        series = make.series("四点半课堂", "child", range(5), capacity=1)
        enrol(child("李一诺"), series, [0])
        tuesday = enrol(child("赵景行"), series, [1])
        enrol(child("张可可"), series, [0, 1])
        fits = enrol(child("吴若汐"), series, [1])
        actions.withdraw(enrolment=tuesday, now=NOW)

        assert actions.promote(series=series, now=NOW) == fits

    def test_promotion_is_written_down(self):
        series = make.series(capacity=1)
        leaving = enrol(make.learner("王秀英"), series)
        enrol(make.learner("李桂兰"), series)
        actions.withdraw(enrolment=leaving, now=NOW)
        chen = make.user()

        actions.promote(series=series, now=NOW, actor=chen)

        assert AuditEntry.objects.first().verb == "转入班"
        assert AuditEntry.objects.first().actor == chen

    def test_a_waiting_child_is_confirmed_on_the_days_now_said(self):
        series = make.series("四点半课堂", "child", range(5))
        place = enrol(child(), series, None)

        actions.confirm(enrolment=place, weekdays=[1, 3], now=NOW)

        assert (place.status, place.weekdays, taken(series)) == ("confirmed", [1, 3], [0, 1, 0, 1, 0])


@pytest.mark.django_db
class TestPlaceByLevel:
    def place(self) -> actions.Placed:
        return actions.place_by_level(term=make.term(), community=make.community(), now=NOW)

    def classes(self, **fields) -> dict:
        stages = {"启蒙": "A", "基础": "B", "提高": "DEF", "反诈": "CG"}
        return {name: make.series(name, weekdays=(5,), stages=letters, **fields) for name, letters in stages.items()}

    def class_of(self, learner: Learner) -> str:
        return learner.enrolments.get().series.name

    @pytest.mark.parametrize(("level", "name"), [(0, "启蒙"), (1, "启蒙"), (2, "基础"), (3, "提高")])
    def test_seniors_go_where_the_lessons_fit(self, level, name):
        self.classes()
        learner = make.learner(level=level)

        assert self.place().confirmed == 1
        assert self.class_of(learner) == name

    def test_level_one_takes_the_second_choice_when_the_first_is_full(self):
        offered = self.classes(capacity=1)
        enrol(make.learner("王秀英"), offered["启蒙"])
        learner = make.learner("李桂兰", level=1)

        self.place()

        assert self.class_of(learner) == "基础"

    def test_a_wish_about_fraud_comes_first(self):
        self.classes()
        learner = make.learner(level=0, wishes="防诈骗")

        self.place()

        assert self.class_of(learner) == "反诈"

    @pytest.mark.parametrize(("lift", "placed"), [(True, 1), (False, 0), (None, 0)])
    def test_a_wheelchair_never_goes_up_without_a_lift(self, lift, placed):
        make.series(stages="A", room=make.room(f"楼上{lift}", floor=2, has_lift=lift))
        make.learner(level=0, needs=["轮椅位"])

        done = self.place()

        assert (done.confirmed, len(done.left)) == (placed, 1 - placed)

    def test_the_rest_waits_for_the_best_class(self):
        make.series(stages="A", capacity=1)
        make.learner("王秀英", level=0)
        late = make.learner("李桂兰", level=0)

        done = self.place()

        assert (done.confirmed, done.waiting) == (1, 1)
        assert late.enrolments.get().status == "waiting"

    def test_children_come_on_the_days_their_guardian_named(self):
        series = make.series("四点半课堂", "child", range(5))
        child("李一诺", days_wanted=[0, 2])
        child("张可可", days_wanted=None)
        child("赵景行", days_wanted=[0], consent_on=None)
        for guardian in Learner.objects.filter(kind="senior"):
            guardian.delete()

        done = self.place()

        assert (done.confirmed, done.waiting, done.requested) == (1, 1, 1)
        assert taken(series) == [1, 0, 1, 0, 0]

    def test_an_unknown_level_is_left_for_the_organiser(self):
        self.classes()
        learner = make.learner(level=None)

        assert self.place().left == [{"learner": learner.pk, "name": "王秀英", "why": "没填会到什么程度"}]

    def test_running_it_again_changes_nothing(self):
        self.classes(capacity=1)
        for name in ("王秀英", "李桂兰", "张淑芬"):
            make.learner(name, level=0)
        self.place()
        before = list(Enrolment.objects.order_by("pk").values())

        again = self.place()

        assert (again.confirmed, again.waiting) == (0, 0)
        assert list(Enrolment.objects.order_by("pk").values()) == before


@pytest.mark.django_db
class TestChangeSeries:
    def change(self, series, **fields):
        said = {
            "name": series.name,
            "weekdays": [5],
            "starts": series.starts,
            "ends": series.ends,
            "room_name": "",
            "capacity": series.capacity,
        }
        pattern = series_actions.Pattern(**{**said, **fields})
        return series_actions.change_series(series=series, pattern=pattern, now=NOW, actor=None)

    def test_seats_follow_the_capacity(self):
        series = make.series()

        self.change(series, capacity=20)

        assert series.days.get().seats == 20

    def test_it_never_gets_smaller_than_who_is_in(self):
        series = make.series(capacity=2)
        enrol(make.learner("王秀英"), series)
        enrol(make.learner("李桂兰"), series)

        with pytest.raises(series_actions.SeatsInUse):
            self.change(series, capacity=1)

    def test_times_stay_once_sessions_are_made(self):
        series = make.series()
        make.session("2026-09-12", series)

        with pytest.raises(series_actions.TimesFixed):
            self.change(series, weekdays=[6])

    @pytest.mark.parametrize("fields", [{"room_name": "新教室"}, {"every_weeks": 2}])
    def test_so_do_rooms_and_weeks(self, fields):
        series = make.series()
        make.session("2026-09-12", series)

        with pytest.raises(series_actions.TimesFixed):
            self.change(series, **fields)

    def test_a_name_is_used_once_a_term(self):
        make.series("基础")
        series = make.series("启蒙")

        with pytest.raises(series_actions.NameTaken):
            self.change(series, name="基础")


class TestRaces:
    """Twenty at one moment; the counter and its check constraint decide."""

    def test_one_seat_is_given_once(self, together):
        series = make.series(capacity=1)
        learners = [make.learner(f"学员{number}") for number in range(20)]

        places = together(20, lambda number: enrol(learners[number], series))

        assert sorted(place.status for place in places) == ["confirmed", *["waiting"] * 19]
        assert taken(series) == [1]

    def test_days_are_claimed_all_or_none(self, together):
        series = make.series("四点半课堂", "child", range(5), capacity=2)
        learners = [child(f"孩子{number}") for number in range(20)]
        choices = [[0, 4], [4, 2], [2, 0], []]

        together(20, lambda number: enrol(learners[number], series, choices[number % 4]))

        confirmed = Enrolment.objects.filter(status="confirmed")
        counted = [sum(not p.weekdays or day in p.weekdays for p in confirmed) for day in range(5)]
        assert taken(series) == counted
        assert max(counted) == 2

    def test_one_learner_gets_one_place(self, together):
        series, learner = make.series(), make.learner()

        answers = together(20, lambda number: enrol(learner, series))

        refused = [answer for answer in answers if isinstance(answer, actions.AlreadyEnrolled)]
        assert (len(refused), taken(series)) == (19, [1])

    def test_a_free_seat_is_promoted_once(self, together):
        series = make.series(capacity=1)
        leaving = enrol(make.learner("王秀英"), series)
        for number in range(5):
            enrol(make.learner(f"学员{number}"), series)
        actions.withdraw(enrolment=leaving, now=NOW)

        together(10, lambda number: actions.promote(series=series, now=NOW))

        assert (series.enrolments.filter(status="confirmed").count(), taken(series)) == (1, [1])

    def test_two_generations_at_once_make_each_session_once(self, together):
        series = make.series(weekdays=(5,))

        together(4, lambda number: actions.generate_term(term=series.term, now=NOW))

        # Without calendar rows every Saturday from 5 September to 16 January is an ordinary one.
        assert series.sessions.count() == 20
