"""A new term in one go: last term's classes again, or what programmes usually look like."""

from datetime import date

import pytest
from django.urls import reverse

from classes import actions
from classes.actions import opening, series
from classes.models import Programme, SchoolTerm, Series, SeriesDay, Session, Term
from classes.seeds import PROGRAMMES, seed_reference
from people.models import AuditEntry
from tests import make

pytestmark = pytest.mark.django_db
NOW = make.at("2026-08-20", "10:00")
AUTUMN = {"name": "2026秋", "starts_on": date(2026, 9, 1), "ends_on": date(2027, 1, 22)}
SPRING = {"name": "2027春", "starts_on": date(2027, 3, 1), "ends_on": date(2027, 7, 2)}


@pytest.fixture(autouse=True)
def reference(db):
    """Programmes, lessons and the calendar."""
    seed_reference(NOW)


@pytest.fixture
def desk(client):
    """A member of staff at the desk of a community."""
    make.community()
    client.force_login(make.user())
    return client


def open_term(template="", like=None, **term) -> opening.Opened:
    place = term.pop("community", None) or make.community()
    return opening.open_term(**{**AUTUMN, **term}, community=place, like=like, template=template, now=NOW, actor=None)


def text(response) -> str:
    return response.content.decode()


class TestTemplates:
    def test_the_usual_four_classes_make_a_term_of_about_150_sessions(self):
        opened = open_term("usual")

        assert [one.name for one in opened.series] == ["四点半课堂", "菜鸟学堂·启蒙", "长者基础班", "手机门诊"]
        assert opened.generated.by_programme["四点半课堂"] == 99
        assert 130 <= opened.generated.created == Session.objects.count() <= 160

    def test_programmes_may_have_other_names(self):
        Programme.objects.filter(name="四点半课堂").update(name="放学以后")

        opened = open_term("usual")

        assert opened.series[0].programme.name == "放学以后"
        assert Programme.objects.count() == len(PROGRAMMES)

    def test_a_programme_that_is_gone_is_made_again(self):
        Programme.objects.filter(name="手机门诊").delete()

        assert [one.programme.name for one in open_term("usual").series][3] == "手机门诊"

    def test_a_new_name_lasts_over_the_next_start(self):
        Programme.objects.filter(name="四点半课堂").update(name="放学以后")

        seed_reference(NOW)

        assert not Programme.objects.filter(name="四点半课堂").exists()

    def test_one_of_that_name_made_by_hand_is_taken(self):
        Programme.objects.filter(name="手机门诊").update(code="")

        seed_reference(NOW)

        assert Programme.objects.get(name="手机门诊").code == "desk"

    def test_winter_has_mornings_and_afternoons_for_thirty_children(self):
        winter = {"name": "2027寒假", "starts_on": date(2027, 1, 25), "ends_on": date(2027, 2, 19)}
        SchoolTerm.objects.create(
            level="primary", kind="winter", starts_on=date(2027, 1, 23), ends_on=date(2027, 2, 21)
        )

        opened = open_term("break", **winter)

        found = [(f"{one.starts:%H:%M}", f"{one.ends:%H:%M}", one.capacity) for one in opened.series]
        assert found == [("08:30", "11:30", 30), ("14:30", "17:30", 30)]
        # 20 weekdays, four of them predicted holidays (除夕 to 初五).
        assert opened.generated.created == 2 * 16

    def test_in_term_time_it_does_not_meet(self):
        SchoolTerm.objects.create(level="primary", kind="term", starts_on=date(2026, 9, 1), ends_on=date(2027, 1, 22))

        assert open_term("break").generated.created == 0

    def test_a_term_without_classes(self):
        opened = open_term()

        assert (opened.series, Term.objects.get().name) == ([], "2026秋")


class TestCopying:
    def earlier(self) -> Term:
        """An autumn with a class in a room, every second week, with a learner on it."""
        of = make.series(
            "书法",
            weekdays=(2, 4),
            room=make.room(),
            every_weeks=2,
            week_offset=1,
            stages="B",
            from_on=date(2026, 10, 1),
            programme=Programme.objects.get(name="工作日长者班"),
        )
        actions.enrol(learner=make.learner(), series=of, weekdays=[], now=NOW)
        make.series("别处的班", community=make.community("兴园社区"))
        return of.term

    def test_takes_the_pattern_along_and_leaves_learners_and_limits(self):
        opened = open_term(like=self.earlier(), **SPRING)

        (made,) = opened.series
        assert (made.name, made.room, made.every_weeks, made.week_offset, made.stages) == (
            "书法",
            make.room(),
            2,
            1,
            "B",
        )
        assert (made.from_on, made.enrolments.count()) == (None, 0)
        assert list(SeriesDay.objects.filter(series=made).values_list("weekday", "seats", "taken")) == [
            (2, 12, 0),
            (4, 12, 0),
        ]
        assert opened.generated.created == made.sessions.count() == 18
        assert made.sessions.first().lesson.code == "B01"

    def test_another_community_copies_its_own(self):
        opened = open_term(like=self.earlier(), community=make.community("兴园社区"), **SPRING)

        assert [one.name for one in opened.series] == ["别处的班"]

    def test_a_few_queries_for_any_number_of_classes(self, django_assert_max_num_queries):
        for number in range(12):
            make.series(f"班{number}", weekdays=(number % 7,))
        like = Term.objects.get()

        with django_assert_max_num_queries(75):
            opened = open_term(like=like, **SPRING)

        assert len(opened.series) == 12


