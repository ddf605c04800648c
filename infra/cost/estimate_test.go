package cost

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fleet is the society's: a host and its standby, a singleton with its.
func fleet() Shape {
	return Shape{
		Region:       "us-east-1",
		Hosts:        []Hosts{{Name: "hosts", InstanceType: "t3.small", Count: 1, DiskGiB: 30}, {Name: "standby", InstanceType: "t3.small", Count: 1, DiskGiB: 30}},
		Database:     &Database{Class: "db.t4g.micro", StorageGiB: 20},
		LoadBalancer: true, Secrets: 8, Alarms: 60, CompositeAlarms: 3, CustomMetrics: 20, Dashboards: 1,
		Leases: []Lease{{Service: "bot", Seconds: 15, Standby: true}},
	}
}

// small is one ARM host that nothing waits for, and no database.
func small() Shape {
	return Shape{
		Region: "us-east-1", Hosts: []Hosts{{Name: "hosts", InstanceType: "t4g.small", Count: 1, DiskGiB: 30}},
		Secrets: 2, Alarms: 12, Leases: []Lease{{Service: "bot", Seconds: 15}},
	}
}

// fargate has no hosts, and says how large its images and logs are.
func fargate() Shape {
	return Shape{
		Region:   "us-east-1",
		Tasks:    []Task{{Service: "bot", CPU: 256, MemoryMiB: 512, Count: 1, ARM: true}, {Service: "api", CPU: 512, MemoryMiB: 1024, Count: 2}},
		Database: &Database{Class: "db.t3.small", StorageGiB: 20, MultiZone: true}, LoadBalancer: true,
		Leases: []Lease{{Service: "bot", Seconds: 30, Standby: true}}, ImagesGB: 25, LogsGB: 12,
	}
}

func estimate(t *testing.T, shape Shape) Estimate {
	t.Helper()
	e, err := Of(shape)
	require.NoError(t, err)
	return e
}

// assertParts compares parts; the dollars to a millionth.
func assertParts(t *testing.T, want, got []Part) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		assert.Equal(t, want[i].Name, got[i].Name)
		assert.Equal(t, want[i].Detail, got[i].Detail, want[i].Name)
		assert.InDelta(t, want[i].USD, got[i].USD, 1e-6, want[i].Name)
	}
}

func TestTheFleetsCost(t *testing.T) {
	e := estimate(t, fleet())
	assertParts(t, []Part{
		{"hosts", "2 × t3.small, 730 h", 30.368},                            // 2 × 0.0208 × 730
		{"host disks", "2 × 30 GiB", 4.80},                                  // 60 × 0.08
		{"public IPv4", "2 of hosts, 2 of the load balancer, 730 h", 14.60}, // 4 × 0.005 × 730
		{"load balancer", "0.1 LCU, 730 h", 17.009},                         // 0.0225 × 730 + 0.1 × 0.008 × 730
		{"data transfer", "10 GB out, the first 100 free", 0},               //
		{"database", "db.t4g.micro, 20 GiB, 730 h", 13.98},                  // 0.016 × 730 + 20 × 0.115
		{"leases", "1: 0.876 million writes, 2.628 million reads", 0.876},   // 0.876 × 0.625 + 2.628 × 0.125
		{"secrets", "8", 3.20},                                              // 8 × 0.40
		{"images", "10 GB", 1.00},                                           // 10 × 0.10
		{"logs", "1 GB, kept for 30 days, the first 5 free", 0},             //
		{"alarms", "60, the first 10 free", 5.00},                           // 50 × 0.10
		{"composite alarms", "3", 1.50},                                     // 3 × 0.50
		{"custom metrics", "20, the first 10 free", 3.00},                   // 10 × 0.30
		{"dashboards", "1, the first 3 free", 0},                            //
	}, e.Parts)
	assert.Equal(t, 95.34, e.TotalUSD)
	assert.Equal(t, "us-east-1", e.Region)
	assert.Equal(t, loaded(t).Date, e.Date)
	assert.Equal(t, []string{
		"load balancer traffic: 0.1 LCU; one LCU would be 25 new connections a second or 1 GB an hour all month",
		"data sent to the internet a month: 10 GB; bots send text",
		"backups of the database: no more GB than its storage, which is free",
		"images kept in ECR: 10 GB; 20 releases of some seven layers that share most of their bytes",
		"logs a month: 1 GB; a heartbeat each 15 s is 26 MB a month for each service; the rest is what the bots say",
		"what AWS gives an account for free each month: all of it goes to this stack",
	}, e.Assumptions)
}

