"""The organisation of a simulation: employees, their true effects, their cases, and how it departs from the model."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

INDICATORS = ("satisfaction", "repeat purchase", "lifetime value", "attrition")
COMPOSITE = "composite"
STRATA = 5
TILT = 0.5
"""Log-odds per standard deviation of effect and of case difficulty by which better employees get harder cases."""
CORRELATION = 0.3
"""Between an employee's effects on different indicators."""
_CONFOUNDED = 0.5  # between effect and difficulty of the cases: better employees get harder ones
_MEDIAN_EVENTS, _LOG_SD, _MOST_EVENTS = 30.0, 1.1, 500.0
_WITHOUT_EVENTS = 0.03


def totals(place: Integers, values: Floats, number: int) -> Floats:
    """Sums of `values` by their place 0 … number − 1."""
    return np.bincount(place, values, minlength=number).astype(np.float64)


@dataclass(frozen=True, slots=True)
class World:
    """What is simulated. `own_share` is the part of the spread between employees that is theirs; the rest is case mix
    that nobody recorded. `wrong_strata` is the share of cases recorded as some random kind. `suppressing` is the share
    of employees who keep half of all bad answers from being given. Employees sit at `desks`, each with kinds of case of
    its own; one at each also has cases of the others', this share of them (`links`).
    """

    employees: int = 160
    own_share: float = 1.0
    heavy_tails: bool = False
    fading: bool = False
    drift: bool = False
    wrong_strata: float = 0.0
    suppressing: float = 0.0
    desks: int = 1
    links: float = 0.0

    def desk_of(self, employee: Integers) -> Integers:
        return employee * self.desks // self.employees


@dataclass(frozen=True, slots=True, eq=False)
class Staff:
    """Per employee and indicator (J, 4): standard effects that are `own` and that are `unmeasured`, events, and what
    makes their cases. Higher is better for the employee in every indicator.
    """

    own: Floats
    unmeasured: Floats
    drift: Floats
    difficulty: Floats
    events: Integers
    season: Floats
    suppresses: Booleans

    @property
    def total(self) -> Floats:
        return self.own + self.unmeasured


def hire(rng: np.random.Generator, world: World) -> Staff:
    J, K = world.employees, len(INDICATORS)  # noqa: N806  # textbook names
    link = np.linalg.cholesky(np.full((K, K), CORRELATION) + (1.0 - CORRELATION) * np.eye(K))
    own = rng.standard_normal((J, K)) @ link.T
    if world.heavy_tails:  # Student's t with 3 degrees of freedom, scaled to variance 1
        own /= np.sqrt(rng.chisquare(3, (J, 1)))
    own *= np.sqrt(world.own_share)
    unmeasured = np.sqrt(1.0 - world.own_share) * rng.standard_normal((J, K))
    noise = np.sqrt(1.0 - _CONFOUNDED**2) * rng.standard_normal((J, K))
    events = np.minimum(np.floor(_MEDIAN_EVENTS * np.exp(_LOG_SD * rng.standard_normal((J, K)))), _MOST_EVENTS)
    events[rng.random((J, K)) < _WITHOUT_EVENTS] = 0.0
    return Staff(
        own=own,
        unmeasured=unmeasured,
        drift=rng.standard_normal((J, K)) if world.drift else np.zeros((J, K)),
        difficulty=_CONFOUNDED * own / np.sqrt(world.own_share) + noise,
        events=events.astype(np.int64),
        season=rng.random(J),
        suppresses=rng.random(J) < world.suppressing,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """One row per case: who served it, its true and its recorded kind (0 the easiest), and when in the period, 0..1."""

    employee: Integers
    kind: Integers
    recorded: Integers
    moment: Floats


def cases(rng: np.random.Generator, world: World, staff: Staff, indicator: int) -> Cases:
    employee = np.repeat(np.arange(world.employees), staff.events[:, indicator])
    hardness = np.linspace(-1.0, 1.0, STRATA)
    odds = np.exp(2.0 * TILT * staff.difficulty[:, indicator, None] * hardness) * _served(world)
    shares = np.cumsum(odds / odds.sum(axis=1, keepdims=True), axis=1)
    kind = (rng.random(employee.size)[:, None] > shares[employee, :-1]).sum(axis=1)
    wrong = rng.random(employee.size) < world.wrong_strata
    recorded = np.where(wrong, rng.integers(STRATA, size=employee.size), kind)
    # Each employee has a busy season, so that effects that drift are met at different times.
    moment = rng.beta(1.0 + 3.0 * staff.season[employee], 4.0 - 3.0 * staff.season[employee])
    return Cases(employee, kind, recorded, moment)


def _served(world: World) -> Floats:
    """How far an employee has cases of a kind (J, 5): those of the own desk, few of others', or none."""
    everybody = np.arange(world.employees)
    desk = world.desk_of(everybody)
    between = np.append(desk[1:] != desk[:-1], True)  # the last at each desk
    own = desk[:, None] == np.arange(STRATA) % world.desks
    return np.where(own, 1.0, np.where(between[:, None], world.links, 0.0))


def effect_of(staff: Staff, case: Cases, indicator: int) -> Floats:
    """Standard effect of the serving employee on each case, at the case's time."""
    start = staff.total[case.employee, indicator]
    effect: Floats = start + staff.drift[case.employee, indicator] * (case.moment - 0.5)
    return effect
