package checkout

import (
	"crypto/ed25519"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	sshd "github.com/gliderlabs/ssh"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sshkey "golang.org/x/crypto/ssh"
)

// newKey makes a key pair and writes the private one as ssh reads it.
func newKey(t *testing.T) (file string, public sshd.PublicKey) {
	t.Helper()
	pub, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	block, err := sshkey.MarshalPrivateKey(private, "")
	require.NoError(t, err)
	file = filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(block), 0o600))
	public, err = sshkey.NewPublicKey(pub)
	require.NoError(t, err)
	return file, public
}

// overSSH serves git's repositories of this machine over ssh to whoever has the key. It returns the server's address, and
// the file of its own key as ssh knows hosts.
func overSSH(t *testing.T, key sshd.PublicKey) (address, knownHosts string) {
	t.Helper()
	hostFile, hostKey := newKey(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &sshd.Server{
		PublicKeyHandler: func(_ sshd.Context, offered sshd.PublicKey) bool { return sshd.KeysEqual(offered, key) },
		Handler: func(s sshd.Session) {
			asked := s.Command()
			if len(asked) != 2 || asked[0] != "git-upload-pack" {
				_ = s.Exit(2)
				return
			}
			cmd := exec.Command("git", "upload-pack", asked[1])
			cmd.Env = append(os.Environ(), s.Environ()...) // GIT_PROTOCOL
			cmd.Stdin, cmd.Stdout, cmd.Stderr = s, s, s.Stderr()
			_ = cmd.Run() // what went wrong is the client's to say
			_ = s.Exit(cmd.ProcessState.ExitCode())
		},
	}
	require.NoError(t, server.SetOption(sshd.HostKeyFile(hostFile)))
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	port := listener.Addr().(*net.TCPAddr).Port
	knownHosts = filepath.Join(t.TempDir(), "known_hosts")
	line := fmt.Sprintf("[127.0.0.1]:%d %s", port, sshkey.MarshalAuthorizedKey(hostKey))
	require.NoError(t, os.WriteFile(knownHosts, []byte(line), 0o644))
	return fmt.Sprintf("ssh://git@127.0.0.1:%d", port), knownHosts
}

// TestARealSSHServer fetches a repository with a submodule beside it from a server that speaks ssh, by this machine's ssh.
func TestARealSSHServer(t *testing.T) {
	if _, err := exec.LookPath("ssh"); err != nil {
		t.Skipf("NOTHING IS FETCHED OVER SSH: %v", err)
	}
	alone(t)
	keyFile, key := newKey(t)
	otherFile, _ := newKey(t)
	address, knownHosts := overSSH(t, key)
	models, _ := remote(t, map[string]string{"m": "1\n"})
	code, _ := remote(t, map[string]string{"a": "1\n"})
	addSubmodule(t, code, models, "models")
	commit(t, code, map[string]string{".gitmodules": "[submodule \"models\"]\n\tpath = models\n\turl = " + address + models + "\n"})
	fetch := func(identity, hosts string) (map[string]string, error) {
		t.Setenv("GIT_SSH_COMMAND", fmt.Sprintf("ssh -F none -o IdentitiesOnly=yes -i %s -o UserKnownHostsFile=%s", identity, hosts))
		tree, err := (&Fetcher{}).Fetch(t.Context(), Repository{URL: address + code, Ref: "master", Submodules: true})
		if err != nil {
			return nil, err
		}
		root, _, _ := tree.Find(".")
		return contents(t, root), nil
	}
	files, err := fetch(keyFile, knownHosts)
	require.NoError(t, err)
	delete(files, ".gitmodules")
	assert.Equal(t, map[string]string{"a": "1\n", "models/m": "1\n"}, files)

	_, err = fetch(otherFile, knownHosts)
	assert.EqualError(t, err, fmt.Sprintf("url: %s%s cannot be read: git@127.0.0.1: Permission denied (publickey).; "+
		"correct the address, or give this machine access: a token over https, a key over ssh", address, code))
	_, err = fetch(keyFile, os.DevNull)
	assert.ErrorContains(t, err, "cannot be read: Host key verification failed.; correct the address", "a host that nobody knows is not asked about")
}
