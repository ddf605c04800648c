package platform

// Pulumi ends a name that it makes in seven hexadecimal digits.
const random = "-???????"

// roleNames are how the program's roles are named. Tags cannot stand in: AWS advises against them for iam:PassRole (IAM User
// Guide, "Grant a user permissions to pass a role"), and a role that is tagged later would be taken for the stack's.
var roleNames = []string{
	"*-execution" + random, "*-task" + random, "cluster-*" + random, "network-flow" + random, "notifications" + random, "recovery-*" + random,
	"rotation-*" + random,
}

// hostPolicies are AWS's own policies that hosts have (hosts.go).
var hostPolicies = []string{
	"arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role", "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
}

// roles are bounded ones of AWS's services, and nothing of users, keys or the delivery itself.
// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Identity and Access Management".
func (a *DeliveryArgs) roles() access {
	m, roles := a.mark(), a.roleARNs()
	bounded := func(s statement) statement { return s.on("StringEquals", "iam:PermissionsBoundary", a.boundaryARN()) }
	return access{
		name: "roles",
		looks: []statement{allow(append(a.deliveryRoles(), roles...), "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
			"iam:ListInstanceProfilesForRole", "iam:ListRolePolicies")},
		changes: []statement{
			bounded(allow(roles, "iam:CreateRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy")),
			bounded(allow(roles, "iam:AttachRolePolicy")).on("ArnEquals", "iam:PolicyARN", hostPolicies...),
			m.own(allow(roles, "iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription")),
			m.touched(allow(roles, "iam:TagRole")),
			allow(roles, "iam:PassRole").on("StringEquals", "iam:PassedToService",
				"ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "events.amazonaws.com", "ssm.amazonaws.com", "vpc-flow-logs.amazonaws.com"),
		},
	}
}

// identity is the rest of IAM: the hosts' instance profiles, the roles that AWS's services make for themselves, and a look at
// the delivery.
func (a *DeliveryArgs) identity() access {
	m, profiles := a.mark(), a.global("iam", "instance-profile/cluster-*")
	return access{
		name: "identity",
		looks: []statement{
			allow(profiles, "iam:GetInstanceProfile"),
			allow(a.deliveryPolicies(), "iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions"),
			allow(a.providerARN(), "iam:GetOpenIDConnectProvider"),
		},
		changes: []statement{
			m.touched(allow(profiles, "iam:CreateInstanceProfile", "iam:TagInstanceProfile")),
			m.own(allow(profiles, "iam:AddRoleToInstanceProfile", "iam:DeleteInstanceProfile", "iam:RemoveRoleFromInstanceProfile",
				"iam:TagInstanceProfile", "iam:UntagInstanceProfile")),
			allow(a.global("iam", "role/aws-service-role/*"), "iam:CreateServiceLinkedRole").on("StringEquals", "iam:AWSServiceName",
				"apidestinations.events.amazonaws.com", "autoscaling.amazonaws.com", "ecs.amazonaws.com", "elasticloadbalancing.amazonaws.com", "rds.amazonaws.com"),
		},
	}
}

func (a *DeliveryArgs) roleARNs() []string {
	var arns []string
	for _, name := range roleNames {
		arns = append(arns, a.global("iam", "role/"+name))
	}
	return arns
}

func (a *DeliveryArgs) deliveryRoles() []string {
	return []string{a.global("iam", "role/"+a.Names.Name(64, "deploy")), a.global("iam", "role/"+a.Names.Name(64, "preview"))}
}

// deliveryPolicies are the policies of the two roles, and the boundaries.
func (a *DeliveryArgs) deliveryPolicies() string { return a.global("iam", "policy/"+a.prefix()) }

// boundaryARN is the boundary of all roles that the program declares for AWS's services.
func (a *DeliveryArgs) boundaryARN() string {
	return a.global("iam", "policy/"+a.Names.Name(128, "bound"))
}
