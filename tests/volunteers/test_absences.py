"""Exam weeks and holidays of an organisation: its members are not found on those days."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import make
from volunteers import planning, rules
from volunteers.actions import absences
from volunteers.models import Absence, Organisation
from volunteers.rules import WISHES

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")
SATURDAY = date(2026, 9, 12)


@pytest.fixture
def club():
    return Organisation.objects.create(name="大学青协")


@pytest.fixture
def member(club):
    who = make.volunteer("周远", organisation=club)
    make.free(who, 5)
    return who


def away(club, first=SATURDAY, last=SATURDAY, kind="exam") -> Absence:
    return absences.set_absence(organisation=club, kind=kind, starts_on=first, ends_on=last, now=NOW, actor=None)


def placed() -> set[str]:
    """Who the engine puts on the sessions of that week."""
    week = {"from_on": date(2026, 9, 7), "until_on": date(2026, 9, 13)}
    problem, index = planning.load_problem(community=None, now=NOW, **week)
    return {str(index.volunteers[one.volunteer]) for one in planning.find_plan(problem).placements}


class TestEngine:
    def test_finds_them_before_and_not_on_those_days(self, club, member):
        make.shift(make.session(f"{SATURDAY}"))
        assert placed() == {"周远"}

        away(club)

        assert placed() == set()

    def test_finds_them_on_the_day_after(self, club, member):
        make.shift(make.session(f"{SATURDAY}"))

        away(club, date(2026, 9, 1), date(2026, 9, 11))

        assert placed() == {"周远"}

    def test_still_finds_members_of_other_clubs(self, club, member):
        make.shift(make.session(f"{SATURDAY}"))

        away(Organisation.objects.create(name="书法社"))

        assert placed() == {"周远"}


class TestGate:
    def test_says_why_and_until_when(self, club, member):
        away(club, last=date(2026, 9, 20))

        (refusal,) = rules.refusals(member, make.session(f"{SATURDAY}"), make.role())

        assert (refusal.code, refusal.sentence) == ("away", "大学青协考试周，到 9月20日。")

    def test_whoever_signs_up_has_said_otherwise(self, club, member):
        away(club)

        assert rules.refusals(member, make.session(f"{SATURDAY}"), make.role(), overlooking=WISHES) == []


class TestPage:
    @pytest.fixture
    def desk(self, client):
        make.community()
        client.force_login(make.user())
        return client

    def form(self, club, **fields) -> dict:
        today = timezone.localdate()
        return {"organisation": club.pk, "kind": "exam", "starts_on": today, "ends_on": today, **fields}

    def test_says_what_to_do_without_any(self, desk):
        page = desk.get(reverse("desk:absences")).content.decode()

        assert "没有记过考试周和放假" in page
        assert "还没有组织" in page

    def test_writes_one_down_and_takes_it_back(self, desk, club, member):
        page = desk.post(reverse("desk:absences"), self.form(club), follow=True).content.decode()

        assert "记下了：大学青协考试周" in page
        assert "1 位志愿者" in page
        desk.post(reverse("desk:absence-remove", args=[Absence.objects.get().pk]))
        assert not Absence.objects.exists()

    def test_says_what_is_agreed_on_those_days_already(self, desk, club, member):
        today = timezone.localdate()
        make.assignment(make.shift(make.session(f"{today}")), member)
        away(club, today, today)

        assert "这几天已经排了他们 1 人次" in desk.get(reverse("desk:absences")).content.decode()

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"ends_on": "2026-01-01"}, "最后一天要在第一天之后。"),
            ({"organisation": "0"}, "请选一个组织。"),
            ({"starts_on": "昨天"}, "日期写成 2027-03-01 这样。"),
        ],
    )
    def test_says_what_is_wrong(self, desk, club, fields, said):
        response = desk.post(reverse("desk:absences"), self.form(club, **fields))

        assert (response.status_code, said in response.content.decode()) == (422, True)

    def test_the_same_days_twice_are_refused(self, desk, club):
        desk.post(reverse("desk:absences"), self.form(club))

        response = desk.post(reverse("desk:absences"), self.form(club))

        assert (response.status_code, Absence.objects.count()) == (422, 1)

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_same_queries_for_any_number(self, desk, club, number, django_assert_num_queries):
        today = timezone.localdate()
        for at in range(number):
            away(Organisation.objects.create(name=f"社团{at}"), today, today)
        desk.get(reverse("desk:absences"))

        with django_assert_num_queries(8):
            desk.get(reverse("desk:absences"))
