"""Tasks and services on a real emulator."""

CHECK = {"command": ["CMD", "/probe", "health"], "interval": 5, "timeout": 3, "retries": 2, "startPeriod": 2}
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


class Cluster:
    """Tasks and services of the cluster "c"."""

    def __init__(self, machine, image):
        self.machine, self.image, self.ecs, self.logs = machine, image, machine.client("ecs"), machine.client("logs")
        self.ecs.create_cluster(clusterName="c")
        self.logs.create_log_group(logGroupName="/probe")

    def definition(self, family="probe", environment=None, volumes=(), **members):
        options = {"awslogs-group": "/probe", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "t"}
        container = {"name": "app", "image": self.image, "memory": 64,
                     "environment": [{"name": k, "value": str(v)} for k, v in (environment or {}).items()],
                     "logConfiguration": {"logDriver": "awslogs", "options": options}} | members
        return self.ecs.register_task_definition(family=family, networkMode="bridge", volumes=list(volumes),
                                                 containerDefinitions=[container])["taskDefinition"]["taskDefinitionArn"]

    def run(self, definition, **members):
        """Run a task; returns its ARN."""
        return self.ecs.run_task(cluster="c", taskDefinition=definition, launchType="EC2", **members)["tasks"][0][
            "taskArn"]

    def until(self, arn, status, seconds=60):
        def reached():
            task, = self.ecs.describe_tasks(cluster="c", tasks=[arn])["tasks"]
            assert not (status == "RUNNING" and task["lastStatus"] == "STOPPED"), task["stoppedReason"]
            return task if task["lastStatus"] == status else None
        return self.machine.until(reached, seconds, f"the task is not {status}")

    def output(self, arn):
        name = f"t/app/{arn.rsplit('/', 1)[-1]}"
        pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName="/probe", logStreamNames=[name])
        return [event["message"] for page in pages for event in page["events"]]

    def service(self, name):
        return self.ecs.describe_services(cluster="c", services=[name])["services"][0]

    def settled(self, name, seconds=90, definition=None):
        """Wait until a service is steady with one deployment."""
        def steady():
            found = self.service(name)
            deployments = found["deployments"]
            return (len(deployments) == 1 and deployments[0]["rolloutState"] == "COMPLETED"
                    and found["runningCount"] == found["desiredCount"]
                    and definition in (None, found["taskDefinition"])) and found
        return self.machine.until(steady, seconds, f"service {name} is not steady: {self.messages(name)[:6]}")

    def messages(self, name):
        return [event["message"] for event in self.service(name)["events"]]

    def delete(self, name):
        self.ecs.delete_service(cluster="c", service=name, force=True)
        self.machine.until(lambda: self.service(name)["status"] == "INACTIVE", 60, f"{name} is not INACTIVE")
