"""All corrections. Importing this module registers them; a new one is a new function in one of these, or a new line."""

from corrections import (  # noqa: F401
    alarms,
    autoscaling,
    cloudwatch,
    ec2,
    ecr,
    ecs_agent,
    ecs_api,
    ecs_container,
    ecs_environment,
    ecs_hosts,
    ecs_logs,
    ecs_scheduler,
    ecs_stop,
    elb,
    elb_checks,
    lifecycle,
    logs,
    metrics,
    rds,
    ssm,
)
