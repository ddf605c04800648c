"""Which path shows which page."""

from django.urls import path

from leveling_api import views

handler404 = views.not_found
handler500 = views.failed

urlpatterns = [
    path("alive", views.alive),
    path("healthz", views.healthz),
    path("leaderboard", views.leaderboard),
    path("members/<str:sender>", views.member),
]
