"""Two entries of one person made one: what moves, what is never gained, and back again."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from classes.models import Learner
from people.actions import note
from people.models import Merge, Person
from tests import make
from volunteers.actions import merging, seats, unmerging
from volunteers.models import Assignment, CheckIn, Clearance, Shift, Volunteer
from volunteers.queries import same
from volunteers.rules.persons import cleared_until

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")
SATURDAY = "2026-09-12"


def merge(kept, gone, **fields) -> Merge:
    kind = "volunteer" if isinstance(kept, Volunteer) else "learner"
    return merging.merge(kind=kind, kept=kept.pk, gone=gone.pk, now=NOW, actor=None, **fields)


def state() -> list:
    """What a merge may touch, to be compared before and after undo."""
    return [
        # The moment of making keeps its milliseconds only.
        [{**row, "created_at": None} for row in model.objects.order_by("pk").values()]
        for model in (Person, Volunteer, Assignment, CheckIn, Clearance, Shift, Learner)
    ]


@pytest.fixture
def pair() -> list[Volunteer]:
    return [make.volunteer("周远", seen_at=NOW), make.volunteer("周远", seen_at=NOW)]


class TestVolunteers:
    def test_history_shifts_times_and_notes_move(self, pair):
        kept, gone = pair
        shift = make.shift(make.session(SATURDAY))
        make.assignment(shift, gone)
        make.free(gone, 5)
        CheckIn.objects.create(volunteer=gone, series=shift.session.series, on_date="2026-09-05")
        note(person=gone.person, text="会修手机")

        made = merge(kept, gone)

        gone.refresh_from_db()
        assert gone.status == "left"
        assert (kept.assignments.count(), kept.availability.count(), kept.checkins.count()) == (1, 1, 1)
        assert kept.person.notes.filter(text="会修手机").exists()
        assert made.report["moves"] == {"排班": 1, "空闲时间": 1, "签到": 1, "备注": 1}

    def test_the_preview_says_the_same_and_changes_nothing(self, pair):
        kept, gone = pair
        make.assignment(make.shift(make.session(SATURDAY)), gone)
        before = state()

        said = merging.preview(kind="volunteer", kept=kept.pk, gone=gone.pk, now=NOW)

        assert state() == before
        assert said == merge(kept, gone).report

    def test_placed_twice_at_one_time_keeps_one_seat(self, pair):
        kept, gone = pair
        shift = make.shift(make.session(SATURDAY))
        make.assignment(shift, kept), make.assignment(shift, gone)

        made = merge(kept, gone)

        shift.refresh_from_db()
        assert shift.taken == 1
        assert "只留一个名额" in made.report["conflicts"][0]

    def test_the_smaller_limit_and_the_pause_win(self):
        kept = make.volunteer("周远", max_per_week=3)
        gone = make.volunteer("周远", max_per_week=1, status="paused")

        merge(kept, gone)

        kept.refresh_from_db()
        assert (kept.max_per_week, kept.status) == (1, "paused")

    def test_undo_brings_everything_back(self, pair):
        kept, gone = pair
        shift, other = make.shift(make.session(SATURDAY)), make.shift(make.session("2026-09-19"))
        make.assignment(shift, kept), make.assignment(shift, gone), make.assignment(other, gone)
        make.cleared(gone)
        before = state()
        made = merge(kept, gone)
        assert state() != before

        unmerging.undo(made=made, now=NOW + timedelta(hours=23), actor=None)

        Assignment.objects.update(changed_at=NOW)
        after = state()
        Assignment.objects.update(changed_at=NOW)
        assert [row["status"] for row in after[2]] == [row["status"] for row in before[2]]
        assert [row["volunteer_id"] for row in after[2]] == [row["volunteer_id"] for row in before[2]]
        assert [after[n] for n in (0, 1, 3, 4, 5)] == [before[n] for n in (0, 1, 3, 4, 5)]

    def test_undo_is_for_a_day_and_once(self, pair):
        made = merge(*pair)

        with pytest.raises(unmerging.TooLateToUndo):
            unmerging.undo(made=made, now=NOW + timedelta(hours=25), actor=None)
        unmerging.undo(made=made, now=NOW, actor=None)
        with pytest.raises(merging.ChangedSince):
            unmerging.undo(made=made, now=NOW, actor=None)

    def test_a_number_taken_meanwhile_stops_the_undo_with_a_sentence(self, pair):
        made = merge(*pair)
        make.volunteer("高翔", pair[1].mobile)

        with pytest.raises(merging.ChangedSince):
            unmerging.undo(made=made, now=NOW, actor=None)
        assert Merge.objects.get().undone_at is None

    def test_twice_is_refused(self, pair):
        merge(*pair)

        with pytest.raises(merging.ChangedSince):
            merge(*pair)
        with pytest.raises(merging.Refused):
            merge(pair[0], pair[0])


class TestClearances:
    def test_both_seen_and_of_one_name_the_check_moves(self, pair):
        make.cleared(pair[1])

        merge(*pair)

        assert pair[0].pk in cleared_until([pair[0].pk])

    @pytest.mark.parametrize(("name", "seen"), [("周远", None), ("周园", NOW)])
    def test_a_check_is_never_gained_from_somebody_unverified(self, name, seen):
        kept, gone = make.volunteer("周远", seen_at=NOW), make.volunteer(name, seen_at=seen)
        make.cleared(gone)

        made = merge(kept, gone)

        assert kept.pk not in cleared_until([kept.pk])
        assert any("背景查询不跟过来" in one for one in made.report["conflicts"])

    def test_nobody_unseen_gains_one_either(self):
        kept, gone = make.volunteer("周远"), make.volunteer("周远", seen_at=NOW)
        make.cleared(gone)

        merge(kept, gone)

        assert kept.pk not in cleared_until([kept.pk])

    @pytest.mark.parametrize("barred_first", [True, False])
    def test_a_bar_on_either_holds(self, pair, barred_first):
        kept, gone = pair
        if barred_first:
            Clearance.objects.create(volunteer=gone, result="not_clear")
            make.cleared(kept)
        else:
            Clearance.objects.create(volunteer=kept, result="not_clear")
            make.cleared(gone)

        merge(kept, gone)

        assert kept.pk not in cleared_until([kept.pk])


class TestLearners:
    def test_places_move_and_one_seat_is_enough(self):
        kept, gone = make.learner("王秀英"), make.learner("王秀英", phone_brand="华为", needs=["听力弱"])
        both, own = make.series("启蒙"), make.series("提高")
        for series, learner in ((both, kept), (both, gone), (own, gone)):
            series.enrolments.create(learner=learner, status="confirmed", created_at=NOW)
            day = series.days.get()
            series.days.update(taken=day.taken + 1)

        merge(kept, gone)

        kept.refresh_from_db()
        assert not Learner.objects.filter(pk=gone.pk).exists()
        assert (kept.phone_brand, kept.needs) == ("华为", ["听力弱"])
        assert both.days.get().taken == own.days.get().taken == 1
        assert set(kept.enrolments.exclude(status="withdrawn").values_list("series", flat=True)) == {both.pk, own.pk}

    def test_a_childs_papers_and_who_may_fetch_it_are_never_gained(self):
        kept = make.learner("李沐辰", kind="child", may_leave_alone=True)
        gone = make.learner("李沐辰", kind="child", consent_on="2026-09-01", photo_consent="none", health_note="花生")
        gone.pickups.create(name="生人", relation="叔叔")
        gone.delegates.create(name="路人", on_date=NOW.date(), named_at=NOW)

        merge(kept, gone)

        kept.refresh_from_db()
        assert (kept.consent_on, kept.pickups.count(), kept.delegates.count(), kept.may_leave_alone) == (
            None,
            0,
            0,
            False,
        )
        assert (kept.photo_consent, kept.health_note) == ("none", "花生")

    @pytest.mark.parametrize(
        ("name", "phone", "conflicts"), [("王敏", "16000000031", 0), ("王强", "", 1), ("", "16000000031", 0)]
    )
    def test_a_number_of_the_family_is_not_put_beside_another_name(self, name, phone, conflicts):
        kept = make.learner("王秀英", family_name="王敏", family_relation="女儿")
        gone = make.learner("王秀英", family_name=name, family_phone="16000000031")

        made = merge(kept, gone)

        kept.refresh_from_db()
        assert (kept.family_name, kept.family_phone) == ("王敏", phone)
        assert len(made.report["conflicts"]) == conflicts

    def test_undo_makes_two_of_them_again(self):
        kept, gone = make.learner("李沐辰", kind="child"), make.learner("李沐辰", kind="child", grade=2)
        gone.pickups.create(name="王姐", relation="姑姑")
        own = make.series("四点半", kind="child", weekdays=(0,))
        own.enrolments.create(learner=gone, status="waiting", created_at=NOW)
        before = state()

        unmerging.undo(made=merge(kept, gone), now=NOW, actor=None)

        assert state() == before
        again = Learner.objects.get(pk=gone.pk)
        assert (again.pickups.count(), again.enrolments.count()) == (1, 1)

    def test_a_senior_and_a_child_stay_two(self):
        with pytest.raises(merging.Refused):
            merge(make.learner("王秀英"), make.learner("王秀英", kind="child"))


class TestPages:
    def test_pairs_that_look_alike_are_listed_merged_and_undone(self, client):
        client.force_login(make.user())
        first, second = make.volunteer("周远", "16000014321"), make.volunteer("周远", "16000024321")
        make.volunteer("周远", "16000029999", born=(1970, 1, 1))

        listed = client.get(reverse("desk:same", args=["volunteer"])).content.decode()
        address = reverse("desk:merge", args=["volunteer", first.pk, second.pk])
        assert listed.count("先看看合并会怎样") == 1
        assert address in listed
        assert client.get(address).status_code == 200
        client.post(address)
        second.refresh_from_db()
        assert second.status == "left"

        client.post(reverse("desk:merge-undo", args=[Merge.objects.get().pk]))
        second.refresh_from_db()
        assert second.status == "active"

    def test_a_couple_on_one_phone_is_two_people(self):
        make.learner("王秀英", phone="16000014321"), make.learner("赵建国", phone="16000014321")

        assert same.pairs(kind="learner", community=make.community()) == []

    def test_one_phone_and_a_name_typed_wrongly_is_one(self):
        make.learner("王秀英", phone="16000014321"), make.learner("王秀瑛", phone="16000014321")

        assert len(same.pairs(kind="learner", community=make.community())) == 1

    def test_the_other_entry_is_found_by_name(self, client):
        client.force_login(make.user())
        first, second = make.learner("王秀英"), make.learner("王秀瑛")

        page = client.get(reverse("desk:merge-choose", args=["learner", first.pk]), {"q": "王"}).content.decode()

        assert reverse("desk:merge", args=["learner", first.pk, second.pk]) in page


@pytest.mark.django_db(transaction=True)
def test_signing_up_while_being_merged_loses_no_seat():
    kept, gone = make.volunteer("周远"), make.volunteer("周远")
    session = make.session(SATURDAY)
    shift = make.shift(session)
    for day in range(7):
        make.free(gone, day)
    gate, said = threading.Barrier(2), []

    def run(act):
        gate.wait()
        try:
            act()
            said.append("done")
        except (seats.Refused, merging.Refused) as refusal:
            said.append(type(refusal).__name__)
        finally:
            connection.close()

    mine = Volunteer.objects.get(pk=gone.pk)
    place = Shift.objects.select_related("session", "role").get(pk=shift.pk)
    acts = [
        lambda: merge(kept, gone),
        lambda: seats.take(shift=place, volunteer=mine, status="accepted", source="test", now=NOW),
    ]
    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    shift.refresh_from_db()
    active = Assignment.objects.filter(status="accepted")
    assert "done" in said
    assert shift.taken == active.count()
    assert set(active.values_list("volunteer", flat=True)) <= {kept.pk}
