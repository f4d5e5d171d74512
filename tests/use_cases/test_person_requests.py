"""Erasing and exporting a person by two people, on both kinds of database: what goes, what stays, what is refused."""

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from tests.use_cases.conftest import AT, Company, done, record, shared, stepped

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.cli import person_output
from appraise.domain.access import Principal, Role
from appraise.domain.disputes import DisputeKind
from appraise.domain.employees import EmploymentStatus
from appraise.domain.jobs import JobKind, JobState
from appraise.domain.people_documents import documents_of
from appraise.domain.person_requests import RequestKind
from appraise.domain.section_course import Stance
from appraise.domain.sections import Refusal, Section
from appraise.errors import Forbidden, NotFound
from appraise.storage import people, people_snapshots
from appraise.storage.tables import JOBS, METADATA, PERSON_TEXTS
from appraise.use_cases.acknowledge_section import acknowledge_section
from appraise.use_cases.assess_item import assess_item
from appraise.use_cases.create_token import create_token
from appraise.use_cases.file_dispute import file_dispute
from appraise.use_cases.finalise_section import finalise_section
from appraise.use_cases.grant_role import grant_role
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.import_reports import document_of
from appraise.use_cases.once import once
from appraise.use_cases.people_changes import Outcome, PersonChange
from appraise.use_cases.people_report import PeopleReport
from appraise.use_cases.person_requests import (
    NamedRequest,
    confirm_person_request,
    fetch_person_export,
    propose_person_request,
    read_legal_holds,
    read_person_requests,
    set_legal_hold,
    withdraw_person_request,
)
from appraise.use_cases.verify_audit import verify_audit

LATER = AT + timedelta(days=2)


def hedy(company: Company) -> Principal:
    return Principal("Hedy", company.ids["vera"], frozenset({Role.HR_ADMINISTRATOR}))


def proposed(company: Company, kind: RequestKind = RequestKind.ERASURE) -> NamedRequest | Refusal:
    hr = company.principal("hal")
    return propose_person_request(
        company.deployment, hr, company.ids["ann"], kind, reason="her letter of 3 March", at=LATER
    )


def confirm(company: Company, by: Principal, request: NamedRequest | Refusal) -> NamedRequest | Refusal:
    assert isinstance(request, NamedRequest)
    return confirm_person_request(company.deployment, by, request.request.id, at=LATER)


def _assessed(company: Company, section: Section) -> None:
    """By Ann herself, under a key of her own."""
    ann, item = company.principal("ann"), section.items[0].id
    once(
        company.deployment,
        ann,
        "own",
        [],
        lambda deployment: assess_item(
            deployment,
            ann,
            section.id,
            item,
            rating=5,
            comment="Ann about herself",
            expected_version=section.version,
            at=AT,
        ),
        told=lambda viewed: viewed.section.id,
        again=str,
        at=AT,
    )


def with_a_life(company: Company) -> None:
    """Ann has written and been written about, in every place where words are kept."""
    company.scored()
    with company.deployment.database.transaction() as session:
        people_snapshots.add(session, documents_of(people.snapshot(session)), at=AT)
    section = company.section("ann").section
    _assessed(company, section)
    section = shared(company).section
    done(
        file_dispute(
            company.deployment,
            company.principal("ann"),
            section.id,
            section.items[0].id,
            kind=DisputeKind.NOT_MINE,
            evidence="ticket-9",
            comment="Ann disputes it",
            expected_version=section.version,
            at=AT,
        )
    )
    answer = {"stance": Stance.AGREE, "comment": "Ann agrees"}
    done(stepped(company, acknowledge_section, "ann", **answer))
    done(stepped(company, finalise_section, "hal", reason="agreed"))
    create_token(
        company.deployment,
        name="Ann's",
        employee=company.ids["ann"],
        roles=frozenset(),
        scopes=frozenset(),
        expires_at=None,
        at=AT,
    )


def left(company: Company) -> None:
    gone = replace(record("ann", "max", 2), status=EmploymentStatus.TERMINATED)
    options = ImportOptions("hr", as_of=(AT + timedelta(days=1)).date())
    read = ReadPeople((gone,), (), complete=False)
    reconcile_people(company.deployment, read, options, file="people.csv", at=AT, dry_run=False)


def with_a_report(company: Company) -> None:
    """Of an import through the API, which names whom it changed."""
    told = [PersonChange(Outcome.ENDED, "ann", "Ann"), PersonChange(Outcome.NEW, "zoe", "Zoe")]
    report = PeopleReport(AT.date(), 1, 0, 1, 0, changes=tuple(told))
    with company.deployment.database.transaction() as session:
        values = {"kind": JobKind.IMPORT.value, "state": JobState.DONE.value, "owner": "hal", "asker": {}, "wanted": {}}
        moments = {"asked_at": AT, "finished_at": AT}
        counts = {"done": 0, "total": 0, "tries": 0}
        outcome = {"plan": document_of(report)}
        session.execute(insert(JOBS), [{"id": "report", **values, **moments, **counts, "outcome": outcome}])


def tables_with(company: Company, *texts: str) -> set[str]:
    """Where any of these texts is found in the records."""
    found = set()
    with company.deployment.database.reading() as session:
        for table in METADATA.tables.values():
            for row in session.execute(select(table)):
                if any(text in repr(tuple(row)) for text in texts):
                    found.add(table.name)
    return found


