package rollout

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/require"
)

func TestADeploymentIsAnnouncedInOneLine(t *testing.T) {
	w := &world{}
	require.NoError(t, w.runner().Announce(t.Context(), Deployment{
		Project: "botyard", Stack: "prod", Who: "ada", Result: "failed", Summary: "it said \"no\"\n  | C:\\temp\n",
	}))
	require.Equal(t, []string{`botyard Deployment {"project":"botyard","stack":"prod","who":"ada","result":"failed","summary":"it said 'no';   | C:/temp"}`}, w.put)
	w.refuse = "the bus is full"
	require.EqualError(t, w.runner().Announce(t.Context(), Deployment{}), "the deployment cannot be announced: Refused: the bus is full")
}

func TestALongSummaryFitsAChatsMessage(t *testing.T) {
	require.Len(t, []rune(oneLine(strings.Repeat("ä", 3000))), maxSummary+1)
}

func TestRevisionsAreWhatRuns(t *testing.T) {
	w := &world{services: []types.Service{{Status: aws.String("ACTIVE"), TaskDefinition: aws.String(revision + "7")}}}
	found, err := w.runner().Revisions(t.Context(), "c", []string{"bot"})
	require.NoError(t, err)
	require.Equal(t, map[string]Revision{"bot": {TaskDefinition: revision + "7", Digest: digest}}, found)

	w = &world{services: []types.Service{{Status: aws.String("INACTIVE")}}}
	found, err = w.runner().Revisions(t.Context(), "c", []string{"bot"})
	require.NoError(t, err)
	require.Empty(t, found, "a deleted service")

	found, err = (&world{missing: true}).runner().Revisions(t.Context(), "c", []string{"bot"})
	require.NoError(t, err)
	require.Empty(t, found, "before the first update")
}

func TestAWebhooksAddressIsRead(t *testing.T) {
	w := &world{stages: map[string][]string{"1": {"AWSCURRENT"}}, value: "https://chat.example.org/x\n"}
	value, err := w.runner().Value(t.Context(), "arn")
	require.NoError(t, err)
	require.Equal(t, "https://chat.example.org/x", value)
	_, err = (&world{}).runner().Value(t.Context(), "arn")
	require.ErrorContains(t, err, "has no value yet")
}
