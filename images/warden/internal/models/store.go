package models

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"golang.org/x/sys/unix"

	"botyard/warden/internal/events"
)

// Client is the part of the S3 API that is used.
type Client interface {
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
}

// Store keeps models in a folder, by the checksum of their content:
//
//	<sha256>/<file>   a file that is whole
//	<sha256>.part     what has come of one that is not
//	<sha256>.get      locked by the task that fetches or checks it
//	<sha256>.use      locked, shared, by each task that runs with it
//
// The locks are the kernel's (flock), so that those of a task end with it, however it ends.
type Store struct {
	Folder string
	Client Client
	Log    *slog.Logger
	// Stall is how long a transfer may bring nothing before it is cut and tried again, and Patience how long tries may bring
	// nothing before the file is given up.
	Stall, Patience time.Duration
	// Free is how many bytes the folder's file system has left.
	Free func(folder string) (int64, error)
}

// Held is a file that is whole, and cannot be removed while it is held.
type Held struct {
	Path string
	use  *os.File
}

// Get makes sure that the file is in the folder, whole and with its checksum, and holds it.
func (s *Store) Get(ctx context.Context, f File) (Held, error) {
	began := time.Now()
	use, err := lock(ctx, s.path(f.SHA256+".use"), shared, nil)
	if err != nil {
		return Held{}, s.unusable(err)
	}
	held := Held{Path: s.path(f.SHA256, f.File), use: use}
	log := s.Log.With("model", f.Key, "version", f.Version, "bytes", f.Size)
	got, err := s.get(ctx, f, held.Path, log)
	if err != nil {
		held.Release()
		return Held{}, fmt.Errorf("model %s, version %s: %w", f.Key, f.Version, err)
	}
	log.Info("the model is here", "event", events.Fetched, "fetched", got, "seconds", time.Since(began).Seconds())
	return held, nil
}

// get brings the file, and tells how many bytes came for it. One task of the host does so at a time: the others find it then.
func (s *Store) get(ctx context.Context, f File, path string, log *slog.Logger) (int64, error) {
	own, err := lock(ctx, s.path(f.SHA256+".get"), exclusive, func() {
		log.Info("waiting for another task of this host that fetches the model", "event", events.Fetching)
	})
	if err != nil {
		return 0, s.unusable(err)
	}
	defer own.Close()
	wrong, err := check(path, f)
	switch {
	case err == nil && wrong == "":
		return 0, nil
	case err == nil:
		log.Warn("the file that this host has of the model is not as it was: it is fetched again", "event", events.Trouble, "error", wrong)
	case !os.IsNotExist(err):
		return 0, s.unusable(err)
	}
	return s.fetch(ctx, f, path, log)
}

// fetch downloads the file beside its place, and puts it there when it is whole.
func (s *Store) fetch(ctx context.Context, f File, path string, log *slog.Logger) (int64, error) {
	part := s.path(f.SHA256 + ".part")
	var came int64
	for try := 1; ; try++ {
		n, err := s.download(ctx, f, part, log)
		came += n
		if err != nil {
			return came, err
		}
		wrong, err := check(part, f)
		if err != nil {
			return came, s.unusable(err)
		}
		if wrong == "" {
			return came, s.unusable(place(part, path))
		}
		if err := os.Remove(part); err != nil {
			return came, s.unusable(err)
		}
		if try == 2 { // the first may have gone on from what an earlier task left damaged
			return came, fmt.Errorf("what S3 has is not what was uploaded: %s; upload it again with make model, and deploy", wrong)
		}
		log.Warn("what came of the model is damaged: it is fetched again from the beginning", "event", events.Trouble, "error", wrong)
	}
}

// place makes the part the file, in one step and for good: whoever finds the file finds all of it, also after a power cut.
func place(part, path string) error {
	if err := os.Chmod(part, 0o444); err != nil {
		return err
	}
	folder := filepath.Dir(path)
	if err := os.Mkdir(folder, 0o755); err != nil && !os.IsExist(err) {
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return sync(folder)
}

func sync(folder string) error {
	open, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer open.Close()
	return open.Sync()
}

func (s *Store) path(parts ...string) string {
	return filepath.Join(append([]string{s.Folder}, parts...)...)
}

// unusable explains an error of the folder; none stays none.
func (s *Store) unusable(err error) error {
	_, missing := os.Stat(s.Folder)
	if !errors.Is(err, fs.ErrPermission) && !errors.Is(err, unix.EROFS) && (err == nil || missing == nil) {
		return err
	}
	return fmt.Errorf("the folder for models cannot be used: %w; right would be a volume that user %d may write to: the image has to have "+
		"the folder as that user's own (RUN install -d -o %d -g %d %s), as the layer base has", err, os.Getuid(), os.Getuid(), os.Getgid(), s.Folder)
}
