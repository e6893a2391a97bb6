"""改人数: an organiser says how many, it stays whatever the learners are, and goes back with one click."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from classes.actions.undoing import ChangedSince
from classes.models import Change, Enrolment
from people.models import AuditEntry
from tests import make
from volunteers.actions import counting, roster, seats, shifts, taking_back
from volunteers.models import Assignment, Shift

NOW = make.at("2026-11-24", "10:00")
LATER = NOW + timedelta(hours=3)


def saturday(needed=4, **fields) -> Shift:
    return make.shift(make.session("2026-11-28", make.series()), needed=needed, **fields)


def say(shift, needed, **fields):
    return counting.set_places(shift=shift, needed=needed, **{"seen": shift.needed, "now": NOW, "actor": None} | fields)


@pytest.mark.django_db
class TestSaying:
    def test_one_more_is_wanted_and_kept_in_the_trail(self):
        shift = saturday()

        say(shift, 5)

        shift.refresh_from_db()
        assert (shift.needed, shift.fixed) == (5, 5)
        assert AuditEntry.objects.get(verb="改人数").summary == "11月28日 菜鸟学堂·启蒙：助教从 4 位改成 5 位"

    def test_stays_when_learners_come(self):
        shift = saturday()
        say(shift, 3)
        for name in ("王秀英", "李桂兰", "张玉兰", "赵建国", "孙福来", "吴美珍", "郑兰"):
            Enrolment.objects.create(
                learner=make.learner(name), series=shift.session.series, status="confirmed", created_at=NOW
            )

        shifts.set_demand(sessions=[shift.session], now=NOW)

        shift.refresh_from_db()
        assert (shift.needed, shift.fixed) == (3, 3)
        assert shifts.set_demand(sessions=[shift.session], now=NOW).changed == 0

    def test_never_under_the_floor_or_under_who_is_there(self):
        shift = saturday(needed=4)
        Shift.objects.filter(pk=shift.pk).update(minimum=2)
        for name in ("周远", "高翔", "钱薇"):
            make.assignment(shift, make.volunteer(name))
        shift.refresh_from_db()

        for needed, why in (
            (1, "至少要 2 位"),
            (0, "至少要 2 位"),
            (61, "最多 60 位"),
            (2, "已经排了 3 位，先撤下再减"),
        ):
            with pytest.raises(counting.OutOfRange, match=why):
                say(shift, needed)

    def test_not_over_somebody_elses_head(self):
        shift = saturday()
        say(shift, 5)

        with pytest.raises(seats.ChangedMeanwhile, match="现在要 5 位"):
            say(shift, 3, seen=4)

    def test_not_when_it_is_over_or_called_off(self):
        shift = saturday()

        with pytest.raises(seats.NotHeld):
            say(shift, 5, now=shift.session.starts_at)
        shift.session.status = "cancelled"
        with pytest.raises(seats.NotHeld):
            say(shift, 5)


@pytest.mark.django_db
class TestUndo:
    def test_the_number_is_worked_out_again(self):
        shift = saturday()
        shifts.set_demand(sessions=[shift.session], now=NOW)
        shift.refresh_from_db()
        before = shift.needed
        step = say(shift, before + 2)

        taking_back.undo(change=step, now=LATER, actor=None)

        shift.refresh_from_db()
        assert (shift.needed, shift.fixed) == (before, None)

    def test_one_step_after_the_other(self):
        shift = saturday()
        first = say(shift, 5)
        second = say(shift, 6)
        with pytest.raises(ChangedSince):
            taking_back.undo(change=first, now=LATER, actor=None)

        taking_back.undo(change=second, now=LATER, actor=None)

        shift.refresh_from_db()
        assert (shift.needed, shift.fixed) == (5, 5)
        assert Change.objects.get(pk=first.pk).undone_at is None

    def test_whoever_came_in_by_the_new_place_is_in_the_way(self):
        shift = saturday(needed=1)
        make.assignment(shift, make.volunteer("周远"))
        step = say(shift, 2)
        make.assignment(shift, make.volunteer("高翔"))

        with pytest.raises(ChangedSince, match="先撤下再撤销"):
            taking_back.undo(change=step, now=LATER, actor=None)


@pytest.mark.django_db
class TestWorkedOutAgain:
    @pytest.fixture
    def said(self):
        """A class whose catalogue asks for six helpers; somebody said four, days ago."""
        shift = saturday()
        shifts.set_demand(sessions=[shift.session], now=NOW)
        shift.refresh_from_db()
        say(shift, 4, now=NOW - timedelta(days=3))
        return shift

    def again(self, shift, **fields):
        return counting.work_out_again(shift=shift, **{"seen": shift.needed, "now": NOW, "actor": None} | fields)

    def test_the_learners_decide_again_and_the_trail_says_so(self, said):
        asked_for = shifts.worked_out(said).needed

        step = self.again(said)

        said.refresh_from_db()
        assert (said.needed, said.fixed) == (asked_for, None)
        assert step.summary == f"11月28日 菜鸟学堂·启蒙：助教从 4 位改回按学员数算，要 {asked_for} 位"
        assert AuditEntry.objects.filter(verb="改人数", summary=step.summary).count() == 1

    def test_goes_back_to_what_was_said(self, said):
        step = self.again(said)

        taking_back.undo(change=step, now=LATER, actor=None)

        said.refresh_from_db()
        assert (said.needed, said.fixed) == (4, 4)

    def test_whoever_is_placed_keeps_the_place(self, said):
        asked_for = shifts.worked_out(said).needed
        say(said, asked_for + 2)
        for number in range(asked_for + 1):
            make.assignment(said, make.volunteer(f"周远{number}"))
        said.refresh_from_db()

        step = self.again(said)

        said.refresh_from_db()
        assert (said.needed, said.fixed) == (asked_for + 1, None)
        taking_back.undo(change=step, now=LATER, actor=None)
        said.refresh_from_db()
        assert said.fixed == asked_for + 2

    def test_not_where_nobody_said_a_number_or_another_by_now(self, said):
        with pytest.raises(seats.ChangedMeanwhile, match="现在要 4 位"):
            self.again(said, seen=3)
        self.again(said)
        with pytest.raises(seats.ChangedMeanwhile):
            self.again(said)

    def test_not_when_it_has_begun(self, said):
        with pytest.raises(seats.NotHeld):
            self.again(said, now=said.session.starts_at)


@pytest.mark.django_db
class TestThePanel:
    @pytest.mark.parametrize("opened", ["gap", "who"])
    def test_the_way_back_to_the_learners_is_one_click_and_names_the_number(self, client, opened):
        client.force_login(make.user())
        day = timezone.localdate() + timedelta(days=5)
        shift = make.shift(make.session(f"{day}", make.series(weekdays=[day.weekday()])), needed=3)
        placed = make.assignment(shift, make.volunteer())
        opens = {"w": f"{day}", opened: {"gap": shift, "who": placed}[opened].pk}
        assert "按学员数算" not in client.get(reverse("desk:week"), opens).content.decode()
        say(shift, 4, now=timezone.now())
        asked_for = max(shifts.worked_out(shift).needed, 1)

        panel = client.get(reverse("desk:week"), opens).content.decode()
        client.post(reverse("desk:count"), {"shift": shift.pk, "again": "1", "seen": 4})

        assert f"按学员数算（{asked_for} 位）" in panel
        shift.refresh_from_db()
        assert (shift.needed, shift.fixed) == (asked_for, None)
        client.post(reverse("desk:step-undo", args=[Change.objects.latest("pk").pk]))
        shift.refresh_from_db()
        assert (shift.needed, shift.fixed) == (4, 4)

    def test_one_click_and_one_back(self, client):
        client.force_login(make.user())
        day = timezone.localdate() + timedelta(days=5)
        shift = make.shift(make.session(f"{day}", make.series(weekdays=[day.weekday()])), needed=2)

        panel = client.get(reverse("desk:week"), {"w": f"{day}", "gap": shift.pk}).content.decode()
        done = client.post(
            reverse("desk:count"), {"shift": shift.pk, "needed": 3, "seen": 2}, headers={"HX-Request": "true"}
        )
        stale = client.post(reverse("desk:count"), {"shift": shift.pk, "needed": 1, "seen": 2})
        back = client.post(reverse("desk:step-undo", args=[Change.objects.get().pk]))

        assert "多要一位" in panel
        assert "从 2 位改成 3 位" in done.content.decode() and "撤销" in done.content.decode()
        assert stale.status_code == 409
        assert f"w={day - timedelta(days=day.weekday())}" in back.url
        shift.refresh_from_db()
        assert shift.fixed is None

    def test_only_for_organisers(self, client):
        client.force_login(make.user("kan", role="viewer"))
        shift = saturday()

        assert client.post(reverse("desk:count"), {"shift": shift.pk, "needed": 3, "seen": 4}).status_code == 403


class TestRaces:
    def test_two_organisers_say_a_number(self, together):
        shift = saturday()

        def one_more(number):
            mine = Shift.objects.select_related("session__series", "session__community", "role").get(pk=shift.pk)
            return counting.set_places(shift=mine, needed=5 + number, seen=4, now=NOW, actor=None)

        done = together(4, one_more)

        assert sum(isinstance(one, Change) for one in done) == 1
        assert sum(isinstance(one, seats.ChangedMeanwhile) for one in done) == 3
        assert Change.objects.count() == 1

    def test_one_goes_back_to_the_learners_while_others_say_a_number(self, together):
        shift = saturday(needed=3)
        say(shift, 4)

        def act(number):
            mine = Shift.objects.select_related("session__series", "session__community", "role").get(pk=shift.pk)
            if number < 2:
                return counting.work_out_again(shift=mine, seen=4, now=NOW, actor=None)
            return counting.set_places(shift=mine, needed=8, seen=4, now=NOW, actor=None)

        done = together(3, act)

        assert sum(isinstance(one, Change) for one in done) == 1, done
        assert sum(isinstance(one, seats.ChangedMeanwhile) for one in done) == 2
        shift.refresh_from_db()
        assert (shift.fixed is None) == any(isinstance(one, Change) for one in done[:2])

    def test_fewer_places_while_somebody_is_placed(self, together):
        shift = saturday(needed=2)
        people = [make.volunteer(name) for name in ("周远", "高翔")]
        for who in people:
            make.free(who, 5)

        def act(number):
            mine = Shift.objects.select_related("session__series", "session__community", "role").get(pk=shift.pk)
            if number < 2:
                return roster.place(shift=mine, volunteer=people[number], now=NOW, actor=None)
            return counting.set_places(shift=mine, needed=1, seen=2, now=NOW, actor=None)

        done = together(3, act)

        shift.refresh_from_db()
        assert all(isinstance(one, (Assignment, Change, seats.Refused)) for one in done), done
        # Two came in before the number fell, or one of them and nobody more.
        assert Assignment.objects.filter(status__in=Assignment.ACTIVE).count() == shift.taken == shift.needed
