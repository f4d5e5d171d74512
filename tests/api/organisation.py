"""An organisation of four departments over two cycles: figures that differ by person, some missing, some groups small."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

import numpy as np
from tests.api.builder import record_of, service

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.domain.access import Principal, Role, ServiceScope
from appraise.domain.cycles import Cycle
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.policies import DEFAULT_POLICY, Policy
from appraise.domain.reading import ScoringRun
from appraise.domain.scorecards import (
    Absence,
    AbsenceKind,
    Estimate,
    Evidence,
    Manifest,
    Money,
    Scorecard,
    ScoringResult,
    Working,
)
from appraise.domain.section_states import SectionState
from appraise.storage import people, sections
from appraise.use_cases.create_token import create_token
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.grant_role import grant_role
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.open_cycle import open_cycle
from appraise.use_cases.store_scores import store_scores

AT: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
UNITS: Final = {"Mia": ("sales", 7), "Noa": ("sales", 6), "Pia": ("care", 9), "Raf": ("stores", 3), "Tom": ("web", 8)}
"""Managers, who report to Dora; the department of their reports and how many these are."""
ROLES: Final = {"Hal": Role.HR_ADMINISTRATOR, "Vera": Role.EXECUTIVE, "Otto": Role.AUDITOR}


@dataclass(frozen=True, slots=True)
class Organisation:
    deployment: Deployment
    ids: dict[str, EmployeeId]
    cycles: tuple[Cycle, Cycle]
    agents: tuple[str, ...]

    def principal(self, name: str) -> Principal:
        if name == "sections service":
            return service(ServiceScope.READ_SECTIONS)
        return Principal(name, self.ids[name], frozenset({ROLES[name]} if name in ROLES else ()))

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

    def put(self, names: tuple[str, ...], cycle: Cycle, state: SectionState = SectionState.FINALISED) -> None:
        """Sections into a state, as if managers and HR had done their part."""
        wanted = {self.ids[name] for name in names}
        with self.deployment.database.transaction() as session:
            found = [one for one in sections.in_cycle(session, cycle.id) if one.employee in wanted]
            sections.save(session, [replace(one, state=state) for one in found], at=AT)

    def score(
        self,
        cycle: Cycle,
        seed: int,
        *,
        at: datetime = AT,
        changed: tuple[str, ...] | None = None,
        policy: Policy = DEFAULT_POLICY,
    ) -> ScoringRun:
        """With figures drawn from the seed; with another seed those of the `changed` alone are drawn anew."""
        cards = []
        for number, name in enumerate(self.agents):
            is_new = changed is None or name in changed
            generator = np.random.default_rng((seed if is_new else 1, number))
            cards.append(Scorecard(self.ids[name], _results(generator, number)))
        day = at.date()
        manifest = Manifest(
            "test",
            ("p" if policy is DEFAULT_POLICY else "o") * 64,
            "q" * 64,
            (),
            cycle.period.start,
            cycle.period.end,
            day,
        )
        result = ScoringResult(tuple(cards), (), manifest)
        nobody = PeopleSnapshot((), (), ())
        return store_scores(self.deployment, cycle, result, policy, scored=nobody, started_at=at, at=at)


def build(deployment: Deployment) -> Organisation:
    agents = [(f"{manager} {number}", manager, department) for manager, (department, size) in UNITS.items()
              for number in range(size)]  # fmt: skip
    managers = [(manager, "Dora", department) for manager, (department, _) in UNITS.items()]
    above: list[tuple[str, str | None, str]] = [("Dora", None, "board"), *((name, None, "board") for name in ROLES)]
    records = tuple(
        replace(record_of(name, manager, row), department_code=department, department_name=department.title())
        for row, (name, manager, department) in enumerate([*above, *managers, *agents], start=2)
    )
    options = ImportOptions("hr", as_of=date(2024, 1, 1))
    reconcile_people(deployment, ReadPeople(records, ()), options, file="people.csv", at=AT, dry_run=False)
    with deployment.database.reading() as session:
        ids = {person.display_name: person.id for person in people.snapshot(session).employees}
    for name, role in ROLES.items():
        grant_role(deployment, ids[name], role, at=AT, by="test")
    cycles = tuple(
        open_cycle(deployment, str(year), Period(date(year, 1, 1), date(year + 1, 1, 1)), at=AT)
        for year in (2024, 2025)
    )
    found = Organisation(deployment, ids, (cycles[0], cycles[1]), tuple(name for name, _, _ in agents))
    for cycle in cycles:
        found.score(cycle, seed=1)
    return found


def _results(generator: np.random.Generator, number: int) -> tuple[Estimate | Absence, ...]:
    """Every fourth has too little evidence for lifetime value."""
    shared = generator.uniform(1.0, 2.5, 4)
    draws = generator.normal(0.0, 1.0, 4)
    attrition = _estimate(ATTRITION, 1 + draws[0] / 10, 0.08, overlap=shared[0], expected_events=20 + number)
    repeat = _estimate(REPEAT_PURCHASE, 1 + draws[1] / 10, 0.06, overlap=shared[1], expected_events=150 + number)
    satisfaction = _estimate(SATISFACTION, 78 + 4 * draws[2], 1 + number / 10, overlap=1.0, expected=78.0)
    value: Estimate | Absence = _estimate(
        LIFETIME_VALUE, 1 + draws[3] / 8, 0.09, overlap=shared[3], foretold=900_000 + 1_000 * number
    )
    if number % 4 == 3:
        value = Absence(LIFETIME_VALUE, AbsenceKind.INSUFFICIENT_EVIDENCE, "fewer than 5 purchases are expected")
    return satisfaction, repeat, value, attrition


def _estimate(  # noqa: PLR0913  # what differs between indicators
    indicator: IndicatorKey,
    unshrunk: float,
    error: float,
    *,
    overlap: float,
    expected: float = 1.0,
    expected_events: int | None = None,
    foretold: int | None = None,
) -> Estimate:
    plain, wanted = Decimal(f"{unshrunk:.6f}"), Decimal(f"{expected:.6f}")
    pull = ((plain - wanted) / 4).quantize(Decimal("0.000001"))
    value, half = plain - pull, Decimal(f"{error:.6f}")
    effective = Decimal("100.000000")
    return Estimate(
        indicator=indicator,
        value=value,
        lower=value - 2 * half,
        upper=value + 2 * half,
        lower_90=value - half,
        upper_90=value + half,
        expected=wanted,
        unshrunk=plain,
        standard_error=half,
        reliability=Decimal("0.75"),
        probability_better=Decimal("0.5"),
        consequence=True,
        evidence=Evidence(
            200,
            180,
            effective,
            None if expected_events is None else Decimal(expected_events),
            credit=effective * Decimal(f"{overlap:.6f}"),
        ),
        working=Working(plain, (), pull, value, Decimal("0.7")),
        money=None if foretold is None else Money(0, -1, 1, "EUR", foretold),
    )
