package releases

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type table struct {
	items []map[string]types.AttributeValue
	err   error
}

func (t table) Scan(context.Context, *dynamodb.ScanInput, ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error) {
	return &dynamodb.ScanOutput{Items: t.items}, t.err
}

func s(value string) types.AttributeValue { return &types.AttributeValueMemberS{Value: value} }

func item(id, digest, back string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"id": s(id), "at": s("2026-11-25T20:0" + id[1:2] + ":00Z"), "who": s("ada"), "commit": s("0123456789abcdef"), "back": s(back), "services": s("{}"),
		"images": &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"bot": s("r/botyard/prod/bot@sha256:" + digest)}},
	}
}

func TestReleases(t *testing.T) {
	zone := time.Local
	time.Local = time.UTC
	t.Cleanup(func() { time.Local = zone })
	last := map[string]types.AttributeValue{"id": s("last"), "releases": &types.AttributeValueMemberN{Value: "12"}}
	all, err := All(t.Context(), table{items: []map[string]types.AttributeValue{
		item("r9", "aaaaaaaaaaaa", ""), last, item("r12", "aaaaaaaaaaaa", "r9"), item("r11", "bbbbbbbbbbbb", ""),
	}}, "releases")
	require.NoError(t, err)
	var printed bytes.Buffer
	require.NoError(t, Write(&printed, all))
	assert.Equal(t, `RELEASE  WHEN              WHO  COMMIT        IMAGES        
r12      2026-11-25 20:01  ada  0123456789ab  bot aaaaaaaa  runs now; back to r9
r11      2026-11-25 20:01  ada  0123456789ab  bot bbbbbbbb  
r9       2026-11-25 20:09  ada  0123456789ab  bot aaaaaaaa  the same as runs now
`, printed.String())
	previous, err := Previous(all)
	require.NoError(t, err)
	assert.Equal(t, "r11", previous.ID)
	_, err = Previous(all[:1])
	assert.EqualError(t, err, "there is no earlier release to go back to: all that are remembered are what runs now")
}

func TestWithoutReleases(t *testing.T) {
	_, err := All(t.Context(), table{}, "")
	require.ErrorContains(t, err, "the stack has no output releaseTable")
	_, err = All(t.Context(), table{err: errors.New("away")}, "releases")
	require.EqualError(t, err, "cannot read the releases in table releases: away")
	_, err = All(t.Context(), table{items: []map[string]types.AttributeValue{{"id": s("r1"), "at": s("yesterday")}}}, "releases")
	require.ErrorContains(t, err, "release r1 has no time that can be read")
}
