"""Where an import goes: a community and a term by name, made when they are not there yet."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import ForeignObjectRel

from classes.models import CalendarDay, Community, Lesson, Programme, Term
from classes.seasons import SEASON, Span, span_of
from classes.seeds import seed_reference
from people import workbooks
from people.models import User
from people.workbooks import UnreadableFile
from volunteers.models import ImportBatch
from volunteers.seeds import seed_roles

from .batches import must_be_preview, preview

LONGEST = 366  # days


class TermUnknown(Exception):
    """Neither the name nor the files say from when to when the term runs; the message is a sentence."""


@transaction.atomic
def receive(
    *,
    files: list[tuple[str, bytes]],
    text: str,
    community: str,
    term: str,
    now: datetime,
    actor: User | None = None,
) -> ImportBatch:
    """Preview files and text for a community and a term given by name.

    Reference data, community and term are made when they are missing. Raises TermUnknown,
    NothingToRead; then nothing has changed.
    """
    if not (Programme.objects.exists() and Lesson.objects.exists() and CalendarDay.objects.exists()):
        seed_reference(now)
    seed_roles()
    made_community = not Community.objects.filter(name=community.strip()).exists()
    made_term = not Term.objects.filter(name=term.strip()).exists()
    place = community_named(community)
    season = term_named(term, files=files, text=text)
    batch = preview(files=files, text=text, community=place, term=season, now=now, actor=actor)
    batch.made_community, batch.made_term = made_community, made_term
    batch.save(update_fields=["made_community", "made_term"])
    return batch


@transaction.atomic
def discard(*, batch: ImportBatch) -> None:
    """Throw a preview away, with the community and term it had to make. Raises AlreadyDone.

    Another import for the same place inherits them; whatever else uses them keeps them.
    """
    must_be_preview(batch)
    community, term = batch.community, batch.term
    batch.delete()
    if batch.made_community and not ImportBatch.objects.filter(community=community).update(made_community=True):
        _remove_unused(community)
    if batch.made_term and not ImportBatch.objects.filter(term=term).update(made_term=True):
        _remove_unused(term)


def _remove_unused(thing: Community | Term) -> None:
    links = [link for link in thing._meta.get_fields(include_hidden=True) if isinstance(link, ForeignObjectRel)]
    if not any(link.related_model._default_manager.filter(**{link.field.name: thing}).exists() for link in links):
        thing.delete()


def community_named(name: str) -> Community:
    """The community of that name."""
    return Community.objects.get_or_create(name=name.strip())[0]


def term_named(name: str, *, files: Iterable[tuple[str, bytes]] = (), text: str = "") -> Term:
    """The term of that name. A new one runs as the files' titles say, else as its season does.

    Raises TermUnknown.
    """
    name = name.strip()
    known = Term.objects.filter(name=name).first()
    if known:
        return known
    span = _said(name, files, text) or span_of(name)
    if span is None:
        raise TermUnknown(f"看不出“{name}”从哪天到哪天。请写成“2026秋”“2027春”这样，年份加季节。")
    return Term.objects.get_or_create(name=name, defaults={"starts_on": span[0], "ends_on": span[1]})[0]


def _said(name: str, files: Iterable[tuple[str, bytes]], text: str) -> Span | None:
    """The dates in the title of a sheet that speaks of this term."""
    found = SEASON.search(name)
    own = found[1] + found[2] if found else ""
    year = int(found[1]) if found else date.min.year
    for sheet in _sheets(files, text, year):
        starts, ends = sheet.facts.get("term_starts"), sheet.facts.get("term_ends")
        same = not own or sheet.facts.get("term", own) == own
        if same and starts and ends and 0 <= (ends - starts).days <= LONGEST and (not own or starts.year == year):
            return starts, ends
    return None


def _sheets(files: Iterable[tuple[str, bytes]], text: str, year: int) -> Iterable[workbooks.Sheet]:
    for name, content in files:
        try:
            yield from workbooks.read(name, content, year=year)
        except UnreadableFile:
            continue  # the preview lists it with its sentence
    if text.strip():
        try:
            yield from workbooks.read_text(text, year=year)
        except UnreadableFile:
            return
