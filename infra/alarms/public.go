package alarms

import "time"

// noRequests is why silence of a load balancer is fine.
const noRequests = "no data means that nobody asked"

// publicKinds are those of a service's target group behind the load balancer.
func publicKinds() []Kind {
	return []Kind{
		{
			Scope: Service, Key: "targets", When: Public, Panel: "Requests",
			Means:     "the load balancer calls a task of it unhealthy",
			Metric:    Metric{Namespace: "AWS/ApplicationELB", Name: "UnHealthyHostCount", Statistic: "Maximum"},
			Threshold: 1, Period: time.Minute, Periods: 3,
			Missing: NotBreaching, Because: "without a target there is no data, which running-tasks says", Source: "judgement: three minutes are longer than a deploy",
		},
		{
			Scope: Service, Key: "server-errors", When: Public, Panel: "Requests",
			Means:     "it answered %s or more with 5xx",
			Metric:    Metric{Namespace: "AWS/ApplicationELB", Name: "HTTPCode_Target_5XX_Count", Statistic: "Sum"},
			Threshold: 10, Least: 1, Most: 1e6, Unit: "requests", Period: 5 * time.Minute, Periods: 1,
			Missing: NotBreaching, Because: noRequests, Source: "judgement",
		},
		{
			Scope: Service, Key: "latency", When: Public, Panel: "Latency, seconds",
			Means:     "one request in twenty takes longer than %s",
			Metric:    Metric{Namespace: "AWS/ApplicationELB", Name: "TargetResponseTime", Statistic: "p95"},
			Threshold: 2, Least: 0.01, Most: 300, Unit: "seconds", Period: 5 * time.Minute, Periods: 3,
			Missing: NotBreaching, Because: noRequests, Source: "judgement: a chat that answers later seems dead",
		},
	}
}

// edgeKinds are those of the load balancer itself.
func edgeKinds() []Kind {
	return []Kind{
		{
			Scope: Edge, Key: "server-errors", Panel: "Requests",
			Means:     "the load balancer itself answered %s or more with 5xx: no service was there to",
			Metric:    Metric{Namespace: "AWS/ApplicationELB", Name: "HTTPCode_ELB_5XX_Count", Statistic: "Sum"},
			Threshold: 10, Least: 1, Most: 1e6, Unit: "requests", Period: 5 * time.Minute, Periods: 1,
			Missing: NotBreaching, Because: noRequests, Source: "judgement",
		},
		{
			Scope: Edge, Key: "certificate", When: Domain, Panel: "Certificate, days",
			Means:  "its certificate ends in less than %s and was not renewed",
			Metric: Metric{Namespace: "AWS/CertificateManager", Name: "DaysToExpiry", Statistic: "Minimum"},
			Below:  true, Threshold: 30, Least: 1, Most: 60, Unit: "days", Period: 24 * time.Hour, Periods: 1,
			Missing: NotBreaching, Because: "ACM sends it once a day, and not for a new certificate",
			Source: "AWS Certificate Manager User Guide: renewed 60 days before the end, AWS's own warning comes at 45",
		},
	}
}
