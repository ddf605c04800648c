package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	control "github.com/moby/buildkit/api/services/control"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/filesync"
	buildtypes "github.com/moby/moby/api/types/build"
	"github.com/moby/moby/api/types/jsonstream"
	"github.com/moby/moby/client"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/tonistiigi/fsutil"
	fstypes "github.com/tonistiigi/fsutil/types"
	"google.golang.org/protobuf/proto"
)

// Names and ids that BuildKit gives these things in the Engine API.
const (
	contextInSession = "client-session"      // value of "remote": the context comes over the session
	contextFolder    = "context"             // name of the context's folder in the session
	dockerfileFolder = "dockerfile"          // name of the Dockerfile's folder in the session
	traceMessage     = "moby.buildkit.trace" // progress
	imageMessage     = "moby.image.id"       // the result
)

// cancelTimeout is how long the engine may take to stop a build that is not wanted any more.
const cancelTimeout = 5 * time.Second

// build builds the image in the engine's BuildKit, tags it with the image's name and returns its id, "sha256:…". The context
// goes over a session, so that only files that the engine has not seen yet are sent.
func build(ctx context.Context, engine *client.Client, in *imageInputs, logins logins, show, warn func(string)) (string, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	sess, err := newSession(ctx, in.build, logins)
	if err != nil {
		return "", err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		dial := func(ctx context.Context, proto string, meta map[string][]string) (net.Conn, error) {
			return engine.DialHijack(ctx, "/session", proto, meta)
		}
		if err := sess.Run(ctx, dial); err != nil {
			cancel(fmt.Errorf("the engine does not take a build session: %w", err))
		}
	}()
	defer func() {
		sess.Close()
		cancel(nil)
		<-ended
	}()
	// Closing the connection would not be enough for every engine.
	stop := context.AfterFunc(ctx, func() {
		stopCtx, done := context.WithTimeout(context.WithoutCancel(ctx), cancelTimeout)
		defer done()
		_, _ = engine.BuildCancel(stopCtx, sess.ID(), client.BuildCancelOptions{})
	})
	defer stop()

	answer, err := engine.ImageBuild(ctx, nil, buildOptions(in, sess.ID()))
	if err != nil {
		return "", stopped(ctx, err)
	}
	defer answer.Body.Close()
	return follow(ctx, json.NewDecoder(answer.Body), newProgress(show, warn))
}

func buildOptions(in *imageInputs, id string) client.ImageBuildOptions {
	args := make(map[string]*string, len(in.build.args))
	for name, value := range in.build.args {
		args[name] = &value
	}
	osName, rest, _ := strings.Cut(in.build.platform, "/")
	architecture, variant, _ := strings.Cut(rest, "/")
	return client.ImageBuildOptions{
		Version:       buildtypes.BuilderBuildKit,
		SessionID:     id,
		BuildID:       id,
		RemoteContext: contextInSession,
		Dockerfile:    filepath.Base(in.build.dockerfile),
		Tags:          []string{in.imageName},
		BuildArgs:     args,
		Target:        in.build.target,
		Platforms:     []ocispec.Platform{{OS: osName, Architecture: architecture, Variant: variant}},
		NetworkMode:   in.build.network,
		ExtraHosts:    in.build.addHosts,
		CacheFrom:     in.build.cacheFrom,
		Remove:        true,
	}
}

// newSession opens this machine's folders and logins to the engine, for one build.
func newSession(ctx context.Context, in buildInputs, logins logins) (*session.Session, error) {
	contextDir, err := filepath.Abs(in.context)
	if err != nil {
		return nil, err
	}
	contextFS, err := openContext(contextDir)
	if err != nil {
		return nil, fmt.Errorf("the build context %s cannot be opened: %w", in.context, err)
	}
	dockerfileFS, err := fsutil.NewFS(filepath.Dir(in.dockerfile))
	if err != nil {
		return nil, fmt.Errorf("the folder of the Dockerfile %s cannot be opened: %w", in.dockerfile, err)
	}
	// The shared key lets the engine keep the files of a context from one build to the next.
	key := sha256.Sum256([]byte("botyard " + contextDir))
	sess, err := session.NewSession(ctx, hex.EncodeToString(key[:]))
	if err != nil {
		return nil, err
	}
	dirs := filesync.StaticDirSource{contextFolder: contextFS, dockerfileFolder: dockerfileFS}
	sess.Allow(filesync.NewFSSyncProvider(dirs))
	sess.Allow(authServer{logins: logins})
	return sess, nil
}

// openContext gives a folder's files as owned by root, whoever has the checkout: so COPY leaves them in the image.
func openContext(dir string) (fsutil.FS, error) {
	files, err := fsutil.NewFS(dir)
	if err != nil {
		return nil, err
	}
	return fsutil.NewFilterFS(files, &fsutil.FilterOpt{Map: func(_ string, stat *fstypes.Stat) fsutil.MapResult {
		stat.Uid, stat.Gid = 0, 0
		return fsutil.MapResultKeep
	}})
}

// follow reads the engine's messages to the end of the build and returns the image's id.
func follow(ctx context.Context, messages *json.Decoder, progress *progress) (string, error) {
	var id string
	for messages.More() {
		var message jsonstream.Message
		if err := messages.Decode(&message); err != nil {
			return "", stopped(ctx, fmt.Errorf("the engine's answer broke off: %w", err))
		}
		switch {
		case message.Error != nil:
			if failure := progress.failure(); failure != "" && ctx.Err() == nil {
				return "", fmt.Errorf("%s\nthe engine says: %w", failure, message.Error)
			}
			return "", stopped(ctx, message.Error)
		case message.Aux == nil:
		case message.ID == traceMessage:
			var raw []byte
			var status control.StatusResponse
			if json.Unmarshal(*message.Aux, &raw) == nil && proto.Unmarshal(raw, &status) == nil {
				progress.update(&status) // what is not understood is progress only
			}
		case message.ID == imageMessage:
			var result buildtypes.Result
			if err := json.Unmarshal(*message.Aux, &result); err != nil {
				return "", fmt.Errorf("the engine's answer names no image: %w", err)
			}
			id = result.ID
		}
	}
	if id == "" {
		return "", stopped(ctx, errors.New("the engine ended the build without an image"))
	}
	return id, nil
}

// stopped replaces an error that only follows from a cancellation by the reason of the cancellation.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
