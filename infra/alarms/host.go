package alarms

import "time"

// noHost is why a group of hosts that is silent does not breach.
const noHost = "no data means that no host runs, which the services' alarms say"

func hostKinds() []Kind {
	return []Kind{
		{
			Scope: Hosts, Key: "status-check", Panel: "Status",
			Means:     "a host failed its EC2 status check; the Auto Scaling group replaces it",
			Metric:    Metric{Namespace: "AWS/EC2", Name: "StatusCheckFailed", Statistic: "Maximum"},
			Threshold: 1, Period: time.Minute, Periods: 2,
			Missing: NotBreaching, Because: noHost, Source: "AWS's recommended alarms, Amazon EC2",
		},
		{
			Scope: Hosts, Key: "cpu", Panel: "Use, percent",
			Means:     "more than %s of the CPU is used",
			Metric:    Metric{Namespace: "AWS/EC2", Name: "CPUUtilization", Statistic: "Average"},
			Threshold: 80, Least: 1, Most: 100, Unit: "percent", Period: 5 * time.Minute, Periods: 3,
			Missing: NotBreaching, Because: noHost, Source: "AWS's recommended alarms, Amazon EC2",
		},
		{
			Scope: Hosts, Key: "cpu-credits", When: Burstable, Panel: "CPU credits",
			Means:  "fewer than %s of CPU are left: beyond, a t-type costs more or is slow",
			Metric: Metric{Namespace: "AWS/EC2", Name: "CPUCreditBalance", Statistic: "Minimum"},
			// A new host has none and earns them: a t3.small 24 an hour, so that the first hour is below.
			Below: true, Threshold: 10, Least: 1, Most: 5000, Unit: "credits", Period: 5 * time.Minute, Periods: 12,
			Missing: NotBreaching, Because: noHost, Source: "judgement: ten minutes of one full vCPU",
		},
		{
			Scope: Hosts, Key: "disk", When: OnEC2, Panel: "Fullest host, percent",
			Means:     "more than %s of a host's disk is used",
			Metric:    Metric{Name: "HostDiskUsed", Statistic: "Maximum", Filters: []Filter{{Pattern: hostLine, Value: "$.diskUsedPercent"}}},
			Threshold: 85, Least: 1, Most: 100, Unit: "percent", Period: 5 * time.Minute, Periods: 3,
			Missing: NotBreaching, Because: noHost, Source: "judgement: an image must still fit, and ECS removes unused ones only each half hour",
		},
		{
			Scope: Hosts, Key: "memory", When: OnEC2, Panel: "Fullest host, percent",
			Means:     "more than %s of a host's memory is used",
			Metric:    Metric{Name: "HostMemoryUsed", Statistic: "Maximum", Filters: []Filter{{Pattern: hostLine, Value: "$.memoryUsedPercent"}}},
			Threshold: 90, Least: 1, Most: 100, Unit: "percent", Period: 5 * time.Minute, Periods: 3,
			Missing: NotBreaching, Because: noHost, Source: "judgement: beyond, the kernel kills processes of its choice",
		},
	}
}

// hostLine is what wardens say of the host that they are on, each minute.
const hostLine = `{ $.source = "warden" && $.event = "host" }`
