"""The page about writing an indicator: its one file is installed as it stands there, and a company is scored with it."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from appraise.domain.explanations import sentences
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.policy_documents import read_toml
from appraise.domain.policy_lint import lint
from appraise.domain.scorecards import Estimate
from appraise.errors import InvalidInput
from appraise.scoring.installed import GROUP

PAGE = (Path(__file__).parents[2] / "docs" / "write-an-indicator.md").read_text(encoding="utf-8")
TEAM = ("a", "b", "c", "d", "e", "f")
ABANDONMENT = IndicatorKey("abandonment")


def block(language: str, number: int = 0) -> str:
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return blocks[number]


@pytest.fixture
def world_of_two_outcomes(world: Any) -> Any:
    """Of each employee's sixteen customers one more than of the one before gave up; everybody has one open contact."""
    world.team(*TEAM)
    for i, name in enumerate(TEAM):
        for j in range(16):
            outcome = "abandoned" if j < 1 + 2 * i else "resolved"
            world.contact(f"{name}{j}", 10 + j, name, outcome=outcome)
            world.rating(f"{name}{j}", 10 + j, name, 1 + (i + j) % 5)
        world.contact(f"{name}-open", 30, name, outcome="open")
    return world


def test_the_page_s_one_file_scores_a_company(install: Callable[[str, str], None], world_of_two_outcomes: Any) -> None:
    install("abandonment", block("python"))
    document = read_toml(f"publish_reliability = 0.5\n{block('toml', 1)}")
    assert [finding.code for finding in lint(document)] == ["policy-of-one"]

    scored = world_of_two_outcomes.score(document.policy())

    found = {card.employee: card.result(ABANDONMENT) for card in scored.scorecards}
    assert all(isinstance(result, Estimate) for result in found.values())
    assert [result.working.raw for result in found.values()] == [Decimal(100 * (1 + 2 * i)) / 16 for i in range(6)]
    assert found["a"].probability_better > Decimal("0.8")
    assert found["f"].probability_better < Decimal("0.2")
    assert found["a"].evidence.left_out == (("contact that is still open", 1),)
    assert sentences(found["a"])[0] == "Of 16 contacts with 16 customers, 6.3 % were given up by the customer."
    assert [(part.indicator, part.total, part.attributed) for part in scored.coverage][-1] == (
        ABANDONMENT,
        Decimal(96),
        Decimal(96),
    )


def test_it_carries_no_weight_without_a_reason(install: Callable[[str, str], None]) -> None:
    install("abandonment", block("python"))
    weighed = read_toml(block("toml", 1))
    heavy = tuple((key, replace(rules, weight=0.5)) for key, rules in weighed.indicators)

    assert [finding.code for finding in lint(replace(weighed, indicators=heavy))] == ["unapproved-indicator"]


def test_the_page_s_entry_point_is_of_the_group_that_is_searched() -> None:
    assert f'entry-points."{GROUP}"' in block("toml")


def test_a_policy_that_names_it_where_it_is_not_installed_is_told_what_there_is() -> None:
    with pytest.raises(InvalidInput, match=r"indicators\.abandonment names no installed indicator") as refused:
        read_toml(block("toml", 1))

    assert "one of: satisfaction, repeat_purchase, " in str(refused.value)