func TestASmallStacksCost(t *testing.T) {
	e := estimate(t, small())
	assertParts(t, []Part{
		{"hosts", "1 × t4g.small, 730 h", 12.264}, {"host disks", "1 × 30 GiB", 2.40}, {"public IPv4", "1 of hosts, 730 h", 3.65},
		{"data transfer", "10 GB out, the first 100 free", 0},
		{"leases", "1: 0.876 million writes, 0.000 million reads", 0.5475}, {"secrets", "2", 0.80}, {"images", "10 GB", 1.00},
		{"logs", "1 GB, kept for 30 days, the first 5 free", 0}, {"alarms", "12, the first 10 free", 0.20},
	}, e.Parts)
	assert.Equal(t, 20.86, e.TotalUSD)
}

func TestAFargateStacksCost(t *testing.T) {
	e := estimate(t, fargate())
	assertParts(t, []Part{
		// x86: 730 × (1 × 0.04048 + 2 × 0.004445) = 36.0401; ARM: 730 × (0.25 × 0.03238 + 0.5 × 0.00356) = 7.20875
		{"tasks", "2 on x86: 1 vCPU, 2 GB; 1 on ARM: 0.25 vCPU, 0.5 GB, 730 h", 43.24885},
		{"public IPv4", "3 of tasks, 2 of the load balancer, 730 h", 18.25},
		{"load balancer", "0.1 LCU, 730 h", 17.009},
		{"data transfer", "10 GB out, the first 100 free", 0},
		{"database", "db.t3.small, 20 GiB, 730 h, in two zones", 57.16},     // 2 × (0.036 × 730 + 20 × 0.115)
		{"leases", "1: 0.438 million writes, 2.628 million reads", 0.60225}, // 0.438 × 0.625 + 2.628 × 0.125
		{"images", "25 GB", 2.50},                                           // 25 × 0.10
		{"logs", "12 GB, kept for 30 days, the first 5 free", 3.71},         // 7 × 0.50 + 7 × 0.03
	}, e.Parts)
	assert.Equal(t, 142.48, e.TotalUSD)
	assert.Equal(t, []string{
		"load balancer traffic: 0.1 LCU; one LCU would be 25 new connections a second or 1 GB an hour all month",
		"data sent to the internet a month: 10 GB; bots send text",
		"$0.036 a hour for rds.db.t3.small is a judgement: twice db.t3.micro and half of db.t3.medium; people's own tables agree",
		"a database in two zones: twice the price of one in one zone; AWS's own prices of some classes differ from that by 2 %",
		"backups of the database: no more GB than its storage, which is free",
		"what AWS gives an account for free each month: all of it goes to this stack",
	}, e.Assumptions)
}

// TestAWarmPoolCostsItsDisks holds that a stopped host costs neither its hours nor an address.
func TestAWarmPoolCostsItsDisks(t *testing.T) {
	shape := small()
	shape.Hosts[0].StoppedCount = 1
	assert.Equal(t, Changes{{"host disks", 2.40, 4.80}}, Compare(estimate(t, small()), estimate(t, shape)))
	assert.Equal(t, "2 × 30 GiB, 1 of them stopped", estimate(t, shape).Parts[1].Detail)
}

