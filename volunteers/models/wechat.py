"""A WeChat account that is known to be a volunteer's."""

from django.db import models


class WeChatLink(models.Model):
    """One WeChat account, by the keyed digest of its openid, and whose it is. One account is one volunteer's."""

    volunteer = models.ForeignKey("volunteers.Volunteer", on_delete=models.CASCADE, related_name="wechat_links")
    digest = models.CharField(max_length=64, unique=True)
    linked_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(digest=""), name="wechat_link_has_a_digest"),
        ]

    def __str__(self) -> str:
        return f"WeChat of {self.volunteer_id}"
