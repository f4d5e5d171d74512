"""The suite must catch what it is there for: each adapter here has one defect, and one check says so."""

import re
import socket
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from appraise.adapters.contract import (
    Declaration,
    EventPlan,
    ImportOptions,
    Parse,
    ReadPeople,
    Rule,
    Skip,
)
from appraise.adapters.records import PeopleRecord
from appraise.domain.employees import ExternalReference
from appraise.testing.conformance import conformance_checks, conformance_suite
from appraise_hostile import HostileAdapter, adapter

OWN = "own example: "


class Changed(HostileAdapter):
    """Reads as the hostile adapter does and then spoils what it read."""

    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:
        people = super().read_people(path, options)
        return replace(people, records=tuple(self.spoilt(record) for record in people.records))

    def spoilt(self, record: PeopleRecord) -> PeopleRecord:
        return record


class LosesARow(HostileAdapter):
    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:
        people = super().read_people(path, options)
        return replace(people, records=(people.records[0], *people.records[2:]))


class CountsKeysAsNumbers(Changed):
    def spoilt(self, record: PeopleRecord) -> PeopleRecord:
        key = ExternalReference(record.key.namespace, record.key.value.replace("E000", "E"))
        return replace(record, key=key, references=(key, *record.references[1:]))


class KeepsCapitals(Changed):
    def spoilt(self, record: PeopleRecord) -> PeopleRecord:
        return replace(record, references=(record.key, ExternalReference("email", "Ida@Example.org")))


class HidesTheKey(Changed):
    def spoilt(self, record: PeopleRecord) -> PeopleRecord:
        return replace(record, references=record.references[1:])


class GivesEverybodyOneKey(Changed):
    def spoilt(self, record: PeopleRecord) -> PeopleRecord:
        key = ExternalReference(record.key.namespace, "1")
        return replace(record, key=key, references=(key,))


class GivesASecondKey(Changed):
    def spoilt(self, record: PeopleRecord) -> PeopleRecord:
        return replace(record, references=(*record.references, ExternalReference(record.key.namespace, "old")))


class Forgets(HostileAdapter):
    readings = 0

    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:
        self.readings += 1
        return replace(super().read_people(path, options), warnings=(f"reading {self.readings}",))


class TakesAnything(HostileAdapter):
    def read_people(self, *_: object) -> ReadPeople:
        return ReadPeople((), ())


class Crashes(HostileAdapter):
    def read_people(self, *_: object) -> ReadPeople:
        raise KeyError("USERID")


class Replanned(HostileAdapter):
    """Plans as the hostile adapter does, but for some rules."""

    def __init__(self, **rules: Rule) -> None:
        self.rules = rules

    def plan_events(self, columns: Sequence[str], path: Path, options: ImportOptions) -> EventPlan:
        plan = super().plan_events(columns, path, options)
        (stage,) = plan.stages
        return replace(plan, stages=(replace(stage, rules={**stage.rules, **self.rules}),))


class LacksARule(HostileAdapter):
    def plan_events(self, columns: Sequence[str], path: Path, options: ImportOptions) -> EventPlan:
        plan = super().plan_events(columns, path, options)
        (stage,) = plan.stages
        rules = {name: rule for name, rule in stage.rules.items() if name != "occurred_at"}
        return replace(plan, stages=(replace(stage, rules=rules),))


class GoesByPosition(HostileAdapter):
    def plan_events(self, columns: Sequence[str], path: Path, options: ImportOptions) -> EventPlan:
        plan = super().plan_events(columns, path, options)
        (stage,) = plan.stages
        rules = {**stage.rules, "customer_key": Rule(column=columns[2])}
        return replace(plan, stages=(replace(stage, rules=rules),))


class LeavesRowsOut(HostileAdapter):
    def plan_events(self, columns: Sequence[str], path: Path, options: ImportOptions) -> EventPlan:
        plan = super().plan_events(columns, path, options)
        return replace(plan, stages=tuple(replace(stage, only="_row > 2") for stage in plan.stages))


