"""How an employee's figure changed between two cycles, and when two cycles cannot be compared."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from appraise.domain.cycles import Cycle
from appraise.domain.explanations import signed
from appraise.domain.identifiers import EmployeeId, IndicatorKey, RunId
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, Unit, definition_of
from appraise.domain.policies import Attribution, Policy, Relation
from appraise.domain.scorecards import Absence
from appraise.errors import InvalidInput

NEVER_SUBTRACT: Final = (
    "The difference of the two published scores is no measure of change: each was moved towards the peers on its own."
)
LEVEL_IS_FIXED: Final = (
    "a ratio compares with the colleagues of the same cycle, so a change of all together cannot be seen in it"
)


@dataclass(frozen=True, slots=True)
class Unshrunk:
    """A figure less case mix and before shrinkage, with its sampling standard error, both in the indicator's unit."""

    value: Decimal
    standard_error: Decimal


@dataclass(frozen=True, slots=True)
class Change:
    """The true figure of the later cycle less that of the earlier one, in the indicator's unit.

    `lower`/`upper` bound the 95 % interval, `lower_90`/`upper_90` the 90 % one; `probability_improved` is in the good
    direction: of attrition the probability that it fell. `unshrunk` is the plain difference of the two unshrunk
    figures, shown so that nobody has to guess how much of it was taken for chance.
    """

    indicator: IndicatorKey
    value: Decimal
    lower: Decimal
    upper: Decimal
    lower_90: Decimal
    upper_90: Decimal
    unshrunk: Decimal
    probability_improved: Decimal

    @property
    def is_improved(self) -> bool | None:
        """True or False where the 90 % interval lies on one side of 0, None where the data cannot tell."""
        if self.lower_90 <= 0 <= self.upper_90:
            return None
        return self.probability_improved > Decimal("0.5")


@dataclass(frozen=True, slots=True)
class PopulationChange:
    """Of all who were compared: how many, the change of their mean, and how far the two cycles' true figures agree.

    `correlation` is between the true figures of the two cycles, −1 to 1. Of a ratio `change` is about 0 whatever
    happened (`LEVEL_IS_FIXED`).
    """

    indicator: IndicatorKey
    employees: int
    change: Decimal
    correlation: Decimal


@dataclass(frozen=True, slots=True)
class EmployeeChanges:
    """One result per indicator, in the order of `Changes.population`."""

    employee: EmployeeId
    name: str
    results: tuple[Change | Absence, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed from one cycle's latest finished run to another's, for those whom the reader may see, by name."""

    before: Cycle
    after: Cycle
    runs: tuple[RunId, RunId]
    population: tuple[PopulationChange | Absence, ...]
    employees: tuple[EmployeeChanges, ...]


def check_order(before: Cycle, after: Cycle) -> None:
    """Raises `InvalidInput` for cycles that share a day, whose errors are not independent, or that are swapped."""
    if before.period.overlaps(after.period):
        raise InvalidInput(
            f"the cycles {before.name} ({before.period}) and {after.name} ({after.period}) overlap",
            expected="two cycles that share no day",
            hint="the same answers in both would count as agreement; name two cycles that follow one another",
        )
    if after.period.start < before.period.start:
        raise InvalidInput(
            f"{before.name} ({before.period}) lies after {after.name} ({after.period})",
            expected="the earlier cycle first",
            hint="swap the two",
        )


def incomparable(indicator: IndicatorKey, cycles: tuple[Cycle, Cycle], policies: tuple[Policy, Policy]) -> str | None:
    """Why two runs cannot be compared on an indicator, one sentence without a full stop; None where they can."""
    earlier, later = (cycle.name for cycle in cycles)
    before, after = policies
    for name, policy in ((earlier, before), (later, after)):
        if indicator not in dict(policy.indicators):
            return f"{name} was scored without this indicator"
    were, are = _rules(indicator, before), _rules(indicator, after)
    differing = [
        f"{rule} ({_shown(were.get(rule))} in {earlier}, {_shown(are.get(rule))} in {later})"
        for rule in {**were, **are}
        if were.get(rule) != are.get(rule)
    ]
    if not differing:
        return None
    return (
        f"the two cycles were scored by different rules, so a difference would not be the employee's: "
        f"{'; '.join(differing)}; score both by the same policy to compare them"
    )


def verdict(change: Change) -> str:
    match change.is_improved:
        case True:
            return "improved"
        case False:
            return "got worse"
        case None:
            return "the data cannot tell whether it changed"


_DIFFERENCE: dict[Unit | None, str] = {Unit.POINTS: " points", Unit.PERCENT: " percentage points"}


def change_sentence(change: Change) -> str:
    """What was seen, what is left of it after allowing for chance, and what may be said."""
    unit = _DIFFERENCE.get(definition_of(change.indicator).unit, "")
    plain, value = signed(change.indicator, change.unshrunk), signed(change.indicator, change.value)
    low, high = signed(change.indicator, change.lower), signed(change.indicator, change.upper)
    return (
        f"The plain figures differ by {plain}{unit}; allowing for chance in both cycles the change is {value}{unit},"
        f" with 95\N{NO-BREAK SPACE}% certainty between {low} and {high}: {verdict(change)}."
    )


def _rules(indicator: IndicatorKey, policy: Policy) -> dict[str, Any]:
    """The rules that decide what an indicator's unshrunk figure means, by name for people."""
    rules = policy.of(indicator)
    named: dict[str, Any] = {
        "attribution": rules.attribution.value.replace("_", " "),
        "case mix": ", ".join(rules.case_mix).replace("_", " ") or "none",
        "window in days": rules.window_days,
        "horizon in days": rules.horizon_days,
    }
    if rules.attribution is Attribution.TIME_DECAY:
        named["half-life in days"] = rules.half_life_days
    if indicator == LIFETIME_VALUE:
        named["yearly discount"] = policy.annual_discount
    if indicator == ATTRITION:
        named["days of grace after a change of owner"] = policy.ownership_grace_days
        named["who is lost"] = rules.relation.value.replace("_", "-")
        if rules.relation is not Relation.CONTRACTUAL:
            named["days without a purchase"] = rules.inactive_after_days
    return named


def _shown(value: Any) -> str:
    return "none" if value is None else str(value)
