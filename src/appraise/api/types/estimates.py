"""Results: an estimate with its working, or an absence with its reason."""

from decimal import Decimal
from enum import Enum
from typing import Annotated, Final, Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.permissions import Permission, Requires
from appraise.api.types.standings import STANDING, StandingType, standing_of
from appraise.domain.explanations import absence_sentence, evidence_sentence, sentences, verdict
from appraise.domain.identifiers import IndicatorKey, SectionId
from appraise.domain.language import retold
from appraise.domain.scorecards import Absence, AbsenceKind, Estimate, Evidence, Money

LEVEL: Final = (
    "What the policy's rule makes of it, 1 to 5, whatever the others have: 5 or 1 surely well better or worse than the "
    "average, 4 or 2 surely better or worse, 3 neither is sure enough. Other than 3 only on the side of `isBetter`. "
    "Null where it carries no consequence. Not a rating: a person rates."
)


FLAGGED: Final = (
    "Whether it is one of those flagged as different from expected in the run (see `ScoringRun.flags`). That is said "
    "of the list, by the share that may be wrong: whether this one figure is sure is said by `isBetter`. "
    "Null where it carries no consequence."
)


@strawberry.enum(name="AbsenceKind", description="Why there is no figure. An absence is never a zero.")
class AbsenceKindValue(Enum):
    INSUFFICIENT_EVIDENCE = strawberry.enum_value(
        AbsenceKind.INSUFFICIENT_EVIDENCE,
        description="Something was seen, but too little to tell anything from chance.",
    )
    NOT_OBSERVED = strawberry.enum_value(AbsenceKind.NOT_OBSERVED, description="Nothing was seen in the cycle.")
    NOT_APPLICABLE = strawberry.enum_value(
        AbsenceKind.NOT_APPLICABLE,
        description="The indicator does not apply to this job, or there is no such figure of several cycles.",
    )
    EXCLUDED = strawberry.enum_value(AbsenceKind.EXCLUDED, description="Left out on purpose, e.g. during leave.")
    WITHHELD = strawberry.enum_value(AbsenceKind.WITHHELD, description="There is a figure, which may not be shown.")


@strawberry.type(name="LeftOut", description="Outcomes that were seen and not used.")
class LeftOutType:
    reason: str = strawberry.field(description="Why, in a few words.")
    count: int = strawberry.field(description="Number of outcomes.")


@strawberry.type(name="Evidence", description="What a result rests on.")
class EvidenceType:
    events: int = strawberry.field(
        description=(
            "Number of outcomes seen: answers, contacts whose customers were watched, months of customers owned."
        )
    )
    customers: int = strawberry.field(description="Number of distinct customers behind the outcomes.")
    effective: Decimal = strawberry.field(
        description="Effective number of outcomes once credit is shared with colleagues who served the same customers."
    )
    expected_events: Decimal | None = strawberry.field(
        description=(
            "For ratios: the number of outcomes that an average employee would have had with the same customers."
        )
    )
    left_out: list[LeftOutType] = strawberry.field(description="What was seen and not used, by reason.")
    sentence: str = strawberry.field(description='In words, e.g. "214 answers from 198 customers".')

    @classmethod
    def of(cls, indicator: IndicatorKey, evidence: Evidence) -> Self:
        return cls(
            events=evidence.events,
            customers=evidence.customers,
            effective=evidence.effective,
            expected_events=evidence.expected_events,
            left_out=[LeftOutType(reason=reason, count=count) for reason, count in evidence.left_out],
            sentence=evidence_sentence(indicator, evidence),
        )


@strawberry.type(name="CaseMixEffect", description="What one trait of the customers or cases explains.")
class CaseMixEffectType:
    factor: str = strawberry.field(description="The trait, e.g. `topic` or `channel`.")
    effect: Decimal = strawberry.field(
        description="In the indicator's unit: how far the trait alone moved the observed figure, up or down."
    )


@strawberry.type(name="Note", description="A fact behind a working.")
class NoteType:
    name: str = strawberry.field(description="What it is, e.g. `between-employee sd`.")
    value: str = strawberry.field(description="Its value, ready to read.")


@strawberry.type(
    name="Working",
    description=(
        "How an estimate was worked out. It adds up digit for digit: `raw` − every `caseMix.effect` − `shrinkage` = "
        "`score`. All figures are in the indicator's unit."
    ),
)
class WorkingType:
    raw: Decimal = strawberry.field(
        description="In the indicator's unit: the plain observed figure, nothing corrected."
    )
    case_mix: list[CaseMixEffectType] = strawberry.field(
        description="The part that the customers and cases served explain, by trait."
    )
    shrinkage: Decimal = strawberry.field(
        description=(
            "In the indicator's unit: the pull towards the peers for lack of evidence "
            "and by `attributableShare`; of ratios also the step from "
            "all cases together, which have 1 until then, to the average employee, who has 1 in the score."
        )
    )
    score: Decimal = strawberry.field(
        description="In the indicator's unit: what remains; the same as the estimate's `value`."
    )
    attributable_share: Decimal = strawberry.field(
        description=(
            "Above 0, at most 1: the share of the variance between employees that the policy took to be their own; "
            "the rest is put down to customers and cases that the data do not describe, and is part of `shrinkage`."
        )
    )
    notes: list[NoteType] = strawberry.field(description="Further facts, for whoever checks the figures.")
    sentences: list[str] = strawberry.field(description="The same in plain sentences, one step each.")

    @classmethod
    def of(cls, estimate: Estimate) -> Self:
        working = estimate.working
        return cls(
            raw=working.raw,
            case_mix=[CaseMixEffectType(factor=factor, effect=effect) for factor, effect in working.case_mix],
            shrinkage=working.shrinkage,
            score=working.score,
            attributable_share=working.attributable_share,
            notes=[NoteType(name=name, value=value) for name, value in working.notes],
            sentences=list(sentences(estimate)),
        )


