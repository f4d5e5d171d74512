"""Results in sentences: what a stranger to statistics reads."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.explanations import absence_sentence, figure, sentences, verdict
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, SATISFACTION
from appraise.domain.scorecards import Absence, AbsenceKind, Estimate, Evidence, Money, Working

SATISFIED = Estimate(
    indicator=SATISFACTION,
    value=Decimal("82.20"),
    lower=Decimal("78.80"),
    upper=Decimal("85.60"),
    lower_90=Decimal("79.30"),
    upper_90=Decimal("85.10"),
    expected=Decimal("78.45"),
    unshrunk=Decimal("83.05"),
    standard_error=Decimal("2.10"),
    reliability=Decimal("0.78"),
    probability_better=Decimal("0.9981"),
    consequence=True,
    evidence=Evidence(1214, 1, Decimal("201.5"), None, (("contact outside the cycle", 12),)),
    working=Working(
        raw=Decimal("81.775"),
        case_mix=(("topic", Decimal("-1.70")), ("channel", Decimal("0.425"))),
        shrinkage=Decimal("0.85"),
        score=Decimal("82.20"),
        attributable_share=Decimal("0.7"),
    ),
    money=Money(1_234_500, -40_000, 2_500_000, "EUR"),
)


MOVED = (
    "Part of what is left may be chance: until there is more evidence the figure is moved by 0.9 towards the peers,"
    " so the score is 82.2."
)


OWN = (
    "The policy takes 70 % of the variance between employees to be their own; the rest is put down to customers and"
    " cases that the data do not describe, which also moves the figure towards the peers."
)


def plain(texts: tuple[str, ...]) -> list[str]:
    return [text.replace("\N{NO-BREAK SPACE}", " ") for text in texts]


def test_an_estimate_is_told_from_what_was_seen_to_what_may_be_made_of_it() -> None:
    assert plain(sentences(SATISFIED)) == [
        "1,214 answers from 1 customer gave 81.8 of 100 points.",
        "Harder cases than the peers' explain −1.3 of this (topic −1.7, channel +0.4); without them the figure is 83.1.",
        MOVED,
        OWN,
        "With 95 % certainty the true figure lies between 78.8 and 85.6; expected was 78.5.",
        "This is better than expected (probability over 99 %).",
        "The reliability is 78 %: enough to act on.",
        "In money that is +12,345 EUR against expectation (95 %: −400 to +25,000 EUR).",
        "Left out: contact outside the cycle (12).",
    ]


def test_where_lower_is_better_a_case_mix_that_lifts_the_figure_is_the_harder_one() -> None:
    working = Working(Decimal("1.10"), (("segment", Decimal("0.08")),), Decimal(0), Decimal("1.02"), Decimal(1))
    told = sentences(replace(SATISFIED, indicator=ATTRITION, working=working, unshrunk=Decimal("1.02"), money=None))

    assert told[1].startswith("Harder cases than the peers' explain +0.08 of this (segment +0.08)")
    assert told[2] == "Nothing is taken off for chance; the score is 1.02."
    assert told[3] == "The policy takes all of what is not chance to be the employee's own doing."


def test_an_interval_that_holds_what_was_expected_is_told_as_not_knowing() -> None:
    unclear = replace(SATISFIED, lower_90=Decimal(70), probability_better=Decimal("0.71"))

    assert plain((verdict(unclear),)) == [
        "The data cannot tell this from what was expected (probability of being better: 71 %)."
    ]


def test_an_absence_gives_its_kind_its_reason_and_what_was_seen() -> None:
    absence = Absence(LIFETIME_VALUE, AbsenceKind.INSUFFICIENT_EVIDENCE, "too few.", Evidence(31, 28, Decimal(22)))

    assert absence_sentence(absence) == (
        "Too little evidence for a figure. Too few. Seen so far: 31 contacts from 28 customers."
    )
    assert absence_sentence(replace(absence, kind=AbsenceKind.NOT_OBSERVED, evidence=None)) == "Not observed. Too few."


@given(st.decimals(0, 1, places=6))
def test_no_probability_is_told_as_certain(chance: Decimal) -> None:
    told = verdict(replace(SATISFIED, probability_better=chance)).replace("\N{NO-BREAK SPACE}", " ")

    assert "100 %" not in told
    assert " 0 %" not in told


@given(st.decimals(-1000, 1000, places=6))
def test_a_figure_is_within_half_a_step_of_the_value(value: Decimal) -> None:
    assert abs(Decimal(figure(SATISFACTION, value).replace("−", "-")) - value) <= Decimal("0.05")


def test_a_figure_whose_package_is_gone_is_told_without_guessing_which_way_is_good() -> None:
    gone = replace(SATISFIED, indicator=IndicatorKey("first_reply"), money=None)

    told = plain(sentences(gone))

    assert told[0] == "1,214 outcomes from 1 customer gave a plain figure of 81.78."
    assert told[1].startswith("Other cases than the peers' explain −1.28 of this")
    assert gone.is_better
    assert replace(gone, probability_better=Decimal("0.0019")).is_better is False
