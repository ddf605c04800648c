package alarms

import "time"

// noDatabase is why a database that is silent breaches in one alarm only.
const noDatabase = "the alarm of the silence itself says so"

func databaseKinds() []Kind {
	return []Kind{
		{
			Scope: Database, Key: "silent",
			Means:  "it sends no metrics: it does not run",
			Metric: Metric{Namespace: "AWS/RDS", Name: "CPUUtilization", Statistic: "SampleCount"},
			Below:  true, Threshold: 1, Period: time.Minute, Periods: 5,
			Missing: Breaching, Because: "no data is what it is for", Source: "judgement: longer than a reboot",
		},
		{
			Scope: Database, Key: "cpu", Panel: "CPU, percent",
			Means:     "more than %s of its CPU is used",
			Metric:    Metric{Namespace: "AWS/RDS", Name: "CPUUtilization", Statistic: "Average"},
			Threshold: 90, Least: 1, Most: 100, Unit: "percent", Period: time.Minute, Periods: 5,
			Missing: NotBreaching, Because: noDatabase, Source: "AWS's recommended alarms, Amazon RDS",
		},
		{
			Scope: Database, Key: "free-memory", Panel: "Free, bytes",
			Means:  "less than %s of its memory is free",
			Metric: Metric{Namespace: "AWS/RDS", Name: "FreeableMemory", Statistic: "Average"},
			Below:  true, Threshold: 10, Least: 1, Most: 99, Unit: "percent", Of: "the instance class's memory", Period: time.Minute, Periods: 15,
			Missing: NotBreaching, Because: noDatabase,
			Source: "AWS's recommended alarms say 25; Postgres's buffers and RDS itself take more than that of 1 GiB (docs/decisions.md)",
		},
		{
			Scope: Database, Key: "free-storage", Panel: "Free, bytes",
			Means:  "less than %s of its storage is free",
			Metric: Metric{Namespace: "AWS/RDS", Name: "FreeStorageSpace", Statistic: "Minimum"},
			Below:  true, Threshold: 10, Least: 1, Most: 99, Unit: "percent", Of: "storageGiB", Period: time.Minute, Periods: 5,
			Missing: NotBreaching, Because: noDatabase, Source: "AWS's recommended alarms, Amazon RDS",
		},
		{
			Scope: Database, Key: "connections", Panel: "Connections",
			Means:     "more than %s of its connections are taken",
			Metric:    Metric{Namespace: "AWS/RDS", Name: "DatabaseConnections", Statistic: "Average"},
			Threshold: 80, Least: 1, Most: 100, Unit: "percent", Of: "max_connections of the instance class", Period: time.Minute, Periods: 5,
			Missing: NotBreaching, Because: noDatabase, Source: "judgement; Amazon RDS User Guide, \"Quotas and constraints\": memory / 9,531,392, at most 5,000",
		},
		{
			Scope: Database, Key: "read-latency", Panel: "Disk latency, seconds",
			Means:     "reads of its disk take longer than %s",
			Metric:    Metric{Namespace: "AWS/RDS", Name: "ReadLatency", Statistic: "p90"},
			Threshold: 0.02, Least: 0.001, Most: 10, Unit: "seconds", Period: time.Minute, Periods: 5,
			Missing: NotBreaching, Because: noDatabase, Source: "AWS's recommended alarms, Amazon RDS",
		},
		{
			Scope: Database, Key: "write-latency", Panel: "Disk latency, seconds",
			Means:     "writes to its disk take longer than %s",
			Metric:    Metric{Namespace: "AWS/RDS", Name: "WriteLatency", Statistic: "p90"},
			Threshold: 0.02, Least: 0.001, Most: 10, Unit: "seconds", Period: time.Minute, Periods: 5,
			Missing: NotBreaching, Because: noDatabase, Source: "AWS's recommended alarms, Amazon RDS",
		},
		{
			Scope: Database, Key: "transaction-ids", Panel: "Transaction ids",
			Means:     "%s or more are in use: vacuum does not keep up, and at 2 billion it stops",
			Metric:    Metric{Namespace: "AWS/RDS", Name: "MaximumUsedTransactionIDs", Statistic: "Maximum"},
			Threshold: 1e9, Least: 1e6, Most: 2e9, Unit: "transaction ids", Period: time.Minute, Periods: 1,
			Missing: NotBreaching, Because: noDatabase, Source: "AWS's recommended alarms, Amazon RDS",
		},
	}
}
