"""Surveys whose questions are the organisation's own: which column is the rating, on what scale, and about whom.

Nothing of that is guessed: settings declare it. `column.score=Q1`, `scale=1-5`, `answer.Very good=5` where answers are
words, `column.employee=Agent` with `employees=email` (or `name`, or another kind of reference that people have).
"""

from collections.abc import Iterator
from typing import Final

from appraise.adapters.contract import Parse, Rule, Skip
from appraise.adapters.event_tables import Found, bots, declared_scale, served_by
from appraise.errors import InvalidInput

SETTINGS: Final = ("scale", "employees", "answer.")
DECLARED: Final = {"score": (), "employee": (), "case": ()}
"""Fields that have a column only where a setting names it."""


def rated(found: Found) -> dict[str, Rule]:
    """The score on its declared scale, and whom it is about. Raises `InvalidInput` where that is not declared."""
    answers = {
        name.removeprefix("answer."): worth for name, worth in found.settings.items() if name.startswith("answer.")
    }
    rules = {
        **declared_scale(found.settings.get("scale"), setting="scale"),
        "score": Rule(Parse.DECIMAL, column=found.columns["score"], words=answers),
    }
    if "case" in found:
        rules["contact_id"] = found.rule("case")
    if "employee" in found:
        namespace = found.settings.get("employees")
        if not namespace:
            raise InvalidInput(
                f"which kind of reference {found.columns['employee']!r} has is not declared",
                expected="the setting employees, e.g. employees=email or employees=zendesk:agent",
            )
        rules |= served_by(namespace, found.rule("employee"))
    return rules


def unrated(found: Found) -> tuple[Skip, ...]:
    """Responses without a rating, and those about a bot that the setting bots=… names."""
    of_bots = bots(found, "employee", reason="a bot was rated") if "employee" in found else ()
    return (Skip(f"{found.text('score')} = ''", "answered without a rating"), *of_bots)


def about_nobody(found: Found) -> Iterator[str]:
    if "employee" not in found and "case" not in found:
        yield "nothing says whom the ratings are about: name a column by column.employee=… or column.case=…"
