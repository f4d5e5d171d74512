"""What the managers of the generated company have done so far, so that there is something to read from the start."""

from collections.abc import Callable
from typing import Final

from appraise.bootstrap import utc_now
from appraise.cli.deployment import all_sections, cycle_named
from appraise.cli.output import progress_bar
from appraise.domain.access import Principal, Role
from appraise.domain.identifiers import EmployeeId
from appraise.domain.reading import SectionRow, ViewedSection
from appraise.domain.scorecards import Estimate
from appraise.domain.section_course import ExemptionReason, Stance
from appraise.domain.section_states import HANDED_IN, SectionState
from appraise.domain.sections import Refusal
from appraise.use_cases.acknowledge_section import acknowledge_section
from appraise.use_cases.approve_section import approve_section
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.exempt_section import exempt_section
from appraise.use_cases.finalise_section import finalise_section
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.read_sections import section_of
from appraise.use_cases.share_section import share_section
from appraise.use_cases.submit_section import submit_section

MOST: Final = 48
RATINGS: Final = {True: 4, False: 2, None: 3}
"""A simple manager: four where the data say better, two where they say worse, three where they cannot tell."""


def finish(deployment: Deployment, cycle: str, *, hr: EmployeeId) -> None:
    """Make every section of a cycle final that has a figure, and exempt those that have none: a year that is over.

    The section of whoever is `hr` stays: nobody exempts themselves.
    """
    _hand_in(deployment, cycle, spared=None, hr=hr, most=None, final_every=1)
    administrator = _administrator(hr)
    for row in list(all_sections(deployment, cycle_named(deployment, cycle))):
        measured = any(isinstance(item.result, Estimate) for item in row.section.items)
        if row.section.state is SectionState.COLLECTING and not measured and row.section.employee != hr:
            _taken(
                exempt_section(
                    deployment,
                    administrator,
                    row.section.id,
                    reason=ExemptionReason.NO_CUSTOMER_DUTY,
                    note="Nothing was measured in this cycle.",
                    expected_version=row.section.version,
                    at=utc_now(),
                )
            )


def rate_and_submit(deployment: Deployment, cycle: str, *, spared: EmployeeId | None, hr: EmployeeId) -> None:
    """Rate and hand in sections of whole teams, every third one final; the team of `spared` is left to the visitor."""
    _hand_in(deployment, cycle, spared=spared, hr=hr, most=MOST, final_every=3)


def _hand_in(
    deployment: Deployment, cycle: str, *, spared: EmployeeId | None, hr: EmployeeId, most: int | None, final_every: int
) -> None:
    """All but the team of `spared`, at most so many, every so manyth of them final.

    Sections of people who have left stay as they are: their managers of then no longer see them. Repeated after an
    interruption it does what is left.
    """
    opened = cycle_named(deployment, cycle)
    rows = list(all_sections(deployment, opened))
    handed_in = sum(row.section.state in HANDED_IN for row in rows)
    waiting = [
        row
        for row in rows
        if row.section.state in {SectionState.COLLECTING, SectionState.DRAFT}
        and row.section.manager not in {None, spared}
        and any(isinstance(item.result, Estimate) for item in row.section.items)
        and section_of(deployment, _manager(row), row.section.employee, opened.id, at=utc_now()) is not None
    ]
    waiting.sort(key=lambda row: (row.manager_name or "", row.employee_name))
    chosen = waiting if most is None else waiting[: max(most - handed_in, 0)]
    with progress_bar(f"Managers hand sections of {cycle} in") as advance:
        for done, row in enumerate(chosen, start=1):
            submitted = _handed_in(deployment, row)
            if done % final_every == 0:
                _finalised(deployment, submitted, _administrator(hr))
            advance("", done, len(chosen))


def _administrator(hr: EmployeeId) -> Principal:
    return Principal("demo HR", hr, frozenset({Role.HR_ADMINISTRATOR}))


def _manager(row: SectionRow) -> Principal:
    return Principal(name=row.manager_name or "manager", employee=row.section.manager)


def _handed_in(deployment: Deployment, row: SectionRow) -> ViewedSection:
    manager = _manager(row)
    version = row.section.version
    for item in row.section.items:
        if isinstance(item.result, Estimate):
            viewed = _taken(
                rate_item(
                    deployment,
                    manager,
                    row.section.id,
                    item.id,
                    rating=RATINGS[item.result.is_better],
                    comment=None,
                    expected_version=version,
                    at=utc_now(),
                )
            )
            version = viewed.section.version
    return _taken(submit_section(deployment, manager, row.section.id, expected_version=version, at=utc_now()))


def _finalised(deployment: Deployment, submitted: ViewedSection, hr: Principal) -> None:
    """Approved, shared, agreed to by the employee, final."""
    section = submitted.section
    employee = Principal(submitted.person.employee.display_name, section.employee)

    steps: list[tuple[Callable[..., ViewedSection | Refusal], Principal, dict[str, object]]] = [
        (approve_section, hr, {}),
        (share_section, hr, {}),
        (acknowledge_section, employee, {"stance": Stance.AGREE, "comment": None}),
        (finalise_section, hr, {"reason": "demonstration"}),
    ]
    for taken, (step, who, fields) in enumerate(steps):
        _taken(step(deployment, who, section.id, **fields, expected_version=section.version + taken, at=utc_now()))


def _taken(outcome: ViewedSection | Refusal) -> ViewedSection:
    if isinstance(outcome, Refusal):
        message = f"a section of the demonstration refuses its change: {outcome.message}"
        raise TypeError(message)
    return outcome
