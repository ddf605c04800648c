package platform

// edge is the load balancer, and with a domain its certificate and records. Their names end at random, so that the mark
// tells the stack's own.
// Source: Service Authorization Reference, "Actions, resources, and condition keys for Elastic Load Balancing V2".
func (a *DeliveryArgs) edge() access {
	m := a.mark()
	balancing := a.regional("elasticloadbalancing", "*")
	e := access{
		name: "edge",
		looks: []statement{allow("*", // Describe takes no resource
			"elasticloadbalancing:DescribeListenerAttributes", "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancerAttributes",
			"elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTags",
			"elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTargetGroups",
		)},
		changes: []statement{
			m.made(allow(balancing, "elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup")),
			m.own(allow(balancing,
				"elasticloadbalancing:AddTags", "elasticloadbalancing:CreateListener", "elasticloadbalancing:CreateRule", "elasticloadbalancing:DeleteListener",
				"elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:DeleteRule", "elasticloadbalancing:DeleteTargetGroup",
				"elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyLoadBalancerAttributes", "elasticloadbalancing:ModifyRule",
				"elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes", "elasticloadbalancing:RemoveTags",
				"elasticloadbalancing:SetSecurityGroups", "elasticloadbalancing:SetSubnets")),
			allow(balancing, "elasticloadbalancing:AddTags").on("StringEquals", "elasticloadbalancing:CreateAction",
				"CreateListener", "CreateLoadBalancer", "CreateRule", "CreateTargetGroup"),
		},
	}
	if a.Domain != "" {
		a.addDomain(&e)
	}
	return e
}

// addDomain adds the certificate, and two records of the zone: the domain's, and the one that proves it to ACM.
func (a *DeliveryArgs) addDomain(e *access) {
	m, certificates, zone := a.mark(), a.regional("acm", "certificate/*"), "arn:aws:route53:::hostedzone/"+a.ZoneID
	e.looks = append(e.looks,
		m.own(allow(certificates, "acm:DescribeCertificate", "acm:ListTagsForCertificate")),
		allow("*", "route53:ListHostedZones"), // finds the zone by its name
		allow([]string{zone, "arn:aws:route53:::change/*"}, "route53:GetChange", "route53:GetHostedZone", "route53:ListResourceRecordSets",
			"route53:ListTagsForResource"),
	)
	e.changes = append(e.changes,
		m.made(allow("*", "acm:RequestCertificate")), // has no ARN before it is made
		m.touched(allow(certificates, "acm:AddTagsToCertificate")),
		m.own(allow(certificates, "acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:RemoveTagsFromCertificate")),
		allow(zone, "route53:ChangeResourceRecordSets").on("ForAllValues:StringLike", "route53:ChangeResourceRecordSetsNormalizedRecordNames",
			a.Domain, "_*."+a.Domain),
	)
}
