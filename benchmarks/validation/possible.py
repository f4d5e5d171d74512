"""How small errors can be at all, whatever the method.

Of effects u ~ N(0, T) and data with the information I(u), no estimator of ψ(u) has an expected squared error under
E[∇ψ]'(T⁻¹ + E[I])⁻¹E[∇ψ] (van Trees 1968, Detection, Estimation, and Modulation Theory I, 2.4.3; Gill & Levit 1995,
Bernoulli 1:59). I is that of all that was seen: of each answer, of each spell, of each purchase and its price, with the
credit of all who shared it. Known are the effects' distribution, by which each indicator tells of the others, and the
laws of the data; what kinds of case are worth is not, and is taken out (a flat prior).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import sparse

from validation import satisfaction, spending
from validation.company import (
    COMPOSITE,
    CORRELATION,
    INDICATORS,
    STRATA,
    Booleans,
    Cases,
    Floats,
    Staff,
    World,
    cases,
    hire,
    totals,
)
from validation.credit import Credit, share_credit
from validation.events import ATTRITION, REPEAT, Kind
from validation.scenarios import Scenario

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
_LINEAR = 1e-6
"""The limit of a ratio: the figure is the effect itself."""
_FEWEST_INDICATORS = 2


class Told(NamedTuple):
    """What one indicator's data tell: information on the employees' effects (J, J), the sd of an effect's logarithm,
    and of whom enough is seen that our method gives a figure.
    """

    information: Floats
    spread: float
    known: Booleans


def least_squares(scenario: Scenario, *, seed: int, number: int) -> dict[str, float]:
    """Least mean squared error of one organisation's employees by indicator, in true sds of it."""
    world = scenario.world
    rng = np.random.default_rng([seed, number, *b"possible"])
    staff = hire(rng, world)
    found = [one(rng, world, staff) for one in (_answers, _events(REPEAT), _money, _events(ATTRITION))]
    own = np.full((4, 4), CORRELATION) + (1.0 - CORRELATION) * np.eye(4)
    own *= world.own_share
    total = own + (1.0 - world.own_share) * np.eye(4)
    J, K = world.employees, len(INDICATORS)  # noqa: N806  # textbook names
    information = np.kron(np.linalg.inv(total), np.eye(J))
    for k, one in enumerate(found):
        information[k * J : (k + 1) * J, k * J : (k + 1) * J] += one.information
    left = np.linalg.inv(information).reshape(K, J, K, J)
    # True figures are exp(s·u − s²/2) − 1, in their sds.
    each = np.diag([one.spread / np.sqrt(np.expm1(one.spread**2 * world.own_share)) for one in found])
    known = np.array([one.known for one in found])
    least = {
        name: _least(slope, own, total, left, among) for name, slope, among in zip(INDICATORS, each, known, strict=True)
    }
    several = known.sum(axis=0) >= _FEWEST_INDICATORS
    # Composites' errors are told in the sds of the employees at hand, whose inverse squares are J/(J − 3) of σ⁻².
    least[COMPOSITE] = _least(each.mean(axis=0), own, total, left, several) * J / (J - 3)
    return least


def least_of_rates(events: Floats, *, spread: float, truth: Floats) -> float:
    """Least sum of squared errors of rates around their mean, in sds of the `truth`: log rates are N(0, spread²).

    `events` (J,) are those to be expected of each at the true rate: as much is told of its logarithm. What all rates
    have in common is taken out, and what kinds of case are worth is known here, which no method knows.
    """
    around = np.eye(events.size) - 1.0 / events.size
    information = np.diag(events) - np.outer(events, events) / events.sum()
    left = np.linalg.inv(np.eye(events.size) / spread**2 + information)
    return float(np.trace(around @ left @ around)) / float(truth.var())


