"""The model's file: plain JSON, which whoever loads it can only read.

A pickle or joblib file runs what is in it when it is loaded, and the service would load it from a bucket. So what the
classifier has learned is written down as terms and numbers; images/chat computes with them, without scikit-learn.
"""

import json

from sklearn.pipeline import Pipeline

from intents.data import Example, version
from intents.training import LETTERS, WORDS, Checked

FORMAT = "botyard-intents/1"
# Decimals of the numbers: what is beyond changes no answer, and may differ between processors.
DECIMALS = 5


def write(path: str, name: str, model: Pipeline, examples: list[Example], checked: Checked) -> None:
    """Writes the model and what it was made of."""
    features, regression = model["features"], model["regression"]
    document = {
        "format": FORMAT,
        "name": name,
        "data": version(examples),
        "examples": len(examples),
        "accuracy": round(checked.accuracy, 4),
        "intents": [str(intent) for intent in regression.classes_],
        "intercepts": _numbers(regression.intercept_),
    }
    column = 0
    for (kind, vectorizer), ngrams in zip(features.transformer_list, (WORDS, LETTERS), strict=True):
        # One entry a term: its inverse document frequency, then its weight for each intent.
        terms = {}
        for term, frequency in zip(vectorizer.get_feature_names_out(), vectorizer.idf_, strict=True):
            terms[str(term)] = _numbers([frequency, *regression.coef_[:, column]])
            column += 1
        document[kind] = {"ngrams": list(ngrams), "terms": terms}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")


def _numbers(values: object) -> list[float]:
    return [round(float(value), DECIMALS) + 0.0 for value in values]  # + 0.0: no -0.0
