"""Contributions as a workbook and as a report: what the API tells, cell by cell, and nothing that a program would run."""

import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from starlette.testclient import TestClient
from tests.api.organisation import AT, Organisation, build

from appraise.domain.contributions import ContributionQuery, Dimension, Figure, RowOrder, Total, TotalUnit
from appraise.domain.language import speaking
from appraise.domain.scorecards import AbsenceKind
from appraise.errors import InvalidInput
from appraise.languages import language
from appraise.printing.contributions import Report, contributions_pages, contributions_pdf, words_of
from appraise.settings import Settings
from appraise.use_cases import contribution_table
from appraise.use_cases.contribution_table import COLUMNS, workbook
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_contributions import contributions_of
from appraise.web import create_app


@pytest.fixture
def organisation(deployment: Deployment) -> Organisation:
    found = build(deployment)
    for cycle in found.cycles:
        found.put(found.agents, cycle)
    return found


@pytest.fixture
def client(organisation: Organisation) -> Iterator[TestClient]:
    with TestClient(create_app(organisation.deployment, Settings(), lambda: AT)) as opened:
        yield opened


def rows(organisation: Organisation, dimension: Dimension) -> list[Any]:
    query = ContributionQuery(dimension, order=RowOrder.BY_GROUP)
    found = contributions_of(organisation.deployment, organisation.principal("Vera"), query, at=AT)
    return [row for some in found.values() for row in some]


def test_the_workbook_has_every_figure_as_a_number_and_explains_each_column(
    client: TestClient, organisation: Organisation
) -> None:
    headers = {"authorization": f"Bearer {organisation.token('Vera')}", "accept-language": "de"}
    answer = client.get("/contributions/table.xlsx?by=department", headers=headers)
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    head, *lines = book.get_sheet_by_index(0).to_python()
    explained = book.get_sheet_by_index(1).to_python()
    expected = [
        [row.group.name, row.cycle.name, float(one.now.result.value), float(one.now.result.upper)]
        for row in rows(organisation, Dimension.DEPARTMENT)
        for one in row.contributions
        if one.now is not None and isinstance(one.now.result, Figure)
    ]

    assert answer.headers["content-disposition"].endswith("contributions-department.xlsx")
    assert head[:4] == ["Gruppe", "Zyklus", "Kennzahl", "Wert"]
    assert [[line[0], line[1], line[3], line[5]] for line in lines if line[3] != ""] == expected
    assert [line for line in lines if line[3] == "" and line[15] == ""] == []
    assert len(explained) >= len(COLUMNS) + 1


def test_a_name_that_looks_like_a_formula_is_text(organisation: Organisation) -> None:
    row = rows(organisation, Dimension.DEPARTMENT)[0]
    hostile = replace(row, group=replace(row.group, name='=HYPERLINK("http://x","y")'))
    content = workbook([hostile], is_finalised=False)
    lines = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()

    assert lines[1][0] == '=HYPERLINK("http://x","y")'  # a formula without a stored value would be read as empty


def test_money_has_the_digits_of_its_currency_by_iso_4217(organisation: Organisation) -> None:
    """A thousandth of a dinar of Iraq, which CLDR leaves away."""
    row = rows(organisation, Dimension.DEPARTMENT)[0]
    one = row.contributions[0]
    total = Total(TotalUnit.MONEY, Decimal(1_234_500), Decimal(-2_500), Decimal(5), "IQD")
    told = replace(row, contributions=(replace(one, now=replace(one.now, total=total)),))
    content = workbook([told], is_finalised=False)
    lines = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()

    assert lines[1][8:12] == [1234.5, -2.5, 0.005, "IQD"]


def test_more_rows_than_a_sheet_holds_are_refused_and_not_left_out(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contribution_table, "MOST_ROWS", 1)
    with pytest.raises(InvalidInput, match="a sheet holds 1 below its head"):
        workbook(rows(organisation, Dimension.DEPARTMENT), is_finalised=False)


def test_the_report_shows_what_the_page_shows(client: TestClient, organisation: Organisation) -> None:
    headers = {"authorization": f"Bearer {organisation.token('Vera')}"}
    printed = client.get("/contributions/report.pdf", headers=headers).content
    parts = rows(organisation, Dimension.ORGANISATION), rows(organisation, Dimension.DEPARTMENT)
    report = Report(AT.date(), False, *parts)  # as known now
    told = words_of(report)
    drawn = told["indicators"][0]["cycles"][-1]["drawing"]
    newest = max(parts[0], key=lambda row: row.cycle.period.start)
    figure = newest.contributions[0].now.result

    assert printed.startswith(b"%PDF-1.7")
    assert b"<pdfuaid:part>1<" in printed
    assert contributions_pdf(report, made_at=AT.replace(microsecond=123456)) == printed  # as a clock tells it
    assert [one["name"] for one in told["departments"]] == sorted(one["name"] for one in told["departments"])
    assert (drawn["value"] > 50) is (figure.value > figure.expected)  # satisfaction: more is better
    ratio = (drawn["upper"] - 50) / (drawn["value"] - 50)
    assert ratio == pytest.approx(float((figure.upper - figure.expected) / (figure.value - figure.expected)))
    with speaking(language("de")):
        german = words_of(report)
        assert german["title"] == "Kundenservice: was beigetragen wurde"
        codes = {kind.value for kind in AbsenceKind}
        reasons = [line[-1] for said in (told, german) for line in said["coverage"]]
        assert any(reasons)
        assert not any(code in reason for code in codes for reason in reasons)
        assert contributions_pages(report, ppi=40) != contributions_pages(Report(AT.date(), True, *parts), ppi=40)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/contributions/table.xlsx?by=nonsense", 404),
        ("/contributions/report.pdf?as=nonsense", 404),
    ],
)
def test_what_is_not_known_is_named(client: TestClient, organisation: Organisation, address: str, status: int) -> None:
    answer = client.get(address, headers={"authorization": f"Bearer {organisation.token('Vera')}"})

    assert answer.status_code == status
    assert "one of" in answer.json()["errors"][0]["message"]


def test_who_is_not_known_gets_no_file(client: TestClient) -> None:
    assert client.get("/contributions/table.xlsx").status_code == 401
