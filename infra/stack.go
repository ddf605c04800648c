package infra

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/config"
	"botyard/infra/cost"
	"botyard/infra/platform"
)

// stack is one deployment of the program: the config and the parts declared so far.
type stack struct {
	ctx     *pulumi.Context
	cfg     *config.Config
	runner  *announcer
	names   platform.Namer
	account string
	region  string

	guard    *platform.Guard
	delivery *platform.Delivery // nil without botyard:delivery
	registry *platform.Registry
	builds   *platform.Builds
	scanned  pulumi.Output // once the images' scans have passed; nil without botyard:scan
	network  *platform.Network
	cluster  *platform.Cluster
	database *platform.Database // nil without botyard:database
	access   *platform.Access   // nil without botyard:database
	secrets  *platform.Secrets
	models   *platform.Models // nil without botyard:models
	alerts   *platform.Alerts
	events   *platform.Events
	leases   *platform.Leases
	releases *platform.Releases
	release  pulumi.StringInput // the id of what runs, once it is noted
	released map[string]string  // images by layer of the release that runs instead; nil for the checkout's own
	// releasedSources are that release's commits of images from git.
	releasedSources map[string]string
	edge            *platform.Edge // nil while no service is public
	services        map[string]*platform.Service

	cost      *cost.Estimate // nil where there are no prices
	dashboard *platform.Dashboard
}

func newStack(ctx *pulumi.Context, cfg *config.Config, runner platform.Runner) (*stack, error) {
	caller, err := aws.GetCallerIdentity(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("AWS account: %w", err)
	}
	region, err := aws.GetRegion(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("AWS region: %w", err)
	}
	s := &stack{
		ctx: ctx, cfg: cfg,
		names:    platform.Namer{Project: ctx.Project(), Stack: ctx.Stack()},
		account:  caller.AccountId,
		region:   region.Name,
		services: map[string]*platform.Service{},
	}
	if s.cost, err = estimate(ctx, cfg, region.Name); err != nil {
		return nil, err
	}
	s.runner, err = s.newAnnouncer(runner, caller.Arn)
	return s, err
}

// declare builds the stack in the order in which the parts need each other.
func (s *stack) declare() error {
	for _, part := range []func() error{
		s.declareGuard,         // what refuses to lose data
		s.findRelease,          // the images of an earlier release, if that is to run
		s.declareDelivery,      // who may preview and deploy from GitHub
		s.declareRegistry,      // an ECR repository a layer
		s.sayWhatMoved,         // code that lives elsewhere
		s.declareBuilds,        // the images, each on its parent's digest
		s.declareScans,         // what ECR finds in them, before they run
		s.declareNetwork,       // the VPC
		s.declareAlerts,        // who hears of an alarm
		s.declareCluster,       // the ECS cluster, its hosts and where standbys wait
		s.declareEvents,        // the log of what ECS does
		s.declareLeases,        // who may run a singleton
		s.declareReleases,      // what ran, to go back to
		s.declareSecrets,       // secrets whose values are set outside
		s.declareModels,        // files that services fetch, such as trained models
		s.declareDatabase,      // Postgres, and a role for each service that asks for one
		s.declareEdge,          // the load balancer, if any service is public
		s.declareServices,      // the bots, each with its alarms
		s.declareRotation,      // what restarts a service whose secrets have new values
		s.declareRecovery,      // what replaces a dead host, and starts a stopped one
		s.declareDashboard,     // what a person looks at
		s.declareBudget,        // what AWS watches of the bill
		s.declareNotifications, // who hears of alarms and deployments
		s.announceSuccess,      // what the update has changed, once it runs
		s.remember,             // the release, once it runs
		s.exportOutputs,        // what other programs read
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}
