package main

import (
	"encoding/json"
	"strconv"
)

// settings is the configuration of the provider (docker:host and so on).
type settings struct {
	host        string // address of the engine; empty: DOCKER_HOST or the usual sockets
	hostUnknown bool   // the address comes from a resource that does not exist yet
	certPath    string // folder of ca.pem, cert.pem and key.pem, for tcp:// with TLS
	noCheck     bool   // do not ask at the start whether the engine answers
	logins      logins
	secrets     []string
}

// decodeSettings reads the provider's configuration. Values come as text where they are from the stack's config: a list as
// JSON, true as "true".
func decodeSettings(props map[string]any) (settings, []problem) {
	d := &decoder{unknown: map[string]bool{}, secret: map[string]bool{}}
	top := d.object("", props, "host", "certPath", "disableDockerDaemonCheck", "registryAuth", "version", "pluginDownloadURL")
	set := settings{
		host:     d.text("host", top["host"], ""),
		certPath: d.text("certPath", top["certPath"], ""),
		logins:   logins{},
	}
	set.hostUnknown = d.unknown["host"]
	switch check := d.open("disableDockerDaemonCheck", top["disableDockerDaemonCheck"]).(type) {
	case nil:
	case bool:
		set.noCheck = check
	case string:
		off, err := strconv.ParseBool(check)
		if err != nil {
			d.fail("disableDockerDaemonCheck", "must be true or false, not %q", check)
		}
		set.noCheck = off
	default:
		d.fail("disableDockerDaemonCheck", "must be true or false, not %s", kindOf(check))
	}
	for _, item := range d.logins(top["registryAuth"]) {
		login := d.object("registryAuth", item, "address", "username", "password")
		username := d.text("registryAuth.username", login["username"], "")
		password := d.text("registryAuth.password", login["password"], "")
		set.logins.add(d.text("registryAuth.address", login["address"], ""), username, password)
		set.secrets = append(set.secrets, password)
	}
	return set, d.problems
}

// logins opens the list of logins, written as a list or as its JSON.
func (d *decoder) logins(value any) []any {
	switch v := d.open("registryAuth", value).(type) {
	case nil:
		return nil
	case []any:
		return v
	case string:
		var list []any
		if err := json.Unmarshal([]byte(v), &list); err != nil {
			d.fail("registryAuth", "must be a list of {address, username, password}") // the error would show the text, with its password
		}
		return list
	default:
		d.fail("registryAuth", "must be a list of {address, username, password}, not %s", kindOf(v))
		return nil
	}
}
