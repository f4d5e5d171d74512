"""Words that are not stored are neither lost nor stored over another's: the rules of the page, played step by step."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.node import CLIENTS, need_node, run_node

from appraise.console import pages

RULES = Path(pages.__file__).parent / "static" / "elements" / "drafts.js"


def said(comment: str, rating: int | None = None) -> dict[str, Any]:
    return {"rating": rating, "comment": comment, "reason": ""}


def item(name: str, *, has_figure: bool = True, weight: str = "0.5", **stored: Any) -> dict[str, Any]:
    result = {"__typename": "EstimateResult" if has_figure else "Absence"}
    empty = {"rating": None, "comment": None, "reason": None}
    return empty | {"id": name, "weight": weight, "result": result, "supports": [2, 3, 4, 5]} | stored


def played(tmp_path: Path, *steps: tuple[Any, ...], items: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    need_node()
    shutil.copy(RULES, tmp_path / "drafts.mjs")
    run = run_node(CLIENTS, "drafts.mjs", str(tmp_path / "drafts.mjs"), given=json.dumps([steps, items]))
    assert run.returncode == 0, run.stderr
    return dict(json.loads(run.stdout))


def test_typing_on_in_a_conflict_waits_for_the_choice_and_then_keeps_all_of_it(tmp_path: Path) -> None:
    steps = [
        ("shown", 4),
        ("write", "a", said("first")),
        ("next",),
        ("conflicted",),
        ("shown", 7),  # the page reads what is stored
        ("write", "a", said("first, second")),
        ("next",),
        ("keep", "a"),
        ("next",),
        ("stored", 8, None),
    ]
    told = played(tmp_path, *steps)["told"]

    assert [one["status"] for one in told[3:]] == ["conflict"] * 4 + ["saving"] * 2 + ["saved"]
    assert told[2]["sent"]["base"] == 4
    assert told[6]["sent"] is None  # nothing goes before the choice
    assert (told[8]["sent"]["base"], told[8]["sent"]["draft"]["comment"]) == (7, "first, second")
    assert [one["isPending"] for one in told] == [False] + [True] * 8 + [False]


def test_words_begun_on_an_older_page_are_not_stored_over_what_it_has_shown_since(tmp_path: Path) -> None:
    """The answer to another item brings a newer section: what is being typed still rests on the older one."""
    steps = [
        ("shown", 4),
        ("write", "b", said("b")),
        ("next",),
        ("write", "a", said("mine")),
        ("stored", 9, None),
        ("next",),
    ]
    sent = played(tmp_path, *steps)["told"][-1]["sent"]

    assert (sent["item"], sent["base"]) == ("a", 4)


def test_a_request_without_an_answer_is_repeated_as_it_was_before_newer_words_go(tmp_path: Path) -> None:
    steps = [
        ("shown", 1),
        ("write", "a", said("old")),
        ("next",),
        ("unanswered",),
        ("write", "a", said("old and new")),
        ("next",),
        ("stored", 2, None),
        ("next",),
        ("stored", 3, None),
    ]
    told = played(tmp_path, *steps)["told"]

    assert [told[place]["sent"]["draft"]["comment"] for place in (2, 5, 7)] == ["old", "old", "old and new"]
    assert [told[place]["sent"]["base"] for place in (2, 5, 7)] == [1, 1, 2]
    assert [told[place]["status"] for place in (3, 6, 8)] == ["offline", "saving", "saved"]


def test_a_repeated_request_that_tells_of_newer_words_of_somebody_else_asks(tmp_path: Path) -> None:
    steps = [("write", "a", said("old")), ("next",), ("unanswered",), ("write", "a", said("new")), ("next",)]
    told = played(tmp_path, *steps, ("stored", 5, None, said("theirs")), ("next",))["told"]

    assert (told[-1]["status"], told[-1]["draft"], told[-1]["sent"]) == ("conflict", "new", None)


def test_a_refusal_keeps_the_words_and_tries_newer_ones(tmp_path: Path) -> None:
    typed_on = [("write", "a", said("x")), ("next",), ("write", "a", said("xy")), ("refused", "no"), ("next",)]
    told = played(tmp_path, *typed_on, ("refused", "no"), ("next",))["told"]

    assert [told[place]["sent"] and told[place]["sent"]["draft"]["comment"] for place in (4, 6)] == ["xy", None]
    assert (told[-1]["status"], told[-1]["draft"], told[-1]["isPending"]) == ("refused", "xy", True)


@pytest.mark.parametrize(("theirs", "status"), [("Same.", "saved"), ("Other.", "conflict")])
def test_a_conflict_between_the_same_words_is_none(tmp_path: Path, theirs: str, status: str) -> None:
    steps = [("write", "a", said("Same. ")), ("next",), ("conflicted",), ("compare", "a", said(theirs), None)]

    assert played(tmp_path, *steps)["told"][-1]["status"] == status


def test_taking_what_is_stored_lets_go_of_ones_own_words(tmp_path: Path) -> None:
    steps = [("write", "a", said("x")), ("next",), ("conflicted",), ("drop", "a")]
    last = played(tmp_path, *steps)["told"][-1]

    assert (last["status"], last["draft"], last["isPending"]) == ("idle", None, False)


def test_what_is_missing_counts_what_is_not_saved_as_missing(tmp_path: Path) -> None:
    items = (
        item("a", rating=3),
        item("b"),
        item("c", rating=5),
        item("d", rating=1, comment="slow"),
        item("e", has_figure=False),
        item("f", weight="0"),
    )
    conflict = [("write", "a", said("", 4)), ("next",), ("conflicted",)]
    found = played(tmp_path, *conflict, items=items)

    assert found["missing"] == [["a", "SAVED"], ["b", "RATING"], ["c", "WORDS"], ["d", "REASON"]]
    assert found["stuck"] == [["a", "SAVED"]]
