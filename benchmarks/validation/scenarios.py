"""What is simulated, and one organisation of each."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from appraise.errors import NotEnough
from validation.answers import Trial
from validation.company import COMPOSITE, INDICATORS, Booleans, World, hire
from validation.events import ATTRITION, REPEAT, event_ratio
from validation.satisfaction import satisfaction
from validation.spending import lifetime_value
from validation.together import composite

LARGE, MEDIUM, TEAM = 160, 25, 12
LINKS = 0.1


@dataclass(frozen=True, slots=True)
class Scenario:
    """`limit` scenarios break what the method assumes: their figures are shown as limits and fail nothing."""

    name: str
    world: World
    attributable_share: float = 1.0
    limit: bool = False

    def organisations(self, seeds: int) -> int:
        """Small organisations are drawn more often, for about half as many employees in all."""
        return max(2, round(seeds * max(1.0, 0.5 * LARGE / self.world.employees)))


_UNMEASURED = World(own_share=0.7)
SCENARIOS = (
    Scenario("160 employees, everything measured", World()),
    Scenario("25 employees", World(employees=MEDIUM)),
    Scenario("12 employees", World(employees=TEAM)),
    Scenario("25 employees at two desks that hardly share a case", World(employees=MEDIUM, desks=2, links=LINKS)),
    Scenario("12 employees at two desks that hardly share a case", World(employees=TEAM, desks=2, links=LINKS)),
    Scenario("unmeasured case mix, attributable_share .7 (true)", _UNMEASURED, attributable_share=0.7),
    Scenario("unmeasured case mix, attributable_share 1 (wrong)", _UNMEASURED, limit=True),
    Scenario("all measured, attributable_share .7 (too careful)", World(), attributable_share=0.7, limit=True),
    Scenario("bad surveys suppressed by 15 % of employees", World(suppressing=0.15), limit=True),
    Scenario("heavy tails of effects and spending", World(heavy_tails=True), limit=True),
    Scenario("effects that fade: hazards not proportional", World(fading=True), limit=True),
    Scenario("effects that drift within the period", World(drift=True), limit=True),
    Scenario("3 of 10 cases recorded as a wrong kind", World(wrong_strata=0.3), limit=True),
)


@dataclass(frozen=True, slots=True, eq=False)
class Organisation:
    """Trials by indicator, those that the method refused left out, and who suppressed surveys."""

    trials: dict[str, Trial]
    suppresses: Booleans


def simulate(scenario: Scenario, *, seed: int, number: int) -> Organisation:
    """The same seed and number give the same organisation in whatever order and process."""
    world, share = scenario.world, scenario.attributable_share
    rng = np.random.default_rng([seed, number, *scenario.name.encode()])
    staff = hire(rng, world)
    draws: dict[str, Callable[[], Trial]] = {
        "satisfaction": lambda: satisfaction(rng, world, staff, attributable_share=share),
        "repeat purchase": lambda: event_ratio(rng, world, staff, REPEAT, attributable_share=share),
        "lifetime value": lambda: lifetime_value(rng, world, staff, attributable_share=share),
        "attrition": lambda: event_ratio(rng, world, staff, ATTRITION, attributable_share=share),
    }
    trials: dict[str, Trial] = {}
    for name, draw in draws.items():
        try:
            trials[name] = draw()
        except NotEnough:
            continue
    if len(trials) == len(INDICATORS):
        known_share = None if scenario.limit else world.own_share
        trials[COMPOSITE] = composite(list(trials.values()), attributable_share=share, own_share=known_share)
    return Organisation(trials, staff.suppresses)
