"""Orders and filters of lists: within what the reader may see, whole over all pages, and counted alike."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.api.builder import AT, MANAGERS, Company
from tests.api.conftest import Ask, codes

from appraise.api.global_ids import Kind, to_global
from appraise.use_cases.rate_item import rate_item

READERS = ("Dora Lindqvist", "Max Weber", "Ann Archer", "Hal Novak", "Vera Lund", "Otto Brandt", "people service")
SECTIONS = """query ($cycle: ID!, $first: Int!, $after: String, %s) { sections(cycle: $cycle, first: $first, after: $after, %s) {
  totalCount pageInfo { hasNextPage endCursor } nodes { state version person { name managerName department } } } }"""
PEOPLE = """query ($first: Int!, $after: String, %s) { employees(first: $first, after: $after, %s) {
  totalCount pageInfo { hasNextPage endCursor } nodes { name managerName department { code } } } }"""
TYPES = {
    "state": "SectionState",
    "department": "String",
    "manager": "ID",
    "search": "String",
    "asOf": "Date",
}


def listed(ask: Ask, who: str, query: str, root: str, *, first: int = 50, **narrowed: Any) -> list[dict[str, Any]]:
    """All pages."""
    types = TYPES | {"orderBy": "SectionOrder" if root == "sections" else "EmployeeOrder"}
    declared = ", ".join(f"${name}: {types[name]}" for name in narrowed if name in types)
    given = ", ".join(f"{name}: ${name}" for name in narrowed if name in types)
    found, after = [], None
    while True:
        answer = ask(who, query % (declared, given), first=first, after=after, **narrowed)
        if answer["data"][root] is None:
            assert codes(answer) == ["FORBIDDEN"]
            return []
        page = answer["data"][root]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(found)
            return found


def test_sections_are_narrowed_and_ordered_within_what_is_visible(company: Company, ask: Ask) -> None:
    max_, cycle = to_global(Kind.EMPLOYEE, company.ids["Max Weber"]), to_global(Kind.CYCLE, company.cycle.id)
    ben = company.section("Ben Castellanos", "Max Weber").section
    rated = rate_item(
        company.deployment,
        company.principal("Max Weber"),
        ben.id,
        ben.items[0].id,
        rating=3,
        comment=None,
        expected_version=ben.version,
        at=AT + timedelta(minutes=1),
    )
    assert getattr(rated, "section", None) is not None, rated
    filters: dict[str, tuple[Any, Callable[[dict[str, Any]], bool]]] = {
        "state": ("DRAFT", lambda one: one["state"] == "DRAFT"),
        "manager": (max_, lambda one: one["person"]["managerName"] == "Max Weber"),
        "search": ("ARCH", lambda one: "arch" in one["person"]["name"].casefold()),
        "department": ("CS", lambda one: one["person"]["department"] is not None),
    }
    for who in READERS:
        whole = listed(ask, who, SECTIONS, "sections", cycle=cycle, orderBy="NAME")
        for name, (value, holds) in filters.items():
            assert listed(ask, who, SECTIONS, "sections", cycle=cycle, **{name: value}) == [
                one for one in whole if holds(one)
            ], (who, name)
        nobody = to_global(Kind.EMPLOYEE, company.ids["Ann Archer"])
        assert listed(ask, who, SECTIONS, "sections", cycle=cycle, manager=nobody) == []
        for order in ("NAME", "STATE", "RECENTLY_CHANGED", "LONGEST_UNCHANGED"):
            at_once = listed(ask, who, SECTIONS, "sections", cycle=cycle, orderBy=order)
            one_by_one = listed(ask, who, SECTIONS, "sections", first=1, cycle=cycle, orderBy=order)
            assert one_by_one == at_once
            assert sorted(map(repr, at_once)) == sorted(map(repr, whole))

    names = [
        one["person"]["name"] for one in listed(ask, "Hal Novak", SECTIONS, "sections", cycle=cycle, orderBy="STATE")
    ]
    assert (names[-1], names[:-1]) == ("Ben Castellanos", sorted(names[:-1], key=str.casefold))
    changed = listed(ask, "Hal Novak", SECTIONS, "sections", cycle=cycle, orderBy="RECENTLY_CHANGED")
    assert changed[0]["person"]["name"] == "Ben Castellanos"
    assert listed(ask, "Hal Novak", SECTIONS, "sections", cycle=cycle, orderBy="LONGEST_UNCHANGED") == changed[::-1]


def test_people_are_narrowed_and_ordered_within_what_is_visible(company: Company, ask: Ask) -> None:
    max_ = to_global(Kind.EMPLOYEE, company.ids["Max Weber"])
    for who in READERS:
        whole = listed(ask, who, PEOPLE, "employees", orderBy="NAME")
        assert listed(ask, who, PEOPLE, "employees", manager=max_) == [
            one for one in whole if MANAGERS[one["name"]] == "Max Weber"
        ]
        by_department = listed(ask, who, PEOPLE, "employees", first=2, orderBy="DEPARTMENT")
        codes_ = [(one["department"] or {"code": ""})["code"] for one in by_department]
        assert codes_ == sorted(codes_)
        assert sorted(map(repr, by_department)) == sorted(map(repr, whole))
        assert listed(ask, who, PEOPLE, "employees", asOf="1999-12-31") == []


@pytest.mark.parametrize(
    "orders",
    [
        ("NAME", "STATE"),
        ("STATE", "RECENTLY_CHANGED"),
        ("RECENTLY_CHANGED", "NAME"),
        ("RECENTLY_CHANGED", "LONGEST_UNCHANGED"),
    ],
)
def test_a_cursor_of_another_order_is_refused(company: Company, ask: Ask, orders: tuple[str, str]) -> None:
    cycle = to_global(Kind.CYCLE, company.cycle.id)
    query = SECTIONS % ("$orderBy: SectionOrder", "orderBy: $orderBy")
    page = ask("Hal Novak", query, cycle=cycle, first=1, orderBy=orders[0])["data"]["sections"]["pageInfo"]

    assert codes(ask("Hal Novak", query, cycle=cycle, first=1, after=page["endCursor"], orderBy=orders[1])) == [
        "BAD_USER_INPUT"
    ]
