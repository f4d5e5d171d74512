"""Suppression against a reader who knows the totals and tries every table that fits."""

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from appraise.errors import InvalidInput
from appraise.statistics.suppression import distinct_rows, hidden_across, hidden_categories, keeps_hidden


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        pytest.param([40, 12, 9], [], id="none is small"),
        pytest.param([40, 12, 3], [1, 2], id="the next larger one keeps it company"),
        pytest.param([40, 3, 12, 4], [1, 3], id="two small ones keep each other company"),
        pytest.param([40, 12, 1, 2], [1, 2, 3], id="two small ones that sum to less than five do not"),
        pytest.param([40, 3], [0, 1], id="of two categories neither can be shown"),
        pytest.param([4], [0], id="a category alone"),
        pytest.param([40, 5], [], id="five people are enough"),
        pytest.param([40, 2, 3], [1, 2], id="five people hidden are enough"),
        pytest.param([40, 1, 1, 1, 1, 2], [1, 2, 3, 4, 5], id="one more person than categories is enough"),
        pytest.param([3, *[12] * 20, *[9] * 20], [0, 21], id="of equal ones the first keeps it company"),
        pytest.param([1, 1, 1, 1, 1, 30], [0, 1, 2, 3, 4, 5], id="as many people as categories are one each"),
    ],
)
def test_which_categories_are_hidden(counts: list[int], hidden: list[int]) -> None:
    assert np.flatnonzero(hidden_categories(counts)).tolist() == hidden


@given(st.lists(st.integers(1, 12), min_size=1, max_size=4))
def test_no_hidden_count_can_be_had_by_subtraction(counts: list[int]) -> None:
    """Every table of positive counts that fits what is shown is tried: each hidden cell keeps two values or more."""
    hidden = np.flatnonzero(hidden_categories(counts)).tolist()
    shown = [position for position in range(len(counts)) if position not in hidden]
    rest = sum(counts) - sum(counts[position] for position in shown)

    assert all(counts[position] >= 5 for position in shown)
    assert rest == 0 or rest >= 5 or not shown
    fitting = [table for table in product(range(1, rest + 1), repeat=len(hidden)) if sum(table) == rest]
    for cell in range(len(hidden)):
        assert len({table[cell] for table in fitting}) > 1 or not shown


@given(st.lists(st.integers(1, 9), min_size=2, max_size=4), st.data())
def test_no_hidden_count_of_another_table_can_be_had_either(counts: list[int], draw: st.DataObject) -> None:
    """A part of the people, by the same categories: tried in the same way, zeros allowed."""
    hidden = hidden_categories(counts)
    part = [draw.draw(st.integers(0, count)) for count in counts]
    if not keeps_hidden(part, hidden):
        return
    rest = sum(count for count, is_hidden in zip(part, hidden, strict=True) if is_hidden)
    fitting = [table for table in product(range(rest + 1), repeat=int(hidden.sum())) if sum(table) == rest]

    assert all(count == 0 or count >= 5 for count, is_hidden in zip(part, hidden, strict=True) if not is_hidden)
    assert all(len({table[cell] for table in fitting}) > 1 for cell in range(int(hidden.sum())))


def test_a_table_that_leaves_few_people_as_the_rest_is_not_shown() -> None:
    hidden = hidden_categories([40, 12, 3])

    assert keeps_hidden([30, 10, 2], hidden)
    assert not keeps_hidden([30, 3, 1], hidden)
    assert not keeps_hidden([3, 10, 2], hidden)
    assert keeps_hidden([0, 10, 2], hidden)
    assert keeps_hidden([5, 2, 3], hidden)
    assert keeps_hidden([5, 2, 3], [0, 1, 1])


def test_a_category_is_not_hidden_alone_however_many_people_it_has() -> None:
    assert not keeps_hidden([40, 12], [False, True])
    assert keeps_hidden([40, 12], [False, False])


