package platform

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// lanes bounds how many of the resources declared through it are made at once: the i-th waits for the one width places
// before it, so that of each lane one at most is under way. What is waited for was declared earlier, so that there is no
// circle where parents are declared first. A dependency is no input: it changes no resource and no preview.
type lanes struct {
	width    int
	declared []pulumi.Resource
}

// next are the options of the next resource.
func (l *lanes) next() []pulumi.ResourceOption {
	before := len(l.declared) - l.width
	if before < 0 {
		return nil
	}
	return []pulumi.ResourceOption{pulumi.DependsOn([]pulumi.Resource{l.declared[before]})}
}

// add notes the resource that was declared with the options of next.
func (l *lanes) add(resource pulumi.Resource) { l.declared = append(l.declared, resource) }
