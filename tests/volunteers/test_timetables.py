"""排时间: asked for, found in the background, compared, taken; and one class moved."""

import copy
import re
from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from classes import actions as classes_actions
from classes.actions.changing import Refused
from classes.models import Enrolment, RoomBooking, Session
from tests import make
from tests.make import at
from volunteers import planning, tasks
from volunteers.actions import runs
from volunteers.actions import timetables as actions
from volunteers.models import Absence, Organisation, TimetableProposal

pytestmark = pytest.mark.django_db
NOW = at("2026-08-20", "10:00")
Status = TimetableProposal.Status


def enrolled(series, count, **fields):
    """Learners of a class."""
    found = []
    for number in range(count):
        one = make.learner(f"学员{series.pk}{number}", **fields)
        Enrolment.objects.create(learner=one, series=series, status="confirmed", created_at=NOW)
        found.append(one)
    return found


@pytest.fixture
def two():
    """Two senior classes at one time in one room, and somebody free to help on Fridays."""
    room = make.room()
    first = make.series("启蒙", room=room, stated_leads=0)
    second = make.series("基础", room=room, stated_leads=0, weekdays=(5,))
    for number in range(8):
        helper = make.volunteer(f"助教{number}")
        make.free(helper, 4, "08:00", "12:00")
    return first, second


def asked(*series, gives=0):
    return actions.request_timetable(
        term=make.term(),
        community=make.community(),
        series=[one.pk for one in series],
        gives=gives,
        now=NOW,
        actor=None,
    )


def found(*series):
    proposal = asked(*series)
    assert tasks.run_timetable.call(proposal.pk) == "ready"
    proposal.refresh_from_db()
    return proposal


class TestLoading:
    def test_learners_helpers_and_rooms_are_there(self, two):
        first, second = two
        one, other = enrolled(first, 2)
        one.free_windows = [[4, "09:00", "12:00"]]
        one.save()
        other.needs = ["轮椅位"]
        other.save()

        problem, _ = planning.load_times(term=make.term(), community=make.community(), chosen=[first.pk], now=NOW)

        group = problem.one[first.pk]
        assert group.step_free and group.people == 2 and not group.fixed
        assert problem.learner[one.pk].free[0].weekday == 4
        assert problem.learner[other.pk].free is None
        assert problem.learner[one.pk].once_a_day
        assert [(place.weekday, place.starts) for place in problem.one[second.pk].fixed] == [(5, 570)]
        assert len(problem.volunteers) == 8
        assert problem.volunteers[0].roles == {"helper", "desk"}

    def test_what_a_class_needs_keeps_it_in_the_rooms_that_have_it(self):
        series = make.series(room=make.room(has=["投影", "插座"]), needs=["投影"])
        make.room("阅览室")

        problem, _ = planning.load_times(term=make.term(), community=make.community(), chosen=[series.pk], now=NOW)

        assert problem.series[0].equipment == {"投影"}
        assert [sorted(room.equipment) for room in problem.rooms] == [["投影", "插座"], [], ["投影"]]

    def test_only_cleared_adults_count_for_children(self):
        child = make.series("四点半", kind="child", weekdays=(0, 2))
        cleared = make.volunteer("何晓琳")
        make.cleared(cleared)
        for one in (cleared, make.volunteer("没查过"), make.volunteer("未成年", born=(2012, 1, 1))):
            make.free(one, 2)

        problem, _ = planning.load_times(term=make.term(), community=make.community(), chosen=[child.pk], now=NOW)

        assert [one.id for one in problem.volunteers if "tutor" in one.roles] == [cleared.pk]

    @pytest.mark.parametrize(("until", "counted"), [("2026-09-20", True), ("2027-01-10", False)])
    def test_an_organisation_that_is_away_most_of_the_term_sends_nobody(self, until, counted):
        series = make.series(room=make.room())
        club = Organisation.objects.create(name="师大青协")
        Absence.objects.create(organisation=club, kind="exam", starts_on=date(2026, 9, 1), ends_on=until)
        make.free(make.volunteer(organisation=club), 5)

        problem, _ = planning.load_times(term=make.term(), community=make.community(), chosen=[series.pk], now=NOW)

        assert bool(problem.volunteers) == counted

    def test_a_class_without_weekdays_is_there_only_when_it_is_chosen(self):
        series = make.series(weekdays=())
        term, community = make.term(), make.community()

        assert planning.load_times(term=term, community=community, chosen=[], now=NOW)[0].series == ()
        assert len(planning.load_times(term=term, community=community, chosen=[series.pk], now=NOW)[0].series) == 1

    @pytest.mark.parametrize("classes", [1, 3])
    def test_the_number_of_queries_does_not_grow(self, classes, django_assert_num_queries):
        term, community = make.term(), make.community()
        for number in range(classes):
            enrolled(make.series(f"班{number}", weekdays=(number,), room=make.room(f"教室{number}")), classes)
            make.free(make.volunteer(f"助教{number}"), 2)

        with django_assert_num_queries(17):
            planning.load_times(term=term, community=community, chosen=[], now=NOW)


