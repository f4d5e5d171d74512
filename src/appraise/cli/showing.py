"""`appraise show`: one employee's scorecard on the terminal or as JSON."""

from typing import Any

from rich.rule import Rule

from appraise.bootstrap import open_deployment, utc_now
from appraise.cli.deployment import AT_THE_MACHINE, cycle_named, person_named
from appraise.cli.output import console, print_json
from appraise.cli.scorecard import print_composite, print_results, print_standings
from appraise.domain.explanations import absence_sentence, composite_sentences, own_share, sentences
from appraise.domain.reading import ViewedSection
from appraise.domain.scorecards import Absence, Composite, Estimate
from appraise.errors import NotFound
from appraise.settings import Settings
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_sections import section_of
from appraise.use_cases.read_standings import read_standings


def show_scorecard(employee: str, cycle: str, *, why: bool, standing: bool, json: bool) -> None:
    deployment = open_deployment(Settings())
    viewed = viewed_section(deployment, employee, cycle)
    places = read_standings(deployment, AT_THE_MACHINE, viewed.section.id, at=utc_now()) if standing else {}
    if json:
        print_json({**as_json(viewed), **({"standings": places} if standing else {})})
        return
    print_section(viewed, why=why)
    if standing:
        print_standings(console, places)


def viewed_section(deployment: Deployment, employee: str, cycle: str) -> ViewedSection:
    person = person_named(deployment, employee)
    wanted = cycle_named(deployment, cycle)
    viewed = section_of(deployment, AT_THE_MACHINE, person.employee.id, wanted.id, at=utc_now())
    if viewed is None:
        raise NotFound(
            f"{person.employee.display_name} has no section in {wanted.name}",
            hint=f"run `appraise score {wanted.name}`; people who were not in service in the cycle have none",
        )
    return viewed


def print_section(viewed: ViewedSection, *, why: bool) -> None:
    person, section = viewed.person, viewed.section
    console.print()
    console.print(Rule(f"{person.employee.display_name} · {viewed.cycle.name}", align="left"))
    job = " · ".join(part for part in (section.job_title, section.department, section.profile) if part)
    reports_to = person.manager_name or "nobody"
    console.print(f"{job or 'no job known'} · reports to {reports_to}", style="dim", highlight=False)
    print_results(console, tuple(item.result for item in section.items), why=why)
    print_composite(console, viewed.composite, why=why)
    shares = {item.result.working.attributable_share for item in section.items if isinstance(item.result, Estimate)}
    for share in sorted(shares):
        console.print()
        console.print(own_share(share), style="dim", highlight=False, soft_wrap=True)
    console.print()


def as_json(viewed: ViewedSection) -> dict[str, Any]:
    return {
        "employee": viewed.section.employee,
        "name": viewed.person.employee.display_name,
        "cycle": viewed.cycle.name,
        "state": viewed.section.state,
        "composite": _composite(viewed.composite),
        "items": [
            {"indicator": item.indicator, "weight": item.weight, "rating": item.rating, **_result(item.result)}
            for item in viewed.section.items
        ],
    }


def _composite(composite: Composite | Absence | None) -> dict[str, Any] | None:
    if composite is None:
        return None
    if isinstance(composite, Absence):
        return {"absence": {"kind": composite.kind, "reason": composite.reason}}
    return {"estimate": composite, "working": composite_sentences(composite)}


def _result(result: Estimate | Absence) -> dict[str, Any]:
    if isinstance(result, Absence):
        return {"absence": {"kind": result.kind, "reason": absence_sentence(result)}}
    return {"estimate": result, "working": sentences(result)}
