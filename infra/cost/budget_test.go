package cost

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheCeiling(t *testing.T) {
	e := estimate(t, fleet())
	assert.NoError(t, e.Exceeds(95.35))
	assert.NoError(t, e.Exceeds(95.34), "at the ceiling")
	assert.EqualError(t, e.Exceeds(95.33), "the stack would cost $95.34 a month, above botyard:budget.monthlyUSD of 95.33: the largest parts are "+
		"hosts $30.37, load balancer $17.01, public IPv4 $14.60; make it smaller, raise the ceiling, or set botyard:budget.allowAbove to 95.34 or more to pass it once")
	assert.ErrorContains(t, e.Exceeds(80), "above botyard:budget.monthlyUSD of 80: ")
	assert.EqualError(t, estimate(t, Shape{Region: "us-east-1", ImagesGB: 5}).Exceeds(0), "the stack would cost $0.50 a month, above botyard:budget.monthlyUSD of 0: the largest parts are "+
		"images $0.50; make it smaller, raise the ceiling, or set botyard:budget.allowAbove to 0.50 or more to pass it once", "parts that cost nothing are not named")
}
