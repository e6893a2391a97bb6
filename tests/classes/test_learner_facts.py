"""What is known of a learner: changed at the desk, checked, followed by the need, and shown with care."""

from datetime import date, time

import pytest
from django.db import IntegrityError, transaction

from classes import actions
from classes.actions import learner_facts
from classes.models import Guardian, Learner, PickUp
from people.models import AuditEntry
from tests import make
from volunteers.models import Pairing, Shift

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-01", "08:00")
SENIOR = {"name": "王秀英", "phone": "16000000021", "birth_year": 1954}
CHILD = {"name": "李沐辰", "phone": "", "birth_year": 2018}
OWN = {"phone_whose": ""}


@pytest.fixture
def desk(client):
    """A browser in which an organiser is signed in."""
    client.force_login(make.user())
    return client


def change(learner: Learner, **facts) -> list[str]:
    """The facts anew, everything else as it is."""
    basics = SENIOR if learner.kind == "senior" else CHILD
    return learner_facts.change_learner(learner=learner, now=NOW, actor=None, **OWN | basics | facts)


class TestChanging:
    def test_what_was_said_is_kept_and_the_trail_names_fields_only(self):
        learner = make.learner(**SENIOR)

        change(
            learner, phone_brand="华为", phone_model="畅享60", needs=["关中话", "听力弱"], family_phone="16000000031"
        )

        learner.refresh_from_db()
        assert (learner.phone_text, learner.dialect, learner.other_needs) == ("华为 畅享60", "关中话", ["听力弱"])
        assert AuditEntry.objects.get().summary == "手机、手机型号、需要、家人电话"

    def test_whose_number_it_is_counts_as_a_change(self):
        learner = make.learner(**SENIOR)

        change(learner, phone_whose="女儿")

        learner.person.refresh_from_db()
        assert learner.person.phone_whose == "女儿"
        assert AuditEntry.objects.get().summary == "电话是谁的"

    def test_the_words_for_a_level_stay_until_another_is_chosen(self):
        learner = make.learner(**SENIOR, level=1, level_text="只会接电话")

        change(learner, level=1, level_text="会打电话、会一点")
        assert Learner.objects.get().level_text == "只会接电话"
        change(learner, level=2, level_text="会微信、能看视频")
        assert Learner.objects.get().level_text == "会微信、能看视频"

    def test_a_younger_child_needs_more_helpers(self):
        series = make.series("四点半", "child", weekdays=(1,), capacity=24)
        session = make.session("2026-09-08", series)
        rows = [make.learner(f"孩子{n}", "child", consent_on=date(2026, 8, 26), birth_year=2014) for n in range(14)]
        for one in rows:
            Guardian.objects.create(learner=one, person=make.person("李建"))
            actions.enrol(learner=one, series=series, weekdays=[1], now=NOW)
        before = sum(Shift.objects.filter(session=session).values_list("needed", flat=True))

        for one in rows:
            change(one, name=str(one), birth_year=2019)

        assert sum(Shift.objects.filter(session=session).values_list("needed", flat=True)) > before

    def test_a_wheelchair_upstairs_is_said(self):
        room = make.room("活动室", floor=3, step_free=False)
        series = make.series("启蒙", weekdays=(5,), room=room)
        learner = make.learner(**SENIOR)
        actions.enrol(learner=learner, series=series, weekdays=[], now=NOW)

        assert change(learner, needs=["轮椅"]) == ["启蒙：活动室在 3 楼没有电梯，轮椅上不去，请换教室或者换班。"]


