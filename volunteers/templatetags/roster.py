"""Words about rosters for templates."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from volunteers.models import Assignment, Availability
from volunteers.queries import people

register = template.Library()

SOURCES = {
    "staff": "社区安排",
    "proposal": "自动排班",
    "sign_up": "自己报名",
    "import": "从名单导入",
    "copy": "照抄上周",
}


@register.filter
def source_words(assignment: Assignment) -> str:
    """How an assignment came about."""
    return SOURCES.get(assignment.source, assignment.source)


@register.filter
def window_words(window: Availability) -> str:
    """One window of availability as a sentence."""
    return people.availability_words(window)


@register.filter
def at(table: dict[int, list[str]], key: int) -> list[str]:
    """What a table holds under a key; nothing where there is no such key."""
    return table.get(key, [])


@register.filter
def of_place(seen: dict[int, Any], place: Any) -> Any:
    """What is known of the one who has a place; nothing of a place that nobody has."""
    return seen.get(place.assignment.pk) if place.assignment else None


# The plane of a curve inside its picture, in units of the viewBox: left, top, width, height.
LEFT, TOP, WIDE, HIGH = 44, 26, 252, 130


@register.simple_tag
def curve(points: Sequence[dict[str, Any]], upper: str, lower: str, present: int | None = None) -> SafeString:
    """What giving in one wish (to the right) wins in the next (upwards): a numbered mark for each point.

    `present` is the index of the point that the proposal itself stands on: its mark is filled.
    """
    most_gives, most_wins = max([1, *(p["gives"] for p in points)]), max([1, *(p["wins"] for p in points)])
    places = [
        (round(LEFT + WIDE * p["gives"] / most_gives), round(TOP + HIGH * (1 - p["wins"] / most_wins))) for p in points
    ]
    marks = format_html_join(
        "",
        '<g class="{}"><circle cx="{}" cy="{}" r="11"/><text x="{}" y="{}">{}</text></g>',
        (
            (
                ("sure" if point["proven"] else "open") + (" here" if number - 1 == present else ""),
                x,
                y,
                x,
                y + 5,
                number,
            )
            for number, (point, (x, y)) in enumerate(zip(points, places, strict=True), 1)
        ),
    )
    words = "；".join(f"第 {n} 点：{upper}让 {p['gives']}，{lower}好 {p['wins']}" for n, p in enumerate(points, 1))
    return format_html(
        '<svg class="curve" role="img" aria-label="{}" viewBox="0 0 320 200">'
        '<path class="axis" d="M{} {}V{}H{}"/><polyline points="{}"/>{}'
        '<text class="y" x="4" y="15">↑ {}更好</text><text class="x" x="316" y="194">{}让得更多 →</text></svg>',
        words,
        LEFT - 18,
        TOP - 6,
        TOP + HIGH + 16,
        LEFT + WIDE + 18,
        " ".join(f"{x},{y}" for x, y in places),
        marks,
        lower,
        upper,
    )
