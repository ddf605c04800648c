package published

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"botyard/toolchain/internal/cache"
	"botyard/toolchain/internal/parts"
	"botyard/toolchain/internal/step"
)

const checksumFile = "pulumi-" + parts.PulumiVersion + "-checksums.txt"

func goarch() string { return runtime.GOARCH }

// archiveName is the release file for this machine: Pulumi calls amd64 x64.
func archiveName() string {
	arch := goarch()
	if arch == "amd64" {
		arch = "x64"
	}
	return "pulumi-v" + parts.PulumiVersion + "-" + runtime.GOOS + "-" + arch + ".tar.gz"
}

// download leaves the CLI of the pinned version in the cache, checked against the release's checksums.
func (s Source) download(ctx context.Context, task *step.Task) (Pulumi, error) {
	key, err := cache.Key([]string{parts.PulumiVersion, archiveName()})
	if err != nil {
		return Pulumi{}, err
	}
	waiting := func() { task.Say("waiting for another clone's download") }
	home, _, err := s.Store.Ensure(ctx, "pulumi-published", key, waiting, func(ctx context.Context, dir string) error {
		task.Say("fetching Pulumi %s", parts.PulumiVersion)
		sums, err := s.get(ctx, checksumFile)
		if err != nil {
			return err
		}
		defer sums.Close()
		want, err := checksumOf(sums, archiveName())
		if err != nil {
			return err
		}
		archive, err := s.get(ctx, archiveName())
		if err != nil {
			return err
		}
		defer archive.Close()
		return s.unpack(archive, want, dir)
	})
	if err != nil {
		return Pulumi{}, err
	}
	return Pulumi{Bin: filepath.Join(home, "bin"), Home: home}, nil
}

func (s Source) get(ctx context.Context, name string) (io.ReadCloser, error) {
	url := s.Releases + "/" + name
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("%q is no address: %w", url, err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("cannot fetch %s: %w", url, err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, errors.Join(fmt.Errorf("cannot fetch %s: it answers %s", url, response.Status), response.Body.Close())
	}
	return response.Body, nil
}

// checksumOf finds the SHA-256 of a file in lines of the form "<hex>  <name>".
func checksumOf(list io.Reader, name string) (string, error) {
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) == 2 && strings.TrimPrefix(fields[1], "*") == name {
			return fields[0], nil
		}
	}
	if err := lines.Err(); err != nil {
		return "", fmt.Errorf("cannot read the release's checksums: %w", err)
	}
	return "", fmt.Errorf("the release's checksums do not name %s", name)
}

// unpack writes the archive's programs to dir/bin. The checksum is of the whole archive, so nothing of it may be used
// before it is known: the caller's folder becomes a cache entry only if this succeeds.
func (s Source) unpack(archive io.Reader, want, dir string) error {
	sum := sha256.New()
	whole := io.TeeReader(archive, sum)
	if err := untar(whole, filepath.Join(dir, "bin")); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, whole); err != nil { // what follows the archive's end counts too
		return fmt.Errorf("cannot read the archive to its end: %w", err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		return fmt.Errorf("%s has the SHA-256 %s, the release says %s: not used", archiveName(), got, want)
	}
	return nil
}

func untar(archive io.Reader, dir string) error {
	zipped, err := gzip.NewReader(archive)
	if err != nil {
		return fmt.Errorf("the archive is not gzip: %w", err)
	}
	defer zipped.Close()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("cannot unpack: %w", err)
	}
	files := tar.NewReader(zipped)
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the archive is damaged: %w", err)
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		// All programs lie in one folder; a name with dots in it cannot lead elsewhere.
		to := filepath.Join(dir, filepath.Base(header.Name))
		out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
		if err != nil {
			return fmt.Errorf("cannot unpack: %w", err)
		}
		if _, err := io.Copy(out, files); err != nil {
			out.Close()
			return fmt.Errorf("cannot unpack %s: %w", header.Name, err)
		}
		if err := out.Close(); err != nil {
			return fmt.Errorf("cannot unpack %s: %w", header.Name, err)
		}
	}
}