class LeavesOutWhatItDoesNotName(HostileAdapter):
    def plan_events(self, columns: Sequence[str], path: Path, options: ImportOptions) -> EventPlan:
        plan = super().plan_events(columns, path, options)
        (stage,) = plan.stages
        rules = {**stage.rules, "event_id": Rule(sql="CASE WHEN _row > 2 THEN _row END")}
        return replace(plan, stages=(replace(stage, rules=rules, skips=(Skip("_row = 2", "the first"),)),))


class SaysNothingOfItself(HostileAdapter):
    declaration: ClassVar[Declaration] = replace(HostileAdapter.declaration, format_version="")


class PromisesTooMuch(HostileAdapter):
    declaration: ClassVar[Declaration] = replace(HostileAdapter.declaration, reads=("people", "moods"))


@pytest.mark.parametrize(
    ("defective", "check", "complaint"),
    [
        (LosesARow(), OWN + "no row of people is lost", "rows are neither records nor rejected: [3]"),
        (CountsKeysAsNumbers(), OWN + "what was written is read back", "missing"),
        (KeepsCapitals(), OWN + "ids of people are normalised text", "is not normalised"),
        (HidesTheKey(), OWN + "ids of people are normalised text", "row 2: the key is not among the references"),
        (GivesASecondKey(), OWN + "ids of people are normalised text", "old is a second id of the key's kind"),
        (GivesEverybodyOneKey(), OWN + "keys of people are unique per period", "3 records repeat a person's key"),
        (Forgets(), OWN + "reading people twice gives the same", "two readings differ"),
        (TakesAnything(), "files of another format are refused", "a table of fruit is taken for people"),
        (LacksARule(), OWN + "rules make canonical columns", "required columns without a rule: ['occurred_at']"),
        (
            Replanned(mood=Rule(constant="good")),
            OWN + "rules make canonical columns",
            "no such canonical columns: ['mood']",
        ),
        (
            Replanned(topic=Rule(constant="x", sql="'x'")),
            OWN + "rules make canonical columns",
            "exactly one of column, sql and constant",
        ),
        (
            Replanned(topic=Rule(Parse.MONEY, constant="1")),
            OWN + "rules make canonical columns",
            "a text cannot be parsed as money",
        ),
        (
            Replanned(outcome=Rule(constant="done")),
            OWN + "rules make canonical columns",
            "words outside the vocabulary",
        ),
        (GoesByPosition(), OWN + "events survive a drift of the header", "another order of columns: other events"),
        (LeavesRowsOut(), OWN + "what was written is read back", "3 expected, 2 found; missing ['5001']"),
        (
            LeavesOutWhatItDoesNotName(),
            OWN + "the event store carries the plan out",
            "without the id of their event, so that it cannot be withdrawn: {'the first': 1}",
        ),
        (SaysNothingOfItself(), "the declaration is complete", "the declaration has no format_version"),
        (PromisesTooMuch(), "the declaration is complete", "the declaration reads 'moods'"),
        (HostileAdapter(), "the declaration is complete", "no entry point appraise.adapters 'hostile' leads to this"),
    ],
)
def test_a_defect_is_found_and_named(tmp_path: Path, defective: HostileAdapter, check: str, complaint: str) -> None:
    with pytest.raises(AssertionError, match=re.escape(complaint)):
        dict(conformance_checks(defective))[check](tmp_path)


def test_a_crash_is_no_refusal(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        dict(conformance_checks(Crashes()))["files of another format are refused"](tmp_path)


def test_an_adapter_that_uses_the_network_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def calls_home(_: Path) -> None:
        socket.create_connection(("127.0.0.1", 9))

    with pytest.raises(pytest.fail.Exception, match="the adapter opens a network connection"):
        conformance_suite(adapter)(check=calls_home, tmp_path=tmp_path, monkeypatch=monkeypatch)


def test_every_check_has_a_title_of_its_own() -> None:
    titles = [title for title, _ in conformance_checks(adapter)]

    assert titles == [
        "the declaration is complete",
        "files of another format are refused",
        "own example: the same company makes the same bytes",
        "own example: no row of people is lost",
        "own example: ids of people are normalised text",
        "own example: keys of people are unique per period",
        "own example: reading people twice gives the same",
        "own example: rules make canonical columns",
        "own example: the event store carries the plan out",
        "own example: planning twice gives the same",
        "own example: people survive a drift of the header",
        "own example: events survive a drift of the header",
        "own example: what was written is read back",
    ]