class TestGoingHomeAlone:
    @pytest.mark.parametrize(
        ("birth", "may"),
        [((2014, 9, 1), True), ((2014, 9, 2), False), ((2014, 8, None), True), ((2014, None, None), False)],
    )
    def test_only_who_is_surely_twelve_in_september(self, birth, may):
        learner = make.learner("李沐辰", "child")
        for name, value in zip(("birth_year", "birth_month", "birth_day"), birth, strict=True):
            setattr(learner.person, name, value)
        learner.person.save()
        facts = {"birth_year": birth[0], "may_leave_alone": True, "leave_alone_at": time(17, 40)}

        if not may:
            with pytest.raises(learner_facts.TooYoung):
                change(learner, **facts)
        else:
            change(learner, **facts)

        assert Learner.objects.get().leave_alone_at == (time(17, 40) if may else None)

    def test_nobody_knows_how_old(self):
        with pytest.raises(learner_facts.TooYoung) as refusal:
            change(make.learner("李沐辰", "child"), birth_year=None, may_leave_alone=True)

        assert "先写出生年" in str(refusal.value)

    @pytest.mark.parametrize("birth_year", [2018, None])
    def test_another_year_of_birth_is_looked_at_again(self, birth_year):
        learner = make.learner("李沐辰", "child", birth_year=2012, may_leave_alone=True)

        with pytest.raises(learner_facts.TooYoung):
            change(learner, birth_year=birth_year, may_leave_alone=True)

        learner.person.refresh_from_db()
        assert learner.person.birth_year == 2012

    def test_who_may_not_any_more_has_no_time(self):
        learner = make.learner("李沐辰", "child", may_leave_alone=True, leave_alone_at=time(17, 40))

        change(learner, may_leave_alone=False)

        assert Learner.objects.get().leave_alone_at is None

    def test_the_database_holds_it_too(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            make.learner("李沐辰", "child", leave_alone_at=time(17, 40))


class TestWhoAnswersForAChild:
    def test_a_guardian_with_a_number_settles_what_waited_for_it(self, desk):
        series = make.series("四点半", "child", weekdays=(1,))
        child = make.learner("李沐辰", "child", consent_on=date(2026, 8, 26))
        place = actions.enrol(learner=child, series=series, weekdays=[1], now=NOW)
        assert (place.status, place.why) == ("requested", "缺监护人电话")

        said = desk.post(
            f"/desk/learners/{child.pk}/guardian/",
            {"guardian-name": "李建", "guardian-relation": "爸爸", "guardian-phone": "160 0000 0011"},
            follow=True,
        )

        place.refresh_from_db()
        assert place.status == "confirmed"
        assert "四点半：已入班" in said.content.decode()

    def test_a_guardian_who_is_known_stays_one_person(self, desk):
        known = make.person("李 建", phone="16000000011")
        child = make.learner("李沐辰", "child")

        said = {"guardian-name": "李 建", "guardian-relation": "爸爸", "guardian-phone": "16000000011"}
        desk.post(f"/desk/learners/{child.pk}/guardian/", said)

        assert Guardian.objects.get().person == known

    def test_a_guardian_without_a_number_is_asked_for_it(self, desk):
        child = make.learner("李沐辰", "child")

        said = desk.post(f"/desk/learners/{child.pk}/guardian/", {"guardian-name": "李建", "guardian-relation": "爸爸"})

        assert said.status_code == 422
        assert "请写电话" in said.content.decode()

    def test_who_may_fetch_is_added_once_and_taken_off(self, desk):
        child = make.learner("李沐辰", "child")
        who = {"pickup-name": "曾月娥", "pickup-relation": "外婆", "pickup-phone": ""}

        assert desk.post(f"/desk/learners/{child.pk}/pickup/", who).status_code == 302
        twice = desk.post(f"/desk/learners/{child.pk}/pickup/", who)
        assert (twice.status_code, "外婆曾月娥已经在名单上了" in twice.content.decode()) == (409, True)

        desk.post(f"/desk/learners/pickups/{PickUp.objects.get().pk}/remove/")

        assert not PickUp.objects.exists()
        assert set(AuditEntry.objects.values_list("verb", flat=True)) >= {"加了可以接的人", "去掉了可以接的人"}


class TestPages:
    def test_the_form_keeps_what_it_shows(self, desk):
        learner = make.learner(**SENIOR, level=1, level_text="只会接电话", wishes="视频")
        opened = desk.get(f"/desk/learners/{learner.pk}/edit/")
        typed = {name: value for name, value in opened.context["form"].initial.items() if value is not None}

        done = desk.post(
            f"/desk/learners/{learner.pk}/edit/", typed | {"family_relation": "女儿", "family_phone": "16000000031"}
        )

        assert done.status_code == 302
        learner.refresh_from_db()
        assert (learner.level_text, learner.wishes, learner.family_phone) == ("只会接电话", "视频", "16000000031")

    def test_a_refusal_stands_at_its_field(self, desk):
        child = make.learner("李沐辰", "child")

        said = desk.post(
            f"/desk/learners/{child.pk}/edit/", {"name": "李沐辰", "birth_year": 2018, "may_leave_alone": "yes"}
        )

        assert said.status_code == 422
        assert said.context["form"].errors["may_leave_alone"]

    def test_the_number_of_a_child_stays_though_the_form_has_none(self, desk):
        child = make.learner("李沐辰", "child", phone="16000000011")
        child.person.phone_whose = "妈妈"
        child.person.save()

        desk.post(f"/desk/learners/{child.pk}/edit/", {"name": "李沐辰", "birth_year": 2018})

        child.person.refresh_from_db()
        assert (child.person.phone, child.person.phone_whose) == ("16000000011", "妈妈")

    def test_opening_to_change_is_written_down(self, desk):
        child, senior = make.learner("李沐辰", "child"), make.learner(**SENIOR)

        for one in (child, senior):
            desk.get(f"/desk/learners/{one.pk}/edit/")

        assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
            "打开了孩子的资料",
            "看了完整号码",
        ]

    def test_the_number_of_the_family_is_masked_until_asked_for(self, desk):
        learner = make.learner(**SENIOR, family_name="王敏", family_relation="女儿", family_phone="16000000031")
        for address in ("/desk/learners/", f"/desk/learners/{learner.pk}/"):
            assert "16000000031" not in desk.get(address).content.decode()

        said = desk.post(f"/desk/learners/{learner.pk}/family/").content.decode()

        assert 'href="tel:16000000031"' in said
        assert AuditEntry.objects.filter(verb="看了完整号码", summary="家人（王秀英的资料）").exists()

    def test_the_list_of_children_says_that_there_is_an_allergy_and_not_which(self, desk):
        child = make.learner("李沐辰", "child", health_note="花生过敏", grade=2, class_no=3, school="春晓二小")
        PickUp.objects.create(learner=child, name="曾月娥", relation="外婆")

        said = desk.get("/desk/learners/?kind=child").content.decode()

        assert [word in said for word in ("花生", "李沐辰", "曾月娥", "春晓")] == [False] * 4
        assert [word in said for word in ("<b>有</b>，打开看", "2 年级 3 班", "外婆", "要接")] == [True] * 4

    def test_the_list_of_seniors_names_the_last_helper(self, desk):
        learner = make.learner(**SENIOR)
        series = make.series()
        for day, name in (("2026-09-12", "周远"), ("2026-09-19", "高翔")):
            session = make.session(day, series)
            Pairing.objects.create(
                session=session, learner=learner, volunteer=make.volunteer(name), seat=1, made_at=NOW
            )

        assert 'class="nw">高翔</td>' in desk.get("/desk/learners/").content.decode()
        assert "高翔</a> <span" in desk.get(f"/desk/learners/{learner.pk}/").content.decode()

    def test_whoever_may_only_look_changes_nothing(self, client):
        client.force_login(make.user("kan", role="viewer"))
        child = make.learner("李沐辰", "child")

        assert client.get(f"/desk/learners/{child.pk}/edit/").status_code == 403
        assert client.post(f"/desk/learners/{child.pk}/pickup/", {}).status_code == 403
