package platform

// created are the resource types of EC2 that the program makes, each with its tags in the same request.
var created = []string{"vpc", "subnet", "route-table", "security-group", "internet-gateway", "launch-template", "vpc-endpoint", "vpc-flow-log"}

// makers make them.
var makers = []string{
	"ec2:CreateFlowLogs", "ec2:CreateInternetGateway", "ec2:CreateLaunchTemplate", "ec2:CreateRouteTable", "ec2:CreateSecurityGroup",
	"ec2:CreateSubnet", "ec2:CreateVpc", "ec2:CreateVpcEndpoint",
}

// network is EC2: whose ids are AWS's, so that the mark tells the stack's own.
// Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2".
func (a *DeliveryArgs) network() access {
	m, fresh, ours := a.mark(), []string{}, a.regional("ec2", "*")
	for _, kind := range created {
		fresh = append(fresh, a.regional("ec2", kind+"/*"))
	}
	rule := a.regional("ec2", "security-group-rule/*")
	return access{
		name: "network",
		looks: []statement{allow("*", // Describe takes no resource
			"ec2:DescribeAvailabilityZones", "ec2:DescribeFlowLogs", "ec2:DescribeInternetGateways", "ec2:DescribeLaunchTemplates",
			"ec2:DescribeLaunchTemplateVersions", "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces", "ec2:DescribePrefixLists",
			"ec2:DescribeRouteTables", "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets",
			"ec2:DescribeVpcAttribute", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs",
		)},
		changes: []statement{
			m.made(allow(fresh, makers...)),
			// Beside what it makes, a request names what that is in: a subnet's VPC, a flow log's.
			m.own(allow(ours, "ec2:CreateFlowLogs", "ec2:CreateRouteTable", "ec2:CreateSecurityGroup", "ec2:CreateSubnet", "ec2:CreateVpcEndpoint")),
			m.own(allow(ours,
				"ec2:AssociateRouteTable", "ec2:AttachInternetGateway", "ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress",
				"ec2:CreateLaunchTemplateVersion", "ec2:CreateRoute", "ec2:CreateTags", "ec2:DeleteFlowLogs", "ec2:DeleteInternetGateway",
				"ec2:DeleteLaunchTemplate", "ec2:DeleteLaunchTemplateVersions", "ec2:DeleteRoute", "ec2:DeleteRouteTable", "ec2:DeleteSecurityGroup",
				"ec2:DeleteSubnet", "ec2:DeleteTags", "ec2:DeleteVpc", "ec2:DeleteVpcEndpoints", "ec2:DetachInternetGateway",
				"ec2:DisassociateRouteTable", "ec2:ModifyLaunchTemplate", "ec2:ModifySecurityGroupRules", "ec2:ModifyVpcAttribute",
				"ec2:ModifyVpcEndpoint", "ec2:ReplaceRoute", "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress",
			)),
			// A rule is always of a group, which has to be the stack's; rules in a group's own definition have no tags.
			allow(rule, "ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:ModifySecurityGroupRules",
				"ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"),
			// Tags of something else than what the stack has come with its making.
			allow(ours, "ec2:CreateTags").on("StringEquals", "ec2:CreateAction",
				"AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress", "CreateFlowLogs", "CreateInternetGateway", "CreateLaunchTemplate",
				"CreateRouteTable", "CreateSecurityGroup", "CreateSubnet", "CreateVpc", "CreateVpcEndpoint", "RunInstances"),
			// Auto Scaling asks whether whoever names a launch template could start it.
			// Source: Amazon EC2 Auto Scaling User Guide, "Control Amazon EC2 launch template usage in Auto Scaling groups".
			allow("*", "ec2:RunInstances").on("ArnLike", "ec2:LaunchTemplate", a.regional("ec2", "launch-template/*")),
			allow("arn:aws:ssm:"+a.Region+"::parameter/aws/service/ecs/*", "ssm:GetParameters"), // its image
		},
	}
}
