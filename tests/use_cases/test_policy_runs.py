"""Runs beside each other and the policies that they followed, on each kind of records database."""

from datetime import timedelta
from decimal import Decimal

from tests.use_cases.conftest import AT, Company

from appraise.domain.indicators import ATTRITION, COMPOSITE, SATISFACTION
from appraise.domain.policies import DEFAULT_POLICY
from appraise.use_cases.compare_runs import (
    IndicatorChanges,
    Move,
    Reading,
    ReadingChange,
    RunChanges,
    Side,
    compare_with_previous,
)
from appraise.use_cases.read_policy import policy_of_cycle


def test_a_run_is_compared_with_the_one_before(company: Company) -> None:
    """By hand: 71.25 ± 6.70 holds the expected 68, 80 ± 6.70 lies above it."""
    runs = [
        company.scored(at=AT + timedelta(hours=hour), value=value) for hour, value in enumerate(("1", "71.25", "80"))
    ]
    people = ("Ann", "Ben", "Max")

    changes = compare_with_previous(company.deployment, company.principal("hal"), runs[2])

    covered = runs[2].coverage[0]
    ids = [company.ids[name.casefold()] for name in people]
    pairs = list(zip(ids, people, strict=True))
    assert changes == RunChanges(
        inputs=(),
        indicators=(
            IndicatorChanges(
                SATISFACTION,
                estimates=(3, 3),
                appeared=0,
                vanished=0,
                readings=tuple(
                    ReadingChange(one, name, Reading(Side.CANNOT_TELL), Reading(Side.BETTER), handed_in=False)
                    for one, name in pairs
                ),
                moves=tuple(Move(one, name, Decimal("71.25"), Decimal(80)) for one, name in pairs),
                coverage=(covered, covered),
            ),
            IndicatorChanges(ATTRITION, (0, 0), 0, 0, (), (), (None, None)),
            IndicatorChanges(COMPOSITE, (1, 1), 0, 0, (), (), (None, None)),
        ),
    )


def test_the_policy_of_the_latest_run_is_read_back(company: Company) -> None:
    company.scored()

    assert policy_of_cycle(company.deployment, company.principal("ben"), company.cycle.id) == DEFAULT_POLICY
