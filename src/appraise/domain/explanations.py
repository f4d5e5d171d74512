"""A result in sentences that a stranger to statistics can follow; terminal, pages and API say the same words.

Figures are rounded for reading: points and percentages to one place, ratios to two. The working holds every digit.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import Direction, Unit, definition_of
from appraise.domain.language import in_percent, marks, retold, say, say_many, speech
from appraise.domain.money import in_whole_units
from appraise.domain.scorecards import Absence, AbsenceKind, Composite, Estimate, Evidence, Money
from appraise.domain.shortfalls import reached

LOST: Final = "a lost customer is one"
"""Name of the working's note that says what was taken for a loss."""

COMPARED: Final = "compared with each other"
"""Name of the working's note that says how many, of how many, have kinds of cases in common."""

GROUPS: Final = "groups of employees without a kind of case in common"

PLAIN: Final = "plain average, with what colleagues had a share in"
"""Name of the working's note that says what was observed, where `raw` has the colleagues' part taken out."""

RESPONSES: Final = "customers answered after"
"""Name of the working's note that says after how many contacts there was an answer."""

TOGETHER: Final = "design effect of customers with several outcomes"
"""Name of the working's note by how much less evidence tells, as what comes of one customer goes together."""

MODEL: Final = "model of buying"
"""Name of the working's note that says which model foretold what customers would spend."""

CASE_MIX: Final = "case mix: "
"""How the name of a note begins that names a factor that could not be adjusted for."""

NOT_ADJUSTED: Final = "not adjusted for, "
"""How that note itself begins; the reason follows."""

SEEN: Final = Decimal("1.01")
"""A design effect that is worth a sentence."""

HUNDRED: Final = 100
"""The end of scales of points and per cent."""

ABSENCES: Final[dict[AbsenceKind, str]] = {
    AbsenceKind.INSUFFICIENT_EVIDENCE: "Too little evidence for a figure",
    AbsenceKind.NOT_OBSERVED: "Not observed",
    AbsenceKind.NOT_APPLICABLE: "Does not apply here",
    AbsenceKind.EXCLUDED: "Left out on purpose",
    AbsenceKind.WITHHELD: "Withheld",
}


def sentences(estimate: Estimate) -> tuple[str, ...]:
    """How the estimate came about, from what was observed to what may be made of it, one step a sentence.

    The level is none of the steps: whoever rates reads it (`level_sentence`) after rating.
    """
    steps = (
        _observed(estimate),
        _without_colleagues(estimate),
        _noted(estimate, LOST),
        _noted(estimate, RESPONSES),
        _foretold(estimate),
        _compared(estimate),
        _case_mix(estimate),
        _not_adjusted(estimate),
        _together(estimate),
        _shrinkage(estimate),
        own_share(estimate.working.attributable_share),
        _interval(estimate),
        verdict(estimate),
        _reliability(estimate),
        _money(estimate.money),
        _left_out(estimate.evidence),
    )
    return tuple(step for step in steps if step)


def verdict(estimate: Estimate) -> str:
    """One sentence: better or worse than expected, or that the data cannot tell."""
    return verdict_of(estimate.is_better, estimate.probability_better)


def verdict_of(is_better: bool | None, probability_better: Decimal) -> str:  # noqa: FBT001  # three-valued
    chance = percent(probability_better)
    match is_better:
        case True:
            return say("This is better than expected (probability {chance}).", chance=chance)
        case False:
            return say("This is worse than expected (probability of being better: {chance}).", chance=chance)
        case None:
            return say(
                "The data cannot tell this from what was expected (probability of being better: {chance}).",
                chance=chance,
            )


def absence_sentence(absence: Absence) -> str:
    """Why there is no figure, and how much was seen."""
    reason = retold(absence.reason.strip()).rstrip(".")
    sentence = f"{say(ABSENCES[absence.kind])}. {reason[:1].upper()}{reason[1:]}."
    if absence.evidence is None or not absence.evidence.events:
        return sentence
    evidence = evidence_sentence(absence.indicator, absence.evidence)
    return " ".join((sentence, say("Seen so far: {evidence}.", evidence=evidence)))


def evidence_sentence(indicator: IndicatorKey, evidence: Evidence) -> str:
    """What a result rests on, e.g. `214 answers from 198 customers`."""
    events, customers = _events(indicator, evidence.events), _customers(evidence.customers)
    return say("{events} from {customers}", events=events, customers=customers)


def figure(indicator: IndicatorKey, value: Decimal) -> str:
    """A value in the indicator's unit, rounded for reading, with a true minus sign."""
    step = Decimal("0.1") if definition_of(indicator).unit in {Unit.POINTS, Unit.PERCENT} else Decimal("0.01")
    # Half up, as browsers round; what rounds to zero has no sign.
    return marks(f"{value.quantize(step, ROUND_HALF_UP) + 0:f}".replace("-", "−"))


