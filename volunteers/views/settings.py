"""设置: one page of blocks, each saved on its own; accounts, copies of the data, and the log."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from classes.models import Programme
from people import exporting, settling
from people import queries as person_queries
from people.access import manager_required
from people.models import Export, SettingChange, User
from people.tasks import make_exports
from people.texts import own_texts
from volunteers.actions import forgetting, setting_up, texts
from volunteers.forms.settings import (
    OrganisationForm,
    ProgrammeForm,
    QuietForm,
    RetentionForm,
    RightsForm,
    RoleForm,
    StaffForm,
)
from volunteers.models import Role
from volunteers.queries import log as queries

DECISIONS = {"organisation": OrganisationForm, "quiet": QuietForm, "retention": RetentionForm}


@require_GET
@manager_required
def settings(request: HttpRequest) -> HttpResponse:
    """Every block as it stands."""
    return page(request)


def page(request: HttpRequest, *, status: int = 200, wrong: forms.Form | None = None, **extra) -> HttpResponse:
    """All blocks; the one that was filled in wrongly keeps what was typed."""
    now = timezone.now()
    blocks = [form_of(key, wrong) for key in DECISIONS]
    context = {
        "organisation": blocks[0],
        "quiet": blocks[1],
        "retention": blocks[2],
        "programmes": [pack_of(one, wrong) for one in Programme.objects.order_by("id")],
        "roles": [pack_of(one, wrong) for one in Role.objects.order_by("-is_lead", "id")],
        "staff_form": wrong if isinstance(wrong, StaffForm) else StaffForm(prefix="staff"),
        "staff": User.objects.order_by("-is_active", "username"),
        "role_choices": User.Role.choices,
        "due": forgetting.due(now=now),
        "exports": Export.objects.select_related("asked_by")[:3],
        "changes": queries.setting_changes(),
        "text_groups": texts.GROUPS,
        "texts_count": len(texts.HOUSE),
        "own_texts": own_texts(),
    }
    return render(request, "volunteers/settings.html", context | extra, status=status)


def form_of(key: str, wrong: forms.Form | None) -> forms.Form:
    """The form of one decision."""
    kind = DECISIONS[key]
    return wrong if isinstance(wrong, kind) else kind(initial=person_queries.setting(key), prefix=key)


def pack_of(row: Programme | Role, wrong: forms.Form | None) -> forms.ModelForm:
    """The form of a rule pack or a role."""
    mine = isinstance(wrong, forms.ModelForm) and wrong.instance == row
    kind = ProgrammeForm if isinstance(row, Programme) else RoleForm
    return wrong if mine else kind(instance=row, prefix=f"{row._meta.model_name}-{row.pk}")


def done(request: HttpRequest, said: str, block: str) -> HttpResponse:
    """Back to the block."""
    messages.success(request, said)
    return redirect(f"{reverse('desk:settings')}#{block}")


@require_POST
@manager_required
def decide(request: HttpRequest, key: str) -> HttpResponse:
    """Save one decision."""
    if key not in DECISIONS:
        raise Http404
    form = DECISIONS[key](request.POST, prefix=key)
    if not form.is_valid():
        return page(request, status=422, wrong=form)
    settling.decide(key=key, value=form.cleaned_data, label=form.title, now=timezone.now(), actor=request.user)
    return done(request, f"{form.title}保存了。", key)


@require_POST
@manager_required
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    """Save a rule pack."""
    row = get_object_or_404(Programme, pk=pk)
    form = ProgrammeForm(request.POST, instance=row, prefix=f"programme-{pk}")
    return save(
        request,
        form,
        "programme",
        lambda values, now: setting_up.change_programme(programme=row, now=now, actor=request.user, **values),
    )


@require_POST
@manager_required
def role(request: HttpRequest, pk: int) -> HttpResponse:
    """Save a role."""
    row = get_object_or_404(Role, pk=pk)
    form = RoleForm(request.POST, instance=row, prefix=f"role-{pk}")
    return save(
        request,
        form,
        "role",
        lambda values, now: setting_up.change_role(role=row, now=now, actor=request.user, **values),
    )


def save(request: HttpRequest, form: forms.ModelForm, kind: str, change) -> HttpResponse:
    """Save a row; what the database refuses stands above the form."""
    if form.is_valid():
        try:
            change(form.cleaned_data, timezone.now())
        except setting_up.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return done(request, f"{form.instance}保存了，以后的场次按新的算。", f"{kind}-{form.instance.pk}")
    return page(request, status=422, wrong=form)


@require_POST
@manager_required
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a change of settings back."""
    change = get_object_or_404(SettingChange, pk=pk)
    try:
        setting_up.undo(change=change, now=timezone.now(), actor=request.user)
    except settling.Refused as refusal:
        return page(request, status=409, why=str(refusal))
    return done(request, f"{change.label}改回去了。", "changes")


