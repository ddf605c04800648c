package platform

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"botyard/infra/alarms"
)

// tlsPolicy allows TLS 1.2 and 1.3 with forward secrecy only.
// Source: Elastic Load Balancing User Guide, "Security policies for your Application Load Balancer".
const tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06"

// EdgeArgs describes the way in from the internet.
type EdgeArgs struct {
	Network *Network
	Cluster *Cluster
	Alerts  *Alerts
	// Domain is the public name and Zone the Route 53 zone that holds it. Both or neither:
	// without them the load balancer speaks plain HTTP under its own name.
	Domain, Zone string
	// Protect refuses the load balancer's deletion.
	Protect bool
	Names   Namer
}

// Edge is the stack's one load balancer, shared by all public services.
type Edge struct {
	pulumi.ResourceState

	// URL is where the public services answer, with its scheme and without a path.
	URL pulumi.StringOutput
	// ListenerArn is the listener that services add their rules to.
	ListenerArn pulumi.StringOutput
	// LoadBalancerName is the ARN suffix by which CloudWatch knows the load balancer.
	LoadBalancerName pulumi.StringOutput
	vpc              pulumi.IDOutput
}

// NewEdge declares the load balancer.
func NewEdge(ctx *pulumi.Context, name string, args *EdgeArgs, opts ...pulumi.ResourceOption) (*Edge, error) {
	e := &Edge{vpc: args.Network.VpcID}
	return e, build(ctx, "Edge", name, e, opts, func(child pulumi.ResourceOption) error {
		return e.declare(ctx, name, args, child)
	})
}

func (e *Edge) outputs() pulumi.Map { return pulumi.Map{"url": e.URL} }

func (e *Edge) declare(ctx *pulumi.Context, name string, args *EdgeArgs, child pulumi.ResourceOption) error {
	group, err := e.securityGroups(ctx, name, args, child)
	if err != nil {
		return err
	}
	balancer, err := lb.NewLoadBalancer(ctx, name, &lb.LoadBalancerArgs{
		LoadBalancerType:         pulumi.String("application"),
		Subnets:                  args.Network.PublicSubnetIDs,
		SecurityGroups:           pulumi.StringArray{group.ID()},
		DropInvalidHeaderFields:  pulumi.Bool(true),
		EnableDeletionProtection: pulumi.Bool(args.Protect),
	}, child, pulumi.Protect(args.Protect))
	if err != nil {
		return err
	}
	e.LoadBalancerName = balancer.ArnSuffix
	if err := args.Alerts.declareAlarms(ctx, subject{
		name:       name,
		dimensions: map[string]pulumi.StringMap{"AWS/ApplicationELB": {"LoadBalancer": balancer.ArnSuffix}},
	}, alarms.Of(alarms.Edge, alarms.Always), child); err != nil {
		return err
	}
	if args.Domain == "" {
		e.URL = pulumi.Sprintf("http://%s", balancer.DnsName)
		listener, err := lb.NewListener(ctx, name, &lb.ListenerArgs{
			LoadBalancerArn: balancer.Arn, Port: pulumi.Int(80), Protocol: pulumi.String("HTTP"),
			DefaultActions: nothingHere(),
		}, child)
		if err != nil {
			return err
		}
		e.ListenerArn = listener.Arn
		return nil
	}
	e.URL = pulumi.String("https://" + args.Domain).ToStringOutput()
	return e.declareDomain(ctx, name, args, balancer, child)
}

// securityGroups opens the load balancer to the internet, and the hosts to the load balancer alone.
func (e *Edge) securityGroups(ctx *pulumi.Context, name string, args *EdgeArgs, child pulumi.ResourceOption) (*ec2.SecurityGroup, error) {
	ports := []int{80}
	if args.Domain != "" {
		ports = []int{80, 443}
	}
	ingress := ec2.SecurityGroupIngressArray{}
	for _, port := range ports {
		ingress = append(ingress, ec2.SecurityGroupIngressArgs{
			Description: pulumi.String("Everyone"), Protocol: pulumi.String("tcp"),
			FromPort: pulumi.Int(port), ToPort: pulumi.Int(port), CidrBlocks: pulumi.StringArray{pulumi.String("0.0.0.0/0")},
		})
	}
	group, err := ec2.NewSecurityGroup(ctx, name, &ec2.SecurityGroupArgs{
		VpcId:       args.Network.VpcID,
		Description: pulumi.String("Load balancer of " + args.Names.Name(200)),
		Ingress:     ingress,
		Egress: ec2.SecurityGroupEgressArray{ec2.SecurityGroupEgressArgs{
			Description: pulumi.String("Its targets"), Protocol: pulumi.String("tcp"),
			FromPort: pulumi.Int(0), ToPort: pulumi.Int(65535), SecurityGroups: pulumi.StringArray{args.Cluster.SecurityGroupID},
		}},
		Tags: pulumi.StringMap{"Name": pulumi.String(name)},
	}, child)
	if err != nil {
		return nil, err
	}
	_, err = vpc.NewSecurityGroupIngressRule(ctx, name+"-to-targets", &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: args.Cluster.SecurityGroupID, ReferencedSecurityGroupId: group.ID(),
		Description: pulumi.String("From the load balancer"), IpProtocol: pulumi.String("tcp"),
		FromPort: pulumi.Int(firstTaskPort(args.Cluster.Fargate)), ToPort: pulumi.Int(65535),
	}, child)
	return group, err
}

