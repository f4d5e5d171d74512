"""Groups of two readings against a reader who adds and subtracts whatever is shown."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.contributions import Dimension, Group
from appraise.domain.identifiers import EmployeeId, IndicatorKey, RunId
from appraise.domain.indicators import LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.language import speaking
from appraise.domain.scorecards import Absence, AbsenceKind, Evidence
from appraise.languages import language
from appraise.storage.contributions import Measured, Member, Placed
from appraise.use_cases.group_figures import TABLES, Groups, Hidden, group_of, hidden_groups, pooled, summed
from appraise.use_cases.result_columns import Column, line_of

FEWEST = 3


def member(  # noqa: PLR0913  # what tests vary
    name: str,
    figure: str | None,
    *,
    department: int = 0,
    manager: int = 0,
    profile: str | None = None,
    indicator: IndicatorKey = SATISFACTION,
    error: str = "1",
    evidence: Evidence | None = None,
    money: tuple[int | None, str] | None = None,
) -> Member:
    evidence = evidence or Evidence(10, 10, Decimal(10), credit=Decimal(10))
    result: Measured | Absence = Absence(indicator, AbsenceKind.NOT_OBSERVED, "nothing was seen")
    if figure is not None:
        y = Decimal(figure)
        expected = Decimal(1 if indicator != SATISFACTION else 50)
        foretold, currency = money or (None, None)
        result = Measured(y, y, y, y, y, expected, y, Decimal(error), evidence, foretold, currency)
    place = Placed(
        EmployeeId(name),
        name,
        name,
        f"d{department}",
        f"D{department}",
        EmployeeId(f"m{manager}"),
        f"M{manager}",
        profile,
    )
    return Member(place, RunId("r"), indicator, result)


def column(members: Sequence[Member], places: Sequence[Placed] | None = None) -> Column:
    numbers = {place: number for number, place in enumerate(places or [one.place for one in members])}
    return Column.of([line_of(one) for one in members], [numbers[one.place] for one in members])


def hidden_of(now: list[Member], final: list[Member]) -> tuple[Hidden, Hidden]:
    places = list(dict.fromkeys(one.place for one in (*now, *final)))
    return hidden_groups(Groups(places), column(now, places), column(final, places), fewest=FEWEST)


def told_of_few(now: list[Member], final: list[Member], hidden: tuple[Hidden, Hidden]) -> list[tuple[str, ...]]:
    """Fewer than `FEWEST` people about whom alone some weighted sum of both readings speaks.

    Somebody's figure that is the same in both is one unknown, otherwise two.
    """
    values = [
        {one.place.employee: one.result for one in side if isinstance(one.result, Measured)} for side in (now, final)
    ]
    same = {who for who in values[0] if values[0][who] == values[1].get(who)}
    unknowns = sorted({(who, 0 if who in same else side) for side in (0, 1) for who in values[side]})
    shown = []
    for side, (members, away) in enumerate(zip((now, final), hidden, strict=True)):
        for dimension in Dimension.ORGANISATION, *TABLES:
            groups: dict[Group, set[str]] = {}
            for one in members:
                if isinstance(one.result, Measured):
                    groups.setdefault(group_of(one.place, dimension), set()).add(one.place.employee)
            shown += [
                [float(who in people and which == (0 if who in same else side)) for who, which in unknowns]
                for group, people in groups.items()
                if not away.hides(group)
            ]
    if not shown:
        return []
    span, people = np.array(shown), sorted({who for who, _ in unknowns})
    rank = np.linalg.matrix_rank(span)
    found: list[tuple[str, ...]] = []
    for size in range(1, FEWEST):
        for few in combinations(people, size):
            rest = span[:, [who not in few for who, _ in unknowns]]
            if (np.linalg.matrix_rank(rest) if rest.size else 0) < rank:
                found.append(few)
    return found


situations = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(0, 2),
        st.sampled_from([None, "a", "b"]),
        st.sampled_from([("1", "1"), ("1", "1"), ("1", "2"), ("1", None), (None, "1"), (None, None)]),
    ),
    min_size=1,
    max_size=9,
)


@given(situations)
def test_no_sum_or_difference_of_two_readings_speaks_of_few(
    rows: list[tuple[int, int, str | None, tuple[str, str]]],
) -> None:
    now, final = (
        [
            member(f"e{n}", figures[side], department=department, manager=manager, profile=profile)
            for n, (department, manager, profile, figures) in enumerate(rows)
        ]
        for side in (0, 1)
    )

    hidden = hidden_of(now, final)

    assert told_of_few(now, final, hidden) == []


def test_equal_readings_hide_the_same_and_large_groups_nothing() -> None:
    people = [member(f"e{n}", "1", department=n % 2, manager=n % 2) for n in range(8)]

    first, second = hidden_of(people, people)
    assert first == second == Hidden(frozenset(), everybody=False)
    first, second = hidden_of(people, people[:2])
    assert (first.everybody, second.everybody) == (False, True)
    assert hidden_of(people, []) == (Hidden(frozenset(), everybody=False),) * 2


def test_profiles_give_way_to_departments_and_units() -> None:
    """Two in a unit of six have another profile: the profiles would tell of them, and are withheld instead of it."""
    people = [member(f"e{n}", "1", manager=n % 2, profile="a" if n < 10 else "b") for n in range(12)]

    hidden, _ = hidden_of(people, [])

    assert hidden == Hidden(frozenset({(Dimension.PROFILE, "a"), (Dimension.PROFILE, "b")}), everybody=False)
    alike = [member(f"e{n}", "1", manager=n % 2, profile="ab"[n % 2]) for n in range(12)]
    assert hidden_of(alike, [])[0] == Hidden(frozenset(), everybody=False)


def test_groups_without_a_name_are_named_in_the_readers_language() -> None:
    nowhere = Placed(EmployeeId("e"), "E", "e", None, None, None, None)
    dimensions = (Dimension.DEPARTMENT, Dimension.UNIT, Dimension.PROFILE, Dimension.ORGANISATION)

    with speaking(language("de")):
        german = [group_of(nowhere, one).name for one in dimensions]

    assert german == ["Ohne Abteilung", "Ohne Führungskraft", "Ohne Rollenprofil", "Alle"]
    assert [group_of(nowhere, one).name for one in dimensions] == [
        "No department",
        "No manager",
        "No role profile",
        "Everybody",
    ]


def test_single_employees_are_no_groups() -> None:
    nobody = Hidden(frozenset(), everybody=True)

    assert not nobody.hides(Group(Dimension.EMPLOYEE, "e1", "E", "e"))
    assert nobody.hides(Group(Dimension.ORGANISATION, None, "Everybody", ""))


def test_credit_that_was_not_kept_is_taken_as_shared_by_all() -> None:
    """Three of equal precision: the mean's standard error is 1, as if there were one; else it is 1/√3."""
    unknown = Evidence(10, 10, Decimal(10))

    wide = pooled(SATISFACTION, column([member(f"e{n}", "60", evidence=unknown) for n in range(3)]))
    narrow = pooled(SATISFACTION, column([member(f"e{n}", "60") for n in range(3)]))

    assert [float(wide.upper - wide.value), float(narrow.upper - narrow.value)] == pytest.approx(
        [1.959964, 1.959964 / 3**0.5], abs=1e-5
    )


