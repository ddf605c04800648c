package infra

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// exportOutputs exports what other programs read.
func (s *stack) exportOutputs() error {
	for name, value := range s.outputs() {
		s.ctx.Export(name, value)
	}
	return nil
}

// outputs are the stack's outputs; docs/outputs.md describes each, and a test pins names and
// types. An output that a stack has no part for is left out.
func (s *stack) outputs() pulumi.Map {
	outputs := pulumi.Map{
		"region":           pulumi.String(s.region),
		"clusterArn":       s.cluster.Arn,
		"clusterName":      s.cluster.Name,
		"vpcId":            s.network.VpcID,
		"publicSubnetIds":  s.network.PublicSubnetIDs,
		"privateSubnetIds": s.network.PrivateSubnetIDs,
		"securityGroupId":  s.cluster.SecurityGroupID,
		"alertTopicArn":    s.alerts.TopicArn,
		"alarmPrefix":      pulumi.String(s.alerts.Prefix()),
		"dashboardName":    s.dashboard.Name,
		"repositoryUrls":   mapOf(s.registry.URLs),
		"imageDigests":     mapOf(s.builds.Digests),
		"secretArns":       mapOf(s.secrets.ARNs),
		"leaseTable":       s.leases.TableName,
		"release":          s.release,
		"releaseTable":     s.releases.TableName,
	}
	if s.database != nil {
		outputs["databaseEndpoint"] = pulumi.Sprintf("%s:%d", s.database.Address, s.database.Port)
		outputs["databaseIdentifier"] = s.database.Identifier
		outputs["databaseSecretArn"] = s.database.MasterSecretArn
		urls := pulumi.StringMap{}
		for service, url := range s.access.URLs {
			urls[service] = url.Arn
		}
		outputs["databaseAccessSecretArns"] = urls
	}
	if s.models != nil {
		outputs["modelBucket"] = s.models.Bucket
	}
	if s.edge != nil {
		outputs["publicUrl"] = s.edge.URL
	}
	if s.cost != nil {
		outputs["monthlyCostUSD"] = costOutput(s.cost)
	}
	if s.delivery != nil {
		outputs["deployRoleArn"] = s.delivery.DeployRoleArn
		outputs["previewRoleArn"] = s.delivery.PreviewRoleArn
	}
	if len(s.cfg.Trees) > 0 {
		outputs["imageCommits"] = s.commits()
	}
	s.addServices(outputs)
	return outputs
}

// addServices adds the outputs by service. runningDigests are verified: the update fails
// rather than export a digest that does not run.
func (s *stack) addServices(outputs pulumi.Map) {
	arns, standbys, groups, running := pulumi.StringMap{}, pulumi.StringMap{}, pulumi.StringMap{}, pulumi.StringMap{}
	ports, public := pulumi.IntMap{}, pulumi.StringMap{}
	for name, service := range s.services {
		arns[name], groups[name], running[name] = service.Arn, service.LogGroup, service.Running
		if service.Standby != nil {
			standbys[name] = *service.Standby
		}
		declared := s.cfg.Services[name]
		if declared.Port != nil && declared.Port.Host != 0 {
			ports[name] = pulumi.Int(declared.Port.Host)
		}
		if declared.Public != nil {
			public[name] = pulumi.String(declared.Public.Path)
		}
	}
	outputs["serviceArns"] = arns
	outputs["standbyServiceArns"] = standbys
	outputs["logGroups"] = groups
	outputs["runningDigests"] = running
	outputs["hostPorts"] = ports
	outputs["publicPaths"] = public
}

func mapOf(outputs map[string]pulumi.StringOutput) pulumi.StringMap {
	m := pulumi.StringMap{}
	for name, value := range outputs {
		m[name] = value
	}
	return m
}
