"""One is told in the singular: no sentence puts a figure before a plural, but by `counted` or `say_many`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import appraise

ROOT = Path(appraise.__file__).parent
PACKAGES = ("domain", "statistics", "scoring")
FILES = ("cli/showing_training.py", "cli/showing_changes.py", "use_cases/training_effect.py")
PLURAL = re.compile(r"(?: (?P<before>[a-z-]+))?? (?P<noun>[a-z][a-z-]*[a-rt-z]s)\b(?! are\b.*\bof\b)")
NO_PLURALS = {
    *(
        "has",
        "was",
        "does",
        "names",
        "weighs",
        "holds",
        "needs",
        "stands",
        "follows",
        "goes",
        "lies",
        "differs",
        "comes",
    ),
    *("forbids", "decides", "this", "always", "less", "others", "besides", "points", "sds"),
}
"""Verbs after a name, words that only end like a plural, and units of decimals, as in 1.00 points."""
MORE_THAN_ONE = {
    "array.ndim": "one dimension is right",
    "purchases": "at least ten",
    "size": "one is told apart",
    "len(errors)": "one is told apart",
    "fitted.iterations": "as many as are tried at all",
    "(last - day).days": "more than a week",
    "population.employees": "at least five are compared",
    **dict.fromkeys(
        ("visits.size", "employees.size", "array.size", "wrong.size", "length", "pre.size", "d.shape[1]"),
        "told to programmers",
    ),
}
BETWEEN = {"of", "in", "with", "for", "to", "at", "by", "from", "on", "and", "or", "than", "are", "there", "it", "is"}
"""Words after which another thought begins."""


def sentences(text: str) -> Iterator[tuple[int, str, str]]:
    """Line, the value and the plural that follows it, of each f-string."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.JoinedStr):
            continue
        for value, words in zip(node.values, node.values[1:], strict=False):
            if isinstance(value, ast.FormattedValue) and isinstance(words, ast.Constant):
                found = PLURAL.match(str(words.value))
                if found and found["noun"] not in NO_PLURALS and found["before"] not in BETWEEN:
                    yield node.lineno, ast.unparse(value.value), found[0].strip()


def never_one(value: str) -> bool:
    """Constants of the code are more than one, too."""
    return value in MORE_THAN_ONE or re.fullmatch(r"[A-Z_]+(\.[a-z_]+)?", value) is not None


@pytest.mark.parametrize("name", [*PACKAGES, *FILES])
def test_no_sentence_tells_one_thing_in_the_plural(name: str) -> None:
    paths = sorted((ROOT / name).rglob("*.py")) if (ROOT / name).is_dir() else [ROOT / name]
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {{{value}}} {plural}"
        for path in paths
        for line, value, plural in sentences(path.read_text("utf-8"))
        if not never_one(value)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('f"{n} cases"', [("n", "cases")]),
        ('f"At least {n:,} different customers are needed"', [("n", "different customers")]),
        ('f"{name} weighs more"', []),
        ("f\"{counted(n, 'case', 'cases')} of {who}\"", []),
        ('f"{n} of the cases"', []),
    ],
)
def test_such_a_sentence_is_seen(text: str, told: list[tuple[str, str]]) -> None:
    assert [(value, plural) for _, value, plural in sentences(text)] == told
