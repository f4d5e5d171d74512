import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.records import RejectedRow
from appraise_successfactors import adapter

EVENING = "2020-01-31T23:00:00+00:00"  # midnight of the 1st of February in Berlin
MIDNIGHT = "2020-02-01T00:00:00+00:00"
REASON = "23:00 in UTC may be midnight of the next day elsewhere; declare the time zone"


def moment(iso: str, offset: str = "") -> str:
    """As OData v2 writes it: milliseconds since 1970 in UTC, by an offset in minutes."""
    return f"/Date({int(datetime.fromisoformat(iso).astimezone(UTC).timestamp() * 1000)}{offset})/"


def user(start: str) -> dict[str, object]:
    return {"userId": "7", "firstName": "Ada", "lastName": "Lee", "status": "t", "hireDate": start}


def person(start: str, end: str | None = None) -> dict[str, object]:
    employment = {"userId": "7", "startDate": start, "endDate": end}
    name = {"firstName": "Ada", "lastName": "Lee"}
    return {"personIdExternal": "7", "personalInfoNav": [name], "employmentNav": [employment]}


def read(directory: Path, one: dict[str, object], time_zone: str | None = None) -> ReadPeople:
    path = directory / "reply.json"
    path.write_text(json.dumps({"d": {"results": [one]}}), encoding="utf-8")
    return adapter.read_people(path, ImportOptions(source="successfactors", time_zone=time_zone))


@pytest.mark.parametrize("offset", ["", "+0000"])
@pytest.mark.parametrize(("of", "column"), [(user, "hireDate"), (person, "startDate")])
def test_a_moment_that_is_no_midnight_is_refused_until_the_zone_is_declared(
    tmp_path: Path, of: Callable[[str], dict[str, object]], column: str, offset: str
) -> None:
    one = of(moment(EVENING, offset))

    assert read(tmp_path, one).rejected == (RejectedRow("reply.json", 1, column, EVENING, REASON),)
    assert read(tmp_path, one, "Europe/Berlin").records[0].hire_date == date(2020, 2, 1)


@pytest.mark.parametrize("zone", [None, "Europe/Berlin", "America/New_York"])
def test_a_midnight_is_its_day_whatever_zone_is_declared(tmp_path: Path, zone: str | None) -> None:
    assert read(tmp_path, user(moment(MIDNIGHT)), zone).records[0].hire_date == date(2020, 2, 1)


def test_a_moment_with_an_offset_is_the_day_that_it_tells(tmp_path: Path) -> None:
    assert read(tmp_path, user(moment(EVENING, "+0060")), "America/New_York").records[0].hire_date == date(2020, 2, 1)


def test_the_end_of_an_employment_is_a_day_of_the_declared_zone_too(tmp_path: Path) -> None:
    one = person(moment(MIDNIGHT), moment("2021-06-30T22:00:00+00:00"))

    assert [row.column for row in read(tmp_path, one).rejected] == ["endDate"]
    assert read(tmp_path, one, "Europe/Berlin").records[0].termination_date == date(2021, 7, 1)


def test_an_open_end_is_none_at_any_hour(tmp_path: Path) -> None:
    one = person(moment(MIDNIGHT), moment("9999-12-31T23:00:00+00:00"))

    assert read(tmp_path, one, "Europe/Berlin").records[0].termination_date is None


def test_a_moment_beyond_all_years_is_refused_as_it_stands(tmp_path: Path) -> None:
    rejected = read(tmp_path, user("/Date(999999999999999999)/")).rejected

    assert [(row.column, row.value) for row in rejected] == [("hireDate", "/Date(999999999999999999)/")]
