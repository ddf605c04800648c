package config

import (
	"maps"
	"slices"

	"botyard/infra/checkout"
	"botyard/infra/image"
)

// Config is a stack's settings. Fields with a key tag are the keys of Pulumi.<stack>.yaml.
type Config struct {
	// Project and Stack are Pulumi's names; Root is the folder of Pulumi.yaml.
	Project, Stack, Root string
	// Graph is the image layers in build order, with their tags.
	Graph *image.Graph
	// Trees are the contexts from git, by image.
	Trees map[string]*checkout.Tree
	// ServicesText is the JSON of the key services, as a release remembers it.
	ServicesText string
	// Warnings are what is allowed but probably not meant, one sentence each.
	Warnings []string

	// Extends names a stack whose settings this one's are laid over; Without are the keys of
	// that stack that do not hold here.
	Extends string   `key:"extends"`
	Without []string `key:"without"`
	// Tags are laid on every resource.
	Tags map[string]string `key:"tags"`
	// BaseImages are outside images that layers build on, by name.
	BaseImages map[string]string `key:"baseImages"`
	Registry   Registry          `key:"registry"`
	// Scan is the gate that images' findings pass before a rollout; nil for none.
	Scan   *Scan            `key:"scan,optional"`
	Builds Builds           `key:"builds"`
	Images map[string]Image `key:"images"`
	// Warden is the layer whose program service images start with; empty where there is none.
	Warden   string             `key:"warden"`
	Network  Network            `key:"network"`
	Hosts    Hosts              `key:"hosts"`
	Database *Database          `key:"database,optional"`
	Secrets  map[string]Secret  `key:"secrets"`
	Services map[string]Service `key:"services"`
	// Models are files that services fetch when they start; without any the stack has no bucket for them.
	Models map[string]Model `key:"models"`
	Edge   *Edge            `key:"edge,optional"`
	Alerts Alerts           `key:"alerts"`
	// Alarms are thresholds by scope and key of the table (infra/alarms), for all subjects of the scope.
	Alarms map[string]map[string]float64 `key:"alarms"`
	Budget *Budget                       `key:"budget,optional"`
	// Delivery is who may preview and deploy from GitHub; nil declares nobody.
	Delivery *Delivery `key:"delivery,optional"`
	// Approvals are the physical ids of what one update may delete or replace although it holds data, by the resource's name.
	Approvals map[string]string `key:"approvals"`
	// Release is an earlier release whose images and services run instead of the checkout's; empty for the checkout's own.
	Release string `key:"release"`
}

// Registry is where images are kept.
type Registry struct {
	// Retain is how many images each repository keeps.
	Retain int `key:"retain"`
	// Address is host[:port] where the registry answers under another name than ECR's own.
	Address string `key:"address"`
}

// Builds is how images are built.
type Builds struct {
	// Parallel is how many images are built at once, at most.
	Parallel int `key:"parallel"`
}

// Image is one layer.
type Image struct {
	// Parent is another layer's name or a name of BaseImages.
	Parent string `key:"parent,required"`
	// Uses are other layers' names that it copies from.
	Uses []string `key:"uses"`
	// Context is the build context's folder, relative to Pulumi.yaml; empty with Git.
	Context string `key:"context"`
	// Git is the repository that the context is in, if it is no folder of the project.
	Git *Git `key:"git"`
	// Dockerfile is relative to Context.
	Dockerfile string `key:"dockerfile"`
	// Args are build args besides those that the program sets.
	Args map[string]string `key:"args"`
	// Platform is linux/amd64 or linux/arm64.
	Platform string `key:"platform"`
	// MaxFileMiB is the size of a file in MiB above which it is refused.
	MaxFileMiB int `key:"maxFileMiB"`
	// Allow are patterns of files that the preflight would take for secrets, bad links or bad scripts.
	Allow []string `key:"allow"`
	// Model is the path, in the image, of a model that its build trains; empty for none.
	Model string `key:"model"`
}

// Git is a repository at a ref, for an image's context.
type Git struct {
	// URL is https, ssh or file, without credentials.
	URL string `key:"url,required"`
	// Ref is a branch, a tag or a whole commit.
	Ref string `key:"ref,required"`
	// Path is the context's folder in the repository.
	Path string `key:"path"`
	// Submodules checks them out too, recursively.
	Submodules bool `key:"submodules"`
	// LFS says whether LFS files are fetched or refused.
	LFS string `key:"lfs"`
	// Token names the secret that a private repository is read with over https; empty without one.
	Token string `key:"token"`
}

// What becomes of the files that LFS pointers stand for.
const (
	LFSFetch  = "fetch"
	LFSRefuse = "refuse"
)

// Network is the stack's VPC.
type Network struct {
	CIDR     string `key:"cidr"`
	FlowLogs bool   `key:"flowLogs"`
}

// Alerts say who is told.
type Alerts struct {
	// Email are plain addresses. Each must confirm the subscription that SNS mails it.
	Email []string `key:"email"`
	// Discord and Slack name secrets whose value is the URL of a webhook; empty: nothing is said there.
	Discord string `key:"discord"`
	Slack   string `key:"slack"`
	// Runbooks is where docs/runbooks.md is read, for the links of messages.
	Runbooks string `key:"runbooks"`
}

// Chats are the webhooks' secrets by the kind of chat; a chat without one is left out.
func (v Alerts) Chats() map[string]string {
	chats := map[string]string{}
	for kind, secret := range map[string]string{"discord": v.Discord, "slack": v.Slack} {
		if secret != "" {
			chats[kind] = secret
		}
	}
	return chats
}

// Budget is what the stack may cost.
type Budget struct {
	// MonthlyUSD is the ceiling of the estimate, and of what AWS bills the account.
	MonthlyUSD float64 `key:"monthlyUSD,required"`
	// AllowAbove lets an estimate pass that is above the ceiling, up to this.
	AllowAbove float64 `key:"allowAbove"`
}

// Delivery trusts one GitHub repository with two roles of the stack.
type Delivery struct {
	// Repository is owner/name.
	Repository string `key:"repository,required"`
	// Provider declares GitHub's OIDC provider, of which an account has one at most.
	Provider bool `key:"provider"`
	// State is the ARN of the S3 bucket with Pulumi's state.
	State string `key:"state,required"`
	// Key is the ARN of the KMS key that encrypts secrets in the state; empty where it is a passphrase.
	Key string `key:"key"`
}

// Secret is a value that services get from Secrets Manager or SSM, and that is set outside.
type Secret struct {
	// Description is for whoever finds the secret in the console.
	Description string `key:"description"`
	// ARN names an existing secret or SSM parameter; without it the stack declares a secret.
	ARN string `key:"arn"`
}

// Edge gives the load balancer a name and HTTPS.
type Edge struct {
	// Domain is the public name; Zone the Route 53 zone that it is in.
	Domain string `key:"domain,required"`
	Zone   string `key:"zone,required"`
}

// Names are a map's keys, sorted: the order in which anything is declared.
func Names[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
