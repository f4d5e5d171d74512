"""The quick start, run as its page says, by somebody who has a shell and nothing else."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.api.builder import build, empty_deployment
from tests.api.served import serving
from tests.node import need_node

from appraise.bootstrap import utc_now

API = Path(__file__).parents[2] / "docs" / "api"
PAGE = API / "quickstart.md"
OFFLINE = re.compile("ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|No matching distribution found|NewConnectionError")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def commands(url: str) -> str:
    lines = [line.removeprefix("$ ") for block in blocks("console") for line in block.splitlines()]
    assert "export APPRAISE_URL=http://localhost:8321" in lines
    return "\n".join(lines).replace("http://localhost:8321", url)


def test_the_page_shows_the_clients_as_they_are() -> None:
    shown = {"ts": API / "quickstart" / "node" / "client.ts", "python": API / "quickstart" / "python" / "client.py"}

    assert {kind: blocks(kind) for kind in shown} == {kind: [file.read_text("utf-8")] for kind, file in shown.items()}


def test_both_clients_are_made_by_the_page_s_commands_and_print_what_it_says(tmp_path: Path) -> None:
    need_node()
    shutil.copytree(API / "quickstart", tmp_path / "docs" / "api" / "quickstart")
    data = tmp_path / "data"
    data.mkdir()
    company = build(empty_deployment(data))
    with serving(company) as served:
        served.submit("Ann Archer", served.rate_all("Ann Archer").version)
        served.finalise("Ann Archer", company.section("Ann Archer").section.version)
        served.now = utc_now()  # which the command line goes by
        ran = subprocess.run(
            ["bash", "-e", "-c", commands(f"http://127.0.0.1:{served.port}")],
            cwd=tmp_path,
            env=os.environ
            | {
                "PIP_NO_COMPILE": "1",
                "APPRAISE_DATA": str(data),
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            },
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    company.deployment.database.close()
    if ran.returncode and OFFLINE.search(ran.stderr + ran.stdout):
        pytest.skip(f"the packages cannot be had: {ran.stderr.strip()[-200:]}")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count(blocks("text")[0]) == 2
