"""An HTTP server of this machine that keeps what it is sent, and the API destination that sends to it."""

import http.server
import json
import threading
import time

from corrections import events_delivery

ROLE = "arn:aws:iam::000000000000:role/r"
TEMPLATE = {"InputPathsMap": {"stack": "$.detail.stack", "n": "$.detail.n"},
            "InputTemplate": '{"content": "**<stack>**\\n<n>", "n": <n>}'}


class Receiver:
    """Answers the given (status, headers) one after the other, then 204; `got` holds the requests in their order."""

    def __init__(self, answers=()):
        self.got, self.answers = [], list(answers)
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, headers = receiver.answers.pop(0) if receiver.answers else (204, {})
                receiver.got.append((self.command, self.path, dict(self.headers), body))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
            do_PUT = do_GET = do_POST

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def wait(self, count, seconds=5):
        """The bodies of the requests, once there are so many."""
        deadline = time.monotonic() + seconds
        while len(self.got) < count:
            assert time.monotonic() < deadline, f"{len(self.got)} of {count} requests came: {self.got}"
            time.sleep(0.005)
        return [body for _, _, _, body in self.got]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def connect(aws, name="c"):
    """A connection with an API key; returns its ARN."""
    return aws("events").create_connection(Name=name, AuthorizationType="API_KEY", AuthParameters={
        "ApiKeyAuthParameters": {"ApiKeyName": "Authorization", "ApiKeyValue": "Bot s3cret"}})["ConnectionArn"]


def destination(aws, connection, endpoint, name="d", method="POST", **members):
    """An API destination; returns its ARN."""
    return aws("events").create_api_destination(Name=name, ConnectionArn=connection, InvocationEndpoint=endpoint,
                                                HttpMethod=method, **members)["ApiDestinationArn"]


def rule(aws, arn, pattern=None, name="r", **target):
    """A rule with one target; returns its ARN."""
    made = aws("events").put_rule(Name=name, EventPattern=json.dumps(pattern or {"source": ["botyard"]}))["RuleArn"]
    aws("events").put_targets(Rule=name, Targets=[{"Id": "1", "Arn": arn, "RoleArn": ROLE} | target])
    return made


def deploy(aws, **detail):
    """The event that a program puts when it deploys."""
    answer = aws("events").put_events(Entries=[{"Source": "botyard", "DetailType": "Deployment",
                                                "Detail": json.dumps({"stack": "prod"} | detail)}])
    assert answer["FailedEntryCount"] == 0


def bodies(*numbers):
    """What TEMPLATE makes of deploy(aws, n=…) for each number."""
    return [json.dumps({"content": f"**prod**\n{n}", "n": n}).encode() for n in numbers]


def receiving(request, monkeypatch):
    """The fixture `receiver` of a test: it is tried again at once, and its parameter is what it answers."""
    monkeypatch.setattr(events_delivery, "SLOWEST_RETRY_SECONDS", 0.02)
    made = Receiver(getattr(request, "param", ()))
    yield made
    made.close()
