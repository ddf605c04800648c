package drift

import (
	"encoding/json"
	"strings"
)

// Source and DetailType are those of the event that tells of drift.
const (
	Source     = "botyard"
	DetailType = "Drift"
)

// maxSummary keeps a message below what chats take (Discord: 2,000 characters).
const maxSummary = 1500

// Detail is the event's detail: an object with the members project, stack and summary.
func Detail(project, stack, summary string) (string, error) {
	text, err := json.Marshal(struct {
		Project string `json:"project"`
		Stack   string `json:"stack"`
		Summary string `json:"summary"`
	}{project, stack, oneLine(summary)})
	return string(text), err
}

// oneLine leaves out what would break a message: EventBridge puts values into its JSON as they are.
func oneLine(text string) string {
	text = strings.NewReplacer("\n", "; ", "\r", "", "\t", " ", `"`, "'", `\`, "/").Replace(strings.TrimSpace(text))
	if runes := []rune(text); len(runes) > maxSummary {
		return string(runes[:maxSummary]) + "…"
	}
	return text
}
