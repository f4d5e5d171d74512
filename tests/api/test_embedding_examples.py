"""The examples in the documentation are run as they stand there, against a server that runs trusted documents alone."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.api.builder import AT, Company
from tests.serving import serving

from appraise.api.global_ids import Kind, to_global
from appraise.domain.access import Role, ServiceScope
from appraise.settings import Settings, TrustedMode
from appraise.use_cases.authenticate import authenticate
from appraise.use_cases.create_token import create_token
from appraise.web import create_app

PAGE = Path(__file__).parents[2] / "docs" / "embedding.md"
HR = "https://hr.example.org"
CALLS = {
    "python": (".py", [sys.executable], "print(json.dumps(embed_token({viewer}, {section}, {origin})))"),
    "javascript": (".mjs", ["node"], "console.log(JSON.stringify(await embedToken({viewer}, {section}, {origin})))"),
}


@pytest.fixture(scope="module")
def served(read_only: tuple[Company, TestClient]) -> Iterator[dict[str, str]]:
    deployment = read_only[0].deployment
    settings = Settings(trusted_documents=TrustedMode.ONLY)
    token = create_token(
        deployment,
        name="hris",
        employee=None,
        roles=frozenset({Role.SERVICE}),
        scopes=frozenset(ServiceScope),
        expires_at=None,
        at=AT,
    )
    with serving(create_app(deployment, settings, lambda: AT)) as url:
        yield {"APPRAISE_URL": url, "APPRAISE_TOKEN": token}


@pytest.mark.parametrize("language", CALLS)
def test_an_example_mints_a_token(
    read_only: tuple[Company, TestClient], served: dict[str, str], tmp_path: Path, language: str
) -> None:
    ending, command, call = CALLS[language]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    company = read_only[0]
    section = company.section("Ann Archer").section.id
    found = re.search(rf"^```{language}\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found
    viewer = json.dumps({"namespace": "name", "value": "Max Weber"})
    shown = {"viewer": viewer, "section": json.dumps(to_global(Kind.SECTION, section)), "origin": json.dumps(HR)}
    file = tmp_path / f"example{ending}"
    file.write_text(f"{found[1]}\n{call.format(**shown)}\n", encoding="utf-8")
    ran = subprocess.run(
        [*command, str(file)], env=os.environ | served, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.stderr == ""
    principal = authenticate(company.deployment, json.loads(ran.stdout)["token"], origin=HR, at=AT)

    assert (principal.name, principal.embedded and principal.embedded.section) == ("Max Weber", section)
