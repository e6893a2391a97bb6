"""A person with a contact, the notes that stay with them, and what they consented to."""

from django.db import models
from django.db.models import Q

SHOWN_DIGITS = 4
LAST = "\U0010ffff"


def mask_phone(phone: str | None) -> str:
    """138****1234; a landline 029-****4321; nothing stays nothing."""
    if not phone:
        return ""
    if "-" in phone:
        head = phone.split("-")[0] + "-"
    else:
        head = phone[:3] if len(phone) >= 2 * SHOWN_DIGITS else ""
    return f"{head}****{phone[-SHOWN_DIGITS:]}"


class Person(models.Model):
    """Somebody known to the programme.

    The phone is a contact, not a login: couples share one, some have only a landline,
    some none. Birth is kept as precisely as it was told and no more.
    """

    class Gender(models.TextChoices):
        FEMALE = "f", "女"
        MALE = "m", "男"
        UNSAID = "", "不填"

    class Reach(models.TextChoices):
        """How somebody is told things."""

        TEXT = "", "短信、邮件或微信"
        CALL = "call", "打电话，没有智能手机"

    name = models.CharField("姓名", max_length=50)
    name_key = models.CharField("拼音排序", max_length=120, blank=True, db_index=True)
    gender = models.CharField("性别", max_length=1, choices=Gender, blank=True, default="")
    birth_year = models.PositiveSmallIntegerField("出生年", null=True, blank=True)
    birth_month = models.PositiveSmallIntegerField("出生月", null=True, blank=True)
    birth_day = models.PositiveSmallIntegerField("出生日", null=True, blank=True)
    birth_is_estimate = models.BooleanField("出生年是由年龄推算", default=False)
    phone = models.CharField("电话", max_length=20, blank=True, db_index=True)
    phone_whose = models.CharField("电话是谁的", max_length=20, blank=True)
    email = models.EmailField("邮箱", blank=True)
    reach = models.CharField("怎么通知", max_length=10, choices=Reach, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name_key", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="person_has_a_name"),
            models.CheckConstraint(
                condition=Q(birth_month__isnull=True) | Q(birth_month__range=(1, 12)),
                name="person_birth_month_is_a_month",
            ),
            models.CheckConstraint(
                condition=Q(birth_day__isnull=True) | Q(birth_day__range=(1, 31)),
                name="person_birth_day_is_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def masked_phone(self) -> str:
        """The contact as pages and notes show it."""
        return mask_phone(self.phone)


@models.CharField.register_lookup
class Prefix(models.lookups.StartsWith):
    """`word__prefix="wang"`: what begins with it, in a form that an index of either database answers.

    PostgreSQL has an index for LIKE; SQLite's LIKE takes none, a range of its binary order does.
    """

    lookup_name = "prefix"

    def get_rhs_op(self, connection, rhs):
        """The operator of a LIKE with the wild card at its end."""
        return connection.operators["startswith"] % rhs

    def as_sqlite(self, compiler, connection):
        """The range from the prefix to the last string that begins with it."""
        column, params = compiler.compile(self.lhs)
        return f"({column} >= %s AND {column} < %s)", [*params, self.rhs, *params, self.rhs + LAST]


class PersonWord(models.Model):
    """One word by which a person is found (`people.names.words`); written wherever name or phone change."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="words")
    word = models.CharField(max_length=60, db_index=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "word"], name="person_word_once"),
        ]

    def __str__(self) -> str:
        return self.word


class PersonNote(models.Model):
    """Words about a person that are not data: nothing a reader met is dropped silently."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notes")
    text = models.CharField("内容", max_length=500)
    source = models.CharField("来自", max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "text"], name="person_note_said_once"),
        ]

    def __str__(self) -> str:
        return self.text


class Consent(models.Model):
    """One line of the consent ledger (PIPL art. 13-16): given once, withdrawn at any time."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    version = models.CharField("文本版本", max_length=20)
    purpose = models.CharField("用途", max_length=60)
    channel = models.CharField("方式", max_length=20)
    given_at = models.DateTimeField("同意时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=models.F("given_at")),
                name="consent_is_withdrawn_after_it_was_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"
