"""通道: mail, bots of work groups, SMS; each with a test that shows the real error."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from classes.models import Community
from people import gateways, sealing
from people.access import manager_required
from people.channels import templates
from people.models import Channel
from volunteers.forms.channels import BotForm, ChannelForm, SmsForm, TestForm


@require_GET
@manager_required
def channels(request: HttpRequest) -> HttpResponse:
    """Every way out there is, and how its last test went."""
    places = {f"community:{one.pk}": one.name for one in Community.objects.all()}
    found = list(Channel.objects.all())
    rows = [{"channel": one, "scope": places.get(one.scope, "所有社区"), "lacks": _lacks(one)} for one in found]
    context = {"rows": rows, "kinds": Channel.Kind.choices, "mail": settings.LINKE_SENDS, "files": settings.LINKE_DATA}
    return render(request, "volunteers/channels.html", context)


def _lacks(channel: Channel) -> str:
    """What keeps an SMS account from being used, in words."""
    if channel.is_bot or templates.number_of(channel, templates.GENERAL):
        return ""
    return f"还没有“{templates.BY_KIND[templates.GENERAL].word}”的模板编号，多数通知发不了短信"


@require_http_methods(["GET", "POST"])
@manager_required
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """A new channel of this kind."""
    if kind not in Channel.Kind.values:
        raise Http404
    return _edit(request, kind, None)


@require_http_methods(["GET", "POST"])
@manager_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a channel; its secrets stay unless new ones are written."""
    channel = get_object_or_404(Channel, pk=pk)
    return _edit(request, channel.kind, channel)


def _edit(request: HttpRequest, kind: str, channel: Channel | None) -> HttpResponse:
    form = _form(request, kind, channel)
    if request.method == "POST" and form.is_valid():
        try:
            gateways.keep(
                channel=channel,
                kind=kind,
                name=form.cleaned_data["name"],
                scope=form.cleaned_data.get("scope", ""),
                open_settings=form.open_settings,
                secrets=form.secrets,
                now=timezone.now(),
                actor=request.user,
            )
        except (gateways.SecondAccount, sealing.Unreadable) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "存好了。请试发一条。")
            return redirect("desk:channels")
    context = {"form": form, "kind": Channel.Kind(kind).label, "channel": channel, "is_bot": kind in Channel.BOTS}
    return render(request, "volunteers/channel_form.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, kind: str, channel: Channel | None) -> ChannelForm:
    initial = {}
    if channel:
        numbers = {f"text_{name}": number for name, number in channel.open.get("templates", {}).items()}
        initial = {"name": channel.name, "scope": channel.scope, **channel.open, **numbers}
    fields = {"kind": kind, "initial": initial, "stored": _stored(channel)}
    if kind in Channel.BOTS:
        scopes = [(f"community:{one.pk}", one.name) for one in Community.objects.all()]
        return BotForm(request.POST or None, scopes=scopes, **fields)
    return SmsForm(request.POST or None, address=settings.LINKE_ADDRESS, **fields)


def _stored(channel: Channel | None) -> frozenset[str]:
    """Which secrets there are; none that can still be read when the key has changed."""
    try:
        return frozenset(sealing.opened(channel.sealed)) if channel else frozenset()
    except sealing.Unreadable:
        return frozenset()


@require_POST
@manager_required
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """试发一条: at once, and with the other side's own words when it does not work."""
    channel = get_object_or_404(Channel, pk=pk)
    form = TestForm(request.POST)
    if not form.is_valid() or (not channel.is_bot and not form.cleaned_data["phone"]):
        messages.warning(request, "试发要一个 11 位的手机号，比如您自己的。")
        return redirect("desk:channels")
    error = gateways.try_out(channel=channel, phone=form.cleaned_data["phone"], now=timezone.now(), actor=request.user)
    _say(request, error, f"{channel.name}收下了，请看看有没有到。")
    return redirect("desk:channels")


@require_POST
@manager_required
def test_mail(request: HttpRequest) -> HttpResponse:
    """试发一封 to an address."""
    address = request.POST.get("address", "").strip() or request.user.email
    if "@" not in address:
        messages.warning(request, "请写一个邮箱地址。")
    else:
        _say(request, gateways.try_mail(address=address), "邮件服务器收下了，请看看有没有到。")
    return redirect("desk:channels")


def _say(request: HttpRequest, error: str, well: str) -> None:
    if error:
        messages.warning(request, f"没发成。对方说：{error}")
    else:
        messages.success(request, well)


@require_POST
@manager_required
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """启用 or 停用."""
    channel = get_object_or_404(Channel, pk=pk)
    is_on = request.POST.get("on") == "1"
    try:
        gateways.switch(channel=channel, is_on=is_on, now=timezone.now(), actor=request.user)
        messages.success(request, f"{channel.name}{'在用了' if is_on else '停用了'}。")
    except gateways.SecondAccount as refusal:
        messages.warning(request, str(refusal))
    return redirect("desk:channels")
