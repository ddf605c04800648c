package engine

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"botyard/toolchain/internal/fake"
	"botyard/toolchain/internal/run"
)

func engine(t *testing.T, root bool) Engine {
	e := Engine{RunDir: t.TempDir(), System: t.TempDir(), Root: root, Timeout: 3 * time.Second}
	t.Cleanup(func() { _, _ = run.Stop(e.pidFile(), time.Second) })
	return e
}

// answersOnce is a docker that answers as soon as the file is there.
func answersOnce(file string) string {
	return `[ -e ` + file + ` ] || { echo "Cannot connect to the Docker daemon" >&2; exit 1; }; echo 20.10.24`
}

func TestAnEngineThatAnswersIsLeftAlone(t *testing.T) {
	programs := fake.New(t)
	programs.Add(t, "docker", "echo 20.10.24")
	e := engine(t, true)
	var log bytes.Buffer
	require.NoError(t, e.EnsureInstalled(t.Context(), &log))
	version, err := e.Ensure(t.Context(), &log)
	require.NoError(t, err)
	assert.Equal(t, "20.10.24", version)
	assert.Equal(t, []string{"docker version --format {{.Server.Version}}", "docker version --format {{.Server.Version}}"}, programs.Calls(t))
	assert.Empty(t, log.String())
}

func TestWithoutAnEngineDebiansIsInstalledAndStarted(t *testing.T) {
	programs := fake.New(t)
	up := filepath.Join(t.TempDir(), "up")
	programs.Add(t, "dpkg", "")
	programs.Add(t, "apt-get", `case "$*" in *install*) for p in docker dockerd iptables; do /bin/cp `+programs.Dir+`/later-$p `+programs.Dir+`/$p; done ;; esac`)
	programs.Add(t, "later-docker", answersOnce(up))
	programs.Add(t, "later-dockerd", "touch "+up+"; exec sleep 60")
	programs.Add(t, "later-iptables", "")
	e := engine(t, true)
	require.NoError(t, e.EnsureInstalled(t.Context(), &bytes.Buffer{}, Tool{Program: "mmdebstrap", Package: "mmdebstrap"}))
	version, err := e.Ensure(t.Context(), &bytes.Buffer{})
	require.NoError(t, err)
	assert.Equal(t, "20.10.24", version)
	calls := programs.Calls(t)
	require.GreaterOrEqual(t, len(calls), 3)
	assert.Equal(t, []string{
		"dpkg --configure -a",
		"apt-get -q -o DPkg::Lock::Timeout=300 update",
		"apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends docker.io iptables pigz mmdebstrap",
	}, calls[:3])
	assert.Contains(t, calls, "later-dockerd --ip 127.0.0.1")
	assert.NotZero(t, run.Pid(e.pidFile()), "it goes on when we end")
}

func TestWhereWeMayNotInstallTheMessageSaysWhat(t *testing.T) {
	programs := fake.New(t)
	e := engine(t, false)
	err := e.EnsureInstalled(t.Context(), &bytes.Buffer{})
	require.ErrorIs(t, err, ErrNone)
	require.EqualError(t, err, "install the Docker Engine as root (on Debian: apt-get install docker.io iptables) and add this user to the group docker: "+
		"no Docker Engine: the command docker is not on PATH")

	programs.Add(t, "docker", "echo 20.10.24")
	err = e.EnsureInstalled(t.Context(), &bytes.Buffer{}, Tool{Program: "mmdebstrap", Package: "mmdebstrap"})
	require.EqualError(t, err, "missing on this machine: mmdebstrap; install it as root (on Debian: apt-get install --no-install-recommends mmdebstrap)")

	programs.Add(t, "docker", "echo 'permission denied while trying to connect' >&2; exit 1")
	_, err = e.Ensure(t.Context(), &bytes.Buffer{})
	require.ErrorContains(t, err, "add it to the group docker (usermod -aG docker <user>, then log in again), or run as root")
	assert.NotContains(t, programs.Calls(t), "dockerd --ip 127.0.0.1")
}