class TestRunning:
    def test_finds_timetables_with_figures_and_reasons(self, two):
        first, second = two
        enrolled(first, 4)

        proposal = found(first, second)

        assert proposal.status == Status.READY and proposal.proven
        best = proposal.answer["timetables"][0]
        assert best["figures"]["learners"] == best["figures"]["reached"] == 4
        assert best["figures"]["filled"] == best["figures"]["places"]
        assert {place[0] for row in best["series"] for place in row["places"]} == {4}
        assert all(row["reasons"] for row in best["series"])
        assert proposal.answer["now"]["filled"] == 0

    def test_nothing_chosen_is_refused(self):
        with pytest.raises(actions.NothingChosen):
            asked()

    def test_a_new_request_throws_the_old_one_away(self, two):
        old, _ = asked(*two), asked(*two)

        old.refresh_from_db()
        assert old.status == Status.DISCARDED

    def test_a_discarded_run_stays_discarded(self, two):
        proposal = asked(*two)
        claimed = actions.claim_timetable(pk=proposal.pk, now=NOW)
        actions.discard_timetable(proposal=proposal, now=NOW, actor=None)

        assert tasks.find_claimed(claimed) == "stopped"
        proposal.refresh_from_db()
        assert proposal.status == Status.DISCARDED

    def test_a_run_is_claimed_once_and_again_when_its_worker_is_silent(self, two):
        proposal = asked(*two)

        assert actions.claim_timetable(pk=proposal.pk, now=NOW)
        assert actions.claim_timetable(pk=proposal.pk, now=NOW) is None
        assert actions.claim_timetable(pk=proposal.pk, now=NOW + 2 * runs.SILENT_FOR)

    def test_the_net_runs_what_nobody_started(self, two):
        proposal = asked(*two)

        assert tasks.run_waiting_timetables.call() == 1
        proposal.refresh_from_db()
        assert proposal.status == Status.READY


class TestAccepting:
    def test_a_class_without_sessions_gets_day_time_and_room(self, two):
        first, second = two
        proposal = found(first, second)

        taken = actions.accept_timetable(proposal=proposal, number=0, now=NOW, actor=None)

        assert len(taken.moved) == 2 and not taken.refused
        first.refresh_from_db()
        second.refresh_from_db()
        assert [day.weekday for day in first.days.all()] == [4]
        assert first.starts != second.starts or first.room_id != second.room_id
        assert (first.ends.hour * 60 + first.ends.minute) - (first.starts.hour * 60 + first.starts.minute) == 90

    def test_sessions_that_are_there_move_along(self, two):
        first, second = two
        classes_actions.generate_term(term=make.term(), community=make.community(), now=NOW)
        proposal = found(first)

        taken = actions.accept_timetable(proposal=proposal, number=0, now=NOW, actor=None)

        assert taken.moved == [first], taken.refused
        weekdays = {one.on_date.weekday() for one in Session.objects.filter(series=first, status="planned")}
        assert weekdays == {4}
        second.refresh_from_db()
        assert [day.weekday for day in second.days.all()] == [5]

    def test_it_is_taken_once(self, two):
        proposal = found(*two)
        actions.accept_timetable(proposal=proposal, number=0, now=NOW, actor=None)

        with pytest.raises(runs.NotReady):
            actions.accept_timetable(proposal=proposal, number=0, now=NOW, actor=None)

    @pytest.mark.parametrize("number", [-1, 3])
    def test_a_timetable_that_is_not_there_is_refused(self, two, number):
        proposal = found(*two)

        with pytest.raises(runs.NotReady):
            actions.accept_timetable(proposal=proposal, number=number, now=NOW, actor=None)
        proposal.refresh_from_db()
        assert proposal.status == Status.READY

    def test_a_class_that_has_changed_since_is_named_and_the_others_move(self, two):
        first, second = two
        proposal = found(first, second)
        make.session("2026-09-26", of=second, planned_on=date(2026, 9, 26))
        ((weekday, starts, room),) = next(
            row["places"] for row in proposal.answer["timetables"][0]["series"] if row["series"] == second.pk
        )
        monday = make.at("2026-09-21", actions.clock(starts).isoformat("minutes"))
        for week in range(3):
            begins = monday + timedelta(days=weekday + 7 * week - 7)
            ends = begins + timedelta(hours=1)
            RoomBooking.objects.create(room_id=room, who="街道", starts_at=begins, ends_at=ends, created_at=NOW)

        taken = actions.accept_timetable(proposal=proposal, number=0, now=NOW, actor=None)

        assert taken.moved == [first]
        assert [(series.pk, "街道" in why) for series, why in taken.refused] == [(second.pk, True)]