// declareDomain adds the certificate, the name, the HTTPS listener and the redirect to it.
func (e *Edge) declareDomain(ctx *pulumi.Context, name string, args *EdgeArgs, balancer *lb.LoadBalancer, child pulumi.ResourceOption) error {
	zone, err := route53.LookupZone(ctx, &route53.LookupZoneArgs{Name: pulumi.StringRef(args.Zone)})
	if err != nil {
		return err
	}
	certificate, err := newCertificate(ctx, name, args.Domain, zone.ZoneId, child)
	if err != nil {
		return err
	}
	if err := args.Alerts.declareAlarms(ctx, subject{
		name:       name,
		dimensions: map[string]pulumi.StringMap{"AWS/CertificateManager": {"CertificateArn": certificate}},
	}, alarms.Of(alarms.Edge, alarms.Domain), child); err != nil {
		return err
	}
	listener, err := lb.NewListener(ctx, name, &lb.ListenerArgs{
		LoadBalancerArn: balancer.Arn, Port: pulumi.Int(443), Protocol: pulumi.String("HTTPS"),
		SslPolicy: pulumi.String(tlsPolicy), CertificateArn: certificate, DefaultActions: nothingHere(),
	}, child)
	if err != nil {
		return err
	}
	e.ListenerArn = listener.Arn
	_, err = lb.NewListener(ctx, name+"-redirect", &lb.ListenerArgs{
		LoadBalancerArn: balancer.Arn, Port: pulumi.Int(80), Protocol: pulumi.String("HTTP"),
		DefaultActions: lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
			Type: pulumi.String("redirect"),
			Redirect: lb.ListenerDefaultActionRedirectArgs{
				Port: pulumi.String("443"), Protocol: pulumi.String("HTTPS"), StatusCode: pulumi.String("HTTP_301"),
			},
		}},
	}, child)
	if err != nil {
		return err
	}
	_, err = route53.NewRecord(ctx, name, &route53.RecordArgs{
		ZoneId: pulumi.String(zone.ZoneId), Name: pulumi.String(args.Domain), Type: pulumi.String("A"),
		Aliases: route53.RecordAliasArray{route53.RecordAliasArgs{
			Name: balancer.DnsName, ZoneId: balancer.ZoneId, EvaluateTargetHealth: pulumi.Bool(false),
		}},
	}, child)
	return err
}

// newCertificate requests a certificate and proves the domain by a DNS record; it returns the
// ARN once ACM has issued it. ACM renews it by itself while the record stands.
func newCertificate(ctx *pulumi.Context, name, domain, zoneID string, child pulumi.ResourceOption) (pulumi.StringOutput, error) {
	certificate, err := acm.NewCertificate(ctx, name, &acm.CertificateArgs{
		DomainName: pulumi.String(domain), ValidationMethod: pulumi.String("DNS"),
	}, child)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	proof := certificate.DomainValidationOptions.Index(pulumi.Int(0))
	record, err := route53.NewRecord(ctx, name+"-proof", &route53.RecordArgs{
		ZoneId: pulumi.String(zoneID), Name: proof.ResourceRecordName().Elem(), Type: proof.ResourceRecordType().Elem(),
		Records: pulumi.StringArray{proof.ResourceRecordValue().Elem()}, Ttl: pulumi.Int(300), AllowOverwrite: pulumi.Bool(true),
	}, child)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	valid, err := acm.NewCertificateValidation(ctx, name, &acm.CertificateValidationArgs{
		CertificateArn: certificate.Arn, ValidationRecordFqdns: pulumi.StringArray{record.Fqdn},
	}, child)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return valid.CertificateArn, nil
}

// nothingHere answers what no service's path matches.
func nothingHere() lb.ListenerDefaultActionArray {
	return lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
		Type: pulumi.String("fixed-response"),
		FixedResponse: lb.ListenerDefaultActionFixedResponseArgs{
			ContentType: pulumi.String("text/plain"), StatusCode: pulumi.String("404"), MessageBody: pulumi.String("no service answers this path\n"),
		},
	}}
}
