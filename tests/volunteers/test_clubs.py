"""The page of a club's leader behind the secret link, and the desk's page of a club."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import Message
from tests import make
from tests.volunteers.test_public_pages import coming, text
from volunteers import tasks
from volunteers.actions import clubs
from volunteers.models import Absence, Assignment, CheckIn, Hold, Organisation, Shift, Volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def club() -> Organisation:
    made = Organisation.objects.create(name="青年志愿者协会")
    clubs.open_link(organisation=made, name="何晓琳", phone="16000000001", now=timezone.now(), actor=None)
    return made


@pytest.fixture
def shift() -> Shift:
    return Shift.objects.get(session=coming(5, needed=12))


def page(club: Organisation) -> str:
    return f"/club/{club.token}/"


def hold(client, club, shift, places="10", **follow):
    return client.post(f"{page(club)}hold/", {"shift": shift.pk, "places": places}, **follow)


def fill(client, club, names: str, **fields):
    held = Hold.objects.get(organisation=club)
    return client.post(f"{page(club)}holds/{held.pk}/", {"names": names, "consent": "on"} | fields)


class TestTheLeader:
    def test_holds_ten_places_with_one_field_and_names_them_later(self, client, club, shift):
        assert "还没有留名额" in text(client.get(page(club)))

        held = hold(client, club, shift, follow=True)

        assert "还空 10 个" in text(held)
        done = fill(client, club, "周远 16000000002\n安宁 1600000")
        assert done.status_code == 422
        assert "手机号只有 7 位" in text(done)
        assert "安宁 1600000</textarea>" in text(done)
        assert "还空 9 个" in text(client.get(page(club)))
        assert Volunteer.objects.get(mobile="16000000002").organisation == club

    def test_is_told_when_there_are_not_so_many(self, client, club, shift):
        refused = hold(client, club, shift, "13")

        assert (refused.status_code, "没有这么多名额了" in text(refused)) == (409, True)
        assert hold(client, club, shift, "").status_code == 400
        assert "写上留几个" in text(hold(client, club, shift, ""))
        assert not Hold.objects.exists()

    def test_says_that_everybody_agreed(self, client, club, shift):
        hold(client, club, shift)

        refused = client.post(f"{page(club)}holds/{Hold.objects.get().pk}/", {"names": "周远 16000000002"})

        assert (refused.status_code, "请勾选" in text(refused)) == (400, True)
        assert not Assignment.objects.exists()

    def test_gives_back_some_and_takes_somebody_off(self, client, club, shift):
        hold(client, club, shift)
        fill(client, club, "周远 16000000002")
        held, placed = Hold.objects.get(), Assignment.objects.get()

        client.post(f"{page(club)}holds/{held.pk}/free/", {"places": "4"})
        client.post(f"{page(club)}places/{placed.pk}/off/")

        shift.refresh_from_db()
        assert (shift.taken, shift.held) == (6, 6)
        placed.refresh_from_db()
        assert placed.status == "released"

    def test_sees_who_came(self, client, club, shift):
        hold(client, club, shift)
        fill(client, club, "周远 16000000002")
        placed = Assignment.objects.get()
        CheckIn.objects.create(
            volunteer=placed.volunteer,
            series=shift.session.series,
            session=shift.session,
            on_date=shift.session.on_date,
            arrived_at=shift.session.starts_at,
        )

        assert "来了" in text(client.get(f"{page(club)}holds/{Hold.objects.get().pk}/"))
        assert "来了 1 次" in text(client.get(page(club)))

    def test_keeps_the_clubs_calendar(self, client, club, shift):
        day = shift.session.on_date
        fields = {"kind": "exam", "starts_on": f"{day}", "ends_on": f"{day + timedelta(days=3)}"}

        client.post(f"{page(club)}days/", fields)

        assert "考试周" in text(client.get(page(club)))
        assert "这 7 天没有空名额" in text(client.get(page(club)))
        assert hold(client, club, shift).status_code == 409
        assert client.post(f"{page(club)}days/", fields).status_code == 409
        assert client.post(f"{page(club)}days/", {"kind": "exam"}).status_code == 400
        client.post(f"{page(club)}days/{Absence.objects.get().pk}/remove/")
        assert not Absence.objects.exists()

    def test_sees_nothing_of_others(self, client, club, shift):
        other = Organisation.objects.create(name="别的协会", token="other")
        stranger = make.volunteer("单雄信", organisation=other)
        make.assignment(shift, stranger)
        held = clubs.hold_places(organisation=other, shift=shift, places=2, now=timezone.now())
        away = Absence.objects.create(
            organisation=other, kind="exam", starts_on=shift.session.on_date, ends_on=shift.session.on_date
        )
        hold(client, club, shift, "3")

        assert not {"单雄信", "别的协会", stranger.mobile} & set(text(client.get(page(club))).split(">"))
        assert "单雄信" not in text(client.get(page(club)))
        assert client.get(f"{page(club)}holds/{held.pk}/").status_code == 404
        for path in (f"holds/{held.pk}/free/", f"places/{Assignment.objects.get().pk}/off/", f"days/{away.pk}/remove/"):
            assert client.post(f"{page(club)}{path}").status_code == 404
        assert client.get("/club/guess/").status_code == 404

    def test_opening_the_page_changes_nothing(self, client, club, shift):
        hold(client, club, shift)
        for path in ("hold/", f"holds/{Hold.objects.get().pk}/free/", "days/"):
            assert client.get(f"{page(club)}{path}").status_code == 405
        assert client.get(page(club))["Cache-Control"] == "private, no-store"

    @pytest.mark.parametrize("times", [1, 3])
    def test_the_page_costs_the_same_for_any_number(self, client, club, times, django_assert_num_queries):
        for number in range(times):
            one = Shift.objects.get(session=coming(2 + number, of=make.series(f"班{number}"), needed=6))
            clubs.hold_places(organisation=club, shift=one, places=3, now=timezone.now())
            held = Hold.objects.select_related("organisation", "shift__session__series__programme").last()
            clubs.name_people(hold=held, text=f"志愿者{number} 1600000000{number + 2}", now=timezone.now())

        with django_assert_num_queries(10):
            client.get(page(club))


class TestTheDesk:
    @pytest.fixture
    def organiser(self, client):
        make.community()
        client.force_login(make.user())
        return client

    def test_gives_renews_and_takes_back_the_link(self, organiser, club):
        first = club.token
        assert first in text(organiser.get(reverse("desk:club", args=[club.pk])))

        organiser.post(reverse("desk:club-link", args=[club.pk]), {"name": "罗婷", "phone": "16000000005"})

        club.refresh_from_db()
        assert (club.token != first, club.leader.name) == (True, "罗婷")
        assert organiser.get(f"/club/{first}/").status_code == 404
        organiser.post(reverse("desk:club-link", args=[club.pk]), {"close": "1"})
        club.refresh_from_db()
        assert club.token is None
        wrong = organiser.post(reverse("desk:club-link", args=[club.pk]), {"name": "罗婷", "phone": "1600"})
        assert (wrong.status_code, "手机号" in text(wrong)) == (422, True)

    def test_sees_holds_and_frees_them(self, organiser, club, shift):
        clubs.hold_places(organisation=club, shift=shift, places=7, now=timezone.now())

        assert "留着 7 个名额" in text(organiser.get(reverse("desk:clubs")))
        assert "社团留着" in text(organiser.get(reverse("desk:session", args=[shift.session_id])))
        organiser.post(reverse("desk:club-release", args=[club.pk, Hold.objects.get().pk]))

        shift.refresh_from_db()
        assert (shift.taken, shift.held) == (0, 0)

    def test_enters_a_club_once(self, organiser):
        organiser.post(reverse("desk:clubs"), {"name": "悦读会"})
        again = organiser.post(reverse("desk:clubs"), {"name": "悦读会"})

        assert (again.status_code, Organisation.objects.count()) == (422, 1)

    def test_everybody_sees_that_places_are_held(self, client, club, shift):
        clubs.hold_places(organisation=club, shift=shift, places=7, now=timezone.now())

        assert "社团留着 7 个" in text(client.get("/"))
        assert "还缺 5 人" in text(client.get("/"))

    @pytest.mark.parametrize("times", [1, 3])
    def test_the_list_costs_the_same_for_any_number(self, organiser, times, django_assert_num_queries):
        for number in range(times):
            make.volunteer(f"志愿者{number}", organisation=Organisation.objects.create(name=f"协会{number}"))
        organiser.get(reverse("desk:clubs"))

        with django_assert_num_queries(5):
            organiser.get(reverse("desk:clubs"))


def test_the_clock_frees_what_has_no_name(club, shift):
    clubs.hold_places(organisation=club, shift=shift, places=3, now=timezone.now())
    Hold.objects.update(made_at=timezone.now() - timedelta(days=3), lapses_at=timezone.now() - timedelta(minutes=1))

    assert tasks.warn_of_lapses.call() == 0
    assert tasks.lapse_holds.call() == 1

    assert Message.objects.get().person.name == "何晓琳"
