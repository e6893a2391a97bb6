"""A name and a number hold a place at once; nobody is entered unless it is held."""

import pytest

from people.models import Consent, Message, Person
from tests import make
from volunteers.actions import minors, signup
from volunteers.models import Assignment, Shift, Volunteer
from volunteers.planning import load_problem

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")


@pytest.fixture
def saturday():
    """A session that wants two helpers and one lead."""
    session = make.session("2026-09-12")
    make.shift(session, "lead", needed=1)
    make.shift(session, needed=2)
    return session


def sign_up(session, name="周远", phone="16000000001", **fields) -> signup.SignedUp:
    asked = {"occupation": "", "consent": True, "now": NOW, **fields}
    return signup.sign_up(session=session, name=name, phone=phone, **asked)


def test_the_place_is_agreed_at_once_because_they_said_so(saturday):
    done = sign_up(saturday)

    assert done.assignment.status == "accepted"
    assert done.assignment.source == "sign_up"
    assert done.assignment.shift.role.code == "helper"


def test_it_gives_four_digits_that_stay_the_same(saturday):
    done = sign_up(saturday)

    assert len(done.code) == 4 and done.code.isdigit()
    assert Assignment.objects.get().arrival_code == done.code


def test_the_new_volunteer_is_known_by_name_number_and_community(saturday):
    done = sign_up(saturday, name=" 周 远", phone="160 0000 0001", occupation="student")

    volunteer = Volunteer.objects.get()
    assert (str(volunteer), volunteer.mobile) == ("周远", "16000000001")
    assert (volunteer.home, volunteer.occupation, volunteer.programmes) == (make.community(), "student", ["senior"])
    assert not done.is_known


def test_the_note_carries_the_secret_link(saturday):
    done = sign_up(saturday)

    assert Message.objects.get().link == f"/me/{done.volunteer.token}/"


class TestConsent:
    def test_without_it_nothing_is_kept(self, saturday):
        with pytest.raises(signup.ConsentMissing):
            sign_up(saturday, consent=False)
        assert Person.objects.count() == 0

    def test_it_is_kept_with_version_purpose_and_time(self, saturday):
        sign_up(saturday)

        given = Consent.objects.get()
        assert (given.version, given.channel, given.given_at) == (signup.CONSENT_VERSION, "网页", NOW)

    def test_it_is_asked_for_each_time_and_kept_once(self, saturday):
        sign_up(saturday)
        Volunteer.objects.update(seen_at=NOW)
        other = make.session("2026-09-13", of=make.series("周日班", weekdays=(6,)))
        make.shift(other)

        sign_up(other)

        assert Consent.objects.count() == 1


class TestWhoItIs:
    def test_the_same_name_and_number_is_the_same_volunteer(self, saturday):
        known = make.volunteer("周远", "16000000001")

        done = sign_up(saturday)

        assert done.volunteer == known
        assert done.is_known

    def test_another_name_for_a_known_number_is_refused_without_saying_which(self, saturday):
        make.volunteer("林淑芬", "16000000001")

        with pytest.raises(signup.OtherName) as refusal:
            sign_up(saturday)
        assert "林" not in str(refusal.value)

    def test_a_learner_who_helps_stays_one_person(self, saturday):
        senior = make.learner("王秀英", phone="16000000002")

        done = sign_up(saturday, name="王秀英", phone="16000000002")

        assert done.volunteer.person == senior.person

    @pytest.mark.parametrize(
        ("phone", "why"), [("1600000001", "只有 10 位"), ("02985550127", "11 位手机号"), ("", "11 位手机号")]
    )
    def test_only_a_mobile_number_will_do(self, saturday, phone, why):
        with pytest.raises(signup.WrongPhone, match=why):
            sign_up(saturday, phone=phone)

    def test_paused_volunteers_are_asked_to_ring(self, saturday):
        make.volunteer("周远", "16000000001", status="paused")

        with pytest.raises(signup.RuleBroken):
            sign_up(saturday)


class TestPlaces:
    def test_a_full_session_refuses_and_enters_nobody(self, saturday):
        sign_up(saturday)
        sign_up(saturday, "林淑芬", "16000000002")

        with pytest.raises(signup.SessionFull):
            sign_up(saturday, "赵建国", "16000000003")
        assert Volunteer.objects.count() == 2

    def test_only_who_may_lead_takes_the_lead(self, saturday):
        Shift.objects.filter(role__code="helper").update(needed=0, minimum=0)
        make.volunteer("周远", "16000000001", may_lead=True)

        with pytest.raises(signup.SessionFull):
            sign_up(saturday, "林淑芬", "16000000002")

    def test_nobody_signs_up_twice(self, saturday):
        sign_up(saturday)

        with pytest.raises(signup.AlreadyPlaced):
            sign_up(saturday)
        assert Shift.objects.get(role__code="helper").taken == 1

    def test_nobody_signs_up_for_two_places_at_once(self, saturday):
        sign_up(saturday)
        other = make.session("2026-09-12", of=make.series("进阶"))
        make.shift(other)

        with pytest.raises(signup.InTwoPlaces):
            sign_up(other)

    def test_a_session_that_has_begun_takes_nobody(self, saturday):
        with pytest.raises(signup.NotHeld):
            sign_up(saturday, now=saturday.starts_at)

    def test_own_times_do_not_stand_in_the_way(self, saturday):
        make.volunteer("周远", "16000000001", programmes=["child"], max_per_week=1)

        assert sign_up(saturday).assignment.status == "accepted"


