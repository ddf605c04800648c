// Package releases lists what a stack has run, as infra/rollout remembers it.
package releases

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Release is one set of images and services' settings.
type Release struct {
	ID     string            `json:"id"`
	At     time.Time         `json:"at"`
	Who    string            `json:"who"`
	Commit string            `json:"commit"`
	Back   string            `json:"back,omitempty"` // the release that it went back to
	Images map[string]string `json:"images"`         // by layer, by digest
	Same   bool              `json:"runs"`           // it is what runs now
	text   string            // its services' settings
}

// Table is the part of the DynamoDB API that is needed.
type Table interface {
	Scan(context.Context, *dynamodb.ScanInput, ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error)
}

// All are the remembered releases, the newest first: the first is what runs.
func All(ctx context.Context, client Table, table string) ([]Release, error) {
	if table == "" {
		return nil, errors.New("the stack has no output releaseTable: its last update was by an earlier version of this program; run up once")
	}
	var all []Release
	pages := dynamodb.NewScanPaginator(client, &dynamodb.ScanInput{TableName: aws.String(table), ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("cannot read the releases in table %s: %w", table, err)
		}
		for _, item := range page.Items {
			if text(item["id"]) == "last" { // the counter
				continue
			}
			release, err := read(item)
			if err != nil {
				return nil, err
			}
			all = append(all, release)
		}
	}
	slices.SortFunc(all, func(a, b Release) int { return cmp.Compare(number(b), number(a)) })
	for i := range all {
		all[i].Same = maps.Equal(all[i].Images, all[0].Images) && all[i].text == all[0].text
	}
	return all, nil
}

// Previous is the newest release that is not what runs.
func Previous(newestFirst []Release) (Release, error) {
	for _, release := range newestFirst {
		if !release.Same {
			return release, nil
		}
	}
	return Release{}, errors.New("there is no earlier release to go back to: all that are remembered are what runs now")
}

func read(item map[string]types.AttributeValue) (Release, error) {
	release := Release{
		ID: text(item["id"]), Who: text(item["who"]), Commit: text(item["commit"]), Back: text(item["back"]),
		Images: map[string]string{}, text: text(item["services"]),
	}
	at, err := time.Parse(time.RFC3339, text(item["at"]))
	if err != nil {
		return release, fmt.Errorf("release %s has no time that can be read: %w", release.ID, err)
	}
	release.At = at
	if images, ok := item["images"].(*types.AttributeValueMemberM); ok {
		for layer, reference := range images.Value {
			release.Images[layer] = text(reference)
		}
	}
	return release, nil
}

func text(value types.AttributeValue) string {
	if s, ok := value.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

// number is what ids are sorted by; they are r and a number.
func number(r Release) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(r.ID, "r"))
	return n
}

// Write writes the table for a person.
func Write(w io.Writer, all []Release) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "RELEASE\tWHEN\tWHO\tCOMMIT\tIMAGES\t")
	for i, release := range all {
		var images []string
		for _, layer := range slices.Sorted(maps.Keys(release.Images)) {
			_, digest, _ := strings.Cut(release.Images[layer], "sha256:")
			images = append(images, layer+" "+digest[:min(8, len(digest))])
		}
		note := ""
		switch {
		case i == 0:
			note = "runs now"
		case release.Same:
			note = "the same as runs now"
		}
		if release.Back != "" {
			note = strings.TrimPrefix(note+"; back to "+release.Back, "; ")
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", release.ID, release.At.Local().Format("2006-01-02 15:04"), release.Who,
			release.Commit[:min(12, len(release.Commit))], strings.Join(images, ", "), note)
	}
	return table.Flush()
}
