"""What is on, where, when, and who comes to learn."""

from importlib import import_module

from django.apps import AppConfig


class ClassesConfig(AppConfig):
    """Programmes, places, terms, sessions and learners."""

    name = "classes"
    verbose_name = "课程"

    def ready(self) -> None:
        """Rules about rooms across tables hold on SQLite too."""
        import_module("people.models.guards").keep(self, import_module("classes.models.truths").TRIGGERS)
