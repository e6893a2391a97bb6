"""Addresses of the classes app: `desk` (staff, under /desk/) and `public` (at the root)."""

from django.urls import path

from classes.views import days, family, feeds, learner_facts, learners, places, plans, requests, room_week, rooms, term

desk = [
    path("community/", places.community, name="community"),
    path("term/", term.term, name="term"),
    path("term/rooms/", room_week.week, name="room-week"),
    path("term/add/", term.add, name="term-add"),
    path("term/<int:pk>/fill/", term.fill, name="term-fill"),
    path("term/<int:pk>/generate/", term.generate, name="term-generate"),
    path("term/<int:pk>/series/<int:programme>/", term.series_add, name="series-add"),
    path("term/question/<int:pk>/", term.question, name="question"),
    path("term/series/<int:pk>/", term.series, name="series"),
    path("term/series/<int:pk>/list/", term.series_list, name="series-list"),
    path("term/series/<int:pk>/promote/", term.series_promote, name="series-promote"),
    path("term/series/<int:pk>/plan/", plans.plan, name="series-plan"),
    path("rooms/", rooms.rooms, name="rooms"),
    path("rooms/<int:pk>/", rooms.room, name="room"),
    path("rooms/<int:pk>/book/", rooms.book, name="room-book"),
    path("rooms/bookings/<int:pk>/free/", rooms.free, name="room-free"),
    path("venues/closings/<int:pk>/end/", rooms.venue_reopen, name="venue-reopen"),
    path("calendar/notice/", days.notice, name="notice"),
    path("calendar/notice/<int:pk>/undo/", days.notice_undo, name="notice-undo"),
    path("calendar/school-year/", days.school_year, name="school-year"),
    path("calendar/days/", days.day_add, name="day-add"),
    path("calendar/days/<int:pk>/remove/", days.day_remove, name="day-remove"),
    path("calendar/days/<int:pk>/follows/", days.day_follows, name="day-follows"),
    path("calendar/school/", days.school_term_add, name="school-term-add"),
    path("calendar/school/<int:pk>/remove/", days.school_term_remove, name="school-term-remove"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/<str:kind>/<int:pk>/open/", feeds.open_feed, name="feed-open"),
    path("feeds/<int:pk>/close/", feeds.close_feed, name="feed-close"),
    path("learners/", learners.learners, name="learners"),
    path("learners/place/", learners.place, name="learners-place"),
    path("learners/add/<str:kind>/", learners.add, name="learner-add"),
    path("learners/<int:pk>/", learners.learner, name="learner"),
    path("learners/<int:pk>/phone/<int:person>/", learners.reveal, name="learner-reveal"),
    path("learners/<int:pk>/edit/", learner_facts.edit, name="learner-edit"),
    path("learners/<int:pk>/family/", learner_facts.reveal_family, name="learner-family"),
    path("learners/<int:pk>/pickup/", learner_facts.contact, {"what": "pickup"}, name="learner-pickup"),
    path("learners/<int:pk>/guardian/", learner_facts.contact, {"what": "guardian"}, name="learner-guardian"),
    path("learners/guardians/<int:pk>/link/", family.link, name="family-link"),
    path("learners/pickups/<int:pk>/remove/", learner_facts.pickup_remove, name="pickup-remove"),
    path("learners/<int:pk>/consent/", learners.consent, name="learner-consent"),
    path("learners/<int:pk>/times/", learners.times, name="learner-times"),
    path("learners/<int:pk>/enrol/", learners.enrol, name="learner-enrol"),
    path("learners/places/<int:pk>/withdraw/", learners.withdraw, name="learner-withdraw"),
    path("learners/places/<int:pk>/confirm/", learners.confirm, name="learner-confirm"),
    path("requests/", requests.requests, name="requests"),
    path("requests/add/", requests.add, name="request-add"),
    path("requests/<int:pk>/", requests.one, name="request"),
    path("requests/<int:pk>/place/<int:session>/", requests.place, name="request-place"),
    path("requests/<int:pk>/new/", requests.place_new, name="request-new"),
    path("requests/<int:pk>/undo/", requests.undo, name="request-undo"),
    path("requests/<int:pk>/move/", requests.move, name="request-move"),
    path("requests/<int:pk>/phone/", requests.reveal, name="request-reveal"),
]
public = [
    path("ask/", requests.ask, name="ask"),
    path("feeds/<str:token>.ics", feeds.feed, name="feed"),
    path("k/<str:token>/", family.family, name="family"),
    *[
        path(f"k/<str:token>/<int:pk>/{verb}/", family.say, {"verb": verb}, name=f"family-{verb}")
        for verb in family.SAYINGS
    ],
]
