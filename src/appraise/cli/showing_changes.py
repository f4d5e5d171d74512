"""`appraise change`: one employee's changes, or everybody's by name, on the terminal or as JSON."""

from typing import Any

from rich.rule import Rule
from rich.text import Text

from appraise.bootstrap import open_deployment, utc_now
from appraise.cli.deployment import AT_THE_MACHINE, cycle_named, person_named
from appraise.cli.output import console, print_json
from appraise.domain.changes import (
    LEVEL_IS_FIXED,
    NEVER_SUBTRACT,
    Change,
    Changes,
    EmployeeChanges,
    PopulationChange,
    change_sentence,
    verdict,
)
from appraise.domain.explanations import absence_sentence, percent, signed
from appraise.domain.indicators import Unit, definition_of
from appraise.domain.scorecards import Absence
from appraise.settings import Settings
from appraise.use_cases.read_change import list_changes, read_change

COLOURS = {True: "green", False: "red", None: "cyan"}
LONGEST_NAME = 28
UNITS = {
    Unit.POINTS: "points",
    Unit.RATIO: "ratio to expected",
    Unit.PERCENT: "percentage points",
    None: "in a unit that is not known here",
}


def show_changes(employee: str, before: str, after: str, *, json: bool) -> None:
    deployment = open_deployment(Settings())
    cycles = [cycle_named(deployment, name).id for name in (before, after)]
    if employee:
        person = person_named(deployment, employee).employee.id
        changes = read_change(deployment, AT_THE_MACHINE, person, *cycles, at=utc_now())
    else:
        changes = list_changes(deployment, AT_THE_MACHINE, *cycles, at=utc_now())
    if json:
        print_json(_as_json(changes))
    elif employee:
        _print_employee(changes, changes.employees[0])
    else:
        _print_everybody(changes)


def _print_employee(changes: Changes, one: EmployeeChanges) -> None:
    console.print()
    console.print(Rule(f"{one.name} · change from {changes.before.name} to {changes.after.name}", align="left"))
    for result, population in zip(one.results, changes.population, strict=True):
        definition = definition_of(result.indicator)
        console.print()
        if isinstance(result, Absence):
            console.print(Text.assemble((definition.name, "bold"), "  ", (str(result.kind), "yellow")))
            _say(f"   {absence_sentence(result)}")
            continue
        unit = UNITS[definition.unit]
        value = signed(result.indicator, result.value)
        colour = COLOURS[result.is_improved]
        console.print(Text.assemble((f"{definition.name:<18}", "bold"), (f"{value} ({unit})", colour)))
        _say(f"   {change_sentence(result)}")
        _say(f"   Probability of having improved: {percent(result.probability_improved)}.")
        _say(f"   {_together(population)}")
    console.print()
    _say(NEVER_SUBTRACT)
    console.print()


def _print_everybody(changes: Changes) -> None:
    width = min(max((len(one.name) for one in changes.employees), default=0), LONGEST_NAME)
    for position, population in enumerate(changes.population):
        definition = definition_of(population.indicator)
        unit = UNITS[definition.unit]
        title = f"{definition.name} · change from {changes.before.name} to {changes.after.name}, {unit}"
        console.print()
        console.print(Rule(title, align="left"))
        _say(_together(population))
        if isinstance(population, Absence):
            continue
        console.print(f"  {'':<{width}}  change   95 % interval       improved", style="dim", highlight=False)
        absent = 0
        for one in changes.employees:
            result = one.results[position]
            if isinstance(result, Absence):
                absent += 1
                continue
            console.print(_line(one.name, result, width))
        if absent:
            _say(f"{absent} without a figure in both; `appraise change NAME …` says why.")
    console.print()
    _say(f"By name, not by size. {NEVER_SUBTRACT}")


def _line(name: str, change: Change, width: int) -> Text:
    value, low, high = (signed(change.indicator, bound) for bound in (change.value, change.lower, change.upper))
    said = "cannot tell" if change.is_improved is None else verdict(change)
    shown = name if len(name) <= width else name[: width - 1] + "…"
    return Text.assemble(
        f"  {shown:<{width}}  {value:>6}   {f'{low} … {high}':<17}  {percent(change.probability_improved):>9}  ",
        (said, COLOURS[change.is_improved]),
    )


def _together(population: PopulationChange | Absence) -> str:
    if isinstance(population, Absence):
        return absence_sentence(population)
    level = (
        f"their mean changed by {signed(population.indicator, population.change)}"
        if definition_of(population.indicator).unit is not Unit.RATIO
        else LEVEL_IS_FIXED
    )
    correlation = f"{population.correlation:.2f}".replace("-", "−")
    return (
        f"{population.employees:,} employees have a figure in both; {level}."
        f" Correlation of their true figures: {correlation}."
    )


def _say(text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)


def _as_json(changes: Changes) -> dict[str, Any]:
    return {
        "from": changes.before.name,
        "to": changes.after.name,
        "runs": changes.runs,
        "population": [_result(part) for part in changes.population],
        "employees": [
            {"employee": one.employee, "name": one.name, "changes": [_result(result) for result in one.results]}
            for one in changes.employees
        ],
    }


def _result(result: Change | PopulationChange | Absence) -> dict[str, Any]:
    if isinstance(result, Absence):
        return {"indicator": result.indicator, "absence": {"kind": result.kind, "reason": absence_sentence(result)}}
    return {"indicator": result.indicator, "result": result}
