package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/emptypb"
)

func TestAFailingStepIsNamedWithTheEndOfItsOutput(t *testing.T) {
	b := newBench(t, startRegistry(t, nil), map[string]string{
		"app/Dockerfile": "ARG PARENT\nFROM ${PARENT}\nARG TOKEN\nRUN [\"/tool\", \"say\", \"30\", \"3\"]\n"})
	_, err := create(t, b.plugin, b.inputs(nil), false)
	require.Error(t, err)
	var last []string
	for i := 11; i <= 30; i++ {
		last = append(last, fmt.Sprintf("    line %d", i))
	}
	assert.Contains(t, err.Error(), "building "+b.registry+"/bot:1 (context app): step [2/2] RUN [\"/tool\", \"say\", \"30\", \"3\"] failed; the end of its output:\n"+
		strings.Join(last, "\n")+"\nthe engine says: ")
	assert.Contains(t, err.Error(), "exit code: 3")
	assert.NotContains(t, err.Error(), "line 10\n")
}

func TestABadDockerfileAndAMissingParentAreNamed(t *testing.T) {
	b := newBench(t, startRegistry(t, nil), map[string]string{"app/Dockerfile": "FROM scratch\nCOPI a b\n"})
	_, err := create(t, b.plugin, b.inputs(nil), false)
	assert.ErrorContains(t, err, "COPI")
	write(t, "app", map[string]string{"Dockerfile": dockerfile})
	_, err = create(t, b.plugin, b.inputs(func(_, build map[string]any) {
		build["args"] = map[string]any{"PARENT": b.registry + "/gone@sha256:" + zeros}
	}), false)
	assert.ErrorContains(t, err, b.registry+"/gone@sha256:"+zeros)
}

func TestSecretArgsAreMasked(t *testing.T) {
	b := newBench(t, startRegistry(t, nil), map[string]string{
		"app/Dockerfile": "ARG PARENT\nFROM ${PARENT}\nARG TOKEN\nWORKDIR /${TOKEN}\nRUN [\"/tool\", \"say\", \"1\", \"4\"]\n"})
	_, err := create(t, b.plugin, b.inputs(func(_, build map[string]any) {
		build["args"] = map[string]any{"PARENT": b.base, "TOKEN": secret{"s3cret-token"}}
	}), false)
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "s3cret-token")
	assert.Contains(t, b.pulumi.shown(), "WORKDIR /[secret]")
	assert.NotContains(t, b.pulumi.shown(), "s3cret-token")
}

func TestCancelStopsABuildSoon(t *testing.T) {
	b := newBench(t, startRegistry(t, nil), map[string]string{"app/Dockerfile": "ARG PARENT\nFROM ${PARENT}\nRUN [\"/tool\", \"sleep\", \"600\"]\n"})
	checked := b.inputs(nil)
	failed := make(chan error, 1)
	go func() {
		_, err := create(t, b.plugin, checked, false)
		failed <- err
	}()
	require.Eventually(t, func() bool { return strings.Contains(b.pulumi.shown(), "sleeping") }, time.Minute, 50*time.Millisecond)
	_, err := b.plugin.Cancel(t.Context(), &emptypb.Empty{})
	require.NoError(t, err)
	select {
	case err := <-failed:
		assert.ErrorContains(t, err, "cancelled before the image was done")
	case <-time.After(10 * time.Second):
		t.Fatal("the build went on")
	}
}
