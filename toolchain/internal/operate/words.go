package operate

import (
	"errors"
	"fmt"
	"strings"
)

// Words splits a command as a POSIX shell would, with single quotes, double quotes and backslashes, and expands nothing:
// no shell has a part in what runs. Source: POSIX.1-2017, Shell Command Language, 2.2 "Quoting".
func Words(command string) ([]string, error) {
	var words []string
	var word strings.Builder
	begun := false // a word may be empty: ''
	for i := 0; i < len(command); i++ {
		switch c := command[i]; c {
		case ' ', '\t', '\n':
			if begun {
				words = append(words, word.String())
				word.Reset()
			}
			begun = false
		case '\'', '"':
			text, length, err := quoted(command[i:])
			if err != nil {
				return nil, err
			}
			word.WriteString(text)
			begun, i = true, i+length-1
		case '\\':
			if i++; i == len(command) {
				return nil, errors.New(`the command ends in a backslash, which stands for itself only as \\`)
			}
			word.WriteByte(command[i])
			begun = true
		default:
			word.WriteByte(c)
			begun = true
		}
	}
	if begun {
		words = append(words, word.String())
	}
	return words, nil
}

// quoted is the text of the quotes that command begins with, and how many bytes they are.
func quoted(command string) (text string, length int, err error) {
	quote := command[0]
	var inside strings.Builder
	for i := 1; i < len(command); i++ {
		c := command[i]
		switch {
		case c == quote:
			return inside.String(), i + 1, nil
		case c == '\\' && quote == '"' && i+1 < len(command) && strings.IndexByte("\\\"$`", command[i+1]) >= 0:
			i++
			inside.WriteByte(command[i])
		default:
			inside.WriteByte(c)
		}
	}
	return "", 0, fmt.Errorf("the command has a %c without its end: %s", quote, command)
}
