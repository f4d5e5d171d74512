"""What was imported, exported and imported again: into the same records no change, into empty ones the same."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.use_cases.test_import_people import AT, JANUARY, JULY, MARCH, counts, imported, key, person

from appraise.adapters.contract import ImportOptions
from appraise.adapters.discovery import adapter_named
from appraise.adapters.records import ManagerReference, PeopleRecord
from appraise.domain.access import Principal, Role
from appraise.domain.employees import Employee, EmploymentStatus, ExternalReference, ReportingKind
from appraise.domain.identifiers import EmployeeId
from appraise.domain.progress import silent
from appraise.errors import NotFound
from appraise.storage import audit, people
from appraise.storage.database import Database
from appraise.storage.people_import import Manager
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.export_people import ExportedPeople, export_people, people_file
from appraise.use_cases.export_sections import ExportFormat
from appraise.use_cases.import_people import import_people
from appraise.use_cases.people_history import Known, Look, history
from appraise.use_cases.people_report import PeopleReport
from appraise.use_cases.people_rows import Everybody, rows

HAL = Principal(name="Hal", roles=frozenset({Role.HR_ADMINISTRATOR}))
LEFT = EmploymentStatus.TERMINATED
DOTTED = ReportingKind.DOTTED


@pytest.fixture
def other(migrated_sqlite: Path, tmp_path: Path, deployment: Deployment) -> Iterator[Deployment]:
    """Another deployment, with empty records."""
    path = tmp_path / "other.sqlite"
    shutil.copyfile(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    yield replace(deployment, database=database)
    database.close()


def exported(deployment: Deployment, to: Path, source: str = "hr") -> ExportedPeople:
    form = ExportFormat(to.suffix.removeprefix("."))
    return export_people(deployment, HAL, source, format=form, write=to.write_bytes, at=AT)


def again(deployment: Deployment, file: Path, source: str = "hr", *, on: date = JULY) -> PeopleReport:
    options = ImportOptions(source, as_of=on)
    return import_people(deployment, "csv", file, options, at=AT, dry_run=False, progress=silent)


def stored(deployment: Deployment) -> list[object]:
    """All that scoring knows of people, with an id for each that does not change from one deployment to another."""
    with deployment.database.reading() as session:
        found = people.snapshot(session)
    names = {one.id: min(str(each.normalised()) for each in one.references) for one in found.employees}
    told: list[object] = [
        (one.display_name, one.email, sorted(each.normalised() for each in one.references)) for one in found.employees
    ]
    told += [(names[one.employee], replace(one, employee=EmployeeId(""))) for one in found.employments]
    told += [
        (names[one.employee], names[one.manager], one.period.start, str(one.period.end), one.kind)
        for one in found.reporting_lines
    ]
    return sorted([*told, *found.departments], key=repr)


def company(deployment: Deployment) -> None:
    """Three looks at a company in which nothing is plain."""
    number, agent = ExternalReference("hr:number", "000123"), ExternalReference("zendesk:agent", "9")
    waits = ManagerReference(ExternalReference("email", "boss@example.org"))
    ann = person("ann", job_title="=Chief; a|b, ünlü", department_code="S", department_name="Sales")
    ben = person("ben", manager="ann", email="Ben@example.org", references=(key("ben"), number, agent))
    cid = person("cid", managers=(ManagerReference(key("ann")), ManagerReference(key("ben"), DOTTED)))
    dan = person("dan", managers=(waits,), attributes=(("level", "3"), ("grade", "'=b")))
    imported(deployment, ann, ben, cid, dan, person("eve"), person("fay"), person("gus", manager="ben"), on=JANUARY)
    away = EmploymentStatus.LEAVE
    ben = replace(ben, email="b@example.org", display_name="+Ben Lee, Jr.", department_code="S", status=away)
    second = replace(person("cid", job_title="Tutor"), managers=(ManagerReference(key("ann"), DOTTED),))
    to_come = person("hal", hire_date=date(2025, 10, 1), manager="ben")
    gone = person("eve", status=LEFT, termination_date=date(2025, 2, 10))
    ending = person("fay", termination_date=date(2025, 9, 30))
    gus = person("gus", manager="ann")
    imported(deployment, ann, ben, cid, second, dan, gone, ending, gus, to_come, on=MARCH)
    retired = replace(ben, status=EmploymentStatus.RETIRED, termination_date=date(2025, 5, 31))
    back = person("eve", hire_date=date(2025, 6, 1), manager="ann", job_title="Agent")
    never = person("ida", status=LEFT, hire_date=None)
    renamed = replace(ann, department_name="Growth")
    imported(
        deployment, renamed, retired, cid, second, dan, back, ending, gus, never, on=JULY, allow_ends="yes"
    )  # hal does not come


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_export_of_what_was_imported_imports_without_a_change(
    deployment: Deployment, other: Deployment, tmp_path: Path, form: str
) -> None:
    company(deployment)
    before, file = stored(deployment), tmp_path / f"people.{form}"

    done = exported(deployment, file)
    report = again(deployment, file)
    elsewhere = again(other, file)

    assert (done.people, done.as_of) == (9, JULY)
    assert (counts(report), report.changes, report.rejected) == ((0, 0, 0, 9), (), ())
    assert stored(deployment) == before
    assert (counts(elsewhere), elsewhere.rejected) == ((9, 0, 0, 0), ())
    assert stored(other) == before
    once_more = tmp_path / f"again.{form}"
    exported(other, once_more)
    assert once_more.read_bytes().lower() == file.read_bytes().lower()  # references are kept without case


def test_people_of_two_sources_are_told_by_the_ids_of_the_one_that_is_asked_for(
    deployment: Deployment, other: Deployment, tmp_path: Path
) -> None:
    imported(deployment, person("ann"), person("ben", manager="ann"), on=JANUARY)
    (tmp_path / "desk.csv").write_text("key,display_name,reference.hr:id,manager\n7,Ann,ann,\n8,Zoe,,7\n")
    again(deployment, tmp_path / "desk.csv", "desk")
    for source in ("hr", "desk"):
        exported(deployment, tmp_path / f"{source}.csv", source)

    assert [counts(again(deployment, tmp_path / f"{one}.csv", one)) for one in ("hr", "desk")] == [(0, 0, 0, 2)] * 2
    for source in ("hr", "desk"):
        again(other, tmp_path / f"{source}.csv", source)
    assert stored(other) == stored(deployment)


def test_an_export_leaves_a_line_and_another_source_is_named(deployment: Deployment, tmp_path: Path) -> None:
    imported(deployment, person("ann"), on=JANUARY)

    exported(deployment, tmp_path / "people.csv")

    with deployment.database.reading() as session:
        last = list(audit.entries(session))[-1]
    assert (last.action, last.subject, dict(last.details)["employees"]) == ("people.export", "source:hr", "1")
    with pytest.raises(NotFound) as refusal:
        exported(deployment, tmp_path / "other.csv", "payroll")
    assert (refusal.value.expected, (tmp_path / "other.csv").exists()) == ("one of: hr", False)


def test_the_table_in_the_docs_is_what_an_export_of_it_holds(deployment: Deployment, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/people.md").read_text(encoding="utf-8")
    table = page.partition("```csv ours.csv\n")[2].partition("```")[0]
    (tmp_path / "ours.csv").write_text(table, encoding="utf-8")

    again(deployment, tmp_path / "ours.csv")
    exported(deployment, tmp_path / "people.csv")

    assert (tmp_path / "people.csv").read_bytes() == table.replace("\n", "\r\n").encode()


# The law: whatever a few exports have told of somebody, the file tells it again.

DAYS = [date(2025, 1, 1) + timedelta(days=number) for number in range(12)]
BEN = EmployeeId("ben")
STATUSES = st.sampled_from(sorted(set(EmploymentStatus) - {EmploymentStatus.DECEASED}))
DAY = st.none() | st.sampled_from(DAYS)
MANAGERS: list[Manager] = [EmployeeId("ann"), EmployeeId("eve"), ExternalReference("email", "boss@example.org")]


@st.composite
def told_rows(draw: st.DrawFn, *, is_dated: bool) -> tuple[PeopleRecord, list[tuple[ReportingKind, Manager]]]:
    start = draw(st.sampled_from(DAYS[:-1])) if is_dated else None
    end = draw(st.none() | st.sampled_from(DAYS[DAYS.index(start) + 1 :])) if start else None
    record = PeopleRecord(
        key("ben"),
        (),
        "Ben",
        draw(STATUSES),
        2,
        job_title=draw(st.sampled_from(["Agent", "Lead, 'x'", "-", "=a\n;b", None])),
        department_code=draw(st.sampled_from(["S", None])),
        hire_date=draw(DAY),
        termination_date=draw(DAY),
        effective_from=start,
        effective_to=end,
        attributes=draw(st.sampled_from([(), (("level", "3"), ("grade", "b"))])),
    )
    pairs = st.tuples(st.sampled_from(ReportingKind), st.sampled_from(MANAGERS))
    return record, draw(st.lists(pairs, max_size=2, unique=True))


@st.composite
def known_of_somebody(draw: st.DrawFn) -> Known:
    known, before = Known(), None
    for on in sorted(draw(st.sets(st.sampled_from(DAYS), min_size=1, max_size=3))):
        is_dated = draw(st.booleans())
        told = draw(st.lists(told_rows(is_dated=is_dated), min_size=1, max_size=3))
        records = [replace(record, row=number) for number, (record, _) in enumerate(told)]
        managers = {number: pairs for number, (_, pairs) in enumerate(told)}
        known, before = history(known, records, managers, Look(on, before)), on
    return known


def read_again(
    known: Known, form: str
) -> tuple[Sequence[PeopleRecord], dict[int, list[tuple[ReportingKind, Manager]]]]:
    named = {name: Employee(EmployeeId(name), name.title(), references=(key(name),)) for name in ("ann", "ben", "eve")}
    told = list(rows(Everybody({one.id: one for one in named.values()}, {BEN: known}, {}), "hr"))
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / f"people.{form}"
        file.write_bytes(people_file(told, ExportFormat(form)))
        read = adapter_named("csv").read_people(file, ImportOptions("hr"))  # type: ignore[attr-defined]
    assert read.rejected == ()
    ids = {one.references[0]: one.id for one in named.values()}
    return read.records, {
        record.row: [(one.kind, ids.get(one.reference, one.reference)) for one in record.managers]
        for record in read.records
    }


@given(known_of_somebody(), st.sampled_from(["csv", "jsonl"]))
def test_whatever_is_known_of_somebody_is_read_again(known: Known, form: str) -> None:
    records, managers = read_again(known, form)

    assert history(known, records, managers, Look(DAYS[-1], DAYS[-1])) == known
    assert history(Known(), records, managers, Look(DAYS[-1])) == known
