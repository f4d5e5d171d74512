"""A host that imports files: what is written, what comes back, and what the ledger and the audit log say of it."""

import csv
import io
import json
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.use_cases.conftest import AT, Company, finalised

from appraise.adapters.spreadsheets import cell_text, spreadsheet_cell
from appraise.domain.cycles import CycleRules
from appraise.domain.host_scale import HostScale
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.write_back import WriteBackState, queued
from appraise.errors import Forbidden, InvalidInput
from appraise.storage import audit, write_backs
from appraise.use_cases.hosts import HostSystem
from appraise.use_cases.plan_write_back import plan_write_back
from appraise.use_cases.print_section import print_section
from appraise.use_cases.read_write_backs import ledger, read_write_backs
from appraise.use_cases.section_view import OPERATOR
from appraise.use_cases.set_cycle_rules import set_cycle_rules
from appraise.use_cases.settle_write_back import send_again, settle_by_hand
from appraise.use_cases.write_back_file import read_host_file, write_host_file

PAYROLL = HostSystem("payroll", "csv", employee="hr:id", scale=HostScale(Decimal(0), Decimal(100), Decimal(1)))
LATER = AT + timedelta(hours=1)


@pytest.fixture
def host_company(company: Company) -> Company:
    company.scored(policy=replace(DEFAULT_POLICY, minimum_observed_weight=0.0))
    finalised(company)
    return replace(company, deployment=replace(company.deployment, hosts=(PAYROLL,)))


def written(company: Company, host: HostSystem = PAYROLL) -> bytes:
    chunks: list[bytes] = []
    write_host_file(company.deployment, host, company.cycle.id, actor=OPERATOR, write=chunks.append, at=AT)
    return b"".join(chunks)


def answered(company: Company, path: Path, content: bytes, host: HostSystem = PAYROLL) -> Counter[WriteBackState]:
    path.write_bytes(content)
    return read_host_file(company.deployment, host, path, actor=OPERATOR, at=LATER)


def test_the_file_holds_the_total_as_it_was_shown_before_and_absences_without_a_number(
    host_company: Company, tmp_path: Path
) -> None:
    planned = plan_write_back(
        host_company.deployment, PAYROLL, host_company.cycle.id, principal=host_company.principal("hal"), at=AT
    )

    [row] = csv.DictReader(io.StringIO(written(host_company).decode()))

    assert [(one.section.name, one.section.total_shown) for one in planned] == [("Ann", Decimal("4.00"))]
    assert planned[0].entry
    assert planned[0].entry.total
    assert planned[0].entry.total.value == Decimal(75)  # (4 - 1) of 4 steps of 25
    assert {name: text for name, text in row.items() if name in planned[0].entry.fields} == {
        name: text or "" for name, text in planned[0].entry.fields.items()
    }
    assert (row["employee"], row["total"], row["status"]) == ("ann", "75", "SCORED")
    assert (row["satisfaction_rating"], row["satisfaction_comment"]) == ("4", "answers at once")
    assert (row["attrition_rating"], row["attrition_status"]) == ("", "NOT_OBSERVED")
    # the same file is written until it is answered
    first = written(host_company)
    assert answered(host_company, tmp_path / "back.csv", first) == Counter({WriteBackState.CONFIRMED: 1})
    assert len(list(csv.reader(io.StringIO(written(host_company).decode())))) == 1  # the header alone
    assert answered(host_company, tmp_path / "again.csv", first) == Counter({WriteBackState.CONFIRMED: 1})


def test_too_little_evidence_is_told_and_never_a_number(company: Company) -> None:
    company.scored()
    finalised(company)

    [row] = csv.DictReader(io.StringIO(written(company).decode()))

    assert (row["total"], row["status"]) == ("", "INSUFFICIENT_EVIDENCE")
    assert row["status_reason"].endswith("a total needs 50\N{NO-BREAK SPACE}% of it.")


def test_a_section_that_is_not_final_is_in_no_file_and_not_due(company: Company) -> None:
    company.scored()
    with_host = replace(company, deployment=replace(company.deployment, hosts=(PAYROLL,)))

    rows = list(csv.DictReader(io.StringIO(written(with_host).decode())))

    assert rows == []
    section = company.section("ann").section
    [line] = read_write_backs(with_host.deployment, company.principal("hal"), section, at=AT)
    assert (line.host, line.state) == ("payroll", WriteBackState.NOT_DUE)


