"""What was brought in from workbooks and pasted lists, row by row, so that it can be undone."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ImportBatch(models.Model):
    """One import: some files for one community and term. Undone as a whole within 24 hours.

    `files` holds what was read, per sheet (file, sheet, kind, columns found, lines left out
    and why, notes kept); the original files stay with the organiser. `made_community` and
    `made_term` say that this preview had to make them, so that throwing it away takes them along;
    `seen_at` is when somebody said that the rows left out are settled.
    """

    class Status(models.TextChoices):
        PREVIEW = "preview", "预览"
        DONE = "done", "已导入"
        UNDONE = "undone", "已撤销"

    community = models.ForeignKey("classes.Community", on_delete=models.CASCADE)
    term = models.ForeignKey("classes.Term", on_delete=models.CASCADE)
    status = models.CharField(max_length=10, choices=Status, default=Status.PREVIEW)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    made_community = models.BooleanField(default=False)
    made_term = models.BooleanField(default=False)
    files = models.JSONField(default=list, blank=True)
    undo_report = models.JSONField(default=list, blank=True)
    summary = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "import batches"
        constraints = [
            models.CheckConstraint(
                condition=Q(status="preview", done_at__isnull=True, undone_at__isnull=True)
                | Q(status="done", done_at__isnull=False, undone_at__isnull=True)
                | Q(status="undone", done_at__isnull=False, undone_at__isnull=False),
                name="import_batch_status_has_its_times",
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk} {self.status}"


class ImportRow(models.Model):
    """One row: what was read, what is to become of it, and what it made (for undo).

    `made` is [[model label, pk], …] in order of creation; `changed` is
    [[model label, pk, {field: value before}, {field: value after}], …].
    """

    class Verdict(models.TextChoices):
        NEW = "new", "新的"
        SAME = "same", "已在名单里"
        PROBABLY = "probably", "像是同一人，请您定"
        ATTENTION = "attention", "要您看一眼"

    class Result(models.TextChoices):
        NONE = "", "还没导入"
        CREATED = "created", "新增"
        MERGED = "merged", "合并"
        LEFT = "left", "没导入"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    file = models.CharField(max_length=120)
    sheet = models.CharField(max_length=60, blank=True)
    number = models.PositiveIntegerField("行")
    kind = models.CharField(max_length=12)
    fields = models.JSONField(default=dict)
    raw = models.JSONField(default=dict)
    notes = models.JSONField(default=list, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict)
    why = models.CharField("为什么", max_length=300, blank=True)
    wrong_fields = models.JSONField(default=list, blank=True)
    matched = models.CharField("和谁", max_length=60, blank=True)
    decision = models.CharField("人工决定", max_length=10, blank=True)
    fixed_at = models.DateTimeField("改过", null=True, blank=True)
    result = models.CharField(max_length=10, choices=Result, blank=True, default="")
    made = models.JSONField(default=list, blank=True)
    changed = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.file} {self.number} {self.verdict}"
