// Package dynamotest is a small DynamoDB for tests: one table in memory, the two operations and the few expressions
// that the warden uses, and faults on demand. An expression that it does not know is an error, never a guess.
package dynamotest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// Value is an attribute's value in DynamoDB's JSON, such as {"N": "1"}.
type Value map[string]any

// Fault is what happens to one request.
type Fault struct {
	Delay   time.Duration // before it is carried out
	Refuse  string        // the error to answer instead, such as ThrottlingException
	LoseAck bool          // it is carried out, but its answer never comes
	Late    time.Duration // before it is answered
}

// Server is the table behind an HTTP endpoint.
type Server struct {
	*httptest.Server

	mutex sync.Mutex
	items map[string]map[string]Value
	fault func(operation string) Fault
	count map[string]int
	wrote func(before, after map[string]Value)
}

// New starts a server with an empty table.
func New() *Server {
	s := &Server{items: map[string]map[string]Value{}, count: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.handle))
	return s
}

// SetFault decides about each request from now on; nil lets all pass.
func (s *Server) SetFault(fault func(operation string) Fault) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.fault = fault
}

// OnWrite is told of each write that is carried out.
func (s *Server) OnWrite(wrote func(before, after map[string]Value)) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.wrote = wrote
}

// Item is the item of a service, empty when there is none.
func (s *Server) Item(service string) map[string]Value {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return clone(s.items[service])
}

// Put replaces an item.
func (s *Server) Put(service string, item map[string]Value) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.items[service] = clone(item)
}

// Count is how many requests there were of an operation.
func (s *Server) Count(operation string) int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.count[operation]
}

type request struct {
	Key                       map[string]Value
	ConsistentRead            bool
	UpdateExpression          string
	ConditionExpression       string
	ExpressionAttributeNames  map[string]string
	ExpressionAttributeValues map[string]Value
}

func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	body, _ := io.ReadAll(r.Body)
	s.mutex.Lock()
	s.count[operation]++
	fault := Fault{}
	if s.fault != nil {
		fault = s.fault(operation)
	}
	s.mutex.Unlock()
	time.Sleep(fault.Delay) // also past the caller's patience: then it is a late write
	if fault.Refuse != "" {
		refuse(w, fault.Refuse, "injected")
		return
	}
	var in request
	if err := json.Unmarshal(body, &in); err != nil {
		refuse(w, "SerializationException", err.Error())
		return
	}
	out, code, err := s.carryOut(operation, in)
	if fault.LoseAck {
		<-r.Context().Done()
		return
	}
	time.Sleep(fault.Late)
	if err != nil {
		refuse(w, code, err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	_ = json.NewEncoder(w).Encode(out)
}

func refuse(w http.ResponseWriter, code, message string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	status := http.StatusBadRequest
	if code == "InternalServerError" {
		status = http.StatusInternalServerError
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": "com.amazonaws.dynamodb.v20120810#" + code, "message": message})
}

func (s *Server) carryOut(operation string, in request) (out any, code string, err error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	key, _ := in.Key["service"]["S"].(string)
	before := s.items[key]
	switch operation {
	case "GetItem":
		if !in.ConsistentRead {
			return nil, "ValidationException", fmt.Errorf("a read that is not consistent")
		}
		if before == nil {
			return map[string]any{}, "", nil
		}
		return map[string]any{"Item": before}, "", nil
	case "UpdateItem":
		e := expression{in: in, item: before}
		holds, err := e.condition(in.ConditionExpression)
		if err != nil {
			return nil, "ValidationException", err
		}
		if !holds {
			return nil, "ConditionalCheckFailedException", fmt.Errorf("the conditional request failed")
		}
		after, err := e.update(in.UpdateExpression)
		if err != nil {
			return nil, "ValidationException", err
		}
		after["service"] = in.Key["service"]
		s.items[key] = after
		if s.wrote != nil {
			s.wrote(clone(before), clone(after))
		}
		return map[string]any{"Attributes": after}, "", nil
	}
	return nil, "UnknownOperationException", fmt.Errorf("no operation %q", operation)
}

func clone(item map[string]Value) map[string]Value {
	c := map[string]Value{}
	for name, value := range item {
		c[name] = value
	}
	return c
}
