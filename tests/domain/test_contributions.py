"""What may be asked of contributions."""

from typing import Any

import pytest

from appraise.domain.contributions import ContributionQuery, Dimension
from appraise.domain.identifiers import CycleId, EmployeeId
from appraise.errors import InvalidInput

FILTERS: dict[str, Any] = {
    "departments": frozenset({"sales"}),
    "managers": frozenset({EmployeeId("max")}),
    "employees": frozenset[EmployeeId](),  # of nobody is a filter too
}
FITTING = {
    Dimension.ORGANISATION: set[str](),
    Dimension.DEPARTMENT: {"departments"},
    Dimension.UNIT: {"managers"},
    Dimension.EMPLOYEE: {"departments", "managers", "employees"},
}
ROWS = {"departments": "department or employee", "managers": "employee or unit", "employees": "employee"}


@pytest.mark.parametrize("dimension", Dimension)
@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_fits_the_rows_that_it_chooses(dimension: Dimension, name: str) -> None:
    if name in FITTING[dimension]:
        assert getattr(ContributionQuery(dimension, **{name: FILTERS[name]}), name) == FILTERS[name]
        return
    with pytest.raises(InvalidInput) as refusal:
        ContributionQuery(dimension, **{name: FILTERS[name]})
    assert str(refusal.value) == (
        f"{name} is no filter of rows by {dimension.value}\n"
        f"  expected: it with rows by {ROWS[name]}\n"
        "  to do:    a filter chooses rows; it does not choose who is counted in them"
    )


@pytest.mark.parametrize("many", [0, 1, 12, 13])
def test_one_to_twelve_cycles_are_told_at_once(many: int) -> None:
    cycles = tuple(CycleId(str(number)) for number in range(many))
    if 1 <= many <= 12:
        assert ContributionQuery(Dimension.UNIT, cycles=cycles).cycles == cycles
        return
    with pytest.raises(InvalidInput) as refusal:
        ContributionQuery(Dimension.UNIT, cycles=cycles)
    assert str(refusal.value) == f"{many} cycles\n  expected: 1 to 12"
