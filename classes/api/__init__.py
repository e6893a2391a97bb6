"""The API of classes: where, when and what is on."""

from classes.api import calendar, lessons, places, series, sessions, terms

routers = [places.router, calendar.router, terms.router, series.router, sessions.router, lessons.router]
