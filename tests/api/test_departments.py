"""Departments as things with an id: their tree, their members, who is at their head, as of a day."""

from typing import Any

from sqlalchemy import insert
from tests.api.builder import Company
from tests.api.conftest import Ask, codes
from tests.api.test_people_then import MOVED
from tests.api.test_people_then import moved as moved  # noqa: PLC0414  # a fixture

from appraise.api.global_ids import Kind, to_global
from appraise.storage.tables import DEPARTMENTS

LISTED = """query ($where: DepartmentWhere, $order: DepartmentOrder, $first: Int!, $after: String, $asOf: Date) {
  departments(where: $where, orderBy: $order, first: $first, after: $after, asOf: $asOf) {
    totalCount pageInfo { hasNextPage endCursor } edges { cursor }
    nodes { id code name parent { code } children { code parent { code } } head { name } } } }"""
ONE = """query ($id: ID!, $asOf: Date) { department(id: $id, asOf: $asOf) { code head { name job }
  members(first: 50) { totalCount nodes { name job } } } }"""


def listed(ask: Ask, who: str = "Hal Novak", **variables: Any) -> Any:
    answer = ask(who, LISTED, **{"first": 50, **variables})
    assert "errors" not in answer, answer
    return answer["data"]["departments"]


def test_departments_are_listed_with_their_place_in_the_tree(moved: Company, ask: Ask) -> None:
    row = {"source": "hr", "starts_on": MOVED, "ends_on": None}
    more = [("EM", "Key accounts", "SA"), ("AB", "Abroad", "SA")]
    with moved.deployment.database.transaction() as session:
        session.execute(
            insert(DEPARTMENTS),
            [{**row, "id": code, "code": code, "name": name, "parent": up} for code, name, up in more],
        )

    found = listed(ask, where={"search": "a"})
    assert [(one["code"], one["parent"]) for one in found["nodes"]] == [
        ("AB", {"code": "SA"}),
        ("EM", {"code": "SA"}),
        ("SA", None),
    ]
    sales = found["nodes"][2]
    assert [one["code"] for one in sales["children"]] == ["AB", "EM"]
    assert sales["head"] == {"name": "Ann Archer"}
    below = listed(ask, where={"parent": sales["id"]}, order="NAME", first=1)
    assert ([one["name"] for one in below["nodes"]], below["totalCount"]) == (["Abroad"], 2)
    rest = listed(ask, where={"parent": sales["id"]}, order="NAME", first=1, after=below["pageInfo"]["endCursor"])
    assert ([one["name"] for one in rest["nodes"]], rest["pageInfo"]["hasNextPage"]) == (["Key accounts"], False)
    assert below["edges"][0]["cursor"] == below["pageInfo"]["endCursor"]
    wrong = ask("Hal Novak", LISTED, first=5, after=below["pageInfo"]["endCursor"])
    assert codes(wrong) == ["BAD_USER_INPUT"]


def test_a_department_is_that_of_the_day(moved: Company, ask: Ask) -> None:
    care, sales = (to_global(Kind.DEPARTMENT, code) for code in ("CS", "SA"))

    then = ask("Hal Novak", ONE, id=care, asOf="2025-06-30")["data"]["department"]
    now = ask("Hal Novak", ONE, id=care)["data"]["department"]
    expert = ask("Hal Novak", ONE, id=sales)["data"]["department"]

    assert then["members"]["totalCount"] == now["members"]["totalCount"] + 1
    assert expert["members"] == {"totalCount": 1, "nodes": [{"name": "Ann Archer", "job": "Expert"}]}
    assert codes(ask("Hal Novak", ONE, id=sales, asOf="2025-06-30")) == ["NOT_FOUND"]
    named = ask("Hal Novak", "query ($id: ID!) { node(id: $id) { ... on Department { name } } }", id=sales)
    assert named["data"]["node"] == {"name": "Sales"}
    of_ann = (
        f'{{ employee(by: {{id: "{to_global(Kind.EMPLOYEE, moved.ids["Ann Archer"])}"}}) {{ department {{ id }} }} }}'
    )
    assert ask("Ann Archer", of_ann)["data"]["employee"]["department"] == {"id": sales}


def test_members_and_head_are_those_whom_the_reader_may_see(moved: Company, ask: Ask) -> None:
    """Ann is alone in sales: Cem may know that there is such a department, and not of her."""
    sales = to_global(Kind.DEPARTMENT, "SA")

    answer = ask("Cem Yıldız", ONE, id=sales)

    assert answer["data"]["department"] == {"code": "SA", "head": None, "members": {"totalCount": 0, "nodes": []}}
    assert codes(answer) == ["FORBIDDEN"]
    assert codes(ask("sections service", ONE, id=sales)) == ["FORBIDDEN"]
