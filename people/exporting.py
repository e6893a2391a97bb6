"""A copy of everything, as an archive of CSV tables and as one workbook; without passwords and secret links."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Model, Q

from people import audit
from people.models import Export, User

APPS = ("people", "classes", "volunteers")
# Whoever has one of these could act as somebody else.
SECRETS = {"password", "digest", "sealed", "token", "key", "last_login"}
# Copies of other tables, or of no use outside.
LEFT_OUT = {"people.PersonWord", "people.Heartbeat", "people.ApiToken", "people.Export"}
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
KEPT_FOR = timedelta(hours=24)
SILENT_FOR = timedelta(minutes=10)


def folder() -> Path:
    """Where the archives lie: under the data of the product, never among what is served."""
    found = Path(settings.LINKE_DATA) / "exports"
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


@transaction.atomic
def ask(*, now: datetime, actor: User) -> Export:
    """Ask for a copy; one that is under way is the same one."""
    open_ones = Export.objects.filter(status__in=("waiting", "running"))
    if under_way := open_ones.order_by("pk").first():
        return under_way
    audit.write(actor=actor, verb="要导出全部数据", thing="export:all", now=now)
    return Export.objects.create(asked_at=now, asked_by=actor)


def claim(now: datetime) -> Export | None:
    """The next one to make: waiting, or left by a worker that fell silent."""
    silent = Q(status="running", claimed_at__lt=now - SILENT_FOR)
    for export in Export.objects.filter(Q(status="waiting") | silent).order_by("pk"):
        mine = Export.objects.filter(pk=export.pk, status=export.status, claimed_at=export.claimed_at)
        if mine.update(status="running", claimed_at=now):
            export.refresh_from_db()
            return export
    return None


def make(*, export: Export, now: datetime) -> int:
    """Write the archive and the workbook, open the download for a day; answers the number of rows."""
    rows = 0
    write_book(export.path_in(folder(), "xlsx"))
    with zipfile.ZipFile(export.path_in(folder(), "zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        for model in tables():
            text, count = table(model)
            archive.writestr(f"{model._meta.label_lower}.csv", text)
            rows += count
    mine = Export.objects.filter(pk=export.pk, status="running", claimed_at=export.claimed_at)
    mine.update(status="ready", expires_at=now + KEPT_FOR, rows=rows)
    return rows


def tables() -> list[type[Model]]:
    """Every table of ours that goes in."""
    every = [model for name in APPS for model in apps.get_app_config(name).get_models(include_auto_created=True)]
    return [model for model in every if model._meta.label not in LEFT_OUT]


def columns(model: type[Model]) -> list[Any]:
    """The fields of a table that may leave."""
    return [field for field in model._meta.concrete_fields if field.name not in SECRETS]


def table(model: type[Model]) -> tuple[bytes, int]:
    """One table as CSV that Excel reads (UTF-8 with its mark, CRLF), and its number of rows."""
    fields = columns(model)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([field.column for field in fields])
    count = 0
    for row in values(model, [field.attname for field in fields]):
        writer.writerow([cell(value) for value in row])
        count += 1
    return b"\xef\xbb\xbf" + out.getvalue().encode(), count


def write_book(path: Path) -> None:
    """Every table as a sheet; row by row, so that a large place needs no more memory than a small one."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True})
    for model in tables():
        sheet = book.add_worksheet(sheet_name(model))
        fields = columns(model)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(fields), 16)
        sheet.write_row(0, 0, [heading(field) for field in fields], bold)
        for at, row in enumerate(values(model, [field.attname for field in fields]), 1):
            for column, value in enumerate(row):
                write_cell(sheet, at, column, value)
    book.close()


def sheet_name(model: type[Model]) -> str:
    """What the sheet is called: Excel takes 31 characters, and no two alike; ours are apart within them."""
    return model._meta.label_lower.replace("volunteers.", "v.").replace("classes.", "c.").replace("people.", "p.")[:31]


def heading(field: Any) -> str:
    """The Chinese name of a field beside the one the CSV has."""
    word = str(field.verbose_name)
    return f"{field.column} {word}" if not word.isascii() else str(field.column)


def write_cell(sheet: Any, at: int, column: int, value: Any) -> None:
    """Numbers as numbers, everything else as text that is never a formula; Excel holds 15 digits of a number."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**15:
        sheet.write_number(at, column, value)
    elif value is not None and value != "":
        sheet.write_string(at, column, str(value)[:32767])


def values(model: type[Model], names: list[str]) -> Iterator[tuple[Any, ...]]:
    """The rows in order, without holding all of them."""
    return iter(model._default_manager.order_by("pk").values_list(*names).iterator(chunk_size=500))


def cell(value: Any) -> str:
    """As text; one that a spreadsheet would take for a formula is marked as text."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULAS) and not isinstance(value, int | float) else text


def open_download(*, key: str, kind: str = "zip", now: datetime, actor: User) -> Path | None:
    """The file, as long as it may be fetched; whoever fetches it is written down."""
    export = Export.objects.filter(key=key, status="ready", expires_at__gt=now).first()
    path = export.path_in(folder(), kind) if export else None
    if export is None or path is None or not path.is_file():
        return None
    audit.write(
        actor=actor, verb="下载了全部数据", thing=f"export:{export.pk}", now=now, summary=f"{export.rows} 行，{kind}"
    )
    return path


def tidy(*, now: datetime) -> int:
    """Delete the files of expired copies; answers how many."""
    over = list(Export.objects.filter(status="ready", expires_at__lte=now))
    for export in over:
        for kind in export.KINDS:
            export.path_in(folder(), kind).unlink(missing_ok=True)
        Export.objects.filter(pk=export.pk).update(status="gone")
    return len(over)
