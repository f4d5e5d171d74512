"""Thresholds of an executive: who lies beyond, when they are told of it, and who may keep any."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.api.conftest import Ask, codes
from tests.api.organisation import AT, Organisation, build
from tests.api.test_contributions import newest, reading, rows

from appraise.domain.identifiers import EmployeeId
from appraise.domain.policies import DEFAULT_POLICY, WatchLists
from appraise.domain.section_states import SectionState
from appraise.domain.tasks import NamedTask, TaskKind
from appraise.domain.watches import Watch
from appraise.storage import audit, watches
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.look_at_watches import look_at_watches
from appraise.use_cases.read_tasks import all_tasks

LIST = """cycle { name } before { name } allowsIndividuals watches { id version indicator { key } groupBy measure side
  threshold unsure compared whyNot findings { group { key name } value lower upper isNew } }"""
READ = f"{{ viewer {{ watchList {{ {LIST} }} tasks {{ kind sectionId cycleName }} }} }}"
CHANGES = {
    name: f"""mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{
  watchList {{ {LIST} }} userErrors {{ code path message }} }} }}"""
    for name in ("keepWatch", "dropWatch", "markWatchSeen")
}
BELOW_80 = {"indicator": "satisfaction", "groupBy": "UNIT", "measure": "LEVEL", "side": "BELOW", "threshold": "80"}


@pytest.fixture
def company(deployment: Deployment) -> Organisation:
    return build(deployment)


def change(ask: Ask, name: str, who: str = "Vera", **given: Any) -> dict[str, Any]:
    answer = ask(who, CHANGES[name], input=given)
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"][name]
    return found


def kept(ask: Ask, who: str = "Vera") -> dict[str, Any]:
    answer = ask(who, READ)
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]["viewer"]
    return found


def finish(company: Organisation) -> None:
    """Executives read what was handed in."""
    for cycle in company.cycles:
        company.put(company.agents, cycle)


def mailed(company: Organisation) -> list[NamedTask]:
    with company.deployment.database.reading() as session:
        found = all_tasks(session, hr=frozenset(), viewer=None, on=AT.date())
    return [one for one in found if one.task.kind is TaskKind.LOOK_AT_WATCHES]


def test_units_are_told_of_whose_interval_lies_beyond_and_no_others(company: Organisation, ask: Ask) -> None:
    finish(company)
    table = {row["group"]["name"]: reading(row, "satisfaction")["result"] for row in
             rows(ask, "UNIT", who="Vera", where=newest(company))}  # fmt: skip
    figures = {name: one for name, one in table.items() if "value" in one}
    middle = sorted(Decimal(one["upper"]) for one in figures.values())[1] + Decimal("0.01")

    found = change(ask, "keepWatch", **{**BELOW_80, "threshold": str(middle)})["watchList"]

    (watch,) = found["watches"]
    beyond = sorted(name for name, one in figures.items() if Decimal(one["upper"]) < middle)
    unsure = [name for name, one in figures.items() if Decimal(one["value"]) < middle <= Decimal(one["upper"])]
    assert len(beyond) == 2
    assert [one["group"]["name"] for one in watch["findings"]] == beyond
    assert (watch["unsure"], watch["compared"]) == (len(unsure), len(figures))
    assert "Raf" not in figures  # three people, who are told of nowhere
    for one in watch["findings"]:
        assert (one["value"], one["upper"]) == (
            figures[one["group"]["name"]]["value"],
            figures[one["group"]["name"]]["upper"],
        )


def test_whoever_keeps_thresholds_is_told_once_of_what_is_new_and_has_it_to_do(  # one story
    company: Organisation,
    ask: Ask,
) -> None:
    finish(company)
    (watch,) = change(ask, "keepWatch", **BELOW_80)["watchList"]["watches"]
    names = [one["group"]["name"] for one in watch["findings"]]
    assert names
    assert all(one["isNew"] for one in watch["findings"])
    assert kept(ask)["tasks"] == []  # they have it before their eyes

    assert look_at_watches(company.deployment, at=AT) == 1
    assert look_at_watches(company.deployment, at=AT) == 0  # once a day
    assert kept(ask)["tasks"] == [{"kind": "LOOK_AT_WATCHES", "sectionId": None, "cycleName": "2025"}]
    (task,) = mailed(company)
    assert task.task.owner == company.ids["Vera"]

    given = {"watchId": watch["id"], "expectedVersion": 1, "groups": [one["group"]["key"] for one in watch["findings"]]}
    (seen,) = change(ask, "markWatchSeen", **given)["watchList"]["watches"]
    assert not any(one["isNew"] for one in seen["findings"])
    assert kept(ask)["tasks"] == []
    assert look_at_watches(company.deployment, at=AT + timedelta(days=1)) == 0  # nothing changed
    assert mailed(company) == []

    away = tuple(name for name in company.agents if name.startswith(names[0]))
    company.put(away, company.cycles[1], SectionState.DRAFT)  # not to be read any more
    assert look_at_watches(company.deployment, at=AT + timedelta(days=2)) == 0
    company.put(away, company.cycles[1])
    assert look_at_watches(company.deployment, at=AT + timedelta(days=3)) == 1  # it is new again
    assert len(mailed(company)) == 1
    (again,) = kept(ask)["watchList"]["watches"]
    assert [one["group"]["name"] for one in again["findings"] if one["isNew"]] == [names[0]]


def test_a_change_is_told_since_the_cycle_before(company: Organisation, ask: Ask) -> None:
    company.score(company.cycles[1], seed=7, at=AT + timedelta(hours=1))
    finish(company)
    rule = {"indicator": "satisfaction", "groupBy": "DEPARTMENT", "measure": "CHANGE", "side": "ABOVE"}

    (watch,) = change(ask, "keepWatch", **rule, threshold="-100")["watchList"]["watches"]

    both = rows(ask, "DEPARTMENT", who="Vera")
    figures: dict[tuple[str, str], Decimal] = {}
    for row in both:
        result = reading(row, "satisfaction")["result"]
        if "value" in result:
            figures[row["cycle"]["name"], row["group"]["name"]] = Decimal(result["value"])
    expected = {name: after - figures["2024", name] for (year, name), after in figures.items() if year == "2025"}
    assert {one["group"]["name"]: Decimal(one["value"]) for one in watch["findings"]} == expected
    assert len(expected) > 1
    assert any(expected.values())


def test_single_employees_are_watched_by_the_policy_alone_and_their_reading_is_audited(
    company: Organisation,
    ask: Ask,
) -> None:
    finish(company)
    rule = {**BELOW_80, "groupBy": "EMPLOYEE"}
    (refusal,) = change(ask, "keepWatch", **rule)["userErrors"]
    assert (refusal["code"], refusal["path"]) == ("WRONG_STATE", ["input", "groupBy"])

    allowing = replace(DEFAULT_POLICY, watch_lists=WatchLists.INDIVIDUALS)
    company.score(company.cycles[1], seed=1, at=AT + timedelta(hours=1), policy=allowing)
    with company.deployment.database.reading() as session:
        before = sum(1 for _ in audit.entries(session))
    (watch,) = change(ask, "keepWatch", **rule)["watchList"]["watches"]

    people = {one["group"]["name"] for one in watch["findings"]}
    with company.deployment.database.reading() as session:
        lines = list(audit.entries(session))[before:]
    read = [line.subject for line in lines if line.action == "contributions.read"]
    assert people
    assert watch["compared"] > len(people)
    assert sorted(read) == sorted(f"employee:{company.ids[name]}" for name in people)
    (rise,) = (one for one in change(ask, "keepWatch", **{**rule, "measure": "CHANGE", "threshold": "-90",
               "side": "ABOVE"})["watchList"]["watches"] if one["measure"] == "CHANGE")  # fmt: skip
    assert rise["compared"] == len(company.agents)


def test_a_threshold_is_changed_and_taken_away_by_its_owner_who_read_it_last(
    company: Organisation,
    ask: Ask,
) -> None:
    (watch,) = change(ask, "keepWatch", **BELOW_80)["watchList"]["watches"]
    one = {"watchId": watch["id"], "expectedVersion": 1}

    (after,) = change(ask, "keepWatch", **BELOW_80 | {"threshold": "75"}, **one)["watchList"]["watches"]
    assert (after["threshold"], after["version"]) == ("75", 2)
    for name, given in (("keepWatch", BELOW_80), ("dropWatch", {}), ("markWatchSeen", {"groups": []})):
        (refusal,) = change(ask, name, **given, **one)["userErrors"]
        assert refusal["code"] == "VERSION_CONFLICT"
        answer = ask("Hal", CHANGES[name], input={**given, **one, "expectedVersion": 2})
        assert codes(answer) == ["NOT_FOUND"]
    assert kept(ask, "Hal")["watchList"]["watches"] == []
    assert change(ask, "dropWatch", **one | {"expectedVersion": 2})["watchList"]["watches"] == []
    assert kept(ask, "Mia")["watchList"] is None


def test_a_cycle_in_progress_does_not_empty_the_list_of_an_executive(company: Organisation, ask: Ask) -> None:
    """They read what was handed in: of 2025, whose figures are there, nothing yet."""
    company.put(company.agents, company.cycles[0])
    company.put(company.agents, company.cycles[1], SectionState.DRAFT)

    (watch,) = change(ask, "keepWatch", **BELOW_80)["watchList"]["watches"]

    assert kept(ask)["watchList"]["cycle"] == {"name": "2024"}
    assert watch["compared"] > 0


def test_only_what_lies_beyond_can_be_said_to_be_seen(company: Organisation, ask: Ask) -> None:
    finish(company)
    (watch,) = change(ask, "keepWatch", **BELOW_80)["watchList"]["watches"]
    keys = [None, "", "nobody", "also nobody"]

    answer = change(ask, "markWatchSeen", watchId=watch["id"], expectedVersion=1, groups=keys)

    assert answer["userErrors"] == []
    with company.deployment.database.reading() as session:
        assert watches.findings(session, company.ids["Vera"]) == {}


def test_a_task_ends_when_nothing_lies_beyond_any_more(company: Organisation, ask: Ask) -> None:
    finish(company)
    change(ask, "keepWatch", **BELOW_80)
    assert look_at_watches(company.deployment, at=AT) == 1
    company.put(company.agents, company.cycles[1], SectionState.DRAFT)
    company.put(company.agents, company.cycles[0], SectionState.DRAFT)
    assert kept(ask)["watchList"]["cycle"] is None

    assert kept(ask)["tasks"] == []
    assert mailed(company) == []


def test_one_owner_of_whom_nothing_can_be_compared_stops_no_other(
    company: Organisation, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(company)
    for who in ("Vera", "Hal"):
        change(ask, "keepWatch", who, **BELOW_80)
    real = watches.of_owner

    def broken(session: Session, owner: EmployeeId) -> list[Watch]:
        if owner == company.ids["Hal"]:
            raise RuntimeError("a stored policy that cannot be read")
        return real(session, owner)

    monkeypatch.setattr(watches, "of_owner", broken)

    assert look_at_watches(company.deployment, at=AT) == 1


@pytest.mark.parametrize("who", ["Mia", "Mia 1", "Otto", "sections service"])
def test_nobody_else_keeps_thresholds(ask: Ask, who: str) -> None:
    assert codes(ask(who, CHANGES["keepWatch"], input=BELOW_80)) == ["FORBIDDEN"]
