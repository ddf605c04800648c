package alarms

import "time"

// What the log of ECS's events says about one service; its standby's events count as its own.
// Source: Amazon ECS Developer Guide, "Amazon ECS events".
const (
	taskOf    = `$.detail.group = "service:%[1]s" || $.detail.group = "service:%[1]s-standby"`
	serviceOf = `$.resources[0] = "*/%[1]s" || $.resources[0] = "*/%[1]s-standby"`
	stopped   = `$.detail.lastStatus = "STOPPED" && `
)

// ECS sends a service's CPU and memory for each running task, and nothing where none runs.
const nothingRuns = "nothing runs then, which running-tasks and heartbeat say"

// Nobody logs what does not happen.
const nothingHappened = "no line means that it did not happen"

func serviceKinds() []Kind {
	return []Kind{
		{
			Scope: Service, Key: "heartbeat", When: Warded, Panel: "Alive",
			Means:  "no heartbeat: it does not run, or its probe does not hold",
			Metric: Metric{Name: "Heartbeat", Statistic: "Sum", Filters: []Filter{{Pattern: `{ $.source = "warden" && $.event = "heartbeat" }`}}},
			Below:  true, Threshold: 1, Period: time.Minute, Periods: 3,
			Missing: Breaching, Because: "no data is what it is for",
			Source: "AWS's list has none for a service of one's own; 60 s, 3 of 3",
		},
		{
			Scope: Service, Key: "running-tasks", Panel: "Alive",
			Means:  "fewer tasks run than should",
			Metric: Metric{Namespace: "AWS/ECS", Name: "CPUUtilization", Statistic: "SampleCount"},
			Below:  true, Threshold: 1, Period: time.Minute, Periods: 5,
			Missing: Breaching, Because: "each running task sends one sample a minute, so no data means that nothing runs; this needs no Container Insights",
			Source: "AWS's recommended alarms, Amazon ECS",
		},
		{
			Scope: Service, Key: "down", When: Warded,
			Means: "it is down: no heartbeat, and no running task or a failed host",
			Rule:  "heartbeat AND (running-tasks OR the status check of one of the hosts)",
		},
		{
			Scope: Service, Key: "cpu", Panel: "Use of what it reserves, percent",
			Means:  "more than %s of its CPU is used",
			Metric: Metric{Namespace: "AWS/ECS", Name: "CPUUtilization", Statistic: "Average"},
			// A host's idle CPU goes to whoever asks: a service may use more than it reserves, and then shows more than 100.
			Threshold: 80, Least: 1, Most: 1000, Unit: "percent", Period: time.Minute, Periods: 5,
			Missing: NotBreaching, Because: nothingRuns, Source: "AWS's recommended alarms, Amazon ECS",
		},
		{
			Scope: Service, Key: "memory", Panel: "Use of what it reserves, percent",
			Means:     "more than %s of its memory is used; at 100 it is killed",
			Metric:    Metric{Namespace: "AWS/ECS", Name: "MemoryUtilization", Statistic: "Average"},
			Threshold: 80, Least: 1, Most: 100, Unit: "percent", Period: time.Minute, Periods: 5,
			Missing: NotBreaching, Because: nothingRuns, Source: "AWS's recommended alarms, Amazon ECS",
		},
		{
			Scope: Service, Key: "errors", Panel: "Trouble",
			Means:     "%s or more in its log",
			Metric:    Metric{Name: "Errors", Statistic: "Sum", Filters: []Filter{{}}},
			Threshold: 5, Least: 1, Most: 1e6, Unit: "error lines", Period: 5 * time.Minute, Periods: 1,
			Missing: NotBreaching, Because: nothingHappened, Source: "judgement: fewer are read in the log",
		},
		{
			Scope: Service, Key: "crash-loop", Panel: "Trouble",
			Means: "it ended by itself %s or more",
			Metric: Metric{Name: "Crashes", Statistic: "Sum", Filters: []Filter{
				{Pattern: `{ $.source = "warden" && $.event = "restarting" }`},
				{Events: true, Pattern: `{ ` + stopped + `$.detail.stopCode = "EssentialContainerExited" && (` + taskOf + `) }`},
			}},
			Threshold: 3, Least: 1, Most: 1000, Unit: "times", Period: 5 * time.Minute, Periods: 1,
			Missing: NotBreaching, Because: nothingHappened, Source: "judgement: once is an accident, ECS does not throttle what reached RUNNING",
		},
		{
			Scope: Service, Key: "stopped-for-good", When: Warded, Panel: "Trouble",
			Means:     "it was started too often in 24 hours and is not started any more",
			Metric:    Metric{Name: "StoppedForGood", Statistic: "Sum", Filters: []Filter{{Pattern: `{ $.source = "warden" && $.event = "stopped-for-good" }`}}},
			Threshold: 1, Period: 5 * time.Minute, Periods: 1,
			Missing: NotBreaching, Because: nothingHappened, Source: "the warden's own brake (startsPerDay)",
		},
		{
			Scope: Service, Key: "unhealthy", Panel: "Trouble",
			Means: "its probe failed as often as it may",
			Metric: Metric{Name: "Unhealthy", Statistic: "Sum", Filters: []Filter{
				{Pattern: `{ $.source = "warden" && ($.event = "unhealthy" || $.event = "unwell") }`},
				{Events: true, Pattern: `{ ` + stopped + `$.detail.stoppedReason = "*health check*" && (` + taskOf + `) }`},
			}},
			Threshold: 1, Period: time.Minute, Periods: 1,
			Missing: NotBreaching, Because: nothingHappened, Source: "judgement: it is restarted, or lacks what a restart would not bring",
		},
		{
			Scope: Service, Key: "deployment-failed", Panel: "Trouble",
			Means: "a deployment failed and was rolled back",
			Metric: Metric{Name: "DeploymentFailed", Statistic: "Sum", Filters: []Filter{
				{Events: true, Pattern: `{ $.detail.eventName = "SERVICE_DEPLOYMENT_FAILED" && (` + serviceOf + `) }`},
			}},
			Threshold: 1, Period: time.Minute, Periods: 1,
			Missing: NotBreaching, Because: nothingHappened, Source: "sent only with the circuit breaker on, as it is",
		},
		{
			Scope: Service, Key: "cannot-start", Panel: "Trouble",
			Means: "its tasks could not be started %s or more",
			Metric: Metric{Name: "CannotStart", Statistic: "Sum", Filters: []Filter{
				{Events: true, Pattern: `{ (($.detail.eventName = "SERVICE_TASK_START_IMPAIRED" || ` +
					`$.detail.eventName = "SERVICE_TASK_PLACEMENT_FAILURE") && (` + serviceOf + `)) || (` +
					stopped + `$.detail.stopCode = "TaskFailedToStart" && (` + taskOf + `)) }`},
			}},
			Threshold: 3, Least: 1, Most: 1000, Unit: "times", Period: 5 * time.Minute, Periods: 1,
			Missing: NotBreaching, Because: nothingHappened, Source: "judgement: while a host boots a placement fails once or twice",
		},
		{
			Scope: Service, Key: "lease-contended", When: Singleton, Panel: "Trouble",
			Means:     "somebody took its lease out of turn",
			Metric:    Metric{Name: "Contended", Statistic: "Sum", Filters: []Filter{{Pattern: `{ $.source = "warden" && ($.event = "contended" || $.event = "lost") }`}}},
			Threshold: 1, Period: time.Minute, Periods: 1,
			Missing: NotBreaching, Because: nothingHappened, Source: "it never happens in good order",
		},
		{
			Scope: Service, Key: "failover", When: Singleton, Panel: "Trouble",
			Means:     "a copy took over from one that went without a word",
			Metric:    Metric{Name: "Failovers", Statistic: "Sum", Filters: []Filter{{Pattern: `{ $.source = "warden" && $.event = "failover" }`}}},
			Threshold: 1, Period: time.Minute, Periods: 1,
			Missing: NotBreaching, Because: nothingHappened, Source: "it is back already; somebody should know why",
		},
	}
}
