package models

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// minute is how moments are written, in UTC.
const minute = "2006-01-02 15:04"

// Variable is the environment variable of the wardens that names a service's models (images/warden/README.md).
const Variable = "WARDEN_MODELS"

// Table prints the versions of the models: of each the newest and those that services run, or all of one that is named.
// running is the value of Variable by service.
func (s Stack) Table(ctx context.Context, api API, bucket, name string, running map[string]string, to io.Writer) error {
	if name != "" {
		if err := s.Known(name); err != nil {
			return err
		}
	}
	if len(s.Models) == 0 {
		_, err := fmt.Fprintf(to, "Stack %s has no models under botyard:models.\n", s.Name)
		return err
	}
	users, err := usersOf(running)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "MODEL\tVERSION\tUPLOADED\tSIZE\tUSED BY")
	var missing []string
	for _, model := range s.Models {
		if name != "" && model != name {
			continue
		}
		versions, err := versionsOf(ctx, api, bucket, model)
		if err != nil {
			return s.Explained(err)
		}
		if len(versions) == 0 {
			missing = append(missing, model)
			fmt.Fprintf(t, "%s\tnone yet\t–\t–\t–\n", model)
		}
		s.rows(t, model, versions, users, name != "")
	}
	if err := t.Flush(); err != nil || len(missing) == 0 {
		return err
	}
	_, err = fmt.Fprintf(to, "No version yet, so an update stops before services that use it: %s. Right would be %s\n",
		strings.Join(missing, ", "), s.command("model NAME="+missing[0]+" FILE=<file>"))
	return err
}

// rows are those of one model, the newest version first.
func (s Stack) rows(t io.Writer, model string, versions []types.ObjectVersion, users map[used][]string, all bool) {
	for i, version := range versions {
		id := aws.ToString(version.VersionId)
		by := users[used{model, id}]
		if i > 0 && len(by) == 0 && !all {
			continue
		}
		newest := ""
		if i == 0 {
			newest = " (newest)"
		}
		fmt.Fprintf(t, "%s\t%s%s\t%s UTC\t%s\t%s\n", model, id, newest, aws.ToTime(version.LastModified).UTC().Format(minute), size(aws.ToInt64(version.Size)),
			cmp.Or(strings.Join(by, ", "), "nobody"))
	}
}

// used is a version of a model that a service runs.
type used struct{ model, version string }

// usersOf are the services by what they run, sorted.
func usersOf(running map[string]string) (map[used][]string, error) {
	users := map[used][]string{}
	for _, service := range slices.Sorted(maps.Keys(running)) {
		var files []struct{ Key, Version string }
		if err := json.Unmarshal([]byte(running[service]), &files); err != nil {
			return nil, fmt.Errorf("the models of service %s cannot be read: %w", service, err)
		}
		for _, file := range files {
			at := used{file.Key, file.Version}
			if !slices.Contains(users[at], service) {
				users[at] = append(users[at], service)
			}
		}
	}
	return users, nil
}

// versionsOf are those of one model, the newest first, without what was deleted.
func versionsOf(ctx context.Context, api API, bucket, model string) ([]types.ObjectVersion, error) {
	var versions []types.ObjectVersion
	pages := s3.NewListObjectVersionsPaginator(api, &s3.ListObjectVersionsInput{Bucket: &bucket, Prefix: &model})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("cannot list the versions of %s: %w", model, err)
		}
		for _, version := range page.Versions {
			if aws.ToString(version.Key) == model { // the prefix fits longer names too
				versions = append(versions, version)
			}
		}
	}
	slices.SortStableFunc(versions, func(a, b types.ObjectVersion) int { return when(b).Compare(when(a)) })
	return versions, nil
}

// when is a version's moment; the newest is after all others, of which several may be of one second.
func when(v types.ObjectVersion) time.Time {
	if aws.ToBool(v.IsLatest) {
		return aws.ToTime(v.LastModified).Add(time.Second)
	}
	return aws.ToTime(v.LastModified)
}
