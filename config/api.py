"""The API under /api/v1/, put together from the routers of the apps, and its page 接口 with the keys."""

from collections import defaultdict
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from classes.actions.changing import Refused
from classes.api import routers as of_classes
from people import api as calling
from people import tokens
from people.access import organiser_required, staff_required
from volunteers.api import routers as of_volunteers

ABOUT = """学期、日历、课表、改动和排时间，和网页上一样：同样的表单、同样的动作、同样的话。

被拒绝时回答是 {"detail": "一句话"}；填错了(422)还有 fields，说哪一项错在哪里。"""

api = NinjaAPI(
    title="邻课",
    version="1",
    description=ABOUT,
    docs_url=None,
    urls_namespace="api",
    auth=calling.STAFF,
    throttle=calling.Pace(),
)
for router in (calling.router, *of_classes, *of_volunteers):
    api.add_router("", router)


def refuse(request: HttpRequest, error: Exception) -> HttpResponse:
    """Every refusal as status and sentence."""
    status, body = calling.refusal_of(error)
    return api.create_response(request, body, status=status)


for known in (calling.Invalid, calling.Conflict, ValidationError, HttpError, Http404, ObjectDoesNotExist):
    api.add_exception_handler(known, refuse)


@api.exception_handler(Refused)
def refuse_change(request: HttpRequest, error: Exception) -> HttpResponse:
    """What the actions refuse has its sentence already."""
    return refuse(request, calling.Conflict(str(error)))


# --- the page -------------------------------------------------------------------------------------


class NameForm(forms.Form):
    """What a key is for."""

    name = forms.CharField(
        label="给谁用",
        max_length=40,
        help_text="例如 学校的考勤程序",
        error_messages={"required": "请写这个令牌给谁用。"},
    )
    reads_only = forms.BooleanField(label="只能读，不能改", required=False)


@cache
def operations() -> list[tuple[str, list[dict[str, Any]]]]:
    """Every operation of the schema by subject, for people to read."""
    schema = api.get_openapi_schema()
    found = defaultdict(list)
    for address, methods in schema["paths"].items():
        for method, told in methods.items():
            found[told["tags"][0]].append(
                {
                    "method": method.upper(),
                    "address": address,
                    "summary": told["summary"],
                    "parameters": told.get("parameters", []),
                    "fields": body_of(told, schema),
                }
            )
    return list(found.items())


def body_of(told: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of what is sent: name, kind, whether it must be there, what it means."""
    content = told.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    model = schema["components"]["schemas"].get(name, {})
    return [
        {
            "name": key,
            "kind": kind_of(value),
            "must": key in model.get("required", []),
            "about": value.get("description"),
        }
        for key, value in model.get("properties", {}).items()
    ]


KINDS = {"integer": "整数", "string": "文字", "boolean": "是否", "array": "列表", "number": "数"}
FORMATS = {"date": "日期", "date-time": "时刻"}


def kind_of(value: dict[str, Any]) -> str:
    """The kind of a value in a word."""
    value = next((one for one in value.get("anyOf", []) if one.get("type") != "null"), value)
    return FORMATS.get(value.get("format", ""), KINDS.get(value.get("type", ""), "见 openapi.json"))


@require_GET
@staff_required
def page(request: HttpRequest) -> HttpResponse:
    """The keys of whoever looks, and every operation."""
    return show(request, NameForm())


def show(request: HttpRequest, form: NameForm, *, secret: str = "", status: int = 200) -> HttpResponse:
    """The page; a new key is on it once."""
    context = {
        "form": form,
        "secret": secret,
        "tokens": request.user.api_tokens.filter(revoked_at=None),
        "subjects": operations(),
        "rate": settings.LINKE_API_RATE,
    }
    return render(request, "config/api.html", context, status=status)


@require_POST
@organiser_required
def issue(request: HttpRequest) -> HttpResponse:
    """A new key, shown this once: it is in no message and no address."""
    form = NameForm(request.POST)
    if not form.is_valid():
        return show(request, form, status=422)
    _, secret = tokens.issue(user=request.user, **form.cleaned_data, now=timezone.now())
    return show(request, NameForm(), secret=secret)


@require_POST
@organiser_required
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop one of one's own keys."""
    token = get_object_or_404(request.user.api_tokens, pk=pk)
    try:
        tokens.revoke(token=token, now=timezone.now(), actor=request.user)
    except tokens.AlreadyRevoked:
        messages.warning(request, "这个令牌已经停用了。")
    else:
        messages.success(request, f"“{token}”停用了，用它的程序现在进不来。")
    return redirect("desk:api")


desk = [
    path("api/", page, name="api"),
    path("api/tokens/", issue, name="api-token-add"),
    path("api/tokens/<int:pk>/revoke/", revoke, name="api-token-revoke"),
]