class TestMovingOne:
    def test_every_other_time_says_what_it_is_worth(self, two):
        first, _ = two
        (one,) = enrolled(first, 1)
        one.free_windows = [[5, "09:00", "12:00"]]
        one.save()

        present = planning.other_times(series=first, term=make.term(), community=make.community(), now=NOW)

        friday = next(option for option in present.options if option.slot.weekday == 4 and not option.obstacle)
        assert (present.reached, present.filled) == (1, 0)
        assert (friday.reached, friday.filled) == (0, 1)

    def test_a_class_moves(self, two):
        first, _ = two

        actions.move_series(series=first, weekday=5, to=(4, 600, first.room_id), now=NOW, actor=None)

        first.refresh_from_db()
        assert (first.days.get().weekday, first.starts) == (4, time(10))

    def test_not_onto_another_of_its_days(self):
        series = make.series(weekdays=(1, 3), room=make.room())

        with pytest.raises(Refused):
            actions.move_series(series=series, weekday=1, to=(3, 600, series.room_id), now=NOW, actor=None)


class TestPages:
    @pytest.fixture
    def desk(self, client):
        client.force_login(make.user())
        return client

    def test_asks_which_classes_and_starts(self, desk, two, django_capture_on_commit_callbacks):
        page = desk.get(reverse("desk:timetable"))
        assert page.status_code == 200
        assert page.content.decode().count("checked") == 3

        with django_capture_on_commit_callbacks():
            answer = desk.post(
                reverse("desk:timetable-start"), {"series": [two[0].pk, two[1].pk], "term": make.term().pk}
            )

        proposal = TimetableProposal.objects.get()
        assert answer.url == reverse("desk:timetable-run", args=[proposal.pk])
        assert "马上开始" in desk.get(answer.url).content.decode()

    def test_nothing_chosen_says_so(self, desk, two):
        answer = desk.post(reverse("desk:timetable-start"), {"term": make.term().pk}, follow=True)

        assert "请至少选一个班" in answer.content.decode()

    def test_without_classes_it_says_what_to_do(self, desk):
        make.term()
        make.community()

        assert "这学期还没有班" in desk.get(reverse("desk:timetable")).content.decode()

    def test_without_a_term_it_says_what_to_do(self, desk):
        make.community()

        assert "这学期还没有班" in desk.get(reverse("desk:timetable")).content.decode()

    def test_compares_and_takes_one(self, desk, two):
        enrolled(two[0], 3)
        proposal = found(*two)
        address = reverse("desk:timetable-run", args=[proposal.pk])

        page = desk.get(address).content.decode()
        assert "课表甲" in page and "采纳课表甲" in page and "已证明" in page

        answer = desk.post(reverse("desk:timetable-accept", args=[proposal.pk]), {"number": "0"}, follow=True)
        assert "已采纳课表甲" in answer.content.decode()

    def test_a_class_that_came_later_is_named_and_placed_with_the_others_in_one_click(self, desk, two):
        proposal = found(*two)
        proposal.gives = 30
        proposal.save()
        address = reverse("desk:timetable-run", args=[proposal.pk])
        assert "重新排</button>" not in desk.get(address).content.decode()
        later = make.series("提高")
        make.session("2026-12-05", make.series("手机门诊", weekdays=(5,)))

        page = desk.get(address).content.decode()

        assert "没有提高</b>：还没有场次" in page and "连这个班一起重新排" in page
        form = page[page.index("timetable/start") : page.index("连这个班一起重新排")]
        sent = re.findall(r'name="series" value="(\d+)"', form)
        assert sent == [f"{one.pk}" for one in (*two, later)]
        assert 'name="first" value="helpers"' in form

        answer = desk.post(
            reverse("desk:timetable-start"), {"series": sent, "term": proposal.term_id, "first": "helpers"}
        )

        again = TimetableProposal.objects.first()
        assert answer.url == reverse("desk:timetable-run", args=[again.pk])
        assert (sorted(again.series), again.gives) == (sorted(one.pk for one in (*two, later)), 30)
        proposal.refresh_from_db()
        assert proposal.status == "discarded"

    def test_equally_good_timetables_say_so_and_what_is_different(self, desk, two):
        proposal = found(*two)
        one = proposal.answer["timetables"][0]
        other = copy.deepcopy(one)
        place = other["series"][0]["places"][0]
        place[0] = (place[0] + 1) % 5
        proposal.answer["timetables"] = [one, other]
        proposal.save()

        page = desk.get(reverse("desk:timetable-run", args=[proposal.pk])).content.decode()

        assert "2 张一样好" in page and "和课表甲一样好" in page
        assert "换成 周" in page

    def test_a_timetable_that_changes_nothing_is_taken_in_those_words(self, desk, two):
        proposal = found(two[0])
        (row,) = proposal.answer["timetables"][0]["series"]
        row["places"] = [[5, 570, two[0].room_id]]
        proposal.save()

        page = desk.get(reverse("desk:timetable-run", args=[proposal.pk])).content.decode()
        assert "一个班也不用改" in page
        answer = desk.post(reverse("desk:timetable-accept", args=[proposal.pk]), {"number": "0"}, follow=True)

        assert "课表就按现在的，一个班也没有改。" in answer.content.decode()

    @pytest.mark.parametrize("status", ["failed", "discarded"])
    def test_what_came_to_nothing_says_so(self, desk, two, status):
        proposal = asked(*two)
        TimetableProposal.objects.filter(pk=proposal.pk).update(status=status, error="没排成的原因")

        page = desk.get(reverse("desk:timetable-run", args=[proposal.pk])).content.decode()

        assert "没排成的原因" in page or "课表没有动" in page

    def test_every_other_time_of_a_class(self, desk, two):
        page = desk.get(reverse("desk:series-times", args=[two[0].pk])).content.decode()
        assert "现在" in page and "教室被占" in page

    def test_each_time_leads_to_the_page_that_says_whom_it_touches(self, desk, two):
        page = desk.get(reverse("desk:series-times", args=[two[0].pk]))
        cell = next(cell for _, cells in page.context["times"].days for cell in cells if cell.link)

        assert desk.get(cell.link).context["form"].is_valid()

    def test_one_day_of_several_moves_and_the_others_keep_theirs(self, desk):
        series = make.series(weekdays=(1, 3), room=make.room())

        page = desk.get(reverse("desk:series-times", args=[series.pk]), {"day": "3"})

        assert "day=1" in page.content.decode()
        link = next(cell.link for name, cells in page.context["times"].days for cell in cells if name == "周五")
        assert desk.get(link).context["form"].cleaned_data["weekdays"] == [1, 4]

    @pytest.mark.parametrize("classes", [1, 3])
    def test_the_comparison_needs_the_same_queries_for_any_number(self, desk, classes, django_assert_num_queries):
        made = [make.series(f"班{n}", weekdays=(n,), room=make.room(f"教室{n}")) for n in range(classes)]
        proposal = found(*made)
        desk.get(reverse("desk:timetable-run", args=[proposal.pk]))

        with django_assert_num_queries(9):
            desk.get(reverse("desk:timetable-run", args=[proposal.pk]))