def signed(indicator: IndicatorKey, value: Decimal) -> str:
    """A difference in the indicator's unit, rounded for reading, with its sign."""
    text = figure(indicator, value)
    return text if text.startswith("−") else f"+{text}"


def whole_amount(minor: int, currency: str) -> str:
    """Minor units of the currency (ISO 4217) as signed whole units, with a true minus sign."""
    whole = int(in_whole_units(minor, currency).quantize(Decimal(1), ROUND_HALF_UP))  # as browsers round
    return marks(f"{whole:+,}".replace("-", "−")) if whole else "0"


def percent(share: Decimal) -> str:
    """A probability for reading: never `0 %` or `100 %`, as nothing here is certain."""
    percent = round(share * 100)
    if percent >= 100:  # noqa: PLR2004  # a whole
        return say("over 99\N{NO-BREAK SPACE}%")
    return f"{percent}\N{NO-BREAK SPACE}%" if percent >= 1 else say("under 1\N{NO-BREAK SPACE}%")


def _observed(estimate: Estimate) -> str:
    evidence, plain = estimate.evidence, dict(estimate.working.notes).get(PLAIN)
    return say(
        definition_of(estimate.indicator).opening,
        events=_events(estimate.indicator, evidence.events),
        customers=_customers(evidence.customers),
        raw=figure(estimate.indicator, estimate.working.raw if plain is None else Decimal(plain)),
    )


def _without_colleagues(estimate: Estimate) -> str:
    if PLAIN not in dict(estimate.working.notes):
        return ""
    return say(
        "Colleagues had a share in these. With their part taken out it is {raw}: this step may lie beyond the scale, "
        "what is shown does not.",
        raw=figure(estimate.indicator, estimate.working.raw),
    )


def _noted(estimate: Estimate, name: str) -> str:
    """A note that is a sentence together with its name."""
    told = dict(estimate.working.notes).get(name)
    return "" if told is None else retold(f"{name[:1].upper()}{name[1:]} {told}.")


def _foretold(estimate: Estimate) -> str:
    model = dict(estimate.working.notes).get(MODEL)
    if model is None:
        return ""
    return say(
        "What was usual is what these customers' earlier purchases foretold, by a published model of buying ({model}).",
        model=retold(model),
    )


def _together(estimate: Estimate) -> str:
    """Nothing where the evidence tells as much as if each outcome came from another customer, to the per cent."""
    effect = Decimal(dict(estimate.working.notes).get(TOGETHER, "1"))
    if effect < SEEN:
        return ""
    return say(
        "What comes of the same customer goes together, so the evidence tells as much as {share} of as many outcomes of"
        " different customers would.",
        share=percent(1 / effect),
    )


def _compared(estimate: Estimate) -> str:
    count = dict(estimate.working.notes).get(COMPARED)
    if count is None:
        return ""
    return say(
        "Compared are only the employees who have kinds of cases in common, directly or through others ({count}).",
        count=retold(count),
    )


def _not_adjusted(estimate: Estimate) -> str:
    factors = [
        f"{_words(name.removeprefix(CASE_MIX))} ({retold(why.removeprefix(NOT_ADJUSTED))})"
        for name, why in estimate.working.notes
        if name.startswith(CASE_MIX)
    ]
    return say("Not adjusted for: {factors}.", factors=", ".join(factors)) if factors else ""


def _case_mix(estimate: Estimate) -> str:
    effects = estimate.working.case_mix
    total = sum(effect for _, effect in effects)
    if not effects:
        return say("How hard the customers and cases served were is not in the figure.")
    if not total:
        # Among a part of the employees only; that there is another part has been said.
        if COMPARED in dict(estimate.working.notes):
            return ""
        return say("The customers and cases served were no harder and no easier than the peers'.")
    direction = definition_of(estimate.indicator).direction
    if direction is None:
        told = say(
            "Other cases than the peers' explain {total} of this ({parts}); without them the figure is {figure}."
        )
    elif total.is_signed() is (direction is Direction.HIGHER_IS_BETTER):
        told = say(
            "Harder cases than the peers' explain {total} of this ({parts}); without them the figure is {figure}."
        )
    else:
        told = say(
            "Easier cases than the peers' explain {total} of this ({parts}); without them the figure is {figure}."
        )
    parts = ", ".join(f"{_words(factor)} {signed(estimate.indicator, effect)}" for factor, effect in effects if effect)
    unmixed = figure(estimate.indicator, estimate.unshrunk)
    return told.format(total=signed(estimate.indicator, total), parts=parts, figure=unmixed)


