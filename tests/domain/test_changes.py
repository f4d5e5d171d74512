"""Which cycles can be compared, and a change in a sentence."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from appraise.domain.changes import Change, change_sentence, check_order, incomparable, verdict
from appraise.domain.cycles import Cycle
from appraise.domain.identifiers import CycleId, IndicatorKey
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.periods import Period
from appraise.domain.policies import DEFAULT_POLICY, Attribution, Policy, Relation
from appraise.errors import InvalidInput
from appraise.scoring.installed import installed

installed()  # what is installed is known, also where these tests run without the others

BEFORE = Cycle(CycleId("a"), "2024", Period(date(2024, 1, 1), date(2025, 1, 1)))
AFTER = Cycle(CycleId("b"), "2025", Period(date(2025, 1, 1), date(2026, 1, 1)))

CHANGE = Change(
    indicator=SATISFACTION,
    value=Decimal("1.85"),
    lower=Decimal("-0.44"),
    upper=Decimal("4.05"),
    lower_90=Decimal("-0.10"),
    upper_90=Decimal("3.70"),
    unshrunk=Decimal("3.12"),
    probability_improved=Decimal("0.95"),
)


def with_rules(indicator: IndicatorKey, **changed: object) -> Policy:
    rules = tuple(
        (key, replace(one, **changed) if key == indicator else one)  # type: ignore[arg-type]
        for key, one in DEFAULT_POLICY.indicators
    )
    return replace(DEFAULT_POLICY, indicators=rules)


@pytest.mark.parametrize(
    ("indicator", "policy", "rule"),
    [
        (
            SATISFACTION,
            with_rules(SATISFACTION, case_mix=("prior_purchases", "topic")),
            "case mix (channel, topic, segment in 2024, prior purchases, topic in 2025)",
        ),
        (
            SATISFACTION,
            with_rules(SATISFACTION, case_mix=()),
            "case mix (channel, topic, segment in 2024, none in 2025)",
        ),
        (
            SATISFACTION,
            with_rules(SATISFACTION, attribution=Attribution.LAST_TOUCH),
            "attribution (direct in 2024, last touch in 2025)",
        ),
        (
            SATISFACTION,
            with_rules(SATISFACTION, attribution=Attribution.TIME_DECAY),
            "attribution (direct in 2024, time decay in 2025); half-life in days (none in 2024, 14 in 2025)",
        ),
        (
            REPEAT_PURCHASE,
            with_rules(REPEAT_PURCHASE, attribution=Attribution.LINEAR),
            "attribution (time decay in 2024, linear in 2025); half-life in days (14 in 2024, none in 2025)",
        ),
        (
            REPEAT_PURCHASE,
            with_rules(REPEAT_PURCHASE, horizon_days=30),
            "horizon in days (90 in 2024, 30 in 2025)",
        ),
        (REPEAT_PURCHASE, with_rules(REPEAT_PURCHASE, window_days=30), "window in days (90 in 2024, 30 in 2025)"),
        (REPEAT_PURCHASE, with_rules(REPEAT_PURCHASE, half_life_days=7), "half-life in days (14 in 2024, 7 in 2025)"),
        (LIFETIME_VALUE, replace(DEFAULT_POLICY, annual_discount=0.2), "yearly discount (0.1 in 2024, 0.2 in 2025)"),
        (
            ATTRITION,
            replace(DEFAULT_POLICY, ownership_grace_days=0),
            "days of grace after a change of owner (90 in 2024, 0 in 2025)",
        ),
        (
            ATTRITION,
            with_rules(ATTRITION, relation=Relation.NON_CONTRACTUAL),
            "who is lost (auto in 2024, non-contractual in 2025)",
        ),
        (
            ATTRITION,
            with_rules(ATTRITION, relation=Relation.CONTRACTUAL),
            "who is lost (auto in 2024, contractual in 2025); days without a purchase (90 in 2024, none in 2025)",
        ),
        (
            ATTRITION,
            with_rules(ATTRITION, inactive_after_days=60),
            "days without a purchase (90 in 2024, 60 in 2025)",
        ),
    ],
)
def test_runs_by_other_rules_are_refused_with_the_rule(indicator: IndicatorKey, policy: Policy, rule: str) -> None:
    assert incomparable(indicator, (BEFORE, AFTER), (DEFAULT_POLICY, policy)) == (
        "the two cycles were scored by different rules, so a difference would not be the employee's: "
        f"{rule}; score both by the same policy to compare them"
    )


def test_an_indicator_that_one_cycle_was_scored_without_cannot_be_compared() -> None:
    satisfaction = replace(DEFAULT_POLICY.of(SATISFACTION), weight=1.0)
    policy = replace(DEFAULT_POLICY, indicators=((SATISFACTION, satisfaction),))

    assert (
        incomparable(ATTRITION, (BEFORE, AFTER), (DEFAULT_POLICY, policy)) == "2025 was scored without this indicator"
    )
    assert (
        incomparable(ATTRITION, (BEFORE, AFTER), (policy, DEFAULT_POLICY)) == "2024 was scored without this indicator"
    )


def test_what_does_not_change_the_figure_is_no_hindrance() -> None:
    policy = replace(
        with_rules(SATISFACTION, minimum_events=20, half_life_days=7),
        attributable_share=0.8,
        ownership_grace_days=0,
        annual_discount=0.2,
    )

    assert incomparable(SATISFACTION, (BEFORE, AFTER), (DEFAULT_POLICY, policy)) is None
    assert incomparable(SATISFACTION, (BEFORE, AFTER), (policy, policy)) is None


def test_days_without_a_purchase_do_not_count_where_subscriptions_alone_tell_who_is_lost() -> None:
    one, other = (
        with_rules(ATTRITION, relation=Relation.CONTRACTUAL, inactive_after_days=number) for number in (60, 90)
    )

    assert incomparable(ATTRITION, (BEFORE, AFTER), (one, other)) is None


def test_cycles_that_follow_one_another_can_be_compared() -> None:
    check_order(BEFORE, AFTER)


def test_cycles_that_share_a_day_are_refused() -> None:
    longer = replace(AFTER, period=Period(date(2024, 12, 31), date(2026, 1, 1)))

    with pytest.raises(InvalidInput) as refused:
        check_order(BEFORE, longer)

    assert str(refused.value).splitlines() == [
        "the cycles 2024 (2024-01-01 – 2025-01-01) and 2025 (2024-12-31 – 2026-01-01) overlap",
        "  expected: two cycles that share no day",
        "  to do:    the same answers in both would count as agreement; name two cycles that follow one another",
    ]


def test_cycles_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        check_order(AFTER, BEFORE)

    assert str(refused.value).splitlines() == [
        "2025 (2025-01-01 – 2026-01-01) lies after 2024 (2024-01-01 – 2025-01-01)",
        "  expected: the earlier cycle first",
        "  to do:    swap the two",
    ]


@pytest.mark.parametrize(
    ("lower", "upper", "probability", "improved", "words"),
    [
        ("-0.10", "3.70", "0.95", None, "the data cannot tell whether it changed"),
        ("0", "3.70", "0.95", None, "the data cannot tell whether it changed"),
        ("-3.70", "0", "0.05", None, "the data cannot tell whether it changed"),
        ("0.10", "3.70", "0.97", True, "improved"),
        ("0.10", "3.70", "0.03", False, "got worse"),
        ("-3.70", "-0.10", "0.97", True, "improved"),
    ],
    ids=["around 0", "from 0", "to 0", "rose and should", "rose and should fall", "fell and should"],
)
def test_a_change_is_one_where_its_90_percent_interval_is_clear_of_0(
    lower: str, upper: str, probability: str, words: str, *, improved: bool | None
) -> None:
    change = replace(
        CHANGE, lower_90=Decimal(lower), upper_90=Decimal(upper), probability_improved=Decimal(probability)
    )

    assert change.is_improved is improved
    assert verdict(change) == words


def told(change: Change) -> str:
    return change_sentence(change).replace("\N{NO-BREAK SPACE}", " ")


def test_a_change_is_told_beside_the_plain_difference() -> None:
    assert told(CHANGE) == (
        "The plain figures differ by +3.1 points; allowing for chance in both cycles the change is +1.9 points,"
        " with 95 % certainty between −0.4 and +4.1: the data cannot tell whether it changed."
    )


def test_a_change_of_a_ratio_has_no_unit() -> None:
    fell = replace(
        CHANGE,
        indicator=ATTRITION,
        value=Decimal("-0.21"),
        lower=Decimal("-0.40"),
        upper=Decimal("-0.02"),
        lower_90=Decimal("-0.37"),
        upper_90=Decimal("-0.05"),
        unshrunk=Decimal("-0.30"),
    )

    assert told(fell) == (
        "The plain figures differ by −0.30; allowing for chance in both cycles the change is −0.21,"
        " with 95 % certainty between −0.40 and −0.02: improved."
    )
