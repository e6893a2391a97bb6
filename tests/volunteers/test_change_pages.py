"""The pages on which sessions are changed: what they show before, what they do, who may."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from classes import actions as classes
from classes.models import CalendarDay, Change, Room, Series, Session
from people.models import Message
from tests import make
from volunteers.actions import changing
from volunteers.models import Assignment

pytestmark = pytest.mark.django_db
SOON = timezone.localdate() + timedelta(days=10)
DAY, NEXT = SOON.isoformat(), (SOON + timedelta(days=1)).isoformat()


@pytest.fixture
def desk(client):
    """A browser in which an organiser is signed in."""
    client.force_login(make.user())
    return client


@pytest.fixture
def session():
    """A session in ten days with somebody who agreed and a learner with a telephone."""
    of = make.series(weekdays=(SOON.weekday(),), room=make.room(), term=make.term("现在", SOON, SOON))
    classes.enrol(learner=make.learner(phone="16000000101"), series=of, weekdays=[], now=timezone.now())
    made = make.session(DAY, of=of, expected=1)
    make.assignment(make.shift(made), make.volunteer(), now=timezone.now())
    return made


def text(response) -> str:
    return response.content.decode()


def way(session: Session, verb: str) -> str:
    return reverse("desk:session-change", args=[session.pk, verb])


def moved(**fields) -> dict[str, str]:
    return {"on_date": NEXT, "time": "14:30-16:00", "room": "", "scope": "one", "reason": "停电", **fields}


class TestSessionPage:
    def test_says_who_comes_and_how_to_change_it(self, desk, session):
        page = text(desk.get(reverse("desk:session", args=[session.pk])))

        assert "周远" in page and "王秀英" in page
        assert way(session, "move") in page and way(session, "split") in page

    def test_whoever_may_only_look_is_shown_no_shut_door(self, client, session):
        client.force_login(make.user("kan", role="viewer"))

        page = text(client.get(reverse("desk:session", args=[session.pk])))

        assert way(session, "move") not in page

    def test_a_cancelled_one_offers_the_undo(self, desk, session):
        changing.cancel_sessions(sessions=[session], reason="停电", now=timezone.now(), actor=None)

        page = text(desk.get(reverse("desk:session", args=[session.pk])))

        assert way(session, "move") not in page
        assert reverse("desk:change-undo", args=[Change.objects.get().pk]) in page

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_same_queries_for_any_number_of_people(self, desk, session, django_assert_num_queries, number):
        for at in range(number):
            make.assignment(session.shifts.get(role__code="helper"), make.volunteer(f"志愿者{at}"), status="declined")
            learner = make.learner(f"学员{at}")
            classes.enrol(learner=learner, series=session.series, weekdays=[], now=timezone.now())
        address = reverse("desk:session", args=[session.pk])
        desk.get(address)

        with django_assert_num_queries(12):
            desk.get(address)


class TestMove:
    def test_looking_shows_everybody_and_changes_nothing(self, desk, session):
        page = text(desk.get(way(session, "move"), moved(look="1")))

        assert "影响 1 场，其中 1 场已有人答应" in page
        assert "已答应的：周远" in page and "通知 2 人" in page
        assert "您报的场次有变动" in page
        assert not Message.objects.exists() and not Change.objects.exists()
        assert Session.objects.get(pk=session.pk).on_date == SOON

    def test_a_class_leads_to_moving_all_of_it(self, desk, session):
        page = text(desk.get(reverse("desk:series", args=[session.series_id])))
        assert f"{way(session, 'move')}?scope=all" in page

        page = text(desk.get(way(session, "move"), {"scope": "all"}))
        assert re.search(r'value="all"[^>]* checked', page)

    def test_then_it_is_made_in_one_click(self, desk, session):
        page = desk.post(way(session, "move"), moved(seen=session.sequence), follow=True)

        assert "24 小时内可以撤销" in text(page)
        assert Session.objects.get(pk=session.pk).on_date == SOON + timedelta(days=1)
        assert Message.objects.count() == 2

    def test_a_page_that_is_not_true_any_more_changes_nothing(self, desk, session):
        Session.objects.filter(pk=session.pk).update(room=make.room("活动室"))

        page = desk.post(way(session, "move"), moved(seen=session.sequence))

        assert page.status_code == 409
        assert "刚刚被别人改过" in text(page)
        assert not Change.objects.exists()

    def test_who_is_in_the_way_is_named_and_can_be_let_go(self, desk, session):
        who = Assignment.objects.get().volunteer
        make.assignment(make.shift(make.session(NEXT, of=make.series("书法"))), who, now=timezone.now())
        there = moved(time="9:30-11:00", look="1")

        page = desk.get(way(session, "move"), there)
        assert (page.status_code, "周远" in text(page), "撤下这 1 位" in text(page)) == (409, True, True)

        page = desk.get(way(session, "move"), {**there, "releasing": "1"})
        assert "不用来了" in text(page)
        desk.post(way(session, "move"), {**there, "releasing": "1", "seen": session.sequence})
        assert Assignment.objects.get(session=session).status == "released"

    def test_a_closed_day_asks_for_its_tick(self, desk, session):
        closed = CalendarDay(date=SOON + timedelta(days=1), day_type="closed", status="local", name="暴雨")
        closed.community = session.community
        closed.save()

        page = desk.get(way(session, "move"), moved(look="1"))
        assert (page.status_code, 'name="anyway"' in text(page)) == (409, True)

        assert desk.get(way(session, "move"), moved(look="1", anyway="on")).status_code == 200

    @pytest.mark.parametrize(
        ("fields", "words"),
        [({"time": "很晚"}, "没看懂时间"), ({"on_date": "明天"}, "日期写成"), ({"on_date": ""}, "请写日期")],
    )
    def test_what_cannot_be_read_is_said_at_its_field(self, desk, session, fields, words):
        page = desk.get(way(session, "move"), moved(look="1", **fields))

        assert (page.status_code, words in text(page)) == (422, True)

    def test_a_room_says_beforehand_what_speaks_against_it(self, desk, session):
        make.room("阅览室")
        make.room("多功能厅", has=["投影"])
        Room.objects.filter(pk=session.room_id).update(has=["投影"])
        Series.objects.update(needs=["投影"])

        page = text(desk.get(way(session, "move")))

        assert "阅览室（没有投影）" in page and "多功能厅</option>" in page


class TestOtherWays:
    def test_cancelling_shows_at_once_whom_it_touches(self, desk, session):
        page = text(desk.get(way(session, "cancel")))

        assert "影响 1 场" in page and "停课，通知 2 人" in page
        assert Session.objects.get(pk=session.pk).status == "planned"

    def test_cancelling_wants_a_reason(self, desk, session):
        page = desk.post(way(session, "cancel"), {"reason": "", "seen": session.sequence})

        assert (page.status_code, "请写原因" in text(page)) == (422, True)
        desk.post(way(session, "cancel"), {"reason": "暴雨", "seen": session.sequence})
        assert Session.objects.get(pk=session.pk).cancel_reason == "暴雨"

    def test_a_day_is_closed_in_two_clicks(self, desk, session):
        address = reverse("desk:day", args=[DAY])

        assert "这天全停，通知 2 人" in text(desk.get(address))
        desk.post(address, {"reason": "暴雨红色预警"})

        assert CalendarDay.objects.get().day_type == "closed"
        assert "没有还能停的课" in text(desk.get(address))

    def test_without_a_reason_the_day_still_says_whom_it_touches(self, desk, session):
        page = desk.post(reverse("desk:day", args=[DAY]), {"reason": ""})

        assert page.status_code == 422
        assert "请写原因" in text(page)
        assert "影响 1 场" in text(page) and "这天全停，通知 2 人" in text(page)
        assert Session.objects.get(pk=session.pk).status == "planned"

    def test_the_board_leads_to_closing_a_day_and_takes_it_back_at_once(self, desk, session):
        address = reverse("desk:day", args=[DAY])
        board = text(desk.get(reverse("desk:week"), {"w": DAY, "day": DAY}))

        closed = desk.post(address, {"reason": "暴雨"}, follow=True)
        desk.post(reverse("desk:step-undo", args=[Change.objects.get().pk]))

        assert f'href="{address}">停一天课</a>' in board
        assert reverse("desk:step-undo", args=[Change.objects.get().pk]) in text(closed)
        assert Session.objects.get(pk=session.pk).status == "planned"

    def test_a_change_is_not_said_twice(self, desk, session):
        fields = {"community": session.community, "made_at": timezone.now()}
        Change.objects.create(kind="accept", summary="采纳建议 11月30日 – 12月6日，3 项", **fields)

        page = text(desk.get(reverse("desk:changes")))

        assert page.count("采纳建议") == 2  # the row, and the name of its button

    def test_a_day_that_is_none_is_not_found(self, desk, session):
        assert desk.get(reverse("desk:day", args=["2026-13-01"])).status_code == 404
        assert desk.get(way(session, "x")).status_code == 404

    def test_swapping_merging_splitting_and_teaching(self, desk, session):
        classes.enrol(learner=make.learner("李桂兰"), series=session.series, weekdays=[], now=timezone.now())
        other = make.session(DAY, of=make.series("书法", room=make.room("活动室")))
        seen = {"seen": session.sequence}

        desk.post(way(session, "swap"), {"other": other.pk, **seen})
        assert Session.objects.get(pk=session.pk).room.name == "活动室"

        session.refresh_from_db()
        going = session.series.enrolments.first().pk
        split = {"enrolments": [going], "on_date": NEXT, "time": "9:30-11:00", "room": "", "seen": session.sequence}
        desk.post(way(session, "split"), split)
        assert Session.objects.get(split_from=session).expected == 1

        session.refresh_from_db()
        desk.post(way(session, "merge"), {"other": other.pk, "seen": session.sequence})
        assert Session.objects.get(pk=session.pk).merged_into == other
        assert Change.objects.count() == 3

    def test_a_reviewing_lesson(self, desk, session):
        desk.post(way(session, "lesson"), {"lesson": "review", "seen": session.sequence})

        assert Session.objects.get(pk=session.pk).is_review


class TestChanges:
    def test_an_empty_list_says_how_to_begin(self, desk):
        make.community()

        assert "还没有改过场次" in text(desk.get(reverse("desk:changes")))

    def test_taking_one_back(self, desk, session):
        changing.cancel_sessions(sessions=[session], reason="停电", now=timezone.now(), actor=None)

        page = desk.post(reverse("desk:change-undo", args=[Change.objects.get().pk]), follow=True)

        assert "撤销了" in text(page)
        assert Session.objects.get(pk=session.pk).status == "planned"

    def test_what_is_in_the_way_is_said(self, desk, session):
        changing.cancel_sessions(sessions=[session], reason="停电", now=timezone.now(), actor=None)
        make.session(DAY, of=make.series("书法", room=session.room))

        page = desk.post(reverse("desk:change-undo", args=[Change.objects.get().pk]), follow=True)

        assert "没有撤销：" in text(page) and "书法" in text(page)

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_same_queries_for_any_number(self, desk, session, django_assert_num_queries, number):
        for at in range(number):
            made = make.session((SOON + timedelta(days=at + 1)).isoformat(), of=session.series)
            changing.cancel_sessions(sessions=[made], reason="停电", now=timezone.now(), actor=make.user(f"u{at}"))
        desk.get(reverse("desk:changes"))

        with django_assert_num_queries(4):
            desk.get(reverse("desk:changes"))

    def test_the_board_leads_there(self, desk, session):
        page = text(desk.get(reverse("desk:week"), {"w": DAY}))

        assert reverse("desk:session", args=[session.pk]) in page
        assert reverse("desk:day", args=[DAY]) in page
