package dashboard

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// opened is what a browser made of a page: its document, what its console said, and the requests that left it.
type opened struct {
	document, console string
	requests          []string
}

// itsOwn are the hosts that the browser asks on its own account, whatever the page is.
var itsOwn = regexp.MustCompile(`^(accounts|clients\d*|android\.clients|www)\.google\.com|^(update|optimizationguide-pa|content-autofill|safebrowsing)\.googleapis\.com|\.gvt1\.com`)

// open opens the page from disk in a headless browser all of whose traffic goes to a proxy of ours.
func open(t *testing.T, page string) opened {
	t.Helper()
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium on PATH: apt-get install chromium brings it")
	}
	var o opened
	var mutex sync.Mutex
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		if !itsOwn.MatchString(r.Host) {
			o.requests = append(o.requests, r.Host)
		}
	}))
	t.Cleanup(proxy.Close)
	path := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, os.WriteFile(path, []byte(page), 0o644))
	cmd := exec.CommandContext(t.Context(), browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(),
		"--proxy-server="+proxy.URL, "--enable-logging=stderr", "--dump-dom", "file://"+path)
	var console strings.Builder
	cmd.Stderr = &console
	document, err := cmd.Output()
	require.NoError(t, err, console.String())
	o.document = string(document)
	for _, line := range strings.Split(console.String(), "\n") {
		if strings.Contains(line, ":CONSOLE") {
			o.console += line + "\n"
		}
	}
	mutex.Lock()
	defer mutex.Unlock()
	return o
}

func TestABrowserShowsThePageAndAsksNobody(t *testing.T) {
	q, _ := question(t)
	page, err := Build(t.Context(), q)
	require.NoError(t, err)
	var text strings.Builder
	require.NoError(t, page.Write(&text))
	o := open(t, text.String())
	assert.Equal(t, 12, strings.Count(o.document, `<section class="panel`))
	assert.Equal(t, 8, strings.Count(o.document, "<svg "), "four charts, each for a screen and for a phone")
	panels := strings.Split(o.document, "<section ")
	assert.Regexp(t, `<path d="M[^"]+" style="fill:none;stroke:var\(--limit\);stroke-width:1.5;stroke-dasharray:6,4"`, panels[4], "the threshold's line")
	var words []string
	for _, found := range regexp.MustCompile(`<b class="state">([^<]+)</b>`).FindAllStringSubmatch(panels[2], -1) {
		words = append(words, found[1])
	}
	assert.Equal(t, []string{"ALARM", "ALARM", "OK", "OK", "no data", "gone"}, words)
	assert.Empty(t, o.console)
	assert.Empty(t, o.requests)
}

func TestAPictureFromOutsideIsNotFetched(t *testing.T) {
	q, w := question(t)
	w.body = `{"widgets": [{"type": "text", "properties": {"markdown": "![x](http://outside.test/x.png)"}}]}`
	page, err := Build(t.Context(), q)
	require.NoError(t, err)
	var text strings.Builder
	require.NoError(t, page.Write(&text))
	o := open(t, text.String())
	assert.Contains(t, o.document, `<img src="http://outside.test/x.png"`)
	assert.Empty(t, o.requests)
	without := regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`).ReplaceAllString(text.String(), "")
	assert.Equal(t, []string{"outside.test"}, open(t, without).requests, "and the proxy would have seen it")
}
