"""A small company: Dora leads Max, Max leads Ann and Ben; Hal is HR administrator, Vera executive, Otto auditor."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.records import ManagerReference, PeopleRecord
from appraise.domain.access import Principal, Role
from appraise.domain.cycles import Cycle
from appraise.domain.employees import EmploymentStatus, ExternalReference
from appraise.domain.identifiers import EmployeeId
from appraise.domain.indicators import ATTRITION, COMPOSITE, SATISFACTION
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.policies import DEFAULT_POLICY, Policy
from appraise.domain.progress import silent
from appraise.domain.reading import ScoringRun, ViewedSection
from appraise.domain.scorecards import (
    Absence,
    AbsenceKind,
    Composite,
    Coverage,
    Estimate,
    Evidence,
    Manifest,
    Money,
    Scorecard,
    ScoringResult,
    Working,
)
from appraise.domain.section_course import Stance
from appraise.domain.sections import Refusal
from appraise.storage import people
from appraise.use_cases.acknowledge_section import acknowledge_section
from appraise.use_cases.approve_section import approve_section
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.finalise_section import finalise_section
from appraise.use_cases.import_events import import_events
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.open_cycle import open_cycle
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.read_sections import section_of
from appraise.use_cases.share_section import share_section
from appraise.use_cases.store_scores import store_scores
from appraise.use_cases.submit_section import submit_section

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
MANAGERS = {"dora": None, "max": "dora", "ann": "max", "ben": "max", "hal": None, "vera": None, "otto": None}
MAPPING = """
kind = "ratings"
time_zone = "UTC"
formats = ["%Y-%m-%d"]

[scale]
name = "csat_1_5"
low = 1
high = 5

[employee]
namespace = "hr:id"
column = "agent"

[columns]
event_id = "id"
customer_key = "id"
occurred_at = "at"
score = "answer"
channel = "channel"
"""
ANSWERS = {"ann": (5, 5, 5, 4), "ben": (1, 2, 3, 1), "dora": (3, 4, 3, 4), "hal": (3, 4, 4, 4), "max": (3, 4, 4, 3)}
FEW = {"otto": 11, "vera": 6}
ROLES = {"hal": Role.HR_ADMINISTRATOR, "vera": Role.EXECUTIVE, "otto": Role.AUDITOR}


def record(name: str, manager: str | None, row: int) -> PeopleRecord:
    key = ExternalReference("hr:id", name)
    managers = () if manager is None else (ManagerReference(ExternalReference("hr:id", manager)),)
    return PeopleRecord(
        key=key,
        references=(key,),
        display_name=name.title(),
        status=EmploymentStatus.ACTIVE,
        row=row,
        email=f"{name}@example.org",
        job_title="Agent",
        department_code="CS",
        department_name="Customer Service",
        hire_date=date(2020, 1, 1),
        managers=managers,
        attributes=(("level", "3"),),
    )


def estimate(value: str = "71.25") -> Estimate:
    number = Decimal(value)
    return Estimate(
        indicator=SATISFACTION,
        value=number,
        lower=number - 8,
        upper=number + 8,
        lower_90=number - Decimal("6.70"),
        upper_90=number + Decimal("6.70"),
        expected=Decimal("68.00"),
        unshrunk=number + Decimal("1.05"),
        standard_error=Decimal("4.25"),
        reliability=Decimal("0.810"),
        probability_better=Decimal("0.7871"),
        consequence=True,
        evidence=Evidence(42, 40, Decimal("41.5"), Decimal("39.125"), (("no answer", 7),)),
        working=Working(
            raw=number + Decimal("2.30"),
            case_mix=(("channel", Decimal("1.50")), ("topic", Decimal("-0.25"))),
            shrinkage=Decimal("1.05"),
            score=number,
            attributable_share=Decimal("0.65"),
            notes=(("between-employee sd", "3.1"),),
        ),
        money=Money(12_300, -400, 25_000, "EUR", 410_000),
    )


def composite() -> Composite:
    return Composite(
        value=Decimal("0.4375"),
        lower=Decimal("-0.2"),
        upper=Decimal("1.1"),
        lower_90=Decimal("-0.1"),
        upper_90=Decimal("1.0"),
        spread=Decimal("0.68"),
        reliability=Decimal("0.71"),
        probability_better=Decimal("0.91"),
        consequence=True,
        level=3,
        observed_weight=Decimal("0.75"),
        attributable_share=Decimal("0.7"),
        parts=((SATISFACTION, Decimal("0.5")), (ATTRITION, Decimal("-0.0625"))),
    )


def absence() -> Absence:
    return Absence(ATTRITION, AbsenceKind.NOT_OBSERVED, "no customer is owned by this employee")


@dataclass(frozen=True, slots=True)
class Company:
    deployment: Deployment
    ids: dict[str, EmployeeId]
    cycle: Cycle

    def principal(self, name: str) -> Principal:
        roles = frozenset({ROLES[name]} if name in ROLES else ())
        return Principal(name.title(), self.ids[name], roles)

    def scored(
        self,
        *,
        value: str = "71.25",
        at: datetime = AT,
        absent: bool = False,
        policy: Policy = DEFAULT_POLICY,
        figure: Estimate | None = None,
    ) -> ScoringRun:
        first = Absence(SATISFACTION, AbsenceKind.EXCLUDED, "left out") if absent else figure or estimate(value)
        composites = {"ann": composite(), "ben": Absence(COMPOSITE, AbsenceKind.INSUFFICIENT_EVIDENCE, "one figure")}
        cards = tuple(
            Scorecard(self.ids[name], (first, absence()), composites.get(name)) for name in ("ann", "ben", "max")
        )
        days = self.cycle.period
        manifest = Manifest(
            "test", "p" * 64, "q" * 64, (("contacts", 3), ("ratings", 2)), days.start, days.end, at.date()
        )
        coverage = (Coverage(SATISFACTION, Decimal(100), Decimal("93.5"), (("bot", Decimal("6.5")),)),)
        return store_scores(
            self.deployment,
            self.cycle,
            ScoringResult(cards, coverage, manifest),
            policy,
            scored=self.people() if policy.profiles else PeopleSnapshot((), (), ()),
            started_at=at,
            at=at,
        )

    def people(self) -> PeopleSnapshot:
        with self.deployment.database.reading() as session:
            return people.snapshot(session)

    def section(self, of: str, seen_by: str = "otto") -> ViewedSection:
        found = section_of(self.deployment, self.principal(seen_by), self.ids[of], self.cycle.id, at=AT)
        assert found is not None
        return found


@pytest.fixture
def company(deployment: Deployment) -> Company:
    records = tuple(record(name, manager, row) for row, (name, manager) in enumerate(MANAGERS.items(), start=2))
    options = ImportOptions("hr", as_of=date(2025, 1, 1))
    reconcile_people(deployment, ReadPeople(records, ()), options, file="people.csv", at=AT, dry_run=False)
    with deployment.database.reading() as session:
        found = people.snapshot(session).employees
    cycle = open_cycle(deployment, "2025", Period(date(2025, 1, 1), date(2026, 1, 1)), at=AT)
    return Company(deployment, {person.display_name.casefold(): person.id for person in found}, cycle)


@pytest.fixture
def move(company: Company) -> Callable[[str, str | None], None]:
    """Give somebody another manager as of today."""

    def moved(name: str, manager: str | None) -> None:
        line = replace(record(name, manager, 2))
        read = ReadPeople((line,), (), complete=False)
        options = ImportOptions("hr", as_of=AT.date())
        reconcile_people(company.deployment, read, options, file="people.csv", at=AT, dry_run=False)

    return moved


def rated(company: Company, of: str = "ann", *, rating: int = 4) -> ViewedSection | Refusal:
    before = company.section(of)
    return rate_item(
        company.deployment,
        company.principal("max"),
        before.section.id,
        before.section.items[0].id,
        rating=rating,
        comment="answers at once",
        expected_version=before.section.version,
        at=AT,
    )


def submitted(company: Company) -> ViewedSection:
    draft = done(rated(company))
    return done(
        submit_section(
            company.deployment,
            company.principal("max"),
            draft.section.id,
            expected_version=draft.section.version,
            at=AT,
        )
    )


def stepped(
    company: Company,
    step: Callable[..., ViewedSection | Refusal],
    by: str,
    of: str = "ann",
    *,
    at: datetime = AT,
    **fields: object,
) -> ViewedSection | Refusal:
    """A step of somebody's section as it is now."""
    section = company.section(of).section
    return step(
        company.deployment, company.principal(by), section.id, **fields, expected_version=section.version, at=at
    )


