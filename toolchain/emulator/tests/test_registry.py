"""The corrections themselves: documented, tested, and refused where ministack is another."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from ministack import app, services

import corrections

HERE = Path(__file__).resolve().parent


name_of = corrections.name_of
ALL = sorted({name_of(c.replacement) for c in corrections.REGISTRY}
             | {name_of(f) for f in corrections.ADDED.values()} | {name_of(f) for f in corrections.AT_START})


def covered():
    """Every name in a `covers(...)` of the tests, read from their source."""
    found = set()
    for file in HERE.glob("test_*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "covers":
                found |= {argument.value for argument in call.args}
    return found


@pytest.mark.parametrize("name", ALL)
def test_each_correction_has_a_test(name):
    assert name in covered()


def test_no_test_covers_what_is_not_there():
    assert covered() - set(ALL) == set()


@pytest.mark.parametrize("correction", corrections.REGISTRY, ids=lambda c: c.target)
def test_each_correction_says_what_it_restores(correction):
    assert len(correction.restores) > 40
    # AWS's page, or which part of AWS's behaviour another docstring describes.
    assert re.search(r"\(([^)]+)\)", correction.restores), "name the page of AWS's documentation in parentheses"


def test_the_readme_holds_the_table():
    """`python run.py corrections` prints it."""
    readme = (HERE.parent / "README.md").read_text().splitlines()
    assert [line for line in corrections.table() if line not in readme] == []
    rows = readme[readme.index(corrections.table()[0]) + 2:]
    listed = {line.split("`")[1] for line in rows if line.startswith("| `")}
    assert listed - set(ALL) == set(), "these corrections are gone"


def test_another_version_is_refused():
    with pytest.raises(corrections.DriftError, match=r"ministack is 9\.9\.9, the corrections are for 1\.5\.33"):
        corrections.check(version="9.9.9")


def test_a_missing_target_is_refused_by_name(monkeypatch):
    gone = corrections.Correction("ecs:_no_such_function", lambda original: None)
    monkeypatch.setattr(corrections, "REGISTRY", [gone])
    with pytest.raises(corrections.DriftError, match="ecs:_no_such_function is not there"):
        corrections.check()


def test_an_action_that_ministack_learns_is_told(monkeypatch):
    monkeypatch.setattr(corrections, "ADDED", {("ecs", "RunTask"): lambda data: None})
    with pytest.raises(corrections.DriftError, match="ecs now answers RunTask itself"):
        corrections.check()


def test_actions_lead_to_the_corrections():
    from ministack.services import ecs
    assert ecs._ACTION_MAP["DescribeServices"] is ecs._describe_services
    assert ecs._describe_services.func.__name__ == "leave_out_empty_network"


def test_all_that_the_corrections_use_of_ministack_is_there():
    """Drift of what is called rather than replaced is found here: every `module._name` must exist."""
    missing = []
    for file in [*(HERE.parent / "corrections").glob("*.py"), *HERE.parent.glob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr.startswith("_"):
                module = app if node.value.id == "app" else getattr(services, node.value.id, None)
                if inspect.ismodule(module) and module.__name__.startswith("ministack") and \
                        not hasattr(module, node.attr):
                    missing.append(f"{file.name}: {node.value.id}.{node.attr}")
    assert missing == []
