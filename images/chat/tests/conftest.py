"""A model small enough to work out by hand: "open" and its letters say opening_hours, "hello" says greet."""

import json

import pytest

DOCUMENT = {
    "format": "botyard-intents/1",
    "name": "intents",
    "data": "sha256:aa",
    "examples": 30,
    "accuracy": 0.95,
    "intents": ["greet", "human_handoff", "opening_hours"],
    "intercepts": [0.0, 0.0, 0.0],
    "words": {
        "ngrams": [1, 2],
        "terms": {
            "hello": [1.0, 3.0, 0, 0],
            "open": [2.0, 0, 0, 3.0],
            "a person": [1.0, 0, 3.0, 0],
            "maybe": [1.0, 0.1, 0, 0],
        },
    },
    "letters": {"ngrams": [2, 4], "terms": {"ope": [1.0, 0, 0, 1.0], " he": [1.0, 1.0, 0, 0], " a ": [1.0, 0, 1.0, 0]}},
}


@pytest.fixture
def document():
    """The model's document, to change."""
    return json.loads(json.dumps(DOCUMENT))


@pytest.fixture
def write(tmp_path):
    """Writes a document, or a text as it is, and gives its path."""

    def written(content) -> str:
        path = tmp_path / "intents.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    return written
