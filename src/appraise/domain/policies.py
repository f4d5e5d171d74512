"""The policy: the versioned choice of windows, horizons, attribution, case mix and minimum evidence."""

import math
from dataclasses import dataclass
from enum import StrEnum

from appraise.domain.exclusions import Exclusion
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import (
    ATTRITION,
    BY_KEY,
    LIFETIME_VALUE,
    REPEAT_PURCHASE,
    SATISFACTION,
    IndicatorDefinition,
)
from appraise.domain.profiles import Profile
from appraise.errors import InvalidInput


class Attribution(StrEnum):
    """How credit for one outcome is shared; weights sum to 1 and never depend on the outcome."""

    DIRECT = "direct"
    LAST_TOUCH = "last_touch"
    LINEAR = "linear"
    TIME_DECAY = "time_decay"
    OWNERSHIP = "ownership"


class Relation(StrEnum):
    """How customers are bound, which says what it is to lose one.

    CONTRACTUAL: a subscription ends by the customer's choice. NON_CONTRACTUAL: a customer who has bought stays away for
    too long. AUTO: the former of customers with a subscription, the latter of the others.
    """

    CONTRACTUAL = "contractual"
    NON_CONTRACTUAL = "non_contractual"
    AUTO = "auto"


class WatchLists(StrEnum):
    """Of whom executives may keep thresholds: single employees only where INDIVIDUALS."""

    GROUPS = "groups"
    INDIVIDUALS = "individuals"


class RatingRule(StrEnum):
    """What makes a level 1 to 5 of a posterior (decision 15).

    PROBABILITY: 5 or 1 where it is surely further than the margin from the average, 4 or 2 where it is surely above or
    below. EVAAS: the estimate over its standard error, cut at ±1 and ±2, as SAS EVAAS does for teachers.
    """

    PROBABILITY = "probability"
    EVAAS = "evaas"


@dataclass(frozen=True, slots=True)
class IndicatorPolicy:
    """Choices for one indicator.

    `window_days` touches older than this share no credit; `half_life_days` of the time decay;
    `horizon_days` how long after a contact an outcome still counts; `case_mix` columns of the event tables that
    describe the case and that the employee does not control (`prior_purchases`: the
    customer's history in bands); `minimum_events` below which nothing is published:
    answers for satisfaction (n ≥ 10), expected events for ratios (E ≥ 5). `relation` and `inactive_after_days`, the
    shortest time after which who does not buy is lost, are attrition's; `winsor_quantile` is lifetime value's: of
    contacts foretold alike the money beyond that quantile is capped there, and 1 caps none. Satisfaction is told of
    nobody whose customers answered after less than a share of `minimum_response` of the contacts, or surely less than
    `response_ratio`, or more than its inverse, times as often as colleagues' (0 asks for nothing).
    """

    attribution: Attribution
    case_mix: tuple[str, ...]
    minimum_events: int
    weight: float = 0.25
    window_days: int = 90
    half_life_days: int = 14
    horizon_days: int = 90
    relation: Relation = Relation.AUTO
    inactive_after_days: int = 90
    winsor_quantile: float = 1.0
    minimum_response: float = 0.02
    response_ratio: float = 0.5


@dataclass(frozen=True, slots=True)
class Policy:
    """`publish_reliability` and `consequence_reliability` follow Adams et al. (NEJM 2010): .50 and .70.

    `attributable_share` is the share of the between-employee variance that is taken to be the employees' own
    (decision 6): 1 only where customers reach employees at random given the case mix. `annual_discount` is the yearly
    rate at which later money is worth less; `ownership_grace_days` protect whoever inherits an account. Of fewer than
    `minimum_customers` an estimate is withheld, so that nobody learns what one of them did; of fewer than
    `minimum_group` employees no figure of them together is shown. Nothing is scored where the data name too few people
    who are known (`minimum_known`, of the records that name anybody), and nothing that joins sources where too few
    records are of customers with a key that could join them (`minimum_linkable`).

    `rating_rule` makes levels: `margin` is the smallest difference that is worth a 5 or a 1, in sds between employees
    of the part that is their own; `level_certainty` the probability that "surely" asks for. A rank is told only where
    its 90 % interval is narrower than `rank_width` of the list. Of all flagged as different from expected, a share of
    `false_discovery_rate` may be expected to be flagged wrongly. `reasons` say by key why the organisation departs from
    what lint would refuse. `exclusions` leave out employees, or evidence, on
    purpose. `profiles` weigh the indicators otherwise in some jobs; those of the indicators are for all others.
    """

    indicators: tuple[tuple[IndicatorKey, IndicatorPolicy], ...]
    version: int = 1
    attributable_share: float = 0.7
    publish_reliability: float = 0.5
    consequence_reliability: float = 0.7
    annual_discount: float = 0.10
    ownership_grace_days: int = 90
    minimum_observed_weight: float = 0.5
    minimum_customers: int = 0
    minimum_group: int = 5
    minimum_known: float = 0.5
    minimum_linkable: float = 0.5
    rating_rule: RatingRule = RatingRule.PROBABILITY
    margin: float = 0.5
    level_certainty: float = 0.95
    rank_width: float = 0.25
    false_discovery_rate: float = 0.05
    watch_lists: WatchLists = WatchLists.GROUPS
    reasons: tuple[tuple[str, str], ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    profiles: tuple[Profile, ...] = ()

    def __post_init__(self) -> None:
        sums = {"the policy's indicators": self.weights.values()}
        sums |= {f"the profile {one.name!r}": dict(one.weights).values() for one in self.profiles}
        for name, weights in sums.items():
            total = math.fsum(weights)
            if not math.isclose(total, 1):
                raise InvalidInput(
                    f"the weights of {name} sum to {total:g}",
                    expected="1",
                    hint="change the weights so that together they make 1",
                )

    def of(self, indicator: IndicatorKey) -> IndicatorPolicy:
        return dict(self.indicators)[indicator]

    @property
    def weights(self) -> dict[IndicatorKey, float]:
        """Of jobs without a profile."""
        return {key: rules.weight for key, rules in self.indicators}

    def weighs(self, indicator: IndicatorKey) -> bool:
        """Whether it does for anybody; what does not is context."""
        each = (self.weights, *(dict(profile.weights) for profile in self.profiles))
        return any(weights.get(indicator, 0.0) > 0 for weights in each)


DEFAULT_POLICY = Policy(
    indicators=(
        (
            SATISFACTION,
            IndicatorPolicy(Attribution.DIRECT, ("channel", "topic", "segment"), minimum_events=10),
        ),
        (
            REPEAT_PURCHASE,
            IndicatorPolicy(Attribution.TIME_DECAY, ("segment", "prior_purchases"), minimum_events=5),
        ),
        (
            LIFETIME_VALUE,
            IndicatorPolicy(Attribution.TIME_DECAY, ("segment", "prior_purchases"), minimum_events=5, horizon_days=180),
        ),
        (
            ATTRITION,
            IndicatorPolicy(Attribution.OWNERSHIP, ("segment", "product"), minimum_events=5),
        ),
    )
)

DEFAULTS = dict(DEFAULT_POLICY.indicators)
"""What a policy that only names an indicator means by it, of every indicator that is installed."""


def register(definition: IndicatorDefinition, defaults: IndicatorPolicy) -> None:
    """Make an installed indicator known: to policies, to pages and to the API."""
    BY_KEY[definition.key] = definition
    DEFAULTS[definition.key] = defaults
