// Package events names what the warden logs. Metric filters and alarms match these words, so they are frozen.
package events

import (
	"io"
	"log/slog"
)

// The events, in the field "event" of a log line.
const (
	Waiting        = "waiting"          // it waits for the lease; with "holder" once it is known
	Taken          = "taken"            // it holds the lease now; with "token"
	RenewFailed    = "renew-failed"     // one write or read of the table failed; it is tried again
	Lost           = "lost"             // somebody else holds the lease: the child was killed
	Released       = "released"         // it gave the lease back
	Started        = "started"          // the child runs
	Ended          = "ended"            // the child has ended; with "code"
	Restarting     = "restarting"       // the child will be started again; with "seconds"
	Heartbeat      = "heartbeat"        // each 15 s while the child runs and its probe holds
	Unhealthy      = "unhealthy"        // the probe failed as often as it may: the child is stopped
	Unwell         = "unwell"           // the same, but the service asks for patience: it is not stopped; repeated each 30 s
	Healthy        = "healthy"          // the probe holds, after it did not
	StoppedForGood = "stopped-for-good" // too many starts in 24 h: nothing is started any more
	Expired        = "expired"          // the lease could not be renewed in time: the child is stopped
	Gap            = "gap"              // time went by unseen: the child is held still until the lease is confirmed
	Contended      = "contended"        // somebody else took the lease out of turn
	Failover       = "failover"         // it took over from a holder that had not released
	Edited         = "edited"           // the watched source has changed: the child is started anew; with "path"
	EditAwaited    = "edit-awaited"     // the child has ended while its source is watched: the next change starts it
	Host           = "host"             // each 60 s if WARDEN_HOST says so; with "diskUsedPercent" and "memoryUsedPercent"
	Fetching       = "fetching"         // a model is fetched before anything starts; with "model", "version", "bytes" and "here"
	Fetched        = "fetched"          // it is here; with "fetched", the bytes that came for it (0: the host had it), and "seconds"
	FetchFailed    = "fetch-failed"     // a transfer of it broke off, or it was given up; the line says which
	Trouble        = "trouble"          // something of the warden itself does not work; the line says what is done about it
)

// NewLogger writes JSON lines with the fields that all lines have.
func NewLogger(w io.Writer, service string) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, nil)).With("source", "warden", "service", service)
}
