package platform

// watching is logs, alarms, events, and what they start.
func (a *DeliveryArgs) watching() access {
	logs := []string{a.regional("logs", "log-group:/"+a.Names.Path("*")), a.regional("logs", "log-group:/aws/events/"+a.Names.Path("*"))}
	alarms := a.regional("cloudwatch", "alarm:"+a.prefix())
	dashboard := a.global("cloudwatch", "dashboard/"+a.Names.Name(255))
	events := []string{
		a.regional("events", "rule/"+a.prefix()), a.regional("events", "connection/"+a.prefix()), a.regional("events", "api-destination/"+a.prefix()),
	}
	topic, documents := a.regional("sns", a.prefix()), a.regional("ssm", "document/"+a.prefix())
	budget := a.global("budgets", "budget/"+a.Names.Name(100))
	connections := a.regional("secretsmanager", "secret:events!connection/"+a.prefix())
	return access{
		name: "watching",
		looks: []statement{
			// These take no resource, or describe a composite alarm only to whoever may describe all.
			allow("*", "cloudwatch:DescribeAlarms", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies", "sns:GetSubscriptionAttributes"),
			allow(append([]string{alarms, dashboard}, logs...), "cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource",
				"logs:DescribeMetricFilters", "logs:ListTagsForResource"),
			allow(events, "events:DescribeApiDestination", "events:DescribeConnection", "events:DescribeRule", "events:ListTagsForResource",
				"events:ListTargetsByRule"),
			allow(topic, "sns:GetTopicAttributes", "sns:ListTagsForResource"),
			allow(documents, "ssm:DescribeDocument", "ssm:DescribeDocumentPermission", "ssm:GetDocument", "ssm:ListTagsForResource"),
			allow(budget, "budgets:ListTagsForResource", "budgets:ViewBudget"),
			// The daily look for drift is a preview, too, and says what it has found: nothing else.
			allow(a.regional("events", "event-bus/default"), "events:PutEvents").
				on("StringEquals", "events:source", "botyard").on("StringEquals", "events:detail-type", "Drift"),
		},
		changes: []statement{
			allow("*", "logs:DeleteResourcePolicy", "logs:PutResourcePolicy", "sns:Unsubscribe"), // take no resource
			allow(append([]string{alarms, dashboard}, logs...),
				"cloudwatch:DeleteAlarms", "cloudwatch:DeleteDashboards", "cloudwatch:PutCompositeAlarm", "cloudwatch:PutDashboard",
				"cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource",
				"logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteMetricFilter", "logs:GetLogEvents", "logs:PutMetricFilter",
				"logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"),
			allow(events, "events:CreateApiDestination", "events:CreateConnection", "events:DeleteApiDestination", "events:DeleteConnection",
				"events:DeleteRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets", "events:TagResource", "events:UntagResource",
				"events:UpdateApiDestination", "events:UpdateConnection"),
			allow(a.regional("events", "event-bus/default"), "events:PutEvents").on("StringEquals", "events:source", "botyard"),
			// EventBridge keeps what a connection knows in a secret, in the name of whoever makes it.
			// Source: Amazon EventBridge User Guide, "Using identity-based policies".
			allow(connections, "secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:GetSecretValue",
				"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret"),
			allow(topic, "sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource", "sns:UntagResource"),
			allow(documents, "ssm:AddTagsToResource", "ssm:CreateDocument", "ssm:DeleteDocument", "ssm:RemoveTagsFromResource", "ssm:UpdateDocument",
				"ssm:UpdateDocumentDefaultVersion"),
			allow(budget, "budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"),
		},
	}
}
