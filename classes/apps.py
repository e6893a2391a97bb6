"""What is on, where, when, and who comes to learn."""

from django.apps import AppConfig


class ClassesConfig(AppConfig):
    """Programmes, places, terms, sessions and learners."""

    name = "classes"
    verbose_name = "课程"
