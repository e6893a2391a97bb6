"""Addresses of the volunteers app: `desk` (staff, under /desk/) and `public` (at the root)."""

from django.urls import path

from volunteers.views import board, changes, intake, matching, notes, pairing, people, tiers, today, volunteer
from volunteers.views import public as public_pages

desk = [
    path("", today.today, name="today"),
    path("notes/", notes.notes, name="notes"),
    path("notes/<int:pk>/", notes.hand_on, name="note-handed-on"),
    path("poster/", public_pages.poster, name="poster"),
    path("call-list/", today.call_list, name="call-list"),
    path("more/", today.more, name="more"),
    path("tiers/", tiers.tiers, name="tiers"),
    path("tiers/change/", tiers.change, name="tiers-change"),
    path("tiers/<int:pk>/undo/", tiers.undo, name="tiers-undo"),
    path("pairing/<int:pk>/", pairing.pairing, name="pairing"),
    path("pairing/<int:pk>/settle/", pairing.settle, name="pairing-settle"),
    path("pairing/<int:pk>/<int:learner_pk>/", pairing.change, name="pairing-change"),
    path("sessions/<int:pk>/", changes.session, name="session"),
    path("sessions/<int:pk>/<slug:verb>/", changes.change, name="session-change"),
    path("day/<str:day>/", changes.day, name="day"),
    path("changes/", changes.changes, name="changes"),
    path("changes/<int:pk>/undo/", changes.undo, name="change-undo"),
    path("week/", board.week, name="week"),
    path("week/place/", board.place, name="place"),
    path("week/release/", board.release, name="release"),
    path("week/publish/", board.publish, name="publish"),
    path("match/", matching.match, name="match"),
    path("match/start/", matching.start, name="match-start"),
    path("match/<int:pk>/", matching.proposal, name="proposal"),
    path("match/<int:pk>/stop/", matching.stop, name="proposal-stop"),
    path("match/<int:pk>/accept/", matching.accept, name="proposal-accept"),
    path("match/<int:pk>/discard/", matching.discard, name="proposal-discard"),
    path("match/<int:pk>/publish/", matching.publish, name="proposal-publish"),
    path("match/<int:pk>/<int:placement_pk>/swap/", matching.swap, name="placement-swap"),
    path("import/", intake.imports, name="import"),
    path("import/samples/<str:name>", intake.sample, name="import-sample"),
    path("import/<int:pk>/", intake.batch, name="import-batch"),
    path("import/<int:pk>/rows/<int:row_pk>/", intake.row, name="import-row"),
    path("import/<int:pk>/take/", intake.take, name="import-take"),
    path("import/<int:pk>/undo/", intake.undo, name="import-undo"),
    path("import/<int:pk>/discard/", intake.discard, name="import-discard"),
    path("import/<int:pk>/seen/", intake.seen, name="import-seen"),
    path("volunteers/", people.volunteers, name="volunteers"),
    path("volunteers/add/", people.add, name="volunteer-add"),
    path("volunteers/<int:pk>/", people.volunteer, name="volunteer"),
    path("volunteers/<int:pk>/edit/", people.edit, name="volunteer-edit"),
    path("volunteers/<int:pk>/phone/", people.reveal, name="volunteer-reveal"),
    path("volunteers/<int:pk>/clearance/", people.clearance, name="volunteer-clearance"),
    path("volunteers/<int:pk>/note/", people.note, name="volunteer-note"),
    path("volunteers/<int:pk>/link/", people.renew, name="volunteer-renew"),
    *[
        path(f"volunteers/<int:pk>/{verb}/", people.act, {"verb": verb}, name=f"volunteer-{verb}")
        for verb in people.ACTS
    ],
]
public = [
    path("", public_pages.sessions, name="list"),
    path("s/<int:pk>/", public_pages.sign_up, name="sign-up"),
    path("kept/<str:signed>/", public_pages.kept, name="kept"),
    path("me/leave/", volunteer.not_me, name="not-me"),
    path("me/<str:token>/", volunteer.me, name="me"),
    path("me/<str:token>/free/", volunteer.free_time, name="free-time"),
    path("me/<str:token>/<int:pk>/yes/", volunteer.answer, name="answer"),
    path("me/<str:token>/<int:pk>/no/", volunteer.decline, name="decline"),
    path("privacy/", public_pages.privacy, name="privacy"),
    path("qr.svg", public_pages.qr, name="qr"),
]
