"""Where somebody stands among the others: for HR administrators and executives."""

from decimal import Decimal
from enum import Enum
from typing import Final, Self

import strawberry

from appraise.api.context import RequestContext
from appraise.domain.identifiers import IndicatorKey, SectionId
from appraise.domain.standings import Standing, Tier

STANDING: Final = (
    "Where the employee stands among all who are judged by it in the same run. Null with an error FORBIDDEN for "
    "everybody but HR administrators and executives; null without one where nobody is listed or this employee's figure "
    "carries no consequence. Each read is written to the audit log."
)


@strawberry.enum(name="Tier", description="What `isBetter` says, where a rank would claim more than the data know.")
class TierValue(Enum):
    ABOVE = strawberry.enum_value(Tier.ABOVE, description="Surely better than the average.")
    UNCLEAR = strawberry.enum_value(Tier.UNCLEAR, description="The data cannot tell.")
    BELOW = strawberry.enum_value(Tier.BELOW, description="Surely worse than the average.")


@strawberry.type(
    name="Standing",
    description=(
        "A place in a list: a rank where its 90 % interval is narrower than the policy's `rank_width`, else a tier."
    ),
)
class StandingType:
    listed: int = strawberry.field(description="Number of employees in the list.")
    lower90: Decimal = strawberry.field(
        description="Lower bound of the rank's 90 % interval as a percentile: above 0, below 1, 1 the best."
    )
    upper90: Decimal = strawberry.field(description="Upper bound of the rank's 90 % interval as a percentile, 0 to 1.")
    percentile: Decimal | None = strawberry.field(
        description="The expected percentile, 0 to 1; null where the rank is not known well enough."
    )
    rank: int | None = strawberry.field(description="A count from 1, the best; null where it is not known well enough.")
    tier: TierValue | None = strawberry.field(description="In the place of a rank; null where there is one.")

    @classmethod
    def of(cls, standing: Standing) -> Self:
        return cls(
            listed=standing.listed,
            lower90=standing.lower_90,
            upper90=standing.upper_90,
            percentile=standing.percentile,
            rank=standing.rank,
            tier=None if standing.tier is None else TierValue(standing.tier),
        )


def standing_of(info: strawberry.Info, section: SectionId, indicator: IndicatorKey) -> StandingType | None:
    context: RequestContext = info.context
    found = context.sections.standing(section, indicator)
    return None if found is None else StandingType.of(found)
