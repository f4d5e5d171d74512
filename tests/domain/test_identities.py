"""Who a row of an export is: cases of the rule."""

from datetime import date

import pytest

from appraise.domain.employees import ExternalReference
from appraise.domain.identifiers import EmployeeId
from appraise.domain.identities import Whose, is_reused, shared_ids, whose


def ref(text: str) -> ExternalReference:
    return ExternalReference(*text.split("="))


HOLDERS = {
    ref("hr:id=1"): EmployeeId("ann"),
    ref("hr:number=E1"): EmployeeId("ann"),
    ref("crm:id=7"): EmployeeId("bob"),
    ref("zendesk:agent=3"): EmployeeId("cem"),
}
HAVE_KEY = {EmployeeId("ann")}


@pytest.mark.parametrize(
    ("ids", "employee", "taken"),
    [
        ("hr:id=1", "ann", ()),
        ("hr:id=1 hr:number=E9", "ann", ()),
        ("hr:id=1 crm:id=7", "ann", ("crm:id=7",)),
        ("hr:id=2", None, ()),
        ("hr:id=2 hr:number=E1", None, ("hr:number=E1",)),
        ("hr:id=2 crm:id=7", "bob", ()),
        ("hr:id=2 crm:id=7 hr:number=E1", "bob", ("hr:number=E1",)),
    ],
    ids=[
        "the key is known",
        "the key is known, another id is not",
        "the key outdoes another id",
        "nothing is known",
        "an id of somebody who has another key",
        "an id of somebody without a key",
        "ids of one with and one without",
    ],
)
def test_the_key_decides_and_other_ids_lead_to_people_without_one(
    ids: str, employee: str | None, taken: tuple[str, ...]
) -> None:
    key, *others = map(ref, ids.split())

    assert whose(key, others, HOLDERS, HAVE_KEY) == Whose(employee and EmployeeId(employee), tuple(map(ref, taken)))


@pytest.mark.parametrize(
    ("ids", "reason"),
    [
        ("hr:id=1 hr:id=2", "the row has two ids of one kind (hr:id): 1 and 2"),
        (
            "hr:id=2 crm:id=7 zendesk:agent=3",
            "the ids on this row belong to different employees: crm:id 7, zendesk:agent 3",
        ),
    ],
)
def test_a_row_that_names_two_people_is_nobodys(ids: str, reason: str) -> None:
    key, *others = map(ref, ids.split())

    assert whose(key, others, HOLDERS, HAVE_KEY) == reason


def test_an_id_that_several_keys_bear_is_shared_and_a_persons_own_rows_share_nothing() -> None:
    rows = [("hr:id=1", "n=0 m=5"), ("hr:id=2", "n=0"), ("hr:id=3", "n=0 m=6"), ("hr:id=1", "m=5")]

    found = shared_ids((ref(key), map(ref, others.split())) for key, others in rows)

    assert found == {ref("n=0"): {ref("hr:id=1"), ref("hr:id=2"), ref("hr:id=3")}}


@pytest.mark.parametrize(
    ("is_known_name", "hired", "reused"),
    [
        (False, date(2026, 3, 1), True),
        (True, date(2026, 3, 1), False),
        (False, date(2020, 1, 1), False),
        (False, None, False),
    ],
    ids=["another person", "a rehire", "a marriage", "no day of hire"],
)
def test_a_key_is_reused_where_name_and_hire_are_new(is_known_name: bool, hired: date | None, reused: bool) -> None:
    assert is_reused(is_known_name=is_known_name, hired=hired, last_start=date(2020, 1, 1)) is reused
