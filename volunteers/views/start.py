"""从这里开始: five steps from an empty installation to the first published week."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from classes.actions import places
from people import channels, outbox
from people.access import organiser_required
from volunteers.context import SESSION_KEY, community_of
from volunteers.forms.start import PlaceForm
from volunteers.queries import start as queries


@require_http_methods(["GET", "POST"])
@organiser_required
def start(request: HttpRequest) -> HttpResponse:
    """The steps as they stand; the first has its form right here, the others lead to their pages."""
    form, now = PlaceForm(request.POST or None), timezone.now()
    if request.method == "POST" and form.is_valid():
        try:
            made = places.open_community(**form.cleaned_data, now=now, actor=request.user)
        except places.CommunityKnown:
            form.add_error("name", "已经有这个社区了。")
        except places.WrongPhone as refusal:
            form.add_error("help_phone", str(refusal))
        else:
            request.session[SESSION_KEY] = made.pk
            messages.success(request, f"{made}建好了。")
            return redirect("desk:start")
    community = community_of(request)
    steps = queries.steps(community=community, now=now)
    context = {
        "steps": steps,
        "current": next((step.number for step in steps if not step.is_done), 0),
        "form": form,
        "monday": queries.next_monday(community, now),
        "drafted": queries.drafted_monday(community, now),
        "has_term": queries.has_term(),
        "to_hand_on": 0 if channels.sends() else outbox.to_hand_on(now).count(),
    }
    return render(request, "volunteers/start.html", context, status=422 if form.errors else 200)
