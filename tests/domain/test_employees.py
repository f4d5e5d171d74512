"""Reporting loops and references."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.employees import ExternalReference, reporting_loops


@pytest.mark.parametrize(
    ("manager_of", "loops"),
    [
        ({}, []),
        ({"b": "a", "c": "b"}, []),
        ({"a": "a"}, [["a", "a"]]),
        ({"b": "c", "c": "b", "d": "b"}, [["b", "c", "b"]]),
        ({"c": "b", "b": "a", "a": "c"}, [["a", "c", "b", "a"]]),
        ({"a": "b", "b": "a", "x": "y", "y": "x"}, [["a", "b", "a"], ["x", "y", "x"]]),
    ],
)
def test_each_loop_is_told_once_with_its_path(manager_of: dict[str, str], loops: list[list[str]]) -> None:
    assert reporting_loops(manager_of) == loops


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")))
def test_exactly_those_are_in_a_loop_who_come_back_to_themselves(manager_of: dict[str, str]) -> None:
    def comes_back(start: str) -> bool:
        person = start
        for _ in range(len(manager_of) + 1):
            if person not in manager_of:
                return False
            person = manager_of[person]
            if person == start:
                return True
        return False

    assert {person for loop in reporting_loops(manager_of) for person in loop} == set(filter(comes_back, manager_of))


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")))
def test_a_path_follows_the_lines_and_ends_where_it_began(manager_of: dict[str, str]) -> None:
    for loop in reporting_loops(manager_of):
        assert [manager_of[person] for person in loop[:-1]] == loop[1:]
        assert loop[0] == loop[-1] == min(loop)


@pytest.mark.parametrize(
    ("reference", "normalised"),
    [
        (ExternalReference("email", " Ann@Example.ORG "), ExternalReference("email", "ann@example.org")),
        (ExternalReference("name", "Jo\u0308rg MU\u0308LLER"), ExternalReference("name", "j\u00f6rg m\u00fcller")),
        (ExternalReference("hr:id", "A\u0308"), ExternalReference("hr:id", "A\u0308")),
        (ExternalReference("name", "ann   LEE"), ExternalReference("name", "ann lee")),
        (ExternalReference("hr:id", " A1 "), ExternalReference("hr:id", "A1")),
    ],
)
def test_names_and_addresses_are_compared_without_case_and_ids_as_they_are(
    reference: ExternalReference, normalised: ExternalReference
) -> None:
    assert reference.normalised() == normalised