def test_an_erasure_takes_names_and_words_and_leaves_numbers_of_nobody(company: Company) -> None:
    with_a_life(company)
    left(company)
    with_a_report(company)
    words = ("'Ann'", "Ann about", "Ann disputes", "Ann agrees", "answers at once", "ann@example.org", "Ann's", '"Ann"')
    assert {
        "employees",
        "items",
        "person_texts",
        "disputes",
        "external_references",
        "access_tokens",
        "jobs",
    } <= tables_with(company, *words)
    before = company.section("ann").section

    assert isinstance(confirm(company, hedy(company), proposed(company)), NamedRequest)

    assert tables_with(company, *words) <= {"audit_log"}  # which nothing is taken out of
    after = company.section("ann").section
    assert [item.rating for item in after.items] == [item.rating for item in before.items]
    assert [item.result for item in after.items] == [item.result for item in before.items]
    assert (after.state, after.department_code) == (before.state, before.department_code)
    assert company.section("ann").person.employee.display_name == "Erased person"
    with company.deployment.database.reading() as session:
        assert people.status_of(session, company.ids["ann"], on=LATER.date()) is EmploymentStatus.TERMINATED
    assert verify_audit(company.deployment).first_break is None
    with company.deployment.database.reading() as session:
        outcome = session.execute(select(JOBS.c.outcome).where(JOBS.c.id == "report")).scalar_one()
    assert [(one["key"], one["name"]) for one in outcome["plan"]["people"]["changes"]] == [("zoe", "Zoe")]
    again = proposed(company)
    assert isinstance(again, Refusal)
    assert again.code == "ALREADY_DONE"


def test_it_takes_two_people_somebody_who_left_and_no_hold(company: Company) -> None:
    company.scored()
    still_here = proposed(company)
    assert isinstance(still_here, Refusal)
    assert still_here.code == "WRONG_STATE"
    left(company)
    request = proposed(company)
    for who in ("max", "otto", "ann"):
        with pytest.raises(Forbidden):
            confirm(company, company.principal(who), request)
    alone = confirm(company, company.principal("hal"), request)
    assert isinstance(alone, Refusal)
    assert alone.code == "SECOND_PERSON"
    set_legal_hold(company.deployment, company.principal("hal"), company.ids["ann"], reason="a court case", at=LATER)
    held = confirm(company, hedy(company), request)
    assert isinstance(held, Refusal)
    assert (held.code, "a court case" in held.message) == ("LEGAL_HOLD", True)
    assert [one.employee_name for one in read_legal_holds(company.deployment, hedy(company))] == ["Ann"]
    assert company.section("ann").person.employee.display_name == "Ann"
    assert set_legal_hold(company.deployment, hedy(company), company.ids["ann"], reason=None, at=LATER) is None
    assert isinstance(request, NamedRequest)
    withdraw_person_request(company.deployment, company.principal("hal"), request.request.id, at=LATER)
    gone = confirm(company, hedy(company), request)
    assert isinstance(gone, Refusal)
    assert gone.code == "ALREADY_DONE"


def test_an_export_gives_what_the_person_would_read_and_each_time_is_told(company: Company) -> None:
    company.scored()
    request = proposed(company, RequestKind.EXPORT)
    assert isinstance(request, NamedRequest)
    with pytest.raises(NotFound, match="no such export"):
        fetch_person_export(company.deployment, hedy(company), request.request.id, at=LATER)
    confirm(company, hedy(company), request)

    _, found = fetch_person_export(company.deployment, company.principal("hal"), request.request.id, at=LATER)
    assert found.document["person"]["employee"]["display_name"] == "Ann"
    assert [one["ratings_shared"] for one in found.document["sections"]] == [False]
    with pytest.raises(Forbidden):
        fetch_person_export(company.deployment, company.principal("max"), request.request.id, at=LATER)
    actions = [line.action for line in verify_lines(company)]
    assert actions[-3:] == ["person.propose_export", "person.confirm_export", "person.fetch_export"]


def verify_lines(company: Company) -> list[object]:
    from appraise.storage import audit  # for this alone

    with company.deployment.database.reading() as session:
        return list(audit.entries(session))


def test_the_commands_do_the_same(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    company.scored()
    for who in ("hal", "vera"):
        grant_role(company.deployment, company.ids[who], Role.HR_ADMINISTRATOR, at=AT, by="test")
    monkeypatch.setattr(person_output, "open_deployment", lambda _: company.deployment)
    monkeypatch.setattr(person_output, "utc_now", lambda: LATER)
    person_output.propose_and_print("export", "Ann", by="Hal", reason="Art. 15")
    key = capsys.readouterr().out.split()[0]
    person_output.hold_and_print("Ann", by="Hal", reason="a court case")
    person_output.print_requests(by="Vera", json=False)
    assert "export of Ann, waits: Art. 15\nhold on Ann since 2026-03-03: a court case" in capsys.readouterr().out
    person_output.confirm_and_print(key, by="Vera", to=tmp_path / "ann.zip")

    with zipfile.ZipFile(io.BytesIO((tmp_path / "ann.zip").read_bytes())) as file:
        assert set(file.namelist()) == {"record.html", "record.json", "evidence.csv"}
    (known,) = read_person_requests(company.deployment, hedy(company))
    assert known.request.state == "DONE"


def test_what_a_run_read_of_a_person_before_their_erasure_does_not_come_back(company: Company) -> None:
    with_a_life(company)
    with company.deployment.database.reading() as session:
        before = documents_of(people.snapshot(session))
    left(company)
    assert isinstance(confirm(company, hedy(company), proposed(company)), NamedRequest)
    with company.deployment.database.transaction() as session:
        people_snapshots.add(session, before, at=LATER)
        people_snapshots.add(session, documents_of(people.snapshot(session)), at=LATER)
    with company.deployment.database.reading() as session:
        kept = [
            text
            for who, text in session.execute(select(PERSON_TEXTS.c.employee_id, PERSON_TEXTS.c.text))
            if who == company.ids["ann"]
        ]

    assert len(kept) == 1
    assert "Ann" not in kept[0]
