"""服务证明 for everybody: a volunteer asks behind the own link, and whoever holds a paper checks it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_http_methods

from classes.models import Community
from people import visitors
from volunteers.actions import certificates
from volunteers.models import Certificate, Volunteer
from volunteers.queries import hours
from volunteers.views import device

AN_HOUR = 60 * 60  # seconds
# Wrong codes for one number, and from one address, before the door is shut for the rest of the hour.
PER_NUMBER, PER_ADDRESS = 10, 30
SHOWN = (Certificate.Status.ISSUED, Certificate.Status.REVOKED)


@require_http_methods(["GET", "POST"])
@device.theirs
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """What can be certified, what was asked for. POST asks, or takes the request back."""
    people = Volunteer.objects.select_related("person", "home").exclude(status=Volunteer.Status.LEFT)
    volunteer = get_object_or_404(people, token=token)
    if request.method == "POST":
        return _ask(request, volunteer)
    found = hours.certificates_of(volunteer)
    context = {
        "volunteer": volunteer,
        "community": volunteer.home,
        "places": hours.certifiable(volunteer),
        "papers": found,
        "open": next((one for one in found if one.status == Certificate.Status.REQUESTED), None),
        "my_token": token,
        "is_mine": device.token_of(request) == token,
    }
    response = render(request, "volunteers/certificate_ask.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _ask(request: HttpRequest, volunteer: Volunteer) -> HttpResponse:
    now, said = timezone.now(), request.POST.get("community", "")
    try:
        if request.POST.get("withdraw", "").isdecimal():
            mine = get_object_or_404(Certificate, pk=request.POST["withdraw"], volunteer=volunteer)
            certificates.withdraw(certificate=mine, now=now)
            messages.success(request, "好，不开了。")
        else:
            community = get_object_or_404(Community, pk=said if said.isdecimal() else None)
            certificates.request_certificate(volunteer=volunteer, community=community, now=now)
            messages.success(request, "申请好了，社区开好会告诉您。")
    except certificates.Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("public:certificate-ask", token=volunteer.token)


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, number: str = "") -> HttpResponse:
    """证明核验: number and code together show what was issued; a wrong pair shows nothing about either."""
    number = (request.POST.get("number") or number).strip()[:20]
    code = (request.POST.get("code") or request.GET.get("k", "")).strip().upper()[:8]
    context = {"number": number, "community": Community.objects.order_by("id").first()}
    context["my_token"] = device.token_of(request)
    if not (number and code):
        why = "编号和核验码都要填" if request.method == "POST" else ""
        return _page(request, context | {"why": why}, 422 if why else 200)
    if _too_often(request, number):
        return _page(request, context | {"why": "试得太多了，请过一小时再来，或者打社区电话问。"}, 429)
    found = Certificate.objects.filter(number=number, status__in=SHOWN).select_related("community").first()
    if found is None or not constant_time_compare(found.code, code):
        for key in _keys(request, number):
            visitors.count(key, seconds=AN_HOUR)
        return _page(request, context | {"why": "编号或核验码不对，请照纸上的再填一次。"}, 404)
    return _page(request, context | {"found": found, "community": found.community})


def _keys(request: HttpRequest, number: str) -> tuple[str, str]:
    return f"certificate:{number}", f"certificate-from:{visitors.address_of(request)}"


def _too_often(request: HttpRequest, number: str) -> bool:
    of_number, of_address = (visitors.counted(key) for key in _keys(request, number))
    return of_number >= PER_NUMBER or of_address >= PER_ADDRESS


def _page(request: HttpRequest, context: dict, status: int = 200) -> HttpResponse:
    response = render(request, "volunteers/certificate_check.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
