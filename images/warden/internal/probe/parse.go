package probe

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Problem is what is wrong with a probe's text, and what would be right.
type Problem struct{ Is, Right string }

const (
	forms = `a JSON array of strings, such as ["python", "-m", "bot.probe"], or an object such as {"http": {"path": "/health"}} or {"tcp": {"port": 5432}}`
	paths = `a path that begins with /, such as /health`
)

// Parse reads a probe: a JSON array is a command, an object is a request or a connection. port is the one of a probe that
// names none, 0 if there is none.
func Parse(text string, port int) (Probe, []Problem) {
	var command []string
	if json.Unmarshal([]byte(text), &command) == nil && len(command) > 0 && command[0] != "" {
		return Probe{Command: command}, nil
	}
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &object) != nil || object == nil {
		return Probe{}, []Problem{{fmt.Sprintf("is %q", text), forms}}
	}
	p := parser{port: port}
	p.known("", object, "http", "tcp")
	probe := Probe{}
	request, asked := object["http"]
	connection, connects := object["tcp"]
	switch {
	case asked && connects:
		p.fail("has both http and tcp", "exactly one of them")
	case asked:
		probe.HTTP = p.http(request)
	case connects:
		probe.TCP = p.tcp(connection)
	case len(p.problems) == 0:
		p.fail("has neither http nor tcp", "exactly one of them, such as {\"http\": {\"path\": \"/health\"}}")
	}
	if len(p.problems) > 0 {
		return Probe{}, p.problems
	}
	return probe, nil
}

// parser collects all that is wrong.
type parser struct {
	port     int
	problems []Problem
}

func (p *parser) fail(is, right string) { p.problems = append(p.problems, Problem{is, right}) }

func (p *parser) http(text json.RawMessage) *HTTP {
	fields := p.fields("http", text, `{"path": "/health"}`, "path", "port", "status", "body")
	if fields == nil {
		return nil
	}
	h := &HTTP{Port: p.portOf("http", fields), Status: http.StatusOK}
	if status, set := fields["status"]; set {
		h.Status = p.whole("http.status", status, 100, 599)
	}
	if body, set := fields["body"]; set {
		if json.Unmarshal(body, &h.Body) != nil || h.Body == "" {
			p.fail("has http.body "+string(body), `a text that the answer has to contain, such as "ok"`)
		}
	}
	path, set := fields["path"]
	if !set {
		p.fail("has no http.path", paths)
		return h
	}
	if json.Unmarshal(path, &h.Path) != nil || !isPath(h.Path) {
		p.fail("has http.path "+string(path), paths)
	}
	return h
}

func isPath(path string) bool {
	parsed, err := url.Parse(base(1) + path)
	return err == nil && strings.HasPrefix(path, "/") && parsed.Fragment == "" // which would not be sent
}

func (p *parser) tcp(text json.RawMessage) *TCP {
	fields := p.fields("tcp", text, `{"port": 5432}`, "port")
	if fields == nil {
		return nil
	}
	return &TCP{Port: p.portOf("tcp", fields)}
}

// fields are an object's; nil if it is none, which is told.
func (p *parser) fields(name string, text json.RawMessage, example string, known ...string) map[string]json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(text, &fields) != nil || fields == nil {
		p.fail(fmt.Sprintf("has %s %s", name, text), "an object, such as "+example)
		return nil
	}
	p.known(name+".", fields, known...)
	return fields
}

// known refuses other keys. Go would take one in capitals for the same, and leave out one that it does not know.
func (p *parser) known(where string, fields map[string]json.RawMessage, known ...string) {
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(known, key) {
			p.fail(fmt.Sprintf("has the unknown key %q", where+key), "one of "+strings.Join(known, ", "))
		}
	}
}

func (p *parser) portOf(name string, fields map[string]json.RawMessage) int {
	text, set := fields["port"]
	if set {
		return p.whole(name+".port", text, 1, 65535)
	}
	if p.port == 0 {
		p.fail(fmt.Sprintf("has no %s.port though PORT is not set", name), "the port that the service listens on, such as 5005")
	}
	return p.port
}

func (p *parser) whole(name string, text json.RawMessage, least, most int) int {
	var n int
	if json.Unmarshal(text, &n) != nil || n < least || n > most {
		p.fail(fmt.Sprintf("has %s %s", name, text), fmt.Sprintf("a whole number from %d to %d", least, most))
	}
	return n
}
