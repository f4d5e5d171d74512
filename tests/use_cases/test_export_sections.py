import csv
import io
import json

import pytest
from tests.use_cases.conftest import AT, Company, done, stepped

from appraise.domain.identifiers import CycleId
from appraise.errors import NotFound
from appraise.storage import audit
from appraise.use_cases.approve_section import approve_section
from appraise.use_cases.export_sections import ExportFormat, export_sections
from appraise.use_cases.finalise_section import finalise_section
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.share_section import share_section
from appraise.use_cases.submit_section import submit_section


def finalise(company: Company, *, comment: str = "good") -> None:
    company.scored()
    section = company.section("ann").section
    item = section.items[0].id
    deployment, manager = company.deployment, company.principal("max")
    rate_item(deployment, manager, section.id, item, rating=5, comment=comment, expected_version=1, at=AT)
    submit_section(deployment, manager, section.id, expected_version=2, at=AT)
    done(stepped(company, approve_section, "dora"))
    done(stepped(company, share_section, "hal"))
    done(stepped(company, finalise_section, "hal", reason="calibrated"))


def exported(company: Company, format: ExportFormat, *, by: str = "hal") -> tuple[int, str]:  # noqa: A002  # as in src
    chunks: list[bytes] = []
    count = export_sections(
        company.deployment, company.principal(by), company.cycle.id, format=format, write=chunks.append, at=AT
    )
    return count, b"".join(chunks).decode()


def test_csv_and_json_lines_hold_the_same_finalised_items(company: Company) -> None:
    finalise(company)

    count, table = exported(company, ExportFormat.CSV)
    again, lines = exported(company, ExportFormat.JSONL)

    rows = list(csv.DictReader(io.StringIO(table)))
    documents = [json.loads(line) for line in lines.splitlines()]
    assert (count, again) == (1, 1)
    assert rows == [
        {name: "" if value is None else str(value) for name, value in document.items()} for document in documents
    ]
    assert [(row["employee_name"], row["indicator"], row["value"], row["rating"], row["absence"]) for row in rows] == [
        ("Ann", "satisfaction", "71.25", "5", ""),
        ("Ann", "attrition", "", "", "NOT_OBSERVED"),
    ]


@pytest.mark.parametrize("comment", ["=1+1", "+SUM(A1)", "@x", "-cmd|' /C calc'!A0"])
def test_words_that_a_spreadsheet_would_run_are_quoted(company: Company, comment: str) -> None:
    finalise(company, comment=comment)

    rows = list(csv.DictReader(io.StringIO(exported(company, ExportFormat.CSV)[1])))

    assert rows[0]["comment"] == "'" + comment


def test_an_export_holds_what_its_reader_may_see_and_is_audited(company: Company) -> None:
    finalise(company)

    assert exported(company, ExportFormat.JSONL, by="ben") == (0, "")
    with company.deployment.database.reading() as session:
        last = list(audit.entries(session))[-1]
    assert (last.actor, last.action, dict(last.details)["sections"]) == (
        f"employee:{company.ids['ben']}",
        "sections.export",
        "0",
    )


def test_an_export_of_no_cycle_is_refused_before_anything_is_written(company: Company) -> None:
    chunks: list[bytes] = []

    with pytest.raises(NotFound):
        export_sections(
            company.deployment,
            company.principal("hal"),
            CycleId("none"),
            format=ExportFormat.CSV,
            write=chunks.append,
            at=AT,
        )
    assert chunks == []
