"""A section in which no indicator has a figure: written in and handed in, and told alike wherever it is told of."""

from collections.abc import Callable

from tests.use_cases.conftest import AT, Company, done, stepped

from appraise.api.types.parts import AskedPartType
from appraise.domain.indicators import SATISFACTION
from appraise.domain.parts import Mark
from appraise.domain.readiness import Obstacle
from appraise.domain.section_states import Action, SectionState
from appraise.use_cases.give_part import give_part
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.read_parts import Asked, asked_of
from appraise.use_cases.read_readiness import read_readiness
from appraise.use_cases.read_tasks import read_tasks
from appraise.use_cases.submit_section import submit_section

Move = Callable[[str, str | None], None]


def owed(company: Company, who: str) -> set[tuple[str, str]]:
    found = read_tasks(company.deployment, company.principal(who), at=AT)
    return {(one.subject_name, one.task.kind.value) for one in found}


def test_it_is_worked_and_told_alike_everywhere(company: Company, move: Move) -> None:
    """What the manager may do, the task list, the readiness check and a former manager's part say the same."""
    company.scored(absent=True)
    move("ben", "dora")  # whose former manager is Max
    readiness = read_readiness(company.deployment, company.principal("hal"), company.cycle.id, at=AT)
    assert Obstacle.NO_FIGURE in [
        one.obstacle for _, name, found in readiness.missing if name == "Ann" for one in found
    ]
    assert ("Ann", "HAND_IN") in owed(company, "max")
    assert ("Ann", "RATE") not in owed(company, "max")
    assert {Action.RATE, Action.SUBMIT} <= company.section("ann", "max").allowed_actions
    (asked,) = asked_of(company.deployment, company.principal("max"), at=AT)
    shown = AskedPartType.of(asked)
    assert (shown.rated, [one.key for one in shown.unrated]) == ([], ["satisfaction", "attrition"])
    given = give_part(
        company.deployment, company.principal("max"), asked.section.id, [Mark(SATISFACTION, None, "New.")], at=AT
    )
    assert isinstance(given, Asked)

    item = company.section("ann").section.items[0].id
    words = {"item_id": item, "rating": None, "comment": "Was away for most of the year."}
    done(stepped(company, rate_item, "max", **words))
    done(stepped(company, submit_section, "max"))
    done(stepped(company, submit_section, "dora", of="ben"))  # without a word

    assert [company.section(name).section.state for name in ("ann", "ben")] == [SectionState.SUBMITTED] * 2
    assert company.section("ann").section.total is None
    assert ("Ann", "HAND_IN") not in owed(company, "max")
