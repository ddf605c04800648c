package infra

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// exportOutputs exports what other programs read; docs/outputs.md describes each, and a test
// pins names and types. An output that a stack has no part for is left out.
func (s *stack) exportOutputs() error {
	s.ctx.Export("region", pulumi.String(s.region))
	s.ctx.Export("clusterArn", s.cluster.Arn)
	s.ctx.Export("clusterName", s.cluster.Name)
	s.ctx.Export("vpcId", s.network.VpcID)
	s.ctx.Export("publicSubnetIds", s.network.PublicSubnetIDs)
	s.ctx.Export("privateSubnetIds", s.network.PrivateSubnetIDs)
	s.ctx.Export("securityGroupId", s.cluster.SecurityGroupID)
	s.ctx.Export("alertTopicArn", s.alerts.TopicArn)
	s.ctx.Export("repositoryUrls", mapOf(s.registry.URLs))
	s.ctx.Export("imageDigests", mapOf(s.builds.Digests))
	s.ctx.Export("secretArns", mapOf(s.secrets.ARNs))
	s.exportServices()
	if s.database != nil {
		s.ctx.Export("databaseEndpoint", pulumi.Sprintf("%s:%d", s.database.Address, s.database.Port))
		s.ctx.Export("databaseSecretArn", s.database.MasterSecretArn)
		urls := pulumi.StringMap{}
		for service, url := range s.access.URLs {
			urls[service] = url.Arn
		}
		s.ctx.Export("databaseAccessSecretArns", urls)
	}
	if s.edge != nil {
		s.ctx.Export("publicUrl", s.edge.URL)
	}
	return nil
}

// exportServices exports the services by name. runningDigests are verified: the update fails
// rather than export a digest that does not run.
func (s *stack) exportServices() {
	arns, groups, running := pulumi.StringMap{}, pulumi.StringMap{}, pulumi.StringMap{}
	ports, public := pulumi.IntMap{}, pulumi.StringMap{}
	for name, service := range s.services {
		arns[name], groups[name], running[name] = service.Arn, service.LogGroup, service.Running
		declared := s.cfg.Services[name]
		if declared.Port != nil && declared.Port.Host != 0 {
			ports[name] = pulumi.Int(declared.Port.Host)
		}
		if declared.Public != nil {
			public[name] = pulumi.String(declared.Public.Path)
		}
	}
	s.ctx.Export("serviceArns", arns)
	s.ctx.Export("logGroups", groups)
	s.ctx.Export("runningDigests", running)
	s.ctx.Export("hostPorts", ports)
	s.ctx.Export("publicPaths", public)
}

func mapOf(outputs map[string]pulumi.StringOutput) pulumi.StringMap {
	m := pulumi.StringMap{}
	for name, value := range outputs {
		m[name] = value
	}
	return m
}
