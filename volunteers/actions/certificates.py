"""服务证明: asked for, issued with a number, refused, given up, revoked. Only hours in the ledger count."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.utils import timezone

from classes.models import Community, Programme
from people import audit, outbox
from people.models import User
from volunteers.actions import seats, texts
from volunteers.models import Certificate, ServiceRecord, Volunteer

Status = Certificate.Status


class Refused(Exception):
    """It cannot be asked for or issued; the message is the sentence for the screen."""


class NothingToCertify(Refused):
    """No hours of this community are in the ledger."""


class AlreadyAsked(Refused):
    """One open request of a volunteer at a time."""


class NotOpen(Refused):
    """Somebody has answered the request meanwhile."""


def lines(volunteer: Volunteer, community: Community) -> QuerySet[ServiceRecord]:
    """The ledger of one volunteer at one community: who organises records, who records certifies (办法 art. 3)."""
    return ServiceRecord.objects.filter(volunteer=volunteer, community=community)


@transaction.atomic
def request_certificate(*, volunteer: Volunteer, community: Community, now: datetime) -> Certificate:
    """The volunteer asks. Raises NothingToCertify, AlreadyAsked."""
    seats.lock([volunteer.pk])
    if (lines(volunteer, community).aggregate(sum=Sum("minutes"))["sum"] or 0) <= 0:
        raise NothingToCertify("还没有入账的服务时长。上完课 24 小时后时长入账，那时就能开。")
    try:
        with transaction.atomic():
            return Certificate.objects.create(volunteer=volunteer, community=community, requested_at=now)
    except IntegrityError as error:
        raise AlreadyAsked("已经申请过了，社区开好会告诉您。") from error


@transaction.atomic
def withdraw(*, certificate: Certificate, now: datetime) -> None:
    """The volunteer does not want it any more. Raises NotOpen."""
    _answer(certificate, Status.WITHDRAWN, now)


@transaction.atomic
def reject(*, certificate: Certificate, reason: str, now: datetime, actor: User) -> None:
    """Staff refuses, with the reason that the volunteer reads. Raises Refused, NotOpen."""
    if not reason.strip():
        raise Refused("请写一句为什么不开，志愿者看得到。")
    _answer(certificate, Status.REJECTED, now, reason=reason.strip()[:120])
    audit.write(actor=actor, verb="没开证明", thing=f"certificate:{certificate.pk}", now=now, summary=reason)
    _tell(certificate, now, "certificate-refused", "服务证明没有开", 原因=reason.strip())


@transaction.atomic
def issue(*, certificate: Certificate, now: datetime, actor: User) -> Certificate:
    """Number it and copy what it says. Raises NothingToCertify, NotOpen, Refused."""
    seats.lock([certificate.volunteer_id])
    certificate = Certificate.objects.select_related("volunteer__person", "community").get(pk=certificate.pk)
    found = lines(certificate.volunteer, certificate.community)
    sums = found.aggregate(
        minutes=Sum("minutes"), times=Count("pk", filter=Q(corrects=None)), first=Min("on_date"), last=Max("on_date")
    )
    if (sums["minutes"] or 0) <= 0:
        raise NothingToCertify("这位志愿者在本社区还没有入账的服务时长。")
    if not certificate.community.help_phone:
        raise Refused("证明上要有社区电话，请先在“社区资料”里填上。")
    number = f"{timezone.localdate(now):%Y}-{certificate.pk:06d}"
    _answer(
        certificate,
        Status.ISSUED,
        now,
        number=number,
        issued_at=now,
        issued_by=actor,
        ended_at=None,
        minutes=sums["minutes"],
        times=sums["times"],
        from_on=sums["first"],
        until_on=sums["last"],
        snapshot=_snapshot(certificate, found, actor),
    )
    certificate.refresh_from_db()
    audit.write(actor=actor, verb="开服务证明", thing=f"certificate:{certificate.pk}", now=now, summary=number)
    _tell(certificate, now, "certificate", "服务证明开好了", 编号=number)
    return certificate


@transaction.atomic
def revoke(*, certificate: Certificate, reason: str, now: datetime, actor: User) -> None:
    """It no longer holds; the check page says so. Raises Refused, NotOpen."""
    if not reason.strip():
        raise Refused("请写一句为什么作废。")
    mine = Certificate.objects.filter(pk=certificate.pk, status=Status.ISSUED)
    if not mine.update(status=Status.REVOKED, ended_at=now, reason=reason.strip()[:120]):
        raise NotOpen("这张证明已经作废了，或者还没有开。")
    audit.write(actor=actor, verb="作废证明", thing=f"certificate:{certificate.pk}", now=now, summary=reason)
    _tell(
        certificate,
        now,
        "certificate-revoked",
        "服务证明作废了",
        编号=certificate.number or "",
        原因=reason.strip(),
    )


def _answer(certificate: Certificate, status: str, now: datetime, **values: Any) -> None:
    """Give the one answer to a request: the row count is the lock."""
    mine = Certificate.objects.filter(pk=certificate.pk, status=Status.REQUESTED)
    if not mine.update(status=status, **{"ended_at": now, **values}):
        raise NotOpen("这个申请刚刚已经有人处理了。")


def _snapshot(certificate: Certificate, found: QuerySet[ServiceRecord], actor: User) -> dict[str, Any]:
    community = certificate.community
    kinds = found.values("kind").annotate(minutes=Sum("minutes"), times=Count("pk", filter=Q(corrects=None)))
    return {
        "name": str(certificate.volunteer),
        "volunteer_number": f"{certificate.volunteer_id:06d}",
        "issuer": f"{community.street}{community.name}",
        "in_charge": community.help_name,
        "handler": actor.get_full_name() or actor.username,
        "contact": community.help_phone,
        "services": [
            {"what": WHAT[row["kind"]], "minutes": row["minutes"], "times": row["times"]}
            for row in kinds.order_by("-minutes")
        ],
    }


# What was done, in the words of a certificate.
WHAT = {
    Programme.Kind.SENIOR: "菜鸟学堂：教老人用智能手机",
    Programme.Kind.CHILD: "四点半课堂：放学后陪护和作业答疑",
    Programme.Kind.DESK: "手机门诊：为居民解答手机问题",
}


def _tell(certificate: Certificate, now: datetime, kind: str, subject: str, **values: str) -> None:
    volunteer = Volunteer.objects.select_related("person").get(pk=certificate.volunteer_id)
    outbox.write(
        person=volunteer.person,
        kind=kind,
        about=f"certificate:{certificate.pk}",
        subject=subject,
        body=texts.say(kind, 称呼=str(volunteer), **values),
        link=f"/me/{volunteer.token}/",
        now=now,
    )