def test_intervals_stay_on_the_scale_and_no_error_is_taken_as_none() -> None:
    edge = pooled(SATISFACTION, column([member("e1", "99.5", error="0"), member("e2", "99.5", error="1")]))
    wide = pooled(REPEAT_PURCHASE, column([member("e1", "0.2", error="1", indicator=REPEAT_PURCHASE)]))

    assert edge.value == Decimal("99.5")
    assert edge.upper - edge.lower <= Decimal("0.000003")
    assert (wide.lower, wide.is_better) == (0, None)
    assert pooled(SATISFACTION, column([member("e1", "99.5", error="1")])).upper == 100
    assert pooled(IndicatorKey("gone"), column([member("e1", "-7", indicator=IndicatorKey("gone"))])).is_better is None


def test_nothing_is_summed_of_other_indicators_of_two_currencies_or_without_what_was_foretold() -> None:
    def value(name: str, foretold: int | None, currency: str) -> Member:
        return member(name, "1.1", indicator=LIFETIME_VALUE, money=(foretold, currency))

    assert summed(SATISFACTION, column([member("e1", "60")])) is None
    assert summed(LIFETIME_VALUE, column([member("e1", None, indicator=LIFETIME_VALUE)])) is None
    assert summed(LIFETIME_VALUE, column([value("e1", 100, "EUR"), value("e2", 100, "SEK")])) is None
    assert summed(LIFETIME_VALUE, column([value("e1", 100, "EUR"), value("e2", None, "EUR")])) is None
    both = summed(LIFETIME_VALUE, column([value("e1", 100, "EUR"), value("e2", 300, "EUR")]))
    assert both is not None
    assert (both.amount, both.currency) == (Decimal(40), "EUR")
