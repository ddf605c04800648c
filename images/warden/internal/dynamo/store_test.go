package dynamo_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/warden/internal/dynamo"
	"botyard/warden/internal/dynamotest"
	"botyard/warden/internal/lease"
)

func open(t *testing.T) (*dynamo.Store, *dynamotest.Server) {
	server := dynamotest.New()
	t.Cleanup(server.Close)
	for name, value := range map[string]string{"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s"} {
		t.Setenv(name, value)
	}
	store, err := dynamo.Open(t.Context(), "leases", "bot")
	require.NoError(t, err)
	return store, server
}

var identity = dynamo.Identity{Task: "arn:task", Revision: "bot:7", Address: "10.0.0.1:80", Lease: 15 * time.Second}

func TestALeasesLife(t *testing.T) {
	store, server := open(t)
	item, err := store.Read(t.Context())
	require.NoError(t, err)
	assert.Zero(t, item, "there is none yet")

	take := lease.Call{Holder: "host/a", Token: 100}
	item, err = store.Take(t.Context(), take, identity)
	require.NoError(t, err)
	assert.Equal(t, lease.Item{
		View:    lease.View{Holder: "host/a", Token: 100, Beat: 1, Lease: 15 * time.Second},
		Address: "10.0.0.1:80", Task: "arn:task", Revision: "bot:7",
	}, item)
	_, err = store.Take(t.Context(), take, identity)
	assert.ErrorIs(t, err, dynamo.ErrConflict, "it is not free any more")

	starts := []lease.Start{{At: 5, Revision: "bot:7"}}
	item, err = store.Renew(t.Context(), lease.Call{Holder: "host/a", Token: 100, Leaving: true}, dynamo.Report{Healthy: true, Good: "bot:7", Starts: starts})
	require.NoError(t, err)
	assert.Equal(t, int64(2), item.Beat)
	assert.True(t, item.Leaving)
	assert.True(t, item.Healthy)
	assert.Equal(t, "bot:7", item.Good)
	assert.Equal(t, starts, item.Starts)
	_, err = store.Renew(t.Context(), lease.Call{Holder: "host/a", Token: 99}, dynamo.Report{})
	assert.ErrorIs(t, err, dynamo.ErrConflict)

	_, err = store.Release(t.Context(), take)
	require.NoError(t, err)
	left := server.Item("bot")
	assert.NotContains(t, left, "holder")
	assert.NotContains(t, left, "address")
	assert.Equal(t, dynamotest.Value{"N": "100"}, left["token"], "the token stays")
	assert.Equal(t, dynamotest.Value{"N": "15"}, left["seconds"])
	assert.Contains(t, left, "expires")
	_, err = store.Release(t.Context(), take)
	assert.ErrorIs(t, err, dynamo.ErrConflict)
}

func TestATakeoverNeedsTheVeryBeat(t *testing.T) {
	store, _ := open(t)
	item, err := store.Take(t.Context(), lease.Call{Holder: "host/a", Token: 1}, identity)
	require.NoError(t, err)
	seen := item.View
	item, err = store.Renew(t.Context(), lease.Call{Holder: "host/a", Token: 1}, dynamo.Report{})
	require.NoError(t, err)
	over := lease.Call{Holder: "host/b", Token: 2, Expect: seen}
	_, err = store.Take(t.Context(), over, identity)
	require.ErrorIs(t, err, dynamo.ErrConflict, "it has beaten since")
	over.Expect = item.View
	item, err = store.Take(t.Context(), over, dynamo.Identity{Lease: 1500 * time.Millisecond})
	require.NoError(t, err)
	assert.Equal(t, lease.View{Holder: "host/b", Token: 2, Beat: 3, Lease: 1500 * time.Millisecond}, item.View)
	assert.Empty(t, item.Address, "one without a port has none")
}

func TestWantedOnlyRises(t *testing.T) {
	store, server := open(t)
	_, err := store.Want(t.Context(), 7)
	require.NoError(t, err)
	_, err = store.Want(t.Context(), 7)
	assert.ErrorIs(t, err, dynamo.ErrConflict)
	_, err = store.Want(t.Context(), 12)
	require.NoError(t, err)
	assert.Equal(t, dynamotest.Value{"N": "12"}, server.Item("bot")["wanted"])
}

func TestATakeSetsWantedToItsOwnRevision(t *testing.T) {
	store, server := open(t)
	wanted := func() any { return server.Item("bot")["wanted"]["N"] }
	_, err := store.Want(t.Context(), 12)
	require.NoError(t, err)
	item, err := store.Take(t.Context(), lease.Call{Holder: "host/a", Token: 1}, identity)
	require.NoError(t, err)
	assert.Equal(t, "12", wanted(), "one that does not know its revision says nothing of it")

	older := identity
	older.Number = 7
	_, err = store.Take(t.Context(), lease.Call{Holder: "host/b", Token: 9}, older)
	require.ErrorIs(t, err, dynamo.ErrConflict)
	assert.Equal(t, "12", wanted(), "nor does a take that fails")
	item, err = store.Take(t.Context(), lease.Call{Holder: "host/b", Token: 2, Expect: item.View}, older)
	require.NoError(t, err)
	assert.Equal(t, int64(7), item.Wanted, "also downwards: the pause for 12 is over")
	_, err = store.Want(t.Context(), 12)
	require.NoError(t, err, "and 12 may be wanted again")
	assert.Equal(t, "12", wanted())
}

func TestStartsWithoutALeaseAreNotLostToAnotherReplica(t *testing.T) {
	store, _ := open(t)
	_, err := store.NoteStarts(t.Context(), 0, []lease.Start{{At: 1, Revision: "a"}})
	require.NoError(t, err)
	_, err = store.NoteStarts(t.Context(), 0, []lease.Start{{At: 2, Revision: "b"}})
	require.ErrorIs(t, err, dynamo.ErrConflict)
	item, err := store.Read(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []lease.Start{{At: 1, Revision: "a"}}, item.Starts)
}

func TestAForeignItemAndARefusalAreErrorsThatSaySo(t *testing.T) {
	store, server := open(t)
	server.Put("bot", map[string]dynamotest.Value{"token": {"S": "one"}})
	_, err := store.Read(t.Context())
	assert.ErrorContains(t, err, `the item's attribute "token" is no number`)
	server.SetFault(func(string) dynamotest.Fault { return dynamotest.Fault{Refuse: "ThrottlingException"} })
	_, err = store.Read(t.Context())
	assert.ErrorContains(t, err, `cannot read the item "bot" of the table "leases"`)
	assert.ErrorContains(t, err, "ThrottlingException")
	assert.Equal(t, 2, server.Count("GetItem"), "one try a call: the lease's rules decide about the next")
}
