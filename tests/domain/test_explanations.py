"""Results in sentences: what a stranger to statistics reads."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.explanations import (
    absence_sentence,
    composite_sentences,
    evidence_sentence,
    figure,
    level_sentence,
    percent,
    sentences,
    signed,
    verdict,
    verdict_of,
    whole_amount,
)
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, SATISFACTION
from appraise.domain.scorecards import Absence, AbsenceKind, Composite, Estimate, Evidence, Money, Working
from appraise.scoring.installed import installed

installed()  # what is installed is known, also where these tests run without the others

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
    money=Money(1_234_500, -40_000, 2_500_000, "EUR", 9_000_000),
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


def test_a_figure_is_better_or_worse_or_cannot_be_told() -> None:
    chance = Decimal("0.03")
    told = plain(tuple(verdict_of(better, chance) for better in (True, False, None)))

    assert told == [
        "This is better than expected (probability 3 %).",
        "This is worse than expected (probability of being better: 3 %).",
        "The data cannot tell this from what was expected (probability of being better: 3 %).",
    ]


def test_a_level_is_no_step_of_the_working_so_that_it_leads_nobody_who_has_still_to_rate() -> None:
    assert sentences(replace(SATISFIED, level=5)) == sentences(replace(SATISFIED, level=None))
    assert level_sentence(5) == "By the policy's rule that is level 5 of 5; it rates nobody."


@pytest.mark.parametrize(
    ("low", "high", "level", "sentence"),
    [
        ("0.1", "1.1", 5, "That is surely above the average: level 5 of 5."),
        ("-0.1", "1.1", 3, "The data cannot tell it from the average: level 3 of 5."),
        ("-1.1", "-0.1", None, "That is surely below the average."),
    ],
)
def test_a_composite_ends_with_its_verdict_and_its_level(low: str, high: str, level: int, sentence: str) -> None:
    some = Decimal("0.5")
    whole = Composite(
        some, Decimal(-2), Decimal(2), Decimal(low), Decimal(high), some, some, some, True, level, some, some,
        ((SATISFACTION, some),),
    )  # fmt: skip

    assert composite_sentences(whole)[-1] == sentence


def test_where_lower_is_better_a_case_mix_that_lifts_the_figure_is_the_harder_one() -> None:
    working = Working(Decimal("1.10"), (("segment", Decimal("0.08")),), Decimal(0), Decimal("1.02"), Decimal(1))
    told = sentences(replace(SATISFIED, indicator=ATTRITION, working=working, unshrunk=Decimal("1.02"), money=None))

    assert told[1].startswith("Harder cases than the peers' explain +0.08 of this (segment +0.08)")
    assert told[2] == "Nothing is taken off for chance; the score is 1.02."
    assert told[3] == "The policy takes all of what is not chance to be the employee's own doing."


@pytest.mark.parametrize(
    ("unshrunk", "score", "told"),
    [
        ("1.14", "1.10", "moved by 0.04 towards the peers, so the score is 1.10."),
        ("1.14", "1.00", "moved by 0.14 towards the peers, so the score is 1.00."),
        ("0.86", "1.00", "moved by 0.14 towards the peers, so the score is 1.00."),
        ("1.14", "1.19", "changes by +0.05, so the score is 1.19."),  # all cases together have 1, the average .95
        ("1.02", "0.98", "changes by −0.04, so the score is 0.98."),
        ("0.98", "1.02", "changes by +0.04, so the score is 1.02."),
        ("0.90", "0.92", "moved by 0.02 towards the peers, so the score is 0.92."),
    ],
)
def test_a_figure_that_the_average_colleague_moves_further_from_expected_is_not_said_to_move_towards_the_peers(
    unshrunk: str, score: str, told: str
) -> None:
    begin, end = Decimal(unshrunk), Decimal(score)
    working = Working(begin, (), begin - end, end, Decimal(1))
    ratio = replace(SATISFIED, indicator=ATTRITION, expected=Decimal(1), unshrunk=begin, working=working, money=None)

    sentence = sentences(ratio)[2]
    assert sentence.endswith(told)
    assert sentence.startswith(
        "Part of what is left may be chance: until there is more evidence the figure is moved by "
        if "towards" in told
        else "Beside the average colleague, rather than all cases taken together, and held back for what may be chance,"
        " the figure changes by "
    )


def test_what_does_not_apply_is_left_out_and_small_counts_are_told_in_the_singular() -> None:
    little = Evidence(1, 1, Decimal(1), None, (("contact outside the cycle", 12), ("no_answer", 1_300)))
    told = plain(sentences(replace(SATISFIED, evidence=little, money=None, consequence=False)))

    assert told[0] == "1 answer from 1 customer gave 81.8 of 100 points."
    assert told[6:] == [
        "The reliability is 78 %, below what the policy asks for: to be read, not to be acted on.",
        "Left out: contact outside the cycle (12), no answer (1,300).",
    ]
    assert plain(sentences(replace(SATISFIED, evidence=replace(little, left_out=()), money=None)))[6:] == [
        "The reliability is 78 %: enough to act on."
    ]


def test_a_reliability_just_under_what_is_asked_is_not_told_as_that() -> None:
    short = replace(SATISFIED, reliability=Decimal("0.697"), consequence=False)

    assert plain(sentences(short))[6].startswith("The reliability is 69 %, below what the policy asks for")


def test_what_was_taken_for_a_loss_is_told_after_what_was_seen() -> None:
    notes = (("spread", "0.2"), ("a lost customer is one", "whose subscription ended by choice"))
    told = sentences(replace(SATISFIED, working=replace(SATISFIED.working, notes=notes)))

    assert told[1] == "A lost customer is one whose subscription ended by choice."
    assert (told[0], *told[2:]) == sentences(SATISFIED)


def test_a_case_mix_that_explains_nothing_is_told_so() -> None:
    none = (("topic", Decimal(0)),)
    working = Working(Decimal("83.05"), none, Decimal("0.85"), Decimal("82.20"), Decimal(1))

    assert sentences(replace(SATISFIED, working=working))[1] == (
        "The customers and cases served were no harder and no easier than the peers'."
    )


@pytest.mark.parametrize(("currency", "told"), [("EUR", "−425"), ("JPY", "−42,500"), ("KWD", "−43"), ("XXX", "−425")])
def test_money_is_told_in_whole_units_of_its_own_currency(currency: str, told: str) -> None:
    """ISO 4217: the yen has no minor unit, the Kuwaiti dinar a thousand of them; two digits where nothing is known."""
    money = Money(-42_500, -42_500, -42_500, currency, None)

    assert f"that is {told} {currency} against" in " ".join(sentences(replace(SATISFIED, money=money)))


def test_what_was_not_adjusted_for_is_said_and_never_called_no_harder() -> None:
    notes = (("case mix: prior_purchases", "not adjusted for, not recorded"), ("compared with each other", "34 of 40"))
    unknown = Working(Decimal("83.05"), (), Decimal("0.85"), Decimal("82.20"), Decimal(1), notes[:1])
    apart = Working(Decimal("83.05"), (("topic", Decimal(0)),), Decimal("0.85"), Decimal("82.20"), Decimal(1), notes)

    assert sentences(replace(SATISFIED, working=unknown))[1:3] == (
        "How hard the customers and cases served were is not in the figure.",
        "Not adjusted for: prior purchases (not recorded).",
    )
    assert sentences(replace(SATISFIED, working=apart))[1:3] == (
        "Compared are only the employees who have kinds of cases in common, directly or through others (34 of 40).",
        "Not adjusted for: prior purchases (not recorded).",
    )


def test_what_a_result_rests_on_is_told_in_the_words_of_its_indicator() -> None:
    assert evidence_sentence(SATISFACTION, Evidence(1214, 1198, Decimal(900))) == "1,214 answers from 1,198 customers"


COMPOSITE = Composite(
    value=Decimal("0.40"),
    lower=Decimal("-0.15"),
    upper=Decimal("0.95"),
    lower_90=Decimal("-0.06"),
    upper_90=Decimal("0.86"),
    spread=Decimal("0.70"),
    reliability=Decimal("0.64"),
    probability_better=Decimal("0.92"),
    consequence=True,
    level=3,
    observed_weight=Decimal("0.75"),
    attributable_share=Decimal("0.7"),
    parts=((SATISFACTION, Decimal("0.55")), (LIFETIME_VALUE, Decimal("-0.15"))),
)


def test_a_composite_is_told_from_its_parts_to_what_may_be_made_of_it() -> None:
    assert plain(composite_sentences(COMPOSITE)) == [
        (
            "Weighed by the policy the indicators add satisfaction +0.55, lifetime value −0.15: together +0.40,"
            " in standard deviations between employees."
        ),
        (
            "With 95 % certainty it lies between −0.15 and +0.95; the average employee has 0."
            " 70 % of the variance between employees counts as their own."
        ),
        "Indicators with 75 % of the weight have a figure; of others only what goes with these is assumed.",
        "The reliability is 64 %: enough to act on.",
        "The data cannot tell it from the average: level 3 of 5.",
    ]


def test_a_composite_of_little_reliability_is_to_be_read_only() -> None:
    assert plain(composite_sentences(replace(COMPOSITE, consequence=False, level=None)))[3:] == [
        "The reliability is 64 %: to be read, not to be acted on.",
        "The data cannot tell it from the average.",
    ]


@pytest.mark.parametrize(
    ("chance", "told"),
    [
        ("0.0001", "under 1 %"),
        ("0.005", "under 1 %"),
        ("0.01", "1 %"),
        ("0.02", "2 %"),
        ("0.99", "99 %"),
        ("0.9999", "over 99 %"),
    ],
)
def test_a_probability_is_told_in_whole_percent(chance: str, told: str) -> None:
    assert plain((percent(Decimal(chance)),)) == [told]


@pytest.mark.parametrize(
    ("indicator", "effect", "kind"),
    [
        (SATISFACTION, "0.5", "Easier cases than the peers' explain +0.5"),
        (SATISFACTION, "-0.5", "Harder cases than the peers' explain −0.5"),
        (ATTRITION, "0.5", "Harder cases than the peers' explain +0.50"),
        (ATTRITION, "-0.5", "Easier cases than the peers' explain −0.50"),
    ],
)
def test_cases_are_easier_where_they_move_the_figure_in_the_good_direction(
    indicator: IndicatorKey, effect: str, kind: str
) -> None:
    working = Working(Decimal(80), (("topic", Decimal(effect)),), Decimal(0), 80 - Decimal(effect), Decimal(1))

    assert sentences(replace(SATISFIED, indicator=indicator, working=working))[1].startswith(f"{kind} of this (topic")


def test_an_interval_that_holds_what_was_expected_is_told_as_not_knowing() -> None:
    unclear = replace(SATISFIED, lower_90=Decimal(70), probability_better=Decimal("0.71"))

    assert plain((verdict(unclear),)) == [
        "The data cannot tell this from what was expected (probability of being better: 71 %)."
    ]


def test_an_absence_gives_its_kind_its_reason_and_what_was_seen() -> None:
    absence = Absence(
        LIFETIME_VALUE, AbsenceKind.INSUFFICIENT_EVIDENCE, " too few in region X... ", Evidence(31, 28, Decimal(22))
    )

    assert absence_sentence(absence) == (
        "Too little evidence for a figure. Too few in region X. Seen so far: 31 contacts from 28 customers."
    )
    assert absence_sentence(replace(absence, kind=AbsenceKind.NOT_OBSERVED, evidence=None)) == (
        "Not observed. Too few in region X."
    )


@given(st.decimals(0, 1, places=6))
def test_no_probability_is_told_as_certain(chance: Decimal) -> None:
    told = verdict(replace(SATISFIED, probability_better=chance)).replace("\N{NO-BREAK SPACE}", " ")

    assert "100 %" not in told
    assert " 0 %" not in told


@given(st.decimals(-1000, 1000, places=6))
def test_a_figure_is_within_half_a_step_of_the_value(value: Decimal) -> None:
    assert abs(Decimal(figure(SATISFACTION, value).replace("−", "-")) - value) <= Decimal("0.05")


@pytest.mark.parametrize(("value", "text"), [("2.345", "+2.3"), ("-2.345", "−2.3"), ("0", "+0.0"), ("-0.04", "+0.0")])
def test_a_difference_has_its_sign(value: str, text: str) -> None:
    assert signed(SATISFACTION, Decimal(value)) == text


def test_a_figure_whose_package_is_gone_is_told_without_guessing_which_way_is_good() -> None:
    gone = replace(SATISFIED, indicator=IndicatorKey("first_reply"), money=None)

    told = plain(sentences(gone))

    assert told[0] == "1,214 outcomes from 1 customer gave a plain figure of 81.78."
    assert told[1].startswith("Other cases than the peers' explain −1.28 of this")
    assert gone.is_better
    assert replace(gone, probability_better=Decimal("0.0019")).is_better is False


def test_the_model_and_what_goes_together_are_told_where_they_matter() -> None:
    notes = (("model of buying", "BG/NBD"), ("design effect of customers with several outcomes", "1.250"))
    told = plain(sentences(replace(SATISFIED, working=replace(SATISFIED.working, notes=notes))))

    assert told[1] == (
        "What was usual is what these customers' earlier purchases foretold, by a published model of buying (BG/NBD)."
    )
    assert told[3] == (
        "What comes of the same customer goes together, so the evidence tells as much as 80 % of as many outcomes of "
        "different customers would."
    )
    hardly = (("design effect of customers with several outcomes", "1.009"),)
    assert sentences(replace(SATISFIED, working=replace(SATISFIED.working, notes=hardly))) == sentences(SATISFIED)


@given(st.decimals(-1, 1, places=6))
def test_what_rounds_to_zero_has_no_minus_sign(value: Decimal) -> None:
    texts = [say(key, value) for say in (figure, signed) for key in (ATTRITION, SATISFACTION)]
    texts += [whole_amount(int(value * 100), currency) for currency in ("EUR", "KWD")]

    assert [text for text in texts if text.startswith("−") and not set(text) & set("123456789")] == []


@pytest.mark.parametrize(
    ("minor", "currency", "told"),
    [
        (100_050, "EUR", "+1,001"),
        (-100_050, "EUR", "−1,001"),
        (100_150, "EUR", "+1,002"),
        (49, "EUR", "0"),
        (-49, "EUR", "0"),
        (1_234, "JPY", "+1,234"),
        (1_234_500, "IQD", "+1,235"),
        (1_234_500, "RSD", "+12,345"),
    ],
)
def test_whole_units_are_rounded_as_browsers_round(minor: int, currency: str, told: str) -> None:
    """Half away from zero, as ECMA-402 does by default; nothing bears no sign."""
    assert whole_amount(minor, currency) == told
