"""Corrections: what ministack answers differently from AWS, set right.

A correction is a function that takes the place of one function of ministack.
It gets the function that it replaces as its first argument, so that it can
call it and mend what goes in or comes out:

    @corrects("ecs:_describe_services")
    def leave_out_empty_network(original, data):
        '''AWS leaves networkConfiguration out unless the task uses awsvpc (API_Service).'''
        ...

The docstring says which behaviour of AWS it restores, and names AWS's page.
`install` refuses to start on another version of ministack than the corrections
were written for, or where a function that one of them replaces is gone.
"""

import functools
import importlib
import importlib.metadata
from collections.abc import Callable
from dataclasses import dataclass

WRITTEN_FOR = "1.5.33"


class DriftError(Exception):
    """ministack is not the one that the corrections were written for."""


@dataclass(frozen=True)
class Correction:
    """One function of ministack and what takes its place."""

    target: str  # "module:function", the module below ministack.services (or "app")
    replacement: Callable

    @property
    def restores(self) -> str:
        """The behaviour of AWS that this restores: the docstring, on one line."""
        return " ".join((self.replacement.__doc__ or "").split())


REGISTRY: list[Correction] = []
# (module, action) → the function that answers an action that ministack does not know.
ADDED: dict[tuple[str, str], Callable] = {}
# Functions to run once at start, for what is no function of ministack's (tables, loops).
AT_START: list[Callable] = []


def corrects(*targets: str):
    """Register the decorated function as the correction of each target."""
    def register(function):
        REGISTRY.extend(Correction(target, function) for target in targets)
        return function
    return register


def answers(module: str, action: str):
    """Register the decorated function as the answer to an action that ministack lacks."""
    def register(function):
        ADDED[module, action] = function
        return function
    return register


def at_start(function):
    """Register a function that `install` calls once, after all corrections are in place."""
    AT_START.append(function)
    return function


def module_of(target: str):
    """The module of ministack that holds a correction's target."""
    name = target.split(":")[0]
    return importlib.import_module("ministack.app" if name == "app" else f"ministack.services.{name}")


def check(version: str | None = None) -> None:
    """Raise DriftError, naming everything that does not fit."""
    version = version or importlib.metadata.version("ministack")
    problems = []
    if version != WRITTEN_FOR:
        problems.append(f"ministack is {version}, the corrections are for {WRITTEN_FOR}")
    for correction in REGISTRY:
        name = correction.target.split(":")[1]
        if not callable(getattr(module_of(correction.target), name, None)):
            problems.append(f"{correction.target} is not there, {correction.replacement.__name__} replaces it")
    for module, action in ADDED:
        if action in module_of(module)._ACTION_MAP:
            problems.append(f"{module} now answers {action} itself")
    if problems:
        raise DriftError("; ".join(problems) + ". Install toolchain/emulator/requirements.txt, "
                         "or go through the corrections by toolchain/emulator/README.md")


def apply(correction: Correction) -> None:
    """Put one correction in place, also where ministack's table of actions names the function."""
    module, name = module_of(correction.target), correction.target.split(":")[1]
    original = getattr(module, name)
    corrected = functools.wraps(original)(functools.partial(correction.replacement, original))
    setattr(module, name, corrected)
    actions = getattr(module, "_ACTION_MAP", {})
    for action in [action for action, handler in actions.items() if handler is original]:
        actions[action] = corrected


def name_of(function: Callable) -> str:
    """A correction's name in the README and the tests: "module.function"."""
    return f"{function.__module__.removeprefix('corrections.')}.{function.__name__}"


def table() -> list[str]:
    """The corrections as the lines of a Markdown table."""
    from corrections import catalogue  # noqa: F401  (importing registers them)

    places: dict[Callable, list[str]] = {}
    for correction in REGISTRY:
        places.setdefault(correction.replacement, []).append(correction.target)
    places |= {function: [f"{module}: {action}"] for (module, action), function in ADDED.items()}
    places |= {function: ["at start"] for function in AT_START}
    rows = [f"| `{name_of(function)}` | {', '.join(f'`{place}`' for place in where)} | "
            f"{' '.join((function.__doc__ or '').split())} |" for function, where in places.items()]
    return ["| correction | in the place of | what AWS does (its page), and what ministack does |",
            "|---|---|---|", *sorted(rows)]


def install() -> None:
    """Load all corrections, check them against ministack and put them in place."""
    from corrections import catalogue  # noqa: F401  (importing registers them)

    check()
    for correction in REGISTRY:
        apply(correction)
    for (module, action), function in ADDED.items():
        module_of(module)._ACTION_MAP[action] = function
    for function in AT_START:
        function()
