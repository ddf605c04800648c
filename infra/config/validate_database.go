package config

import (
	"fmt"
	"regexp"
	"slices"
	"time"
)

// engineVersions are the majors of RDS for PostgreSQL.
// Source: RDS for PostgreSQL release notes, "Release calendars".
var engineVersions = []string{"13", "14", "15", "16", "17", "18"}

var (
	classPattern       = regexp.MustCompile(`^db\.[a-z][a-z0-9]*(-[a-z]+)?\.(micro|small|medium|large|([0-9]{1,2})?xlarge)$`)
	backupPattern      = regexp.MustCompile(`^([0-2][0-9]:[0-5][0-9])-([0-2][0-9]:[0-5][0-9])$`)
	maintenancePattern = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun):([0-2][0-9]:[0-5][0-9])-(mon|tue|wed|thu|fri|sat|sun):([0-2][0-9]:[0-5][0-9])$`)
)

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// Limits of an instance. Source: RDS User Guide, "gp3 storage" (GiB) and "Backup retention period".
const (
	minStorage    = 20
	maxStorage    = 65536
	maxBackupDays = 35
)

// Minutes. Source: RDS API reference, CreateDBInstance: windows last half an hour at least.
const (
	day           = 24 * 60
	shortestPause = 30
)

func (v Database) validate(path string, r *report) {
	if !slices.Contains(engineVersions, v.EngineVersion) {
		r.add(at(path, "engineVersion"), fmt.Sprintf("there is no major version %q", v.EngineVersion),
			`give "13" to "18", without the minor version: RDS upgrades that by itself`)
	}
	if !classPattern.MatchString(v.InstanceClass) {
		r.add(at(path, "instanceClass"), fmt.Sprintf("%q is no RDS instance class", v.InstanceClass), "give one such as db.t4g.micro")
	}
	r.between(at(path, "storageGiB"), v.StorageGiB, minStorage, maxStorage, "GiB")
	r.between(at(path, "backupDays"), v.BackupDays, 0, maxBackupDays, "days")
	if v.Protect && v.BackupDays == 0 {
		r.add(at(path, "backupDays"), "0 switches backups off", "keep at least 1 day, or set protect to false")
	}
	v.validateWindows(path, r)
}

func (v Database) validateWindows(path string, r *report) {
	backup, okBackup := parseBackup(v.BackupWindow)
	if v.BackupWindow != "" && !okBackup {
		r.add(at(path, "backupWindow"), fmt.Sprintf("%q is no daily window", v.BackupWindow), "give at least half an hour in UTC, such as 03:00-04:00")
	}
	maintenance, okMaintenance := parseMaintenance(v.MaintenanceWindow)
	if v.MaintenanceWindow != "" && !okMaintenance {
		r.add(at(path, "maintenanceWindow"), fmt.Sprintf("%q is no weekly window", v.MaintenanceWindow), "give half an hour to a day in UTC, such as sun:04:30-sun:05:30")
	}
	if okBackup && okMaintenance && maintenance.meets(backup) {
		r.add(at(path, "maintenanceWindow"), fmt.Sprintf("%q overlaps backupWindow", v.MaintenanceWindow), "choose another time, since RDS refuses that")
	}
}

// window is a span of minutes: from is counted from midnight, or from Monday's.
type window struct{ from, length int }

func parseBackup(text string) (window, bool) {
	parts := backupPattern.FindStringSubmatch(text)
	if parts == nil {
		return window{}, false
	}
	from, to := minute(parts[1]), minute(parts[2])
	w := window{from, (to - from + day) % day}
	return w, from >= 0 && to >= 0 && w.length >= shortestPause
}

func parseMaintenance(text string) (window, bool) {
	parts := maintenancePattern.FindStringSubmatch(text)
	if parts == nil {
		return window{}, false
	}
	from, to := minute(parts[2]), minute(parts[4])
	begin := slices.Index(weekdays, parts[1])*day + from
	end := slices.Index(weekdays, parts[3])*day + to
	w := window{begin, (end - begin + 7*day) % (7 * day)}
	return w, from >= 0 && to >= 0 && w.length >= shortestPause && w.length <= day
}

// minute is the minute of the day, or -1.
func minute(clock string) int {
	t, err := time.Parse("15:04", clock)
	if err != nil {
		return -1
	}
	return t.Hour()*60 + t.Minute()
}

// meets tells whether a weekly window and a daily one have a minute in common.
func (w window) meets(daily window) bool {
	ahead := (daily.from - w.from%day + day) % day // minutes from the start of w to that of daily
	return ahead < w.length || day-ahead < daily.length
}
