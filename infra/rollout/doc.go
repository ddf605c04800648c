// Package rollout does at run time what a declaration cannot: it runs one-off tasks,
// waits until a service really runs what was declared, and says why it does not.
//
// It exists because ECS reports a rolled-back deployment as a success and a Pulumi
// resource cannot wait for a task's exit code. It knows nothing of Pulumi: it takes
// plain values and talks to AWS through the small interfaces in clients.go.
package rollout
