"""How somebody's own ratings lie beside the levels that the data gave; for themselves alone."""

from collections import defaultdict
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from appraise.domain.access import Principal
from appraise.domain.identifiers import SectionId
from appraise.statistics.means import mean_interval
from appraise.storage import ratings_given
from appraise.use_cases.deployment import Deployment

FEWEST_SECTIONS: Final = 5


@dataclass(frozen=True, slots=True)
class RatingHabit:
    """`mean` of rating less level over `sections`, in steps of the scale, with its 95 % interval; lenient above 0."""

    sections: int
    ratings: int
    mean: float
    lower: float
    upper: float


def read_rating_habit(deployment: Deployment, principal: Principal) -> RatingHabit | None:
    """None where too few sections were handed in to tell. What is said of one person is one value of the sample."""
    if principal.employee is None or principal.embedded is not None:
        return None
    with deployment.database.reading() as session:
        rated = ratings_given.rated_by(session, principal.employee)
    by_section: dict[SectionId, list[int]] = defaultdict(list)
    for section, rating, level in rated:
        by_section[section].append(rating - level)
    if len(by_section) < FEWEST_SECTIONS:
        return None
    told = mean_interval([fmean(differences) for differences in by_section.values()])
    return RatingHabit(len(by_section), len(rated), told.mean, told.lower, told.upper)
