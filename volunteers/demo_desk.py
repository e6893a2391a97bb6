"""What residents have asked for in the demonstration: some wait, some are placed, one is served."""

from datetime import datetime, timedelta

from classes.actions import requesting
from classes.models import Community, Request
from classes.queries import requests as queries
from people.models import User

ASKED: tuple[tuple[str, str, str, list[str], str, int], ...] = (
    ("王淑芬", "16000040001", "想跟外地孙子视频聊天", ["we-am", "we-pm"], "phone", 4),
    ("李建业", "029-80004002", "自己在手机上挂号", ["wk-am"], "phone", 3),
    ("解桂兰", "16000040003", "认出骗子的短信", [], "page", 2),
    ("长孙秀珍", "16000040004", "用手机看公交到哪儿了", ["wk-pm"], "page", 1),
    ("单国强", "16000040005", "把字调大一点", ["we-am"], "page", 0),
)


def asked(community: Community, now: datetime, chen: User) -> None:
    """Five wait with a session that suits or without, two have a place."""
    made = []
    for name, phone, wish, times, channel, days in ASKED:
        made.append(
            requesting.ask(
                community=community,
                name=name,
                phone=phone,
                wish=wish,
                lesson=None,
                times=times,
                consent=True,
                channel=channel,
                now=now - timedelta(days=days),
            )
        )
    for request in made[:2]:
        rows = queries.rows_of([request], community, now, now + queries.AHEAD)
        if rows[0].suggestions:
            place(request, rows[0].suggestions[0], now, chen)


def place(request: Request, suggestion: queries.Suggestion, now: datetime, chen: User) -> None:
    """Into the session that suits best, unless it has filled up."""
    try:
        requesting.place(request=request, session=suggestion.session, now=now, actor=chen)
    except requesting.NoFreeSeat:
        return