@given(st.integers(1, 3), st.data())
def test_rows_are_told_apart_as_numpy_does_it(width: int, draw: st.DataObject) -> None:
    rows = draw.draw(st.lists(st.lists(st.integers(-1, 4), min_size=width, max_size=width), max_size=40))
    table = np.array(rows, dtype=np.int64).reshape(-1, width)
    expected = np.unique(table, axis=0, return_inverse=True, return_counts=True)

    for found, wanted in zip(distinct_rows(table), expected, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_numbers_too_large_for_a_float_are_told_apart() -> None:
    """From 2⁵³ on a double skips odd numbers (IEEE 754)."""
    rows, place, counts = distinct_rows(np.array([[2**53 + 1], [2**53], [2**53 + 1]]))

    assert (rows.tolist(), place.tolist(), counts.tolist()) == ([[2**53], [2**53 + 1]], [1, 0, 1], [1, 2])


def test_counts_are_refused_by_their_name() -> None:
    for call in (lambda: hidden_categories([[1]]), lambda: keeps_hidden([[1]], [True])):
        with pytest.raises(InvalidInput, match=r"^count has 2 dimensions"):
            call()


def told_of_few(parts: NDArray[np.int64], hidden: Sequence[frozenset[int]], fewest: int) -> list[tuple[int, ...]]:
    """Groups of fewer than `fewest` people about whom some sum of what is shown, with weights, speaks alone.

    By linear algebra: of the span of the shown groups (and the total), what vanishes outside a set of people.
    """
    people = parts.shape[0]
    groups = [np.ones(people)]
    for d, names in enumerate(hidden):
        groups += [(parts[:, d] == name).astype(float) for name in set(parts[:, d].tolist()) - names]
    span = np.array(groups)
    rank = np.linalg.matrix_rank(span)
    found = []
    for size in range(1, fewest):
        for few in combinations(range(people), size):
            rest = np.delete(span, few, axis=1)
            if (np.linalg.matrix_rank(rest) if rest.size else 0) < rank:
                found.append(few)
    return found


partitions = st.integers(2, 3).flatmap(
    lambda tables: st.lists(
        st.tuples(st.integers(0, 2), *[st.integers(0, 3)] * (tables - 1)), min_size=1, max_size=9 if tables == 2 else 7
    )
)


@given(partitions)
def test_nothing_shown_of_several_tables_speaks_of_few_people(rows: list[tuple[int, ...]]) -> None:
    parts = np.array(rows)

    hidden = hidden_across(parts, fewest=3)

    if len(rows) < 3:
        assert [set(names) for names in hidden] == [set(column.tolist()) for column in parts.T]
    else:
        assert told_of_few(parts, hidden, 3) == []


def table(*cells: tuple[int, int, int]) -> NDArray[np.int64]:
    """People by (department, unit): cells of a department, a unit and how many."""
    return np.array([(department, unit) for department, unit, people in cells for _ in range(people)])


@pytest.mark.parametrize(
    ("cells", "departments", "units"),
    [
        pytest.param([(0, 0, 6), (0, 1, 5), (1, 2, 9)], [], [], id="none is small"),
        pytest.param([(0, 0, 6), (0, 1, 4), (1, 2, 9)], [], [0, 1], id="a unit is not the department less the other"),
        pytest.param([(0, 0, 9), (0, 1, 7), (0, 2, 3), (1, 3, 8)], [], [1, 2], id="a small one keeps it company"),
        pytest.param([(0, 0, 4), (1, 1, 6), (2, 2, 20)], [0, 1], [0, 1], id="nor everybody less the others"),
        pytest.param([(0, 0, 10), (1, 0, 2), (1, 1, 9)], [], [0, 1], id="a unit across departments"),
        pytest.param([(0, 0, 4)], [0], [0], id="too few people at all"),
        pytest.param([(0, 0, 2), (0, 1, 6), (1, 2, 20), (2, 3, 4)], [0, 2], [0, 1, 3], id="the fewest people first"),
        pytest.param([(0, 0, 5)], [], [], id="enough people in one"),
    ],
)
def test_which_parts_of_two_tables_are_hidden(
    cells: list[tuple[int, int, int]], departments: list[int], units: list[int]
) -> None:
    assert hidden_across(table(*cells)) == (frozenset(departments), frozenset(units))


def test_a_small_part_of_two_coarse_ones_is_not_told_by_them() -> None:
    """Place, department, unit: the 4 people of place 0 in department 0 are those of its other place less all of it."""
    cells = [(0, 0, 0, 4), (1, 0, 1, 6), (0, 1, 2, 7)]
    parts = np.array([cell[:3] for cell in cells for _ in range(cell[3])])

    hidden = hidden_across(parts)

    assert hidden == (frozenset({0, 1}), frozenset({0}), frozenset({0, 1}))
    assert told_of_few(parts, hidden, 5) == []


def test_what_is_hidden_beforehand_stays_so_and_counts() -> None:
    """The part that was hidden may not be what is left of its department either."""
    parts = table((0, 0, 6), (0, 1, 7), (1, 2, 9))

    assert hidden_across(parts, hidden=[(), (0,)]) == (frozenset(), frozenset({0}))
    assert hidden_across(parts[3:], hidden=[(), (0,)]) == (frozenset(), frozenset({0, 1}))
    assert hidden_across(np.empty((0, 2), dtype=np.int64), hidden=[(), (0,)]) == (frozenset(), frozenset({0}))
