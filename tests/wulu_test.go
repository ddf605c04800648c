package tests

import (
	"testing"

	"github.com/stretchr/testify/require"

	"botyard/infra"
	"botyard/infra/config"
	"botyard/infra/cost"
	"botyard/tests/fleet"
	"botyard/tests/recording"
)

// TestTheSecondFleetHasItsPartsAndNoOthers: what wulu does not declare costs nothing, and what it has is its own.
func TestTheSecondFleetHasItsPartsAndNoOthers(t *testing.T) {
	cfg := fleet.Load(t, "wulu")
	require.Equal(t, []string{"chat"}, config.Names(cfg.Services))
	require.Equal(t, []string{"base", "chat", "chat-deps", "intents", "warden"}, config.Names(cfg.Images))
	recorded, runner := fleet.Record(t, cfg)
	for _, none := range []string{"aws:rds/instance:Instance", "aws:rds/subnetGroup:SubnetGroup", "aws:secretsmanager/secret:Secret"} {
		require.Empty(t, recorded.OfType(none))
	}
	require.Empty(t, runner.OneOffs)
	require.Empty(t, runner.Holders, "nobody holds a lease")
	require.Len(t, recorded.OfType(serviceType), 1)
	require.NotNil(t, recorded.One(t, "aws:autoscaling/group:Group", "cluster-hosts").Input("warmPool"), "the stopped host")
	require.Len(t, recorded.OfType("aws:acm/certificate:Certificate"), 1)
	require.Equal(t, "t3.medium", recorded.One(t, "aws:ec2/launchTemplate:LaunchTemplate", "cluster-hosts").Input("instanceType"))

	estimate, err := cost.Of(infra.Shape(cfg, recording.Region))
	require.NoError(t, err)
	require.Less(t, estimate.TotalUSD, cfg.Budget.MonthlyUSD)
}

// TestTheFleetsAreApart holds that both can be up in one account, or on one machine, and share what they can.
func TestTheFleetsAreApart(t *testing.T) {
	prod, wulu := fleet.Load(t, "prod"), fleet.Load(t, "wulu")
	require.NotEqual(t, prod.Network.CIDR, wulu.Network.CIDR)
	require.NotEqual(t, prod.Edge.Domain, wulu.Edge.Domain)
	require.Equal(t, prod.BaseImages, wulu.BaseImages, "one update of a base image is for both")
	for _, layer := range []string{"base", "warden"} {
		require.Equal(t, prod.Images[layer], wulu.Images[layer])
		one, _ := prod.Graph.Node(layer)
		other, _ := wulu.Graph.Node(layer)
		require.Equal(t, one.Tag, other.Tag)
	}
}
