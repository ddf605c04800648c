"""Trains the classifier and writes its file: python -m intents --data data/nlu.yml --output intents.json."""

import argparse
import os
import sys

from intents import data, model, training


def main() -> None:
    """Exits with 1 and the reason when the data is wrong or the accuracy too low, and writes no file then."""
    options = argparse.ArgumentParser(prog="intents", description=__doc__)
    options.add_argument("--data", required=True, help="the training data, in Rasa's NLU format")
    options.add_argument("--output", required=True, help="the model's file; its name is the model's")
    options.add_argument("--accuracy", type=share, required=True, help="the least accuracy to pass with, such as 0.9")
    args = options.parse_args()
    try:
        examples = data.read(args.data)
    except (OSError, data.DataError) as error:
        sys.exit(f"intents: {error}")
    checked = training.check(examples)
    found = f"cross-validated accuracy {checked.accuracy:.3f} of {len(examples)} examples"
    print(f"{found}; confused:\n{training.describe(checked.confused)}" if checked.confused else found)
    if checked.accuracy < args.accuracy:
        sys.exit(
            f"intents: {found}, at least {args.accuracy:g} is asked for: "
            "give the intents that are confused above more examples, or make them one intent"
        )
    name = os.path.splitext(os.path.basename(args.output))[0]
    model.write(args.output, name, training.train(examples), examples, checked)
    print(f"wrote {args.output}: {os.path.getsize(args.output)} bytes, trained on {data.version(examples)}")


def share(text: str) -> float:
    """A number above 0, at most 1, as an option's value."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} must be a share above 0, at most 1")
    return value


if __name__ == "__main__":
    main()
