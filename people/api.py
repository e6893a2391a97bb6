"""What every operation of the API has: who calls, how it is refused, how a list is cut into pages.

The API has no rule of its own. An operation fills the form that the page fills and calls the action that
the page calls; what they refuse comes out as {"detail": "…"} with the sentence of the page.
"""

from collections.abc import Sequence
from time import time
from typing import Annotated, Any, Literal, NoReturn

from django import forms
from django.conf import settings
from django.db.models import Choices, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.security import HttpBearer, SessionAuth
from ninja.throttling import BaseThrottle
from ninja.utils import check_csrf

from people import tokens, visitors
from people.access import LOOKS_ONLY
from people.models import User

SIGN_IN = "请先登录，或者在 Authorization 里带上接口令牌。"
NO_FORM_TOKEN = "用登录状态改东西，要带上 X-CSRFToken；程序请用接口令牌。"
READS_ONLY = "这个令牌只能读，不能改。要改，请建一个能改的令牌。"
TOO_FAST = "这个令牌一分钟里用得太多了，请等一会儿再试。"
NOT_THERE = "没有找到。"
NOT_READABLE = "没看懂发来的内容，要的是一个 JSON 对象。"


class Refusal(Schema):
    """Why not, in a sentence for people; `fields` says which field is wrong, and how."""

    detail: str
    fields: dict[str, list[str]] = {}


REFUSED = {401: Refusal, 403: Refusal, 404: Refusal, 409: Refusal, 422: Refusal, 429: Refusal}


class Invalid(Exception):
    """What was sent is wrong: sentences by field."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self.fields = fields
        super().__init__(fields)


class Conflict(Exception):
    """Cannot be done as things are; the message is the sentence."""


# --- who calls --------------------------------------------------------------------------------------


class Token(HttpBearer):
    """`Authorization: Bearer linke_…`, a key made under 更多 → 接口."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The owner of the key. A key that only reads changes nothing, whatever its owner may."""
        found = tokens.bearer(secret=token, now=timezone.now())
        if found is None:
            return None
        if found.reads_only and request.method != "GET":
            raise HttpError(403, READS_ONLY)
        request.token, request.user = found, found.user
        return found.user


class SignedIn(SessionAuth):
    """The cookie of the desk; what changes something also needs the token of its forms."""

    def _get_key(self, request: HttpRequest) -> str | None:
        if request.user.is_authenticated and check_csrf(request):
            raise HttpError(403, NO_FORM_TOKEN)
        return request.COOKIES.get(self.param_name)

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        """Whoever is signed in."""
        return request.user if request.user.is_authenticated else None


class OrganiserToken(Token):
    """The same, 站长 and 社工 only."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The owner of the key, when they may change things."""
        return may_organise(super().authenticate(request, token))


class OrganiserSignedIn(SignedIn):
    """The same, 站长 and 社工 only."""

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        """Whoever is signed in, when they may change things."""
        return may_organise(super().authenticate(request, key))


def may_organise(user: User | None) -> User | None:
    """The user; 403 for whoever may only look."""
    if user and not user.may_organise:
        raise HttpError(403, LOOKS_ONLY)
    return user


A_MINUTE = 60  # seconds
STAFF = [Token(), SignedIn()]
ORGANISER = [OrganiserToken(), OrganiserSignedIn()]


class Pace(BaseThrottle):
    """So many calls of one key in a minute of the clock: LINKE_API_RATE, counted in the cache that all processes share.

    Counting is exact for any number of processes. Whoever is signed in at the desk is not counted.
    """

    def allow_request(self, request: HttpRequest) -> bool:
        """Whether this call is within what the key may."""
        token, most = getattr(request, "token", None), settings.LINKE_API_RATE
        if token is None or not most:
            return True
        return visitors.count(f"api:{token.pk}:{int(time()) // A_MINUTE}", seconds=2 * A_MINUTE) <= most

    def wait(self) -> float:
        """Seconds until the next minute, for Retry-After."""
        return A_MINUTE - time() % A_MINUTE


