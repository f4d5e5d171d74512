"""The pages about the indicators say nothing that the code does not: each figure is recomputed, and drift fails.

A page marks every figure in its prose as `<span data-figure="name">…</span>`. Its first table is made up; its second is
what the product makes of the first, and is compared as a whole.
"""

import re

import pytest
from tests.architecture.worked_examples import (
    FOLDER,
    PAGES,
    ROOT,
    WORK,
    known_figures,
    tables,
    text_of,
)

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import BY_KEY

HEADINGS = [
    "What counts",
    "What does not count",
    "Who is credited",
    "How it is worked out",
    "How much evidence it takes, and what an absence means",
    "What can make it wrong",
    "What it must not be used for",
    "What the employee can do",
]
LINES = 96
SPAN = re.compile(r'<span data-figure="([^"]+)">([^<]+)</span>')
NUMBERS = re.compile(
    r"\d|\b(four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|sixty|ninety|hundred|thousand)\b",
    re.IGNORECASE,
)
every_page = pytest.mark.parametrize("indicator", PAGES, ids=str)


@every_page
def test_every_figure_of_a_page_is_that_of_the_code(indicator: IndicatorKey) -> None:
    text = text_of(indicator)
    printed = SPAN.findall(text)
    known = known_figures(indicator, text)

    assert printed == [(name, known.get(name)) for name, _ in printed]


@every_page
def test_the_worked_table_is_what_the_product_makes_of_the_made_up_one(indicator: IndicatorKey) -> None:
    text = text_of(indicator)

    assert tables(text)[1:] == [WORK[indicator](text)[1]]


@every_page
def test_the_steps_by_hand_end_at_the_score_of_the_table(indicator: IndicatorKey) -> None:
    told, [_, [_, raw, _, left, score, *_], *_] = WORK[indicator](text_of(indicator))

    assert (told["left"], told["score"]) == (left, score)
    assert told.get("raw", raw) == raw


@every_page
def test_no_number_of_a_page_goes_unchecked(indicator: IndicatorKey) -> None:
    prose = SPAN.sub("", re.sub(r"^\|.*$", "", text_of(indicator), flags=re.MULTILINE))
    prose = re.sub(r"\]\([^)]+\)|`[^`]+`|^\d\. ", "", prose, flags=re.MULTILINE)

    assert [line for line in prose.splitlines() if NUMBERS.search(line)] == []


@every_page
def test_a_page_answers_the_same_points_in_the_indicators_own_words(indicator: IndicatorKey) -> None:
    text = text_of(indicator)
    definition = BY_KEY[indicator]

    assert text.startswith(f"# {definition.name}\n\n**{definition.question}**")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert len(text.splitlines()) <= LINES


@every_page
def test_the_links_of_a_page_lead_to_files_and_the_readme_leads_to_it(indicator: IndicatorKey) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", text_of(indicator))

    assert [target for target in targets if not (FOLDER / target).is_file()] == []
    assert f"docs/indicators/{PAGES[indicator].name}" in (ROOT / "README.md").read_text(encoding="utf-8")
