package checkout

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"

func TestWithoutLFS(t *testing.T) {
	alone(t)
	_, address := remote(t, map[string]string{"m.bin": pointer})
	path, _, _ := strings.Cut(os.Getenv("PATH"), string(os.PathListSeparator))
	t.Setenv("PATH", path) // git alone
	assert.Equal(t, "lfs: is fetch, but git-lfs is not installed on this machine; install it (https://git-lfs.com), or keep the files in a bucket",
		refused(t, Repository{URL: address, Ref: "master", LFS: true}))
}

// fakeLFS is a git-lfs that fetches "big" for each pointer, or nothing where its text is "gone". It does nothing without filters, as
// the real one.
const fakeLFS = `#!/bin/sh
[ "$1" = version ] && exit 0
git config --get filter.lfs.smudge >/dev/null || exit 0
for file in *.bin; do
	case "$(cat "$file")" in
	version*) echo big > "$file" ;;
	*) echo "Downloading $file" >&2; echo "error: failed to fetch some objects from 'https://h/info/lfs'" >&2; exit 2 ;;
	esac
done
`

func TestLFSFilesAreFetchedAlsoOfSubmodules(t *testing.T) {
	alone(t)
	bin := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "git-lfs"), []byte(fakeLFS), 0o755))
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	_, inner := remote(t, map[string]string{"inner.bin": pointer})
	dir, address := remote(t, map[string]string{"m.bin": pointer})
	addSubmodule(t, dir, inner, "models")
	files, _ := fetched(t, &Fetcher{}, Repository{URL: address, Ref: "master", LFS: true, Submodules: true})
	assert.Equal(t, "big\n", files["m.bin"])
	assert.Equal(t, "big\n", files["models/inner.bin"])
	files, _ = fetched(t, &Fetcher{}, Repository{URL: address, Ref: "master"})
	assert.Equal(t, pointer, files["m.bin"], "another tree of the same commit")

	commit(t, dir, map[string]string{"m.bin": "gone"})
	assert.Equal(t, "lfs: LFS files of "+address+"@master cannot be fetched: failed to fetch some objects from 'https://h/info/lfs'; "+
		"push them (git lfs push --all origin), or keep the files in a bucket", refused(t, Repository{URL: address, Ref: "master", LFS: true}))
}

// TestRealLFS fetches what a real git-lfs has kept, where there is one.
func TestRealLFS(t *testing.T) {
	if _, err := exec.LookPath("git-lfs"); err != nil {
		t.Skip("git-lfs is not installed")
	}
	alone(t)
	dir, address := remote(t, map[string]string{".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n"})
	run(t, dir, "lfs", "install", "--local")
	commit(t, dir, map[string]string{"m.bin": "a model\n"})
	assert.Contains(t, run(t, dir, "show", "HEAD:m.bin"), "version https://git-lfs.github.com/spec/v1")
	files, _ := fetched(t, &Fetcher{}, Repository{URL: address, Ref: "master", LFS: true})
	assert.Equal(t, "a model\n", files["m.bin"])
	require.NoError(t, os.RemoveAll(filepath.Join(dir, ".git", "lfs")))
	got := refused(t, Repository{URL: address, Ref: "master", LFS: true})
	assert.Contains(t, got, "lfs: LFS files of "+address+"@master cannot be fetched: ")
	t.Log(got)
}
