"""Hosts, and what the environment decides."""

import importlib

import pytest
from django.test import override_settings

from leveling_api import settings


@pytest.mark.parametrize(
    "text, hosts",
    [(None, ["*"]), (" , ", ["*"]), ("a.example.org, b.example.org", ["a.example.org", "b.example.org"])],
)
def test_allowed_hosts(monkeypatch, text, hosts):
    if text is not None:
        monkeypatch.setenv("ALLOWED_HOSTS", text)
    assert hosts == importlib.reload(settings).ALLOWED_HOSTS


def test_every_host_without_a_list(client):
    with override_settings(ALLOWED_HOSTS=["*"]):
        assert client.get("/leaderboard", headers={"Host": "10.20.0.7:32768"}).status_code == 200


def test_a_forged_host_is_refused(client):
    with override_settings(ALLOWED_HOSTS=["leveling.example.org"]):
        assert client.get("/leaderboard", headers={"Host": "leveling.example.org"}).status_code == 200
        assert client.get("/leaderboard", headers={"Host": "evil.example.org"}).status_code == 400


def test_the_load_balancers_checks_pass_without_a_name(client):
    with override_settings(ALLOWED_HOSTS=["leveling.example.org"]):
        assert client.get("/healthz", headers={"Host": "10.20.0.7:32768"}).status_code == 200
