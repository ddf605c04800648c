package infra

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"

	"botyard/infra/config"
	"botyard/infra/platform"
)

// declareDelivery declares who may preview and deploy from GitHub; what is declared after it carries its mark.
func (s *stack) declareDelivery() (err error) {
	d := s.cfg.Delivery
	if d == nil {
		return nil
	}
	args := &platform.DeliveryArgs{
		Names: s.names, Region: s.region, AccountID: s.account, Tag: config.StackTag,
		Repository: d.Repository, NewProvider: d.Provider, State: d.State, Key: d.Key,
		Tokens: s.cfg.Tokens(),
	}
	for _, name := range config.Names(s.cfg.Secrets) {
		if arn := s.cfg.Secrets[name].ARN; arn != "" && (s.taken(name) || !slices.Contains(args.Tokens, arn)) {
			args.Foreign = append(args.Foreign, arn)
		}
	}
	chats := s.cfg.Alerts.Chats()
	for _, kind := range config.Names(chats) {
		args.Webhooks = append(args.Webhooks, cmp.Or(s.cfg.Secrets[chats[kind]].ARN, chats[kind]))
	}
	if edge := s.cfg.Edge; edge != nil {
		zone, err := route53.LookupZone(s.ctx, &route53.LookupZoneArgs{Name: &edge.Zone})
		if err != nil {
			return fmt.Errorf("the zone %s, for the deploy role: %w", edge.Zone, err)
		}
		args.Domain, args.ZoneID = edge.Domain, zone.ZoneId
	}
	s.delivery, err = platform.NewDelivery(s.ctx, "delivery", args)
	return err
}

// taken tells that a service gets the secret.
func (s *stack) taken(secret string) bool {
	for _, service := range s.cfg.Services {
		if slices.Contains(slices.Collect(maps.Values(service.Secrets)), secret) {
			return true
		}
	}
	return false
}