def _least(slope: Floats, own: Floats, total: Floats, left: Floats, among: Booleans) -> float:
    """Of a figure with this slope by each indicator's own effect; `left` is the variance left of all effects."""
    pull = slope @ own @ np.linalg.inv(total)
    apart = slope @ (own - own @ np.linalg.inv(total) @ own) @ slope
    squares = np.einsum("k,kjlj,l->j", pull, left, pull) + apart
    return float(squares[among].mean() / (slope @ own @ slope))


def _told(credit: Credit, case: Cases, information: Floats, employees: int) -> Floats:
    """Information on the employees' effects (J, J), those of the kinds of case taken out."""
    outcomes = information.size
    weight = sparse.csr_array((credit.weight, (credit.outcome, credit.employee)), shape=(outcomes, employees))
    kind = sparse.csr_array((np.ones(outcomes), (np.arange(outcomes), case.kind)), shape=(outcomes, STRATA))
    weighed = kind * information[:, None]
    shared = (weight.T @ weighed).toarray()
    per_kind = totals(case.kind, information, STRATA)
    return (weight.T @ (weight * information[:, None])).toarray() - (shared / np.maximum(per_kind, 1e-12)) @ shared.T


def _expected(values: Callable[[float], Floats]) -> Floats:
    """Over a standard normal effect."""
    return sum(w * values(float(x)) for x, w in zip(_NODES, _WEIGHTS / _WEIGHTS.sum(), strict=True))


def _answers(rng: np.random.Generator, world: World, staff: Staff) -> Told:
    case = cases(rng, world, staff, satisfaction.INDICATOR)
    credit = share_credit(rng, world, staff, case, satisfaction.INDICATOR, shared=False)
    spread = satisfaction.SPREAD
    information = _expected(lambda u: spread**2 / satisfaction.variance_of(case.kind, spread * u))
    told = _told(credit, case, information, world.employees)
    return Told(told, _LINEAR, staff.events[:, satisfaction.INDICATOR] > 0)


def _events(kind: Kind) -> Callable[[np.random.Generator, World, Staff], Told]:
    """Of a hazard's logarithm a spell tells as much as events are expected in it."""

    def told(rng: np.random.Generator, world: World, staff: Staff) -> Told:
        case = cases(rng, world, staff, kind.indicator)
        credit = share_credit(rng, world, staff, case, kind.indicator, shared=kind.shared)
        base = -np.log1p(-kind.share) * np.geomspace(*kind.stratum, STRATA)[case.kind]
        end = np.minimum(np.ceil(rng.uniform(0.2, 2.0, base.size) * kind.horizon), kind.horizon)
        hazard = base * (end / kind.horizon) ** kind.shape
        spread = kind.spread * np.sqrt(totals(credit.outcome, credit.weight**2, base.size))
        events = _expected(lambda u: -np.expm1(-hazard * np.exp(spread * u)))
        information = _told(credit, case, kind.spread**2 * events, world.employees)
        return Told(information, kind.spread, credit.by_employee(credit.weight, world.employees) > 0)

    return told


def _money(rng: np.random.Generator, world: World, staff: Staff) -> Told:
    """Purchases are negative binomial and their values beta prime, given the history; half an effect is on each."""
    case = cases(rng, world, staff, spending.INDICATOR)
    credit = share_credit(rng, world, staff, case, spending.INDICATOR, shared=True)
    customers = spending.customers(rng, case.kind)
    size = spending.R + customers.past
    bought = size / (spending.ALPHA / customers.rate_of_kind + customers.age) * customers.span
    bought = bought * np.exp(0.125 * spending.SPREAD**2 * totals(credit.outcome, credit.weight**2, bought.size))
    pieces, before = spending.P * bought, spending.Q + spending.P * customers.past
    half = bought / (1.0 + bought / size) + pieces * before / (pieces + before + 1.0)
    visits = size / (spending.ALPHA + customers.age) * customers.span
    foretold = credit.by_employee(credit.weight**2 * visits[credit.outcome], world.employees)
    information = _told(credit, case, 0.25 * spending.SPREAD**2 * half, world.employees)
    return Told(information, spending.SPREAD, foretold >= spending.FEWEST)
