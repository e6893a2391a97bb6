"""Whatever fails or dies in between, a note leaves once, or people see that it did not."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.core import mail
from django.test import override_settings

from people import delivery, outbox
from people.models import AuditEntry, Message
from people.tasks import deliver_messages
from tests.make import at, person
from tests.people import interrupted
from tests.people.post import post_office

pytestmark = pytest.mark.django_db

NOON = at("2026-09-10", "12:00")
Status = Message.Status


def note(now=NOON, kind="offer", about="assignment:1", **fields) -> Message:
    defaults = {"person": fields.pop("person", None) or person(), "subject": "3 场排班等您回", "link": "/me/abc/"}
    return outbox.write(kind=kind, about=about, now=now, **{"body": "周远，您好。", **defaults, **fields})


def files_at(folder):
    """Notes become files in this folder; a folder that is none makes every try fail."""
    return override_settings(
        MAILERS={"files": {"BACKEND": "people.mail.EmailBackend", "OPTIONS": {"file_path": folder}}}
    )


def again(message: Message) -> Message:
    message.refresh_from_db()
    return message


@pytest.fixture
def office(settings):
    """A real SMTP server that records."""
    with post_office() as open_office:
        settings.LINKE_SENDS = True
        settings.MAILERS = open_office.mailers
        yield open_office


class TestDelivering:
    def test_every_text_ends_with_its_link(self):
        note()

        delivery.deliver_next(now=NOON)

        assert mail.outbox[0].body.endswith("/me/abc/")

    def test_no_whole_phone_number_leaves(self):
        note(person=person(phone="16000000123"))

        delivery.deliver_next(now=NOON)

        assert "160****0123" in mail.outbox[0].to[0]
        assert "16000000123" not in mail.outbox[0].message().as_string()

    def test_nothing_is_sent_before_its_time(self):
        note(now=at("2026-09-10", "22:00"))

        assert delivery.deliver_next(now=at("2026-09-10", "23:00")) is None
        assert delivery.deliver_next(now=at("2026-09-11", "08:00")).status == Status.SENT

    def test_a_note_is_sent_once(self):
        note()

        delivery.deliver_next(now=NOON)

        assert delivery.deliver_next(now=NOON + timedelta(days=1)) is None
        assert len(mail.outbox) == 1

    def test_failures_wait_longer_each_time_and_are_given_up_visibly_after_five(self, tmp_path):
        waiting = note()
        with files_at(tmp_path):
            tmp_path.rmdir()
            tmp_path.write_text("not a folder")
            moments = [NOON]
            while waiting.status != Status.FAILED:
                waiting = delivery.deliver_next(now=moments[-1])
                moments.append(waiting.not_before)

        waits = [later - earlier for earlier, later in pairwise(moments[:-1])]
        assert waiting.attempts == 5
        assert waits == sorted(waits) and len(set(waits)) == 4
        assert AuditEntry.objects.get().verb == "没通知到"

    def test_the_task_sends_everything_that_is_due(self, settings):
        settings.LINKE_QUIET_FROM, settings.LINKE_QUIET_UNTIL = 24, 0
        for number in range(3):
            note(about=f"assignment:{number}", now=at("2026-01-01", "12:00"))

        assert deliver_messages.call() == 3


class TestWhatIsNotSent:
    def test_a_gateway_that_comes_back_at_night_waits_for_the_morning(self):
        waiting = note()

        assert delivery.deliver_next(now=at("2026-09-10", "23:00")) is None
        assert again(waiting).not_before == at("2026-09-11", "08:00")

    def test_what_begins_the_next_morning_does_not(self):
        note(happens_at=at("2026-09-11", "09:30"))

        assert delivery.deliver_next(now=at("2026-09-10", "23:00")).status == Status.SENT

    def test_what_is_past_use_never_leaves(self):
        waiting = note(useless_after=at("2026-09-12", "09:30"))

        assert delivery.deliver_next(now=at("2026-09-12", "09:30")) is None
        assert (again(waiting).status, mail.outbox) == (Status.STALE, [])

    def test_who_has_no_smartphone_is_called(self):
        waiting = note(person=person(reach="call"))

        delivery.deliver_next(now=NOON)

        assert (again(waiting).status, waiting.via, mail.outbox) == (Status.CALL, "call", [])


class TestTogether:
    def five(self, **fields) -> list[Message]:
        somebody = person()
        return [
            note(person=somebody, about=f"assignment:{number}", subject=f"第 {number} 件", **fields)
            for number in range(1, 6)
        ]

    def test_what_waits_for_one_person_leaves_as_one(self):
        notes = self.five()
        other = note()

        assert delivery.deliver_next(now=NOON) == notes[0]
        assert delivery.deliver_next(now=NOON) == other
        assert delivery.deliver_next(now=NOON) is None

        assert [sent.subject for sent in mail.outbox] == ["5 件事告诉您", "3 场排班等您回"]
        assert [again(one).status for one in notes] == [Status.SENT] * 5
        assert mail.outbox[0].body.count("/me/abc/") == 1 and mail.outbox[0].body.endswith("/me/abc/")
        assert all(f"{number}. 第 {number} 件" in mail.outbox[0].body for number in range(1, 6))

    def test_notes_with_links_of_their_own_keep_them(self):
        somebody = person()
        note(person=somebody, link="/me/abc/")
        note(person=somebody, about="b", link="/me/abc/free/")

        delivery.deliver_next(now=NOON)

        assert "/me/abc/\n" in mail.outbox[0].body and mail.outbox[0].body.endswith("/me/abc/free/")

    def test_who_was_told_something_just_now_hears_the_rest_together(self):
        first, *rest = self.five()
        Message.objects.exclude(pk=first.pk).update(not_before=NOON + timedelta(minutes=1))
        delivery.deliver_next(now=NOON)

        assert delivery.deliver_next(now=NOON + timedelta(minutes=9)) is None
        delivery.deliver_next(now=NOON + timedelta(minutes=10))

        assert [again(one).status for one in rest] == [Status.SENT] * 4
        assert [sent.subject for sent in mail.outbox] == ["第 1 件", "4 件事告诉您"]

    def test_what_is_pressing_does_not_wait_for_the_rest(self):
        somebody = person()
        note(person=somebody)
        delivery.deliver_next(now=NOON)
        note(person=somebody, about="b", happens_at=NOON + timedelta(hours=3))

        assert delivery.deliver_next(now=NOON).status == Status.SENT

    def test_a_group_stays_together_through_failures(self, tmp_path):
        notes = self.five()
        with files_at(tmp_path / "missing"):
            (tmp_path / "missing").write_text("not a folder")
            delivery.deliver_next(now=NOON)
        note(person=notes[0].person, about="later")

        delivery.deliver_next(now=NOON + timedelta(minutes=1))

        assert mail.outbox[0].subject == "5 件事告诉您"

    def test_a_first_note_past_use_lets_the_others_go(self, tmp_path):
        somebody = person()
        note(person=somebody, useless_after=NOON + timedelta(seconds=30))
        other = note(person=somebody, about="b")
        with files_at(tmp_path / "missing"):
            (tmp_path / "missing").write_text("not a folder")
            delivery.deliver_next(now=NOON)

        delivery.deliver_next(now=NOON + timedelta(minutes=1))

        assert again(other).status == Status.SENT
        assert [sent.subject for sent in mail.outbox] == ["3 场排班等您回"]


class TestDeadWorkers:
    def test_a_claim_runs_out(self):
        waiting = note()
        Message.objects.update(status="claimed", claimed_at=NOON, attempts=1)

        assert delivery.deliver_next(now=NOON + delivery.LEASE - timedelta(seconds=1)) is None
        assert delivery.deliver_next(now=NOON + delivery.LEASE) == waiting
        assert len(mail.outbox) == 1

    def test_a_restart_frees_claims_at_once(self):
        note()
        Message.objects.update(status="claimed", claimed_at=NOON, attempts=1)

        assert delivery.release_claims(now=NOON) == 1
        assert delivery.deliver_next(now=NOON).status == Status.SENT

    def test_one_note_on_which_every_worker_dies_is_given_up(self):
        waiting = note()
        Message.objects.update(status="claimed", claimed_at=NOON, attempts=delivery.MOST_CLAIMS)

        delivery.deliver_next(now=NOON + timedelta(minutes=6))

        assert (again(waiting).status, mail.outbox) == (Status.FAILED, [])

    def test_workers_that_die_are_not_the_fault_of_the_note(self):
        waiting = note()
        Message.objects.update(status="claimed", claimed_at=NOON, attempts=12)

        delivery.deliver_next(now=NOON + timedelta(minutes=6))

        assert (again(waiting).status, waiting.failures) == (Status.SENT, 0)

    def test_a_file_that_was_written_is_found_again(self, tmp_path):
        waiting = note()
        with files_at(tmp_path):
            delivery.deliver_next(now=NOON)
            Message.objects.update(status="claimed", sent_at=None)  # it died before marking

            assert delivery.deliver_next(now=NOON + timedelta(hours=1)) is None
            assert delivery.settle_next(now=NOON + delivery.DOUBT_AFTER) == waiting

        assert again(waiting).status == Status.SENT

    def test_a_file_that_was_not_written_is_written_later(self, tmp_path):
        waiting = note()
        Message.objects.update(status="claimed", claimed_at=NOON, handing_at=NOON, attempts=1, via="file")
        with files_at(tmp_path):
            assert delivery.settle_next(now=NOON + timedelta(seconds=59)) is None
            delivery.settle_next(now=NOON + delivery.DOUBT_AFTER)
            assert again(waiting).status == Status.WAITING
            delivery.deliver_next(now=waiting.not_before)

        assert again(waiting).status == Status.SENT
        assert [path.name for path in tmp_path.iterdir()] == [f"message-{waiting.pk}.eml"]

    def test_a_worker_slower_than_its_claim_hands_nothing_over(self, tmp_path):
        """The clock jumps, another worker takes over and sends; the first one comes to itself and must not."""
        waiting = note()
        later = NOON + timedelta(minutes=2)
        with override_settings(MAILERS=interrupted.mailers_at(tmp_path)):
            interrupted.MEANWHILE.append(lambda: delivery.deliver_next(now=later))
            delivery.deliver_next(now=NOON)

        assert (again(waiting).status, waiting.attempts, waiting.sent_at) == (Status.SENT, 2, later)


class TestSmtp:
    def to(self, **fields) -> Message:
        return note(person=person(email="zhou@example.com"), **fields)

    def test_mail_arrives_once_at_the_persons_address(self, office):
        sent = self.to(body="周远，您好。\n.\n一个点的行不算完")

        assert delivery.deliver_next(now=NOON).status == Status.SENT

        (mail,) = office.taken
        assert mail["To"] == "zhou@example.com"
        assert mail["Message-ID"] == f"<message-{sent.pk}@linke.invalid>"
        assert mail.get_content().splitlines()[1:3] == [".", "一个点的行不算完"]

    def test_who_has_no_address_gets_a_file(self, office, tmp_path, settings):
        settings.MAILERS = {**office.mailers, "files": {**files_at(tmp_path).options["MAILERS"]["files"]}}
        note()

        delivery.deliver_next(now=NOON)

        assert (office.taken, len(list(tmp_path.iterdir()))) == ([], 1)

    def test_an_unknown_address_is_given_up_in_the_servers_words(self, office):
        office.to = "550 5.1.1 no such user"
        sent = self.to()

        delivery.deliver_next(now=NOON)

        assert (again(sent).status, sent.last_error) == (Status.FAILED, "550 5.1.1 no such user")

    @pytest.mark.parametrize(("to", "answer"), [("451 try later", "250 OK"), ("250 OK", "452 disk full")])
    def test_what_the_server_puts_off_is_tried_again_in_a_minute(self, office, to, answer):
        office.to, office.answer = to, answer
        sent = self.to()
        delivery.deliver_next(now=NOON)
        assert (again(sent).status, sent.not_before) == (Status.WAITING, NOON + timedelta(minutes=1))

        office.to = office.answer = "250 OK"
        delivery.deliver_next(now=NOON + timedelta(minutes=1))

        assert office.keys == [f"<message-{sent.pk}@linke.invalid>"]

    def test_a_closed_door_is_no_doubt(self, office, settings):
        settings.MAILERS["default"]["OPTIONS"]["port"] = 1
        sent = self.to()

        delivery.deliver_next(now=NOON)

        assert (again(sent).status, sent.handing_at) == (Status.WAITING, None)
        assert "ConnectionRefusedError" in sent.last_error

    def test_a_line_that_breaks_after_the_last_dot_is_never_repeated_and_people_see_it(self, office):
        office.answer = "vanish"
        sent = self.to()
        delivery.deliver_next(now=NOON)
        assert again(sent).status == Status.CLAIMED

        office.answer = "250 OK"
        for minutes in range(1, 200):
            delivery.deliver_next(now=NOON + timedelta(minutes=minutes))
            delivery.settle_next(now=NOON + timedelta(minutes=minutes))

        assert again(sent).status == Status.UNSURE
        assert len(office.taken) == 1
        assert AuditEntry.objects.get().verb == "没等到回执"

    def test_a_lost_claim_leaves_the_server_with_nothing(self, office):
        sent = self.to()
        carrier_saw = []

        def hand():
            carrier_saw.append(len(office.taken))
            raise delivery.LostClaim

        letter = delivery.letter_of(sent, NOON)
        with pytest.raises(delivery.LostClaim):
            delivery.channels.carrier_for(sent).send(letter, hand)
        delivery.channels.carrier_for(sent).send(letter, lambda: None)

        assert (carrier_saw, len(office.taken)) == ([0], 1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_send_the_same_note(together):
    for number in range(12):
        note(about=f"assignment:{number}")

    def work(_):
        sent = []
        while message := delivery.deliver_next(now=NOON):
            sent.append(message.pk)
        return sent

    by_worker = together(4, work)

    sent = sorted(pk for pks in by_worker for pk in pks)
    assert sent == sorted(Message.objects.filter(status="sent").values_list("pk", flat=True))
    assert len(sent) == len(mail.outbox) == 12
