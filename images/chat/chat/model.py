"""The intent classifier, as images/intents wrote it down: terms and numbers, computed with and never run."""

import hashlib
import json
import math
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

FORMAT = "botyard-intents/1"
LARGEST = 64 * 1024 * 1024  # bytes; it is read into memory as a whole
BLOCKS = ("words", "letters")


class ModelError(Exception):
    """Why a file is no model that this bot can use."""


@dataclass(frozen=True)
class Block:
    """Terms of one kind: n-grams of words, or of the letters of a word."""

    lengths: range
    terms: dict[str, list[float]]  # by term: its inverse document frequency, then a weight for each intent


@dataclass(frozen=True)
class Model:
    """A trained classifier."""

    digest: str  # of the file, sha256:…
    name: str
    data: str  # version of the training data, sha256:…
    examples: int
    accuracy: float  # cross-validated, as share of the examples
    intents: list[str]
    intercepts: list[float]
    blocks: dict[str, Block]

    def classify(self, text: str) -> tuple[str, float]:
        """The most probable intent of a text, and its probability."""
        scores = list(self.intercepts)
        for kind, block in self.blocks.items():
            grams = (_words if kind == "words" else _letters)(text.lower(), block.lengths)
            _add(scores, block, Counter(grams))
        most = max(scores)
        powers = [math.exp(score - most) for score in scores]
        return self.intents[scores.index(most)], 1 / sum(powers)


def _add(scores: list[float], block: Block, grams: Counter[str]) -> None:
    """Adds the known terms' weights by their TF-IDF, as scikit-learn's TfidfVectorizer has it with sublinear_tf."""
    known = [(block.terms[term], 1 + math.log(count)) for term, count in grams.items() if term in block.terms]
    length = math.sqrt(sum((numbers[0] * often) ** 2 for numbers, often in known))
    for numbers, often in known:
        share = numbers[0] * often / length
        for i, weight in enumerate(numbers[1:]):
            scores[i] += share * weight


def _words(text: str, lengths: range) -> Iterator[str]:
    words = re.findall(r"\w+", text)
    for length in lengths:
        for at in range(len(words) - length + 1):
            yield " ".join(words[at : at + length])


def _letters(text: str, lengths: range) -> Iterator[str]:
    """As scikit-learn's char_wb: within a word with a space at each end; a word that is shorter counts once."""
    for word in text.split():
        padded = f" {word} "
        for length in lengths:
            if length >= len(padded):
                yield padded
                break
            for at in range(len(padded) - length + 1):
                yield padded[at : at + length]


def load(path: str) -> Model:
    """Reads a model. Raises ModelError with the reason."""
    try:
        size = os.stat(path).st_size
        if size > LARGEST:
            raise ModelError(f"{path} has {size} bytes; a model has at most {LARGEST}")
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}") from None
    try:
        document = json.loads(content, parse_constant=_refuse)
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise ModelError(f'{path} is no model of format "{FORMAT}"; make train writes one')
        return _model(document, "sha256:" + hashlib.sha256(content).hexdigest())
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is damaged: {error}; upload what make train wrote") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _model(document: dict, digest: str) -> Model:
    """The model of a document whose format is right. Raises ValueError."""
    intents = _field(document, "intents", list)
    if len(intents) < 2 or len(set(map(str, intents))) != len(intents) or not all(isinstance(i, str) for i in intents):
        raise ValueError("intents must be two names or more, none twice")
    return Model(
        digest=digest,
        name=_field(document, "name", str),
        data=_field(document, "data", str),
        examples=_field(document, "examples", int),
        accuracy=_numbers([document.get("accuracy")], 1, "accuracy")[0],
        intents=intents,
        intercepts=_numbers(document.get("intercepts"), len(intents), "intercepts"),
        blocks={kind: _block(_field(document, kind, dict), kind, len(intents)) for kind in BLOCKS},
    )


def _block(value: dict, kind: str, intents: int) -> Block:
    shortest, longest = _numbers(value.get("ngrams"), 2, kind + ".ngrams")
    if not 1 <= shortest <= longest <= 10 or shortest % 1 or longest % 1:
        raise ValueError(f"{kind}.ngrams must be two lengths from 1 to 10")
    terms = _field(value, "terms", dict)
    for term, numbers in terms.items():
        _numbers(numbers, 1 + intents, f"{kind}.terms[{term!r}]")
        if numbers[0] <= 0:
            raise ValueError(f"{kind}.terms[{term!r}] has a frequency that is not above 0")
    return Block(lengths=range(int(shortest), int(longest) + 1), terms=terms)


def _field(value: dict, key: str, kind: type) -> object:
    if not isinstance(value.get(key), kind):
        raise ValueError(f"{key} must be a {kind.__name__}")
    return value[key]


def _numbers(value: object, count: int, key: str) -> list[float]:
    # bool is an int to Python; no number of a model is one.
    well = isinstance(value, list) and all(isinstance(n, int | float) and not isinstance(n, bool) for n in value)
    if not well or len(value) != count or not all(abs(n) <= sys.float_info.max for n in value):
        raise ValueError(f"{key} must be {count} number{'s' if count > 1 else ''}")
    return value
