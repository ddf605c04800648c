package main

import (
	"context"
	"strings"

	"github.com/docker/cli/cli/config"
	"github.com/moby/buildkit/session/auth"
	"github.com/moby/moby/api/types/registry"
	"google.golang.org/grpc"
)

// hubKey is the name under which docker login keeps the password of Docker Hub.
const hubKey = "https://index.docker.io/v1/"

// registryKey reduces the ways to name a registry (URL, host, repository, the names of Docker Hub) to one: host[:port],
// or hubKey.
func registryKey(name string) string {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "https://"), "http://")
	host, _, _ := strings.Cut(name, "/")
	switch host {
	case "", "docker.io", "index.docker.io", "registry-1.docker.io":
		return hubKey
	}
	return host
}

// logins are the passwords of registries that the program gave, by registryKey.
type logins map[string]registry.AuthConfig

// add keeps a login, unless it is not complete.
func (l logins) add(server, username, password string) {
	if username != "" && password != "" {
		l[registryKey(server)] = registry.AuthConfig{Username: username, Password: password, ServerAddress: registryKey(server)}
	}
}

// find gives the login for a registry: the program's own, or the one that docker login left on this machine, or none.
func (l logins) find(server string) (registry.AuthConfig, error) {
	key := registryKey(server)
	if login, ok := l[key]; ok {
		return login, nil
	}
	file, err := config.Load(config.Dir())
	if err != nil {
		return registry.AuthConfig{}, err
	}
	stored, err := file.GetAuthConfig(key)
	if err != nil {
		return registry.AuthConfig{}, err
	}
	return registry.AuthConfig{
		Username: stored.Username, Password: stored.Password, Auth: stored.Auth, ServerAddress: key,
		IdentityToken: stored.IdentityToken, RegistryToken: stored.RegistryToken,
	}, nil
}

// authServer hands logins to the engine during a build, so that FROM may name a private image. BuildKit's own provider does
// the same and more (tokens fetched on this side, which would hide the password from the engine), at the price of compiling
// containerd's client; the engine fetches the tokens itself when the other calls are not implemented, as here.
type authServer struct {
	auth.UnimplementedAuthServer
	logins logins
}

// Register makes the logins reachable through a build session.
func (s authServer) Register(server *grpc.Server) { auth.RegisterAuthServer(server, s) }

// Credentials answers the engine's question for the login of one registry; an empty answer means an anonymous pull.
func (s authServer) Credentials(_ context.Context, req *auth.CredentialsRequest) (*auth.CredentialsResponse, error) {
	login, err := s.logins.find(req.GetHost())
	if err != nil {
		return nil, err
	}
	if login.IdentityToken != "" {
		return &auth.CredentialsResponse{Secret: login.IdentityToken}, nil
	}
	return &auth.CredentialsResponse{Username: login.Username, Secret: login.Password}, nil
}