@strawberry.type(name="MoneyAgainstExpectation", description="A contribution in money against what was expected.")
class MoneyType:
    amount_minor: Decimal = strawberry.field(
        description="Whole minor units of the currency (cents); negative below expectation."
    )
    lower_minor: Decimal = strawberry.field(description="Lower bound of the 95 % interval, minor units.")
    upper_minor: Decimal = strawberry.field(description="Upper bound of the 95 % interval, minor units.")
    currency: str = strawberry.field(description="ISO 4217 code, e.g. `EUR`.")

    @classmethod
    def of(cls, money: Money) -> Self:
        return cls(
            amount_minor=Decimal(money.amount),
            lower_minor=Decimal(money.lower),
            upper_minor=Decimal(money.upper),
            currency=money.currency,
        )


@strawberry.type(
    name="EstimateResult",
    description="A figure with its uncertainty. `value`, the bounds and `expected` are in the indicator's unit.",
)
class EstimateResult:
    value: Decimal = strawberry.field(
        description="The estimate in the indicator's unit, corrected for case mix and for chance."
    )
    lower: Decimal = strawberry.field(description="Lower bound of the 95 % interval, in the indicator's unit.")
    upper: Decimal = strawberry.field(description="Upper bound of the 95 % interval, in the indicator's unit.")
    lower90: Decimal = strawberry.field(description="Lower bound of the 90 % interval, in the indicator's unit.")
    upper90: Decimal = strawberry.field(description="Upper bound of the 90 % interval, in the indicator's unit.")
    expected: Decimal = strawberry.field(
        description=(
            "What an average employee would have had with the same customers and cases; in the indicator's unit."
        )
    )
    unshrunk: Decimal = strawberry.field(
        description=(
            "In the indicator's unit, corrected for case mix only, so "
            "that little evidence cannot hide an unusual person."
        )
    )
    reliability: Decimal = strawberry.field(
        description="0 to 1: the share of the difference from the peers that is not chance."
    )
    standard_error: Decimal = strawberry.field(
        description="Sampling standard error of `unshrunk`, in the indicator's unit."
    )
    probability_better: Decimal = strawberry.field(
        description="0 to 1: probability that the true figure is on the good side of `expected`."
    )
    carries_consequence: bool = strawberry.field(
        description="Whether it is reliable enough to act on by the policy; if not, it may be read and not used."
    )
    is_better: bool | None = strawberry.field(
        description="Whether the whole 90 % interval is better (true) or worse (false) than expected; null: unclear."
    )
    level: int | None = strawberry.field(description=LEVEL)
    flagged: bool | None = strawberry.field(description=FLAGGED)
    verdict: str = strawberry.field(description="`isBetter` as a sentence.")
    evidence: EvidenceType = strawberry.field(description="What it rests on.")
    money: MoneyType | None = strawberry.field(description="The same in money, where the indicator has a money view.")
    estimate: strawberry.Private[Estimate]
    section: strawberry.Private[SectionId]

    @strawberry.field(description="How it was worked out. Reading somebody else's is written to the audit log.")
    def working(self, info: strawberry.Info) -> WorkingType:
        context: RequestContext = info.context
        context.sections.view(self.section)
        return WorkingType.of(self.estimate)

    @strawberry.field(description=STANDING, extensions=[Requires(Permission.READ_STANDINGS)])
    def standing(self, info: strawberry.Info) -> StandingType | None:
        return standing_of(info, self.section, self.estimate.indicator)

    @classmethod
    def of(cls, estimate: Estimate, section: SectionId) -> Self:
        return cls(
            section=section,
            value=estimate.value,
            lower=estimate.lower,
            upper=estimate.upper,
            lower90=estimate.lower_90,
            upper90=estimate.upper_90,
            expected=estimate.expected,
            unshrunk=estimate.unshrunk,
            standard_error=estimate.standard_error,
            reliability=estimate.reliability,
            probability_better=estimate.probability_better,
            carries_consequence=estimate.consequence,
            is_better=estimate.is_better,
            level=estimate.level,
            flagged=estimate.flagged,
            verdict=verdict(estimate),
            evidence=EvidenceType.of(estimate.indicator, estimate.evidence),
            estimate=estimate,
            money=None if estimate.money is None else MoneyType.of(estimate.money),
        )


@strawberry.type(name="Absence", description="No figure, and why. It weighs nothing and is never read as zero.")
class AbsenceResult:
    kind: AbsenceKindValue = strawberry.field(description="The kind of absence.")
    reason: str = strawberry.field(description="One sentence that the employee can read.")
    sentence: str = strawberry.field(description="Kind, reason and what was seen so far, in words.")
    evidence_so_far: EvidenceType | None = strawberry.field(description="What was seen, where anything was.")

    @classmethod
    def of(cls, absence: Absence) -> Self:
        evidence = absence.evidence
        return cls(
            kind=AbsenceKindValue(absence.kind),
            reason=retold(absence.reason),
            sentence=absence_sentence(absence),
            evidence_so_far=None if evidence is None else EvidenceType.of(absence.indicator, evidence),
        )


ItemResult = Annotated[
    EstimateResult | AbsenceResult,
    strawberry.union("ItemResult", description="What the data say: a figure, or that there is none and why."),
]


def result_of(result: Estimate | Absence, section: SectionId) -> EstimateResult | AbsenceResult:
    return EstimateResult.of(result, section) if isinstance(result, Estimate) else AbsenceResult.of(result)
