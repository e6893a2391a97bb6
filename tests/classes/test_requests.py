"""点单: asked by residents or at the telephone, placed, served, taken back."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from classes.actions import requesting
from classes.models import Enrolment, Learner, Lesson, LessonWish, Request, Series, Session
from classes.models.requests import NEXT
from classes.queries import plan
from classes.queries import requests as queries
from people.models import AuditEntry, Consent, Person
from tests import make

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")  # a Monday
SATURDAY = "2026-09-12"


def lesson(code: str = "B03", title: str = "微信视频聊天:打给家里人") -> Lesson:
    return Lesson.objects.get_or_create(
        code=code, defaults={"title": title, "stage": code[0], "learners_per_helper": 2}
    )[0]


def asked(name: str = "王淑芬", phone: str = "16000012345", **fields) -> Request:
    said = {"wish": "跟孙子视频", "lesson": None, "times": [], "channel": "phone", "consent": True, "now": NOW}
    return requesting.ask(community=make.community(), name=name, phone=phone, **{**said, **fields})


def place(request: Request, session: Session) -> Request:
    return requesting.place(request=request, session=session, now=NOW, actor=None)


class TestAsking:
    def test_keeps_the_words_and_guesses_the_lesson(self):
        wanted = lesson()
        lesson("C01", "手机挂号:不用早起排队")

        made = asked()

        assert (made.status, made.lesson) == ("submitted", wanted)
        assert [one.after for one in made.steps.all()] == ["submitted"]

    def test_the_same_words_from_the_same_phone_are_one_request(self):
        assert asked() == asked()
        assert asked(wish="挂号") != asked()

    def test_nothing_is_kept_without_consent(self):
        with pytest.raises(requesting.ConsentMissing):
            asked(consent=False)
        assert not Request.objects.exists()

    def test_counts_in_the_lesson_plan_at_once(self):
        asked(lesson=lesson())
        asked(name="李建业", lesson=lesson())

        assert plan.wishes_in([make.community().pk]) == {make.community().pk: {lesson().pk: 2}}


class TestSuggesting:
    def test_the_same_lesson_first_then_the_earliest_then_no_more_than_three(self):
        series = make.series(weekdays=(5, 6))
        for day in (SATURDAY, "2026-09-13", "2026-09-19"):
            make.session(day, series)
        right = make.session("2026-09-20", series, lesson=lesson())
        request = asked(lesson=lesson())

        row = queries.rows_of([request], make.community(), NOW, NOW + queries.AHEAD)[0]

        assert [one.session.on_date.isoformat() for one in row.suggestions] == ["2026-09-20", SATURDAY, "2026-09-13"]
        assert row.suggestions[0].session == right
        assert row.suggestions[0].why == "正好讲这一课"

    def test_only_when_the_resident_has_time_and_a_seat_is_free(self):
        series = make.series(weekdays=(5,))
        make.session(SATURDAY, series)

        assert self.suggested(times=["wk-am"]) == []
        assert self.suggested(times=["we-am"]) != []
        series.days.update(taken=12)
        assert self.suggested(times=["we-am"]) == []

    def test_never_a_session_of_children(self):
        make.session("2026-09-08", make.series(kind="child", weekdays=(1,)))

        assert self.suggested() == []

    def test_nothing_within_seven_days_is_a_gap(self):
        make.session("2026-09-19", make.series(weekdays=(5,)))
        request = asked()

        row = queries.rows_of([request], make.community(), NOW, NOW + queries.AHEAD)[0]

        assert row.suggestions and row.is_gap
        assert "没有课" in queries.board(community=make.community(), now=NOW).fresh[0].reply

    def test_the_tray_of_a_week_holds_what_suits_in_that_week(self):
        make.session("2026-09-19", make.series(weekdays=(5,)))
        asked()

        monday = make.at("2026-09-14").date()
        rows = queries.open_requests(make.community(), monday, now=NOW)

        assert [one.session.on_date.isoformat() for one in rows[0].suggestions] == ["2026-09-19"]

    def suggested(self, **fields) -> list:
        Request.objects.all().delete()
        return queries.rows_of([asked(**fields)], make.community(), NOW, NOW + queries.AHEAD)[0].suggestions


class TestPlacing:
    def test_makes_a_learner_with_a_seat_a_wish_and_a_consent(self):
        session = make.session(SATURDAY, make.series(weekdays=(5,), stages="B"))

        request = place(asked(lesson=lesson()), session)

        learner = Learner.objects.get()
        assert (request.status, request.session, request.learner) == ("scheduled", session, learner)
        assert Enrolment.objects.get().status == "confirmed"
        assert session.series.days.get().taken == 1
        assert LessonWish.objects.get().learner == learner
        assert Consent.objects.get().person == learner.person

    def test_a_learner_of_that_name_and_number_is_the_same_one(self):
        known = make.learner("王淑芬", phone="16000012345")

        request = place(asked(), make.session(SATURDAY, make.series(weekdays=(5,))))

        assert request.learner == known

    def test_full_meanwhile_leaves_everything_as_it_was(self):
        series = make.series(weekdays=(5,), capacity=1)
        session = make.session(SATURDAY, series)
        place(asked(), session)
        late = asked(name="李建业", phone="16000012346")

        with pytest.raises(requesting.NoFreeSeat):
            place(late, session)

        late.refresh_from_db()
        assert late.status == "submitted"
        assert not Person.objects.filter(name="李建业").exists()

    def test_undo_takes_back_all_that_it_made(self):
        session = make.session(SATURDAY, make.series(weekdays=(5,)))
        request = place(asked(lesson=lesson()), session)

        requesting.undo_placing(request=request, now=NOW + timedelta(hours=23), actor=None)

        assert (request.status, request.session) == ("submitted", None)
        assert not Learner.objects.exists()
        assert not Person.objects.exists()
        assert not Enrolment.objects.exists()
        assert session.series.days.get().taken == 0

    def test_undo_keeps_a_learner_that_was_there(self):
        known = make.learner("王淑芬", phone="16000012345")
        request = place(asked(), make.session(SATURDAY, make.series(weekdays=(5,))))

        requesting.undo_placing(request=request, now=NOW, actor=None)

        assert Learner.objects.get() == known

    def test_undo_is_for_a_day(self):
        request = place(asked(), make.session(SATURDAY, make.series(weekdays=(5,))))

        with pytest.raises(requesting.TooLateToUndo):
            requesting.undo_placing(request=request, now=NOW + timedelta(hours=25), actor=None)

    def test_a_session_of_its_own_in_a_free_room(self):
        make.term()
        make.series()
        room = make.room()
        request = asked(lesson=lesson(), times=["wk-am"])

        slot = queries.free_slots(request, now=NOW)[0]
        requesting.place_in_new(request=request, slot=slot, now=NOW, actor=None)

        request.refresh_from_db()
        assert (request.session.room, request.session.lesson) == (room, lesson())
        assert request.session.starts_at == make.at("2026-09-08", "09:30")
        assert request.session.expected == 1

    def test_undoing_a_session_of_its_own_takes_the_session_too(self):
        make.term()
        other = make.series()
        make.room()
        request = asked()
        requesting.place_in_new(request=request, slot=queries.free_slots(request, now=NOW)[0], now=NOW, actor=None)
        request.refresh_from_db()

        requesting.undo_placing(request=request, now=NOW, actor=None)

        assert list(Series.objects.all()) == [other]

    def test_a_room_taken_meanwhile_refuses(self):
        make.term()
        make.series()
        make.room()
        first, second = asked(), asked(name="李建业")
        slot = queries.free_slots(first, now=NOW)[0]
        requesting.place_in_new(request=first, slot=slot, now=NOW, actor=None)

        with pytest.raises(requesting.SlotTaken):
            requesting.place_in_new(request=second, slot=slot, now=NOW, actor=None)


class TestStates:
    def test_every_state_leads_somewhere_and_only_to_states(self):
        assert set(NEXT) == set(Request.Status.values)
        assert {to for after in NEXT.values() for to in after} <= set(NEXT)

    def test_only_what_may_follow_follows(self):
        request = asked()

        with pytest.raises(requesting.NotPossible):
            requesting.move(request=request, to="rated", now=NOW, actor=None)

    def test_a_refusal_says_why(self):
        with pytest.raises(requesting.Refused):
            requesting.move(request=asked(), to="rejected", note=" ", now=NOW, actor=None)

    def test_held_sessions_are_done_and_cancelled_ones_wait_again(self):
        series = make.series(weekdays=(5,))
        held, off = make.session(SATURDAY, series), make.session("2026-09-19", series)
        one, other = place(asked(), held), place(asked(name="李建业"), off)
        Session.objects.filter(pk=off.pk).update(status="cancelled")

        after = held.ends_at + timedelta(minutes=1)
        assert (requesting.serve_held(now=after), requesting.reopen_cancelled(now=after)) == (1, 1)

        one.refresh_from_db(), other.refresh_from_db()
        assert (one.status, other.status) == ("done", "submitted")
        requesting.rate(request=one, stars=5, note="", now=after, actor=None)
        assert one.stars == 5

    @pytest.mark.parametrize(
        "wrong", [{"status": "lost"}, {"status": "scheduled"}, {"stars": 6}, {"name": ""}, {"phone": ""}]
    )
    def test_the_database_refuses_what_cannot_be(self, wrong):
        request = asked()

        with pytest.raises(IntegrityError), transaction.atomic():
            Request.objects.filter(pk=request.pk).update(**wrong)


@pytest.mark.django_db(transaction=True)
def test_two_desks_that_place_one_request_seat_it_once():
    series = make.series(weekdays=(5, 6))
    sessions = [make.session(SATURDAY, series), make.session("2026-09-13", series)]
    request = asked()
    said, gate = [], threading.Barrier(2)

    def press(session):
        mine = Request.objects.get(pk=request.pk)
        gate.wait()
        try:
            requesting.place(request=mine, session=session, now=NOW, actor=None)
            said.append("placed")
        except requesting.ChangedMeanwhile:
            said.append("too late")
        finally:
            connection.close()

    desks = [threading.Thread(target=press, args=[session]) for session in sessions]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()

    assert sorted(said) == ["placed", "too late"]
    assert Enrolment.objects.count() == Learner.objects.count() == 1


class TestPages:
    def test_a_resident_asks_with_four_fields(self, client):
        make.community()
        lesson()

        answer = client.post(reverse("public:ask"), self.form(lesson=lesson().pk))

        assert answer.status_code == 200
        assert "记下了，王淑芬" in answer.content.decode()
        assert Request.objects.get().channel == "page"

    def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(self, client):
        make.community()

        answer = client.post(reverse("public:ask"), self.form(phone="1600001", wish="", consent=""))

        page = answer.content.decode()
        assert answer.status_code == 400
        assert "王淑芬" in page and "请勾选同意" in page and "请选一样" in page

    def test_too_many_are_stopped(self, client):
        make.community()
        for number in range(7):
            answer = client.post(reverse("public:ask"), self.form(wish=f"第 {number} 样"), REMOTE_ADDR="203.0.113.9")

        assert answer.status_code == 429
        assert Request.objects.count() == 6

    def test_two_communities_ask_which(self, client):
        make.community(), make.community("海棠社区")

        assert "先选您住哪个社区" in client.get(reverse("public:ask")).content.decode()

    def test_staff_type_place_and_undo(self, client):
        client.force_login(make.user())
        now = timezone.now()
        day = (timezone.localdate(now) + timedelta(days=3)).isoformat()
        make.term("现在", timezone.localdate(now) - timedelta(days=30), timezone.localdate(now) + timedelta(days=60))
        weekday = (timezone.localdate(now) + timedelta(days=3)).weekday()
        session = make.session(day, make.series(weekdays=(weekday,), term=make.term("现在")))

        client.post(reverse("desk:request-add"), self.form())
        request = Request.objects.get()
        client.post(reverse("desk:request-place", args=[request.pk, session.pk]))
        request.refresh_from_db()
        assert request.status == "scheduled"
        assert client.get(reverse("desk:request", args=[request.pk])).status_code == 200

        client.post(reverse("desk:request-undo", args=[request.pk]))
        request.refresh_from_db()
        assert request.status == "submitted"

    def test_whoever_looks_at_the_number_is_written_down(self, client):
        client.force_login(make.user())
        request = asked()

        hidden = client.get(reverse("desk:requests")).content.decode()
        shown = client.post(reverse("desk:request-reveal", args=[request.pk])).content.decode()

        assert "16000012345" not in hidden
        assert "16000012345" in shown
        assert AuditEntry.objects.filter(verb="看了完整号码").count() == 1

    def test_a_card_rings_up_in_place_and_that_is_written_down_too(self, client):
        client.force_login(make.user())
        request = asked()
        address = reverse("desk:request-reveal", args=[request.pk])
        assert f'hx-post="{address}"' in client.get(reverse("desk:requests")).content.decode()

        piece = client.post(address, headers={"HX-Request": "true"}).content.decode()

        assert 'href="tel:16000012345"' in piece
        assert "<main" not in piece
        assert AuditEntry.objects.filter(verb="看了完整号码").count() == 1

    def test_the_keys_are_on_the_first_card_for_which_something_suits(self, client):
        client.force_login(make.user())
        day = timezone.localdate() + timedelta(days=2)
        make.session(f"{day}", make.series(weekdays=(day.weekday(),)))
        lost = asked("解桂兰", "16000012346", times=["wk-pm", "we-pm"])
        found = asked()

        page = client.get(reverse("desk:requests")).content.decode()

        first, second = page.index(f'id="request-{lost.pk}"'), page.index(f'id="request-{found.pk}"')
        assert first < page.index('data-key="1"') > second

    def test_the_board_asks_as_often_for_three_as_for_one(self, client, django_assert_max_num_queries):
        client.force_login(make.user())
        counts = []
        for number in (1, 2, 3):
            asked(name=f"王淑{'芬芳兰'[number - 1]}")
            with django_assert_max_num_queries(30) as seen:
                client.get(reverse("desk:requests"))
            counts.append(len(seen))

        assert counts[0] == counts[2]

    def form(self, **fields) -> dict:
        said = {"name": "王淑芬", "phone": "16000012345", "wish": "跟孙子视频", "times": ["we-am"], "consent": "on"}
        return {**said, **fields}
