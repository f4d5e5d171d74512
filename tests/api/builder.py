"""A small company, scored: Dora leads Max and Nia, Max leads Ann, Ben and Cem; Hal is HR administrator, Vera executive."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.records import ManagerReference, PeopleRecord
from appraise.domain.access import Principal, Role, ServiceScope
from appraise.domain.cycles import Cycle
from appraise.domain.employees import EmploymentStatus, ExternalReference
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.indicators import ATTRITION, COMPOSITE, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.reading import ViewedSection
from appraise.domain.scorecards import (
    Absence,
    AbsenceKind,
    Composite,
    Coverage,
    Estimate,
    Evidence,
    Flags,
    Manifest,
    Money,
    RunSummary,
    Scorecard,
    ScoringResult,
    Working,
)
from appraise.domain.standings import Standing, Tier
from appraise.events.store import EventStore
from appraise.storage import people
from appraise.storage.database import Database
from appraise.storage.migrate import upgrade
from appraise.use_cases.approve_section import approve_section
from appraise.use_cases.create_token import create_token
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.finalise_section import finalise_section
from appraise.use_cases.grant_role import grant_role
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.open_cycle import open_cycle
from appraise.use_cases.read_sections import section_of
from appraise.use_cases.share_section import share_section
from appraise.use_cases.store_scores import store_scores

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
MANAGERS = {
    "Dora Lindqvist": None,
    "Max Weber": "Dora Lindqvist",
    "Nia Okafor": "Dora Lindqvist",
    "Ann Archer": "Max Weber",
    "Ben Castellanos": "Max Weber",
    "Cem Yıldız": "Max Weber",
    "Hal Novak": None,
    "Vera Lund": None,
    "Otto Brandt": None,
}
JOBS = {"Dora Lindqvist": "Head of Service", "Max Weber": "Team lead", "Hal Novak": "HR partner", "Vera Lund": "COO"}
ROLES = {"Hal Novak": Role.HR_ADMINISTRATOR, "Vera Lund": Role.EXECUTIVE, "Otto Brandt": Role.AUDITOR}


@dataclass(frozen=True, slots=True)
class Company:
    deployment: Deployment
    ids: dict[str, EmployeeId]
    cycle: Cycle

    def principal(self, name: str) -> Principal:
        if name == "people service":
            return service(ServiceScope.READ_PEOPLE)
        if name == "sections service":
            return service(ServiceScope.READ_SECTIONS)
        roles = frozenset({ROLES[name]} if name in ROLES else ())
        return Principal(name, self.ids[name], roles)

    def token(self, name: str) -> str:
        who = self.principal(name)
        return create_token(
            self.deployment,
            name=name,
            employee=who.employee,
            roles=who.roles,
            scopes=who.scopes,
            expires_at=None,
            at=AT,
        )

    def section(self, of: str, seen_by: str = "Otto Brandt") -> ViewedSection:
        found = section_of(self.deployment, self.principal(seen_by), self.ids[of], self.cycle.id, at=AT)
        assert found is not None
        return found


def finalise(company: Company, of: str, version: int, *, at: datetime = AT) -> None:
    """What was handed in is approved, shared and made final by HR: three versions on."""
    hr, section = company.principal("Hal Novak"), company.section(of).section.id
    outcomes = [
        approve_section(company.deployment, hr, section, expected_version=version, at=at),
        share_section(company.deployment, hr, section, expected_version=version + 1, at=at),
        finalise_section(company.deployment, hr, section, reason="agreed", expected_version=version + 2, at=at),
    ]
    assert [type(outcome) for outcome in outcomes] == [ViewedSection] * 3


def service(scope: ServiceScope) -> Principal:
    return Principal(f"{scope}", None, frozenset({Role.SERVICE}), frozenset({scope}))


def empty_deployment(directory: Path, address: str | None = None) -> Deployment:
    """On the empty database at `address`; else on SQLite in the directory."""
    database = Database(address or f"sqlite:///{directory / 'appraise.sqlite'}")
    upgrade(database)
    return Deployment(
        database, EventStore(str(directory / "events")), b"key of the tests", "test", files=directory / "files"
    )


def build(deployment: Deployment, *, others: int = 0) -> Company:
    """`others` agents more report to Nia, for lists of several pages."""
    managers = MANAGERS | {f"Agent {number:03d}": "Nia Okafor" for number in range(others)}
    records = tuple(record_of(name, manager, row) for row, (name, manager) in enumerate(managers.items(), start=2))
    options = ImportOptions("hr", as_of=date(2025, 1, 1))
    reconcile_people(deployment, ReadPeople(records, ()), options, file="people.csv", at=AT, dry_run=False)
    with deployment.database.reading() as session:
        ids = {person.display_name: person.id for person in people.snapshot(session).employees}
    for name, role in ROLES.items():
        grant_role(deployment, ids[name], role, at=AT, by="test")
    cycle = open_cycle(deployment, "2025", Period(date(2025, 1, 1), date(2026, 1, 1)), at=AT)
    scored = [name for name in managers if name not in ROLES and name != "Dora Lindqvist"]
    cards = tuple(
        Scorecard(ids[name], _results(number), _composite(number), _standings(number))
        for number, name in enumerate(scored)
    )
    manifest = Manifest(
        "test", "p" * 64, "q" * 64, (("contacts", 3), ("ratings", 2)), date(2025, 1, 1), date(2026, 1, 1), AT.date()
    )
    coverage = (Coverage(SATISFACTION, Decimal(100), Decimal("93.5"), (("bot", Decimal("6.5")),)),)
    flags = (Flags(SATISFACTION, judged=5, better=2, worse=1, expected_wrong=Decimal("0.031")),)
    result = ScoringResult(cards, coverage, manifest, RunSummary(Decimal("0.7"), flags))
    nobody = PeopleSnapshot((), (), ())
    store_scores(deployment, cycle, result, DEFAULT_POLICY, scored=nobody, started_at=AT, at=AT)
    return Company(deployment, ids, cycle)


def _composite(number: int) -> Composite | Absence:
    if number % 2:
        return Absence(COMPOSITE, AbsenceKind.INSUFFICIENT_EVIDENCE, "There is 1 indicator with a figure.")
    low, high, some = Decimal("-0.21"), Decimal("1.05"), Decimal("0.42")
    return Composite(
        value=some,
        lower=low,
        upper=high,
        lower_90=low / 2,
        upper_90=high,
        spread=Decimal("0.7"),
        reliability=Decimal("0.72"),
        probability_better=Decimal("0.91"),
        consequence=True,
        level=3,
        observed_weight=Decimal("0.75"),
        attributable_share=Decimal("0.7"),
        parts=((SATISFACTION, some * 2), (ATTRITION, -some)),
        flagged=True,
    )


def _standings(number: int) -> tuple[tuple[IndicatorKey, Standing], ...]:
    some = Decimal("0.2")
    return (
        (SATISFACTION, Standing(len(MANAGERS), some, some * 2, some, rank=number + 1)),
        (ATTRITION, Standing(len(MANAGERS), some, some * 4, tier=Tier.UNCLEAR)),
        (COMPOSITE, Standing(len(MANAGERS), some, some * 3, tier=Tier.ABOVE)),
    )


def record_of(name: str, manager: str | None, row: int) -> PeopleRecord:
    key = ExternalReference("hr:id", f"E{row:04d}")
    managers = [] if manager is None else [ManagerReference(ExternalReference("name", manager))]
    return PeopleRecord(
        key=key,
        references=(key, ExternalReference("name", name)),
        display_name=name,
        status=EmploymentStatus.ACTIVE,
        row=row,
        email=f"e{row}@example.org",
        job_title=JOBS.get(name, "Service agent"),
        department_code="CS",
        department_name="Customer Service",
        hire_date=date(2020, 1, 1),
        managers=tuple(managers),
        attributes=(),
    )


def _results(number: int) -> tuple[Estimate | Absence, ...]:
    """Figures that differ by person: some better, some worse, most not to be told apart, some absent."""
    shift = Decimal((number * 37) % 11 - 5)
    attrition: Estimate | Absence = _estimate(
        ATTRITION, Decimal("1.00") - shift / 25, Decimal("0.16"), expected="1.00", money=(-shift * 91_300, "EUR")
    )
    if number % 3 == 1:
        attrition = Absence(ATTRITION, AbsenceKind.NOT_APPLICABLE, "nobody in this job owns customers")
    return (
        _estimate(SATISFACTION, Decimal("79.20") + shift, Decimal("3.40"), expected="78.45"),
        _estimate(REPEAT_PURCHASE, Decimal("1.04") + shift / 40, Decimal("0.11"), expected="1.00"),
        Absence(
            LIFETIME_VALUE,
            AbsenceKind.INSUFFICIENT_EVIDENCE,
            "fewer than 5 purchases would be expected of anybody with these customers",
            Evidence(31, 28, Decimal("22.4")),
        ),
        attrition,
    )


def _estimate(
    indicator: IndicatorKey,
    value: Decimal,
    half: Decimal,
    *,
    expected: str,
    money: tuple[Decimal, str] | None = None,
) -> Estimate:
    pull, topic, channel = half / 4, half / -2, half / 8
    return Estimate(
        indicator=indicator,
        value=value,
        lower=value - half,
        upper=value + half,
        lower_90=value - half * Decimal("0.84"),
        upper_90=value + half * Decimal("0.84"),
        expected=Decimal(expected),
        unshrunk=value + pull,
        standard_error=half / 2,
        reliability=Decimal("0.78"),
        probability_better=Decimal("0.71"),
        consequence=indicator != REPEAT_PURCHASE,
        evidence=Evidence(214, 198, Decimal("201.5"), None, (("answers_about_bots", 12),), credit=Decimal("205.5")),
        working=Working(
            raw=value + pull + topic + channel,
            case_mix=(("topic", topic), ("channel", channel)),
            shrinkage=pull,
            score=value,
            attributable_share=Decimal("0.7"),
            notes=(("between-employee sd", "3.1"),),
        ),
        level=None if indicator == REPEAT_PURCHASE else 3,
        flagged=None if indicator == REPEAT_PURCHASE else indicator == SATISFACTION,
        money=None
        if money is None
        else Money(int(money[0]), int(money[0]) - 50_000, int(money[0]) + 50_000, money[1], 2_282_500),
    )
