"""Addresses of the people app: `desk` (staff, under /desk/) and `public` (at the root)."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from people import views

desk = [
    path("login/", views.sign_in, name="login"),
    path("password/", views.password, name="password"),
    path("logout/", LogoutView.as_view(), name="logout"),
]
public: list = []
