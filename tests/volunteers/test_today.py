"""今天: the day, the next one, and what wants a decision."""

from datetime import timedelta

import pytest
from django.urls import reverse

from classes.models import DayQuestion
from people import outbox
from people.models import Heartbeat, Message
from tests import make
from volunteers.models import ImportBatch, ImportRow, Offer
from volunteers.queries import today

pytestmark = pytest.mark.django_db
NOW = make.at("2026-11-24", "10:00")


@pytest.fixture(autouse=True)
def worker_runs():
    """The background worker has just shown a sign of life."""
    return Heartbeat.objects.create(name="worker", beat_at=NOW)


def page() -> today.Today:
    """The page of the usual community."""
    return today.today(community=make.community(), now=NOW)


def todos() -> list[str]:
    """What the page asks for."""
    return [todo.text for todo in page().todos]


def shift_on(day: str, needed: int = 2):
    """A children's session with places for tutors."""
    return make.shift(make.session(day, make.series(f"四点半 {day}", kind="child")), "tutor", needed=needed)


class TestTheDay:
    def test_shows_who_comes(self):
        make.assignment(shift_on("2026-11-24"), make.volunteer())

        shown = page()

        assert (len(shown.cards), shown.helpers, shown.tally.gap) == (1, 1, 1)
        assert shown.next_card is None

    def test_without_a_class_the_next_one_is_named(self):
        shift = shift_on("2026-11-26")

        shown = page()

        assert shown.cards == []
        assert shown.next_card.session == shift.session

    def test_an_empty_calendar_is_no_error(self):
        assert page().next_card is None


class TestTodos:
    def test_nothing_to_do(self):
        assert todos() == []

    def test_gaps_within_48_hours(self):
        shift_on("2026-11-25", needed=2)
        shift_on("2026-11-26", needed=3)

        (todo,) = page().todos

        assert todo.text == "48 小时内缺 2 人"
        assert todo.is_gap
        assert (todo.button, "gap=" in todo.query) == ("看 2 个空缺", False)

    def test_one_gap_is_opened_at_once(self):
        shift = shift_on("2026-11-25", needed=1)

        (todo,) = page().todos

        assert (todo.button, todo.query) == ("补空缺", f"?w=2026-11-23&gap={shift.pk}#side")

    def test_whoever_may_only_look_is_promised_nothing(self):
        shift_on("2026-11-25", needed=2)
        batch = ImportBatch.objects.create(community=make.community(), term=make.term(), created_at=NOW)
        ImportRow.objects.create(batch=batch, file="名单.xlsx", number=2, kind="volunteer", verdict="attention")
        assert len(page().todos) == 2

        shown = today.today(community=make.community(), now=NOW, may_organise=False)

        assert [(todo.button, todo.page) for todo in shown.todos] == [("看看", "desk:week")]

    def test_who_said_no_while_the_place_is_open(self):
        shift = shift_on("2026-12-03", needed=1)
        make.assignment(shift, make.volunteer("李明"), "declined", now=NOW - timedelta(hours=2))

        (todo,) = page().todos

        assert todo.text == "李明说来不了，还缺 1 人"
        assert todo.query == f"?w=2026-11-30&gap={shift.pk}#side"

    def test_a_no_of_long_ago_or_made_up_for_is_not_said(self):
        made_up = shift_on("2026-12-03", needed=1)
        make.assignment(made_up, make.volunteer("李明"), "declined", now=NOW - timedelta(hours=2))
        make.assignment(made_up, make.volunteer("周远"))
        make.assignment(shift_on("2026-12-04"), make.volunteer("高翔"), "declined", now=NOW - timedelta(days=4))

        assert todos() == []

    def test_several_who_said_no_are_one_thing_to_do(self):
        for number, name in enumerate(["李明", "周远", "高翔", "钱薇"]):
            shift = shift_on(f"2026-12-0{number + 1}", needed=1)
            make.assignment(shift, make.volunteer(name), "declined", now=NOW - timedelta(hours=number + 1))

        assert todos() == ["李明、周远、高翔 等 4 人说来不了，还缺 4 人"]

    def test_offers_without_an_answer_count_people(self):
        who = make.volunteer()
        for day in ("2026-11-27", "2026-11-28"):
            asked = make.assignment(shift_on(day, needed=1), who, "offered")
            Offer.objects.create(assignment=asked, made_at=NOW, expires_at=NOW + timedelta(days=1))

        assert todos() == ["1 人还没回复"]

    def test_open_questions_of_days_to_come(self):
        DayQuestion.objects.create(series=make.series(), on_date="2026-12-05", why="调休")
        DayQuestion.objects.create(series=make.series("提高"), on_date="2026-11-05", why="调休")

        assert todos() == ["1 场课开不开还没定"]

    def test_people_who_signed_up_and_were_never_seen(self):
        make.volunteer("单雄信", source="sign_up")
        make.volunteer("解珍", source="sign_up", seen_at=NOW)
        make.volunteer("曾国荃", source="import")

        assert todos() == ["1 位新志愿者还没见过面"]

    def test_clearances_that_end_within_30_days(self):
        make.cleared(make.volunteer(), until=(NOW + timedelta(days=10)).date())
        make.cleared(make.volunteer(), until=(NOW + timedelta(days=100)).date())

        assert todos() == ["1 人的背景查询 30 天内到期"]

    def test_a_worker_that_is_late_comes_first(self, worker_runs):
        worker_runs.beat_at = NOW - timedelta(minutes=10)
        worker_runs.save()
        shift_on("2026-11-25")

        assert todos() == ["后台没有动静，通知发不出去", "48 小时内缺 2 人"]


@pytest.mark.parametrize("n", [1, 3, 30])
def test_the_page_costs_the_same_however_much_there_is(client, n, django_assert_max_num_queries):
    client.force_login(make.user())
    for number in range(n):
        make.shift(make.session("2026-11-24", make.series(f"班{number}", kind="child")), "tutor")
    client.get(reverse("desk:today"))

    with django_assert_max_num_queries(17):
        client.get(reverse("desk:today"))


def test_who_is_to_be_called_is_said():
    message = outbox.write(
        person=make.person(), kind="offer", about="1", subject="", body="", link="/", now=NOW, useless_after=None
    )
    Message.objects.filter(pk=message.pk).update(status="unsure")

    (todo,) = page().todos

    assert (todo.text, todo.address) == ("1 件事要打电话说", "/desk/calls/")
