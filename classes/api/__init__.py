"""The API of classes: where, when and what is on."""

from classes.api import calendar, lessons, places, plans, rooms, series, sessions, terms

routers = [
    places.router,
    rooms.router,
    calendar.router,
    terms.router,
    series.router,
    sessions.router,
    lessons.router,
    plans.router,
]
