"""Nobody is compared with somebody who serves other kinds of cases: what the cases did would be laid at a person."""

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from appraise.domain.explanations import COMPARED, sentences
from appraise.domain.indicators import REPEAT_PURCHASE, SATISFACTION
from appraise.domain.scorecards import Absence, AbsenceKind, Estimate, ScoringResult

KEY_ACCOUNTS, SHOP = [f"k{n}" for n in range(6)], [f"s{n:02}" for n in range(14)]
APART = "{} (nobody serves several kinds)."


def rated(world: Any, few: list[str], *, scale: bool = False) -> Any:
    """`few` serve businesses, who answer 35 points lower; or are asked by thumbs. Nobody differs from colleagues."""
    dice = random.Random(1)  # noqa: S311  # a fixed draw
    for number, employee in enumerate([*few, *SHOP] * 30):
        one = employee in few
        answer = max(1, min(5, round(dice.gauss(2.4 if one and not scale else 3.8, 1))))
        thumbs = {"scale": "thumbs", "score_low": Decimal(0), "score_high": Decimal(1)} if one and scale else {}
        segment = "business" if one and not scale else "consumer"
        world.rating(
            f"c{number}", 5 + number / 10, employee, int(answer > 2) if thumbs else answer, segment=segment, **thumbs
        )
    return world


def told(result: ScoringResult) -> dict[str, Estimate | Absence]:
    return {card.employee: card.results[0] for card in result.scorecards}


@pytest.mark.parametrize(("scale", "factor"), [(False, "segment"), (True, "scale")])
def test_a_desk_of_its_own_is_neither_praised_nor_blamed_for_its_cases(
    world: Any, only: Any, *, scale: bool, factor: str
) -> None:
    rated(world.team(*KEY_ACCOUNTS, *SHOP), KEY_ACCOUNTS, scale=scale)
    found = told(world.score(replace(only(SATISFACTION, case_mix=("segment",)), consequence_reliability=0.0)))
    for desk in (KEY_ACCOUNTS, SHOP):
        figures = [found[name] for name in desk]
        assert [one.flagged for one in figures] == [False] * len(desk)
        assert {one.level for one in figures} == {3}
        mean = sum(one.working.raw for one in figures) / len(desk)
        assert float(figures[0].expected) == pytest.approx(float(mean), abs=1.0)
        for one in figures:
            words = sentences(one)
            assert dict(one.working.notes)[COMPARED] == f"{len(desk)} of 20"
            assert any(APART.format(factor) in sentence for sentence in words)
            assert factor not in dict(one.working.case_mix)
            assert not any("no harder" in sentence for sentence in words)


def test_too_small_a_desk_gets_an_absence_that_says_so(world: Any, only: Any) -> None:
    rated(world.team("k0", "k1", "k2", *SHOP), ["k0", "k1", "k2"])
    world.employee("alone")
    for number in range(30):
        world.rating(f"a{number}", 5 + number, "alone", 1 + number % 5, segment="authority")
    found = told(world.score(only(SATISFACTION, case_mix=("segment",))))

    assert {type(found[name]) for name in SHOP} == {Estimate}
    assert (found["k0"].kind, found["k0"].evidence.events) == (AbsenceKind.INSUFFICIENT_EVIDENCE, 30)
    assert found["k0"].reason == (
        "3 employees have kinds of cases that nobody else has, and can only be compared with each other: "
        "3 employees to compare, needed: at least 5."
    )
    assert found["alone"].reason == (
        "No other employee has cases of the kinds that this one has, so that there is nobody to compare with."
    )


def test_one_employee_who_serves_both_makes_two_desks_one(world: Any, only: Any) -> None:
    rated(world.team(*KEY_ACCOUNTS, *SHOP), KEY_ACCOUNTS)
    for number in range(10):
        world.rating(f"b{number}", 9 + number, "s00", 1 + number % 4, segment="business")
    found = told(world.score(only(SATISFACTION, case_mix=("segment",))))

    assert {COMPARED in dict(one.working.notes) for one in found.values()} == {False}
    assert "segment" in dict(found["k0"].working.case_mix)


def test_repeat_purchases_are_compared_among_the_same_colleagues(world: Any, only: Any) -> None:
    """Businesses buy again three times as soon, whoever serves them."""
    dice = random.Random(1)  # noqa: S311  # a fixed draw
    few, many = [f"k{n}" for n in range(5)], [f"s{n}" for n in range(7)]
    world.team(*few, *many)
    for number in range(400):
        business = number % 2 == 0
        segment, day = "business" if business else "consumer", dice.random() * 250
        world.contact(f"c{number}", day, dice.choice(few if business else many), segment=segment)
        if (wait := dice.expovariate(1 / 20 if business else 1 / 60)) < 80:
            world.purchase(f"c{number}", day + wait, segment=segment)
    found = told(world.score(only(REPEAT_PURCHASE, case_mix=("segment",))))
    for desk in (few, many):
        figures = [found[name] for name in desk]
        credited, expected = (
            sum(float(dict(one.working.notes)[f"purchases {what}"]) for one in figures)
            for what in ("credited", "expected")
        )
        assert credited == pytest.approx(expected, rel=0.01)
        raw = [float(one.working.raw) for one in figures]
        assert min(raw) < 1 < max(raw)
        assert {dict(one.working.notes)[COMPARED] for one in figures} == {f"{len(desk)} of 12"}
        assert all("Not adjusted for: " + APART.format("segment") in sentences(one) for one in figures)
