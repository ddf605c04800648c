"""What the model says, worked out by hand, and which files are none."""

import hashlib
import math

import pytest

from chat import model


def probability(*scores: float) -> float:
    """Of the first of the scores."""
    return math.exp(scores[0]) / sum(map(math.exp, scores))


OFTEN = 1 + math.log(3)
THRICE = (  # the scores of opening_hours and greet: words, then letters
    3 * 2 * OFTEN / math.hypot(2 * OFTEN, 1) + OFTEN / math.hypot(OFTEN, 1),
    3 / math.hypot(2 * OFTEN, 1) + 1 / math.hypot(OFTEN, 1),
)


@pytest.mark.parametrize(
    "text, intent, confidence",
    [
        ("hello", "greet", probability(4, 0, 0)),
        ("HELLO!", "greet", probability(4, 0, 0)),
        ("open", "opening_hours", probability(4, 0, 0)),
        ("opening", "opening_hours", probability(1, 0, 0)),  # by its letters alone
        ("a  person", "human_handoff", probability(4, 0, 0)),  # two words, however far apart
        # Two words share a length of 1, by their rarity: 1/√5 of hello's weight, 2/√5 of open's.
        ("hello open", "opening_hours", probability(6 / 5**0.5 + 1 / 2**0.5, 3 / 5**0.5 + 1 / 2**0.5, 0)),
        # A word said thrice counts 1 + ln 3 times.
        ("open open open hello", "opening_hours", probability(*THRICE, 0)),
        ("", "greet", 1 / 3),
        ("nothing known", "greet", 1 / 3),
    ],
)
def test_classify(write, document, text, intent, confidence):
    answer = model.load(write(document)).classify(text)
    assert answer[0] == intent
    assert answer[1] == pytest.approx(confidence, abs=5e-5)


def test_a_short_word_counts_once_and_a_long_one_by_all_its_parts():
    assert list(model._letters("a", range(2, 5))) == [" a", "a ", " a "]
    assert list(model._letters("ab c", range(3, 4))) == [" ab", "ab ", " c "]
    assert list(model._words("when, do-you", range(1, 3))) == ["when", "do", "you", "when do", "do you"]


def test_the_digest_is_the_files(write, document):
    path = write(document)
    with open(path, "rb") as file:
        assert model.load(path).digest == "sha256:" + hashlib.sha256(file.read()).hexdigest()


def test_a_file_that_is_not_there():
    with pytest.raises(model.ModelError, match="^/nowhere/intents.json cannot be read: No such file or directory$"):
        model.load("/nowhere/intents.json")


def test_a_file_that_is_too_large(write, document, monkeypatch):
    monkeypatch.setattr(model, "LARGEST", 10)
    with pytest.raises(model.ModelError, match=r"has \d+ bytes; a model has at most 10$"):
        model.load(write(document))


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": "botyard-intents/2"}'])
def test_a_file_of_another_format(write, text):
    with pytest.raises(model.ModelError, match='is no model of format "botyard-intents/1"; make train writes one$'):
        model.load(write(text))


def test_a_file_that_is_no_json(write):
    for text in ("", "\x80\x04\x95", "[" * 100_000):
        with pytest.raises(model.ModelError, match="is damaged: .*; upload what make train wrote$"):
            model.load(write(text))


@pytest.mark.parametrize(
    "change, reason",
    [
        ({"intents": ["greet"]}, "intents must be two names or more, none twice"),
        ({"intents": ["greet", "greet", "x"]}, "intents must be two names or more, none twice"),
        ({"intents": ["greet", 2, "x"]}, "intents must be two names or more, none twice"),
        ({"intents": "greet"}, "intents must be a list"),
        ({"intercepts": [0, 0]}, "intercepts must be 3 numbers"),
        ({"intercepts": [0, 0, True]}, "intercepts must be 3 numbers"),
        ({"intercepts": [0, 0, 1e999]}, "Infinity is no number"),
        ({"intercepts": [0, 0, float("nan")]}, "NaN is no number"),
        ({"accuracy": None}, "accuracy must be 1 number"),
        ({"words": {"ngrams": [1, 2]}}, "terms must be a dict"),
        ({"words": {"ngrams": [2, 1], "terms": {}}}, "words.ngrams must be two lengths from 1 to 10"),
        ({"letters": {"ngrams": [2, 2000], "terms": {}}}, "letters.ngrams must be two lengths from 1 to 10"),
        ({"letters": {"ngrams": [2, 4], "terms": {"a": [1, 2]}}}, "letters.terms['a'] must be 4 numbers"),
        (
            {"letters": {"ngrams": [2, 4], "terms": {"a": [0, 1, 1, 1]}}},
            "letters.terms['a'] has a frequency that is not above 0",
        ),
        ({"intercepts": [0, 0, 10**400]}, "intercepts must be 3 numbers"),
        ({"name": 1}, "name must be a str"),
    ],
)
def test_a_damaged_model_says_where(write, document, change, reason):
    path = write({**document, **change})
    with pytest.raises(model.ModelError) as error:
        model.load(path)
    assert str(error.value) == f"{path} is damaged: {reason}; upload what make train wrote"
