package cost

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAnUnknownRegion(t *testing.T) {
	shape := fleet()
	shape.Region = "eu-central-1"
	_, err := Of(shape)
	assert.EqualError(t, err, "prices of eu-central-1 are not in infra/cost/prices.yaml, which has us-east-1")
	assert.ErrorIs(t, err, ErrRegion)
	assert.False(t, errors.Is(err, ErrType))
}

func TestUnknownTypes(t *testing.T) {
	shape := fleet()
	shape.Hosts[0].InstanceType, shape.Hosts[1].InstanceType = "t3.tiny", "x1.large"
	shape.Database.Class = "gp3"
	_, err := Of(shape)
	assert.EqualError(t, err, `hosts "hosts": the instance type "t3.tiny" has no price in infra/cost/prices.yaml; of t3 it has nano, micro, small, medium, large, xlarge, 2xlarge
hosts "standby": the instance type "x1.large" has no price in infra/cost/prices.yaml; use a type of t3, t3a, t4g, m5, m5a, m6i, m6a, m7i, m7i-flex, m7a, m6g, m7g, m8g, c6i, c6a, c7i, c7a, c6g, c7g, c8g, r6i, r6a, r7i, r6g, r7g, r8g
database: the class "gp3" has no price in infra/cost/prices.yaml; use one of db.t3.micro, db.t3.small, db.t3.medium, db.t3.large, db.t4g.micro, db.t4g.small, db.t4g.medium, db.t4g.large, db.m5.large, db.m6g.large`)
	assert.ErrorIs(t, err, ErrType)
	assert.False(t, errors.Is(err, ErrRegion))
}

func TestAShapeWithoutSense(t *testing.T) {
	_, err := Of(Shape{
		Hosts:    []Hosts{{Name: "hosts", Count: -1, StoppedCount: -2, DiskGiB: -3}},
		Tasks:    []Task{{Service: "api", Count: -1, CPU: -2, MemoryMiB: -3}},
		Database: &Database{StorageGiB: -1}, Leases: []Lease{{Service: "bot"}},
		Secrets: -1, Alarms: -1, CompositeAlarms: -1, CustomMetrics: -1, Dashboards: -1, ImagesGB: -0.5, LogsGB: math.NaN(),
	})
	assert.EqualError(t, err, `the shape has no region; give AWS's name of one, such as us-east-1
hosts "hosts": Count is -1; give 0 or more
hosts "hosts": StoppedCount is -2; give 0 or more
hosts "hosts": DiskGiB is -3; give 0 or more
tasks of "api": Count is -1; give 0 or more
tasks of "api": CPU is -2; give 0 or more
tasks of "api": MemoryMiB is -3; give 0 or more
database: StorageGiB is -1; give 0 or more
lease of "bot": Seconds is 0; give 1 or more
Secrets is -1; give 0 or more
Alarms is -1; give 0 or more
CompositeAlarms is -1; give 0 or more
CustomMetrics is -1; give 0 or more
Dashboards is -1; give 0 or more
ImagesGB is -0.5; give 0 or more
LogsGB is NaN; give 0 or more`)
	assert.False(t, errors.Is(err, ErrRegion) || errors.Is(err, ErrType))
	_, err = Of(Shape{Region: "us-east-1", ImagesGB: math.Inf(1)})
	assert.EqualError(t, err, "ImagesGB is +Inf; give 0 or more")
}
