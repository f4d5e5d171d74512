"""Qualtrics' export of responses: one row of names, one of questions, one of JSON; or the older two."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from appraise.adapters.contract import (
    Declaration,
    EventPlan,
    EventStage,
    FileShape,
    ImportOptions,
    Parse,
    Skip,
    Verification,
)
from appraise.adapters.event_tables import EventTable, Found, TableSource, by_address, case_mix, texts
from appraise.adapters.files import read_header
from appraise.adapters.surveys import DECLARED, SETTINGS, about_nobody, rated, unrated
from appraise.domain.events import EventKind
from appraise.errors import InvalidInput, Place

_IMPORT_ID = '{"importid"'
_ZONE = re.compile(r'"timeZone"\s*:\s*"([^"]+)"', re.IGNORECASE)
_NUMBERED = re.compile(r"V\d+", re.IGNORECASE)
_GENUINE = (
    "0",
    "ip address",
    "4",
    "imported",
    "16",
    "offline",
    "32",
    "ex",
    "48",
    "ex offline",
    "132",
    "reimported imported",
)
_TESTS = ("1", "2", "9", "17", "survey preview", "survey test", "survey preview spam", "offline survey preview")
_SPAM = ("8", "12", "40", "spam", "imported spam", "ex spam")


def _responses(found: Found) -> list[EventStage]:
    status = found.word("status")
    rules = {
        "event_id": found.rule("id"),
        "occurred_at": found.time("ended_at"),
        **rated(found),
        **case_mix(found),
    }
    skips = (
        Skip(f"{status} IN ({texts(_TESTS)})", "a preview or a test"),
        Skip(f"{status} IN ({texts(_SPAM)})", "spam, by Qualtrics' own judgement"),
        Skip(f"{status} NOT IN ({texts(_GENUINE)})", "a status that is not known to be a respondent's own answer"),
        Skip(f"{found.word('finished')} IN ('0', 'false')", "not finished"),
        *unrated(found),
    )
    own = f"'response/' || {found.text('id')}"
    unknown = by_address(EventKind.RATINGS, rules, found, "email", otherwise=own, skips=skips)
    if "customer" not in found:
        return unknown
    named = f"{found.text('customer')} <> ''"
    link = {"link_key": found.rule("email", Parse.LINK)} if "email" in found else {}
    known = EventStage(
        EventKind.RATINGS, {**rules, **link, "customer_key": found.rule("customer")}, only=named, skips=skips
    )
    others = [replace(stage, only=f"NOT ({named}) AND ({stage.only or 'true'})") for stage in unknown]
    return [known, *others]


class QualtricsAdapter(TableSource):
    declaration: ClassVar[Declaration] = Declaration(
        name="qualtrics",
        title="Qualtrics responses",
        format_version="responses (csv) with three header rows, and the legacy form with two, by recorded files",
        verification=Verification.VERIFIED,
        files=("responses (csv)", "legacy responses (csv)"),
        reads=("ratings",),
        quirks=(
            "Three header rows: names, questions in the survey's language, and JSON with the time zone.",
            "The legacy form has two, and names V1, V2 … whose meaning stands in the second.",
            "A file without a time zone in its header needs a declared one.",
            "Only the statuses of respondents' own answers count (0, 4, 16, 32, 48, 132, or their names).",
            "Previews, tests, spam, unfinished responses and those without a rating are left out with the reason.",
            "The customer is the external reference, else the hashed address, else somebody else for each response.",
            "Settings declare the rating, its scale and the employee: column.score, scale, column.employee.",
        ),
        unknowable=(
            "Whom a response is about, unless embedded data hold it and column.employee or column.case names them.",
            "Who was asked and did not answer.",
            "The codes of statuses other than 0 and 1 are second-hand, by the value labels of its SPSS exports.",
        ),
    )
    tables: ClassVar = (
        EventTable(
            title="Qualtrics export of responses",
            columns={
                "id": ("ResponseId",),
                "ended_at": ("RecordedDate", "EndDate"),
                "status": ("Status",),
                "finished": ("Finished",),
                "email": ("RecipientEmail", "EmailAddress"),
                "customer": ("ExternalReference", "ExternalDataReference"),
                **DECLARED,
            },
            required=("id", "ended_at", "status", "finished", "score"),
            stages=_responses,
            settings=SETTINGS,
            local_times="the header of this export does not name the zone of its times",
            warnings=about_nobody,
        ),
    )

    def shape(self, path: Path, options: ImportOptions) -> FileShape:
        shape = super().shape(path, options)
        if shape.format not in {"csv", "xlsx"}:
            raise _foreign(path)
        if any(cell.lower().startswith(_IMPORT_ID) for cell in _row(path, shape, 3)):
            return replace(shape, first_data_row=4)
        names, questions = _row(path, shape, 1), _row(path, shape, 2)
        if "responseid" not in {question.lower() for question in questions}:
            raise _foreign(path)
        columns = tuple(
            question if _NUMBERED.fullmatch(name) else name for name, question in zip(names, questions, strict=False)
        )
        return replace(shape, header_row=0, first_data_row=3, columns=columns)

    def plan_events(self, columns: Sequence[str], path: Path, options: ImportOptions) -> EventPlan:
        shape = self.shape(path, options)
        zones = {zone for cell in _row(path, shape, 3) for zone in _ZONE.findall(cell)} if shape.header_row else set()
        if len(zones) == 1:
            options = replace(options, time_zone=zones.pop())
        return super().plan_events(columns, path, options)


def _row(path: Path, shape: FileShape, number: int) -> tuple[str, ...]:
    return read_header(path, replace(shape, header_row=number, columns=()))


def _foreign(path: Path) -> InvalidInput:
    return InvalidInput(
        "the file is no Qualtrics export of responses",
        place=Place(path.name, 3),
        expected='a third row of cells such as {"ImportId":"startDate"}, or a second one with ResponseID',
        hint="export the responses again with all header rows",
    )


adapter = QualtricsAdapter()
