"""Words about rosters for templates."""

from django import template

from volunteers.models import Assignment, Availability
from volunteers.queries import people

register = template.Library()

SOURCES = {
    "staff": "社区安排",
    "proposal": "自动排班",
    "sign_up": "自己报名",
    "import": "从名单导入",
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
