"""What planned queries read, by root field: from arguments and columns to an excerpt, by one use case each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import orjson

from appraise.api.at_hand import Asked, Whose
from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of
from appraise.api.types.connections import PageInfoType, Window
from appraise.domain.cursors import position
from appraise.domain.excerpts import Columns, Group, PeopleExcerpt, Selection, Values
from appraise.domain.identifiers import CycleId, EmployeeId
from appraise.domain.language import speech
from appraise.domain.reading import Page, SectionsWanted
from appraise.domain.section_states import SectionState
from appraise.use_cases.read_excerpts import (
    excerpt_of_people,
    excerpt_of_person,
    excerpt_of_sections,
    people_of,
    results_of,
)
from appraise.use_cases.read_people import count_people
from appraise.use_cases.read_sections import count_sections

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Root:
    """How a root field is read; `rows` is the type of its rows, `count` says how many there are in all."""

    rows: str
    read: Callable[..., Any]
    count: Callable[[RequestContext, Arguments], int] | None = None
    applies: Callable[[Arguments], bool] | None = None


def people(
    context: RequestContext, arguments: Arguments, selected: Selection, further: Sequence[Selection]
) -> PeopleExcerpt:
    window = _window(arguments)
    filters = _filters(arguments)
    return excerpt_of_people(
        context.deployment,
        context.principal,
        selected,
        further,
        at=context.at,
        told=context.sections.told,
        first=window.first,
        after=window.after,
        **filters,
    )


def person(
    context: RequestContext, arguments: Arguments, selected: Selection, further: Sequence[Selection]
) -> PeopleExcerpt:
    key = EmployeeId(key_of(arguments["by"]["id"], Kind.EMPLOYEE))
    who = context.deployment, context.principal
    return excerpt_of_person(*who, key, selected, further, at=context.at, told=context.sections.told)


def sections(context: RequestContext, arguments: Arguments, selected: Selection) -> Page[Group]:
    window = _window(arguments)
    return excerpt_of_sections(
        context.deployment,
        context.principal,
        selected,
        at=context.at,
        told=context.sections.told,
        first=window.first,
        after=window.after,
        state=_state(arguments),
    )


def results(context: RequestContext, asked: Asked, whose: Iterable[Whose]) -> dict[Whose, orjson.Fragment]:
    """Of sections that were read; those without a run have none."""
    return context.at_hand.results.of(whose, asked, speech().tag, partial(results_of, context.deployment))


def people_at_hand(
    context: RequestContext, columns: Columns, groups: Sequence[Group], version: int
) -> Mapping[EmployeeId, Values]:
    """Of a page of people, whose id is the first column and the version of people the one at `version`."""
    if not groups:
        return {}
    day = context.at.date(), groups[0][0][version], context.at.timestamp()
    employees = [group[0][0] for group in groups]
    return context.at_hand.people.of(employees, columns, day, partial(people_of, context.deployment))


def selection(columns: Columns, arguments: Arguments | None, *, is_audited: bool) -> Selection:
    """The cycle is that of the arguments of `Employee.section` or of `sections`."""
    return Selection(columns, None if arguments is None else _cycle(arguments), is_audited)


def checked(arguments: Arguments) -> None:
    """The paging arguments of a page that is not read. Raises `InvalidInput`."""
    window = _window(arguments)
    if window.after is not None:
        position(window.after, 2)


def page_info(page: Page[Any], arguments: Arguments) -> PageInfoType:
    return PageInfoType.of(page, _window(arguments))


def _how_many_people(context: RequestContext, arguments: Arguments) -> int:
    return count_people(context.deployment, context.principal, at=context.at, **_filters(arguments))


def _how_many_sections(context: RequestContext, arguments: Arguments) -> int:
    wanted = SectionsWanted(_cycle(arguments), _state(arguments))
    return count_sections(context.deployment, context.principal, wanted, at=context.at)


def _window(arguments: Arguments) -> Window:
    return Window(arguments["first"], arguments.get("after"))


def _filters(arguments: Arguments) -> dict[str, Any]:
    return {"search": arguments.get("search"), "department": arguments.get("department")}


def _cycle(arguments: Arguments) -> CycleId:
    return CycleId(key_of(arguments["cycle"], Kind.CYCLE))


def _state(arguments: Arguments) -> SectionState | None:
    given = arguments.get("state")
    return None if given is None else SectionState(given.name)


def _is_plain(arguments: Arguments) -> bool:
    """Other days, orders and filters than those of most requests are the resolvers'."""
    further = ["asOf", "manager", "orderBy", *(["department", "search"] if "cycle" in arguments else [])]
    return all(arguments.get(name) is None for name in further)


def _by_id(arguments: Arguments) -> bool:
    return "id" in arguments["by"] and arguments.get("asOf") is None


ROOTS: Final[dict[str, Root]] = {
    "employees": Root("Employee", people, _how_many_people, applies=_is_plain),
    "employee": Root("Employee", person, applies=_by_id),
    "sections": Root("Section", sections, _how_many_sections, applies=_is_plain),
}
"""Root fields that are planned."""
