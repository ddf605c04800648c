"""The health check against a real server."""

import http.server
import threading

import pytest

from fleet_models.probe import main, probe


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/well" else 503)
        self.end_headers()
        self.wfile.write(b"the page")

    def log_message(self, *args):
        pass


@pytest.fixture
def port():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_well(port):
    assert probe("/well", port) == ""


def test_unwell_gives_the_page(port):
    assert probe("/ill", port) == "/ill answered 503: the page"


def test_nobody_there(port):
    assert probe("/well", 1).startswith("/well on port 1 does not answer: ")


def test_exit_codes(port, monkeypatch):
    monkeypatch.setenv("PORT", str(port))
    with pytest.raises(SystemExit) as well:
        main("/well")
    with pytest.raises(SystemExit) as ill:
        main("/ill")
    assert (well.value.code, ill.value.code) == (0, "/ill answered 503: the page")
