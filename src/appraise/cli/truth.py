"""`appraise demo --check`: how many of the planted effects lie inside the intervals that were published."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import typer
from rich.table import Table

from appraise.bootstrap import utc_now
from appraise.cli.deployment import AT_THE_MACHINE, all_sections
from appraise.cli.output import console
from appraise.domain.cycles import Cycle
from appraise.domain.employees import ExternalReference
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.indicators import Unit, definition_of
from appraise.domain.scorecards import Absence, Estimate
from appraise.testing.company import Company
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_people import get_person

LEAST: Final = 0.92
MOST: Final = 0.98
FEWEST: Final = 60
"""Below this many estimates the share of an honest 95 % interval strays from the band by chance alone."""


@dataclass(slots=True)
class Tally:
    inside: int = 0
    scored: int = 0
    absent: int = 0

    @property
    def share(self) -> float | None:
        return self.inside / self.scored if self.scored else None


def employees_by_number(deployment: Deployment, company: Company) -> dict[str, EmployeeId]:
    """The company's own employee numbers to the ids that the import gave them."""
    table = company.table("employees")
    user_ids = dict(zip(table["employee"], table["userid"], strict=True))
    now = utc_now()
    return {
        str(number): get_person(
            deployment,
            AT_THE_MACHINE,
            at=now,
            reference=ExternalReference("successfactors:userid", str(user_id)),
        ).employee.id
        for number, user_id in user_ids.items()
    }


def tally(deployment: Deployment, company: Company, cycle: Cycle) -> dict[IndicatorKey, Tally]:
    number_of = {employee: number for number, employee in employees_by_number(deployment, company).items()}
    tallies = {indicator: Tally() for _, indicator in company.truth}
    for row in all_sections(deployment, cycle):
        number = EmployeeId(number_of.get(row.section.employee, ""))
        for item in row.section.items:
            effect = company.truth.get((number, item.indicator))
            if effect is not None:
                _count(tallies[item.indicator], item.result, Decimal(effect))
    return tallies


def _count(counted: Tally, result: Estimate | Absence, effect: Decimal) -> None:
    if isinstance(result, Absence):
        counted.absent += 1
        return
    counted.scored += 1
    origin = result.expected if definition_of(result.indicator).unit is Unit.POINTS else Decimal(0)
    counted.inside += result.lower <= effect + origin <= result.upper


def print_check(deployment: Deployment, company: Company, cycle: Cycle) -> None:
    """Print the shares; exits with 1 where one of them lies outside .92 to .98 on enough estimates."""
    tallies = tally(deployment, company, cycle)
    table = Table(
        "indicator", "true effects scored", "inside the 95 % interval", "share", "no figure", "verdict", box=None
    )
    for indicator, counted in tallies.items():
        share = "–" if counted.share is None else f"{counted.share:.3f}"
        table.add_row(
            definition_of(indicator).name,
            str(counted.scored),
            str(counted.inside),
            share,
            str(counted.absent),
            _verdict(counted),
        )
    console.print(
        f"\nThe truth of this company is known. An honest share is {LEAST:.2f} to {MOST:.2f}:", highlight=False
    )
    console.print(table)
    if any(_verdict(counted) == "outside" for counted in tallies.values()):
        raise typer.Exit(1)


def _verdict(counted: Tally) -> str:
    if counted.share is None:
        return "no figures"
    if LEAST <= counted.share <= MOST:
        return "honest"
    return "outside" if counted.scored >= FEWEST else "too few to tell"
