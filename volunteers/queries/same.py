"""Who may be in the list twice: one name and something else alike, or one phone under two names."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q

from classes.models import Community, Learner
from people.models import Merge, Person
from volunteers.models import Volunteer

TAIL = 4
Entry = Volunteer | Learner


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries, the older one first, and why they look alike."""

    kept: Entry
    gone: Entry
    why: str


def pairs(*, kind: str, community: Community) -> list[Pair]:
    """Every pair once, by the strongest reason. Two queries at most."""
    found: dict[tuple[int, int], Pair] = {}
    people = entries(kind, community)
    for why, key in REASONS:
        for kept, gone in alike(people, key):
            found.setdefault((kept.pk, gone.pk), Pair(kept, gone, why))
    return list(found.values())


def entries(kind: str, community: Community) -> list[Entry]:
    """Everybody who could be one of two."""
    if kind == Merge.Kind.LEARNER:
        return list(Learner.objects.filter(community=community).select_related("person").order_by("pk"))
    rows = Volunteer.objects.filter(Q(home=community) | Q(home=None)).exclude(status=Volunteer.Status.LEFT)
    return list(rows.select_related("person", "organisation").order_by("pk"))


def kind_of(one: Entry) -> str:
    """A senior and a child are never one."""
    return one.kind if isinstance(one, Learner) else ""


def by_name_and_tail(one: Entry) -> Hashable:
    """Nothing where there is no phone."""
    person = one.person
    return (kind_of(one), person.name, person.phone[-TAIL:]) if person.phone else None


def by_name_and_birth(one: Entry) -> Hashable:
    """Nothing where nobody knows the year."""
    person = one.person
    return (kind_of(one), person.name, person.birth_year, person.birth_month) if person.birth_year else None


def by_phone(one: Entry) -> Hashable:
    """Couples share a phone: one character of the name has to be alike too (see alike)."""
    person = one.person
    return (kind_of(one), person.phone, "phone") if person.phone else None


REASONS: tuple[tuple[str, Callable[[Entry], Hashable]], ...] = (
    ("同名，电话尾号也一样", by_name_and_tail),
    ("同名，出生年月也一样", by_name_and_birth),
    ("同一个电话，名字像", by_phone),
)


def alike(people: Iterable[Entry], key: Callable[[Entry], Hashable]) -> Iterator[tuple[Entry, Entry]]:
    """Pairs with one key; under one phone the names have to differ in one character at most."""
    groups: dict[Hashable, list[Entry]] = defaultdict(list)
    for one in people:
        if (mine := key(one)) is not None:
            groups[mine].append(one)
    for group in groups.values():
        for number, gone in enumerate(group):
            yield from ((kept, gone) for kept in group[:number] if near(kept.person, gone.person))


def near(one: Person, other: Person) -> bool:
    """Whether one name may be the other, typed wrongly."""
    if one.name == other.name:
        return True
    differ = sum(a != b for a, b in zip(one.name, other.name, strict=False)) + abs(len(one.name) - len(other.name))
    return differ == 1 and one.name[0] == other.name[0]
