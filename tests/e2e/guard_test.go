//go:build e2e

package e2e

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// guard takes the database out of a stack that protects it: refused by preview and update, until that is approved.
func guard(t *testing.T, c *clone) {
	const file = "Pulumi.local.yaml"
	c.edit(t, file, "botyard:database: {protect: false, ", "botyard:database: {protect: true, ")
	c.must(t, "up")

	remove := func(t *testing.T) {
		c.edit(t, file, "botyard:database: {protect: true, backupDays: 1}", "")
		c.edit(t, file, "botyard:without: [edge]", "botyard:without: [edge, database]")
		c.edit(t, file, "bot: {secrets: {DISCORD_TOKEN: null}}", "bot: null\n    leveling-api: null")
	}
	var id string
	t.Run("refused", func(t *testing.T) {
		remove(t)
		for _, target := range []string{"preview", "up"} {
			refused := c.make(t, target)
			require.Error(t, refused.err, target)
			require.Regexp(t, `database \(aws:rds/instance:Instance, db-\w+\) would be deleted, and with it what it holds: that nobody has approved\. `+
				`If that is meant, back it up and set botyard:approvals: \{database: db-\w+\}`, refused.out, target)
			id = regexp.MustCompile(`approvals: \{database: (db-\w+)\}`).FindStringSubmatch(refused.out)[1]
		}
		require.NotEmpty(t, databases(t, c))
	})
	c.edit(t, file, "botyard:without:", "botyard:approvals: {database: "+id+"}\n  botyard:without:")
	c.must(t, "up") // lifts Pulumi's own protection
	require.NotEmpty(t, databases(t, c))
	remove(t)
	c.must(t, "up")
	require.Empty(t, databases(t, c))
	require.Equal(t, "['botyard-local-database-final']", strings.TrimSpace(c.ask(t,
		`print([s["DBSnapshotIdentifier"] for s in aws("rds").describe_db_snapshots()["DBSnapshots"]])`)))
}

// databases are the containers of the stack's databases.
func databases(t *testing.T, c *clone) string {
	t.Helper()
	return strings.TrimSpace(sh(t, c.dir, `docker ps --quiet --filter name=instance-botyard-local-database`))
}
