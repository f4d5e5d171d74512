"""`/sections/<id>/pdf` over HTTP: to whom, and when."""

from pathlib import Path

from starlette.testclient import TestClient
from tests.api.builder import AT, build, empty_deployment, finalise

from appraise.api.global_ids import Kind, to_global
from appraise.settings import Settings
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.submit_section import submit_section
from appraise.web import create_app


def test_a_final_section_is_printed_for_those_who_may_read_it(tmp_path: Path) -> None:
    company = build(empty_deployment(tmp_path))
    section, manager = company.section("Ann Archer").section, company.principal("Max Weber")
    address = f"/sections/{to_global(Kind.SECTION, section.id)}/pdf"
    # one loop for all requests, as a server has: a turn of a stranger is given back a moment after it
    with TestClient(create_app(company.deployment, Settings(), lambda: AT)) as client:

        def asked(name: str) -> tuple[int, bytes]:
            headers = {"authorization": f"Bearer {company.token(name)}"}
            answer = client.get(address, headers=headers)
            return answer.status_code, answer.content

        assert asked("Ann Archer")[0] == 409  # not final yet
        rated = [item for item in section.items if item.is_open]
        for number, item in enumerate(rated):
            rate_item(
                company.deployment, manager, section.id, item.id,
                rating=3, comment=None, expected_version=section.version + number, at=AT,
            )  # fmt: skip
        version = section.version + len(rated)
        submit_section(company.deployment, manager, section.id, expected_version=version, at=AT)
        finalise(company, "Ann Archer", version + 1)

        for name in ("Ann Archer", "Max Weber", "Hal Novak"):
            status, content = asked(name)
            assert (status, content[:5]) == (200, b"%PDF-"), name
        assert asked("Ben Castellanos")[0] == 404
        assert client.get(address).status_code == 401
    company.deployment.database.close()
