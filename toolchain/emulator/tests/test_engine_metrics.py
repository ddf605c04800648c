"""A database's metrics, from a real one, and a load balancer's, by real requests."""

import datetime
import http.server
import threading
import time

import machine as machines
import psycopg2
import pytest
from balancer import make_group

from corrections import metrics_postgres, metrics_rds, metrics_usage

pytestmark = pytest.mark.engine


@pytest.fixture
def instance(machine):
    """A running database as the emulator keeps it, without the emulator: what metrics_rds asks."""
    if not machines.docker("images", "--quiet", machines.DATABASE_IMAGE).strip():
        complaint = f"there is no image {machines.DATABASE_IMAGE}; toolchain/baseimages/postgres.sh makes it"
        (pytest.fail if machine.environ.get("CI") == "true" else pytest.skip)(complaint)
    port = machines.free_port()
    container = machines.docker("run", "-d", "--label", f"ministack.instance={machine.settings.instance}", "-e",
                                "POSTGRES_PASSWORD=secret", "-p", f"127.0.0.1:{port}:5432",
                                machines.DATABASE_IMAGE).strip()
    yield {"DBInstanceIdentifier": "db", "DBInstanceArn": "arn:db", "DBInstanceClass": "db.t4g.micro",
           "AllocatedStorage": 20, "Endpoint": {"Address": "127.0.0.1", "Port": port}, "MasterUsername": "postgres",
           "_MasterUserPassword": "secret", "_docker_container_id": container}
    machines.docker("rm", "-f", "-v", container)


def connect(instance):
    made = psycopg2.connect(host="127.0.0.1", port=instance["Endpoint"]["Port"], user="postgres", password="secret",
                            connect_timeout=3)
    made.autocommit = True
    return made


def answered(machine, instance):
    def tried():
        try:
            return metrics_postgres.ask(instance)
        except psycopg2.Error:
            return None
    return machine.until(tried, 60, "the database does not start")


def test_a_real_database_tells_its_figures(machine, instance):
    before = answered(machine, instance)
    assert (before.connections, before.reads, before.writes) == (0, None, None)
    clients = [connect(instance) for _ in range(3)]
    with clients[0].cursor() as cursor:
        for number in range(20):
            cursor.execute(f"CREATE TABLE t{number} AS SELECT repeat('x', 1000) FROM generate_series(1, 1000)")
    after = metrics_postgres.ask(instance)
    assert after.connections == 3
    assert after.used_transaction_ids >= before.used_transaction_ids + 20
    assert after.size >= before.size + 20 * 1000 * 1000
    figures = {name: value for name, value, _ in metrics_rds.figures(
        instance, metrics_usage.look(instance["_docker_container_id"]), after)}
    assert figures["FreeStorageSpace"] == 20 * 2**30 - after.size > 0.9 * 20 * 2**30
    assert 0.25 * 2**30 < figures["FreeableMemory"] < 2**30
    assert 0 < figures["CPUUtilization"] <= 100
    with clients[0].cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET track_io_timing = on")
        cursor.execute("SELECT pg_reload_conf()")
    timed = machine.until(lambda: metrics_postgres.ask(instance).reads, 10, "the disk's times are not told")
    assert timed[0] > 0 and timed[1] >= 0
    for client in clients:
        client.close()


def test_a_database_that_hangs_is_given_up(machine, instance):
    answered(machine, instance)
    machines.docker("pause", instance["_docker_container_id"])
    with pytest.raises(psycopg2.OperationalError, match="timeout"):
        metrics_postgres.ask(instance)
    machines.docker("unpause", instance["_docker_container_id"])


class Page(http.server.BaseHTTPRequestHandler):
    """A target that takes a fifth of a second."""

    def do_GET(self):
        if self.path != "/healthz":
            time.sleep(0.2)
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


@pytest.fixture
def target():
    """The port of a real server on this machine."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()


def test_requests_through_the_gateway_are_metrics_within_seconds(machine, target):
    elb, cloudwatch = machine.client("elbv2"), machine.client("cloudwatch")
    group = make_group(elb, "counted")
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "i-0000000000000000a", "Port": target}])
    balancer, = elb.describe_load_balancers(Names=["lb-counted"])["LoadBalancers"]
    for path in ("/", "/", "/missing"):
        machine.request(path, balancer["DNSName"])
    where = [{"Name": "LoadBalancer", "Value": balancer["LoadBalancerArn"].split("loadbalancer/")[1]},
             {"Name": "TargetGroup", "Value": group.rsplit(":", 1)[1]}]

    def value(name, stat):
        end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=2)
        found, = cloudwatch.get_metric_data(
            StartTime=end - datetime.timedelta(minutes=10), EndTime=end, MetricDataQueries=[{"Id": "q", "MetricStat": {
                "Period": 3600, "Stat": stat, "Metric": {"Namespace": "AWS/ApplicationELB", "MetricName": name,
                                                         "Dimensions": where}}}])["MetricDataResults"]
        return sum(found["Values"])
    machine.until(lambda: value("RequestCount", "Sum") == 3, 5, "the requests are not counted")
    assert (value("HTTPCode_Target_2XX_Count", "Sum"), value("HTTPCode_Target_4XX_Count", "Sum")) == (2, 1)
    assert 0.2 <= value("TargetResponseTime", "p95") < 2
    elb.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
    elb.delete_target_group(TargetGroupArn=group)