def test_a_row_that_the_host_rejected_says_why_and_is_sent_again_when_a_person_says_so(
    host_company: Company, tmp_path: Path
) -> None:
    table = list(csv.DictReader(io.StringIO(written(host_company).decode())))
    table[0]["rejected_because"] = "no such employee"
    back = io.StringIO()
    writer = csv.DictWriter(back, list(table[0]))
    writer.writeheader()
    writer.writerows(table)

    assert answered(host_company, tmp_path / "rejected.csv", back.getvalue().encode()) == {WriteBackState.REJECTED: 1}

    [(name, line)] = ledger(host_company.deployment, host_company.cycle.id, "payroll")
    assert (name, line.problem) == ("Ann", "no such employee")
    assert list(csv.DictReader(io.StringIO(written(host_company).decode()))) == []
    send_again(host_company.deployment, line.section, "payroll", overwrite=False, actor=OPERATOR, at=LATER)
    assert len(list(csv.DictReader(io.StringIO(written(host_company).decode())))) == 1


def test_another_value_in_the_host_s_export_is_a_drift_and_is_settled_by_a_person(
    host_company: Company, tmp_path: Path
) -> None:
    file = written(host_company)
    answered(host_company, tmp_path / "back.csv", file)

    changed = file.replace(b",75,", b",90,")
    assert answered(host_company, tmp_path / "drift.csv", changed) == {WriteBackState.DRIFTED: 1}

    [(_, line)] = ledger(host_company.deployment, host_company.cycle.id, None)
    assert line.differences == (("total", "75", "90"),)
    settle_by_hand(host_company.deployment, line.section, "payroll", note="HR agreed to 90", actor=OPERATOR, at=LATER)
    with host_company.deployment.database.reading() as session:
        lines = [one for one in audit.about(session, f"section:{line.section}") if one.action == "section.write_back"]
    assert [dict(one.details)["state"] for one in lines] == ["QUEUED", "SENT", "CONFIRMED", "DRIFTED", "MANUAL"]
    assert not any("75" in value or "90" in value for one in lines for _, value in one.details)


def test_a_host_that_holds_a_section_twice_confirms_nothing(host_company: Company, tmp_path: Path) -> None:
    """An import that only adds has made it again, or took one of two rows."""
    file = written(host_company)
    header, row, _ = file.split(b"\r\n")
    twice, once_refused = [header, row, row], [header, row, row + b"it is there already"]

    assert answered(host_company, tmp_path / "twice.csv", b"\r\n".join(twice)) == {WriteBackState.REJECTED: 1}
    [(_, line)] = ledger(host_company.deployment, host_company.cycle.id, "payroll")
    assert line.problem == "the host holds it 2 times: delete all but one there"
    send_again(host_company.deployment, line.section, "payroll", overwrite=False, actor=OPERATOR, at=LATER)
    written(host_company)
    assert answered(host_company, tmp_path / "once.csv", b"\r\n".join(once_refused)) == {WriteBackState.CONFIRMED: 1}
    assert answered(host_company, tmp_path / "later.csv", b"\r\n".join(twice)) == {WriteBackState.DRIFTED: 1}


def test_what_a_person_decides_while_a_file_is_written_stands(host_company: Company) -> None:
    section = host_company.section("ann").section.id

    def write(_: bytes) -> None:
        settle_by_hand(host_company.deployment, section, "payroll", note="by phone", actor=OPERATOR, at=LATER)

    write_host_file(host_company.deployment, PAYROLL, host_company.cycle.id, actor=OPERATOR, write=write, at=AT)

    [(_, line)] = ledger(host_company.deployment, host_company.cycle.id, "payroll")
    assert (line.state, line.problem) == (WriteBackState.MANUAL, "by phone")


def test_a_line_that_a_worker_is_at_is_not_given_to_another_because_a_person_asks_for_it(company: Company) -> None:
    company.scored()
    section = company.section("ann").section.id
    line = queued(section, 1, "payroll", earlier=None, at=AT)
    with company.deployment.database.transaction() as session:
        write_backs.add(session, [line])
        [held] = write_backs.claim(session, "payroll", at=AT, most=1)

    send_again(company.deployment, section, "payroll", overwrite=True, actor=OPERATOR, at=LATER)
    with company.deployment.database.transaction() as session:
        assert write_backs.claim(session, "payroll", at=AT, most=1, only=[section]) == []
        assert write_backs.settle(session, held, claimed_at=AT)
        [held] = write_backs.claim(session, "payroll", at=AT, most=1)
    settle_by_hand(company.deployment, section, "payroll", note="by phone", actor=OPERATOR, at=LATER)
    with company.deployment.database.transaction() as session:
        assert not write_backs.settle(session, held, claimed_at=AT), "a person's word was overwritten"


