"""Lifetime value: money after a contact against what the customer's history foretold, with shared credit.

Histories are negative binomial with gamma–gamma values. Expectations use one set of true parameters for all
customers, so that kinds of case are foretold wrongly until calibrated; fits are exercised by whole companies only.
"""

from typing import NamedTuple

import numpy as np

from appraise.errors import NotEnough
from appraise.scoring.rates import compared
from appraise.statistics.shrinkage import normal
from appraise.statistics.within import design_effect
from validation.answers import Answers, Figures, Trial, plain, pooled
from validation.company import STRATA, Floats, Integers, Staff, World, cases, totals
from validation.credit import Credit, cells_of, share_credit

INDICATOR = 2
SPREAD = 0.22
R, ALPHA = 1.5, 150.0  # purchases a day ~ Gamma(r, rate α)
P, Q, _V = 6.0, 4.0, 15.0  # gamma–gamma: pieces of mean p·v/(q − 1)
_HORIZON = 90.0
_KINDS = np.geomspace(1.7, 0.5, STRATA)
_BANDS, _MIDDLE_BAND = 20, 12.0
FEWEST = 1.0
"""Foretold purchases without which an employee gets no figure."""


def lifetime_value(rng: np.random.Generator, world: World, staff: Staff, *, attributable_share: float) -> Trial:
    case = cases(rng, world, staff, INDICATOR)
    credit = share_credit(rng, world, staff, case, INDICATOR, shared=True)
    log_ratio = SPREAD * credit.effect
    money, foretold, visits = _histories(rng, case.kind, log_ratio, heavy_tails=world.heavy_tails)
    truth = np.exp(SPREAD * staff.own[:, INDICATOR] - 0.5 * SPREAD**2 * world.own_share)
    if world.heavy_tails:
        truth = np.exp(SPREAD * staff.own[:, INDICATOR])
        truth /= truth.mean()
    J = world.employees  # noqa: N806  # textbook names
    return Trial(
        truth=truth - 1.0,
        spread=float(np.sqrt(np.expm1(SPREAD**2 * world.own_share))),
        evidence=credit.by_employee(credit.weight**2, J),
        naive=_mean_spend(case.employee, money, J),
        ours=_ours(credit, case.recorded, (money, foretold, visits), J, share=attributable_share),
    )


class Customers(NamedTuple):
    """One row per case: the daily rate of purchases, what is known of the past, and days seen afterwards."""

    rate: Floats
    rate_of_kind: Floats
    age: Floats
    past: Integers
    piece: Floats
    spent: Floats
    span: Floats


def customers(rng: np.random.Generator, kind: Integers) -> Customers:
    n = kind.size
    rate_of_kind = _KINDS[kind]
    rate = rng.gamma(R, 1.0 / ALPHA, n) * rate_of_kind
    age = rng.uniform(200.0, 700.0, n)
    past = rng.poisson(rate * age)
    piece = rng.gamma(Q, 1.0 / _V, n)
    spent = rng.gamma(P * np.maximum(past, 1)) / piece * (past > 0)
    span = np.minimum(rng.uniform(0.2, 2.0, n) * _HORIZON, _HORIZON)
    return Customers(rate, rate_of_kind, age, past, piece, spent, span)


def _histories(
    rng: np.random.Generator, kind: Integers, log_ratio: Floats, *, heavy_tails: bool
) -> tuple[Floats, Floats, Floats]:
    """Money after the contact in units of a mean purchase, what history foretold, and foretold purchases."""
    rate, _, age, past, piece, spent, span = customers(rng, kind)
    # Half of an effect is on how often, half on how much.
    bought = rng.poisson(rate * span * np.exp(0.5 * log_ratio))
    money = rng.gamma(np.maximum(P * bought, 1e-9)) / piece * (bought > 0) * np.exp(0.5 * log_ratio)
    if heavy_tails:
        money *= np.exp(rng.standard_normal(kind.size) - 0.5)
    mean = P * _V / (Q - 1.0)
    visits = (R + past) / (ALPHA + age) * span
    value = P * (_V + spent) / (P * past + Q - 1.0)
    return money / mean, visits * value / mean, visits


def _mean_spend(e: Integers, money: Floats, J: int) -> Answers:  # noqa: N803  # textbook names
    count = np.bincount(e, minlength=J).astype(np.float64)
    ratio = totals(e, money, J) / np.maximum(count, 1.0) / money.mean()
    return plain(count > 0, ratio - 1.0, money.std() / money.mean() / np.sqrt(np.maximum(count, 1.0)))


def _ours(
    credit: Credit,
    kind: Integers,
    spent: tuple[Floats, Floats, Floats],
    J: int,  # noqa: N803  # textbook names
    *,
    share: float,
) -> Answers:
    money, foretold, visits = spent
    cells, kinds = cells_of(credit, money, foretold, kind, shape=(J, STRATA)), np.arange(STRATA)[None]
    outcome = compared(cells, kinds, floor=None)
    residual = money - outcome.rate[kind] * foretold
    # Spells that promise alike vary alike: half octaves of what was foretold.
    band = np.clip(np.floor(2.0 * np.log2(foretold)) + _MIDDLE_BAND, 0, _BANDS - 1).astype(np.int64)
    count = np.maximum(np.bincount(band, minlength=_BANDS), 1)
    phi = np.bincount(band, residual**2, minlength=_BANDS) / count
    w = credit.weight
    variance = credit.by_employee(w**2 * phi[band[credit.outcome]], J)
    squares = float(((w * residual[credit.outcome]) ** 2).sum())
    inflation = design_effect(squares, float(variance.sum()))
    known = credit.by_employee(w**2 * visits[credit.outcome], J) >= FEWEST
    if known.sum() < 2:
        raise NotEnough("hardly anybody has a foretold purchase", expected="more contacts")
    dispersion = inflation * float(variance.sum() / outcome.exposed.sum())

    def figures(rows: Integers) -> Figures:
        ratio = outcome.ratio[0][rows]
        sampling = inflation * variance[rows] / outcome.expected[0][rows] ** 2
        doubt = dispersion * outcome.doubt[rows]
        shrunk = normal(ratio, sampling, attributable_share=share, doubt=doubt, ratios=True)
        return Figures(shrunk, ratio - shrunk.population_mean, sampling + doubt)

    return pooled(known, outcome.part, figures)