class TestRaces:
    def test_of_many_workers_one_has_the_run(self, together, two):
        proposal = asked(*two)

        found = together(6, lambda _: actions.claim_timetable(pk=proposal.pk, now=NOW))

        assert sum(isinstance(one, TimetableProposal) for one in found) == 1
        assert found.count(None) == 5

    def test_of_many_organisers_one_takes_a_timetable(self, together, two):
        proposal = found(*two)

        answers = together(
            6,
            lambda number: actions.accept_timetable(
                proposal=TimetableProposal.objects.get(pk=proposal.pk), number=number % 2, now=NOW, actor=None
            ),
        )

        assert sum(isinstance(one, actions.Taken) for one in answers) == 1, answers
        assert sum(isinstance(one, runs.NotReady) for one in answers) == 5, answers
        proposal.refresh_from_db()
        assert proposal.status == Status.ACCEPTED
        chosen = proposal.answer["timetables"][proposal.chosen]["series"]
        for series in two:
            series.refresh_from_db()
            (row,) = [row for row in chosen if row["series"] == series.pk]
            weekday, starts, room = row["places"][0]
            assert (series.days.get().weekday, series.room_id) == (weekday, room)
            assert 60 * series.starts.hour + series.starts.minute == starts

    def test_a_run_that_is_thrown_away_while_it_is_saved_has_one_end(self, together, two):
        proposal = asked(*two)
        claimed = actions.claim_timetable(pk=proposal.pk, now=NOW)

        def either(number):
            if number:
                return actions.discard_timetable(proposal=proposal, now=NOW, actor=None)
            return actions.save_timetables(proposal=claimed, found={"timetables": []}, proven=True, seconds=1, now=NOW)

        saved, _ = together(2, either)

        proposal.refresh_from_db()
        assert proposal.status == Status.DISCARDED
        assert saved in (True, False)
