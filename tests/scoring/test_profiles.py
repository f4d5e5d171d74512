"""Role profiles in a run: held to runs in which everybody has the profile's weights."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.scoring.test_run import TEAM, served

from appraise.domain.employees import Employment
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import ATTRITION, COMPOSITE, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.periods import Period
from appraise.domain.policies import Policy
from appraise.domain.profiles import Profile
from appraise.domain.scorecards import Absence, AbsenceKind, Composite, Scorecard

WEIGHTS = {SATISFACTION: 0.75, REPEAT_PURCHASE: 0.25}
SENIORS = frozenset("abcde")


def with_jobs(world: Any) -> Any:
    served(world.team(*TEAM, "g", "h", "i", "j"))
    world.employments = [
        replace(job, job_title="Senior" if job.employee in SENIORS else "Agent") for job in world.employments
    ]
    return world


def weighing(policy: Policy, weights: dict[IndicatorKey, float]) -> Policy:
    indicators = tuple((key, replace(rules, weight=weights.get(key, 0.0))) for key, rules in policy.indicators)
    return replace(policy, indicators=indicators)


def figures(cards: tuple[Scorecard, ...]) -> dict[str, Any]:
    """The composites, without what lists say."""
    return {
        card.employee: replace(one, flagged=None) if isinstance(one := card.composite, Composite) else one
        for card in cards
    }


@pytest.fixture
def lax(lenient: Policy) -> Policy:
    return replace(lenient, minimum_observed_weight=0.0, consequence_reliability=0.0)


def test_everybody_is_weighed_as_if_all_had_their_profile(build: Any, lax: Policy) -> None:
    profile = Profile("Senior", tuple(sorted(WEIGHTS.items())), jobs=("Senior",))
    found = with_jobs(build()).score(replace(lax, profiles=(profile,)))
    general = figures(with_jobs(build()).score(lax).scorecards)
    seniors = figures(with_jobs(build()).score(weighing(lax, WEIGHTS)).scorecards)

    mixed = figures(found.scorecards)
    assert any(isinstance(one, Composite) for one in mixed.values())
    for employee, one in mixed.items():
        assert one == (seniors if employee in SENIORS else general)[employee]
    assert {key for key, _ in mixed["a"].parts} == set(WEIGHTS)


def test_nobody_stands_in_a_list_with_whoever_is_weighed_otherwise(build: Any, lax: Policy) -> None:
    profile = Profile("Senior", tuple(sorted(WEIGHTS.items())), jobs=("Senior",))
    found = with_jobs(build()).score(replace(lax, profiles=(profile,)))
    listed = {
        card.employee: dict(card.standings)[COMPOSITE].listed
        for card in found.scorecards
        if dict(card.standings).get(COMPOSITE)
    }
    judged = {flags.indicator: flags.judged for flags in found.summary.flags}

    assert {employee: listed[employee] for employee in SENIORS} == dict.fromkeys(SENIORS, len(SENIORS))
    assert judged[COMPOSITE] == sum(isinstance(card.composite, Composite) for card in found.scorecards)
    assert all(count < len(found.scorecards) for count in listed.values())


def test_whoever_changed_is_weighed_by_days(build: Any, lax: Policy) -> None:
    """b was no senior for 73 of 365 days: .8 of the profile's weights and .2 of the policy's .25 each."""
    profile = Profile("Senior", tuple(sorted(WEIGHTS.items())), jobs=("Senior",))
    world = with_jobs(build())
    at = next(at for at, job in enumerate(world.employments) if job.employee == "b")
    job: Employment = world.employments[at]
    changed = date(2025, 3, 15)
    world.employments[at] = replace(job, job_title="Agent", period=Period(job.period.start, changed))
    world.employments.append(replace(job, period=Period(changed, None)))
    found = figures(world.score(replace(lax, profiles=(profile,))).scorecards)

    by_days = {SATISFACTION: 0.65, REPEAT_PURCHASE: 0.25, LIFETIME_VALUE: 0.05, ATTRITION: 0.05}
    assert found["b"] == figures(with_jobs(build()).score(weighing(lax, by_days)).scorecards)["b"]


def test_a_profile_of_what_nobody_can_be_compared_on_has_its_reason(build: Any, lax: Policy) -> None:
    profile = Profile("Senior", ((ATTRITION, 1.0),), jobs=("Senior",))
    cards = with_jobs(build()).score(replace(lax, profiles=(profile,))).scorecards

    assert cards[0].composite == Absence(
        COMPOSITE,
        AbsenceKind.INSUFFICIENT_EVIDENCE,
        "The indicators cannot be put together for anybody in this cycle: no indicator has enough employees.",
    )
    assert any(isinstance(card.composite, Composite) for card in cards)
