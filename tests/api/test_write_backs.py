"""HR administrators see what would be written into an HR system, have it sent, and decide what is stuck there."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.builder import AT, Company, build, empty_deployment
from tests.api.test_doors import _advance

from appraise.api.global_ids import Kind, to_global
from appraise.domain.access import Principal, Role
from appraise.domain.section_states import SectionState
from appraise.domain.write_back import WriteBackState
from appraise.errors import Forbidden, InvalidInput
from appraise.settings import Settings
from appraise.testing.hosts.bamboohr import FakeBamboo
from appraise.testing.hosts.fake import serving
from appraise.use_cases.administer_write_back import list_host_sections, send_section_again
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
        yield replace(company, deployment=replace(company.deployment, hosts=(host,))), fake
    company.deployment.database.close()


@pytest.fixture
def ask(bamboo: tuple[Company, FakeBamboo], tmp_path: Path) -> Iterator[Ask]:
    company = bamboo[0]
    with TestClient(create_app(company.deployment, Settings(data=tmp_path), lambda: AT)) as client:

        def asked(who: str, query: str, **variables: object) -> dict[str, Any]:
            headers = {"authorization": f"Bearer {company.token(who)}"}
            return dict(client.post("/graphql", json={"query": query, "variables": variables}, headers=headers).json())

        yield asked


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


def test_nobody_sees_or_decides_what_is_written_of_themselves(bamboo: tuple[Company, FakeBamboo]) -> None:
    company, section = bamboo[0], bamboo[0].section("Ann Archer").section
    ann = Principal("Ann Archer", company.ids["Ann Archer"], frozenset({Role.HR_ADMINISTRATOR}))

    found = list_host_sections(
        company.deployment, ann, company.cycle.id, "bamboo", first=25, after=None, ask=False, at=AT
    )
    assert (found.page.items, found.counts.total()) == ((), 0)
    with pytest.raises(Forbidden, match="decided by somebody else"):
        send_section_again(company.deployment, ann, section.id, "bamboo", overwrite=True, at=AT)
    with pytest.raises(InvalidInput, match="asked about 26 sections at once"):
        list_host_sections(company.deployment, ann, company.cycle.id, "bamboo", first=26, after=None, ask=True, at=AT)