def test_json_lines_hold_the_same_and_are_read_back(host_company: Company, tmp_path: Path) -> None:
    lines = replace(PAYROLL, name="lake", sink="jsonl")

    file = written(host_company, lines)

    document = json.loads(file)
    assert (document["total"], document["attrition_rating"], document["attrition_status"]) == (
        "75",
        None,
        "NOT_OBSERVED",
    )
    assert answered(host_company, tmp_path / "back.jsonl", file, lines) == {WriteBackState.CONFIRMED: 1}
    # the cycle's scale is taken where the host has none, and the scale of ratings where neither has one
    plain = replace(PAYROLL, scale=None)
    assert b",4,1,5,SCORED," in written(host_company, plain)

    half = CycleRules(host_scale=HostScale(Decimal(0), Decimal(5), Decimal("0.5")))
    hal, cycle = host_company.principal("hal"), host_company.cycle
    set_cycle_rules(host_company.deployment, hal, cycle.id, rules=half, expected_state=cycle.state, at=AT)
    assert b",4,0,5,SCORED," in written(host_company, plain)  # 3.75 goes up to the next half
    # files of others are refused
    with pytest.raises(InvalidInput, match="the file has no column section and no column rejected_because"):
        answered(host_company, tmp_path / "fruit.csv", b"apples,pears\n1,2\n")
    with pytest.raises(InvalidInput, match="which was never sent to payroll"):
        answered(host_company, tmp_path / "other.csv", b"section,rejected_because\nnobody,\n")


def test_the_employee_managers_further_up_and_executives_read_no_ledger(host_company: Company) -> None:
    section = host_company.section("ann").section

    for who in ("ann", "dora", "vera"):
        with pytest.raises(Forbidden):
            read_write_backs(host_company.deployment, host_company.principal(who), section, at=AT)
    assert read_write_backs(host_company.deployment, host_company.principal("max"), section, at=AT)


@pytest.mark.parametrize("text", ["=1+1", "'=1+1", "''-x", "-5", "- 5", "plain", "'plain", "@x", "\tx", "'"])
def test_a_cell_means_the_text_that_it_was_made_of_and_no_formula(text: str) -> None:
    cell = spreadsheet_cell(text)

    assert cell_text(cell) == text
    assert not cell.startswith(("=", "+", "@", "\t", "\r")), "a spreadsheet would run it"


def test_lines_in_other_hands_do_not_hide_those_behind_them(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_backs, "BATCH", 1)
    company.scored()
    keys = sorted(company.section(name).section.id for name in ("ann", "ben", "max"))
    with company.deployment.database.transaction() as session:
        write_backs.add(session, [queued(key, 1, "payroll", earlier=None, at=AT) for key in keys])
        taken = [
            write_backs.claim(session, "payroll", at=AT, most=2, only=some) for some in (keys[:1], keys, keys, keys)
        ]

    assert [[line.section for line in lines] for lines in taken] == [[keys[0]], [keys[1]], [keys[2]], []]


def test_a_host_that_takes_documents_gets_the_section_as_it_is_printed_and_gives_nothing_back(
    host_company: Company, tmp_path: Path
) -> None:
    lattice = replace(PAYROLL, name="lattice", sink="lattice")
    section = host_company.section("ann").section

    file = written(host_company, lattice)

    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert archive.namelist() == ["ann_2025.pdf"]
        printed = print_section(host_company.deployment, host_company.principal("hal"), section.id, at=AT)
        assert len(archive.read("ann_2025.pdf")) >= len(printed.content)  # with the total on the host's scale beside
    with pytest.raises(InvalidInput, match="lattice gives nothing back"):
        answered(host_company, tmp_path / "list.csv", b"section,rejected_because\n", lattice)
    settle_by_hand(host_company.deployment, section.id, "lattice", note="uploaded", actor=OPERATOR, at=LATER)
    [(_, line)] = ledger(host_company.deployment, host_company.cycle.id, "lattice")
    assert line.state is WriteBackState.MANUAL
