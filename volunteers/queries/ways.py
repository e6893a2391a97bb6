"""Ways out of a gap, in the words that organisers read; names are looked up, never kept."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from volunteers.models import Shift, Volunteer

NAMED = 4


@dataclass(frozen=True, slots=True)
class WayOut:
    """One thing to do about a gap: words, what stands behind them, where to do it.

    `checked`: a small solve has confirmed it. `asks` are the people whom one click asks; `address` is
    where the rest is done, under the words of `button`.
    """

    text: str
    detail: str
    page: str = ""
    checked: bool = False
    asks: tuple[int, ...] = ()
    address: str = ""
    button: str = "去看看"


def checked(way: dict[str, Any], people: dict[int, Volunteer], shift: Shift, *, held: bool) -> WayOut:
    """A way out that a small solve has confirmed; `held` tells whether the session takes place now."""
    if way["kind"] == "ask":
        agree = "点头的话，" if any(way["limits"]) else ""
        said = "，".join(_questions(way, people, shift))
        return WayOut(said, agree + _result(way, held), checked=True, asks=_known(way, people))
    if way["kind"] == "move":
        name, *others = way["people"]
        then = f"那一场少 {way['numbers']['lost']} 位，不低于最少的 {way['numbers']['floor']} 位"
        behind = f"那边由{_names(others, people)}顶上" if others else "那一场照样够"
        detail = f"{_result(way, held)}；{then if way['numbers']['lost'] else behind}"
        there = reverse("desk:session", args=[way["numbers"]["from"]])
        words = f"把{_names([name], people)}从{way['from']}换过来"
        return WayOut(words, detail, checked=True, address=there, button="看那一场")
    if way["kind"] == "lower":
        text, _, detail = way["text"].partition("，")
        series = reverse("desk:series-edit", args=[shift.session.series_id])
        return WayOut(text, detail, checked=True, address=series, button="改人数")
    text, _, detail = way["text"].rpartition("，这一场" if not held else "，补上")
    return WayOut(text or way["text"], _result(way, held), checked=True)


def _questions(way: dict[str, Any], people: dict[int, Volunteer], shift: Shift) -> list[str]:
    """One question for each limit that people are asked to go beyond, the free ones last."""
    ask = {
        "week-limit": "问{}这周能不能多来一次",
        "month-limit": "问{}这个月能不能多来一次",
        "total-limit": "问{}这段时间能不能多来一次",
        "free": "问{}这个时间能不能来",
        "programme": f"问{{}}愿不愿意来一次{shift.session.series.programme}",
        "": "再请{}来",
    }
    by_limit: dict[str, list[int]] = {}
    for person, limit in zip(way["people"], way["limits"], strict=True):
        by_limit.setdefault(limit, []).append(person)
    return [words.format(_names(by_limit[limit], people)) for limit, words in ask.items() if limit in by_limit]


def _names(ids: list[int], people: dict[int, Volunteer]) -> str:
    names = [str(people[pk]) for pk in ids if pk in people]
    more = f" 等 {len(names)} 位" if len(names) > NAMED else ""
    return "、".join(names[:NAMED]) + more


def _result(way: dict[str, Any], held: bool) -> str:
    left = f"，还缺 {way['left']} 位" if way["left"] else ""
    return f"补上 {way['filled']} 个名额{left}" if held else f"这一场就开得起来{left}"


def _known(way: dict[str, Any], people: dict[int, Volunteer]) -> tuple[int, ...]:
    return tuple(pk for pk in way["people"] if pk in people)


def counted(way: dict[str, Any], people: dict[int, Volunteer]) -> WayOut:
    """A way out that nobody has checked: who is kept away by one rule."""
    asks = _known(way, people)
    names = "、".join(str(people[pk]) for pk in way["people"] if pk in people)
    names += " 等人" if way["count"] > len(way["people"]) else ""
    count = way["count"]
    return {
        "week-limit": WayOut(f"问{names}能不能多来一次", f"{count} 人这周已到自己说的上限", asks=asks),
        "free": WayOut(f"问{names}这个时间能不能来", f"{count} 人别的都合适，只是没填这个时间", asks=asks),
        "one-place": WayOut(f"把{names}从同一时间的另一场换过来", f"{count} 人在那边"),
        "lesson": WayOut("看看还有谁能当讲师", f"{count} 人没有勾“可以当讲师”", "desk:volunteers"),
        "clearance": WayOut(f"给{names}补办背景查询", f"{count} 人当天没有有效的查询", "desk:volunteers"),
        "newcomers": WayOut(
            "先请一位有经验的人",
            f"有老手在，{count} 位新人就能一起来。谁来帮过忙，在志愿者页勾上“以前来帮过忙”",
            "desk:volunteers",
        ),
    }[way["kind"]]