@require_POST
@manager_required
def staff_add(request: HttpRequest) -> HttpResponse:
    """Open an account; its first password is shown on this one answer."""
    form = StaffForm(request.POST, prefix="staff")
    if not form.is_valid():
        return page(request, status=422, wrong=form)
    try:
        made, password = settling.add_staff(**form.cleaned_data, now=timezone.now(), actor=request.user)
    except settling.Refused as refusal:
        form.add_error("username", str(refusal))
        return page(request, status=422, wrong=form)
    return page(request, made=made, password=password)


@require_POST
@manager_required
def staff_rights(request: HttpRequest, pk: int) -> HttpResponse:
    """Role, and whether the account may sign in."""
    user, form = get_object_or_404(User, pk=pk), RightsForm(request.POST)
    if not form.is_valid():
        return page(request, status=422, why="请选一个角色。")
    try:
        settling.set_rights(user=user, **form.cleaned_data, now=timezone.now(), actor=request.user)
    except settling.Refused as refusal:
        return page(request, status=409, why=str(refusal))
    return done(request, f"{user.get_full_name() or user.username}的权限改好了。", "staff")


@require_POST
@manager_required
def staff_password(request: HttpRequest, pk: int) -> HttpResponse:
    """A new first password, shown on this one answer."""
    user = get_object_or_404(User, pk=pk)
    password = settling.renew_password(user=user, now=timezone.now(), actor=request.user)
    return page(request, made=user, password=password)


@require_POST
@manager_required
def forget(request: HttpRequest) -> HttpResponse:
    """Take out now what the night would take out."""
    gone = forgetting.forget(now=timezone.now(), actor=request.user)
    return done(request, f"清理了 {gone} 行。" if gone else "没有到期的，什么都没动。", "retention")


@require_POST
@manager_required
def export(request: HttpRequest) -> HttpResponse:
    """Ask for a copy of everything; the worker makes it."""
    exporting.ask(now=timezone.now(), actor=request.user)
    transaction.on_commit(make_exports.enqueue)
    return done(request, "正在做，做好以后这里有下载按钮，一天内有效。", "export")


@require_GET
@manager_required
def download(request: HttpRequest, key: str) -> HttpResponse:
    """Fetch the copy; it is written down who did."""
    kind = "xlsx" if request.GET.get("as") == "xlsx" else "zip"
    path = exporting.open_download(key=key, kind=kind, now=timezone.now(), actor=request.user)
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"linke-export.{kind}")


@require_GET
@manager_required
def log(request: HttpRequest) -> HttpResponse:
    """Who did or opened what."""
    filters = queries.Filters(**{name: request.GET.get(name, "") for name in queries.Filters.__slots__})
    context = {
        "page": Paginator(queries.log(filters), queries.PER_PAGE).get_page(request.GET.get("page")),
        "filters": filters,
        "about": queries.ABOUT.items(),
        "staff": User.objects.order_by("username"),
    }
    return render(request, "volunteers/log.html", context)
