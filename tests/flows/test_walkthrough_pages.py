"""What the walkthroughs promise without their data: mappings that can be read, and links that lead somewhere."""

import re
from pathlib import Path

import pytest
from tests.flows.walkthrough import PAGES, Step, Walked, steps

from appraise_csv.mapping import TableMapping, read_mapping

MAPPINGS = sorted(PAGES.rglob("*.toml"))


def test_every_mapping_is_used_by_a_page() -> None:
    used = {word for page in PAGES.glob("*.md") for step in steps(page) for word in step.command.split()}

    assert {f"docs/walkthroughs/{path.relative_to(PAGES)}" for path in MAPPINGS} <= used


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_mapping_says_what_it_maps(path: Path) -> None:
    mapping = read_mapping(path)

    assert mapping != TableMapping(mapping.shape)


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.name)
def test_the_links_of_a_page_lead_to_files(page: Path) -> None:
    targets = re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8"))

    assert targets
    assert [target for target in targets if not (page.parent / target).is_file()] == []


@pytest.mark.parametrize(
    ("shown", "printed", "agree"),
    [
        ("a … c\n", "a b c\n", True),
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a\n", "b\n", False),
        ("a\n", "a\nb\n", False),
        ("a … c\n", "a b d\n", False),
    ],
)
def test_a_page_shows_what_is_printed_or_leaves_it_out_visibly(
    shown: str, printed: str, *, agree: bool, tmp_path: Path
) -> None:
    page = Walked(tmp_path, ((Step("command", shown), 0, printed),), 1.0)

    assert (page.differences() == []) is agree


def test_a_command_that_fails_is_a_difference(tmp_path: Path) -> None:
    assert Walked(tmp_path, ((Step("command", "a\n"), 1, "a\n"),), 1.0).differences() != []
