"""Addresses of the people app: `desk` (staff, under /desk/), `public` (at the root), `guide` (the style page)."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from people import styleguide, views

desk = [
    path("login/", views.sign_in, name="login"),
    path("password/", views.password, name="password"),
    path("keys/", views.keys, name="keys"),
    path("logout/", LogoutView.as_view(), name="logout"),
]
public: list = []
guide = [
    path("", styleguide.desk, name="desk"),
    path("public/", styleguide.public, name="public"),
]
