package image

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The samples are put together here, so that no scanner takes this file for a leak.
func TestFindSecret(t *testing.T) {
	discord := base64.RawURLEncoding.EncodeToString([]byte("123456789012345678")) + ".Gabcde." + strings.Repeat("aB-_", 8)
	block := strings.Repeat("MIIEvQIBADANBgkqhkiG9w0B\n", 4)
	for name, test := range map[string]struct{ text, want string }{
		"private key":         {"-----BEGIN " + "PRIVATE KEY-----\n" + block, "a private key"},
		"RSA key":             {"x = '''-----BEGIN " + "RSA PRIVATE KEY-----\n" + block, "a private key"},
		"encrypted key":       {"-----BEGIN " + "RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n" + block, "a private key"},
		"PGP key":             {"-----BEGIN " + "PGP PRIVATE KEY BLOCK-----\n" + block, "a private key"},
		"key in JSON":         {`"-----BEGIN ` + `PRIVATE KEY-----\n` + strings.ReplaceAll(block, "\n", `\n`), "a private key"},
		"code about keys":     {`if "-----BEGIN ` + `PRIVATE KEY-----" in text:` + strings.Repeat(" pass", 20), ""},
		"certificate":         {"-----BEGIN CERTIFICATE-----\n" + block, ""},
		"AWS":                 {"AKIA" + "QYLPMN5HHHFPZAM2", "an AWS access key"},
		"AWS in a sentence":   {"is ASIA" + "QYLPMN5HHHFPZAM2.", "an AWS access key"},
		"AWS example":         {"AKIA" + "IOSFODNN7EXAMPLE", ""},
		"AWS inside a word":   {"XAKIA" + "QYLPMN5HHHFPZAM2", ""},
		"AWS too long":        {"AKIA" + "QYLPMN5HHHFPZAM2Z", ""},
		"GitHub":              {"ghp_" + strings.Repeat("a1B2", 9), "a GitHub token"},
		"GitHub short":        {"ghp_" + strings.Repeat("a1B2", 8), ""},
		"GitHub fine-grained": {"github_pat_" + strings.Repeat("a", 82), "a GitHub token"},
		"GitLab":              {"glpat-" + strings.Repeat("ab-_", 5), "a GitLab token"},
		"Slack":               {"xoxb-" + "1234567890-1234567890-abcdefghij", "a Slack token"},
		"Google":              {"AIza" + strings.Repeat("abcde", 7), "a Google API key"},
		"npm":                 {"npm_" + strings.Repeat("a1B2", 9), "an npm token"},
		"npm longer":          {"npm_" + strings.Repeat("a1B2", 10), ""},
		"PyPI":                {"pypi-" + "AgEIcHlwaS5vcmc" + strings.Repeat("aB-_1", 10), "a PyPI token"},
		"Docker Hub":          {"dckr_pat_" + strings.Repeat("aB-_1", 6), "a Docker Hub token"},
		"Hugging Face":        {"hf_" + strings.Repeat("aB", 17), "a Hugging Face token"},
		"Hugging Face code":   {"hf_" + strings.Repeat("a_", 17), ""},
		"OpenAI":              {"sk-proj-" + strings.Repeat("aB", 20) + "T3BlbkFJ" + strings.Repeat("aB", 20), "an OpenAI key"},
		"a task":              {"task-" + strings.Repeat("aB", 20) + "T3BlbkFJ" + strings.Repeat("aB", 20), ""},
		"Anthropic":           {"sk-ant-api03-" + strings.Repeat("aB-", 31) + "AA", "an Anthropic key"},
		"Stripe":              {"sk_live_" + strings.Repeat("a1B2", 6), "a Stripe key"},
		"Stripe, a test's":    {"sk_test_" + strings.Repeat("a1B2", 6), ""},
		"SendGrid":            {"SG." + strings.Repeat("a", 22) + "." + strings.Repeat("b", 43), "a SendGrid key"},
		"age":                 {"AGE-SECRET-KEY-1" + strings.Repeat("QP", 29), "an age key"},
		"Slack webhook":       {"https://hooks.slack.com/services/" + strings.Repeat("T0aB", 11), "a Slack webhook address"},
		"Telegram":            {"t='123456789:" + "A" + strings.Repeat("aB", 17) + "'", "a Telegram bot token"},
		"Telegram short":      {"123456789:A" + strings.Repeat("aB", 16), ""},
		"Telegram no number":  {"x:A" + strings.Repeat("aB", 17), ""},
		"Discord webhook":     {"https://discord.com/api/webhooks/" + "123456789012345678/" + strings.Repeat("aB-_", 17), "a Discord webhook address"},
		"Discord token":       {"token=" + discord + "\n", "a Discord bot token"},
		"Discord at the end":  {discord, "a Discord bot token"},
		"JSON web token":      {"eyJhbGciOiJIUzI1NiIsInR5.abcdef." + strings.Repeat("aB-_", 8), ""},
		"attribute chain":     {strings.Repeat("N", 24) + ".format." + strings.Repeat("x", 30), ""},
		"dots at the end":     {"a.......", ""},
		"nothing":             {"", ""},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, test.want, FindSecret(test.text)) })
	}
}

func TestFindSecretGoesOnAfterALineLetThrough(t *testing.T) {
	key := "AKIA" + "QYLPMN5HHHFPZAM2"
	name, line := findSecret([]byte(key + " # gitleaks:allow\n" + key + "\n"))
	assert.Equal(t, "an AWS access key", name)
	assert.Equal(t, 2, line)
}

func FuzzFindSecret(f *testing.F) {
	f.Add([]byte("-----BEGIN "))
	f.Add([]byte("....AIza/api/webhooks/"))
	f.Fuzz(func(t *testing.T, data []byte) {
		name, line := findSecret(data)
		assert.Equal(t, name == "", line == 0)
	})
}
