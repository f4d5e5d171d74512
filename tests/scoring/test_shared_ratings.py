"""Ratings whose credit is shared: the score form of the multiple-membership model, against its plain computation."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from appraise.domain.explanations import PLAIN, sentences
from appraise.domain.indicators import SATISFACTION
from appraise.domain.policies import Attribution
from appraise.domain.scorecards import AbsenceKind, Coverage, Estimate
from appraise.statistics.shrinkage import normal

TEAM = tuple("abcdefgh")
DAY_OF_RATING = 100.0
Served = dict[str, list[tuple[float, str]]]


def served(world: Any, seed: int = 3) -> tuple[Served, list[tuple[str, float, int, str]]]:
    """90 customers served up to five times, who rate once or twice; the phone is rated lower."""
    random = np.random.Generator(np.random.PCG64(seed))
    world.team(*TEAM)
    history: Served = {}
    ratings = []
    for number in range(90):
        customer = f"c{number}"
        days = sorted(random.integers(20, 100, size=int(random.integers(1, 6))).tolist())
        history[customer] = [(float(day), TEAM[int(random.integers(len(TEAM)))]) for day in days]
        for day, name in history[customer]:
            world.contact(customer, day, name)
        for again in range(1 + number % 2):
            channel = ("phone", "chat")[int(random.integers(2))]
            answer = int(np.clip(random.integers(1, 6) - (channel == "phone"), 1, 5))
            ratings.append((customer, DAY_OF_RATING + again, answer, channel))
            world.rating(customer, DAY_OF_RATING + again, None, answer, channel=channel)
    return history, ratings


def weights_of(history: Served, customer: str, at: float, rule: Attribution) -> dict[str, float]:
    touched = [(day, name) for day, name in history[customer] if at - 90 <= day <= at]
    last = max(day for day, _ in touched)
    earned: dict[str, float] = defaultdict(float)
    for day, name in touched:
        match rule:
            case Attribution.LINEAR:
                earned[name] += 1
            case Attribution.TIME_DECAY:
                earned[name] += 2 ** (-(at - day) / 14)
            case _:
                earned[name] += day == last
    return {name: share / sum(earned.values()) for name, share in earned.items() if share}


@pytest.mark.parametrize("rule", [Attribution.LAST_TOUCH, Attribution.LINEAR, Attribution.TIME_DECAY])
def test_shared_ratings_equal_the_score_form_by_rows(world: Any, only: Any, rule: Attribution) -> None:
    """β by weighted least squares with a dummy per employee; û = mean + Σwr/Σw², Var = σ²/Σw² + what β adds."""
    history, ratings = served(world)
    rows = [
        (customer, name, weight, 25.0 * (answer - 1), float(channel == "phone"))
        for customer, at, answer, channel in ratings
        for name, weight in weights_of(history, customer, at, rule).items()
    ]
    repeated: dict[tuple[str, str], int] = defaultdict(int)
    for customer, name, *_ in rows:
        repeated[customer, name] += 1
    part = np.array([1.0 / repeated[customer, name] for customer, name, *_ in rows])
    share, y, x = (np.array([row[k] for row in rows]) for k in (2, 3, 4))
    w, ww = part * share, part * share**2
    dummies = np.array([[name == other for other in TEAM] for _, name, *_ in rows], float)
    root = np.sqrt(w)
    design = np.column_stack([dummies, x])
    fit, squares, *_ = np.linalg.lstsq(design * root[:, None], y * root, rcond=None)
    sigma2 = float(squares[0]) / (w.sum() - ((dummies.T @ ww) / (dummies.T @ w)).sum() - 1)
    mean, mean_x = np.average(y, weights=w), np.average(x, weights=w)
    effective = dummies.T @ ww
    offset = dummies.T @ (w * (x - mean_x)) / effective
    within = ((x - dummies @ ((dummies.T @ (w * x)) / (dummies.T @ w))) ** 2 * w).sum()
    raw = mean + dummies.T @ (w * (y - mean)) / effective
    error = np.sqrt(sigma2 / effective + offset**2 * sigma2 / within)

    cards = world.score(only(SATISFACTION, case_mix=("channel",), attribution=rule)).scorecards
    found = [card.result(SATISFACTION) for card in cards]

    assert [float(one.working.raw) for one in found] == pytest.approx(raw, abs=2e-6)
    assert [float(one.unshrunk) for one in found] == pytest.approx(raw - offset * fit[-1], abs=2e-6)
    assert [float(one.standard_error) for one in found] == pytest.approx(error, abs=2e-6)
    assert [float(one.evidence.effective) for one in found] == pytest.approx(effective, abs=2e-6)
    plain = dummies.T @ (w * y) / (dummies.T @ w)
    told = [float(dict(one.working.notes)[PLAIN]) for one in found]
    assert told == pytest.approx(plain, abs=2e-6)
    assert [sentences(one)[0].partition(" gave ")[2] for one in found] == [f"{one:.1f} of 100 points." for one in plain]
    assert [one.evidence.customers for one in found] == [
        len({customer for customer, other, *_ in rows if other == name}) for name in TEAM
    ]


def test_a_rating_that_nobody_had_a_part_in_is_in_coverage(world: Any, only: Any) -> None:
    served(world)
    world.rating("stranger", 100, None, 1)
    world.contact("shy", 99, "nobody we know").contact("shy", 98, "a").rating("shy", 100, None, 1)

    coverage = world.score(only(SATISFACTION, attribution=Attribution.LINEAR)).coverage[0]

    assert coverage == Coverage(
        SATISFACTION,
        total=Decimal(137),
        attributed=Decimal("135.5"),
        why=(
            ("nobody served the customer in the 90 days before", Decimal(1)),
            ("the employee named is not among the people", Decimal("0.5")),
        ),
    )


def test_a_part_too_small_to_tell_anything_is_said_to_be_too_little(world: Any, only: Any) -> None:
    served(world)
    world.employee("late").contact("c0", 11, "late")
    policy = only(SATISFACTION, attribution=Attribution.TIME_DECAY, half_life_days=5)

    found = world.score(policy).scorecards[-1].result(SATISFACTION)

    assert (found.kind, found.evidence.events) == (AbsenceKind.INSUFFICIENT_EVIDENCE, 1)


def test_by_ownership_a_rating_is_the_owners_of_its_time(world: Any, only: Any) -> None:
    """a owned the ten customers up to day 60, b after that; contacts of others do not matter."""
    world.team(*TEAM)
    for number in range(10):
        customer = f"z{number}"
        world.ownership(customer, -100, "a", until=60).ownership(customer, 60, "b")
        world.contact(customer, 49, "c").rating(customer, 50, None, 2).rating(customer, 60, None, 4 + number % 2)
    for name in TEAM[2:]:
        for number in range(6):
            world.ownership(f"{name}{number}", 0, name).rating(f"{name}{number}", 30, None, 1 + number % 5)

    result = world.score(only(SATISFACTION, case_mix=(), attribution=Attribution.OWNERSHIP))
    found = [card.result(SATISFACTION) for card in result.scorecards]

    assert [one.working.raw for one in found[:2]] == [Decimal(25), Decimal("87.5")]
    assert found[2].evidence.events == 6


@pytest.fixture(scope="module")
def simulated() -> Any:
    """200 employees with an effect of sd 8 points; 4,000 ratings of noise 20, shared by one to four employees each."""
    return simulate(seed=11)


def simulate(seed: int) -> Any:
    from tests.scoring.conftest import World, only

    random = np.random.Generator(np.random.PCG64(seed))
    world, names = World(), [f"e{number:03}" for number in range(200)]
    world.team(*names)
    effect = random.normal(0, 8, size=len(names))
    weights, points = [], []
    for number in range(4000):
        parts = random.integers(0, len(names), size=int(random.integers(1, 5)))
        for k, part in enumerate(parts.tolist()):
            world.contact(f"c{number}", 50 + k, names[part])
        weight = np.bincount(parts, minlength=len(names)) / parts.size
        answer = round(float(50 + weight @ effect + random.normal(0, 20)), 3)
        world.rating(
            f"c{number}", 60, None, 0, score=Decimal(str(answer)), score_low=Decimal(-200), score_high=Decimal(300)
        )
        weights.append(weight)
        points.append((answer + 200) / 5)
    policy = replace(only(SATISFACTION, case_mix=(), attribution=Attribution.LINEAR), attributable_share=1.0)
    found = [card.result(SATISFACTION) for card in world.score(policy).scorecards]
    return found, effect / 5, np.array(weights), np.array(points)


def test_ninety_five_of_a_hundred_intervals_hold_the_true_share(simulated: Any) -> None:
    """Of 200: .95 ± 2.5 binomial standard errors; and truth on estimate has slope 1 (method §1: .89 at 600)."""
    found, truth, *_ = simulated
    estimates = [one for one in found if isinstance(one, Estimate)]
    assert len(estimates) == len(truth)

    held = [
        float(one.lower) <= float(one.expected) + true <= float(one.upper)
        for one, true in zip(found, truth, strict=True)
    ]
    values = [float(one.value - one.expected) for one in found]

    assert 0.911 <= np.mean(held) <= 0.989
    assert np.polyfit(values, truth, 1)[0] == pytest.approx(1.0, abs=0.2)


def test_the_weighted_mean_would_hold_far_fewer(simulated: Any) -> None:
    """Σwr/Σw with σ²/Σw, shrunk the same way: .777 in the published table (method §1), here under .88."""
    _, truth, weights, points = simulated
    total = weights.sum(axis=0)
    residual = points - points.mean()
    shrunk = normal(weights.T @ residual / total, residual.var() / total)
    low, high = (shrunk.deviation.quantile(p) for p in (0.025, 0.975))

    assert np.mean((low <= truth) & (truth <= high)) < 0.88
