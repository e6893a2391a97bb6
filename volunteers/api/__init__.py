"""The API of volunteers: changes to sessions with those who help there, days on which nobody can come, timetables."""

from volunteers.api import absences, changes, report, reshaping, settling, slots, timetables

routers = [
    changes.router,
    reshaping.router,
    slots.router,
    settling.router,
    absences.router,
    timetables.router,
    report.router,
]
