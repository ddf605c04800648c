// Package status tells how a stack is: its services, their images, alarms, last deploy, backups and cost.
package status

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"botyard/toolchain/internal/dev"
	"botyard/toolchain/internal/outputs"
)

// Clients are the APIs that a report is made from.
type Clients struct {
	ECS       ECS
	Leases    Leases
	Alarms    Alarms
	Databases Databases
	Scans     Scans
}

// Question is what to report on.
type Question struct {
	Clients
	Stack string
	SBOMs string // folder of the images' SBOMs
	Out   outputs.Outputs
	Local bool // the hosts are this machine
	// Developed is the service that runs from its source; nil if none does.
	Developed *dev.Note
	Now       time.Time
	Within    time.Duration // for each part
}

// Report is all that the screen shows. A part that the stack has not, or whose output an earlier version of it did not
// have, is null.
type Report struct {
	Stack        string        `json:"stack"`
	At           time.Time     `json:"at"` // UTC
	Services     []Service     `json:"services"`
	Alarms       []Alarm       `json:"alarms"`
	Insufficient *int          `json:"insufficientData"` // alarms without enough data to tell
	Deploy       *Deploy       `json:"lastDeploy"`
	Backup       *Backup       `json:"lastBackup"`
	Cost         *outputs.Cost `json:"monthlyCostUSD"`
	Errors       []string      `json:"errors,omitempty"` // parts that could not be asked for, and why

	failed map[string]bool // those parts, by the name on the screen
}

// part is a question to one service of AWS.
type part struct {
	name   string // as the errors say
	needs  string // the permissions
	absent bool   // there is nothing to ask for
	ask    func(context.Context) error
	err    error
}

// answers are those that are more than one part of the report.
type answers struct {
	services []seen
	leases   map[string]*Lease
}

// Ask asks AWS for all parts at once. What could be told is in the report, also if the error names parts that could not.
func Ask(ctx context.Context, q Question) (Report, error) {
	r := Report{Stack: q.Stack, At: q.Now.UTC().Truncate(time.Second), Services: []Service{}, Cost: q.Out.MonthlyCostUSD, failed: map[string]bool{}}
	var got answers
	parts := q.parts(&r, &got)
	var group errgroup.Group // a part that fails ends no other
	for i := range parts {
		if !parts[i].absent {
			group.Go(func() error {
				within, cancel := context.WithTimeout(ctx, q.Within)
				defer cancel()
				parts[i].err = parts[i].ask(within)
				return nil
			})
		}
	}
	_ = group.Wait()
	images := q.images(&got) // which, the services say
	if !images.absent {
		within, cancel := context.WithTimeout(ctx, q.Within)
		defer cancel()
		images.err = images.ask(within)
	}
	parts = append(parts, images)
	var failures []error
	for _, p := range parts {
		if p.err == nil {
			continue
		}
		err := fmt.Errorf("cannot ask AWS for the %s: %w; right would be an answer within %s and leave to do %s", p.name, p.err, q.Within, p.needs)
		failures, r.Errors, r.failed[p.name] = append(failures, err), append(r.Errors, err.Error()), true
	}
	for _, each := range got.services {
		each.row.Lease, each.row.SBOM = got.leases[each.row.Name], sbom(q.SBOMs, each.row.Digest)
		if q.Developed != nil && q.Developed.Service == each.row.Name {
			each.row.Source = q.Developed.Source
		}
		r.Services = append(r.Services, each.row)
	}
	r.Deploy = lastDeploy(got.services)
	return r, errors.Join(failures...)
}

// images is the question about the images that run.
func (q Question) images(got *answers) part {
	run := slices.ContainsFunc(got.services, func(s seen) bool { return s.image != "" })
	return part{name: "scans", needs: "ecr:DescribeImageScanFindings", absent: !run, ask: func(ctx context.Context) error {
		return scans(ctx, q.Scans, got.services)
	}}
}

func (q Question) parts(r *Report, got *answers) []part {
	return []part{
		{name: "services", needs: "ecs:DescribeServices, ecs:ListTasks and ecs:DescribeTasks", ask: func(ctx context.Context) (err error) {
			got.services, err = look(ctx, q.ECS, q.Out, q.Local)
			return err
		}},
		{name: "leases", needs: "dynamodb:GetItem", absent: q.Out.LeaseTable == "", ask: func(ctx context.Context) (err error) {
			got.leases, err = leases(ctx, q.Leases, q.Out, q.Now)
			return err
		}},
		{name: "alarms", needs: "cloudwatch:DescribeAlarms", absent: q.Out.AlarmPrefix == "", ask: func(ctx context.Context) error {
			firing, insufficient, err := alarms(ctx, q.Alarms, q.Out.AlarmPrefix)
			if err == nil {
				r.Alarms, r.Insufficient = firing, &insufficient
			}
			return err
		}},
		{name: "backups", needs: "rds:DescribeDBInstances and rds:DescribeDBSnapshots", absent: q.Out.DatabaseIdentifier == "", ask: func(ctx context.Context) (err error) {
			r.Backup, err = lastBackup(ctx, q.Databases, q.Out.DatabaseIdentifier)
			return err
		}},
	}
}
