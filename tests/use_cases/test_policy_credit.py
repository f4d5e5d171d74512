"""Lint knows before the run which ways of sharing credit scoring refuses."""

from dataclasses import replace
from itertools import product

import pytest
from tests.scoring.conftest import World

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.policies import DEFAULT_POLICY, Attribution
from appraise.domain.policy_documents import document_of
from appraise.domain.policy_lint import FACTORS, Level, lint
from appraise.errors import InvalidInput
from appraise.scoring.case_mix import PRIOR_PURCHASES
from appraise.scoring.prepared import CASE_COLUMNS

TEAM = ("a", "b", "c", "d", "e", "f")


def served() -> World:
    world = World().team(*TEAM)
    for i, name in enumerate(TEAM):
        for j in range(12):
            customer = f"{name}{j}"
            world.purchase(customer, 1 + i + j).contact(customer, 30 + i + j, name, event_id=customer)
            world.rating(customer, 31 + i + j, None, 1 + (i + j) % 5, contact_id=customer).purchase(
                customer, 40 + 2 * j
            )
            world.subscription(customer, 1).ownership(customer, 2, name)
    return world


@pytest.mark.parametrize(
    ("indicator", "rule"),
    [
        *product([SATISFACTION, ATTRITION], Attribution),
        *product([REPEAT_PURCHASE, LIFETIME_VALUE], [Attribution.TIME_DECAY, Attribution.OWNERSHIP]),
    ],
)
def test_lint_refuses_the_attributions_that_scoring_refuses(indicator: IndicatorKey, rule: Attribution) -> None:
    rules = replace(DEFAULT_POLICY.of(indicator), attribution=rule, weight=1.0)
    policy = replace(DEFAULT_POLICY, indicators=((indicator, rules),))
    try:
        served().score(policy)
    except InvalidInput:
        refused = True
    else:
        refused = False

    assert any(finding.level is Level.ERROR for finding in lint(document_of(policy))) is refused


def test_lint_knows_the_factors_of_scoring() -> None:
    known = {key: tuple(factors) for key, factors in FACTORS.items()}

    assert known == {
        SATISFACTION: CASE_COLUMNS,
        REPEAT_PURCHASE: (*CASE_COLUMNS, PRIOR_PURCHASES),
        LIFETIME_VALUE: (*CASE_COLUMNS, PRIOR_PURCHASES),
        ATTRITION: CASE_COLUMNS,
    }
