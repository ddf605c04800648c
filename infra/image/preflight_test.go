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

func windows(file string, line int) string {
	return fmt.Sprintf("layer bot: ctx/%s: line %d of this script ends as on Windows (CR LF), so that it does not start on Linux; "+
		"save it with LF alone, and put *.sh text eol=lf into .gitattributes (or, if it is meant so, list the file under allow)", file, line)
}

func TestPreflightRefuses(t *testing.T) {
	const aws = "AKIAQYLPMN5HHHFPZAM2"
	secret := "it out, revoke it if it was ever shared, and hand it to the service as a secret (a line with gitleaks:allow is let through, and so are files under allow)"
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a git-LFS pointer": {map[string]string{"models/a.bin": pointer},
			"layer bot: ctx/models/a.bin: is a git-LFS pointer, not the file itself; run git lfs pull"},
		"a Dockerfile that is a pointer": {map[string]string{"Dockerfile": pointer},
			"layer bot: ctx/Dockerfile: is a git-LFS pointer, not the file itself; run git lfs pull"},
		"an environment file": {map[string]string{"app/.env": "A=1\n"},
			"layer bot: ctx/app/.env: is an environment file, which is where secrets are kept; list it in .dockerignore, and hand its values to the service as secrets (or, if it is meant so, list the file under allow)"},
		"an environment file of a stage": {map[string]string{".env.prod": ""},
			"layer bot: ctx/.env.prod: is an environment file, which is where secrets are kept; list it in .dockerignore, and hand its values to the service as secrets (or, if it is meant so, list the file under allow)"},
		"a token": {map[string]string{"a.py": "\n\nkey = '" + aws + "'\n"},
			"layer bot: ctx/a.py: line 3 holds what looks like an AWS access key; take " + secret},
		"a token in an ignored Dockerfile": {map[string]string{"Dockerfile": "ENV A=" + aws + "\n", ".dockerignore": "*\n"},
			"layer bot: ctx/Dockerfile: line 1 holds what looks like an AWS access key; take " + secret},
		"a key store": {map[string]string{"prod.P12": "x"},
			"layer bot: ctx/prod.P12: is a key store; list it in .dockerignore, and hand its values to the service as secrets" + orAllow},
		"credentials": {map[string]string{"home/.netrc": "x"},
			"layer bot: ctx/home/.netrc: is a file of credentials; list it in .dockerignore, and hand its values to the service as secrets" + orAllow},
		"names that differ in capitals": {map[string]string{"app/Models.py": "1", "app/models.py": "2"},
			"layer bot: ctx/app/models.py: differs from Models.py in capitals alone, and macOS and Windows keep only one of them; rename one of them"},
		"folders that differ in capitals, once": {map[string]string{"App/a.py": "1", "App/b.py": "1", "app/a.py": "2", "app/b.py": "2"},
			"layer bot: ctx/app: differs from App in capitals alone, and macOS and Windows keep only one of them; rename one of them"},
		"a script that begins as on Windows":      {map[string]string{"manage": "#!/usr/bin/env python3\r\nprint()\n"}, windows("manage", 1)},
		"a shell's script with a line of Windows": {map[string]string{"bin/run": "#!/usr/bin/env -S bash\n\necho\r\n"}, windows("bin/run", 3)},
		"a script by its name":                    {map[string]string{"lib.sh": "a\nb\r\n"}, windows("lib.sh", 2)},
		"what ENTRYPOINT starts":                  {map[string]string{"Dockerfile": "FROM x\nENTRYPOINT [\"/app/start\"]\n", "bin/start": "exec x\r\n"}, windows("bin/start", 1)},
		"what CMD starts":                         {map[string]string{"Dockerfile": "FROM x\nCMD sh ./begin --now\n", "begin": "exec x\r\n"}, windows("begin", 1)},
		"git's folder": {map[string]string{".git/HEAD": "x"},
			"layer bot: ctx/.git: is git's own folder, which every git command changes and which holds the whole history; list .git in .dockerignore"},
		"a bad .dockerignore": {map[string]string{".dockerignore": "a[\n"},
			"layer bot: ctx/.dockerignore: cannot be understood: the patterns: syntax error in pattern; write it as the Dockerfile reference says"},
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
		"Windows lines where they do no harm":  {"a.py": "print()\r\n", "b": "#!/usr/bin/python3\nprint()\r\n", "c.bat": "x\r\n", "d": "#!x\n\r", "e": ""},
		"a program that Docker starts":         {"Dockerfile": "FROM x\nCMD [\"start\", \"main.py\"]\n", "start": "\x00\r\n", "main.py": "x\r\n"},
		"one name in two folders":              {"a/x": "", "b/X": ""},
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
	require.NoError(t, os.Truncate(file, DefaultMaxFileMiB<<20))
	require.NoError(t, checkAt(root))
	require.NoError(t, os.Truncate(file, DefaultMaxFileMiB<<20+12<<20))
	assert.EqualError(t, checkAt(root),
		"layer bot: ctx/model: has 62.0 MiB, over the limit of 50 MiB; keep models and data in a bucket, list it in .dockerignore, or raise maxFileMiB")
}

