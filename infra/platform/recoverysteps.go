package platform

// agentPatience is how long a disconnected agent may take to come back: agents lose their connection several times an hour
// and find it within a minute or two.
// Source: Amazon ECS Developer Guide, "Amazon ECS container instance state change events".
const agentPatience = "PT5M"

// replaceHost waits, looks again, and replaces the host if its agent is still gone. It terminates before it deregisters:
// ECS starts other copies of the tasks of a host that is deregistered, and until the host has stopped they still run.
func replaceHost(names []string) []map[string]any {
	cluster := names[0]
	return []map[string]any{
		{"name": "wait", "action": "aws:sleep", "inputs": map[string]any{"Duration": agentPatience}},
		{"name": "look", "action": "aws:executeAwsApi", "inputs": map[string]any{
			"Service": "ecs", "Api": "DescribeContainerInstances",
			"cluster": cluster, "containerInstances": []string{"{{ ContainerInstance }}"},
		}, "outputs": []any{map[string]any{"Name": "connected", "Selector": "$.containerInstances[0].agentConnected", "Type": "Boolean"}}},
		{"name": "decide", "action": "aws:branch", "inputs": map[string]any{
			"Choices": []any{map[string]any{"NextStep": "terminate", "Variable": "{{ look.connected }}", "BooleanEquals": false}},
		}, "isEnd": true},
		{"name": "terminate", "action": "aws:executeAwsApi", "inputs": map[string]any{
			"Service": "autoscaling", "Api": "TerminateInstanceInAutoScalingGroup",
			"InstanceId": "{{ InstanceId }}", "ShouldDecrementDesiredCapacity": false,
		}},
		{"name": "gone", "action": "aws:waitForAwsResourceProperty", "timeoutSeconds": 600, "inputs": map[string]any{
			"Service": "ec2", "Api": "DescribeInstances", "InstanceIds": []string{"{{ InstanceId }}"},
			"PropertySelector": "$.Reservations[0].Instances[0].State.Name", "DesiredValues": []string{"terminated"},
		}},
		{"name": "deregister", "action": "aws:executeAwsApi", "isEnd": true, "inputs": map[string]any{
			"Service": "ecs", "Api": "DeregisterContainerInstance",
			"cluster": cluster, "containerInstance": "{{ ContainerInstance }}", "force": true,
		}},
	}
}

// startHost lets the group grow by the policy, which keeps to its cooldown.
func startHost(names []string) []map[string]any {
	return []map[string]any{{"name": "grow", "action": "aws:executeAwsApi", "isEnd": true, "inputs": map[string]any{
		"Service": "autoscaling", "Api": "ExecutePolicy",
		"AutoScalingGroupName": names[0], "PolicyName": names[1], "HonorCooldown": true,
	}}}
}
