"""What may be asked of contributions."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from appraise.domain.contributions import (
    Contribution,
    ContributionQuery,
    ContributionRow,
    Cover,
    Dimension,
    Figure,
    Grain,
    Group,
    Reading,
    Total,
    TotalUnit,
    stretch_of,
    taken_together,
)
from appraise.domain.cycles import Cycle
from appraise.domain.identifiers import CycleId, EmployeeId
from appraise.domain.indicators import LIFETIME_VALUE, SATISFACTION
from appraise.domain.periods import Period
from appraise.domain.scorecards import Absence, AbsenceKind
from appraise.errors import InvalidInput

FILTERS: dict[str, Any] = {
    "departments": frozenset({"sales"}),
    "managers": frozenset({EmployeeId("max")}),
    "employees": frozenset[EmployeeId](),  # of nobody is a filter too
    "profiles": frozenset({"Sales"}),
}
FITTING = {
    Dimension.ORGANISATION: set[str](),
    Dimension.DEPARTMENT: {"departments"},
    Dimension.UNIT: {"managers"},
    Dimension.PROFILE: {"profiles"},
    Dimension.EMPLOYEE: {"departments", "managers", "employees", "profiles"},
}
ROWS = {
    "departments": "department or employee",
    "managers": "employee or unit",
    "employees": "employee",
    "profiles": "employee or profile",
}


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


def cycle(name: str, start: str, end: str | None) -> Cycle:
    return Cycle(
        CycleId(f"key of {name}"),
        name,
        Period(date.fromisoformat(start), None if end is None else date.fromisoformat(end)),
    )


@pytest.mark.parametrize(
    ("start", "end", "grain", "name", "period"),
    [
        ("2025-01-01", "2026-01-01", Grain.YEAR, "2025", ("2025-01-01", "2026-01-01")),
        ("2025-03-15", "2025-04-15", Grain.YEAR, "2025", ("2025-01-01", "2026-01-01")),
        ("2025-01-01", "2025-04-01", Grain.QUARTER, "2025 Q1", ("2025-01-01", "2025-04-01")),
        ("2025-06-30", "2025-07-01", Grain.QUARTER, "2025 Q2", ("2025-04-01", "2025-07-01")),
        ("2025-10-01", "2026-01-01", Grain.QUARTER, "2025 Q4", ("2025-10-01", "2026-01-01")),
        ("9998-11-01", "9998-12-01", Grain.YEAR, "9998", ("9998-01-01", "9999-01-01")),
        ("9999-07-01", "9999-08-01", Grain.QUARTER, "9999 Q3", ("9999-07-01", "9999-10-01")),
        ("9999-11-01", "9999-12-01", Grain.QUARTER, "9999 Q4", ("9999-10-01", None)),
    ],
)
def test_a_cycle_belongs_to_the_quarter_or_year_within_which_it_lies(
    start: str, end: str, grain: Grain, name: str, period: tuple[str, str | None]
) -> None:
    found = stretch_of(cycle("C", start, end), grain)

    assert (found.grain, found.key, found.name) == (grain, name, name)
    assert found.period == cycle("", *period).period


def test_by_cycle_a_row_is_about_its_own_time() -> None:
    one = cycle("FY25", "2025-04-01", None)

    found = stretch_of(one, Grain.CYCLE)

    assert (found.grain, found.key, found.name, found.period) == (Grain.CYCLE, "key of FY25", "FY25", one.period)


@pytest.mark.parametrize(
    ("start", "end", "grain", "shown"),
    [
        ("2025-04-01", "2026-04-01", Grain.YEAR, "2025-04-01 – 2026-04-01"),
        ("2025-01-01", "2026-01-02", Grain.YEAR, "2025-01-01 – 2026-01-02"),
        ("2025-01-01", "2025-04-02", Grain.QUARTER, "2025-01-01 – 2025-04-02"),
        ("2024-01-01", "2025-02-01", Grain.QUARTER, "2024-01-01 – 2025-02-01"),
        ("2025-01-01", None, Grain.YEAR, "2025-01-01 – open"),
    ],
)
def test_a_cycle_is_never_divided(start: str, end: str | None, grain: Grain, shown: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        stretch_of(cycle("C", start, end), grain)
    assert str(refusal.value) == (
        f"the cycle C ({shown}) does not lie within one {grain}\n"
        f"  expected: cycles of which each lies within a calendar {grain}\n"
        "  to do:    ask by a coarser grain or by CYCLE, or choose cycles with `where`"
    )


H1, H2 = cycle("H1", "2025-01-01", "2025-07-01"), cycle("H2", "2025-07-01", "2026-01-01")
SALES = Group(Dimension.DEPARTMENT, "s", "Sales", "sales")
FIGURE = Figure(LIFETIME_VALUE, *(Decimal(1) for _ in range(6)), is_pooled=True)
NOTHING = Absence(LIFETIME_VALUE, AbsenceKind.NOT_OBSERVED, "nobody")
HIDDEN = Absence(LIFETIME_VALUE, AbsenceKind.WITHHELD, "few")


def money(amount: int, currency: str = "EUR") -> Total:
    return Total(TotalUnit.MONEY, Decimal(amount), Decimal(amount - 10), Decimal(amount + 20), currency)


def reading(total: Total | None, *, measured: int = 5, day: int = 1, result: Figure | Absence = FIGURE) -> Reading:
    absent = ((AbsenceKind.EXCLUDED, 2), (AbsenceKind.NOT_OBSERVED, 1)) if measured else ((AbsenceKind.EXCLUDED, 8),)
    return Reading(result, total, Cover(8, measured, absent), date(2026, 1, day))


def together(*readings: Reading | None) -> Contribution:
    rows = [
        ContributionRow(one, SALES, (Contribution(LIFETIME_VALUE, reading, None),))
        for one, reading in zip((H1, H2), readings, strict=True)
    ]
    found = taken_together(stretch_of(H1, Grain.YEAR), rows[::-1])
    assert (found.cycles, found.group, found.stretch.name) == ((H1, H2), SALES, "2025")
    (contribution,) = found.contributions
    assert (contribution.indicator, contribution.finalised) == (LIFETIME_VALUE, None)
    return contribution


def test_over_cycles_totals_are_added_and_figures_are_not() -> None:
    found = together(reading(money(100), day=2), reading(money(-30), day=1)).now

    assert found == Reading(
        Absence(
            LIFETIME_VALUE,
            AbsenceKind.NOT_APPLICABLE,
            "Figures of several cycles are not taken together; only totals add up.",
        ),
        Total(TotalUnit.MONEY, Decimal(70), Decimal(50), Decimal(110), "EUR"),
        Cover(16, 10, ((AbsenceKind.EXCLUDED, 4), (AbsenceKind.NOT_OBSERVED, 2))),
        date(2026, 1, 1),
    )


def test_what_is_withheld_of_one_cycle_is_withheld_of_all() -> None:
    hidden = Reading(HIDDEN, None, None, date(2025, 12, 1))

    assert together(reading(money(1)), hidden).now == hidden


def test_a_cycle_that_says_nothing_adds_nothing() -> None:
    nobody = reading(None, measured=0, result=NOTHING)
    parts = {
        "one is not scored": (None, reading(money(7)), money(7)),
        "nobody has a figure in one": (nobody, reading(money(7)), money(7)),
        "nobody has one in either": (nobody, nobody, None),
        "one has figures and no total": (reading(None), reading(money(7)), None),
        "currencies differ": (reading(money(1, "USD")), reading(money(7)), None),
    }
    for name, (first, second, total) in parts.items():
        found = together(first, second).now
        assert found is not None, name
        assert found.total == total, name
    assert together(None, None).now is None


def test_an_indicator_of_one_cycle_only_is_there_and_one_cycle_alone_stays_as_it_is() -> None:
    one, other = Contribution(SATISFACTION, reading(None), None), Contribution(LIFETIME_VALUE, reading(money(1)), None)
    rows = [ContributionRow(H1, SALES, (one,)), ContributionRow(H2, SALES, (other,))]

    both = taken_together(stretch_of(H1, Grain.YEAR), rows).contributions
    alone = taken_together(stretch_of(H1, Grain.YEAR), rows[:1])

    assert [found.indicator for found in both] == [SATISFACTION, LIFETIME_VALUE]
    assert all(found.now and isinstance(found.now.result, Absence) for found in both)
    assert (alone.contributions, alone.cycles) == ((one,), (H1,))


def test_overlapping_cycles_are_not_added() -> None:
    rows = [ContributionRow(one, SALES, ()) for one in (cycle("All", "2025-01-01", "2026-01-01"), H2)]

    with pytest.raises(InvalidInput) as refusal:
        taken_together(stretch_of(H1, Grain.YEAR), rows)
    assert str(refusal.value) == (
        "the cycles All and H2 overlap in 2025\n"
        "  expected: cycles of which no two share a day\n"
        "  to do:    choose cycles with `where`, or ask by CYCLE"
    )


def test_figures_of_final_sections_are_taken_together_as_those_known_now_are() -> None:
    rows = [ContributionRow(one, SALES, (Contribution(LIFETIME_VALUE, None, reading(money(7))),)) for one in (H1, H2)]

    (found,) = taken_together(stretch_of(H1, Grain.YEAR), rows).contributions

    assert (found.now, found.finalised) == (None, together(reading(money(7)), reading(money(7))).now)
