"""CloudWatch Logs: the filter pattern syntax (FilterAndPatternSyntax), compiled to a function of a log line."""

import functools
import json
import operator
import re

_TOKEN = re.compile(r"""\s*(?:(?P<word>&&|\|\||!=|<=|>=|[()=<>])|(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<regex>%[^%]*%)
                    |(?P<field>\$(?:\.?\[[^\]]*\]|\.[\w-]+)+)|(?P<plain>[^\s()=<>!&|"%$]+))""", re.VERBOSE)
_STEP = re.compile(r"""\.?\[["']([^"']*)["']\]|\.?\[(\d+|\*)\]|\.([\w-]+)""")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_COMPARE = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge, "=": operator.eq, "!=": operator.ne}
MISSING = object()


class PatternError(ValueError):
    """The pattern is not one of the syntax."""


@functools.lru_cache(maxsize=256)
def compiled(pattern):
    """The function that says whether a line matches; raises PatternError where the pattern is wrong."""
    pattern = (pattern or "").strip()
    if not pattern:
        return lambda line: True
    if pattern.startswith("["):
        raise PatternError("patterns for space-delimited events are not emulated")
    if pattern.startswith("{"):
        return _json_pattern(pattern)
    return _terms(pattern)


def lookup(record, path):
    """The value at `$.a.b[0]` of a decoded JSON log line, MISSING if there is none."""
    found = lookup_all(record, path)
    return found[0] if found else MISSING


def lookup_all(record, path):
    """All values at `$.a[*].b`."""
    if not re.fullmatch(rf"\$(?:{_STEP.pattern})+", path):
        raise PatternError(f"Invalid field selector: {path}")
    found = [record]
    for name, index, member in _STEP.findall(path):
        found = [value for item in found for value in _members(item, name or member, index)]
    return found


def _members(item, name, index):
    if index and isinstance(item, list):
        return item if index == "*" else item[int(index):int(index) + 1]
    return [item[name]] if name and isinstance(item, dict) and name in item else []


def decoded(line):
    """A log line as a JSON object or list; None if it is none."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, (dict, list)) else None


# ── Terms ───────────────────────────────────────────────────────────────────

def _terms(pattern):
    """All plain terms, none of the `-` ones; the `?` ones count only if there are no others."""
    groups = {"": [], "-": [], "?": []}
    for sign, quoted, regex, plain in re.findall(r'([-?]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]+)%|(\S+))', pattern):
        wanted = re.compile(regex) if regex else re.compile(re.escape(re.sub(r"\\(.)", r"\1", quoted) or plain))
        groups[sign].append(wanted)
    needed, never, optional = groups.values()
    if needed or never:
        return lambda line: all(t.search(line) for t in needed) and not any(t.search(line) for t in never)
    return lambda line: any(term.search(line) for term in optional)


# ── JSON ────────────────────────────────────────────────────────────────────

def _json_pattern(pattern):
    if not pattern.endswith("}"):
        raise PatternError("Invalid filter pattern: no closing brace")
    test = _Parser(pattern[1:-1]).whole()

    def matches(line):
        record = decoded(line)
        return record is not None and test(record)
    return matches


class _Parser:
    """`$.a = "x" && ($.b > 1 || $.c IS TRUE)`: || binds less than &&."""

    def __init__(self, text):
        self.tokens, at, text = [], 0, text.strip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if not found:
                raise PatternError(f"Invalid character(s) in term '{text[at:]}'")
            self.tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()

    def whole(self):
        test = self._any()
        if self.tokens:
            raise PatternError(f"Invalid filter pattern at '{self.tokens[0][1]}'")
        return test

    def _take(self, *wanted):
        if not self.tokens or wanted and self.tokens[0][1].upper() not in wanted:
            raise PatternError(f"Invalid filter pattern: {' or '.join(wanted) or 'more'} is missing")
        return self.tokens.pop(0)

    def _next_is(self, word):
        return bool(self.tokens) and self.tokens[0] == ("word", word)

    def _any(self):
        tests = [self._all()]
        while self._next_is("||"):
            self._take()
            tests.append(self._all())
        return lambda record: any(test(record) for test in tests)

    def _all(self):
        tests = [self._one()]
        while self._next_is("&&"):
            self._take()
            tests.append(self._one())
        return lambda record: all(test(record) for test in tests)

    def _one(self):
        if self._next_is("("):
            self._take()
            test = self._any()
            self._take(")")
            return test
        kind, path = self._take()
        if kind != "field":
            raise PatternError(f"Invalid field selector: {path}")
        lookup({}, path)  # a wrong one is refused now
        word = self._take("IS", "NOT", *_COMPARE)[1]
        if word.upper() == "IS":
            wanted = {"TRUE": True, "FALSE": False, "NULL": None}[self._take("TRUE", "FALSE", "NULL")[1].upper()]
            return lambda record: lookup(record, path) is wanted
        if word.upper() == "NOT":
            self._take("EXISTS")
            return lambda record: lookup(record, path) is MISSING
        test = _comparison(word, *self._take())
        return lambda record: test(lookup(record, path))


def _comparison(word, kind, text):
    """A test of a field's value; a field that is missing, null or no scalar passes none."""
    if kind in ("word", "field"):
        raise PatternError(f"Invalid filter pattern: '{text}' is no value")
    if kind == "plain" and _NUMBER.fullmatch(text):
        return lambda value: _number(value) is not None and _COMPARE[word](_number(value), float(text))
    if word not in ("=", "!="):
        raise PatternError(f"Invalid filter pattern: {word} compares numbers, not {text}")
    if kind == "regex":
        wanted = re.compile(text[1:-1])
    else:
        plain = re.sub(r"\\(.)", r"\1", text[1:-1]) if kind == "quoted" else text
        wanted = re.compile(r"\A" + ".*".join(map(re.escape, plain.split("*"))) + r"\Z", re.DOTALL)

    def test(value):
        if value is MISSING or value is None or isinstance(value, (dict, list)):
            return False
        shown = value if isinstance(value, str) else json.dumps(value)
        return bool(wanted.search(shown)) == (word == "=")
    return test


def _number(value):
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
