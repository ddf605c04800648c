package platform

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNamesFitAndStayApart(t *testing.T) {
	require.Equal(t, "botyard-test-hosts", names.Name(32, "hosts"))
	require.Equal(t, "botyard/test/bot", names.Path("bot"))
	long := names.Name(32, strings.Repeat("a", 40))
	other := names.Name(32, strings.Repeat("a", 41))
	require.Len(t, long, 32)
	require.NotEqual(t, long, other)
	require.True(t, strings.HasPrefix(long, "botyard-test-aaaa"))
}

func FuzzNamesFit(f *testing.F) {
	f.Add("bot", 32)
	f.Fuzz(func(t *testing.T, part string, limit int) {
		if limit < 8 || limit > 255 {
			return // AWS has no such limit
		}
		require.LessOrEqual(t, len(names.Name(limit, part)), limit)
	})
}