class TestTheLadder:
    """Who nobody has met holds one place; a code of the poster when the community wants one."""

    @pytest.fixture
    def sunday(self):
        session = make.session("2026-09-13", of=make.series("周日班", weekdays=(6,)))
        make.shift(session)
        return session

    def test_a_stranger_holds_one_place(self, saturday, sunday):
        sign_up(saturday)

        with pytest.raises(signup.OneAtFirst, match="先报一场"):
            sign_up(sunday)
        assert Shift.objects.get(session=sunday).taken == 0

    def test_once_seen_as_many_as_they_like(self, saturday, sunday):
        sign_up(saturday)
        Volunteer.objects.update(seen_at=NOW)

        assert sign_up(sunday).assignment.status == "accepted"

    def test_two_taps_at_one_moment_hold_one(self, together, saturday, sunday):
        known = make.volunteer("周远", "16000000001", source="sign_up")
        sessions = [saturday, sunday]

        answers = together(2, lambda number: signup.join(volunteer=known, session=sessions[number], now=NOW))

        assert Assignment.objects.filter(status="accepted").count() == 1
        assert sum(isinstance(one, signup.OneAtFirst) for one in answers) == 1

    def test_the_poster_code_keeps_strangers_out(self, saturday):
        saturday.community.poster_code = "WT26"
        saturday.community.save()

        with pytest.raises(signup.WrongPosterCode):
            sign_up(saturday)
        assert Person.objects.count() == 0
        assert sign_up(saturday, poster_code=" wt26").assignment.status == "accepted"


class TestMinors:
    """14 to 17 with a guardian's word; under that kindly refused, and nothing is kept."""

    def ask(self, session, year: int, month: int = 1):
        return minors.ask_guardian(
            session=session,
            name="程小满",
            phone="16000000009",
            occupation="student",
            consent=True,
            year=year,
            month=month,
            now=NOW,
        )

    def test_under_fourteen_nothing_is_kept(self, saturday):
        for year, month in ((2015, 1), (2012, 9)):
            with pytest.raises(minors.TooYoung, match="没有记下"):
                self.ask(saturday, year, month)
        assert Person.objects.count() == Volunteer.objects.count() == 0

    def test_nobody_comes_before_the_guardian_agrees(self, saturday):
        young = self.ask(saturday, 2010)

        with pytest.raises(signup.RuleBroken, match="监护人先同意"):
            signup.join(volunteer=young, session=saturday, now=NOW)
        minors.agree(volunteer=young, name="程先生", relation="爸爸", phone="16000000010", how="page", now=NOW)

        assert signup.join(volunteer=young, session=saturday, now=NOW).status == "accepted"

    def test_the_engine_waits_for_the_guardian_too(self, saturday):
        young = self.ask(saturday, 2010)

        def barred():
            day = saturday.on_date
            return load_problem(community=None, from_on=day, until_on=day, now=NOW)[0].barred

        assert (young.pk, saturday.pk) in barred()
        minors.agree(volunteer=young, name="程先生", relation="爸爸", phone="16000000010", how="paper", now=NOW)
        assert (young.pk, saturday.pk) not in barred()

    def test_a_guardian_agrees_once_and_is_somebody_else(self, saturday):
        young = self.ask(saturday, 2010)
        said = {"volunteer": young, "relation": "爸爸", "how": "page", "now": NOW}

        with pytest.raises(minors.GuardianUnclear, match="不能是本人"):
            minors.agree(name="程小满", phone="16000000009", **said)
        minors.agree(name="程先生", phone="16000000010", **said)
        with pytest.raises(minors.GuardianUnclear, match="已经同意"):
            minors.agree(name="程先生", phone="16000000010", **said)

    def test_children_are_for_adults(self):
        session = make.session("2026-09-14", of=make.series("四点半", "child", weekdays=(0,)))
        make.shift(session, "tutor")

        with pytest.raises(signup.Refused, match="满 18 岁"):
            self.ask(session, 2010)
        assert not Volunteer.objects.exists()


class TestChildren:
    @pytest.fixture
    def children(self):
        session = make.session("2026-09-14", of=make.series("四点半", "child", weekdays=(0,)))
        make.shift(session, "tutor")
        return session

    def test_a_stranger_is_refused_with_a_sentence_and_not_entered(self, children):
        with pytest.raises(signup.RuleBroken, match="背景查询"):
            sign_up(children)
        assert Person.objects.count() == 0

    def test_whoever_is_cleared_may_come(self, children):
        make.cleared(make.volunteer("周远", "16000000001"))

        assert sign_up(children).assignment.shift.role.code == "tutor"


class TestSwitch:
    def test_both_or_neither(self, saturday):
        done = sign_up(saturday)
        full = make.session("2026-09-13", of=make.series("周日班", weekdays=(6,)))
        make.shift(full, needed=0)

        with pytest.raises(signup.SessionFull):
            signup.switch(assignment=done.assignment, session=full, now=NOW)

        assert Assignment.objects.get().status == "accepted"

    def test_the_old_place_is_free_and_the_new_one_agreed(self, saturday):
        done = sign_up(saturday)
        sunday = make.session("2026-09-13", of=make.series("周日班", weekdays=(6,)))
        make.shift(sunday)

        moved = signup.switch(assignment=done.assignment, session=sunday, now=NOW)

        assert moved.session == sunday
        assert Shift.objects.get(session=saturday, role__code="helper").taken == 0
