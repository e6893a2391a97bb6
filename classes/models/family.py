"""家长的链接, and who fetches a child on one day only."""

from django.db import models
from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac

from .feeds import new_token


class FamilyLink(models.Model):
    """The secret link of somebody who answers for children (screen: 家长的链接); a new token closes the old one."""

    person = models.OneToOneField("people.Person", on_delete=models.CASCADE, related_name="family_link")
    token = models.CharField(max_length=40, unique=True, default=new_token)
    made_at = models.DateTimeField("什么时候给的")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.person}的家长链接"


class Delegate(models.Model):
    """An adult whom a guardian has named to fetch a child on one day (screen: 今天换人接).

    Whoever comes says four digits, which are derived and stand nowhere. `tries` counts how often the digits
    were compared that day: after five somebody has to call the guardian.
    """

    MOST_TRIES = 5

    learner = models.ForeignKey("classes.Learner", on_delete=models.CASCADE, related_name="delegates")
    on_date = models.DateField("哪一天")
    name = models.CharField("谁来接", max_length=20)
    named_by = models.ForeignKey("people.Person", null=True, on_delete=models.SET_NULL, related_name="named_delegates")
    named_at = models.DateTimeField("什么时候说的")
    withdrawn_at = models.DateTimeField("什么时候收回的", null=True, blank=True)
    tries = models.PositiveSmallIntegerField("对了几次码", default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "on_date"], condition=Q(withdrawn_at=None), name="one_delegate_a_day"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="delegate_has_a_name"),
            models.CheckConstraint(condition=Q(tries__lte=5), name="delegate_is_tried_five_times"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """The four digits, for the guardian to pass on."""
        digest = salted_hmac("classes.delegate", f"{self.pk}:{self.name}", algorithm="sha256").digest()
        return f"{int.from_bytes(digest[:4]) % 10_000:04d}"

    def is_code(self, said: str) -> bool:
        """Whether these are the digits."""
        return constant_time_compare(self.code, said.strip())
