"""What lists keep at hand: each result is read once, and people until they change or a minute is over."""

from collections.abc import Sequence
from datetime import date

import orjson
import pytest

from appraise.api.at_hand import BESIDE, LONGEST, Asked, Changed, People, Results, Whose
from appraise.domain.excerpts import Columns, Group, Values
from appraise.domain.identifiers import EmployeeId, RunId

TODAY, TOMORROW = date(2026, 3, 1), date(2026, 3, 2)
COLUMNS = ("item.employee_id", "item.value")
VALUES = Asked("values", COLUMNS, lambda rows: [{"value": row[1]} for row in rows])
DOUBLED = Asked("doubled", COLUMNS, lambda rows: [{"value": row[1] * 2} for row in rows])


class Runs:
    """Results of two runs; nobody but Ann and Bo has any."""

    def __init__(self) -> None:
        self.read: list[Whose] = []

    def __call__(self, run: RunId, employees: list[EmployeeId], columns: Columns) -> dict[EmployeeId, Group]:
        assert columns == COLUMNS
        self.read += [(run, one) for one in employees]
        return {one: [(one, f"{run} of {one}"), (one, "2")] for one in employees if one in {"Ann", "Bo"}}


def whose(*names: str) -> list[Whose]:
    return [(RunId(run), EmployeeId(employee)) for run, employee in (name.split() for name in names)]


def said(
    results: Results, names: Sequence[str], runs: Runs, *, asked: Asked = VALUES, language: str = "en"
) -> list[str]:
    """The first value of each."""
    found = results.of(whose(*names), asked, language, runs)
    return [orjson.loads(orjson.dumps(found[one]))[0]["value"] for one in whose(*names) if one in found]


def test_a_result_is_read_once_and_is_of_its_run_and_employee() -> None:
    results, runs = Results(), Runs()
    assert said(results, ["1 Ann", "1 Bo"], runs) == ["1 of Ann", "1 of Bo"]
    assert said(results, ["1 Bo", "2 Bo", "1 Ann"], runs) == ["1 of Bo", "2 of Bo", "1 of Ann"]
    assert runs.read == whose("1 Ann", "1 Bo", "2 Bo")


def test_each_selection_and_language_has_its_own() -> None:
    results, runs = Results(), Runs()
    said(results, ["1 Ann"], runs)
    assert said(results, ["1 Ann"], runs, asked=DOUBLED) == ["1 of Ann1 of Ann"]
    said(results, ["1 Ann"], runs, language="de")
    assert runs.read == whose("1 Ann", "1 Ann", "1 Ann")


def test_who_has_no_results_is_looked_for_again() -> None:
    results, runs = Results(), Runs()
    assert said(results, ["1 Cleo"], runs) == said(results, ["1 Cleo"], runs) == []
    assert len(runs.read) == 2


def test_results_take_no_more_memory_than_they_may() -> None:
    one = len(orjson.dumps(VALUES.written([("Ann", "1 of Ann"), ("Ann", "2")]))) + BESIDE
    results, runs = Results(most=2 * one + 10), Runs()
    said(results, ["1 Ann", "2 Ann", "3 Ann"], runs)
    runs.read.clear()
    assert said(results, ["2 Ann", "3 Ann", "1 Ann"], runs) == ["2 of Ann", "3 of Ann", "1 of Ann"]
    assert runs.read == whose("1 Ann")


class Office:
    """Jobs as of a version of people."""

    def __init__(self) -> None:
        self.version, self.read = 1, 0

    def __call__(self, on: date, employees: Sequence[EmployeeId], columns: Columns) -> list[Values]:
        self.read += len(employees)
        return [(one, self.version, f"{columns[2]} of {one} on {on}, {self.version}") for one in employees]


def jobs(people: People, office: Office, day: tuple[date, int, float], column: str = "job") -> list[str]:
    employees = [EmployeeId("Ann"), EmployeeId("Bo")]
    found = people.of(employees, ("person.id", "person.version", column), day, office)
    return [found[one][2] for one in employees]


def test_people_are_read_again_on_another_day_and_after_a_change_and_a_minute() -> None:
    people, office = People(), Office()
    for _ in range(2):
        assert jobs(people, office, (TODAY, 1, 0.0)) == ["job of Ann on 2026-03-01, 1", "job of Bo on 2026-03-01, 1"]
    assert office.read == 2
    assert jobs(people, office, (TODAY, 1, 1.0), "manager")[0] == "manager of Ann on 2026-03-01, 1"
    assert jobs(people, office, (TOMORROW, 1, 2.0))[0] == "job of Ann on 2026-03-02, 1"
    office.version = 2
    assert jobs(people, office, (TOMORROW, 2, 3.0))[0] == "job of Ann on 2026-03-02, 2"
    jobs(people, office, (TOMORROW, 2, 3.0 + LONGEST - 0.1))
    assert office.read == 8
    jobs(people, office, (TOMORROW, 2, 3.0 + LONGEST))
    assert office.read == 10


def test_people_who_changed_after_their_page_was_read_are_not_mixed_with_it() -> None:
    people, office = People(), Office()
    office.version = 2
    with pytest.raises(Changed):
        jobs(people, office, (TODAY, 1, 0.0))
    assert jobs(people, office, (TODAY, 2, 0.0))[0] == "job of Ann on 2026-03-01, 2"
