package image

import (
	"bytes"
	"encoding/base64"
	"path"
	"regexp"
	"slices"
	"strings"
)

// secretRule finds one kind of secret. The patterns follow the default rules of gitleaks
// (gitleaks/gitleaks, config/gitleaks.toml); only kinds with a form of their own are here,
// so that what is found is nearly always one.
type secretRule struct {
	name string
	// keys are what a match starts with. A file is searched for them by plain comparison,
	// which is many times faster than the pattern; the pattern is tried where one is found.
	keys    []string
	pattern *regexp.Regexp
}

// secretWindow is more than the longest match has, in bytes.
const secretWindow = 512

// allowMark on a line lets a finding through, as in gitleaks.
const allowMark = "gitleaks:allow"

var secretRules = []secretRule{
	{"a private key", []string{"-----BEGIN "},
		regexp.MustCompile(`^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\\nA-Za-z0-9+/=:,.-]{64}`)},
	{"an AWS access key", []string{"AKIA", "ASIA", "ABIA", "ACCA"}, regexp.MustCompile(`^A[A-Z]{3}[A-Z2-7]{16}\b`)},
	{"a GitHub token", []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_"}, regexp.MustCompile(`^gh[pousr]_[0-9A-Za-z]{36}`)},
	{"a GitHub token", []string{"github_pat_"}, regexp.MustCompile(`^github_pat_\w{82}`)},
	{"a GitLab token", []string{"glpat-"}, regexp.MustCompile(`^glpat-[\w-]{20}`)},
	{"a Slack token", []string{"xoxb-", "xoxp-", "xoxa-", "xoxe-", "xoxs-"}, regexp.MustCompile(`^xox[abeps]-[0-9]{10,13}-[0-9A-Za-z-]{20,}`)},
	{"a Google API key", []string{"AIza"}, regexp.MustCompile(`^AIza[\w-]{35}(?:[^\w-]|$)`)},
	{"an npm token", []string{"npm_"}, regexp.MustCompile(`^npm_[A-Za-z0-9]{36}\b`)},
	{"a PyPI token", []string{"pypi-AgE"}, regexp.MustCompile(`^pypi-AgEIcHlwaS5vcmc[\w-]{50}`)},
	{"a Docker Hub token", []string{"dckr_pat_"}, regexp.MustCompile(`^dckr_pat_[\w-]{27}`)},
	{"a Hugging Face token", []string{"hf_"}, regexp.MustCompile(`^hf_[A-Za-z]{34}\b`)},
	{"an OpenAI key", []string{"sk-"}, regexp.MustCompile(`^sk-[\w-]{20,74}T3BlbkFJ[\w-]{20}`)},
	{"an Anthropic key", []string{"sk-ant-"}, regexp.MustCompile(`^sk-ant-(?:api03|admin01)-[\w-]{93}AA`)},
	{"a Stripe key", []string{"sk_live_", "rk_live_"}, regexp.MustCompile(`^[rs]k_live_[A-Za-z0-9]{10}`)},
	{"a SendGrid key", []string{"SG."}, regexp.MustCompile(`^SG\.[\w=-]{22}\.[\w=-]{43}`)},
	{"an age key", []string{"AGE-SECRET-KEY-1"}, regexp.MustCompile(`^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}`)},
	{"a Slack webhook address", []string{"hooks.slack.com/"}, regexp.MustCompile(`^hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{43}`)},
	{"a Discord webhook address", []string{"/api/webhooks/"}, regexp.MustCompile(`^/api/webhooks/\d{17,20}/[\w-]{60,72}`)},
}

// FindSecret names what a text seems to contain ("a private key"), or is empty.
func FindSecret(text string) string {
	name, _ := findSecret([]byte(text))
	return name
}

// findSecret names the first kind of secret found and its line, counted from 1.
func findSecret(data []byte) (name string, line int) {
	for _, rule := range secretRules {
		for _, key := range rule.keys {
			if at := find(data, key, rule.matches); at >= 0 {
				return rule.name, lineOf(data, at)
			}
		}
	}
	if at := find(data, ".", isDiscordToken); at >= 0 {
		return "a Discord bot token", lineOf(data, at)
	}
	if at := find(data, ":A", isTelegramToken); at >= 0 {
		return "a Telegram bot token", lineOf(data, at)
	}
	return "", 0
}

// find is the first place of key at which the check holds and the line is not let through.
func find(data []byte, key string, holds func(data []byte, at int) bool) int {
	for from := 0; ; {
		step := bytes.Index(data[from:], []byte(key))
		if step < 0 {
			return -1
		}
		at := from + step
		if holds(data, at) && !allowed(data, at) {
			return at
		}
		from = at + len(key)
	}
}

func (r secretRule) matches(data []byte, at int) bool {
	if at > 0 && r.keys[0][0] != '/' && isWord(data[at-1]) {
		return false
	}
	match := r.pattern.Find(data[at:min(len(data), at+secretWindow)])
	// AWS's own documentation uses keys that end so.
	return match != nil && !bytes.HasSuffix(match, []byte("EXAMPLE"))
}

// isDiscordToken tells whether the dot at that place is the first one of a bot token: the
// bot's numeric id in base64, a time stamp of six characters, and a signature.
func isDiscordToken(data []byte, at int) bool {
	if at+7 >= len(data) || data[at+7] != '.' {
		return false
	}
	start, end := at, at+8
	for start > 0 && isToken(data[start-1]) {
		start--
	}
	for end < len(data) && isToken(data[end]) {
		end++
	}
	id, err := base64.RawURLEncoding.DecodeString(string(data[start:at]))
	if err != nil || len(id) < 17 || len(id) > 20 || slices.ContainsFunc(id, func(b byte) bool { return b < '0' || b > '9' }) {
		return false
	}
	length := end - at - 8
	return !slices.ContainsFunc(data[at+1:at+7], func(b byte) bool { return !isToken(b) }) && length >= 27 && length <= 38
}

// isTelegramToken tells whether the colon at that place is the one of a bot token: the bot's number before it, and 35
// characters that begin with A behind it.
func isTelegramToken(data []byte, at int) bool {
	start, end := at, at+1
	for start > 0 && data[start-1] >= '0' && data[start-1] <= '9' {
		start--
	}
	for end < len(data) && isToken(data[end]) {
		end++
	}
	digits := at - start
	return digits >= 8 && digits <= 10 && (start == 0 || !isToken(data[start-1])) && end-at-1 == 35
}

func isWord(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}

func isToken(b byte) bool { return isWord(b) || b == '-' }

func allowed(data []byte, at int) bool {
	rest, _, _ := bytes.Cut(data[at:], []byte("\n"))
	return bytes.Contains(rest, []byte(allowMark))
}

func lineOf(data []byte, at int) int { return bytes.Count(data[:at], []byte("\n")) + 1 }

// keyStores are kinds of files that hold private keys or credentials, in forms that no pattern sees.
var keyStores = map[string]string{
	".p12": "a key store", ".pfx": "a key store", ".jks": "a key store", ".kdbx": "a password store",
	".netrc": "a file of credentials", ".git-credentials": "a file of credentials", ".pgpass": "a file of credentials",
}

// secretFile says by a file's name what secrets it holds; empty if it is none. An .env and its variants are, but not the
// samples that say which variables there are.
func secretFile(name string) string {
	base := path.Base(name)
	if base != ".env" && !strings.HasPrefix(base, ".env.") {
		return keyStores[strings.ToLower(path.Ext(base))]
	}
	if slices.Contains([]string{".example", ".sample", ".template", ".dist"}, path.Ext(base)) {
		return ""
	}
	return "an environment file, which is where secrets are kept"
}
