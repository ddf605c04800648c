// Package outputs reads the outputs of a stack, as docs/outputs.md describes them.
package outputs

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
)

// Outputs are the stack outputs that the launcher reads.
type Outputs struct {
	Region         string            `json:"region"`
	ClusterArn     string            `json:"clusterArn"`
	ServiceArns    map[string]string `json:"serviceArns"`
	StandbyArns    map[string]string `json:"standbyServiceArns"`
	LeaseTable     string            `json:"leaseTable"`
	ReleaseTable   string            `json:"releaseTable"`
	LogGroups      map[string]string `json:"logGroups"`
	RunningDigests map[string]string `json:"runningDigests"`
	HostPorts      map[string]int    `json:"hostPorts"`
	PublicPaths    map[string]string `json:"publicPaths"`
	PublicURL      string            `json:"publicUrl"`

	// A stack of an earlier version, or without the part, has none of these.
	ImageDigests       map[string]string `json:"imageDigests"`       // references by digest, by layer
	SecretArns         map[string]string `json:"secretArns"`         // of secrets and SSM parameters, by the name in botyard:secrets
	ModelBucket        string            `json:"modelBucket"`        // the S3 bucket of the models
	AlarmPrefix        string            `json:"alarmPrefix"`        // all alarms of the stack begin with it
	DashboardName      string            `json:"dashboardName"`      // the stack's CloudWatch dashboard
	DatabaseIdentifier string            `json:"databaseIdentifier"` // the RDS instance
	MonthlyCostUSD     *Cost             `json:"monthlyCostUSD"`
}

// Cost is what the stack is reckoned to cost a month of 730 hours, in US dollars.
type Cost struct {
	Total float64            `json:"total"`
	Parts map[string]float64 `json:"parts"`
}

// ErrNotUp is a stack without outputs.
var ErrNotUp = errors.New("the stack has no output clusterArn: it is not up, or its first update did not get that far")

// Read reads the outputs from a file that `pulumi stack output --json` wrote.
func Read(path string) (Outputs, error) {
	var o Outputs
	text, err := os.ReadFile(path)
	if err != nil {
		return o, fmt.Errorf("cannot read the stack's outputs: %w", err)
	}
	if err := json.Unmarshal(text, &o); err != nil {
		return o, fmt.Errorf("the stack's outputs in %s are not as docs/outputs.md says: %w", path, err)
	}
	if o.ClusterArn == "" {
		return o, ErrNotUp
	}
	return o, nil
}

// Services are the names of the stack's services, sorted.
func (o Outputs) Services() []string {
	return slices.Sorted(maps.Keys(o.ServiceArns))
}

// StackWord is what a make command needs behind it for a stack: nothing for local, which make takes without being told.
func StackWord(stack string) string {
	if stack == "local" {
		return ""
	}
	return " STACK=" + stack
}
