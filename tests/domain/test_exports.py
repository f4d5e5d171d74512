"""What may be exported, asked for how, and by whom."""

from datetime import UTC, datetime
from typing import Any

import pytest

from appraise.domain.access import Embedded, Principal, Role, ServiceScope
from appraise.domain.exports import ExportFormat, ExportKind, ExportRequest, may_export, refused
from appraise.domain.identifiers import CycleId, EmployeeId, SectionId
from appraise.domain.section_states import SectionState
from appraise.domain.sections import Refusal

NOW = datetime(2026, 3, 31, 8, 15, tzinfo=UTC)
ANN = EmployeeId("ann")
SERVICE = frozenset({Role.SERVICE})


def asked(kind: ExportKind, **filters: Any) -> ExportRequest:
    return ExportRequest(kind, ExportFormat.JSONL, **filters)


def test_a_request_survives_being_a_document() -> None:
    sections = asked(ExportKind.SECTIONS, cycle=CycleId("c"), state=SectionState.FINALISED)
    audit = ExportRequest(ExportKind.AUDIT, ExportFormat.PARQUET, since=NOW)
    until = asked(ExportKind.AUDIT, until=NOW)

    assert sections.document == {"kind": "SECTIONS", "format": "JSONL", "cycle": "c", "state": "FINALISED"}
    assert audit.document == {"kind": "AUDIT", "format": "PARQUET", "since": "2026-03-31T08:15:00+00:00"}
    assert [ExportRequest.of(request.document) for request in (sections, audit, until)] == [sections, audit, until]
    assert ExportRequest.of(sections.document).state is SectionState.FINALISED


@pytest.mark.parametrize(
    ("request_", "message", "field"),
    [
        pytest.param(
            asked(ExportKind.AUDIT, search="x", cycle=CycleId("c")),
            "an export of AUDIT is not filtered by this; it is by since, until",
            "cycle",
            id="filters of other kinds, the first by name",
        ),
        pytest.param(
            asked(ExportKind.SECTIONS),
            "say of which cycle the sections are to be exported",
            "cycle",
            id="sections of no cycle",
        ),
        pytest.param(
            asked(ExportKind.ESTIMATES),
            "say of which cycle the estimates are to be exported",
            "cycle",
            id="estimates of no cycle",
        ),
        pytest.param(
            asked(ExportKind.PEOPLE),
            "say of which source the people are to be exported",
            "source",
            id="people of no source",
        ),
        pytest.param(
            ExportRequest(ExportKind.PEOPLE, ExportFormat.PARQUET, source="hr"),
            "people that are to be imported again are exported as JSONL",
            "format",
            id="people in another form",
        ),
        pytest.param(
            asked(ExportKind.AUDIT, since=NOW.replace(tzinfo=None)),
            "the moment has no time zone; expected one as in 2026-03-31T08:15:00Z",
            "since",
            id="since some moment",
        ),
        pytest.param(
            asked(ExportKind.AUDIT, since=NOW, until=NOW.replace(tzinfo=None)),
            "the moment has no time zone; expected one as in 2026-03-31T08:15:00Z",
            "until",
            id="until some moment",
        ),
    ],
)
def test_what_cannot_be_asked_for_is_refused(request_: ExportRequest, message: str, field: str) -> None:
    assert refused(request_) == Refusal("BAD_FILTER", message, field)


@pytest.mark.parametrize(
    "request_",
    [
        asked(ExportKind.SECTIONS, cycle=CycleId("c"), state=SectionState.DRAFT),
        asked(ExportKind.EMPLOYEES),
        asked(ExportKind.EMPLOYEES, search="ann", department="sales"),
        asked(ExportKind.PEOPLE, source="hr"),
        asked(ExportKind.AUDIT, since=NOW, until=NOW),
    ],
)
def test_what_can_be_asked_for_is_not_refused(request_: ExportRequest) -> None:
    assert refused(request_) is None


@pytest.mark.parametrize(
    ("principal", "kinds"),
    [
        pytest.param(Principal("Ann", ANN), "SECTIONS ESTIMATES EMPLOYEES", id="an employee"),
        pytest.param(
            Principal("Otto", ANN, frozenset({Role.AUDITOR})), "SECTIONS ESTIMATES EMPLOYEES AUDIT", id="an auditor"
        ),
        pytest.param(
            Principal("Hal", ANN, frozenset({Role.HR_ADMINISTRATOR})),
            "SECTIONS ESTIMATES EMPLOYEES PEOPLE",
            id="an HR administrator",
        ),
        pytest.param(
            Principal("hris", None, SERVICE, frozenset({ServiceScope.READ_PEOPLE, ServiceScope.IMPORT_PEOPLE})),
            "EMPLOYEES PEOPLE",
            id="a service that brings people",
        ),
        pytest.param(
            Principal("hris", None, SERVICE, frozenset({ServiceScope.IMPORT_PEOPLE})), "", id="one that reads none"
        ),
        pytest.param(Principal("none", None, SERVICE), "", id="a service without a scope"),
        pytest.param(
            Principal("people", None, SERVICE, frozenset({ServiceScope.READ_PEOPLE})), "EMPLOYEES", id="of people"
        ),
        pytest.param(
            Principal("sections", None, SERVICE, frozenset({ServiceScope.READ_SECTIONS})),
            "SECTIONS ESTIMATES",
            id="of sections",
        ),
        pytest.param(
            Principal("Ann", ANN, embedded=Embedded(SectionId("s"), ANN, "hris")), "", id="in the frame of a host"
        ),
    ],
)
def test_who_may_export_what(principal: Principal, kinds: str) -> None:
    assert [kind for kind in ExportKind if may_export(principal, kind)] == kinds.split()
