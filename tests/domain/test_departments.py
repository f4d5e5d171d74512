"""The tree of departments, lists of them, and who is at their head."""

import pytest

from appraise.domain.departments import DepartmentOrder, DepartmentsWanted, DepartmentTree, head_among
from appraise.domain.employees import Department
from appraise.domain.identifiers import EmployeeId

ALL = (
    Department("S2", "Sales South", "S"),
    Department("B", "Board"),
    Department("S", "Sales", "B"),
    Department("S1", "sales North", "S"),
    Department("X", "Care", "gone"),
)


@pytest.fixture
def tree() -> DepartmentTree:
    return DepartmentTree(ALL)


def test_each_department_knows_what_is_above_and_below_it(tree: DepartmentTree) -> None:
    assert [one.code for one in tree.children("S")] == ["S1", "S2"]
    assert list(tree.children("S1")) == list(tree.children("unknown")) == []
    assert [getattr(tree.above(code), "code", None) for code in ("S1", "S", "B", "X", "unknown")] == [
        *("S", "B"),
        *(None, None, None),
    ]
    assert tree.get("S1") == ALL[3]
    assert tree.get("s1") is None


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        (DepartmentsWanted(), ["B", "S", "S1", "S2", "X"]),
        (DepartmentsWanted(order=DepartmentOrder.NAME), ["B", "X", "S", "S1", "S2"]),
        (DepartmentsWanted(codes=frozenset({"S", "X", "nothing"})), ["S", "X"]),
        (DepartmentsWanted(codes=frozenset()), []),
        (DepartmentsWanted(search=" SALES "), ["S", "S1", "S2"]),
        (DepartmentsWanted(search="x"), ["X"]),
        (DepartmentsWanted(search=" "), ["B", "S", "S1", "S2", "X"]),
        (DepartmentsWanted(parent="S"), ["S1", "S2"]),
        (DepartmentsWanted(parent="S", search="north"), ["S1"]),
        (DepartmentsWanted(is_top=True), ["B", "X"]),
        (DepartmentsWanted(is_top=False), ["S", "S1", "S2"]),
    ],
)
def test_filters_must_all_hold(tree: DepartmentTree, wanted: DepartmentsWanted, codes: list[str]) -> None:
    assert [one.code for one in tree.chosen(wanted)] == codes


@pytest.mark.parametrize(
    ("managers", "head"),
    [
        ({}, None),
        ({"a": ["m", "d"]}, "a"),
        ({"a": ["m", "d"], "m": ["d"]}, "m"),
        ({"a": ["m", "d"], "b": ["n", "d"]}, "d"),
        ({"a": ["m", "d"], "b": ["m", "d"], "c": ["n", "m", "d"]}, "m"),
        ({"m": ["d"], "a": ["m", "d"], "d": []}, "d"),
        ({"a": ["m"], "b": []}, None),
    ],
)
def test_the_head_is_the_nearest_whom_all_have_in_common(managers: dict[str, list[str]], head: str | None) -> None:
    lines = {EmployeeId(one): [EmployeeId(key) for key in above] for one, above in managers.items()}

    assert head_among(lines) == head
    assert head_among(dict(reversed(lines.items()))) == head
