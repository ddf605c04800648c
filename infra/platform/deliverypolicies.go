package platform

import "maps"

// What the deploy role may do is written by service: looks are what a preview does too, changes what an update does besides.
// Actions are held against a record of real updates (tests/delivery_test.go). A resource is "*" only where the action takes
// none, or where AWS or Pulumi chooses the name and the mark narrows it.

// access is what the two roles may do in some services.
type access struct {
	name           string
	looks, changes []statement
}

// all is by groups whose policies keep below maxPolicy.
func (a *DeliveryArgs) all() []access {
	return []access{a.network(), a.compute(), a.roles(), a.identity(), a.data(), a.state(), a.watching(), a.edge()}
}

// deployPolicies are a policy a group.
func (a *DeliveryArgs) deployPolicies() []policyGroup {
	var groups []policyGroup
	for _, each := range a.all() {
		groups = append(groups, policyGroup{each.name, append(each.looks, each.changes...)})
	}
	return groups
}

// previewPolicies are the looks of all groups.
func (a *DeliveryArgs) previewPolicies() []policyGroup {
	var groups []policyGroup
	for _, each := range a.all() {
		groups = append(groups, policyGroup{each.name, each.looks})
	}
	return groups
}

// prefix begins the names that Namer.Name makes.
func (a *DeliveryArgs) prefix() string { return a.Names.Name(255) + "-*" }

// on holds a statement to one more condition.
func (s statement) on(operator, key string, values ...string) statement {
	keys := map[string]any{key: values}
	if len(values) == 1 {
		keys[key] = values[0]
	}
	if known, ok := s.Condition[operator].(map[string]any); ok {
		maps.Copy(keys, known)
	}
	conditions := map[string]any{}
	maps.Copy(conditions, s.Condition)
	conditions[operator] = keys
	s.Condition = conditions
	return s
}

// regional is an ARN of the stack's region, and global one of no region.
func (a *DeliveryArgs) regional(service, resource string) string {
	return "arn:aws:" + service + ":" + a.Region + ":" + a.AccountID + ":" + resource
}

func (a *DeliveryArgs) global(service, resource string) string {
	return "arn:aws:" + service + "::" + a.AccountID + ":" + resource
}
