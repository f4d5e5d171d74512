"""The page about change: its commands, run as they stand, print what it shows."""

import re
from pathlib import Path

import pytest
from tests.flows.walkthrough import PROJECT, walk

PAGE = PROJECT / "docs" / "change.md"


@pytest.mark.long
def test_the_page_s_commands_print_what_it_shows(tmp_path: Path) -> None:
    walked = walk(PAGE, tmp_path)

    assert len(walked.outputs) > 8  # the page's, so that an empty walk cannot pass
    assert walked.differences() == []


def test_the_links_of_the_pages_lead_somewhere() -> None:
    pages = [PAGE, PROJECT / "docs" / "reproducibility.md"]
    found = [(page, target) for page in pages for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8"))]

    assert found
    assert [target for page, target in found if not (page.parent / target).exists()] == []
