"""What scoring says of an employee: an estimate with its working, or a typed absence with its reason."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.in_place import InPlace
from appraise.domain.standings import Standing


class AbsenceKind(StrEnum):
    INSUFFICIENT_EVIDENCE = "INSUFFICIENT_EVIDENCE"
    NOT_OBSERVED = "NOT_OBSERVED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    EXCLUDED = "EXCLUDED"
    WITHHELD = "WITHHELD"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an estimate rests on.

    `events` outcomes seen (answers, spells at risk, customer-months), `customers` distinct customers,
    `effective` the effective number after sharing credit (Σw²), `credit` the credit itself (Σw), `expected_events` for
    ratio indicators the outcomes an average employee would have seen; `left_out` counts of outcomes not used, by
    reason.
    """

    events: int
    customers: int
    effective: Decimal
    expected_events: Decimal | None = None
    left_out: tuple[tuple[str, int], ...] = ()
    credit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Working:
    """The exact decomposition of one estimate: `raw − Σ case_mix − shrinkage = score`, digit for digit.

    All in the indicator's own unit. `raw` is the plain observed figure, `case_mix` the part explained by the
    customers and cases served, by factor, `shrinkage` the pull towards the peers for lack of evidence; of ratios also
    the step from all cases together, which have 1 until then, to the average employee, who has 1 in the score.
    `attributable_share`, in (0, 1], is the part of the variance between employees that the policy took to be their own
    (decision 6); what it takes off is in `shrinkage`.
    `notes` are sentences' worth of facts: ordered (name, value) pairs, e.g. ("between-employee sd", "3.1").
    """

    raw: Decimal
    case_mix: tuple[tuple[str, Decimal], ...]
    shrinkage: Decimal
    score: Decimal
    attributable_share: Decimal
    notes: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        rest = self.raw - sum(effect for _, effect in self.case_mix) - self.shrinkage
        if rest != self.score:
            message = f"working does not add up: {rest} is not {self.score}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Money:
    """A contribution in money against expectation, in minor units of `currency` (95 % interval).

    `foretold` times the unshrunk ratio is the money that was credited: what an average employee would have had, weighed
    by Σw². Money so credited adds up over employees; `amount` does not. None of runs from before it was kept.
    """

    amount: int
    lower: int
    upper: int
    currency: str
    foretold: int | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """`value`, the interval and `expected` share the indicator's unit; `probability_better` is in the good direction.

    `lower`/`upper` bound the 95 % interval, `lower_90`/`upper_90` the 90 % one. `unshrunk` is raw less case mix,
    shown so that little evidence cannot hide an unusual person, with its sampling `standard_error`. `consequence`
    says whether the reliability carries consequences by the policy; below it the estimate may be read and not used.
    `level` 1 to 5 is what the policy's rule makes of it, 5 the best; None where it carries no consequence or the
    indicator weighs nothing. A level other than 3 lies on the side that `is_better` says. It rates nobody.
    `flagged` is of the run's list of those who are different from expected (see `Flags`); None where there is no level.
    """

    indicator: IndicatorKey
    value: Decimal
    lower: Decimal
    upper: Decimal
    lower_90: Decimal
    upper_90: Decimal
    expected: Decimal
    unshrunk: Decimal
    standard_error: Decimal
    reliability: Decimal
    probability_better: Decimal
    consequence: bool
    evidence: Evidence
    working: Working
    money: Money | None = None
    level: int | None = None
    flagged: bool | None = None

    @property
    def is_better(self) -> bool | None:
        """True or False where the 90 % interval lies on one side of `expected`, None where the data cannot tell."""
        return side_of(self.lower_90, self.expected, self.upper_90, self.probability_better)


