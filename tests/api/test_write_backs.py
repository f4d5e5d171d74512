"""HR administrators see what would be written into an HR system, have it sent, and decide what is stuck there."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient
from tests.api.builder import AT, Company, build, empty_deployment
from tests.api.test_doors import _advance

from appraise.api.global_ids import Kind, to_global
from appraise.domain.access import Principal, Role
from appraise.domain.audit import AuditEntry
from appraise.domain.section_states import SectionState
from appraise.domain.write_back import WriteBackState
from appraise.errors import Forbidden, InvalidInput
from appraise.settings import Settings
from appraise.storage import audit
from appraise.testing.hosts.bamboohr import FakeBamboo
from appraise.testing.hosts.fake import serving
from appraise.use_cases.administer_write_back import list_host_sections, send_section_again, write_cycle_file
from appraise.use_cases.hosts import HostSystem
from appraise.use_cases.write_back import write_back_due
from appraise.web import create_app

LIST = """query ($id: ID!, $ask: Boolean!) { cycle(id: $id) { writeBackHosts { name importsFiles }
  writeBacks(host: "bamboo", first: 25, ask: $ask) { totalCount counts { state count }
    nodes { sectionId employeeName status total place problem written { here value lowest highest step }
      writeBack { state fields { name sent found } } } } } }"""
SEND = "mutation ($input: SendWriteBacksInput!) { sendWriteBacks(input: $input) { queued userErrors { code } } }"
RETRY = """mutation ($input: RetryWriteBackInput!) { retryWriteBack(input: $input) {
  writeBack { state } userErrors { code } } }"""
SETTLE = """mutation ($input: SettleWriteBackInput!) { settleWriteBack(input: $input) {
  writeBack { state } userErrors { code } } }"""

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def bamboo(tmp_path: Path) -> Iterator[tuple[Company, FakeBamboo]]:
    """One final section, Ann's, and a host that knows her."""
    company, fake = build(empty_deployment(tmp_path)), FakeBamboo()
    _advance(company, "Ann Archer", SectionState.FINALISED)
    (tmp_path / "secret").write_text(fake.secret, encoding="utf-8")
    fake.known = {f"E{row:04d}" for row in range(2, 20)}
    with serving(fake) as url:
        host = HostSystem("bamboo", "bamboohr", url, tmp_path / "secret", employee="hr:id")
        payroll = HostSystem("payroll", "csv", employee="hr:id")
        yield replace(company, deployment=replace(company.deployment, hosts=(host, payroll))), fake
    company.deployment.database.close()


@pytest.fixture
def client(bamboo: tuple[Company, FakeBamboo], tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(bamboo[0].deployment, Settings(data=tmp_path), lambda: AT)) as opened:
        yield opened


@pytest.fixture
def ask(bamboo: tuple[Company, FakeBamboo], client: TestClient) -> Ask:
    def asked(who: str, query: str, **variables: object) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {bamboo[0].token(who)}"}
        return dict(client.post("/graphql", json={"query": query, "variables": variables}, headers=headers).json())

    return asked


