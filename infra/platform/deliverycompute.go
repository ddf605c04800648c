package platform

// compute is what runs: ECS, its hosts' groups, and the images.
func (a *DeliveryArgs) compute() access {
	m, cluster := a.mark(), a.regional("ecs", "cluster/"+a.Names.Name(255))
	services := a.regional("ecs", "service/"+a.Names.Name(255)+"/*")
	tasks := a.regional("ecs", "task/"+a.Names.Name(255)+"/*")
	definitions := a.regional("ecs", "task-definition/"+a.prefix())
	providers := a.regional("ecs", "capacity-provider/"+a.prefix())
	repositories := a.regional("ecr", "repository/"+a.Names.Path("*"))
	groups := a.regional("autoscaling", "autoScalingGroup:*:autoScalingGroupName/cluster-*")
	return access{
		name: "compute",
		looks: []statement{
			// Describing a definition takes no resource, nor does listing tasks; nor Auto Scaling's Describe.
			allow("*", "ecs:DescribeTaskDefinition", "ecr:GetAuthorizationToken",
				"autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribePolicies", "autoscaling:DescribeScalingActivities", "autoscaling:DescribeTags",
				"autoscaling:DescribeWarmPool"),
			allow("*", "ecs:ListTasks").on("ArnEquals", "ecs:cluster", cluster),
			allow([]string{cluster, services, tasks, definitions, providers},
				"ecs:DescribeCapacityProviders", "ecs:DescribeClusters", "ecs:DescribeServices", "ecs:DescribeTasks", "ecs:ListTagsForResource"),
			allow(repositories, "ecr:DescribeImageScanFindings", "ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:ListTagsForResource"),
		},
		changes: []statement{
			allow([]string{cluster, services, tasks, definitions, providers},
				"ecs:CreateCapacityProvider", "ecs:CreateCluster", "ecs:CreateService", "ecs:DeleteCapacityProvider", "ecs:DeleteCluster",
				"ecs:DeleteService", "ecs:PutClusterCapacityProviders", "ecs:RegisterTaskDefinition", "ecs:RunTask", "ecs:StopTask",
				"ecs:TagResource", "ecs:UntagResource", "ecs:UpdateCapacityProvider", "ecs:UpdateCluster", "ecs:UpdateService"),
			allow(repositories,
				"ecr:BatchCheckLayerAvailability", "ecr:BatchDeleteImage", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:CreateRepository",
				"ecr:DeleteLifecyclePolicy", "ecr:DeleteRepository", "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage",
				"ecr:PutImageScanningConfiguration", "ecr:PutImageTagMutability", "ecr:PutLifecyclePolicy", "ecr:TagResource", "ecr:UntagResource",
				"ecr:UploadLayerPart"),
			m.touched(allow(groups, "autoscaling:CreateAutoScalingGroup", "autoscaling:CreateOrUpdateTags")),
			m.own(allow(groups,
				"autoscaling:CreateOrUpdateTags", "autoscaling:DeleteAutoScalingGroup", "autoscaling:DeletePolicy", "autoscaling:DeleteTags",
				"autoscaling:DeleteWarmPool", "autoscaling:PutScalingPolicy", "autoscaling:PutWarmPool", "autoscaling:UpdateAutoScalingGroup")),
		},
	}
}
