"""Ways out of a gap by one click."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import Message
from tests import make
from volunteers.actions import asking, seats
from volunteers.models import Proposal
from volunteers.queries import ways

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def place():
    day = timezone.localdate() + timedelta(days=7)
    return make.shift(make.session(f"{day}", make.series(weekdays=[day.weekday()])), needed=2)


def test_who_is_asked_is_asked_once_about_a_place():
    shift, people = place(), [make.volunteer("周远"), make.volunteer("高翔", status="paused")]

    for _ in range(2):
        asking.ask_about(shift=shift, people=[one.pk for one in people], now=NOW, actor=None)

    (message,) = Message.objects.all()
    assert message.person == people[0].person
    assert "想先问问您能不能来" in message.body
    assert "不碰钱和密码" in message.body


def test_nobody_is_asked_about_what_is_not_held():
    shift, who = place(), make.volunteer("周远")
    with pytest.raises(asking.NobodyToAsk):
        asking.ask_about(shift=shift, people=[], now=NOW, actor=None)
    shift.session.status = "cancelled"

    with pytest.raises(seats.NotHeld):
        asking.ask_about(shift=shift, people=[who.pk], now=NOW, actor=None)

    assert not Message.objects.exists()


def test_each_way_has_its_button():
    shift, who = place(), make.volunteer("周远")
    people = {who.pk: who}
    row = {"people": [who.pk], "limits": ["week-limit"], "filled": 1, "left": 0, "text": "", "count": 1}

    ask = ways.checked(row | {"kind": "ask"}, people, shift, held=True)
    move = ways.checked(
        row | {"kind": "move", "from": "12月2日启蒙", "numbers": {"from": shift.session_id, "lost": 0, "floor": 1}},
        people,
        shift,
        held=True,
    )
    lower = ways.checked(row | {"kind": "lower", "text": "每位带 4 人，还缺 0 位"}, people, shift, held=True)

    assert ask.asks == (who.pk,)
    assert move.address == reverse("desk:session", args=[shift.session_id])
    assert lower.address == reverse("desk:series-edit", args=[shift.session.series_id])


def test_one_click_on_the_review_page(client):
    shift, who = place(), make.volunteer("周远")
    day = shift.session.on_date
    cause = {"rule": "week-limit", "label": "这周已到本人上限", "count": 1, "remaining": 0}
    way = {"kind": "week-limit", "people": [who.pk], "count": 1}
    gap = {"shift": shift.pk, "missing": 2, "text": "缺 2 位", "funnel": [cause], "ways_out": [way], "held": True}
    proposal = Proposal.objects.create(
        community=make.community(),
        from_on=day,
        until_on=day,
        status="ready",
        created_at=NOW,
        answer={"unfilled": [gap], "volunteers": 1, "gaps_before": 2},
    )
    client.force_login(make.user())

    page = client.get(reverse("desk:proposal", args=[proposal.pk])).content.decode()
    assert f'value="{shift.pk}:{who.pk}"' in page
    assert reverse("desk:session-slots", args=[shift.session_id]) in page
    answer = client.post(reverse("desk:proposal-ask", args=[proposal.pk]), {"ask": f"{shift.pk}:{who.pk}"}, follow=True)

    assert "问 1 人的话备好了" in answer.content.decode()
    assert Message.objects.get().kind == "ask"
