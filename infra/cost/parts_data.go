package cost

import (
	"fmt"
	"strings"
)

// database adds the instance and its storage. Backups are free up to the size of the storage.
func (b *bill) database(d Database) {
	class := b.typed("rds."+d.Class, fmt.Sprintf("database: the class %q", d.Class), "use one of "+b.classes())
	usd := class.of(hours) + b.price("storage.rds.gp3").of(float64(d.StorageGiB))
	detail := fmt.Sprintf("%s, %d GiB%s", d.Class, d.StorageGiB, runs)
	if d.MultiZone {
		usd *= 2 // Infracost shows $47.45 for a db.t4g.small in two zones, and $23.36 in one
		detail += ", in two zones"
		b.assume("a database in two zones: twice the price of one in one zone; " +
			"AWS's own prices of some classes differ from that by 2 %")
	}
	b.assume("backups of the database: no more GB than its storage, which is free")
	b.add("database", detail, usd)
}

// classes are the database classes that have a price.
func (b *bill) classes() string {
	names := b.table.below("rds.db.")
	for i := range names {
		names[i] = "db." + names[i]
	}
	return strings.Join(names, ", ")
}

// leases adds the requests of the singletons' wardens: the holder writes each fifth of the lease, and one who waits
// reads once a second (images/warden/README.md, "What it costs").
func (b *bill) leases(all []Lease) {
	if len(all) == 0 {
		return
	}
	const seconds = hours * 3600
	writes, reads := 0.0, 0.0
	for _, l := range all {
		writes += seconds / (float64(l.Seconds) / 5)
		if l.Standby {
			reads += seconds
		}
	}
	writes, reads = writes/1e6, reads/1e6
	b.add("leases", fmt.Sprintf("%d: %.3f million writes, %.3f million reads", len(all), writes, reads),
		b.price("dynamodb.write").of(writes)+b.price("dynamodb.read").of(reads))
}

func (b *bill) secrets(count int) { b.counted("secrets", count, "secret") }

func (b *bill) images(gb float64) {
	gb = b.given(gb, "images")
	b.add("images", plain(gb)+" GB", b.price("ecr").of(gb))
}

// logs adds what CloudWatch takes in, and keeps for as long as a month: the default of logDays.
func (b *bill) logs(gb float64) {
	gb = b.given(gb, "logs")
	in, kept := b.price("logs.in"), b.price("logs.kept")
	b.add("logs", fmt.Sprintf("%s GB, kept for 30 days%s", plain(gb), freeOf(in)), in.of(gb)+kept.of(gb))
}

// watching adds what CloudWatch charges beside logs.
func (b *bill) watching(shape Shape) {
	b.counted("alarms", shape.Alarms, "alarm")
	b.counted("composite alarms", shape.CompositeAlarms, "alarm.composite")
	b.counted("custom metrics", shape.CustomMetrics, "metric")
	b.counted("dashboards", shape.Dashboards, "dashboard")
}
