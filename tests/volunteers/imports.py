"""What the tests of the import share: the sample files, a state of all tables, small tables as text."""

from collections import Counter
from pathlib import Path

from django.apps import apps
from django.db.models import Model

from people.models import AuditEntry
from tests import make
from volunteers import intake
from volunteers.models import ImportBatch, ImportRow

SAMPLES = Path(intake.__file__).resolve().parent.parent / "samples"
NOW = make.at("2026-09-05", "10:00")
# The trail of what was done is the one thing undo adds to.
TRAIL = (AuditEntry, ImportBatch, ImportRow)


def sample(name: str) -> tuple[str, bytes]:
    """A sample file as it is uploaded."""
    return name, (SAMPLES / name).read_bytes()


def samples() -> list[tuple[str, bytes]]:
    """All sample files."""
    return [sample(path.name) for path in sorted(SAMPLES.iterdir())]


def table(*lines: str, name: str = "表.csv", encoding: str = "utf-8") -> tuple[str, bytes]:
    """A CSV file of these lines."""
    return name, "\n".join(lines).encode(encoding)


def preview(*files: tuple[str, bytes], text: str = "", now=NOW) -> ImportBatch:
    """A preview for the usual community and term."""
    return intake.receive(files=list(files), text=text, community="梧桐社区", term="2026秋", now=now)


def bring(*files: tuple[str, bytes], text: str = "", now=NOW) -> ImportBatch:
    """An import carried out."""
    return intake.commit(batch=preview(*files, text=text, now=now), now=now)


def verdicts(batch: ImportBatch) -> dict[str, int]:
    """How many rows of each verdict."""
    return dict(Counter(batch.rows.values_list("verdict", flat=True)))


def state() -> dict[str, list[tuple]]:
    """Every row of every table of ours, but the trail."""
    ours = [
        model
        for name in ("people", "classes", "volunteers")
        for model in apps.get_app_config(name).get_models(include_auto_created=True)
        if model not in TRAIL
    ]
    return {model._meta.label: rows_of(model) for model in ours}


def rows_of(model: type[Model]) -> list[tuple]:
    """All rows of one table, in order."""
    return list(model._default_manager.order_by("pk").values_list())
