"""Who is missing from a cycle, person by person and by hand."""

from datetime import date
from decimal import Decimal

from appraise.domain.employees import Employee, Employment, EmploymentStatus, ReportingKind, ReportingLine
from appraise.domain.identifiers import EmployeeId
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.readiness import SectionFacts, readiness
from appraise.domain.section_states import SectionState

YEAR = Period(date(2025, 1, 1), date(2026, 1, 1))
TODAY = date(2026, 1, 10)
LONG = Period(date(2020, 1, 1))
ACTIVE, LEAVE = EmploymentStatus.ACTIVE, EmploymentStatus.LEAVE
GOOD = SectionFacts(SectionState.COLLECTING, Decimal("0.75"), Decimal("0.5"))

# name: (jobs as (period, status), manager, section)
PEOPLE: dict[str, tuple[list[tuple[Period, EmploymentStatus]], str | None, SectionFacts | None]] = {
    "Abe": ([(Period(date(2010, 1, 1), date(2015, 1, 1)), ACTIVE)], None, None),
    "Ann": ([(LONG, ACTIVE)], "Max", GOOD),
    "Ben": ([(LONG, ACTIVE)], "Max", None),
    "Cem": ([(Period(date(2025, 10, 4)), ACTIVE)], "Max", GOOD),  # 89 days
    "Dan": ([(Period(date(2025, 10, 3)), ACTIVE)], "Max", GOOD),  # 90 days
    "Eva": ([(Period(date(2020, 1, 1), date(2025, 12, 1)), ACTIVE), (Period(date(2025, 12, 1)), LEAVE)], "Max", GOOD),
    "Fay": ([(Period(date(2020, 1, 1), date(2025, 6, 1)), ACTIVE)], None, GOOD),
    "Gil": ([(LONG, ACTIVE)], "Fay", GOOD),
    "Hed": ([(LONG, ACTIVE)], None, SectionFacts(SectionState.COLLECTING, Decimal("0.25"), Decimal("0.5"))),
    "Ivo": ([(LONG, ACTIVE)], None, SectionFacts(SectionState.EXEMPT, Decimal("0.75"), Decimal("0.5"))),
    "Joe": ([(LONG, ACTIVE)], "Max", SectionFacts(SectionState.DRAFT, Decimal(0), Decimal("0.5"))),
    "Kim": ([(LONG, ACTIVE)], "Max", SectionFacts(SectionState.VOID, Decimal("0.75"), Decimal("0.5"))),
    "Max": ([(LONG, ACTIVE)], None, GOOD),
    "Ned": ([(Period(date(2020, 1, 1), TODAY), ACTIVE)], "Max", GOOD),
    "Ora": ([(LONG, ACTIVE)], "Max", SectionFacts(SectionState.DRAFT, Decimal("0.5"), Decimal("0.5"))),
    "Pia": ([(Period(date(2025, 12, 31)), ACTIVE)], "Max", GOOD),
}
WANTED = {
    "Ben": ["NOT_SCORED"],
    "Cem": ["SHORT_TIME"],
    "Eva": ["ON_LEAVE"],
    "Fay": ["LEFT", "NO_MANAGER"],
    "Gil": ["MANAGER_LEFT"],
    "Hed": ["BELOW_FLOOR", "NO_MANAGER"],
    "Ivo": ["EXEMPT"],
    "Joe": ["NO_FIGURE"],
    "Kim": ["VOID"],
    "Max": ["MANAGER_UNKNOWN"],
    "Ned": ["LEFT"],
    "Pia": ["SHORT_TIME"],
}
SENTENCES = {
    "NOT_SCORED": "There is no section: no scoring run has had this person. Score the cycle.",
    "SHORT_TIME": "89 days at work in this cycle, fewer than 90.",
    "ON_LEAVE": "On leave today: nobody can share the section with them and be answered.",
    "LEFT": "Has left. Exempt the section, or finish it.",
    "NO_MANAGER": "Has no manager, so nobody can rate. Name one in the HR system.",
    "MANAGER_LEFT": "The manager has left. Name another one in the HR system.",
    "MANAGER_UNKNOWN": "The manager is said to be 'Dora L.', whom no import has brought. Import them.",
    "NO_FIGURE": "No indicator has a figure: the manager can comment and hand it in, and there will be no total.",
    "BELOW_FLOOR": "Indicators with a figure make up 25\N{NO-BREAK SPACE}% of the weight, the policy asks for 50\N{NO-BREAK SPACE}%: there will be no total.",
    "EXEMPT": "Exempt from this cycle; the section says why.",
    "VOID": "The section was voided.",
}


def test_everybody_who_is_missing_is_listed_with_all_that_stands_in_the_way() -> None:
    dotted = ReportingLine(EmployeeId("Hed"), EmployeeId("Ann"), LONG, ReportingKind.DOTTED)
    former = ReportingLine(EmployeeId("Hed"), EmployeeId("Ann"), Period(date(2020, 1, 1), date(2021, 1, 1)))
    snapshot = PeopleSnapshot(
        tuple(Employee(EmployeeId(name), name) for name in PEOPLE),
        tuple(
            Employment(EmployeeId(name), period, status)
            for name, (jobs, _, _) in PEOPLE.items()
            for period, status in jobs
        ),
        (
            dotted,
            former,
            *(
                ReportingLine(EmployeeId(name), EmployeeId(manager), LONG)
                for name, (_, manager, _) in PEOPLE.items()
                if manager is not None
            ),
        ),
    )
    sections = {EmployeeId(name): section for name, (_, _, section) in PEOPLE.items() if section is not None}

    found = readiness(snapshot, YEAR, sections, waiting={EmployeeId("Max"): "Dora L."}, on=TODAY)

    assert {name: [one.obstacle.value for one in obstacles] for _, name, obstacles in found.missing} == WANTED
    assert found.ready == 3  # Ann, Dan and Ora
    told = {(name, one.obstacle.value): one.sentence for _, name, obstacles in found.missing for one in obstacles}
    assert told.pop(("Pia", "SHORT_TIME")) == "1 day at work in this cycle, fewer than 90."
    assert {obstacle: sentence for (_, obstacle), sentence in told.items()} == SENTENCES
