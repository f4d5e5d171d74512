"""Whom an event names."""

import pytest

from appraise.domain.employees import Employee, ExternalReference
from appraise.domain.identifiers import EmployeeId
from appraise.scoring.references import AMBIGUOUS, NOBODY_NAMED, UNKNOWN, directory

PEOPLE = directory(
    [
        Employee(EmployeeId("a"), "Jo Sand", "Jo.Sand@example.org", (ExternalReference("desk:agent", "0007"),)),
        Employee(EmployeeId("b"), "Jo  sand", "jo2@example.org"),
        Employee(EmployeeId("c"), "Ida Berg", references=(ExternalReference("name", "Berg, Ida"),)),
    ]
)


@pytest.mark.parametrize(
    ("namespace", "key", "found"),
    [
        ("desk:agent", "0007", (0, None)),
        ("desk:agent", " 0007 ", (0, None)),
        ("desk:agent", "7", (None, UNKNOWN)),
        ("shop:user", "0007", (None, UNKNOWN)),
        ("email", "JO.SAND@EXAMPLE.ORG", (0, None)),
        ("name", "ida BERG", (2, None)),
        ("name", "berg, ida", (2, None)),
        ("name", "jo sand", (None, AMBIGUOUS)),
        ("name", None, (None, NOBODY_NAMED)),
        ("name", "  ", (None, NOBODY_NAMED)),
        (None, "0007", (None, NOBODY_NAMED)),
    ],
)
def test_a_reference_names_one_employee_or_says_why_not(
    namespace: str | None, key: str | None, found: tuple[int | None, str | None]
) -> None:
    assert PEOPLE.resolve(namespace, key) == found
