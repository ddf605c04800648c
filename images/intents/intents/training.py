"""TF-IDF of words and of letters, and a logistic regression on them. The same examples give the same model."""

import contextlib
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import FeatureUnion, Pipeline
from threadpoolctl import threadpool_limits

from intents.data import Example

SEED = 20261126  # of the folds' shuffle, the one thing that is drawn
FOLDS = 5
WORDS, LETTERS = (1, 2), (2, 4)  # n-grams, from and to; of letters, so that a typing error leaves most of a word
# How far the weights follow the data. scikit-learn's 1 leaves a model of some hundred short texts unsure of it all.
FREEDOM = 10


@dataclass(frozen=True)
class Checked:
    """How well models do that were trained without the examples that they are asked about."""

    accuracy: float  # share of the examples that were understood
    confused: list[tuple[Example, str]]  # an example and the intent that was understood instead; sorted


def pipeline() -> Pipeline:
    """The classifier, untrained."""
    words = TfidfVectorizer(token_pattern=r"\w+", ngram_range=WORDS, sublinear_tf=True)  # noqa: S106, a regular expression
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=LETTERS, sublinear_tf=True)
    regression = LogisticRegression(C=FREEDOM, max_iter=1000)
    return Pipeline([("features", FeatureUnion([("words", words), ("letters", letters)])), ("regression", regression)])


def check(examples: list[Example]) -> Checked:
    """Cross-validates: each fifth of the examples is asked about by a model that was trained with the others."""
    folds = StratifiedKFold(n_splits=FOLDS, shuffle=True, random_state=SEED)
    with _steady():
        understood = cross_val_predict(pipeline(), _texts(examples), _intents(examples), cv=folds)
    pairs = zip(examples, map(str, understood), strict=True)
    confused = sorted((example, instead) for example, instead in pairs if example.intent != instead)
    return Checked(accuracy=1 - len(confused) / len(examples), confused=confused)


def train(examples: list[Example]) -> Pipeline:
    """The classifier, trained with all examples."""
    with _steady():
        return pipeline().fit(_texts(examples), _intents(examples))


def describe(confused: list[tuple[Example, str]]) -> str:
    """The confusions, a line for each pair of intents with its texts, the most frequent first."""
    counts = Counter((example.intent, instead) for example, instead in confused)
    lines = []
    for pair, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        texts = ", ".join(repr(example.text) for example, instead in confused if (example.intent, instead) == pair)
        lines.append(f"  {pair[0]} taken for {pair[1]}, {count}×: {texts}")
    return "\n".join(lines)


def _texts(examples: list[Example]) -> list[str]:
    return [example.text for example in examples]


def _intents(examples: list[Example]) -> list[str]:
    return [example.intent for example in examples]


@contextlib.contextmanager
def _steady() -> Iterator[None]:
    """One thread: sums of several would depend on the processors. A regression that has not come to its end fails."""
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        yield