func TestAnotherEngineThatDoesNotAnswerIsNotReplaced(t *testing.T) {
	programs := fake.New(t)
	t.Setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
	programs.Add(t, "docker", "echo 'Cannot connect' >&2; exit 1")
	programs.Add(t, "apt-get", "")
	_, err := engine(t, true).Ensure(t.Context(), &bytes.Buffer{})
	require.ErrorContains(t, err, "DOCKER_HOST is tcp://127.0.0.1:1 and nothing answers there")
	assert.Equal(t, []string{"docker version --format {{.Server.Version}}"}, programs.Calls(t))
}

func TestSystemdStartsTheEngineWhereItRuns(t *testing.T) {
	programs := fake.New(t)
	up := filepath.Join(t.TempDir(), "up")
	for _, name := range []string{"dockerd", "iptables"} {
		programs.Add(t, name, "")
	}
	programs.Add(t, "docker", answersOnce(up))
	programs.Add(t, "systemctl", "touch "+up)
	e := engine(t, true)
	require.NoError(t, os.MkdirAll(filepath.Join(e.System, "run/systemd/system"), 0o755))
	_, err := e.Ensure(t.Context(), &bytes.Buffer{})
	require.NoError(t, err)
	assert.Contains(t, programs.Calls(t), "systemctl start docker")
	assert.NotContains(t, programs.Calls(t), "dockerd --ip 127.0.0.1")
}

func TestAnEngineThatEndsAtOnceSaysWhy(t *testing.T) {
	programs := fake.New(t)
	programs.Add(t, "docker", "echo 'Cannot connect' >&2; exit 1")
	programs.Add(t, "iptables", "")
	programs.Add(t, "dockerd", "echo 'failed to start daemon: no overlay' >&2; exit 1")
	e := engine(t, true)
	began := time.Now()
	_, err := e.Ensure(t.Context(), &bytes.Buffer{})
	require.ErrorIs(t, err, ErrNone)
	require.ErrorContains(t, err, "it said: failed to start daemon: no overlay (whole log: "+e.log()+")")
	assert.Less(t, time.Since(began), e.Timeout, "it is not waited for what has ended")
}

func TestAStalePidFileIsRemovedAndALivingOneIsNot(t *testing.T) {
	for name, c := range map[string]struct {
		comm  string
		stays bool
	}{"of another program": {"bash", false}, "of nothing": {"", false}, "of an engine": {"dockerd", true}} {
		t.Run(name, func(t *testing.T) {
			e := engine(t, true)
			file := filepath.Join(e.System, "var/run/docker.pid")
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
			require.NoError(t, os.WriteFile(file, []byte("4242"), 0o644))
			if c.comm != "" {
				require.NoError(t, os.MkdirAll(filepath.Join(e.System, "proc/4242"), 0o755))
				require.NoError(t, os.WriteFile(filepath.Join(e.System, "proc/4242/comm"), []byte(c.comm+"\n"), 0o644))
			}
			require.NoError(t, e.dropStalePid())
			_, err := os.Stat(file)
			assert.Equal(t, c.stays, err == nil)
		})
	}
}

func TestAMissingPythonModuleBringsItsPackage(t *testing.T) {
	programs := fake.New(t)
	programs.Add(t, "docker", "echo 20.10.24")
	programs.Add(t, "python3", `[ "$2" = "import ensurepip" ] && exit 1; exit 0`)
	programs.Add(t, "apt-get", "")
	tool := Tool{Program: "python3", Module: "ensurepip", Package: "python3-venv"}
	require.NoError(t, engine(t, true).EnsureInstalled(t.Context(), &bytes.Buffer{}, tool))
	assert.Contains(t, programs.Calls(t), "apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends python3-venv")
}