def shared(company: Company) -> ViewedSection:
    submitted(company)
    done(stepped(company, approve_section, "dora"))
    return done(stepped(company, share_section, "hal"))


def finalised(company: Company) -> ViewedSection:
    shared(company)
    done(stepped(company, acknowledge_section, "ann", stance=Stance.AGREE, comment=None))
    return done(stepped(company, finalise_section, "hal", reason="calibrated"))


def done(outcome: ViewedSection | Refusal) -> ViewedSection:
    assert isinstance(outcome, ViewedSection), outcome
    return outcome


@pytest.fixture
def rate(company: Company, tmp_path: Path) -> Callable[..., None]:
    """Import one answer a day for each agent, in a file of its own."""

    def rated(name: str, answers: dict[str, list[int]], month: int) -> None:
        (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
        path = tmp_path / f"{name}.csv"
        rows = [
            f"{name}-{agent}-{i},2025-{month + i // 28:02}-{1 + i % 28:02},{agent},{answer},{('chat', 'phone')[i % 2]}"
            for agent, given in answers.items()
            for i, answer in enumerate(given)
        ]
        path.write_text("\n".join(["id,at,agent,answer,channel", *rows]), encoding="utf-8")
        import_events(
            company.deployment,
            "csv",
            path,
            ImportOptions("desk", mapping=tmp_path / "mapping.toml"),
            at=AT,
            dry_run=False,
            error_policy="reject-file",
            rejected_to=None,
            progress=silent,
        )

    return rated


@pytest.fixture
def rated_company(company: Company, rate: Callable[..., None]) -> Company:
    rate("first", {name: list(answers) * 12 for name, answers in ANSWERS.items()}, 3)
    rate("few", {name: [4, 3] * (n // 2) + [4] * (n % 2) for name, n in FEW.items()}, 3)
    return company
