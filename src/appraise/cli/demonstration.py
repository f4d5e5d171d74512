"""`appraise demo`: a generated company, taken all the way from its systems' exports to a served section."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import orjson

from appraise.adapters.contract import ExampleFile, ExampleWriter
from appraise.adapters.discovery import installed_adapters
from appraise.bootstrap import initialise, open_deployment, utc_now
from appraise.cli.demo_managers import finish, rate_and_submit
from appraise.cli.deployment import AT_THE_MACHINE, all_sections, cycle_named
from appraise.cli.importing import load, print_events, print_people
from appraise.cli.output import console, progress_bar
from appraise.cli.scoring import print_coverage, score_named_cycle
from appraise.cli.showing import print_section
from appraise.cli.truth import employees_by_number, print_check
from appraise.domain.access import Role
from appraise.domain.identifiers import EmployeeId
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.reading import SectionRow
from appraise.domain.scorecards import Estimate
from appraise.errors import NotFound
from appraise.settings import Settings
from appraise.testing.company import CYCLE_END, CYCLE_START, Company, generate
from appraise.testing.company_calendar import HISTORY_START
from appraise.use_cases.create_token import create_token
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.grant_role import grant_role
from appraise.use_cases.people_report import PeopleReport
from appraise.use_cases.read_people import get_person
from appraise.use_cases.read_sections import section_of

NEEDED = ("successfactors", "zendesk", "shopify", "stripe", "csv")
CYCLE = "2025"
LAST_CYCLE = "2024"
TOKEN_LIFE = timedelta(days=30)
KNOWN_ROUTING = replace(
    DEFAULT_POLICY,
    attributable_share=1.0,
    reasons=(("attributable_share", "everything that routes customers in the generated company is measured"),),
)
"""Everything that routes customers in the generated company is measured: all that is left is the employees' own."""


@dataclass(frozen=True, slots=True)
class Demonstration:
    """`port` None: do not serve. `data` None: `appraise-data/demo-SIZE-SEED`."""

    size: str
    seed: int
    data: Path | None
    check: bool
    files_only: bool
    port: int | None

    @property
    def directory(self) -> Path:
        return self.data or Path("appraise-data") / f"demo-{self.size}-{self.seed}"

    @property
    def people_file(self) -> Path:
        return self.directory / "demo.json"


def run(demonstration: Demonstration) -> None:
    """Raises `NotFound` where an adapter package is missing; a repeated run finds its work done and goes on."""
    settings = Settings(data=demonstration.directory, demo=True)
    if demonstration.files_only:
        _write_files(demonstration)
        return
    if not demonstration.people_file.exists():
        _build(demonstration, settings)
    deployment = open_deployment(settings)
    _show(deployment, demonstration)
    if demonstration.check:
        print_check(deployment, _company(demonstration), cycle_named(deployment, CYCLE))
    if demonstration.port is not None:
        from appraise.web import serve

        serve(deployment, settings, clock=utc_now, host="127.0.0.1", port=demonstration.port)


def _company(demonstration: Demonstration) -> Company:
    with progress_bar("Generating the company") as advance:
        company = generate(demonstration.size, demonstration.seed)
        advance("", 1, 1)
    return company


def _write_files(demonstration: Demonstration) -> list[ExampleFile]:
    writers = _writers()
    directory = demonstration.directory / "exports"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    company = _company(demonstration)
    files: list[ExampleFile] = []
    with progress_bar("Writing the systems' exports") as advance:
        for done, (name, writer) in enumerate(writers.items()):
            advance(name, done, len(writers))
            files.extend(writer.write_example(company, directory))
        advance("", len(writers), len(writers))
    console.print(
        f"Wrote {len(files)} export files of the generated company (size {demonstration.size}) to {directory}",
        soft_wrap=True,
    )
    return files


def _writers() -> Mapping[str, ExampleWriter]:
    installed = installed_adapters()
    writers = {name: adapter for name in NEEDED if isinstance(adapter := installed.get(name), ExampleWriter)}
    missing = [f"appraise-{name}" for name in NEEDED if name not in writers]
    if missing:
        raise NotFound(
            f"the demonstration needs adapters that are not installed: {', '.join(missing)}",
            hint=f"pip install {' '.join(missing)}",
        )
    return writers


