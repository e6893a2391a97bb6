"""The API of volunteers: changes to sessions with those who help there, and timetables that the engine proposes."""

from volunteers.api import changes, timetables

routers = [changes.router, timetables.router]
