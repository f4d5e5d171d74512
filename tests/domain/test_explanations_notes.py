"""What notes of the working, and the ends of a scale, change in the sentences; written by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.domain.test_explanations import COMPOSITE, SATISFIED, plain

from appraise.domain.explanations import composite_sentences, sentences
from appraise.domain.scorecards import Money, Working


def noted(*notes: tuple[str, str]) -> list[str]:
    return plain(sentences(replace(SATISFIED, working=replace(SATISFIED.working, notes=notes))))


def test_answers_shared_with_colleagues_are_told_as_they_were_seen_and_then_without_the_colleagues() -> None:
    told = noted(("plain average, with what colleagues had a share in", "79.250000"))

    assert told[:2] == [
        "1,214 answers from 1 customer gave 79.3 of 100 points.",
        (
            "Colleagues had a share in these. With their part taken out it is 81.8: this step may lie beyond the scale,"
            " what is shown does not."
        ),
    ]
    assert told[2:] == noted()[1:]


def test_how_many_contacts_were_answered_is_told_after_what_was_seen() -> None:
    told = noted(("customers answered after", "214 of 1,070 contacts (20%)"))

    assert told[1] == "Customers answered after 214 of 1,070 contacts (20%)."
    assert told[:1] + told[2:] == noted()


def test_all_that_was_not_adjusted_for_stands_in_one_sentence() -> None:
    told = noted(
        ("case mix: prior_purchases", "not adjusted for, not recorded"),
        ("spread between employees (sd)", "4.10 points"),
        ("case mix: topic", "not adjusted for, the same for everybody"),
    )

    assert told[2] == "Not adjusted for: prior purchases (not recorded), topic (the same for everybody)."
    assert told[:2] + told[3:] == noted()


def test_a_design_effect_of_one_per_cent_is_worth_a_sentence() -> None:
    told = noted(("design effect of customers with several outcomes", "1.01"))

    assert told[2].startswith("What comes of the same customer goes together, so the evidence tells as much as 99 % of")


@pytest.mark.parametrize(
    ("raw", "unshrunk", "score", "is_at_an_end"),
    [
        ("103", "103", "100", True),
        ("-2", "-2", "0", True),
        ("103", "103", "99", False),
        ("-2", "-2", "1", False),
        ("100", "102", "100", True),
        ("0", "-2", "0", True),
        ("0.5", "-2", "0", True),
    ],
)
def test_a_figure_from_beyond_the_scale_is_not_said_to_move_towards_the_peers_where_the_scale_ends(
    raw: str, unshrunk: str, score: str, is_at_an_end: bool
) -> None:
    begin, end = Decimal(unshrunk), Decimal(score)
    mix = Decimal(raw) - begin
    working = Working(Decimal(raw), (("topic", mix),) if mix else (), begin - end, end, Decimal(1))
    moved = f"{abs(begin - end)}.0"

    told = plain(sentences(replace(SATISFIED, expected=Decimal(50), unshrunk=begin, working=working)))

    assert told[2] == (
        f"Part of what is left may be chance, and the scale ends: the figure is moved by {moved}, so the score is"
        f" {score}.0."
        if is_at_an_end
        else "Part of what is left may be chance: until there is more evidence the figure is moved by"
        f" {moved} towards the peers, so the score is {score}.0."
    )


def test_the_whole_interval_in_money_is_told_in_the_currency_s_own_units() -> None:
    """ISO 4217: the yen has no minor unit."""
    told = " ".join(plain(sentences(replace(SATISFIED, money=Money(12_345, -400, 25_000, "JPY", None)))))

    assert "In money that is +12,345 JPY against expectation (95 %: −400 to +25,000 JPY)." in told


def test_a_part_that_rounds_to_zero_has_no_minus_sign() -> None:
    (one, _), (other, _) = COMPOSITE.parts
    whole = replace(COMPOSITE, parts=((one, Decimal("-0.0049")), (other, Decimal("0.4049"))))

    assert "add satisfaction +0.00, lifetime value +0.40: together +0.40" in composite_sentences(whole)[0]
