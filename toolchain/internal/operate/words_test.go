package operate

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWordsAreAShells(t *testing.T) {
	for command, want := range map[string][]string{
		"":                                   nil,
		"  python  -m\tbot.shell\n":          {"python", "-m", "bot.shell"},
		`python -c 'print("a b")'`:           {"python", "-c", `print("a b")`},
		`a "b c"d'e f' '' ""`:                {"a", "b cde f", "", ""},
		`a\ b \\ \' "\" \\ \n \$" 'c\d'`:     {"a b", `\`, "'", `" \ \n $`, `c\d`},
		`echo $HOME * ; rm -rf "$(x)" | y`:   {"echo", "$HOME", "*", ";", "rm", "-rf", "$(x)", "|", "y"},
		"python manage.py migrate --noinput": {"python", "manage.py", "migrate", "--noinput"},
	} {
		words, err := Words(command)
		require.NoError(t, err, command)
		assert.Equal(t, want, words, command)
	}
}

func TestWordsThatDoNotEnd(t *testing.T) {
	for command, want := range map[string]string{
		`a 'b c`: `the command has a ' without its end: 'b c`,
		`a "b\"`: `the command has a " without its end: "b\"`,
		`a b\`:   `the command ends in a backslash, which stands for itself only as \\`,
	} {
		_, err := Words(command)
		require.EqualError(t, err, want)
	}
}

func TestWordsAgreeWithTheShellOfThisMachine(t *testing.T) {
	for _, command := range []string{`a "b c"d'e f' '' ""`, `a\ b \\ \' "\" \\ \n \$" 'c\d'`, `x"y"'z'\w`} {
		out, err := exec.Command("sh", "-c", `printf '%s\n' `+command).Output()
		require.NoError(t, err)
		words, err := Words(command)
		require.NoError(t, err)
		assert.Equal(t, string(out), strings.Join(words, "\n")+"\n")
	}
}
