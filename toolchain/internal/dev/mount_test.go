package dev_test

import (
	"archive/tar"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/dev"
	"botyard/toolchain/internal/fake"
)

// context is a build context with those files.
func context(t *testing.T, files ...string) dev.Source {
	t.Helper()
	s := dev.Source{Folder: t.TempDir(), Shown: "images/bot", Dockerfile: "Dockerfile"}
	require.NoError(t, os.Chmod(s.Folder, 0o755))
	for _, file := range files {
		path := filepath.Join(s.Folder, file)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, nil, 0o644))
	}
	return s
}

func TestWhatTakesThePlaceOfTheImagesCode(t *testing.T) {
	all := []string{"Dockerfile", ".dockerignore", "manage.py", "bot/__init__.py", "bot/rest.py", "tests/test_bot.py"}
	for name, c := range map[string]struct {
		image         []string
		below         string
		lost, ignored []string
	}{
		"as COPY bot/ bot/":              {image: []string{"bot/__init__.py", "bot/rest.py"}, ignored: []string{"Dockerfile", "new", "tests"}},
		"as COPY . .":                    {image: all, ignored: []string{"new"}},
		"as COPY bot/ ./":                {image: []string{"__init__.py", "rest.py"}, below: "bot"},
		"with what a RUN has made":       {image: []string{"bot/rest.py", "static/a.css", "bot/made.py"}, lost: []string{"bot/made.py", "static/a.css"}, ignored: []string{"Dockerfile", "new", "tests"}},
		"a folder, and files made there": {image: []string{"__init__.py", "rest.py", "made"}, below: "bot", lost: []string{"made"}},
	} {
		s := context(t, append(all, "new/x.py", "helper.py")...)
		require.NoError(t, os.WriteFile(filepath.Join(s.Folder, ".dockerignore"), []byte("*\n!bot/\n!*.py\n"), 0o644))
		m, err := s.Fit("/app", c.image)
		require.NoError(t, err, name)
		assert.Equal(t, dev.Mount{Folder: filepath.Join(s.Folder, c.below), Path: "/app", Lost: c.lost, Ignored: c.ignored}, m, name)
	}
}

func TestWithoutADockerignoreAllIsWatched(t *testing.T) {
	s := context(t, "a.py", "tests/test_a.py")
	m, err := s.Fit("/app", []string{"a.py"})
	require.NoError(t, err)
	assert.Empty(t, m.Ignored)

	require.NoError(t, os.WriteFile(filepath.Join(s.Folder, ".dockerignore"), []byte("a.py"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(s.Folder, "Dockerfile.dockerignore"), []byte("tests"), 0o644))
	m, err = s.Fit("/app", []string{"a.py"})
	require.NoError(t, err)
	assert.Equal(t, []string{"tests"}, m.Ignored, "the Dockerfile's own comes first")

	require.NoError(t, os.WriteFile(filepath.Join(s.Folder, "Dockerfile.dockerignore"), []byte("["), 0o644))
	_, err = s.Fit("/app", []string{"a.py"})
	require.ErrorContains(t, err, "images/bot/Dockerfile.dockerignore cannot be understood: ")
}

func TestASourceThatGoesSomewhereElse(t *testing.T) {
	s := context(t, "Dockerfile", "src/deep/a.py")
	_, err := s.Fit("/app", []string{"b.py"})
	require.EqualError(t, err, "where the source goes cannot be told: the image's working folder /app has none of the files of images/bot or of a folder in it; right would be a Dockerfile that copies the source into its WORKDIR")
	s.Folder = "/no/such/folder"
	_, err = s.Fit("/app", []string{"b.py"})
	require.EqualError(t, err, "cannot list the source: open /no/such/folder: no such file or directory")
}

func TestASourceThatTheServiceCannotRead(t *testing.T) {
	for name, mode := range map[string]os.FileMode{"bot/a.py": 0o640, "bot": 0o750} {
		s := context(t, "bot/a.py", "bot/.secret", "bot/__pycache__/x", "tests/x")
		require.NoError(t, os.WriteFile(filepath.Join(s.Folder, ".dockerignore"), []byte("*\n!bot/\n"), 0o644))
		for _, unread := range []string{"bot/.secret", "bot/__pycache__", "tests"} {
			require.NoError(t, os.Chmod(filepath.Join(s.Folder, unread), 0o700))
		}
		_, err := s.Fit("/app", []string{"bot/a.py"})
		require.NoError(t, err)
		require.NoError(t, os.Chmod(filepath.Join(s.Folder, name), mode))
		_, err = s.Fit("/app", []string{"bot/a.py"})
		require.EqualError(t, err, "images/bot/"+name+" cannot be read by the service, whose user owns nothing here; right would be chmod -R o+rX images/bot")
	}
}

func TestWhatAContainerHasInside(t *testing.T) {
	archive := filepath.Join(t.TempDir(), "app.tar")
	file, err := os.Create(archive)
	require.NoError(t, err)
	w := tar.NewWriter(file)
	for _, header := range []tar.Header{
		{Name: "app/", Typeflag: tar.TypeDir}, {Name: "app/bot/", Typeflag: tar.TypeDir}, {Name: "app/bot/b.py", Typeflag: tar.TypeReg, Size: 3},
		{Name: "app/a.py", Typeflag: tar.TypeReg}, {Name: "app/link", Typeflag: tar.TypeSymlink, Linkname: "a.py"},
		{Name: "app/bot/__pycache__/b.pyc", Typeflag: tar.TypeReg}, {Name: "app/c.pyc", Typeflag: tar.TypeReg},
	} {
		require.NoError(t, w.WriteHeader(&header))
		_, err := w.Write(make([]byte, header.Size))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, file.Close())

	programs := fake.New(t)
	programs.Add(t, "docker", `case "$1" in inspect) echo /srv/app;; cp) cat `+archive+`;; esac`)
	workdir, files, err := dev.Inside(t.Context(), "c0ffee")
	require.NoError(t, err)
	assert.Equal(t, "/srv/app", workdir)
	assert.Equal(t, []string{"a.py", "bot/b.py", "link"}, files)
	assert.Equal(t, []string{"docker inspect --format {{.Config.WorkingDir}} c0ffee", "docker cp c0ffee:/srv/app -"}, programs.Calls(t))

	for body, want := range map[string]string{
		`[ "$1" = cp ] || echo`:                   "where the source goes cannot be told: the image has no working folder of its own; right would be WORKDIR /app in its Dockerfile, and the source copied there",
		`[ "$1" = cp ] || echo /`:                 "where the source goes cannot be told: the image has no working folder of its own; right would be WORKDIR /app in its Dockerfile, and the source copied there",
		`echo /app; echo why >&2; [ "$1" != cp ]`: "cannot list /app of the container: docker cp c0ffee:/app - failed: exit status 1 why",
		`[ "$1" != cp ] && echo /app && exit; sleep 0; echo no archive, but a text that is longer than nothing; cat ` + archive: "cannot list /app of the container: docker cp c0ffee:/app -: archive/tar: invalid tar header ",
	} {
		programs.Add(t, "docker", body)
		_, _, err := dev.Inside(t.Context(), "c0ffee")
		assert.EqualError(t, err, want, body)
	}
}