func TestFileSizeLimitOfALayer(t *testing.T) {
	root := project(t, map[string]string{"ctx/Dockerfile": "FROM x\n", "ctx/model": ""})
	require.NoError(t, os.Truncate(filepath.Join(root, "ctx/model"), 2<<20+1))
	_, err := NewGraph(root, []Layer{{Name: "bot", Parent: "python", Context: "ctx", MaxFileMiB: 2}}, map[string]string{"python": "p"})
	assert.EqualError(t, err, "layer bot: ctx/model: has 2.0 MiB, over the limit of 2 MiB; keep models and data in a bucket, list it in .dockerignore, or raise maxFileMiB")
}

func TestLinksThatLeaveTheContext(t *testing.T) {
	root := project(t, map[string]string{"ctx/Dockerfile": "FROM x\n", "ctx/app/a": ""})
	for name, target := range map[string]string{"in": "app/a", "app/up": "../Dockerfile", "out": "../b", "app/far": "../../b", "root": "/etc/passwd", "here": ".", "up": ".."} {
		require.NoError(t, os.Symlink(target, filepath.Join(root, "ctx", name)))
	}
	leads := func(name, target string) string {
		return "layer bot: ctx/" + name + ": is a link to " + target + ", which is not in the context; put there what it leads to, or list it in .dockerignore" + orAllow
	}
	assert.EqualError(t, checkAt(root), strings.Join([]string{leads("app/far", "../../b"), leads("out", "../b"), leads("root", "/etc/passwd"), leads("up", "..")}, "\n"))
}

// TestAllow holds that what may be meant so passes by its path, and nothing else does.
func TestAllow(t *testing.T) {
	files := map[string]string{
		"ctx/Dockerfile": "FROM x\n", "ctx/test/.env": "", "ctx/test/key": "AKIA" + "QYLPMN5HHHFPZAM2", "ctx/test/win.sh": "a\r\n", "ctx/key": "AKIA" + "QYLPMN5HHHFPZAM2",
		"ctx/test/model": pointer,
	}
	root := project(t, files)
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(root, "ctx/test/link")))
	with := func(allow ...string) error {
		_, err := NewGraph(root, []Layer{{Name: "bot", Parent: "python", Context: "ctx", Allow: allow}}, map[string]string{"python": "p"})
		return err
	}
	assert.Len(t, strings.Split(with().Error(), "\n"), 6)
	err := with("test", "!test/win.sh")
	assert.ErrorContains(t, err, "layer bot: ctx/key: line 1 holds")
	assert.ErrorContains(t, err, "layer bot: ctx/test/model: is a git-LFS pointer")
	assert.ErrorContains(t, err, "layer bot: ctx/test/win.sh: line 1 of this script")
	assert.Len(t, strings.Split(err.Error(), "\n"), 3)
	assert.EqualError(t, with("a["), "layer bot: allow: cannot be understood: the patterns: syntax error in pattern; write patterns as in .dockerignore")
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