def side_of(lower_90: Decimal, expected: Decimal, upper_90: Decimal, probability_better: Decimal) -> bool | None:
    """What `Estimate.is_better` says."""
    if lower_90 <= expected <= upper_90:
        return None
    # Outside its own 90 % interval the probability is near 0 or 1, also where the direction is no longer known.
    return probability_better > Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Absence:
    """No figure, and why: `reason` is one sentence that the employee can read."""

    indicator: IndicatorKey
    kind: AbsenceKind
    reason: str
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Composite:
    """The weighted indicators together, judged jointly; 0 is the average employee and higher is better.

    The unit is the sd between employees of each indicator's part that is their own. `parts` by indicator sum to
    `value`, digit for digit; an indicator that was not observed has what the others imply of it. `level` and
    `flagged` are as an estimate's: None where the composite carries no consequence. They rate nobody: a person does.
    """

    value: Decimal
    lower: Decimal
    upper: Decimal
    lower_90: Decimal
    upper_90: Decimal
    spread: Decimal
    reliability: Decimal
    probability_better: Decimal
    consequence: bool
    level: int | None
    observed_weight: Decimal
    attributable_share: Decimal
    parts: tuple[tuple[IndicatorKey, Decimal], ...]
    flagged: bool | None = None

    def __post_init__(self) -> None:
        total = sum(part for _, part in self.parts)
        if total != self.value:
            message = f"the parts of a composite make {total}, not {self.value}"
            raise ValueError(message)

    @property
    def is_better(self) -> bool | None:
        """True or False where the 90 % interval lies on one side of the average, None where the data cannot tell."""
        if self.lower_90 > 0:
            return True
        return False if self.upper_90 < 0 else None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """`composite` is None where the run did not work one out. `standings`, COMPOSITE's too, are not for everybody."""

    employee: EmployeeId
    results: tuple[Estimate | Absence, ...]
    composite: Composite | Absence | None = None
    standings: tuple[tuple[IndicatorKey, Standing], ...] = ()

    def result(self, indicator: IndicatorKey) -> Estimate | Absence:
        return {result.indicator: result for result in self.results}[indicator]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of an indicator's outcomes could be laid at somebody's door in a run.

    `total` outcomes in the cycle, `attributed` to employees (sum of weights), `unattributed` the rest,
    by reason in `why`. Shown, never spread over people. `notes` are sentences about how the indicator was measured in
    this run.
    """

    indicator: IndicatorKey
    total: Decimal
    attributed: Decimal
    why: tuple[tuple[str, Decimal], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def unattributed(self) -> Decimal:
        return self.total - self.attributed


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a scoring run was computed from; the same manifest gives the same digits.

    `event_versions` are the event tables' version numbers, `data_as_of` the first day without data, `cycle_end` None
    where the cycle was open, `people_hash` and `policy_hash` SHA-256 of their canonical JSON, `policy_warnings` what
    lint said of the policy. `seed` starts the random numbers of composites; `indicators` tell by key which package
    measured it, `software` the versions of code and libraries by name, `in_place` the tables that were read where they
    are, of which nothing is kept. `rates_hash` is that of the exchange rates by which money was converted, None where
    there were none.
    """

    code_version: str
    policy_hash: str
    people_hash: str
    event_versions: tuple[tuple[str, int], ...]
    cycle_start: date
    cycle_end: date | None
    data_as_of: date
    policy_warnings: tuple[str, ...] = ()
    seed: int = 0
    indicators: tuple[tuple[str, str], ...] = ()
    software: tuple[tuple[str, str], ...] = ()
    in_place: tuple[InPlace, ...] = ()
    rates_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Flags:
    """How many of the `judged` are flagged as different from expected, on each side, in a run.

    A share of `expected_wrong` of the flagged is expected to lie on the other side, at most the policy's
    `false_discovery_rate`. That is said of the list: one of the flagged alone may be less sure than a verdict asks.
    """

    indicator: IndicatorKey
    judged: int
    better: int
    worse: int
    expected_wrong: Decimal


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run assumed and found of everybody: `attributable_share` as in `Working`, flags by indicator."""

    attributable_share: Decimal
    flags: tuple[Flags, ...]


@dataclass(frozen=True, slots=True)
class ScoringResult:
    scorecards: tuple[Scorecard, ...]
    coverage: tuple[Coverage, ...]
    manifest: Manifest
    summary: RunSummary | None = None
