"""The training data: Rasa's NLU format, as far as it says which intent a text has."""

import hashlib
import json
from dataclasses import dataclass

import yaml

FEWEST = 15  # examples of an intent: with fewer, a fifth of them says little in the cross-validation
RIGHT = "right would be nlu: [{intent: greet, examples: '- hello'}]"


class DataError(ValueError):
    """What is wrong with the training data, and what would be right."""


@dataclass(frozen=True, order=True)
class Example:
    """A text that people write, and what they mean by it."""

    intent: str
    text: str


def read(path: str) -> list[Example]:
    """All examples, sorted, so that their order in the file changes no model. Raises DataError."""
    with open(path, encoding="utf-8") as file:
        try:
            document = yaml.safe_load(file)
        except yaml.YAMLError as error:
            raise DataError(f"{path} is no YAML: {error}") from None
    blocks = document.get("nlu") if isinstance(document, dict) else None
    if not isinstance(blocks, list) or not blocks:
        raise DataError(f"{path} has no list nlu; {RIGHT}")
    examples = [example for block in blocks for example in _block(path, block)]
    _no_text_twice(path, examples)
    return sorted(examples)


def _block(path: str, block: object) -> list[Example]:
    if not isinstance(block, dict) or set(block) != {"intent", "examples"}:
        keys = ", ".join(map(str, block)) if isinstance(block, dict) else block
        raise DataError(f"{path}: an entry of nlu has {keys!r}, only intent and examples are trained; {RIGHT}")
    intent, lines = block["intent"], str(block["examples"]).splitlines()
    texts = [line.strip().removeprefix("- ").strip() for line in lines if line.strip()]
    for line, text in zip([line for line in lines if line.strip()], texts, strict=True):
        if not line.strip().startswith("- ") or not text:
            raise DataError(f"{path}: intent {intent}: {line.strip()!r} is no example; right would be '- some text'")
        if "](" in text:
            raise DataError(
                f"{path}: intent {intent}: {text!r} marks an entity, and none are trained; write it plainly"
            )
    if len(texts) < FEWEST:
        raise DataError(f"{path}: intent {intent} has {len(texts)} examples; write {FEWEST} or more")
    return [Example(str(intent), text) for text in texts]


def _no_text_twice(path: str, examples: list[Example]) -> None:
    seen: dict[str, str] = {}
    for example in examples:
        key = " ".join(example.text.lower().split())
        if key in seen:
            where = (
                f"under {seen[key]} and {example.intent}" if seen[key] != example.intent else f"twice under {seen[key]}"
            )
            raise DataError(f"{path}: {example.text!r} stands {where}; keep one of them")
        seen[key] = example.intent


def version(examples: list[Example]) -> str:
    """The version of the data: the same for the same examples, whatever the file's comments and order."""
    text = json.dumps([[example.intent, example.text] for example in examples], ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
