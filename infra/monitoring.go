package infra

import (
	"context"
	"fmt"
	"net/url"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/config"
	"botyard/infra/platform"
)

func (s *stack) declareAlerts() (err error) {
	s.alerts, err = platform.NewAlerts(s.ctx, "alerts", &platform.AlertsArgs{
		AccountID: s.account, Region: s.region, Names: s.names,
		Runbooks: s.cfg.Alerts.Runbooks, Email: s.cfg.Alerts.Email, Thresholds: s.cfg.Thresholds(),
	})
	return err
}

func (s *stack) declareEvents() (err error) {
	s.events, err = platform.NewEvents(s.ctx, "events", &platform.EventsArgs{
		Cluster: s.cluster, Names: s.names, LogDays: systemLogDays,
	})
	return err
}

func (s *stack) declareNotifications() error {
	args := &platform.NotificationsArgs{Alerts: s.alerts, Names: s.names, Stack: s.ctx.Stack()}
	chats := s.cfg.Alerts.Chats()
	for _, kind := range config.Names(chats) {
		args.Webhooks = append(args.Webhooks, platform.Webhook{Kind: kind, URL: s.webhook(chats[kind])})
	}
	_, err := platform.NewNotifications(s.ctx, "notifications", args)
	return err
}

// webhook is the address in a secret. A preview reads it too: without it each one would show a change.
func (s *stack) webhook(secret string) pulumi.StringOutput {
	address := s.secrets.ARNs[secret].ApplyTWithContext(s.ctx.Context(), func(ctx context.Context, arn string) (string, error) {
		value, err := s.runner.Value(ctx, arn)
		if err != nil {
			return "", err
		}
		return value, checkWebhook(secret, value)
	})
	return pulumi.ToSecret(address).(pulumi.StringOutput)
}

// checkWebhook refuses what EventBridge would: anything but HTTPS, which only an emulated AWS posts without. The address is
// a secret, so that the error does not show it.
func checkWebhook(secret, address string) error {
	parsed, err := url.Parse(address)
	local := err == nil && parsed.Scheme == "http" && (parsed.Hostname() == "localhost" || parsed.Hostname() == "127.0.0.1")
	if err != nil || parsed.Host == "" || parsed.Scheme != "https" && !local {
		return fmt.Errorf("the value of secret %s is no address of a webhook: it must be a URL that begins with https://, as Discord and Slack show it", secret)
	}
	return nil
}

// declareDashboard shows a row for each service, then what carries them.
func (s *stack) declareDashboard() (err error) {
	args := &platform.DashboardArgs{Alerts: s.alerts, Events: s.events, Names: s.names, Region: s.region, CostText: costMarkdown(s.cost)}
	for _, name := range config.Names(s.services) {
		args.Rows = append(args.Rows, platform.Row{Title: name, Subjects: []string{name}})
	}
	if subjects := s.cluster.Subjects; len(subjects) > 0 {
		args.Rows = append(args.Rows, platform.Row{Title: "Hosts", Subjects: subjects})
	}
	if s.database != nil {
		args.Rows = append(args.Rows, platform.Row{Title: "Database", Subjects: []string{"database"}})
	}
	if s.edge != nil {
		args.Rows = append(args.Rows, platform.Row{Title: "Load balancer", Subjects: []string{"edge"}})
	}
	s.dashboard, err = platform.NewDashboard(s.ctx, "dashboard", args)
	return err
}

// declareBudget lets AWS watch the bill, where there is a ceiling.
func (s *stack) declareBudget() error {
	if s.cfg.Budget == nil {
		return nil
	}
	_, err := platform.NewBudget(s.ctx, "budget", &platform.BudgetArgs{MonthlyUSD: s.cfg.Budget.MonthlyUSD, Alerts: s.alerts, Names: s.names})
	return err
}
