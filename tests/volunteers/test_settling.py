"""Sessions whose day has changed: kept, called off or moved in one action, and who is told."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from classes.actions import days
from classes.actions.changing import Refused
from classes.models import CalendarDay, Change, Session
from classes.queries.days import caught
from people.models import Message
from tests import make
from volunteers.actions import settling, undoing
from volunteers.models import Assignment

pytestmark = pytest.mark.django_db
NOW = timezone.now()
# Wednesday and Thursday of next week.
SNOW = timezone.localdate() - timedelta(days=timezone.localdate().weekday()) + timedelta(days=9)
FREE_DAY = SNOW + timedelta(days=1)


@pytest.fixture
def sessions():
    """Three sessions on a Wednesday that snow closes; somebody has agreed to help at each."""
    found = []
    for hour, name in ((9, "早班"), (11, "午班"), (14, "晚班")):
        of = make.series(name, weekdays=(2,), starts=make.time(hour), ends=make.time(hour + 1))
        session = make.session(f"{SNOW}", of=of)
        make.assignment(make.shift(session), make.volunteer(f"{name}的人"))
        found.append(session)
    days.set_day(said=days.DaySaid(SNOW, "closed", "暴雪停课"), now=NOW, actor=None)
    return found


def settle(**what: str):
    """What becomes of each by the name of its class: settle(早班="cancel")."""
    choices = [
        settling.Choice(one, what[one.session.series.name], FREE_DAY)
        for one in caught(community=None, now=NOW)
        if one.session.series.name in what
    ]
    return settling.settle_days(choices=choices, now=NOW, actor=None)


def told() -> dict[str, str]:
    return {message.person.name: message.body for message in Message.objects.select_related("person")}


class TestSettling:
    def test_all_three_in_one_action(self, sessions):
        done = settle(早班="keep", 午班="cancel", 晚班="move")

        assert (done.kept, done.cancelled, done.moved, done.people) == (1, 1, 1, 2)
        kept, off, moved = (Session.objects.get(pk=session.pk) for session in sessions)
        assert (kept.status, kept.day_type, kept.ticked_at) == ("planned", "closed", NOW)
        assert (off.status, off.cancel_reason) == ("cancelled", "暴雪停课")
        assert (moved.on_date, moved.day_type, moved.starts_at) == (
            FREE_DAY,
            "workday",
            make.at(f"{FREE_DAY}", "14:00"),
        )
        assert caught(community=None, now=NOW) == []

    def test_exactly_those_touched_are_told(self, sessions):
        settle(早班="keep", 午班="cancel", 晚班="move")

        assert told().keys() == {"午班的人", "晚班的人"}
        assert "暴雪停课" in told()["午班的人"]
        assert f"{FREE_DAY.month}月{FREE_DAY.day}日" in told()["晚班的人"]

    def test_what_is_not_chosen_stays_on_the_list(self, sessions):
        settle(早班="keep")

        assert [one.session for one in caught(community=None, now=NOW)] == sessions[1:]
        assert told() == {}

    def test_one_that_cannot_be_done_leaves_everything_as_it_was(self, sessions):
        make.session(f"{FREE_DAY}", of=sessions[2].series)

        with pytest.raises(Refused, match="已经有一场"):
            settle(早班="keep", 午班="cancel", 晚班="move")

        assert len(caught(community=None, now=NOW)) == 3
        assert told() == {}
        assert not Change.objects.exists()

    def test_a_move_to_no_day_is_refused(self, sessions):
        (one, *_) = caught(community=None, now=NOW)

        with pytest.raises(settling.NoDay, match="要挪到哪天"):
            settling.settle_days(choices=[settling.Choice(one, "move")], now=NOW, actor=None)

    def test_calling_off_can_be_undone_once_the_day_is_open_again(self, sessions):
        done = settle(午班="cancel")
        days.remove_day(day=CalendarDay.objects.get(date=SNOW), now=NOW, actor=None)

        undoing.undo(change=done.changes[0], now=NOW, actor=None)

        sessions[1].refresh_from_db()
        assert sessions[1].status == "planned"
        assert Assignment.objects.get(session=sessions[1]).status == "accepted"

    def test_somebody_who_changed_it_meanwhile_is_not_overwritten(self, sessions):
        (one, *_) = caught(community=None, now=NOW)
        Session.objects.filter(pk=one.session.pk).update(status="cancelled")

        with pytest.raises(Refused, match="刚刚被别人改过"):
            settling.settle_days(choices=[settling.Choice(one, "keep")], now=NOW, actor=None)


class TestPage:
    @pytest.fixture
    def desk(self, client, sessions):
        client.force_login(make.user())
        return client

    def test_lists_each_with_what_the_rule_pack_would_do(self, desk):
        page = desk.get(reverse("desk:caught")).content.decode()

        assert "3 场课的日子变了" in page
        assert "原来是工作日，现在是停课（暴雪停课）" in page
        assert page.count('value="cancel" checked') == 3
        assert page.count("1 人已问过") == 3

    def test_carries_out_what_was_chosen(self, desk, sessions):
        form = {f"what-{sessions[0].pk}": "cancel", f"what-{sessions[1].pk}": "keep"}

        page = desk.post(reverse("desk:caught"), form, follow=True).content.decode()

        assert "照开 1 场，停 1 场。通知 1 位志愿者的话备好了。" in page
        assert "1 场课的日子变了" in page

    def test_a_refusal_keeps_what_was_chosen(self, desk, sessions):
        form = {f"what-{sessions[0].pk}": "move", f"to-{sessions[0].pk}": "2026-13-01"}

        response = desk.post(reverse("desk:caught"), form)

        assert response.status_code == 409
        assert "要挪到哪天" in response.content.decode()
        assert 'value="move" checked' in response.content.decode()

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_same_queries_for_any_number(self, desk, sessions, number, django_assert_num_queries):
        Session.objects.filter(pk__in=[session.pk for session in sessions[number:]]).update(status="cancelled")
        desk.get(reverse("desk:caught"))

        with django_assert_num_queries(7):
            desk.get(reverse("desk:caught"))
