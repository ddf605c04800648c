// Package ecsmeta finds out from ECS which task this is and where it can be reached.
//
// Sources: Amazon ECS Developer Guide, "Amazon ECS task metadata endpoint version 4" and "Amazon ECS container
// metadata file".
package ecsmeta

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

// pollEvery is how often the metadata file is looked at until it is complete.
const pollEvery = 200 * time.Millisecond

// Task is what ECS says of the task.
type Task struct {
	ARN      string
	Revision string // family:revision
	Number   int64  // of the revision
}

// ReadTask asks the metadata endpoint; outside of ECS (an empty uri) the task is empty.
func ReadTask(ctx context.Context, uri string) (Task, error) {
	if uri == "" {
		return Task{}, nil
	}
	var answer struct{ TaskARN, Family, Revision string }
	if err := get(ctx, uri+"/task", &answer); err != nil {
		return Task{}, err
	}
	number, err := strconv.ParseInt(answer.Revision, 10, 64)
	if err != nil {
		return Task{}, fmt.Errorf("%s/task says revision %q, which is no number", uri, answer.Revision)
	}
	return Task{ARN: answer.TaskARN, Revision: answer.Family + ":" + answer.Revision, Number: number}, nil
}

// Address is the host:port at which other tasks reach our port: by the metadata file where ECS writes one (bridge
// networking, where the host's port differs), else by the endpoint, else by the host's name.
func Address(ctx context.Context, file, uri string, port int) (string, error) {
	switch {
	case file != "":
		return fromFile(ctx, file, port)
	case uri != "":
		return fromEndpoint(ctx, uri, port)
	}
	name, err := os.Hostname()
	if err != nil {
		return "", fmt.Errorf("cannot find out our address: %w", err)
	}
	addresses, err := net.DefaultResolver.LookupHost(ctx, name)
	if err != nil {
		return "", fmt.Errorf("cannot find out our address: %w", err)
	}
	return join(addresses[0], port), nil
}

func fromFile(ctx context.Context, file string, port int) (string, error) {
	for {
		var content struct {
			MetadataFileStatus, HostPrivateIPv4Address string
			PortMappings                               []struct{ ContainerPort, HostPort int }
		}
		text, err := os.ReadFile(file)
		if err == nil {
			// A file that is being written may end too soon; it is read again until it says READY.
			err = json.Unmarshal(text, &content)
		}
		if err == nil && content.MetadataFileStatus == "READY" {
			for _, mapping := range content.PortMappings {
				if mapping.ContainerPort == port && content.HostPrivateIPv4Address != "" {
					return join(content.HostPrivateIPv4Address, mapping.HostPort), nil
				}
			}
			return "", fmt.Errorf("%s maps no host port to port %d, or names no HostPrivateIPv4Address; right would be a portMapping of the task definition with containerPort %d", file, port, port)
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("%s did not become READY (last it said %q, error %v): is ECS_ENABLE_CONTAINER_METADATA set in the agent's config?", file, content.MetadataFileStatus, err)
		case <-time.After(pollEvery):
		}
	}
}

func fromEndpoint(ctx context.Context, uri string, port int) (string, error) {
	var answer struct {
		Networks []struct{ IPv4Addresses []string }
	}
	if err := get(ctx, uri, &answer); err != nil {
		return "", err
	}
	for _, network := range answer.Networks {
		if len(network.IPv4Addresses) > 0 {
			return join(network.IPv4Addresses[0], port), nil
		}
	}
	return "", fmt.Errorf("%s names no IPv4 address of the container", uri)
}

func join(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }

// get asks until there is an answer, since the endpoint may not be up when the container starts.
func get(ctx context.Context, url string, into any) error {
	for {
		err := getOnce(ctx, url, into)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("ECS metadata: %w", err)
		case <-time.After(pollEvery):
		}
	}
}

func getOnce(ctx context.Context, url string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", url, response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}
	return nil
}
