package image

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"

// check is what NewGraph says of one layer with these files in its context.
func check(t *testing.T, files map[string]string) error {
	t.Helper()
	inside := map[string]string{"ctx/Dockerfile": "FROM x\n"}
	for name, text := range files {
		inside["ctx/"+name] = text
	}
	return checkAt(project(t, inside))
}

func checkAt(root string) error {
	_, err := NewGraph(root, []Layer{{Name: "bot", Parent: "python", Context: "ctx"}}, map[string]string{"python": "p"})
	return err
}

func TestPreflightRefuses(t *testing.T) {
	const aws = "AKIAQYLPMN5HHHFPZAM2"
	secret := "it out, revoke it if it was ever shared, and hand it to the service as a secret (a line with gitleaks:allow is let through)"
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a git-LFS pointer": {map[string]string{"models/a.bin": pointer},
			"layer bot: ctx/models/a.bin: is a git-LFS pointer, not the file itself; run git lfs pull"},
		"a Dockerfile that is a pointer": {map[string]string{"Dockerfile": pointer},
			"layer bot: ctx/Dockerfile: is a git-LFS pointer, not the file itself; run git lfs pull"},
		"an environment file": {map[string]string{"app/.env": "A=1\n"},
			"layer bot: ctx/app/.env: is an environment file, which is where secrets are kept; list it in .dockerignore, and hand its values to the service as secrets"},
		"an environment file of a stage": {map[string]string{".env.prod": ""},
			"layer bot: ctx/.env.prod: is an environment file, which is where secrets are kept; list it in .dockerignore, and hand its values to the service as secrets"},
		"a token": {map[string]string{"a.py": "\n\nkey = '" + aws + "'\n"},
			"layer bot: ctx/a.py: line 3 holds what looks like an AWS access key; take " + secret},
		"a token in an ignored Dockerfile": {map[string]string{"Dockerfile": "ENV A=" + aws + "\n", ".dockerignore": "*\n"},
			"layer bot: ctx/Dockerfile: line 1 holds what looks like an AWS access key; take " + secret},
		"git's folder": {map[string]string{".git/HEAD": "x"},
			"layer bot: ctx/.git: is git's own folder, which every git command changes and which holds the whole history; list .git in .dockerignore"},
		"a bad .dockerignore": {map[string]string{".dockerignore": "a[\n"},
			"layer bot: ctx/.dockerignore: cannot be understood: the patterns of .dockerignore: syntax error in pattern; write it as the Dockerfile reference says"},
	} {
		t.Run(name, func(t *testing.T) {
			err := check(t, test.files)
			assert.EqualError(t, err, test.want)
			assert.NotContains(t, fmt.Sprint(err), aws)
		})
	}
}

func TestPreflightAccepts(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"samples of environment files":         {".env.example": "A=\n", ".env.template": "", "environment": ""},
		"a text about git-LFS pointers":        {"README": "It starts with\n" + pointer},
		"a long file like a pointer":           {"a": pointer + strings.Repeat("x", 1024)},
		"what .dockerignore lists":             {".dockerignore": "*.bin\nsecret\n.git\n", "a.bin": pointer, "secret/.env": "A=1", ".git/HEAD": ""},
		"what <Dockerfile>.dockerignore lists": {"Dockerfile.dockerignore": "a.bin\n", ".dockerignore": "b\n", "a.bin": pointer},
		"a file whose finding is let through":  {"a.py": "k = 'AKIAQYLPMN5HHHFPZAM2' # gitleaks:allow\n"},
	} {
		t.Run(name, func(t *testing.T) { assert.NoError(t, check(t, files)) })
	}
}

// TestIgnoreRulesAreOverruled holds the exceptions of .dockerignore: what is wanted after all is checked.
func TestIgnoreRulesAreOverruled(t *testing.T) {
	err := check(t, map[string]string{".dockerignore": "models\n!models/a.bin\n", "models/a.bin": pointer, "models/b.bin": pointer})
	assert.EqualError(t, err, "layer bot: ctx/models/a.bin: is a git-LFS pointer, not the file itself; run git lfs pull")
}

func TestFileSizeLimit(t *testing.T) {
	root := project(t, map[string]string{"ctx/Dockerfile": "FROM x\n", "ctx/model": ""})
	file := filepath.Join(root, "ctx/model")
	require.NoError(t, os.Truncate(file, MaxFileBytes))
	require.NoError(t, checkAt(root))
	require.NoError(t, os.Truncate(file, MaxFileBytes+12<<20))
	assert.EqualError(t, checkAt(root),
		"layer bot: ctx/model: has 62.0 MiB, over the limit of 50 MiB; keep models and data in a bucket, or list it in .dockerignore")
}

func TestSpecialFiles(t *testing.T) {
	root := project(t, map[string]string{"ctx/Dockerfile": "FROM x\n"})
	require.NoError(t, syscall.Mkfifo(filepath.Join(root, "ctx/pipe"), 0o644))
	t.Chdir(root) // a socket's path must be short
	socket, err := net.Listen("unix", "ctx/socket")
	require.NoError(t, err)
	defer socket.Close()
	assert.EqualError(t, checkAt(root), "layer bot: ctx/pipe: is no file but a named pipe, which cannot be in an image; remove it, or list it in .dockerignore\n"+
		"layer bot: ctx/socket: is no file but a socket, which cannot be in an image; remove it, or list it in .dockerignore")
}

func TestContextPaths(t *testing.T) {
	root := project(t, map[string]string{"ctx/Dockerfile": "FROM x\n", "ctx/folder/": "", "file": ""})
	for name, test := range map[string]struct{ context, dockerfile, want string }{
		"outside":              {"../ctx", "", `context: "../ctx" is no folder of this project; give a relative path such as images/bot`},
		"absolute":             {"/ctx", "", `context: "/ctx" is no folder of this project; give a relative path such as images/bot`},
		"not clean":            {"ctx/", "", `context: "ctx/" is no folder of this project; give a relative path such as images/bot`},
		"empty":                {"", "", `context: "" is no folder of this project; give a relative path such as images/bot`},
		"missing":              {"images", "", `context: there is no folder images; create it with a Dockerfile in it, or correct the path`},
		"a file":               {"file", "", `context: there is no folder file; create it with a Dockerfile in it, or correct the path`},
		"dockerfile missing":   {"ctx", "Dockerfil", `dockerfile: there is no file ctx/Dockerfil; write it, or correct the path`},
		"dockerfile a folder":  {"ctx", "folder", `dockerfile: ctx/folder is no regular file; put the Dockerfile itself there, not a folder or a link`},
		"dockerfile elsewhere": {"ctx", "../file", `dockerfile: "../file" is no file of the context; give a path below the context such as Dockerfile`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewGraph(root, []Layer{{Name: "bot", Parent: "python", Context: test.context, Dockerfile: test.dockerfile}},
				map[string]string{"python": "p"})
			assert.EqualError(t, err, "layer bot: "+test.want)
		})
	}
}

func TestManyBadFilesAreCounted(t *testing.T) {
	files := map[string]string{}
	for i := range 25 {
		files[fmt.Sprintf("%02d.bin", i)] = pointer
	}
	lines := strings.Split(check(t, files).Error(), "\n")
	assert.Len(t, lines, 21)
	assert.Contains(t, lines[0], "ctx/00.bin: ")
	assert.Equal(t, "layer bot: 5 more files are refused; mend the ones named first", lines[20])
}
