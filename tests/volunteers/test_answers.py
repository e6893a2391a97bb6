"""Only the volunteer makes a place agreed, and may change their mind while it is free."""

from datetime import timedelta

import pytest

from people.models import AuditEntry
from tests import make
from volunteers.actions import answers
from volunteers.models import Assignment, Offer

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")
STARTS = make.at("2026-09-12", "09:30")


@pytest.fixture
def helpers():
    return make.shift(make.session("2026-09-12"), needed=1)


@pytest.fixture
def offer(helpers) -> Offer:
    placed = make.assignment(helpers, make.volunteer(), status="offered")
    return Offer.objects.create(assignment=placed, made_at=NOW, expires_at=NOW + timedelta(days=2))


def now_of(assignment) -> tuple[str, int]:
    """Status and the counter of the shift."""
    assignment = Assignment.objects.select_related("shift").get(pk=assignment.pk)
    return assignment.status, assignment.shift.taken


def take_the_place(helpers):
    helpers.refresh_from_db()
    return make.assignment(helpers, make.volunteer("林淑芬"))


class TestYes:
    def test_an_accepted_offer_is_agreed(self, offer):
        answers.accept_offer(offer=offer, now=NOW)

        offer.refresh_from_db()
        assert offer.answer == "yes"
        assert now_of(offer.assignment) == ("accepted", 1)

    def test_saying_it_twice_is_saying_it_once(self, offer):
        answers.accept_offer(offer=offer, now=NOW)
        answers.accept_offer(offer=offer, now=NOW + timedelta(minutes=1))

        assert AuditEntry.objects.filter(verb="能来").count() == 1

    def test_an_expired_offer_is_refused(self, offer):
        with pytest.raises(answers.OfferExpired):
            answers.accept_offer(offer=offer, now=offer.expires_at)

    def test_a_released_place_cannot_be_accepted(self, offer):
        Assignment.objects.update(status="released")

        with pytest.raises(answers.NotPlaced):
            answers.accept_offer(offer=offer, now=NOW)


class TestNo:
    def test_declining_frees_the_place(self, offer):
        answers.decline_offer(offer=offer, now=NOW)

        offer.refresh_from_db()
        assert offer.answer == "no"
        assert now_of(offer.assignment) == ("declined", 0)

    def test_the_organiser_sees_the_gap_and_who_said_it(self, offer, helpers):
        answers.decline_offer(offer=offer, now=NOW)

        helpers.refresh_from_db()
        assert helpers.gap_marked_at == NOW
        assert AuditEntry.objects.get(verb="来不了").actor_label == "周远"

    def test_it_is_never_too_late_to_decline_an_expired_offer(self, offer):
        answers.decline_offer(offer=offer, now=offer.expires_at)

        assert now_of(offer.assignment) == ("declined", 0)

    def test_saying_it_twice_frees_one_place(self, offer):
        answers.decline_offer(offer=offer, now=NOW)
        answers.decline_offer(offer=offer, now=NOW)

        assert now_of(offer.assignment) == ("declined", 0)

    def test_an_agreed_place_can_be_given_back(self, helpers):
        agreed = make.assignment(helpers, make.volunteer())

        answers.withdraw(assignment=agreed, now=NOW)

        assert now_of(agreed) == ("declined", 0)

    def test_once_it_has_begun_only_the_telephone_helps(self, offer):
        with pytest.raises(answers.NotHeld, match="打社区电话"):
            answers.decline_offer(offer=offer, now=STARTS)

    def test_a_draft_is_not_the_volunteers_business(self, helpers):
        draft = make.assignment(helpers, make.volunteer(), status="draft")

        with pytest.raises(answers.NotPlaced):
            answers.withdraw(assignment=draft, now=NOW)


class TestChangingOnesMind:
    def test_the_place_comes_back_while_it_is_free(self, offer):
        answers.decline_offer(offer=offer, now=NOW)

        answers.accept_offer(offer=offer, now=NOW)

        offer.refresh_from_db()
        assert offer.answer == "yes"
        assert now_of(offer.assignment) == ("accepted", 1)

    def test_not_when_somebody_else_has_it(self, offer, helpers):
        answers.decline_offer(offer=offer, now=NOW)
        take_the_place(helpers)

        with pytest.raises(answers.SeatRefilled):
            answers.come_back(assignment=offer.assignment, now=NOW)
        assert now_of(offer.assignment) == ("declined", 1)

    def test_not_when_the_time_was_promised_elsewhere_meanwhile(self, offer):
        answers.decline_offer(offer=offer, now=NOW)
        other = make.shift(make.session("2026-09-12", of=make.series("进阶")))
        make.assignment(other, offer.assignment.volunteer)

        with pytest.raises(answers.Refused):
            answers.come_back(assignment=offer.assignment, now=NOW)
        assert now_of(offer.assignment) == ("declined", 0)


class TestSilence:
    def test_an_unanswered_place_is_set_free_at_its_hour(self, offer):
        assert answers.expire_offers(now=offer.expires_at - timedelta(seconds=1)) == 0
        assert answers.expire_offers(now=offer.expires_at) == 1
        assert now_of(offer.assignment) == ("released", 0)

    def test_it_happens_once(self, offer):
        answers.expire_offers(now=offer.expires_at)

        assert answers.expire_offers(now=offer.expires_at) == 0

    def test_an_answer_after_that_is_too_late(self, offer):
        answers.expire_offers(now=offer.expires_at)

        with pytest.raises(answers.OfferExpired):
            answers.accept_offer(offer=offer, now=offer.expires_at)

    def test_who_answered_keeps_the_place(self, offer):
        answers.accept_offer(offer=offer, now=NOW)

        assert answers.expire_offers(now=offer.expires_at) == 0
