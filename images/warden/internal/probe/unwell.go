package probe

import (
	"errors"
	"net/http"
	"os/exec"
	"strconv"
	"time"
)

// Unwell is a probe that failed by the service's own word: it runs, but lacks something that a restart would not bring, such
// as its database. The warden waits for as long before it restarts a service that has worked before.
type Unwell struct {
	Err      error
	Patience time.Duration
}

func (u *Unwell) Error() string { return u.Err.Error() }

// Unwrap is what came.
func (u *Unwell) Unwrap() error { return u.Err }

// tempFail is a command's exit code that asks for patience, and for how long. Source: sysexits.h, EX_TEMPFAIL.
const (
	tempFail         = 75
	tempFailPatience = time.Hour
)

// Patience is how long a failed probe asks not to be restarted for; 0 where it does not ask.
func Patience(err error) time.Duration {
	var unwell *Unwell
	if errors.As(err, &unwell) {
		return unwell.Patience
	}
	return 0
}

// asked is err with the patience that an HTTP answer asks for: 503 with Retry-After in seconds.
// Source: RFC 9110, 10.2.3 and 15.6.4.
func asked(response *http.Response, err error) error {
	seconds, bad := strconv.Atoi(response.Header.Get("Retry-After"))
	if response.StatusCode != http.StatusServiceUnavailable || bad != nil || seconds <= 0 {
		return err
	}
	return &Unwell{Err: err, Patience: time.Duration(seconds) * time.Second}
}

// exited is err with the patience that a command's exit code asks for.
func exited(ended, err error) error {
	var code *exec.ExitError
	if errors.As(ended, &code) && code.ExitCode() == tempFail {
		return &Unwell{Err: err, Patience: tempFailPatience}
	}
	return err
}