class TestRefusals:
    def test_a_name_that_is_taken_leaves_nothing(self):
        open_term("usual")

        with pytest.raises(series.NameTaken):
            open_term("usual")
        assert Series.objects.count() == 4

    def test_a_term_with_classes_is_not_filled(self):
        opened = open_term("usual")

        with pytest.raises(opening.HasClasses):
            opening.fill_term(
                term=opened.term, community=make.community(), like=None, template="usual", now=NOW, actor=None
            )

    def test_a_term_of_another_community_is(self):
        opened = open_term("usual")

        filled = opening.fill_term(
            term=opened.term, community=make.community("兴园社区"), like=None, template="usual", now=NOW, actor=None
        )

        assert len(filled.series) == 4
        assert AuditEntry.objects.first().summary.startswith("2026秋：4 个班")


class TestPage:
    FORM = {"name": "2027春", "starts_on": "2027-03-01", "ends_on": "2027-07-02"}

    def test_asks_four_things_and_makes_the_term(self, desk):
        term = open_term("usual").term

        page = text(desk.get(reverse("desk:term-add")))
        done = text(desk.post(reverse("desk:term-add"), {**self.FORM, "like": f"term:{term.pk}"}, follow=True))

        fields = [name for name in ("name", "starts_on", "ends_on", "like") if f'name="{name}"' in page]
        assert len(fields) == page.count('class="field"') == 4
        assert f'<option value="term:{term.pk}" selected>照着 2026秋（4 个班）</option>' in page
        assert "学期 2027春 排好了：加了 4 个班，" in done
        assert Session.objects.filter(series__term__name="2027春").count() > 100

    def test_without_an_earlier_term_the_usual_is_chosen(self, desk):
        assert '<option value="usual" selected>' in text(desk.get(reverse("desk:term-add")))

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"like": "term:987"}, "没有这个样子"),
            ({"ends_on": "2027-02-01"}, "最后一天要在第一天之后。"),
            ({"name": "2026秋"}, "已经有这个名字的学期"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_made(self, desk, wrong, said):
        open_term()

        response = desk.post(reverse("desk:term-add"), {**self.FORM, "like": "usual", **wrong})

        assert (response.status_code, said in text(response)) == (422, True)
        assert Term.objects.count() == 1

    def test_a_term_that_another_community_made_is_filled_from_its_page(self, desk):
        term = open_term("usual", community=make.community("兴园社区")).term
        where = {"community": make.community().pk}

        page = text(desk.get(reverse("desk:term"), {"term": term.pk, **where}))
        desk.post(f"{reverse('desk:term-fill', args=[term.pk])}?community={where['community']}", {"like": "usual"})

        assert "照这样排" in page
        assert Series.objects.filter(term=term, community=make.community()).count() == 4


class TestWeeksOfAClass:
    """Every second week, by the month, between two dates: said in the form of a class."""

    FORM = {"name": "书法", "weekdays": ["2"], "time": "9:30-11:00", "capacity": "12"}

    def add(self, desk, **more):
        make.term()
        programme = Programme.objects.get(name="菜鸟学堂")
        address = reverse("desk:series-add", args=[Term.objects.get().pk, programme.pk])
        return desk.post(address, {**self.FORM, **more})

    @pytest.mark.parametrize(
        ("rhythm", "weeks"),
        [
            ("", (1, 0, "")),
            ("odd", (2, 0, "")),
            ("even", (2, 1, "")),
            ("month2,4", (1, 0, "2,4")),
            ("month-1", (1, 0, "-1")),
        ],
    )
    def test_is_stored_and_shown_again(self, desk, rhythm, weeks):
        self.add(desk, rhythm=rhythm, from_on="2026-10-01")

        made = Series.objects.get()
        assert (made.every_weeks, made.week_offset, made.month_weeks) == weeks
        assert made.from_on == date(2026, 10, 1)
        page = text(desk.get(reverse("desk:series-edit", args=[made.pk])))
        assert f'<option value="{rhythm}" selected>' in page

    def test_limits_the_wrong_way_round_are_refused(self, desk):
        response = self.add(desk, from_on="2026-10-02", until_on="2026-10-01")

        assert (response.status_code, Series.objects.count()) == (422, 0)

    def test_once_sessions_are_made_it_is_shown_first(self, desk):
        self.add(desk)
        made = Series.objects.get()
        actions.generate_term(term=made.term, now=NOW)

        response = desk.post(reverse("desk:series-edit", args=[made.pk]), {**self.FORM, "rhythm": "odd"})

        made.refresh_from_db()
        assert (response.status_code, made.every_weeks) == (200, 1)
        assert "影响" in text(response)


def test_two_at_once_make_one_term(together):
    seed_reference(NOW)
    place = make.community()

    found = together(3, lambda _: open_term("usual", community=place))

    assert [type(one) for one in found].count(opening.Opened) == 1
    assert (Term.objects.count(), Series.objects.count()) == (1, 4)
