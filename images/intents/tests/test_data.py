"""The training data that is in the repository, and what is refused."""

import pytest

from intents import data

BODY = "version: '3.1'\nnlu:\n"


def lines(count: int, word: str = "text") -> str:
    return "".join(f"      - {word} {i}\n" for i in range(count))


def block(intent: str, examples: str) -> str:
    return f"  - intent: {intent}\n    examples: |\n{examples}"


@pytest.fixture
def write(tmp_path):
    def written(text: str) -> str:
        path = tmp_path / "nlu.yml"
        path.write_text(text)
        return str(path)

    return written


def test_the_repositorys_data():
    examples = data.read("data/nlu.yml")
    counts = {intent: [e.intent for e in examples].count(intent) for intent in {e.intent for e in examples}}
    assert sorted(counts) == [
        "affirm",
        "bot_challenge",
        "deny",
        "goodbye",
        "greet",
        "human_handoff",
        "location",
        "opening_hours",
        "order_status",
        "price",
        "returns",
        "thanks",
    ]
    assert all(20 <= count <= 25 for count in counts.values()), counts


def test_order_and_comments_are_no_change_of_the_data(write):
    one = data.read(write(BODY + block("a", lines(15)) + block("b", lines(15, "word"))))
    other = data.read(write("# A comment.\n" + BODY + block("b", lines(15, "word")) + block("a", lines(15))))
    assert one == other
    assert data.version(one) == data.version(other)
    assert data.version(one) != data.version(
        data.read(write(BODY + block("a", lines(15)) + block("b", lines(16, "word"))))
    )
    assert data.version(one).startswith("sha256:")


RIGHT = "right would be nlu: [{intent: greet, examples: '- hello'}]"


@pytest.mark.parametrize(
    "text, reason",
    [
        ("[]", "has no list nlu; " + RIGHT),
        ("nlu: []", "has no list nlu; " + RIGHT),
        ("nlu: [greet]", ": an entry of nlu has 'greet', only intent and examples are trained; " + RIGHT),
        (
            "nlu: [{intent: a, lookup: b, examples: c}]",
            ": an entry of nlu has 'intent, lookup, examples', only intent and examples are trained; " + RIGHT,
        ),
        (BODY + block("a", lines(14)), ": intent a has 14 examples; write 15 or more"),
        (BODY + block("a", "      hello\n"), ": intent a: 'hello' is no example; right would be '- some text'"),
        (BODY + block("a", "      -\n"), ": intent a: '-' is no example; right would be '- some text'"),
        (
            BODY + block("a", "      - fly to [Rome](city)\n"),
            ": intent a: 'fly to [Rome](city)' marks an entity, and none are trained; write it plainly",
        ),
        (
            BODY + block("a", lines(15)) + block("b", lines(15, "word") + "      - Text  3\n"),
            ": 'Text  3' stands under a and b; keep one of them",
        ),
        (BODY + block("a", lines(15) + "      - text 3\n"), ": 'text 3' stands twice under a; keep one of them"),
    ],
)
def test_bad_data_says_where(write, text, reason):
    path = write(text)
    with pytest.raises(data.DataError) as error:
        data.read(path)
    assert str(error.value) == (path + " " + reason if reason.startswith("has") else path + reason)


def test_no_yaml(write):
    with pytest.raises(data.DataError, match="is no YAML: "):
        data.read(write("nlu: ["))
