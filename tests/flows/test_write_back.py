"""From an HR system's export to its own appraisal and back: import, section, write-back, read back; and what is proven."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.api.builder import empty_deployment
from tests.flows.final_sections import AT, final_sections

from appraise.adapters.contract import ImportOptions
from appraise.adapters.discovery import installed_sinks
from appraise.adapters.sinks import CallSink, FileSink
from appraise.domain.employees import ExternalReference
from appraise.domain.progress import silent
from appraise.domain.write_back import WriteBackState
from appraise.testing.file_conformance import file_checks_of
from appraise.testing.host_files import TRIALS
from appraise.testing.hosts import FAKES, sink_of
from appraise.testing.hosts.fake import BY_HAND, serving
from appraise.testing.sink_conformance import checks_of, matrix
from appraise.use_cases.finished import finished
from appraise.use_cases.hosts import HostSystem
from appraise.use_cases.import_people import import_people
from appraise.use_cases.read_write_backs import ledger
from appraise.use_cases.section_view import OPERATOR
from appraise.use_cases.settle_write_back import send_again
from appraise.use_cases.write_back import send_host, write_back_due

ROOT = Path(__file__).parents[2]
FRAPPE = """{"data": [
  {"name": "HR-EMP-00001", "first_name": "Ada", "last_name": "Árva", "status": "Active"},
  {"name": "HR-EMP-00002", "first_name": "Ben", "last_name": "Böhm", "status": "Active", "reports_to": "HR-EMP-00001"}
]}"""
ORANGE = """{"data": [
  {"empNumber": 1, "employeeId": "0001", "firstName": "Ada", "middleName": "", "lastName": "Árva", "terminationId": null,
   "jobTitle": {"id": 1, "title": "Lead"}, "subunit": {"id": 5, "name": "Service"}, "supervisors": []},
  {"empNumber": 7, "employeeId": "0007", "firstName": "Ben", "middleName": "", "lastName": "Böhm", "terminationId": null,
   "jobTitle": {"id": 2, "title": "Agent"}, "subunit": {"id": 5, "name": "Service"}, "supervisors": [{"empNumber": 1}]}
], "meta": {"total": 2}}"""
HORILLA = """Badge ID,First Name,Last Name,Email,Department,Job Position,Reporting Manager,Date Joining,Is active
PEP00,Ada,Árva,ada@example.com,Service,Lead,,2015-01-01,Yes
PEP01,Ben,Böhm,ben@example.com,Service,Agent,Ada Árva,2018-01-01,Yes
"""
EXPORTS = {
    "frappe": ("frappe", "employees.json", FRAPPE, ExternalReference("frappe:id", "HR-EMP-00002"), 4),
    "frappe-goal": ("frappe", "employees.json", FRAPPE, ExternalReference("frappe:id", "HR-EMP-00002"), 75),
    "orangehrm": ("orangehrm", "employees.json", ORANGE, ExternalReference("orangehrm:emp-number", "7"), 75),
    "horilla": ("horilla", "export.csv", HORILLA, ExternalReference("horilla:badge", "PEP01"), 75),
}
"""Sink → adapter, an export of the host, somebody in it who has a manager, and what a 4 of 1 to 5 is there."""


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_becomes_a_section_that_its_host_holds(tmp_path: Path, name: str) -> None:
    adapter, file, content, reference, written = EXPORTS[name]
    (tmp_path / file).write_text(content, encoding="utf-8")
    deployment, fake = empty_deployment(tmp_path), FAKES[name]()
    options = ImportOptions(adapter, as_of=date(2025, 1, 1))
    import_people(deployment, adapter, tmp_path / file, options, at=AT, dry_run=False, progress=silent)
    [section] = final_sections(deployment, [reference])
    (tmp_path / "secret").write_text(fake.secret, encoding="utf-8")
    with deployment.database.reading() as session:
        value = finished(session, [section.section.id])[section.section.id]
    fake.expect(value.section)

    with serving(fake) as url:
        host = HostSystem(name, name, url, tmp_path / "secret", since=date(2026, 1, 1), settings=fake.settings)
        there = replace(deployment, hosts=(host,))
        stand = write_back_due(there, lambda: AT)
        assert stand == {WriteBackState.CONFIRMED: 1}
        assert float(fake.records[0].number) == written
        assert write_back_due(there, lambda: AT) == {}  # nothing is due any more

        fake.edit()
        assert write_back_due(there, lambda: AT + timedelta(days=2)) == {WriteBackState.DRIFTED: 1}
        assert fake.records[0].number == BY_HAND
        [(_, line)] = ledger(there, section.section.cycle, name)
        send_again(there, line.section, name, overwrite=True, actor=OPERATOR, at=AT + timedelta(days=3))
        only = frozenset({line.section})
        assert send_host(there, host, lambda: AT + timedelta(days=3), only=only) == {WriteBackState.CONFIRMED: 1}
    assert len(fake.records) == 1
    deployment.database.close()


def test_the_page_shows_what_the_suite_proves_of_each_sink() -> None:
    """What a sink declares is proven by the suite in its own package, which fails for what it does not keep."""
    sinks = installed_sinks()
    calling = {name: sink for name, sink in sinks.items() if isinstance(sink, CallSink)}
    called = {name: dict.fromkeys(checks_of(calling[sink_of(name)])) for name in FAKES}
    by_file = {name: sink for name, sink in sinks.items() if isinstance(sink, FileSink)}
    written = {name: dict.fromkeys(file_checks_of(by_file[sink_of(name)])) for name in TRIALS}
    page = (ROOT / "docs/write-back.md").read_text(encoding="utf-8")

    assert page.partition("<!-- proven -->\n")[2].partition("\n<!-- end -->")[0] == matrix(called)
    assert page.partition("<!-- proven files -->\n")[2].partition("\n<!-- end -->")[0] == matrix(written)
    assert (set(calling), set(by_file)) == ({sink_of(name) for name in FAKES}, {sink_of(name) for name in TRIALS})
    tests = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("plugins/*/tests/test_section*.py"))
    assert [name for name in called if f" = sink_suite(sink, {FAKES[name].__name__})" not in tests] == []
    in_one = {"csv", "jsonl", "pdf"}  # of one package, tried by one test
    assert [one for one in set(written) - in_one if f' = file_suite(sink, TRIALS["{one}"]' not in tests] == []