def test_what_would_be_sent_is_seen_sent_confirmed_and_what_is_stuck_decided(
    bamboo: tuple[Company, FakeBamboo], ask: Ask
) -> None:
    company, fake = bamboo
    cycle = to_global(Kind.CYCLE, company.cycle.id)
    section = to_global(Kind.SECTION, company.section("Ann Archer").section.id)
    one = {"sectionId": section, "host": "bamboo"}

    def listed(*, asking: bool = False) -> dict[str, Any]:
        return dict(ask("Hal Novak", LIST, id=cycle, ask=asking)["data"]["cycle"]["writeBacks"])

    (planned,) = listed(asking=True)["nodes"]
    assert fake.records == []  # a plan sends nothing
    assert (planned["employeeName"], planned["status"], planned["writeBack"]) == ("Ann Archer", "SCORED", None)
    here, value = float(planned["total"]), float(planned["written"]["value"])
    assert abs(value - (here - 1) / 4 * 100) <= 0.5 + 25 * 0.005  # 1 to 5 onto 0 to 100, both rounded
    (known,) = listed()["nodes"]
    assert (known["written"], known["place"]) == (None, None)

    sent = [ask("Hal Novak", SEND, input={"cycleId": cycle, "host": "bamboo"}) for _ in range(2)]
    assert [answer["data"]["sendWriteBacks"]["queued"] for answer in sent] == [1, 0]
    assert write_back_due(company.deployment, lambda: AT) == {WriteBackState.CONFIRMED: 1}
    assert float(fake.records[0].number) == value
    assert listed()["counts"] == [{"state": "CONFIRMED", "count": 1}]

    fake.edit()
    assert write_back_due(company.deployment, lambda: AT + timedelta(days=2)) == {WriteBackState.DRIFTED: 1}
    (drifted,) = listed()["nodes"]
    assert [one["name"] for one in drifted["writeBack"]["fields"] if one["sent"] != one["found"]] == ["score"]
    refused = [
        ask("Hal Novak", RETRY, input=one)["data"]["retryWriteBack"],
        ask("Hal Novak", SETTLE, input=one | {"note": " "})["data"]["settleWriteBack"],
    ]
    assert [answer["userErrors"][0]["code"] for answer in refused] == ["HOST_CHANGED", "NOTE_MISSING"]
    again = ask("Hal Novak", RETRY, input=one | {"overwrite": True})["data"]["retryWriteBack"]
    assert again == {"writeBack": {"state": "QUEUED"}, "userErrors": []}
    assert write_back_due(company.deployment, lambda: AT + timedelta(days=3)) == {WriteBackState.CONFIRMED: 1}
    assert float(fake.records[0].number) == value

    fake.edit()
    write_back_due(company.deployment, lambda: AT + timedelta(days=5))
    settled = ask("Hal Novak", SETTLE, input=one | {"note": "Mia entered it"})["data"]["settleWriteBack"]
    assert settled == {"writeBack": {"state": "MANUAL"}, "userErrors": []}
    assert ask("Max Weber", LIST, id=cycle, ask=False)["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_the_file_that_an_hr_system_imports_is_saved_by_hr_alone_and_counts_as_sent(
    bamboo: tuple[Company, FakeBamboo], client: TestClient, ask: Ask
) -> None:
    company, cycle = bamboo[0], to_global(Kind.CYCLE, bamboo[0].cycle.id)

    def saved(who: str, host: str = "payroll", method: str = "POST") -> Response:
        headers = {"authorization": f"Bearer {company.token(who)}"}
        return client.request(method, f"/cycles/{cycle}/write-back/{host}/file", headers=headers)

    assert [saved(*how).status_code for how in (("Max Weber",), ("Hal Novak", "bamboo"), ("Hal Novak", "none"))] == [
        403,
        404,
        404,
    ]
    assert saved("Hal Novak", method="GET").status_code == 405  # what only looks changes no ledger
    assert client.post(f"/cycles/{cycle}/write-back/payroll/file").status_code == 401
    section = company.section("Ann Archer").section.id

    def lines() -> list[AuditEntry]:
        with company.deployment.database.reading() as session:
            return audit.about(session, f"section:{section}")

    before = lines()
    first, second = saved("Hal Novak"), saved("Hal Novak")

    assert first.headers["content-disposition"] == "attachment; filename*=utf-8''payroll%202025.csv"
    assert first.headers["content-type"].startswith("text/csv")
    assert first.content == second.content
    [row] = csv.DictReader(io.StringIO(first.text))
    assert (row["employee"], row["status"]) == ("E0005", "SCORED")
    listed = ask("Hal Novak", LIST.replace("bamboo", "payroll"), id=cycle, ask=False)["data"]["cycle"]["writeBacks"]
    assert listed["counts"] == [{"state": "SENT", "count": 1}]
    told = lines()[len(before) :]
    assert [(one.action, dict(one.details).get("state")) for one in told[:3]] == [
        ("section.write_back", "QUEUED"),
        ("section.write_back", "SENT"),
        ("sections.read", None),
    ]
    assert [one.action for one in told[3:]] == ["sections.read"] * 2  # the second file, and the list


def test_nobody_sees_or_decides_what_is_written_of_themselves(bamboo: tuple[Company, FakeBamboo]) -> None:
    company, section = bamboo[0], bamboo[0].section("Ann Archer").section
    ann = Principal("Ann Archer", company.ids["Ann Archer"], frozenset({Role.HR_ADMINISTRATOR}))

    found = list_host_sections(
        company.deployment, ann, company.cycle.id, "bamboo", first=25, after=None, ask=False, at=AT
    )
    assert (found.page.items, found.counts.total()) == ((), 0)
    file = write_cycle_file(company.deployment, ann, company.cycle.id, "payroll", at=AT)
    assert len(file.content.splitlines()) == 1  # the header alone
    with pytest.raises(Forbidden, match="decided by somebody else"):
        send_section_again(company.deployment, ann, section.id, "bamboo", overwrite=True, at=AT)
    with pytest.raises(InvalidInput, match="asked about 26 sections at once"):
        list_host_sections(company.deployment, ann, company.cycle.id, "bamboo", first=26, after=None, ask=True, at=AT)
