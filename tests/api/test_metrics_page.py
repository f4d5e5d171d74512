"""The page about metrics: its queries, asked as they stand, are answered with what it shows."""

import json
import re
from pathlib import Path

from starlette.testclient import TestClient
from tests.api.builder import empty_deployment
from tests.api.organisation import AT, build

from appraise.api.global_ids import Kind, to_global
from appraise.settings import Settings
from appraise.web import create_app

PAGE = Path(__file__).parents[2] / "docs" / "api" / "metrics.md"


def test_the_queries_of_the_page_are_answered_as_it_shows(tmp_path: Path) -> None:
    """By the example organisation, to an HR administrator."""
    blocks = re.findall(r"^```(graphql|json)\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    organisation = build(empty_deployment(tmp_path))
    headers = {"authorization": f"Bearer {organisation.token('Hal')}"}
    asked, cycle = 0, to_global(Kind.CYCLE, organisation.cycles[1].id)
    with TestClient(create_app(organisation.deployment, Settings(), lambda: AT)) as client:
        for (kind, text), (next_kind, shown) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
            if kind != "graphql":
                continue
            answer = client.post(
                "/graphql", json={"query": text, "variables": {"cycle": cycle}}, headers=headers
            ).json()
            asked += 1
            assert "errors" not in answer, text
            if next_kind == "json":
                assert json.loads(shown) == answer["data"]
    organisation.deployment.database.close()

    assert asked == 7


def test_its_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", PAGE.read_text("utf-8"))

    assert targets
    assert [target for target in targets if not (PAGE.parent / target).exists()] == []
