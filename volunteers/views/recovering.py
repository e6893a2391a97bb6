"""找回我的页面: a lost link, by a code to one's own number; without an SMS account, by the community's telephone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from classes.models import Community
from people.channels.choosing import sms_account
from volunteers.actions import recognising
from volunteers.views import device

TOO_OFTEN = "试得太勤了，请过一小时再来，或者打社区电话。"


@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: HttpRequest) -> HttpResponse:
    """First the number, then the six digits. The answer never says whether a number is known."""
    context = {"community": Community.objects.order_by("id").first(), "sends": sms_account() is not None}
    if request.method != "POST" or not context["sends"]:
        return render(request, "volunteers/lost.html", context)
    phone, digits = request.POST.get("phone", "")[:40], request.POST.get("digits", "").strip()
    context |= {"phone": phone, "is_sent": True}
    if device.has_tried_too_often(request):
        return render(request, "volunteers/lost.html", context | {"why": TOO_OFTEN}, status=429)
    now = timezone.now()
    if not digits:
        recognising.send_code(phone=phone, now=now)
        return render(request, "volunteers/lost.html", context)
    try:
        volunteer = recognising.use_code(phone=phone, digits=digits, now=now)
    except recognising.CodeRefused as refusal:
        return render(request, "volunteers/lost.html", context | {"why": str(refusal)}, status=403)
    return device.remember(request, redirect("public:me", token=volunteer.token), volunteer.token)
