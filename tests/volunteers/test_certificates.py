"""服务证明: asked for, issued from the ledger, checked by code, revoked."""

from datetime import timedelta

import pytest

from classes.models import Community
from people.models import Message
from tests import make
from volunteers.actions import certificates
from volunteers.models import Certificate, CheckIn, ServiceRecord

pytestmark = pytest.mark.django_db
NOW = make.at("2026-10-01", "10:00")


def served(who, day="2026-09-12", minutes=90, of=None):
    """A line of the ledger."""
    starts = make.at(day, "09:30")
    of = of or make.series(f"班{CheckIn.objects.count()}")
    visit = CheckIn.objects.create(
        volunteer=who, series=of, on_date=starts.date(), arrived_at=starts, left_at=starts + timedelta(minutes=minutes)
    )
    return ServiceRecord.objects.create(
        volunteer=who,
        checkin=visit,
        community=of.community,
        on_date=visit.on_date,
        starts_at=visit.arrived_at,
        ends_at=visit.left_at,
        minutes=minutes,
        kind=of.programme.kind,
        what=of.name,
        recorded_at=NOW,
    )


@pytest.fixture
def who():
    Community.objects.filter(pk=make.community().pk).update(help_phone="029-80000001", street="春晓街道")
    return make.volunteer("周远")


def asked(who, now=NOW):
    return certificates.request_certificate(volunteer=who, community=make.community(), now=now)


def test_nothing_served_is_nothing_to_certify(who):
    with pytest.raises(certificates.NothingToCertify):
        asked(who)


def test_one_request_at_a_time(who):
    served(who)
    first = asked(who)
    with pytest.raises(certificates.AlreadyAsked):
        asked(who)

    certificates.withdraw(certificate=first, now=NOW)

    assert asked(who).status == "requested"


def test_it_says_what_the_ledger_of_this_community_says_and_keeps_saying_it(who):
    record = served(who)
    served(who, "2026-09-19", 60)
    served(who, "2026-09-20", of=make.series("别处", community=make.community("兴园社区")))
    chen = make.user(first_name="陈社工")

    issued = certificates.issue(certificate=asked(who), now=NOW, actor=chen)
    served(who, "2026-09-26")

    issued.refresh_from_db()
    assert (issued.minutes, issued.times, issued.number) == (150, 2, f"2026-{issued.pk:06d}")
    assert (issued.from_on, issued.until_on) == (record.on_date, make.at("2026-09-19").date())
    assert issued.snapshot["issuer"] == "春晓街道梧桐社区"
    assert issued.snapshot["handler"] == "陈社工"
    assert issued.snapshot["services"][0]["minutes"] == 150
    assert Message.objects.get(kind="certificate").person == who.person


def test_it_is_answered_once(who):
    served(who)
    request = asked(who)
    chen = make.user()
    certificates.issue(certificate=request, now=NOW, actor=chen)

    with pytest.raises(certificates.NotOpen):
        certificates.reject(certificate=request, reason="重复", now=NOW, actor=chen)
    with pytest.raises(certificates.NotOpen):
        certificates.issue(certificate=request, now=NOW, actor=chen)


def test_a_refusal_and_a_revocation_want_a_reason(who):
    served(who)
    request = asked(who)
    chen = make.user()
    with pytest.raises(certificates.Refused):
        certificates.reject(certificate=request, reason="", now=NOW, actor=chen)
    issued = certificates.issue(certificate=request, now=NOW, actor=chen)
    with pytest.raises(certificates.Refused):
        certificates.revoke(certificate=issued, reason="", now=NOW, actor=chen)

    certificates.revoke(certificate=issued, reason="名字写错", now=NOW, actor=chen)

    assert Certificate.objects.get().status == "revoked"