func TestHostsOfSeveralTypes(t *testing.T) {
	shape := small()
	shape.Hosts = append(shape.Hosts, Hosts{Name: "standby", InstanceType: "m7g.large", Count: 2, DiskGiB: 50}, Hosts{Name: "none", InstanceType: "t3.nano", DiskGiB: 30})
	e := estimate(t, shape)
	assertParts(t, []Part{{"hosts", "1 × t4g.small, 2 × m7g.large, 730 h", 131.4}, {"host disks", "1 × 30 GiB, 2 × 50 GiB", 10.40}}, e.Parts[:2])
}

func TestWhatIsFree(t *testing.T) {
	for _, each := range []struct {
		part     string
		give     func(*Shape)
		wantCent int64
	}{
		{"alarms", func(s *Shape) { s.Alarms = 10 }, 0},
		{"alarms", func(s *Shape) { s.Alarms = 11 }, 10},
		{"custom metrics", func(s *Shape) { s.CustomMetrics = 10 }, 0},
		{"custom metrics", func(s *Shape) { s.CustomMetrics = 11 }, 30},
		{"dashboards", func(s *Shape) { s.Dashboards = 3 }, 0},
		{"dashboards", func(s *Shape) { s.Dashboards = 4 }, 300},
		{"composite alarms", func(s *Shape) { s.CompositeAlarms = 1 }, 50},
		{"logs", func(s *Shape) { s.LogsGB = 5 }, 0},
		{"logs", func(s *Shape) { s.LogsGB = 6 }, 53},
		{"secrets", func(s *Shape) { s.Secrets = 1 }, 40},
	} {
		shape := Shape{Region: "us-east-1"}
		each.give(&shape)
		var got []int64
		for _, p := range estimate(t, shape).Parts {
			if p.Name == each.part {
				got = append(got, cents(p.USD))
			}
		}
		assert.Equal(t, []int64{each.wantCent}, got, each.part)
	}
}

func TestAnEmptyStackHasOnlyWhatIsAssumed(t *testing.T) {
	assertParts(t, []Part{{"data transfer", "10 GB out, the first 100 free", 0}, {"images", "10 GB", 1}, {"logs", "1 GB, kept for 30 days, the first 5 free", 0}},
		estimate(t, Shape{Region: "us-east-1"}).Parts)
}

// TestJSONAddsUp holds that the parts of the JSON, in whole cents, are its total exactly.
func TestJSONAddsUp(t *testing.T) {
	for _, shape := range []Shape{fleet(), small(), fargate()} {
		text, err := json.Marshal(estimate(t, shape))
		require.NoError(t, err)
		var got struct {
			Total json.Number
			Parts []struct{ USD json.Number }
		}
		require.NoError(t, json.Unmarshal(text, &got))
		sum := int64(0)
		for _, p := range got.Parts {
			assert.Regexp(t, `^\d+(\.\d{1,2})?$`, p.USD.String())
			usd, err := p.USD.Float64()
			require.NoError(t, err)
			sum += int64(math.Round(usd * 100))
		}
		total, err := got.Total.Float64()
		require.NoError(t, err)
		assert.Equal(t, int64(math.Round(total*100)), sum)
	}
	text, err := json.Marshal(Estimate{TotalUSD: 1.24, Parts: []Part{{"hosts", "1", 1.2351}}, Date: "2026-11-25", Region: "us-east-1"})
	require.NoError(t, err)
	assert.Equal(t, `{"total":1.24,"parts":[{"name":"hosts","detail":"1","usd":1.24}],"currency":"USD","date":"2026-11-25","region":"us-east-1","assumptions":[]}`, string(text))
}

func TestCents(t *testing.T) {
	for usd, want := range map[float64]int64{0: 0, 0.004: 0, 0.005: 1, 16.425: 1643, 1.005: 101, -1.005: -101, 30.368: 3037} {
		assert.Equal(t, want, cents(usd), usd)
	}
}
