"""The pages of a search: for the organiser, and for whoever is asked."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import Message
from tests import make
from volunteers.actions import covering, substitutes
from volunteers.models import Assignment, SubstituteAsk, SubstitutePlan, SubstituteSearch

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def shift(now):
    """One place the day after tomorrow, and four people who could take it."""
    day = timezone.localdate(now) + timedelta(days=2)
    make.term(starts_on=day - timedelta(days=40), ends_on=day + timedelta(days=40))
    shift = make.shift(make.session(day.isoformat()), needed=1)
    for name in ("何晓琳", "钱薇", "吴梅", "高翔"):
        make.free(make.volunteer(name), day.weekday())
    return shift


@pytest.fixture
def search(shift, now):
    SubstitutePlan.objects.create(community=shift.session.community, first_wave=3, next_wave=1)
    found = substitutes.start(shift=shift, now=now, actor=None, why="周远来不了")
    SubstituteSearch.objects.update(next_wave_at=now - timedelta(seconds=1))
    # At any hour: what is tried here is the page, and not the night.
    found.refresh_from_db()
    substitutes.ask_next(search=SubstituteSearch.objects.for_telling().get(), count=3, now=now, actor=None)
    return found


@pytest.fixture
def ask(search):
    return search.asks.select_related("volunteer").first()


@pytest.fixture
def desk(client):
    client.force_login(make.user())
    return client


def cover(ask, said=""):
    return f"/me/{ask.volunteer.token}/cover/{ask.pk}/{said}"


def text(response) -> str:
    return response.content.decode()


class TestWhoIsAsked:
    def test_opening_the_link_changes_nothing(self, client, ask):
        page = text(client.get(cover(ask)))

        assert "这一场您能来吗" in page
        ask.refresh_from_db()
        assert ask.state == "asked"
        assert not Assignment.objects.exists()

    def test_yes_has_the_place(self, client, ask, shift):
        make.known_phone(client, ask.volunteer)

        page = client.post(cover(ask, "yes/"), follow=True)

        assert "这一场是您的" in text(page)
        assert Assignment.objects.get().volunteer == ask.volunteer

    def test_who_comes_later_gets_thanks_and_the_next_gap(self, client, search, shift, now):
        first, late, _ = search.asks.select_related("volunteer").order_by("place")
        other = make.shift(make.session((shift.session.on_date + timedelta(days=7)).isoformat()), needed=2)
        covering.say_yes(ask=first, now=now)
        make.known_phone(client, late.volunteer)

        page = client.post(cover(late, "yes/"), follow=True)

        assert page.status_code == 200
        assert "已经有人来了，谢谢您" in text(page)
        assert f"/s/{other.session_id}/" in text(page)

    def test_no_is_taken_kindly_and_may_be_changed(self, client, ask):
        make.known_phone(client, ask.volunteer)

        page = text(client.post(cover(ask, "no/"), follow=True))

        assert "知道了，没关系" in page
        assert "我能来" in page

    def test_a_forwarded_link_shows_and_takes_no_answer_without_the_digits(self, client, ask):
        answer = client.post(cover(ask, "yes/"))

        assert answer.status_code == 403
        assert "手机号后四位" in text(answer)
        assert not Assignment.objects.exists()
        client.post(cover(ask, "yes/"), {"tail": ask.volunteer.mobile[-4:]})
        assert Assignment.objects.get().volunteer == ask.volunteer

    def test_a_link_of_somebody_else_opens_nothing(self, client, search):
        one, other, _ = search.asks.select_related("volunteer")

        assert client.get(f"/me/{one.volunteer.token}/cover/{other.pk}/").status_code == 404

    def test_answers_are_posts(self, client, ask):
        assert client.get(cover(ask, "yes/")).status_code == 405

    def test_ones_own_page_has_it_first(self, client, ask):
        page = text(client.get(f"/me/{make.known_phone(client, ask.volunteer).token}/"))

        assert page.index("临时缺人，您能来吗") < page.index("我每周有空")

    def test_every_state_is_a_page(self, client, ask, search, shift, now):
        states = []
        for status in ("stopped", "searching"):
            fields = {"closed_at": now, "next_wave_at": None} if status == "stopped" else {"closed_at": None}
            if status == "searching":
                fields["next_wave_at"] = now
            SubstituteSearch.objects.update(status=status, **fields)
            states.append(client.get(cover(ask)).status_code)
        shift.session.status = "cancelled"
        shift.session.save()
        cancelled = client.get(cover(ask))

        assert states == [200, 200]
        assert "停课" in text(cancelled)


class TestTheOrganiser:
    def test_sees_who_was_asked_and_what_happens_next(self, desk, search, ask, now):
        covering.say_no(ask=ask, now=now)

        page = text(desk.get(reverse("desk:search", args=[search.pk])))

        assert "正在找人：问了 3 位，1 位说不行" in page
        assert "周远来不了" in page
        assert "接下来问谁" in page

    def test_without_a_gateway_has_the_text_to_paste(self, desk, search, ask):
        page = text(desk.get(reverse("desk:search", args=[search.pk])))

        assert cover(ask) in page
        assert f'data-copy="#ask-{ask.pk}"' in page

    def test_keeps_that_a_text_was_passed_on(self, desk, search, ask):
        note = Message.objects.get(about=f"ask:{ask.pk}:{ask.wave}")

        desk.post(reverse("desk:search-handed", args=[search.pk]), {"note": note.pk})

        note.refresh_from_db()
        assert note.handed_on_at

    def test_stops_goes_on_asks_more_and_takes_back(self, desk, search, ask):
        def press(verb, **data):
            answer = desk.post(reverse(f"desk:search-{verb}", args=[search.pk]), data, follow=True)
            assert answer.status_code == 200
            search.refresh_from_db()
            return text(answer)

        assert "又问了 1 位" in press("more", count="1")
        assert "不问" in press("take-back", ask=ask.pk)
        press("stop")
        assert search.status == "stopped"
        press("resume")
        assert search.status == "searching"
        assert "没有别人可问了" in press("more", count="x") or "又问了" in press("more", count="9")

    def test_starts_from_a_gap(self, desk, shift):
        answer = desk.post(reverse("desk:search-start"), {"shift": shift.pk})

        assert answer["Location"] == reverse("desk:search", args=[SubstituteSearch.objects.get().pk])

    def test_the_gap_and_today_say_how_far_it_is(self, desk, search, shift):
        week = desk.get(f"{reverse('desk:week')}?w={shift.session.on_date}&gap={shift.pk}")
        today = desk.get(reverse("desk:today"))

        assert "正在找人：问了 3 位，还没人回" in text(week)
        assert "正在找人：问了 3 位，还没人回" in text(today)

    def test_takes_somebody_off_and_looks_for_a_substitute(self, desk, shift, now):
        held = make.assignment(shift, make.volunteer("周远"))

        answer = desk.post(reverse("desk:release"), {"assignment": held.pk, "find": "1"})

        assert answer["Location"] == reverse("desk:search", args=[SubstituteSearch.objects.get().pk])

    def test_sets_the_timings(self, desk, shift):
        page = reverse("desk:search-plan")
        fields = {name: field.value() for name, field in _fields(desk, page)} | {"first_wave": 6, "wait_near": 10}

        desk.post(page, {name: value for name, value in fields.items() if value not in (None, False)})

        kept = SubstitutePlan.objects.get()
        assert (kept.first_wave, kept.wait_near) == (6, 10)

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"first_wave": "0"}, "请填 1 到 20 的整数。"),
            ({"wait_near": "x"}, "请填 5 到 2880 的整数。"),
            ({"near_hours": "100", "far_hours": "50"}, "不能多于"),
        ],
    )
    def test_wrong_timings_come_back_with_a_sentence(self, desk, shift, wrong, said):
        page = reverse("desk:search-plan")
        fields = {name: field.value() for name, field in _fields(desk, page)} | wrong

        answer = desk.post(page, {name: value for name, value in fields.items() if value not in (None, False)})

        assert answer.status_code == 400
        assert said in text(answer)
        assert not SubstitutePlan.objects.exists()

    @pytest.mark.parametrize("times", [1, 3])
    def test_the_list_costs_the_same_however_long_it_is(self, desk, shift, times, django_assert_num_queries):
        for number in range(times):
            day = shift.session.on_date + timedelta(days=7 * (number + 1))
            one = make.shift(make.session(day.isoformat()), needed=1)
            SubstituteSearch.objects.create(shift=one, started_at=timezone.now(), next_wave_at=timezone.now())
        desk.get(reverse("desk:searches"))

        with django_assert_num_queries(5):
            desk.get(reverse("desk:searches"))


def _fields(desk, page):
    form = desk.get(page).context["form"]
    return [(field.name, field) for field in form]


def test_an_invitation_asked_again_is_the_same_row(search, ask, now):
    substitutes.take_back(
        ask=SubstituteAsk.objects.select_related("search__shift__session__series", "volunteer__person").get(pk=ask.pk),
        now=now,
        actor=None,
    )
    again = substitutes.ask_person(
        search=SubstituteSearch.objects.for_telling().get(), volunteer=ask.volunteer, now=now, actor=None
    )

    assert again.pk == ask.pk
