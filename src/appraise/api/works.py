"""What fields cost beyond being written: work for each object that they are asked of, or once for the whole answer.

In points, as measured for 10,000 employees: each stands for about half a millisecond of an object's work, and for about
a third of one of what is done once.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from graphql import FieldNode

SECTION: Final = "a section as one reads an individual's"
POINTS: Final[Mapping[str, int]] = {
    SECTION: 20,
    "managers": 10,
    "department's head": 20,
    "department's members": 10,
    "line's subjects": 5,
}
"""Of each object, whichever of its fields need it."""
ONCE: Final[Mapping[str, int]] = {
    "peers": 500,
    "tables": 5_000,
    "readiness": 5_000,
    "watches": 5_000,
    "whole log": 2_000,
    "tasks": 1_500,
    "ratings given": 500,
    "parts asked for": 500,
}
"""Of the whole answer: it is paid for, and decides the lane, but makes no answer too large."""
WORKS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            *("allowedActions", "calibrationMoves", "comment", "composite", "corrections", "delegates", "disputes"),
            "earlier",
            *("handedIn", "ownComment", "ownRating", "parts", "ratingsByDays", "readers", "respondBy", "revisions"),
            "writeBacks",
        ),
        SECTION,
    ),
    "managers": "managers",
    "head": "department's head",
    "members": "department's members",
    "subjectIds": "line's subjects",
    "benchmark": "peers",
    "readiness": "readiness",
    "watchList": "watches",
    "chain": "whole log",
    "tasks": "tasks",
    "ratingHabit": "ratings given",
    "askedParts": "parts asked for",
}
"""By the names of fields, whatever their types. What a change answers with was read for it: none counts there."""
TABLES: Final = "groupBy"
"""The argument of what makes tables of everybody."""


def work_of(node: FieldNode) -> str | None:
    if any(argument.name.value == TABLES for argument in node.arguments or ()):
        return "tables"
    return WORKS.get(node.name.value)


def points(works: Iterable[str]) -> int:
    return sum(POINTS[work] if work in POINTS else ONCE[work] for work in works)
