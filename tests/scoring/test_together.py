"""All indicators together: what goes in, who gets a figure, and that its parts add up."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from tests.scoring.test_run import TEAM, served

from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.policies import DEFAULT_POLICY, Policy
from appraise.domain.scorecards import Absence, AbsenceKind, Composite, Coverage
from appraise.scoring.findings import Findings, Measured, Results
from appraise.scoring.together import composites


def together(world: Any, policy: Policy) -> list[Composite | Absence | None]:
    return [card.composite for card in world.score(policy).scorecards]


def test_of_one_indicator_it_is_that_indicator_in_sds_of_the_employees_own_part(world: Any, only: Any) -> None:
    """The estimate's distance to the expected, over the root of the share of the spread that its working names."""
    policy = only(SATISFACTION, case_mix=())
    cards = served(world.team(*TEAM)).score(policy).scorecards
    for card in cards:
        estimate, composite = card.result(SATISFACTION), card.composite
        sd = float(re.match(r"[\d.]+", dict(estimate.working.notes)["spread between employees (sd)"])[0])
        own = policy.attributable_share**0.5 * sd

        assert isinstance(composite, Composite)
        assert (float(composite.value) > 0) == (estimate.value > estimate.expected)
        assert float(composite.probability_better) == pytest.approx(float(estimate.probability_better), abs=0.02)
        if sd > 1:
            assert float(composite.value) == pytest.approx(float(estimate.value - estimate.expected) / own, abs=0.25)


def test_the_parts_add_up_and_low_attrition_is_good(world: Any, lenient: Policy) -> None:
    policy = replace(lenient, minimum_observed_weight=0.0, consequence_reliability=0.0)
    found = together(served(world.team(*TEAM)), policy)
    figures = [one for one in found if isinstance(one, Composite)]

    assert figures
    for one in figures:
        assert sum(part for _, part in one.parts) == one.value
        assert one.lower < one.lower_90 < one.value < one.upper_90 < one.upper
        assert one.observed_weight == Decimal(
            "0.50"
        )  # nobody owns a subscription, and purchases are too alike to be foretold
        assert (one.level in {4, 5}) == (one.is_better is True)
        assert (one.level in {1, 2}) == (one.is_better is False)


def test_too_little_weight_or_a_single_figure_is_an_absence_with_its_reason(world: Any, lenient: Policy) -> None:
    served(world.team(*TEAM))

    assert together(world, replace(lenient, minimum_observed_weight=0.8))[0] == Absence(
        "composite",
        AbsenceKind.INSUFFICIENT_EVIDENCE,
        "Indicators with a figure weigh 50\N{NO-BREAK SPACE}% together; at least 80\N{NO-BREAK SPACE}% are needed.",
    )
    strict = replace(lenient, publish_reliability=0.999)
    single = together(world, strict)[0]
    assert isinstance(single, Absence)
    assert "at least 2 are needed to put them together" in single.reason


def test_what_is_withheld_tells_nothing_through_the_composite() -> None:
    """Employee 0's first figure is withheld: whatever it was, the composites are the same."""

    def with_first(value: float) -> dict[int, Composite | Absence]:
        deviation = np.array([value, 1.0, -1.0, 2.0, 0.5, -2.0, 1.5])
        withheld = Absence(SATISFACTION, AbsenceKind.WITHHELD, "fewer than 5 customers")
        nothing = Coverage(SATISFACTION, Decimal(0), Decimal(0))
        secret = Results({0: withheld}, Measured(range(7), deviation, np.full(7, 0.5)))
        other = Results({}, Measured(range(1, 7), deviation[1:], np.full(6, 0.5)))
        found = {SATISFACTION: secret, REPEAT_PURCHASE: other, LIFETIME_VALUE: Results(), ATTRITION: Results()}
        findings = {key: Findings(results, withheld, nothing) for key, results in found.items()}
        return dict(composites(findings, DEFAULT_POLICY, shares={}, errors={}).said)

    assert 0 not in with_first(9.0)
    assert with_first(9.0) == with_first(-9.0)


def test_whoever_was_not_employed_has_none(world: Any, lenient: Policy) -> None:
    served(world.team(*TEAM)).employee("gone", end=date(2020, 1, 2))

    assert together(world, lenient)[-1] == Absence(
        "composite", AbsenceKind.NOT_APPLICABLE, "Not employed on any day of the cycle."
    )


def test_parts_that_do_not_add_up_are_refused() -> None:
    nothing = Decimal(0)
    with pytest.raises(ValueError, match=r"the parts of a composite make 0\.5, not 0"):
        Composite(
            nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing, False, 3, nothing, nothing,
            ((SATISFACTION, Decimal("0.5")),),
        )  # fmt: skip
