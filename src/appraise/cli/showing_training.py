"""`appraise training`: what a training did, on the terminal or as JSON."""

from decimal import Decimal, InvalidOperation
from pathlib import Path

from rich.rule import Rule

from appraise.bootstrap import open_deployment
from appraise.cli.deployment import AT_THE_MACHINE, cycle_named
from appraise.cli.output import console, print_json
from appraise.cli.showing_changes import UNITS
from appraise.domain.explanations import signed
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import Direction, definition_of
from appraise.domain.language import counted
from appraise.errors import InvalidInput
from appraise.settings import Settings
from appraise.statistics.change import Effect
from appraise.use_cases.training_effect import WHY_NAIVE_MISLEADS, Prices, Return, TrainingEffect, training_effect


def prices_of(cost: str, value_per_unit: str, currency: str) -> Prices | None:
    """None where no price was given. Raises `InvalidInput` where one of them is missing or is no amount."""
    if not (cost or value_per_unit or currency):
        return None
    if not (value_per_unit and currency):
        raise InvalidInput(
            "the prices are not complete",
            expected="--value-per-unit and --currency, and --cost unless the file has a column cost",
            hint="leave them all out to see the effect alone",
        )
    paid = _amount("--cost", cost) if cost else None
    return Prices(_amount("--value-per-unit", value_per_unit), currency, paid)


def _amount(option: str, text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(0)
    if not (amount.is_finite() and amount > 0):
        raise InvalidInput(f"{option} is {text!r}", expected="an amount above 0, such as 350.00")
    return amount


def show_training(file: Path, indicator: str, before: str, after: str, *, prices: Prices | None, json: bool) -> bool:
    """Whether every row of the file was used."""
    deployment = open_deployment(Settings())
    cycles = [cycle_named(deployment, name).id for name in (before, after)]
    effect = training_effect(
        deployment,
        AT_THE_MACHINE,
        file,
        indicator=IndicatorKey(indicator),
        before=cycles[0],
        after=cycles[1],
        prices=prices,
    )
    if json:
        print_json(effect)
    else:
        _print(effect)
    return not effect.rejected


def _print(effect: TrainingEffect) -> None:
    definition = definition_of(effect.indicator)
    unit = UNITS[definition.unit]
    turned = "" if definition.direction is Direction.HIGHER_IS_BETTER else "; + is better: it fell"
    matched = effect.matched
    console.print()
    title = f"Training and {definition.name.lower()} · {effect.before.name} to {effect.after.name}, {unit}{turned}"
    console.print(Rule(title, align="left"))
    _say(f"Effect  {_interval(effect, matched)}")
    of = _trained(effect.ancova.treated)
    _say(f"  {matched.treated} of {of}, each beside an untrained one with the same figure before.")
    _say(f"  {_verdict(matched)}")
    _say(f"Beside it, by regression on the figure before: {_interval(effect, effect.ancova)}")
    untrained = counted(effect.ancova.controls, "untrained employee", "untrained employees")
    _say(f"  {effect.ancova.treated} trained and {untrained}.")
    _say(f"Plain before and after of the trained: {_figure(effect, effect.naive)}")
    _say(f"  {WHY_NAIVE_MISLEADS}")
    if effect.return_on_cost is not None:
        _print_return(effect.return_on_cost)
    if effect.without_partner:
        _say(f"Trained without an untrained colleague of the same figure before: {effect.without_partner}")
    for why, count in effect.without_figure:
        _say(f"Trained and left out, {why}: {count}")
    if effect.rejected:
        _say(f"Rows that were not used: {len(effect.rejected)}; whoever stands in them is no control either")
    for rejected in effect.rejected:
        _say(f"  {rejected}")


def _print_return(found: Return) -> None:
    low, high = _percent(found.lower), _percent(found.upper)
    _say(f"Return on its cost: {_percent(found.estimate)}  (95 %: {low} … {high})")
    _say(
        f"  On {found.cost:,.2f} {found.currency} for {_trained(found.trained)}, all of whom are taken to gain the"
        " effect, over one cycle. Only the effect's uncertainty is in the interval, not that of the prices."
    )


def _trained(number: int) -> str:
    return counted(number, "trained employee", "trained employees")


def _verdict(effect: Effect) -> str:
    if effect.lower > 0:
        return "The training helped: the whole 95 % interval lies above 0."
    if effect.upper < 0:
        return "The trained did worse than their colleagues: the whole 95 % interval lies below 0."
    return "The data cannot tell whether the training did anything."


def _interval(effect: TrainingEffect, part: Effect) -> str:
    estimate, low, high = (_figure(effect, bound) for bound in (part.estimate, part.lower, part.upper))
    return f"{estimate}  (95 %: {low} … {high})"


def _figure(effect: TrainingEffect, value: float) -> str:
    return signed(effect.indicator, Decimal(repr(value)))


def _percent(share: float) -> str:
    return f"{share:+.0%}".replace("-", "−").replace("%", "\N{NO-BREAK SPACE}%")


def _say(text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
