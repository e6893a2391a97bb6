"""Data that changes once a year: the desk of a community, rooms, the rule packs, the calendar, the lessons."""

from django.contrib import admin

from classes.models import CalendarDay, Community, Lesson, Programme, Room, Venue


@admin.register(Community)
class CommunityAdmin(admin.ModelAdmin):
    """The telephone and hours that public pages name."""

    list_display = ["name", "street", "help_name", "help_phone", "help_hours"]


@admin.register(Venue)
class VenueAdmin(admin.ModelAdmin):
    """An address."""

    list_display = ["name", "community", "address"]
    list_filter = ["community"]


@admin.register(Room)
class RoomAdmin(admin.ModelAdmin):
    """A room with its seats and floor."""

    list_display = ["name", "venue", "seats", "floor", "has_lift", "open_text"]
    list_filter = ["venue__community"]


@admin.register(Programme)
class ProgrammeAdmin(admin.ModelAdmin):
    """A rule pack; the database refuses a children's programme without two cleared adults."""

    list_display = ["name", "kind", "on_workday", "on_weekend", "on_holiday", "on_makeup", "minimum_adults"]


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin):
    """One day that is not an ordinary one, for everybody or for one community."""

    list_display = ["date", "day_type", "name", "community", "follows_weekday", "status"]
    list_filter = ["status", "day_type", "community"]
    date_hierarchy = "date"


@admin.register(Lesson)
class LessonAdmin(admin.ModelAdmin):
    """One lesson of the catalogue."""

    list_display = ["code", "title", "minutes", "learners_per_helper"]
    search_fields = ["code", "title"]