# --- what comes in ----------------------------------------------------------------------------------


def filled[F: forms.BaseForm](form: F) -> F:
    """The form, when it is right. Raises Invalid with the sentences of the page."""
    if not form.is_valid():
        refuse_form(form)
    return form


def refuse_form(form: forms.BaseForm) -> NoReturn:
    """Raise Invalid with what the form says."""
    raise Invalid({name: [str(error) for error in errors] for name, errors in form.errors.items()})


def refuse_field(name: str, sentence: str) -> NoReturn:
    """Raise Invalid about one field."""
    raise Invalid({name: [sentence]})


def one_of(choices: type[Choices]) -> Any:
    """The values of some choices as a type of their own: enumerations of one name would be mixed up."""
    return Literal[tuple(choices.values)]


Id = Annotated[int, Field(ge=0, le=2**63 - 1)]
"""A number to look by; SQLite knows no larger one."""


class Paging(Schema):
    """Which part of a list."""

    limit: int = Field(50, ge=1, le=200, description="一页几条")
    offset: int = Field(0, ge=0, le=1_000_000, description="跳过几条")


def cut(rows: QuerySet | Sequence, paging: Paging) -> dict[str, Any]:
    """One page of a list, and how many there are in all."""
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    return {"count": count, "items": list(rows[paging.offset : paging.offset + paging.limit])}


# --- refusals ---------------------------------------------------------------------------------------

WRONG = {
    "missing": "缺这一项。",
    "date": "日期写成 2026-09-13 这样。",
    "int": "要写整数。",
    "bool": "要写 true 或 false。",
    "string": "要写一段文字。",
    "list": "要写一个列表。",
    "greater": "太小了。",
    "less": "太大了。",
    "too_long": "太长了。",
    "literal": "不在可以选的值里。",
    "enum": "不在可以选的值里。",
    "extra": "没有这一项，请看接口说明。",
}


def in_words(errors: list[dict[str, Any]]) -> dict[str, list[str]]:
    """What the reader of requests found wrong, by field."""
    found: dict[str, list[str]] = {}
    for error in errors:
        names = [str(part) for part in error["loc"][1:] if part not in ("body", "filters", "paging")]
        word = next((text for start, text in WRONG.items() if start in error["type"]), "这个值不对。")
        found.setdefault(".".join(names) or "body", []).append(word)
    return found


def one_sentence(fields: dict[str, list[str]]) -> str:
    """All of it as one sentence."""
    return " ".join(
        sentence if name in ("__all__", "body") else f"{name}：{sentence}"
        for name, sentences in fields.items()
        for sentence in sentences
    )


def refusal_of(error: Exception) -> tuple[int, dict[str, Any]]:
    """Status and body of a refusal that every app knows."""
    if isinstance(error, Invalid):
        return 422, {"detail": one_sentence(error.fields), "fields": error.fields}
    if isinstance(error, ValidationError):
        fields = in_words(error.errors)
        return 422, {"detail": one_sentence(fields), "fields": fields}
    if isinstance(error, AuthenticationError):
        return 401, {"detail": SIGN_IN, "fields": {}}
    if isinstance(error, Throttled):
        return 429, {"detail": TOO_FAST, "fields": {}}
    if isinstance(error, HttpError):
        detail = NOT_READABLE if error.status_code == 400 else str(error)
        return (422 if error.status_code == 400 else error.status_code), {"detail": detail, "fields": {}}
    if isinstance(error, Conflict):
        return 409, {"detail": str(error), "fields": {}}
    return 404, {"detail": NOT_THERE, "fields": {}}


# --- oneself ----------------------------------------------------------------------------------------


class Me(Schema):
    """The account that calls."""

    username: str
    role: str = Field(description="manager、organiser、lead、viewer")
    may_organise: bool = Field(description="能不能改")


router = Router(tags=["账号"])


@router.get("/me", response={200: Me, **REFUSED}, auth=STAFF, summary="我是谁，能不能改")
def me(request: HttpRequest) -> Any:
    """Whose key it is, and what it may do."""
    return request.user
