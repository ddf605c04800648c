// Package s3test is a small S3 for tests: versions of objects, which are answered in part where a part is asked for, and
// faults on demand. A request that the warden does not make is an error, never a guess.
package s3test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is what happens to one request.
type Fault struct {
	Status int           // the status to answer instead, with Code in its body; 0 answers
	Code   string        // such as AccessDenied
	Cut    int64         // the connection breaks after so many bytes of the body; 0 never
	Hold   time.Duration // after Cut bytes nothing comes for so long, and then the connection breaks
	Late   time.Duration // before it is answered
	Whole  bool          // the range is ignored, and all is answered
}

// Server is S3 behind an HTTP endpoint, path-style.
type Server struct {
	*httptest.Server

	mutex   sync.Mutex
	objects map[string][]byte
	faults  []Fault
	got     []string
}

// New starts a server without objects.
func New() *Server {
	s := &Server{objects: map[string][]byte{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.handle))
	return s
}

// Put keeps content as a version, and returns its SHA-256 in hexadecimal digits.
func (s *Server) Put(bucket, key, version string, content []byte) string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.objects[bucket+"/"+key+" "+version] = content
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Then lets faults happen to the next requests, one to each.
func (s *Server) Then(faults ...Fault) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.faults = append(s.faults, faults...)
}

// Got are the requests so far: "bucket/key version from".
func (s *Server) Got() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]string{}, s.got...)
}

func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	from, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimPrefix(r.Header.Get("Range"), "bytes="), "-"), 10, 64)
	if r.Method != http.MethodGet || err != nil || !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ") {
		http.Error(w, "no such request is expected", http.StatusTeapot)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/") + " " + r.URL.Query().Get("versionId")
	s.mutex.Lock()
	s.got = append(s.got, fmt.Sprintf("%s %d", name, from))
	content, there := s.objects[name]
	var fault Fault
	if len(s.faults) > 0 {
		fault, s.faults = s.faults[0], s.faults[1:]
	}
	s.mutex.Unlock()
	if !there && fault.Status == 0 {
		fault = Fault{Status: http.StatusNotFound, Code: "NoSuchVersion"}
	}
	if fault.Status != 0 {
		w.WriteHeader(fault.Status)
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>as the test wants</Message></Error>", fault.Code)
		return
	}
	s.send(w, r, content, from, fault)
}

func (s *Server) send(w http.ResponseWriter, r *http.Request, content []byte, from int64, fault Fault) {
	wait(r, fault.Late)
	status := http.StatusPartialContent
	if fault.Whole {
		from, status = 0, http.StatusOK
	} else {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(content)-1, len(content)))
	}
	content = content[from:]
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(status)
	if fault.Cut == 0 {
		_, _ = w.Write(content) // a client that went away does not get it
		return
	}
	_, _ = w.Write(content[:fault.Cut])
	w.(http.Flusher).Flush()
	wait(r, fault.Hold)
	panic(http.ErrAbortHandler) // net/http breaks the connection
}

// wait waits, at most until the client has gone.
func wait(r *http.Request, d time.Duration) {
	select {
	case <-time.After(d):
	case <-r.Context().Done():
	}
}
