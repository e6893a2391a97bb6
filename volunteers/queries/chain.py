"""Who may be meant by a line of a 接龙 that gives no full name."""

from collections.abc import Iterable
from dataclasses import dataclass

from people import names
from volunteers.models import ImportRow, Volunteer

MOST = 30


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody on the list, or in the same import: name, mobile, organisation."""

    name: str
    phone: str
    organisation: str

    @property
    def value(self) -> str:
        """What the form sends."""
        return f"{self.name} {self.phone}"

    def __str__(self) -> str:
        return "，".join(filter(None, [self.name, f"尾号 {self.phone[-4:]}", self.organisation]))


def candidates(rows: Iterable[ImportRow]) -> dict[int, list[Candidate]]:
    """By row id, for lines whose name is not clear: those of that surname or name, else everybody.

    One query when there are such lines, none otherwise.
    """
    rows = list(rows)
    unclear = [row for row in rows if row.kind == "jielong" and "name" in row.wrong_fields]
    if not unclear:
        return {}
    known = everybody(rows)
    return {row.pk: like(str(row.fields.get("name") or ""), known) for row in unclear}


def everybody(rows: Iterable[ImportRow]) -> list[Candidate]:
    """The volunteers there are, and those of the same import, each mobile once, by name."""
    found = {
        row.fields["phone"]: Candidate(row.fields["name"], row.fields["phone"], row.fields.get("organisation") or "")
        for row in rows
        if row.kind == "volunteers" and row.verdict in (ImportRow.Verdict.NEW, ImportRow.Verdict.SAME)
    }
    for one in Volunteer.objects.exclude(status="left").select_related("person", "organisation"):
        found[one.mobile] = Candidate(one.person.name, one.mobile, one.organisation.name if one.organisation else "")
    return sorted(found.values(), key=lambda one: (one.name, one.phone))


def like(name: str, known: Iterable[Candidate]) -> list[Candidate]:
    """Those of the name or its surname; a nickname may be anybody, as far as the list stays short."""
    known = list(known)
    surname = names.clean(name)[:1]
    near = [one for one in known if surname and one.name.startswith(surname)]
    return (near or known)[:MOST]


def said_by(person: str, row: ImportRow) -> str:
    """The line as if that person (name and mobile) had written it, the words after the name kept."""
    return " ".join(filter(None, [person, str(row.fields.get("text") or "")]))
