"""Accounts of staff, for whoever looks after the installation."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm

from people.models import User


class NewUser(AdminUserCreationForm):
    """An account begins with a role."""

    class Meta(AdminUserCreationForm.Meta):
        model = User
        fields = ("username", "role")


@admin.register(User)
class StaffAdmin(UserAdmin):
    """Django's page with the role in front; groups and single permissions are not used here."""

    add_form = NewUser
    list_display = ["username", "last_name", "first_name", "role", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    fieldsets = [
        (None, {"fields": ["username", "password", "role"]}),
        ("姓名", {"fields": ["last_name", "first_name"]}),
        ("账号", {"fields": ["is_active", "is_staff", "is_superuser"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "role", "usable_password", "password1", "password2"]})]
