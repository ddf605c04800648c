package cost

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func loaded(t *testing.T) *table {
	t.Helper()
	prices, err := load(pricesYAML)
	require.NoError(t, err)
	return prices
}

func TestTheTableIsOfUSEast1(t *testing.T) {
	prices := loaded(t)
	_, err := time.Parse(time.DateOnly, prices.Date)
	assert.NoError(t, err)
	assert.Equal(t, "us-east-1", prices.Region)
	assert.Equal(t, "USD", prices.Currency)
}

// TestEachPriceSaysWhereItIsFrom holds that a price has either a source, of which the table says where it was read, or
// is called a judgement and says why; never both.
func TestEachPriceSaysWhereItIsFrom(t *testing.T) {
	prices := loaded(t)
	seen, used := map[string]bool{}, map[string]bool{}
	for _, p := range prices.Prices {
		assert.False(t, seen[p.Key], "%s is there twice", p.Key)
		seen[p.Key], used[p.Source] = true, true
		assert.Positive(t, p.USD, p.Key)
		assert.NotEmpty(t, p.Unit, p.Key)
		assert.GreaterOrEqual(t, p.Free, 0.0, p.Key)
		if p.Judgement {
			assert.Empty(t, p.Source, p.Key)
			assert.NotEmpty(t, p.Reason, p.Key)
			continue
		}
		assert.Empty(t, p.Reason, p.Key)
		assert.NotEmpty(t, prices.Sources[p.Source], "%s: where %q was read", p.Key, p.Source)
	}
	for source := range prices.Sources {
		assert.True(t, used[source], "no price is from %q", source)
	}
	for _, a := range prices.Assumptions {
		assert.Positive(t, a.Value, a.Key)
		assert.NotEmpty(t, a.Unit, a.Key)
		assert.NotEmpty(t, a.What, a.Key)
		assert.NotEmpty(t, a.Why, a.Key)
	}
}

// TestTheTypesThatArePriced holds the types that a stack may reasonably ask for. The hourly prices are by type and size
// alike: each size of a family costs twice the one below it, but for AWS's own rounding of a medium.
func TestTheTypesThatArePriced(t *testing.T) {
	prices := loaded(t)
	sizes := strings.Fields("nano micro small medium large xlarge 2xlarge 4xlarge")
	first := map[string]int{"t": 0, "m": 4, "c": 4, "r": 4}
	for _, family := range strings.Fields("t3 t3a t4g m5 m5a m6i m6a m7i m7i-flex m7a m6g m7g m8g c6i c6a c7i c7a c6g c7g c8g r6i r6a r7i r6g r7g r8g") {
		last := 7
		if family[0] == 't' {
			last = 6
		}
		for i := first[family[:1]]; i <= last; i++ {
			at, ok := prices.find("ec2." + family + "." + sizes[i])
			require.True(t, ok, "%s.%s", family, sizes[i])
			if below, ok := prices.find("ec2." + family + "." + sizes[max(i-1, 0)]); ok && i > 0 {
				assert.InDelta(t, 2*below.USD, at.USD, 0.0002, at.Key)
			}
		}
	}
	assert.Len(t, prices.below("ec2."), 3*7+23*4+11, "and the mediums")
	assert.Equal(t, strings.Fields("t3.micro t3.small t3.medium t3.large t4g.micro t4g.small t4g.medium t4g.large m5.large m6g.large"), prices.below("rds.db."))
}

func TestABrokenTableIsRefused(t *testing.T) {
	_, err := load([]byte("date: 2026-01-01\nprices: [{key: a, usd: 1, units: hour}]"))
	require.Error(t, err)
	assert.Equal(t, "infra/cost/prices.yaml cannot be read: yaml: unmarshal errors:\n  line 2: field units not found in type cost.price", err.Error())
}

// TestAPriceThatIsMissingIsNamed holds that what the table lacks is never counted as nothing.
func TestAPriceThatIsMissingIsNamed(t *testing.T) {
	full := loaded(t)
	for _, p := range full.Prices {
		if strings.HasPrefix(p.Key, "ec2.") || strings.HasPrefix(p.Key, "rds.db.") {
			continue
		}
		less := *full
		less.Prices = nil
		for _, each := range full.Prices {
			if each.Key != p.Key {
				less.Prices = append(less.Prices, each)
			}
		}
		_, fleetErr := less.of(fleet())
		_, fargateErr := less.of(fargate())
		message := fmt.Sprintf("infra/cost/prices.yaml has no price %q; add it", p.Key)
		assert.Contains(t, fmt.Sprint(fleetErr, fargateErr), message)
	}
	less := *full
	less.Assumptions = nil
	_, err := less.of(fleet())
	assert.EqualError(t, err, `infra/cost/prices.yaml has no assumption "alb.lcu"; add it
infra/cost/prices.yaml has no assumption "transfer"; add it
infra/cost/prices.yaml has no assumption "images"; add it
infra/cost/prices.yaml has no assumption "logs"; add it`)
}
