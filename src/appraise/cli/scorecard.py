"""A scorecard on the terminal: each interval drawn against what was expected, the better side always to the right."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from rich.console import Console
from rich.text import Text

from appraise.domain.explanations import (
    composite_sentences,
    evidence_sentence,
    figure,
    level_sentence,
    sentences,
    whole_amount,
)
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import COMPOSITE, Direction, IndicatorDefinition, Unit, definition_of
from appraise.domain.language import in_percent
from appraise.domain.scorecards import Absence, Composite, Estimate
from appraise.domain.shortfalls import reliability_told
from appraise.domain.standings import Standing, Tier

WIDTH = 41
TIERS = {
    Tier.ABOVE: "above the average",
    Tier.UNCLEAR: "not to be told from the average",
    Tier.BELOW: "below the average",
}
NAME_WIDTH = 17
MARGIN = Decimal("1.2")
UNITS = {Unit.POINTS: " of 100", Unit.RATIO: " × expected", Unit.PERCENT: " %", None: ""}
MIDDLE = 3
"""Says no more than that the data cannot tell."""
NARROWEST = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Drawing:
    """One line of text, `WIDTH` characters wide, and the verdict in words that goes with it."""

    line: str
    verdict: str


def draw(estimate: Estimate) -> Drawing:
    """`├──━━●━━──┤`: point, 90 % interval (heavy), 95 % interval (thin); `┊` in the middle is what was expected."""
    definition = definition_of(estimate.indicator)
    middle = WIDTH // 2
    reach = max(abs(estimate.lower - estimate.expected), abs(estimate.upper - estimate.expected), NARROWEST) * MARGIN
    sign = -1 if definition.direction is Direction.LOWER_IS_BETTER else 1

    def column(value: Decimal) -> int:
        return middle + round(sign * (value - estimate.expected) / reach * middle)

    cells = ["·"] * WIDTH
    left, right = sorted((column(estimate.lower), column(estimate.upper)))
    inner_left, inner_right = sorted((column(estimate.lower_90), column(estimate.upper_90)))
    cells[left : right + 1] = ["─"] * (right + 1 - left)
    cells[inner_left : inner_right + 1] = ["━"] * (inner_right + 1 - inner_left)
    cells[middle] = "┊" if cells[middle] == "·" else "┿"
    cells[left], cells[right] = "├", "┤"
    cells[column(estimate.value)] = "●"
    return Drawing("".join(cells), verdict(estimate))


def verdict(estimate: Estimate) -> str:
    match estimate.is_better:
        case True:
            return "better than expected"
        case False:
            return "worse than expected"
        case None:
            return "the data cannot tell it from expected"


def print_results(console: Console, results: tuple[Estimate | Absence, ...], *, why: bool) -> None:
    for result in results:
        definition = definition_of(result.indicator)
        console.print()
        if isinstance(result, Absence):
            console.print(Text.assemble((definition.name, "bold"), "  ", (str(result.kind), "yellow")))
            console.print(f"   {result.reason}", soft_wrap=True, highlight=False)
            continue
        _print_estimate(console, result, definition)
        if why:
            level = () if result.level is None else (level_sentence(result.level),)
            for sentence in (*sentences(result), *level):
                console.print(f"   • {sentence}", soft_wrap=True, highlight=False)


def print_composite(console: Console, composite: Composite | Absence | None, *, why: bool) -> None:
    if composite is None:
        return
    console.print()
    if isinstance(composite, Absence):
        console.print(Text.assemble(("Taken together", "bold"), "  ", (str(composite.kind), "yellow")))
        console.print(f"   {composite.reason}", soft_wrap=True, highlight=False)
        return
    colour = {True: "green", False: "red", None: "cyan"}[composite.is_better]
    value, low, high = (f"{one:+.2f}".replace("-", "−") for one in (composite.value, composite.lower, composite.upper))
    console.print(
        Text.assemble(("Taken together    ", "bold"), (f"{value} sd between employees", colour), "   average 0")
    )
    first, *rest, level = composite_sentences(composite)
    console.print(Text.assemble("   ", (level.rstrip("."), colour)))
    console.print(f"   95 % sure: {low} … {high}", highlight=False)
    for sentence in (first, *rest) if why else ():
        console.print(f"   • {sentence}", soft_wrap=True, highlight=False)


def print_standings(console: Console, standings: Mapping[IndicatorKey, Standing]) -> None:
    """A rank where it is known, otherwise what the verdict says; the interval in both cases."""
    if not standings:
        console.print("Where the employee stands cannot be told: no figure carries consequences.", soft_wrap=True)
    for key, one in standings.items():
        name = "Taken together" if key == COMPOSITE else definition_of(key).name
        place = TIERS[one.tier] if one.tier else f"rank {one.rank:,}"
        low, high = (in_percent(bound) for bound in (one.lower_90, one.upper_90))
        console.print(
            f"{name:<{NAME_WIDTH}} {place} of {one.listed:,} · 90 % sure: better than {low} … {high}",
            highlight=False,
            soft_wrap=True,
        )


def _print_estimate(console: Console, estimate: Estimate, definition: IndicatorDefinition) -> None:
    drawing = draw(estimate)
    colour = {True: "green", False: "red", None: "cyan"}[estimate.is_better]
    unit = UNITS[definition.unit]
    console.print(
        Text.assemble(
            (f"{definition.name:<{NAME_WIDTH}} ", "bold"),
            (f"{figure(estimate.indicator, estimate.value)}{unit}", colour),
            f"   expected {figure(estimate.indicator, estimate.expected)}",
        )
    )
    ends = ("   ", "") if definition.direction is None else ("   worse ", " better")
    console.print(Text.assemble(ends[0], (drawing.line, colour), ends[1]))
    counted = evidence_sentence(estimate.indicator, estimate.evidence)
    low, high = figure(estimate.indicator, estimate.lower), figure(estimate.indicator, estimate.upper)
    use = "" if estimate.consequence else " · to be read, not to be acted on"
    level = "" if estimate.level in {None, MIDDLE} else f" · level {estimate.level} of 5"
    console.print(Text.assemble("   ", (drawing.verdict, colour), f"{level} · 95 % sure: {low} … {high}"))
    reliability = reliability_told(estimate.reliability, is_enough=estimate.consequence)
    console.print(f"   {counted} · reliability {reliability}{use}", style="dim", highlight=False, soft_wrap=True)
    if estimate.money is not None:
        money = estimate.money
        amount, low, high = (whole_amount(minor, money.currency) for minor in (money.amount, money.lower, money.upper))
        console.print(
            f"   in money: {amount} {money.currency} against expectation (95 %: {low} … {high})",
            style="dim",
            highlight=False,
            soft_wrap=True,
        )
