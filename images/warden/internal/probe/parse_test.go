package probe_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"botyard/warden/internal/probe"
)

func TestProbesAreRead(t *testing.T) {
	for text, want := range map[string]probe.Probe{
		`["python", "-m", "bot.probe"]`:                                        {Command: []string{"python", "-m", "bot.probe"}},
		`{"http": {"path": "/health"}}`:                                        {HTTP: &probe.HTTP{Path: "/health", Port: 5005, Status: 200}},
		`{"http": {"path": "/a b?c=%20"}}`:                                     {HTTP: &probe.HTTP{Path: "/a b?c=%20", Port: 5005, Status: 200}},
		`{"http": {"path": "/", "port": 1, "status": 100, "body": "ok"}}`:      {HTTP: &probe.HTTP{Path: "/", Port: 1, Status: 100, Body: "ok"}},
		`{"http": {"path": "/", "port": 65535, "status": 599, "body": "\"é"}}`: {HTTP: &probe.HTTP{Path: "/", Port: 65535, Status: 599, Body: `"é`}},
		`{"tcp": {}}`:             {TCP: &probe.TCP{Port: 5005}},
		`{"tcp": {"port": 5432}}`: {TCP: &probe.TCP{Port: 5432}},
	} {
		read, problems := probe.Parse(text, 5005)
		assert.Empty(t, problems, text)
		assert.Equal(t, want, read)
		assert.False(t, read.None())
	}
	assert.True(t, probe.Probe{}.None())
}

func TestBadProbesAreRefused(t *testing.T) {
	const (
		forms   = `a JSON array of strings, such as ["python", "-m", "bot.probe"], or an object such as {"http": {"path": "/health"}} or {"tcp": {"port": 5432}}`
		port    = "a whole number from 1 to 65535"
		status  = "a whole number from 100 to 599"
		path    = "a path that begins with /, such as /health"
		body    = `a text that the answer has to contain, such as "ok"`
		keys    = "one of path, port, status, body"
		neither = `exactly one of them, such as {"http": {"path": "/health"}}`
	)
	for text, want := range map[string]probe.Problem{
		``:                                       {`is ""`, forms},
		`curl x`:                                 {`is "curl x"`, forms},
		`[]`:                                     {`is "[]"`, forms},
		`[""]`:                                   {`is "[\"\"]"`, forms},
		`[1]`:                                    {`is "[1]"`, forms},
		`null`:                                   {`is "null"`, forms},
		`"/x"`:                                   {`is "\"/x\""`, forms},
		`{} {}`:                                  {`is "{} {}"`, forms},
		`{}`:                                     {"has neither http nor tcp", neither},
		`{"h": 1}`:                               {`has the unknown key "h"`, "one of http, tcp"},
		`{"HTTP": {"path": "/"}}`:                {`has the unknown key "HTTP"`, "one of http, tcp"},
		`{"http": {"path": "/"}, "tcp": {}}`:     {"has both http and tcp", "exactly one of them"},
		`{"http": null}`:                         {"has http null", `an object, such as {"path": "/health"}`},
		`{"http": "/health"}`:                    {`has http "/health"`, `an object, such as {"path": "/health"}`},
		`{"tcp": 5432}`:                          {"has tcp 5432", `an object, such as {"port": 5432}`},
		`{"tcp": {"port": 0}}`:                   {"has tcp.port 0", port},
		`{"tcp": {"port": 65536}}`:               {"has tcp.port 65536", port},
		`{"tcp": {"port": "80"}}`:                {`has tcp.port "80"`, port},
		`{"tcp": {"port": 80.5}}`:                {"has tcp.port 80.5", port},
		`{"tcp": {"port": null}}`:                {"has tcp.port null", port},
		`{"tcp": {"path": "/"}}`:                 {`has the unknown key "tcp.path"`, "one of port"},
		`{"http": {}}`:                           {"has no http.path", path},
		`{"http": {"path": "health"}}`:           {`has http.path "health"`, path},
		`{"http": {"path": ""}}`:                 {`has http.path ""`, path},
		`{"http": {"path": 1}}`:                  {"has http.path 1", path},
		`{"http": {"path": "/%zz"}}`:             {`has http.path "/%zz"`, path},
		`{"http": {"path": "/a\n"}}`:             {`has http.path "/a\n"`, path},
		`{"http": {"path": "/a#b"}}`:             {`has http.path "/a#b"`, path},
		`{"http": {"path": "/", "Port": 80}}`:    {`has the unknown key "http.Port"`, keys},
		`{"http": {"path": "/", "port": -1}}`:    {"has http.port -1", port},
		`{"http": {"path": "/", "status": 99}}`:  {"has http.status 99", status},
		`{"http": {"path": "/", "status": 600}}`: {"has http.status 600", status},
		`{"http": {"path": "/", "status": "200"}}`: {`has http.status "200"`, status},
		`{"http": {"path": "/", "body": ""}}`:      {`has http.body ""`, body},
		`{"http": {"path": "/", "body": true}}`:    {"has http.body true", body},
	} {
		read, problems := probe.Parse(text, 5005)
		assert.Equal(t, []probe.Problem{want}, problems, text)
		assert.True(t, read.None(), text)
	}
	_, problems := probe.Parse(`{"http": {"status": 1, "x": 1}}`, 0)
	assert.Len(t, problems, 4, "all that is wrong at once: the key, the port, the status, the path")
	_, problems = probe.Parse(`{"http": {"path": "/"}}`, 0)
	assert.Equal(t, []probe.Problem{{"has no http.port though PORT is not set", "the port that the service listens on, such as 5005"}}, problems)
}