def composite_sentences(composite: Composite) -> tuple[str, ...]:
    """From the parts to what may be made of the whole; the unit is the sd between employees."""
    parts = ", ".join(f"{_words(key)} {_sds(part)}" for key, part in composite.parts)
    shares = (composite.observed_weight, composite.attributable_share)
    weight, share = map(in_percent, shares)
    return (
        say(
            "Weighed by the policy the indicators add {parts}: together {value}, in standard deviations between"
            " employees.",
            parts=parts,
            value=_sds(composite.value),
        ),
        say(
            "With 95\N{NO-BREAK SPACE}% certainty it lies between {low} and {high}; the average employee has 0. {share}"
            " of the variance between employees counts as their own.",
            low=_sds(composite.lower),
            high=_sds(composite.upper),
            share=share,
        ),
        say(
            "Indicators with {weight} of the weight have a figure; of others only what goes with these is assumed.",
            weight=weight,
        ),
        _use(composite.reliability, is_enough=composite.consequence),
        composite_verdict(composite),
    )


def _use(reliability: Decimal, *, is_enough: bool) -> str:
    if is_enough:
        return say("The reliability is {share}: enough to act on.", share=percent(reliability))
    return say("The reliability is {share}: to be read, not to be acted on.", share=percent(reached(reliability)))


def composite_verdict(composite: Composite) -> str:
    """One sentence: above or below the average, or that the data cannot tell; with the level where there is one."""
    words = {
        True: say("That is surely above the average"),
        False: say("That is surely below the average"),
        None: say("The data cannot tell it from the average"),
    }[composite.is_better]
    if composite.level is None:
        return f"{words}."
    return say("{verdict}: level {level} of 5.", verdict=words, level=composite.level)


def _sds(value: Decimal) -> str:
    return marks(f"{round(value, 2) + 0:+.2f}".replace("-", "−"))


def _shrinkage(estimate: Estimate) -> str:
    pull = estimate.working.shrinkage
    score = figure(estimate.indicator, estimate.working.score)
    if not pull:
        return say("Nothing is taken off for chance; the score is {score}.", score=score)
    near, far = sorted((estimate.unshrunk, estimate.expected))
    if not near <= estimate.working.score <= far:  # of ratios: 1 is the average employee's, not that of all cases
        return say(
            "Beside the average colleague, rather than all cases taken together, and held back for what may be chance,"
            " the figure changes by {change}, so the score is {score}.",
            change=signed(estimate.indicator, -pull),
            score=score,
        )
    is_of_hundred = definition_of(estimate.indicator).unit in {Unit.POINTS, Unit.PERCENT}
    if is_of_hundred and not 0 <= estimate.unshrunk <= HUNDRED and estimate.working.score in {0, HUNDRED}:
        return say(
            "Part of what is left may be chance, and the scale ends: the figure is moved by {moved}, so the score is"
            " {score}.",
            moved=figure(estimate.indicator, abs(pull)),
            score=score,
        )
    return say(
        "Part of what is left may be chance: until there is more evidence the figure is moved by {moved} towards the"
        " peers, so the score is {score}.",
        moved=figure(estimate.indicator, abs(pull)),
        score=score,
    )


def own_share(share: Decimal) -> str:
    """What the policy's attributable share means for whoever reads a figure."""
    if share == 1:
        return say("The policy takes all of what is not chance to be the employee's own doing.")
    return say(
        "The policy takes {share} of the variance between employees to be their own; the rest is put down to"
        " customers and cases that the data do not describe, which also moves the figure towards the peers.",
        share=percent(share),
    )


def _interval(estimate: Estimate) -> str:
    return say(
        "With 95\N{NO-BREAK SPACE}% certainty the true figure lies between {low} and {high}; expected was {expected}.",
        low=figure(estimate.indicator, estimate.lower),
        high=figure(estimate.indicator, estimate.upper),
        expected=figure(estimate.indicator, estimate.expected),
    )


def level_sentence(level: int) -> str:
    return say("By the policy's rule that is level {level} of 5; it rates nobody.", level=level)


def _reliability(estimate: Estimate) -> str:
    if estimate.consequence:
        return say("The reliability is {share}: enough to act on.", share=percent(estimate.reliability))
    return say(
        "The reliability is {share}, below what the policy asks for: to be read, not to be acted on.",
        share=percent(reached(estimate.reliability)),
    )


def _money(money: Money | None) -> str:
    if money is None:
        return ""
    return say(
        "In money that is {amount} {currency} against expectation (95\N{NO-BREAK SPACE}%: {low} to {high} {currency}).",
        amount=whole_amount(money.amount, money.currency),
        currency=money.currency,
        low=whole_amount(money.lower, money.currency),
        high=whole_amount(money.upper, money.currency),
    )


def _left_out(evidence: Evidence) -> str:
    if not evidence.left_out:
        return ""
    counts = ", ".join(f"{_words(reason)} ({marks(f'{count:,}')})" for reason, count in evidence.left_out)
    return say("Left out: {counts}.", counts=counts)


def _events(indicator: IndicatorKey, count: int) -> str:
    one, many = definition_of(indicator).outcome
    return f"{marks(f'{count:,}')} {speech().many(one, many, count)}"


def _customers(count: int) -> str:
    return say_many("{count} customer", "{count} customers", count)


def _words(identifier: str) -> str:
    return retold(identifier.replace("_", " "))
