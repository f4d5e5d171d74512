"""Levels 1 to 5: what the policy's rule makes of what is known of each employee."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from appraise.domain.policies import Policy, RatingRule
from appraise.scoring.arrays import FloatArray
from appraise.statistics.composite import evaas_level, rate
from appraise.statistics.mixtures import Mixture

MIDDLE: Final = 3


@dataclass(frozen=True, slots=True)
class Known:
    """Posterior of each employee's distance from the average employee, who is at `origin`; all in one unit.

    `spread` is the sd between employees of what is compared, the part that is their own.
    """

    posterior: Mixture
    origin: float
    spread: float
    higher_is_better: bool

    def above(self, distance: float = 0.0) -> FloatArray:
        """P(further than `distance` on the good side of the average)."""
        if self.higher_is_better:
            return 1.0 - self.posterior.cdf(self.origin + distance)
        return self.posterior.cdf(self.origin - distance)

    def draw(self, random: np.random.Generator, count: int) -> FloatArray:
        """Joint draws (count, J), higher is better."""
        found = self.posterior.draw(random, count)
        return found if self.higher_is_better else -found

    def below(self, distance: float = 0.0) -> FloatArray:
        if self.higher_is_better:
            return self.posterior.cdf(self.origin - distance)
        return 1.0 - self.posterior.cdf(self.origin + distance)


@dataclass(frozen=True, slots=True)
class Pooled:
    """What is known of `employees`, by position in ascending order: of those who are compared with each other."""

    employees: Sequence[int]
    known: Known


def levels(known: Known, policy: Policy, *, is_better: Sequence[bool | None]) -> list[int]:
    """By the policy's rule, and never beyond the verdict: where `is_better` cannot tell, or says otherwise, 3.

    So both can stand beside each other, whatever the policy asks for.
    """
    sides = np.array([0 if better is None else 1 if better else -1 for better in is_better])
    found = _by_rule(known, policy)
    return [int(level) for level in np.where(np.sign(found - MIDDLE) == sides, found, MIDDLE)]


def _by_rule(known: Known, policy: Policy) -> npt.NDArray[np.int8]:
    if policy.rating_rule is RatingRule.EVAAS:
        sign = 1.0 if known.higher_is_better else -1.0
        return evaas_level(sign * (known.posterior.mean() - known.origin), known.posterior.sd())
    margin = policy.margin * known.spread
    return rate(
        above_margin=known.above(margin),
        above=known.above(),
        below=known.below(),
        below_margin=known.below(margin),
        certainty=policy.level_certainty,
    )
