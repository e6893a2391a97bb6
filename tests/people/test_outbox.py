"""A note is written once, leaves at a decent hour, and is delivered whatever dies in between."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.core import mail
from django.test import override_settings

from people import outbox
from people.models import AuditEntry, Message
from people.tasks import deliver_messages
from tests.make import at, person

pytestmark = pytest.mark.django_db

NOON = at("2026-09-10", "12:00")
FILES = {"default": {"BACKEND": "people.mail.EmailBackend", "OPTIONS": {}}}


def note(now=NOON, kind="offer", about="assignment:1", **fields) -> Message:
    defaults = {"person": person(), "subject": "3 场排班等您回", "body": "周远，您好。", "link": "/me/abc/"}
    return outbox.write(kind=kind, about=about, now=now, **{**defaults, **fields})


def broken_mail(folder):
    """Mail whose folder has become a file: every sending fails."""
    settings = {"default": {"BACKEND": "people.mail.EmailBackend", "OPTIONS": {"file_path": folder}}}
    return override_settings(MAILERS=settings)


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


class TestDelivering:
    def test_every_text_ends_with_its_link(self):
        note()

        outbox.deliver_next(now=NOON)

        assert mail.outbox[0].body.endswith("/me/abc/")

    def test_no_whole_phone_number_leaves(self):
        note(person=person(phone="16000000123"))

        outbox.deliver_next(now=NOON)

        assert "160****0123" in mail.outbox[0].to[0]
        assert "16000000123" not in mail.outbox[0].message().as_string()

    def test_nothing_is_sent_before_its_time(self):
        note(now=at("2026-09-10", "22:00"))

        assert outbox.deliver_next(now=at("2026-09-10", "23:00")) is None
        assert outbox.deliver_next(now=at("2026-09-11", "08:00")).status == Message.Status.SENT

    def test_a_note_is_sent_once(self):
        note()

        outbox.deliver_next(now=NOON)

        assert outbox.deliver_next(now=NOON + timedelta(days=1)) is None
        assert len(mail.outbox) == 1

    def test_a_claim_of_a_dead_worker_is_taken_over_after_five_minutes(self):
        waiting = note()
        Message.objects.update(status="claimed", claimed_at=NOON, attempts=1)

        assert outbox.deliver_next(now=NOON + timedelta(minutes=4)) is None
        assert outbox.deliver_next(now=NOON + timedelta(minutes=5)) == waiting
        assert len(mail.outbox) == 1

    def test_a_repeat_after_a_crash_overwrites_the_same_file(self, tmp_path):
        note()
        with broken_mail(tmp_path):
            outbox.deliver_next(now=NOON)
            # The worker died after sending and before marking.
            Message.objects.update(status="claimed", sent_at=None, claimed_at=NOON)
            outbox.deliver_next(now=NOON + timedelta(minutes=6))

        assert [path.suffix for path in tmp_path.iterdir()] == [".eml"]

    def test_every_repeat_has_the_same_message_id(self):
        note()
        outbox.deliver_next(now=NOON)
        Message.objects.update(status="claimed", sent_at=None, claimed_at=NOON)
        outbox.deliver_next(now=NOON + timedelta(minutes=6))

        first, again = (sent.message()["Message-ID"] for sent in mail.outbox)
        assert first == again

    def test_failures_wait_longer_each_time_and_are_given_up_visibly_after_five(self, tmp_path):
        waiting = note()
        with broken_mail(tmp_path):
            tmp_path.rmdir()
            tmp_path.write_text("not a folder")
            moments = [NOON]
            while waiting.status != Message.Status.FAILED:
                waiting = outbox.deliver_next(now=moments[-1])
                moments.append(waiting.not_before)

        waits = [later - earlier for earlier, later in pairwise(moments[:-1])]
        assert waiting.attempts == 5
        assert waits == sorted(waits) and len(set(waits)) == 4
        assert AuditEntry.objects.get().verb == "没通知到"

    def test_a_worker_that_always_dies_on_a_note_gives_it_up(self):
        waiting = note()
        Message.objects.update(status="claimed", claimed_at=NOON, attempts=5)

        outbox.deliver_next(now=NOON + timedelta(minutes=6))

        waiting.refresh_from_db()
        assert waiting.status == Message.Status.FAILED
        assert mail.outbox == []

    def test_the_task_sends_everything_that_is_due(self):
        for number in range(3):
            note(about=f"assignment:{number}", now=at("2026-01-01", "12:00"))

        assert deliver_messages.call() == 3


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_send_the_same_note(together):
    for number in range(12):
        note(about=f"assignment:{number}")

    def work(_):
        sent = []
        while message := outbox.deliver_next(now=NOON):
            sent.append(message.pk)
        return sent

    by_worker = together(4, work)

    sent = sorted(pk for pks in by_worker for pk in pks)
    assert sent == sorted(Message.objects.filter(status="sent").values_list("pk", flat=True))
    assert len(sent) == len(mail.outbox) == 12
