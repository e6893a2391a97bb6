"""Staff who log in."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A member of staff with one role; volunteers and learners have no account."""

    class Role(models.TextChoices):
        MANAGER = "manager", "站长"
        ORGANISER = "organiser", "社工"
        LEAD = "lead", "带班"
        VIEWER = "viewer", "只看"

    # Shortcuts that this person has switched off (WCAG 2.1.4), as names of people.views.KEYS.
    keys_off = models.JSONField("关掉的快捷键", default=list, blank=True)
    role = models.CharField("角色", max_length=10, choices=Role, default=Role.VIEWER)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=["manager", "organiser", "lead", "viewer"]),
                name="user_role_is_known",
            )
        ]

    @property
    def may_organise(self) -> bool:
        """Whether this person may change rosters, people and terms."""
        return self.is_superuser or self.role in (self.Role.MANAGER, self.Role.ORGANISER)

    @property
    def may_set_up(self) -> bool:
        """Whether this person may change what belongs to the whole place: gateways and their keys."""
        return self.is_superuser or self.role == self.Role.MANAGER
