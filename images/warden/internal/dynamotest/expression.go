package dynamotest

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// expression evaluates one request's expressions on the item as it was before.
type expression struct {
	in   request
	item map[string]Value
}

// condition knows OR over AND over "x = :v", "x < :v" and "attribute_not_exists(x)".
func (e expression) condition(text string) (bool, error) {
	for _, any := range strings.Split(text, " OR ") {
		all := true
		for _, term := range strings.Split(any, " AND ") {
			holds, err := e.term(term)
			if err != nil {
				return false, err
			}
			all = all && holds
		}
		if all {
			return true, nil
		}
	}
	return false, nil
}

func (e expression) term(text string) (bool, error) {
	if inner, found := strings.CutPrefix(text, "attribute_not_exists("); found {
		name, err := e.name(strings.TrimSuffix(inner, ")"))
		_, exists := e.item[name]
		return !exists, err
	}
	words := strings.Fields(text)
	if len(words) != 3 {
		return false, fmt.Errorf("unknown condition %q", text)
	}
	name, err := e.name(words[0])
	if err != nil {
		return false, err
	}
	want, found := e.in.ExpressionAttributeValues[words[2]]
	if !found {
		return false, fmt.Errorf("no value %q", words[2])
	}
	have, exists := e.item[name]
	switch words[1] {
	case "=":
		return exists && reflect.DeepEqual(have, want), nil
	case "<":
		a, b := number(have), number(want)
		return exists && a < b, nil
	}
	return false, fmt.Errorf("unknown condition %q", text)
}

// update knows "SET x = :v, y = if_not_exists(y, :v) + :w REMOVE z".
func (e expression) update(text string) (map[string]Value, error) {
	after := clone(e.item)
	sets, removes, _ := strings.Cut(strings.TrimPrefix(text, "SET "), " REMOVE ")
	// A comma within parentheses belongs to its function.
	sets = strings.ReplaceAll(sets, ", :", "; :")
	for _, set := range strings.Split(sets, ", ") {
		target, value, found := strings.Cut(set, " = ")
		name, err := e.name(target)
		if err != nil || !found {
			return nil, fmt.Errorf("unknown SET %q (%v)", set, err)
		}
		if after[name], err = e.value(value); err != nil {
			return nil, err
		}
	}
	for _, remove := range strings.Split(removes, ", ") {
		if remove == "" {
			continue
		}
		name, err := e.name(remove)
		if err != nil {
			return nil, err
		}
		delete(after, name)
	}
	return after, nil
}

func (e expression) value(text string) (Value, error) {
	if v, found := e.in.ExpressionAttributeValues[text]; found {
		return v, nil
	}
	inner, found := strings.CutPrefix(text, "if_not_exists(")
	operand, plus, sum := strings.Cut(inner, ") + ")
	alias, missing, both := strings.Cut(operand, "; ")
	if !found || !sum || !both {
		return nil, fmt.Errorf("unknown value %q", text)
	}
	name, err := e.name(alias)
	if err != nil {
		return nil, err
	}
	old, exists := e.item[name]
	if !exists {
		old = e.in.ExpressionAttributeValues[missing]
	}
	total := number(old) + number(e.in.ExpressionAttributeValues[plus])
	return Value{"N": strconv.FormatFloat(total, 'f', -1, 64)}, nil
}

func (e expression) name(alias string) (string, error) {
	name, found := e.in.ExpressionAttributeNames[alias]
	if !found {
		return "", fmt.Errorf("no name %q", alias)
	}
	return name, nil
}

func number(v Value) float64 {
	text, _ := v["N"].(string)
	n, _ := strconv.ParseFloat(text, 64)
	return n
}
