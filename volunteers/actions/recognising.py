"""Whose phone this is: the last four digits on a new one, a code by SMS when the link is lost, or its WeChat."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from people import audit, outbox
from people.workbooks.phones import read_phone
from volunteers.actions import texts
from volunteers.models import LinkCode, Volunteer, WeChatLink

GOOD_FOR = timedelta(minutes=10)
CODES_A_DAY = 5
KIND = "link-code"


class CodeRefused(Exception):
    """The code is not the one that was sent, or is old; the message says what to do."""


def recognise(*, volunteer: Volunteer, now: datetime) -> None:
    """A phone is known to be theirs from now on; the first time is kept."""
    if Volunteer.objects.filter(pk=volunteer.pk, linked_at=None).update(linked_at=now):
        audit.write(
            actor=None, label=str(volunteer), verb="认出手机", thing=f"volunteer:{volunteer.pk}", now=now, summary=""
        )


@transaction.atomic
def send_code(*, phone: str, now: datetime) -> None:
    """Send six digits to a volunteer's number; nothing for a number that nobody has.

    The caller says the same in both cases, so that nobody learns who is a volunteer. At most
    CODES_A_DAY a day go to one number.
    """
    number = read_phone(phone).number
    staying = Volunteer.objects.exclude(status=Volunteer.Status.LEFT).select_for_update()
    volunteer = staying.filter(mobile=number).first() if number else None
    if volunteer is None or volunteer.link_codes.filter(made_at__gt=now - timedelta(days=1)).count() >= CODES_A_DAY:
        return
    digits = f"{secrets.randbelow(1_000_000):06d}"
    code = LinkCode.objects.create(
        volunteer=volunteer, digest=_digest(volunteer, digits), made_at=now, expires_at=now + GOOD_FOR
    )
    outbox.write(
        person=volunteer.person,
        kind=KIND,
        about=f"code:{code.pk}",
        subject="找回我的页面",
        body=texts.say(KIND, 验证码=digits, 几分钟=str(GOOD_FOR // timedelta(minutes=1))),
        link="",
        now=now,
        happens_at=now,
        useless_after=code.expires_at,
        facts={"digits": digits},
    )


def use_code(*, phone: str, digits: str, now: datetime) -> Volunteer:
    """The volunteer whose number and latest code these are; the code is spent. Raises CodeRefused."""
    number = read_phone(phone).number
    codes = LinkCode.objects.filter(volunteer__mobile=number, used_at=None, expires_at__gt=now)
    staying = codes.exclude(volunteer__status=Volunteer.Status.LEFT).select_related("volunteer__person")
    code = staying.order_by("-id").first()
    if code is None:
        raise CodeRefused("验证码过期了，或者没有发过，请再要一次。")
    # Counted before it is looked at: many guesses at one moment are many tries.
    if not LinkCode.objects.filter(pk=code.pk, tries__lt=LinkCode.MOST_TRIES).update(tries=F("tries") + 1):
        raise CodeRefused("试错太多次了，请再要一个验证码。")
    if not constant_time_compare(code.digest, _digest(code.volunteer, digits)):
        raise CodeRefused("验证码不对，请再看一眼短信。")
    if not LinkCode.objects.filter(pk=code.pk, used_at=None).update(used_at=now):
        raise CodeRefused("这个验证码用过了，请再要一次。")
    Volunteer.objects.filter(pk=code.volunteer_id).update(proven_at=now)
    recognise(volunteer=code.volunteer, now=now)
    return code.volunteer


# --- WeChat ---------------------------------------------------------------------------------------


def link_wechat(*, token: str, digest: str, now: datetime) -> None:
    """A WeChat account is this volunteer's from now on, whosever it was before; nothing for a token of nobody."""
    volunteer = Volunteer.objects.exclude(status=Volunteer.Status.LEFT).filter(token=token).first()
    if volunteer is None or WeChatLink.objects.filter(digest=digest, volunteer=volunteer).exists():
        return
    WeChatLink.objects.update_or_create(digest=digest, defaults={"volunteer": volunteer, "linked_at": now})


def unlink_wechat(*, token: str, digest: str) -> None:
    """不是我: this account is not this volunteer's. Without a digest, none of theirs is known any more."""
    links = WeChatLink.objects.filter(volunteer__token=token)
    (links.filter(digest=digest) if digest else links).delete()


def of_wechat(*, digest: str, now: datetime) -> Volunteer | None:
    """The volunteer whose WeChat account this is; None for one that nobody has linked."""
    staying = WeChatLink.objects.exclude(volunteer__status=Volunteer.Status.LEFT)
    link = staying.select_related("volunteer__person").filter(digest=digest).first()
    if link is None:
        return None
    recognise(volunteer=link.volunteer, now=now)
    return link.volunteer


def _digest(volunteer: Volunteer, digits: str) -> str:
    return salted_hmac(f"volunteers.link-code.{volunteer.pk}", digits, algorithm="sha256").hexdigest()
