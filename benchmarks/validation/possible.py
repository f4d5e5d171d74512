"""How small the error of a composite can be at all, whatever the method.

Of effects u ~ N(0, T) and data with the information I(u), no estimator of ψ(u) has an expected squared error under
E[∇ψ]'(T⁻¹ + E[I])⁻¹E[∇ψ] (van Trees 1968, Detection, Estimation, and Modulation Theory I, 2.4.3; Gill & Levit 1995,
Bernoulli 1:59). I is that of all that was seen: of each answer, of each spell, of each purchase and its price, with the
credit of all who shared it. Known are the effects' distribution and the laws of the data; what kinds of case are worth
is not, and is taken out (a flat prior).
"""

from collections.abc import Callable

import numpy as np
from scipy import sparse

from validation import satisfaction, spending
from validation.company import CORRELATION, INDICATORS, STRATA, Cases, Floats, Staff, World, cases, hire, totals
from validation.credit import Credit, share_credit
from validation.events import ATTRITION, REPEAT, Kind
from validation.scenarios import Scenario

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
_LINEAR = 1e-6
"""The limit of a ratio: the figure is the effect itself."""
Informed = Callable[[np.random.Generator, World, Staff], tuple[Floats, float]]


def least_square(scenario: Scenario, *, seed: int, number: int) -> float:
    """Least mean squared error of the composite of one organisation's employees, in their true sds of it."""
    world = scenario.world
    rng = np.random.default_rng([seed, number, *b"possible"])
    staff = hire(rng, world)
    told: tuple[Informed, ...] = (_answers, _events(REPEAT), _money, _events(ATTRITION))
    found = [one(rng, world, staff) for one in told]
    own = np.full((4, 4), CORRELATION) + (1.0 - CORRELATION) * np.eye(4)
    own *= world.own_share
    total = own + (1.0 - world.own_share) * np.eye(4)
    J, K = world.employees, len(INDICATORS)  # noqa: N806  # textbook names
    information = np.kron(np.linalg.inv(total), np.eye(J))
    for k, (matrix, _) in enumerate(found):
        information[k * J : (k + 1) * J, k * J : (k + 1) * J] += matrix
    left = np.linalg.inv(information).reshape(K, J, K, J)
    # True figures are exp(s·u − s²/2) − 1, in their sds.
    slope = np.array([s / np.sqrt(np.expm1(s**2 * world.own_share)) for _, s in found]) / K
    pull = slope @ own @ np.linalg.inv(total)
    apart = slope @ (own - own @ np.linalg.inv(total) @ own) @ slope
    squares = np.einsum("k,kjlj,l->j", pull, left, pull) + apart
    several = (staff.events > 0).sum(axis=1) > 1
    # Errors are told in the sds of the employees at hand, whose inverse squares are J/(J − 3) of σ⁻² on average.
    return float(squares[several].mean() / (slope @ own @ slope)) * J / (J - 3)


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


def _answers(rng: np.random.Generator, world: World, staff: Staff) -> tuple[Floats, float]:
    case = cases(rng, world, staff, satisfaction.INDICATOR)
    credit = share_credit(rng, world, staff, case, satisfaction.INDICATOR, shared=False)
    spread = satisfaction.SPREAD
    information = _expected(lambda u: spread**2 / satisfaction.variance_of(case.kind, spread * u))
    return _told(credit, case, information, world.employees), _LINEAR


def _events(kind: Kind) -> Informed:
    """Of a hazard's logarithm a spell tells as much as events are expected in it."""

    def told(rng: np.random.Generator, world: World, staff: Staff) -> tuple[Floats, float]:
        case = cases(rng, world, staff, kind.indicator)
        credit = share_credit(rng, world, staff, case, kind.indicator, shared=kind.shared)
        base = -np.log1p(-kind.share) * np.geomspace(*kind.stratum, STRATA)[case.kind]
        end = np.minimum(np.ceil(rng.uniform(0.2, 2.0, base.size) * kind.horizon), kind.horizon)
        hazard = base * (end / kind.horizon) ** kind.shape
        spread = kind.spread * np.sqrt(totals(credit.outcome, credit.weight**2, base.size))
        events = _expected(lambda u: -np.expm1(-hazard * np.exp(spread * u)))
        return _told(credit, case, kind.spread**2 * events, world.employees), kind.spread

    return told


def _money(rng: np.random.Generator, world: World, staff: Staff) -> tuple[Floats, float]:
    """Purchases are negative binomial and their values beta prime, given the history; half an effect is on each."""
    case = cases(rng, world, staff, spending.INDICATOR)
    credit = share_credit(rng, world, staff, case, spending.INDICATOR, shared=True)
    customers = spending.customers(rng, case.kind)
    size = spending.R + customers.past
    bought = size / (spending.ALPHA / customers.rate_of_kind + customers.age) * customers.span
    bought = bought * np.exp(0.125 * spending.SPREAD**2 * totals(credit.outcome, credit.weight**2, bought.size))
    pieces, before = spending.P * bought, spending.Q + spending.P * customers.past
    half = bought / (1.0 + bought / size) + pieces * before / (pieces + before + 1.0)
    return _told(credit, case, 0.25 * spending.SPREAD**2 * half, world.employees), spending.SPREAD
