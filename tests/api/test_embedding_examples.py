"""The examples in the documentation are run as they stand there, against a server that runs trusted documents alone."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from xml.etree import ElementTree as ET

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


KITS = Path(__file__).parents[2] / "plugins"
CLIENTS = sorted(KITS.glob("*/embed/**/appraise.py"))
PHP = KITS / "appraise-orangehrm/embed/orangehrmAppraisePlugin/Service/Appraise.php"


def test_the_clients_of_the_kits_mint_tokens_and_tell_what_stands_in_the_way(
    read_only: tuple[Company, TestClient], served: dict[str, str]
) -> None:
    assert len(CLIENTS) == 4
    assert len({file.read_text(encoding="utf-8") for file in CLIENTS}) == 1
    assert len({file.read_text(encoding="utf-8") for file in KITS.glob("*/embed/**/frame.js")}) == 1
    kit = runpy.run_path(str(CLIENTS[0]))
    client = kit["Appraise"](served["APPRAISE_URL"], served["APPRAISE_TOKEN"])
    company, max_weber, ann = read_only[0], ("name", "Max Weber"), ("name", "Ann Archer")

    for cycle in (None, "2025"):
        view = client.view(max_weber, ann, HR, cycle)
        principal = authenticate(company.deployment, view["token"], origin=HR, at=AT)
        section = company.section("Ann Archer").section.id
        assert (principal.name, principal.embedded and principal.embedded.section) == ("Max Weber", section)
        assert view["section"] == to_global(Kind.SECTION, section)
    with pytest.raises(LookupError, match="no section of this employee in 1999"):
        client.view(max_weber, ann, HR, "1999")
    with pytest.raises(PermissionError, match=r"\w+"):  # a colleague does not see it
        client.view(("name", "Ben Baker"), ann, HR)


def test_the_client_in_php_mints_a_token(
    read_only: tuple[Company, TestClient], served: dict[str, str], tmp_path: Path
) -> None:
    if shutil.which("php") is None:
        pytest.skip("php is not installed")
    file = tmp_path / "mint.php"
    file.write_text(
        f"""<?php require '{PHP}';
$client = new OrangeHRM\\Appraise\\Service\\Appraise(getenv('APPRAISE_URL'), getenv('APPRAISE_TOKEN'));
echo json_encode($client->view(['name', 'Max Weber'], ['name', 'Ann Archer'], '{HR}'));""",
        encoding="utf-8",
    )
    ran = subprocess.run(["php", str(file)], env=os.environ | served, capture_output=True, text=True, check=True)
    principal = authenticate(read_only[0].deployment, json.loads(ran.stdout)["token"], origin=HR, at=AT)

    assert principal.name == "Max Weber"
    for one in PHP.parents[1].rglob("*.php"):
        subprocess.run(["php", "-l", str(one)], capture_output=True, check=True)


def test_the_files_of_the_kits_are_well_formed() -> None:
    files = [file for file in KITS.glob("*/embed/**/*") if file.is_file() and "__pycache__" not in file.parts]
    checks = {".py": lambda text: compile(text, "kit", "exec"), ".json": json.loads, ".xml": ET.fromstring}
    for file in files:
        checks.get(file.suffix, str)(file.read_text(encoding="utf-8"))
        if file.suffix == ".js" and shutil.which("node") is not None:
            kind = "commonjs" if "frappe.ui" in file.read_text(encoding="utf-8") else "module"
            command = ["node", f"--input-type={kind}", "--check", "-"]
            subprocess.run(command, input=file.read_bytes(), capture_output=True, check=True)
    assert {file.suffix for file in files} >= {".py", ".js", ".json", ".xml", ".php", ".yaml", ".md"}


def test_the_clients_of_the_kits_give_their_token_to_appraise_alone() -> None:
    """An answer that leads elsewhere is a failure, and the one who is there is not asked."""
    asked: list[str | None] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            asked.append(self.headers["authorization"])
            self.send_response(200)
            self.end_headers()

        def do_POST(self) -> None:
            self.send_response(302)
            self.send_header("location", f"http://localhost:{self.server.server_port}/graphql")  # type: ignore[attr-defined]
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        client = runpy.run_path(str(CLIENTS[0]))["Appraise"](f"http://127.0.0.1:{server.server_port}", "secret")
        with pytest.raises(OSError, match="302"):
            client.view(("name", "Max Weber"), ("name", "Ann Archer"), HR)
        server.shutdown()

    assert asked == []
