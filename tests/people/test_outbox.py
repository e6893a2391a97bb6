"""A note is written once, for one recipient, to leave at a decent hour."""

import pytest
from django.db import IntegrityError, transaction

from people import outbox
from people.models import Channel, Message
from tests import make
from tests.make import at, person

pytestmark = pytest.mark.django_db

NOON = at("2026-09-10", "12:00")


def note(now=NOON, kind="offer", about="assignment:1", **fields) -> Message:
    defaults = {"person": person(), "subject": "3 场排班等您回", "body": "周远，您好。", "link": "/me/abc/"}
    return outbox.write(kind=kind, about=about, now=now, **{**defaults, **fields})


class TestWriting:
    def test_the_same_thing_is_told_once(self):
        somebody = person()

        first = note(person=somebody)
        again = note(person=somebody, subject="又一次")

        assert again == first
        assert Message.objects.get().subject == "3 场排班等您回"

    def test_a_note_of_the_day_leaves_at_once(self):
        assert note().not_before == NOON

    @pytest.mark.parametrize(
        ("written", "leaves"),
        [
            (at("2026-09-10", "20:59"), at("2026-09-10", "20:59")),
            (at("2026-09-10", "21:00"), at("2026-09-11", "08:00")),
            (at("2026-09-11", "02:00"), at("2026-09-11", "08:00")),
            (at("2026-09-11", "08:00"), at("2026-09-11", "08:00")),
        ],
    )
    def test_nobody_is_woken_between_21_and_8(self, written, leaves):
        assert note(now=written).not_before == leaves

    def test_what_begins_the_next_morning_may_not_wait(self):
        late = at("2026-09-10", "22:00")

        assert note(now=late, happens_at=at("2026-09-11", "09:30")).not_before == late
        assert note(now=late, about="b", happens_at=at("2026-09-11", "14:00")).not_before == at("2026-09-11", "08:00")

    def test_a_text_for_a_group_holds_nothing_personal(self):
        group = Channel.objects.create(kind="wecom", name="志愿者群", created_at=NOON)

        for body in ("周远 16000000123 来不了", "他的页面 /me/abc/"):
            with pytest.raises(outbox.NotForGroups):
                note(person=None, bot=group, body=body, link="/")

        note(person=None, bot=group, body="周六还缺 2 人，工单 20260910123456", link="/")
        assert Message.objects.get().recipient == group

    def test_staff_are_told_once_too(self):
        chen = make.user()

        assert note(person=None, user=chen) == note(person=None, user=chen)
        assert Message.objects.get().recipient == chen

    def test_everybody_says_which_recipient(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            note(person=None)
