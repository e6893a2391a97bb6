"""A direct link to a session that this phone's volunteer may not take: why, and what to take instead, before any tap."""

from datetime import timedelta

import pytest
from django.utils import timezone

from classes.models import Session
from tests import make
from tests.volunteers.test_public_pages import coming, text
from volunteers.models import Assignment, Shift, Volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(client) -> Volunteer:
    return make.known_phone(client, make.volunteer("周远"))


def look(client, session, status: int) -> str:
    """The page of a session; looking holds no place."""
    before = Assignment.objects.count()
    response = client.get(f"/s/{session.pk}/")
    assert response.status_code == status
    assert Assignment.objects.count() == before
    return text(response)


def another(name: str = "进阶", days: int = 5, **fields) -> Session:
    """A session to take instead, at another time."""
    return coming(days, of=make.series(name, **fields))


def link_to(session: Session) -> str:
    return f'action="/s/{session.pk}/"'


def test_two_at_one_time(client, me):
    mine, other = coming(of=make.series("启蒙")), coming(of=make.series("门诊", "desk"))
    make.assignment(Shift.objects.get(session=mine), me)
    free = another()

    page = look(client, other, 409)

    assert "这个时间您有别的场次" in page and "启蒙，时间撞上了" in page
    assert link_to(free) in page and link_to(other) not in page


def test_a_button_that_was_still_on_the_screen_says_the_same(client, me):
    mine, other = coming(of=make.series("启蒙")), coming(of=make.series("门诊", "desk"))
    make.assignment(Shift.objects.get(session=mine), me)

    response = client.post(f"/s/{other.pk}/")

    assert response.status_code == 409
    assert "这个时间您有别的场次" in text(response)
    assert not Assignment.objects.filter(session=other).exists()


def test_children_without_a_check_ask_for_it_and_offer_what_needs_none(client, me):
    children = coming(of=make.series("四点半", "child"))
    seniors = another()

    page = look(client, children, 200)

    assert "先做背景查询" in page and "不用查询，现在就能来" in page
    assert link_to(seniors) in page


def test_whoever_is_not_known_is_offered_a_class_without_a_check(client):
    children, seniors = coming(of=make.series("四点半", "child")), another()

    page = look(client, children, 200)

    assert "没满 18 岁，或者想马上来" in page
    assert f'href="/s/{seniors.pk}/"' in page


def test_too_young_for_children_but_not_for_seniors(client):
    young = make.volunteer("小满", born=(timezone.localdate().year - 16, 1, 1))
    make.known_phone(client, young)
    make.cleared(young)
    children, seniors = coming(of=make.series("四点半", "child")), another()
    later = another("晚一点的四点半", 6, kind="child")

    page = look(client, children, 403)

    assert "要满 18 岁" in page
    assert link_to(seniors) in page and link_to(later) not in page


def test_who_waits_for_a_guardian_is_offered_nothing_to_be_refused_again(client):
    young = make.volunteer("小满", born=(timezone.localdate().year - 15, 1, 1), source="sign_up")
    make.known_phone(client, young)
    session, other = coming(), another()

    page = look(client, session, 403)

    assert "还等监护人同意" in page
    assert link_to(other) not in page and f'href="/s/{other.pk}/"' not in page


def test_a_stranger_with_one_place_is_told_before_the_tap(client):
    new = make.known_phone(client, make.volunteer("程小满", source="sign_up"))
    make.assignment(Shift.objects.get(session=coming(of=make.series("启蒙"))), new)
    other = another()

    page = look(client, other, 409)

    assert "第一次来，先报一场" in page
    assert f'href="/me/{new.token}/"' in page


def test_a_paused_volunteer_is_told_whom_to_ring(client, me):
    Volunteer.objects.filter(pk=me.pk).update(status="paused")

    page = look(client, coming(), 403)

    assert "想接着来，打社区电话说一声就行。" in page and "请先恢复" not in page


def test_full_past_and_called_off_say_so_and_offer_the_next(client, me):
    full, past = coming(of=make.series("满的"), needed=1), coming(-1, of=make.series("过了的"))
    off, free = coming(3, of=make.series("停了的")), another()
    make.assignment(Shift.objects.get(session=full), make.volunteer("林淑芬"))
    Session.objects.filter(pk=off.pk).update(status="cancelled", cancel_reason="暴雪")

    for session, status, words in ((full, 409, "人齐了"), (past, 410, "已经过了"), (off, 410, "停课了")):
        page = look(client, session, status)
        assert words in page and link_to(free) in page


def test_what_collides_is_not_offered_instead(client, me):
    mine, full = coming(of=make.series("启蒙")), coming(3, of=make.series("满的"), needed=1)
    make.assignment(Shift.objects.get(session=mine), me)
    make.assignment(Shift.objects.get(session=full), make.volunteer("林淑芬"))
    collides, free = coming(of=make.series("同时")), another()

    page = look(client, full, 409)

    assert link_to(free) in page and link_to(collides) not in page


def test_like_the_one_wanted_comes_first(client, me):
    full = coming(of=make.series("满的"), needed=1)
    make.assignment(Shift.objects.get(session=full), make.volunteer("林淑芬"))
    desk, later = another("门诊", 4, kind="desk"), another("进阶", 6)

    page = look(client, full, 409)

    assert page.index(link_to(later)) < page.index(link_to(desk))


def test_somebody_else_on_this_phone_can_sign_up(client, me):
    mine, other = coming(of=make.series("启蒙")), coming(of=make.series("门诊", "desk"))
    make.assignment(Shift.objects.get(session=mine), me)

    assert f'href="/s/{other.pk}/?new=1"' in look(client, other, 409)
    assert 'name="phone"' in text(client.get(f"/s/{other.pk}/?new=1"))


@pytest.mark.parametrize("times", [1, 3])
def test_it_costs_the_same_however_many_there_are(client, me, times, django_assert_num_queries):
    mine, other = coming(of=make.series("启蒙")), coming(of=make.series("门诊", "desk"))
    make.assignment(Shift.objects.get(session=mine), me)
    for number in range(times):
        another(f"班{number}", 4 + number)

    with django_assert_num_queries(13):
        client.get(f"/s/{other.pk}/")


def test_a_start_that_passed_a_moment_ago_is_over(client, me):
    session = coming()
    starts = timezone.now() - timedelta(seconds=1)
    Session.objects.filter(pk=session.pk).update(starts_at=starts, ends_at=starts + timedelta(hours=2))

    look(client, session, 410)
