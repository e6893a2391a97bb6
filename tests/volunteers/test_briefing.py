"""What the clock tells staff and work groups: once, and nothing personal to groups."""

from datetime import timedelta

import pytest

from people.models import Channel, Message
from tests import make
from volunteers.actions import briefing
from volunteers.models import CheckIn

pytestmark = pytest.mark.django_db
MONDAY = make.at("2026-09-14", "08:05")
TUESDAY = make.at("2026-09-15", "08:35")


def bodies() -> list[str]:
    return [message.body for message in Message.objects.order_by("pk")]


class TestWeek:
    def test_last_week_in_numbers_and_what_this_week_lacks(self):
        of = make.series()
        make.assignment(make.shift(make.session("2026-09-12", of=of), needed=3), make.volunteer())
        make.assignment(
            make.shift(make.session("2026-09-19", of=of), needed=4), make.volunteer("林淑芬"), status="offered"
        )
        make.cleared(make.volunteer("高翔"), (MONDAY + timedelta(days=10)).date())
        make.user()

        assert briefing.weekly(now=MONDAY) == 1

        assert bodies() == [
            "梧桐社区：上周 1 场，志愿者 1 人次；这周 1 场，还缺 3 人，1 人没回。\n30 天内到期的背景查询：1"
        ]

    def test_each_organiser_once_a_week_and_nobody_else(self):
        make.community()
        for username, role in (("chen", "organiser"), ("zhan", "manager"), ("kan", "viewer"), ("dai", "lead")):
            make.user(username, role=role)
        make.user("gone", is_active=False)

        briefing.weekly(now=MONDAY)
        briefing.weekly(now=MONDAY + timedelta(days=2))
        assert sorted(Message.objects.values_list("user__username", flat=True)) == ["chen", "zhan"]

        briefing.weekly(now=MONDAY + timedelta(days=7))
        assert Message.objects.count() == 4

    def test_a_place_without_a_community_has_nothing_to_tell(self):
        make.user()

        assert briefing.weekly(now=MONDAY) == 0


class TestUnclosed:
    def held(self, left: bool, arrived: bool = True):
        of = make.series(weekdays=(0,))
        session = make.session("2026-09-14", of=of)
        placed = make.assignment(make.shift(session), make.volunteer())
        if arrived:
            CheckIn.objects.create(
                volunteer=placed.volunteer,
                series=of,
                session=session,
                on_date=session.on_date,
                arrived_at=session.starts_at,
                left_at=session.ends_at if left else None,
            )
        return of

    def test_without_a_departure_it_is_told_once(self):
        make.user()
        self.held(left=False)

        assert briefing.unclosed_yesterday(now=TUESDAY) == 1
        assert briefing.unclosed_yesterday(now=TUESDAY + timedelta(hours=1)) == 1

        assert "周一 9月14日 09:30 菜鸟学堂·启蒙" in Message.objects.get().body

    def test_a_closed_session_is_fine(self):
        make.user()
        self.held(left=True)

        assert briefing.unclosed_yesterday(now=TUESDAY) == 0
        assert not Message.objects.exists()

    def test_where_nobody_checks_in_nobody_is_asked(self):
        self.held(left=False, arrived=False)

        assert briefing.unclosed_yesterday(now=TUESDAY) == 0

    def test_nobody_at_all_came_where_people_do_check_in(self):
        of = self.held(left=False, arrived=False)
        CheckIn.objects.create(volunteer=make.volunteer("林淑芬"), series=of, on_date=MONDAY.date() - timedelta(days=7))

        assert briefing.unclosed_yesterday(now=TUESDAY) == 1


class TestGroups:
    def group(self, scope: str = "", **fields) -> Channel:
        return Channel.objects.create(kind="wecom", name="群", scope=scope, created_at=MONDAY, **fields)

    def test_a_group_hears_of_sessions_and_numbers_once_a_day(self):
        self.group()
        shift = make.shift(make.session("2026-09-19"), needed=3)
        make.assignment(shift, make.volunteer("周远"))

        briefing.call_for_help(now=MONDAY)
        briefing.call_for_help(now=MONDAY + timedelta(hours=1))

        message = Message.objects.get()
        assert message.body.splitlines()[1:] == ["周六 9月19日 09:30 菜鸟学堂·启蒙 助教还缺 2 人"]
        assert "周远" not in message.body

    def test_children_are_not_called_for_in_a_group(self):
        self.group()
        make.shift(make.session("2026-09-19", of=make.series(kind="child")), code="tutor")

        assert briefing.call_for_help(now=MONDAY) == 0

    def test_a_group_of_one_community_hears_of_that_one(self):
        here, there = make.community(), make.community("海棠社区")
        self.group(f"community:{there.pk}")
        make.shift(make.session("2026-09-19", of=make.series(community=here)))

        assert briefing.call_for_help(now=MONDAY) == 0

    def test_nothing_missing_nothing_said(self):
        self.group()

        assert briefing.call_for_help(now=MONDAY) == 0

    def test_a_bot_that_is_off_is_silent(self):
        self.group(is_on=False)
        make.shift(make.session("2026-09-19"))

        assert briefing.call_for_help(now=MONDAY) == 0
