"""Keys with which a program of a member of staff calls the API."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ApiToken(models.Model):
    """One key of one member of staff (screen: 接口令牌); it may what its owner may, at every call anew.
    With `reads_only` it may read what its owner may and change nothing.

    The database keeps only `digest`, the SHA-256 of the key in hexadecimal: whoever reads the table cannot call.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField("给谁用", max_length=40)
    reads_only = models.BooleanField("只能读", default=False)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField("建立于")
    used_at = models.DateTimeField("最近用过", null=True, blank=True)
    revoked_at = models.DateTimeField("停用于", null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="api_token_says_what_for"),
        ]

    def __str__(self) -> str:
        return self.name