def _build(demonstration: Demonstration, settings: Settings) -> None:
    """Everything from the exports to the sign-in list, which is written last and so marks the work as done."""
    files = _write_files(demonstration)
    deployment = initialise(settings)
    for file in files:
        report = load(deployment, file.adapter, file.path, file.options)
        if isinstance(report, PeopleReport):
            print_people(file.path, report)
        else:
            print_events(file.path, report, None)
    score_named_cycle(LAST_CYCLE, start=HISTORY_START, end=CYCLE_START, policy=KNOWN_ROUTING, deployment=deployment)
    run = score_named_cycle(CYCLE, start=CYCLE_START, end=CYCLE_END, policy=KNOWN_ROUTING, deployment=deployment)
    print_coverage(run)
    _offer_sign_in(demonstration, deployment)


def _offer_sign_in(demonstration: Demonstration, deployment: Deployment) -> None:
    company = _company(demonstration)
    people = employees_by_number(deployment, company)
    staff = _staff(company)
    shown = _most_telling(deployment)
    manager = shown.section.manager
    # A small company has no People Partner.
    hr = _first(staff, people, {"title": "People Partner"}, {"title": "Head of Corporate Services"})
    roles: list[tuple[str, str, EmployeeId]] = [
        ("HR administrator", "hr_administrator", hr),
        ("Executive", "executive", _first(staff, people, {"level": 1})),
        ("Auditor", "auditor", _first(staff, people, {"title": "Head of Operations"})),
    ]
    now = utc_now()
    for _, role, employee in roles:
        grant_role(deployment, employee, Role(role), at=now, by="demo")
    finish(deployment, LAST_CYCLE, hr=hr)
    rate_and_submit(deployment, CYCLE, spared=manager, hr=hr)
    if manager is not None:
        roles.append(("Manager", "manager", manager))
    roles.append(("Employee", "employee", shown.section.employee))
    entries = []
    for label, role, employee in roles:
        token = create_token(
            deployment,
            name=f"demo sign-in as {label}",
            employee=employee,
            roles=frozenset(),
            scopes=frozenset(),
            expires_at=now + TOKEN_LIFE,
            at=now,
        )
        name = get_person(deployment, AT_THE_MACHINE, at=now, employee=employee).employee.display_name
        entries.append({"label": label, "role": role, "employee": employee, "name": name, "token": token})
    document = {"shown": shown.section.employee, "people": entries}
    _write_private(demonstration.people_file, orjson.dumps(document, option=orjson.OPT_INDENT_2))


def _write_private(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    draft.replace(path)


def _staff(company: Company) -> list[dict[str, object]]:
    table = company.table("employees")
    rows = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
    return [row for row in rows if row["as_of"] == CYCLE_END and row["active"]]


def _first(
    staff: list[dict[str, object]], people: Mapping[str, EmployeeId], *wanted: Mapping[str, object]
) -> EmployeeId:
    """Whoever comes first among the staff that fit the first of the descriptions that fits anybody."""
    fitting = (row for description in wanted for row in staff if description.items() <= row.items())
    return people[str(next(fitting)["employee"])]


def _most_telling(deployment: Deployment) -> SectionRow:
    """The section to open first: most estimates, then most evidence, managed by somebody."""

    def weight(row: SectionRow) -> tuple[int, int]:
        estimates = [item.result for item in row.section.items if isinstance(item.result, Estimate)]
        return len(estimates), sum(estimate.evidence.events for estimate in estimates)

    return max(
        (row for row in all_sections(deployment, cycle_named(deployment, CYCLE)) if row.section.manager), key=weight
    )


def _show(deployment: Deployment, demonstration: Demonstration) -> None:
    shown = orjson.loads(demonstration.people_file.read_bytes())["shown"]
    viewed = section_of(deployment, AT_THE_MACHINE, EmployeeId(shown), cycle_named(deployment, CYCLE).id, at=utc_now())
    if viewed is not None:
        print_section(viewed, why=False)
