"""SurveyMonkey's export of responses: questions in the first row, the options of their answers in the second."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from appraise.adapters.columns import find_column
from appraise.adapters.contract import (
    Declaration,
    EventPlan,
    EventStage,
    FileShape,
    ImportOptions,
    Verification,
)
from appraise.adapters.event_tables import EventTable, Found, TableSource, by_address, case_mix
from appraise.adapters.files import detect, read_header
from appraise.adapters.surveys import DECLARED, SETTINGS, about_nobody, rated, unrated
from appraise.domain.events import EventKind
from appraise.errors import InvalidInput, Place

_FORMATS = (
    *("%m/%d/%y %H:%M", "%m/%d/%y %H:%M:%S", "%m/%d/%y %I:%M:%S %p", "%m/%d/%Y %I:%M:%S %p"),
    *("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M:%S"),
)
_TIMES = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
_WHOLE_ANSWERS = ("response", "open-ended response")


def _responses(found: Found) -> list[EventStage]:
    rules = {
        "event_id": found.rule("id"),
        "occurred_at": found.time("ended_at", *_formats(found)),
        **rated(found),
        **case_mix(found),
    }
    skips = unrated(found)
    own = f"'respondent/' || {found.text('id')}"
    return by_address(EventKind.RATINGS, rules, found, "email", otherwise=own, skips=skips)


def _formats(found: Found) -> tuple[str, ...]:
    """A declared form of days alone, where there is one: 05/10/2018 has two readings."""
    return tuple(f"{found.date_format} {time}" for time in _TIMES) if found.date_format else _FORMATS


class SurveyMonkeyAdapter(TableSource):
    declaration: ClassVar[Declaration] = Declaration(
        name="surveymonkey",
        title="SurveyMonkey responses",
        format_version="responses, condensed columns (csv, xlsx), by recorded files of 2014 to 2018",
        verification=Verification.VERIFIED,
        files=("responses (csv, xlsx)",),
        reads=("ratings",),
        quirks=(
            "Two header rows: a question stands over the first of its columns only, options in the second row.",
            "A rating whose options are columns of their own is refused: export condensed columns.",
            "Files in Mac Roman are read where they can be told, or where encoding=mac-roman says so.",
            "Days are month first, with two or four digits for the year, unless --date-format says otherwise.",
            "The time zone must be declared.",
            "Somebody without an e-mail address counts as another customer in each response.",
            "Settings declare the rating, its scale and the employee: column.score, scale, column.employee.",
        ),
        unknowable=(
            "Whom a response is about, unless Custom Data or a question hold it and column.employee names them.",
            "Who was asked and did not answer.",
        ),
    )
    tables: ClassVar = (
        EventTable(
            title="SurveyMonkey export of responses",
            columns={
                "id": ("Respondent ID", "RespondentID"),
                "ended_at": ("End Date", "Start Date"),
                "email": ("Email Address",),
                **DECLARED,
            },
            required=("id", "ended_at", "score"),
            stages=_responses,
            settings=(*SETTINGS, "encoding"),
            local_times="the times in an export of responses have no offset",
            warnings=about_nobody,
        ),
    )

    def shape(self, path: Path, options: ImportOptions) -> FileShape:
        shape = detect(path, FileShape(encoding=options.settings.get("encoding")))
        return replace(shape, first_data_row=3) if shape.format in {"csv", "xlsx"} else shape

    def plan_events(self, columns: Sequence[str], path: Path, options: ImportOptions) -> EventPlan:
        plan = super().plan_events(columns, path, options)
        options_of = read_header(path, replace(plan.shape, header_row=2))
        score = find_column(columns, options.settings["column.score"])
        option = dict(zip(columns, options_of, strict=False)).get(score or "", "")
        if option.casefold().rpartition("_")[0] not in _WHOLE_ANSWERS and option.casefold() not in _WHOLE_ANSWERS:
            raise InvalidInput(
                f"the answers to {score!r} are spread over columns, one for each option, the first being {option!r}",
                place=Place(path.name, 2),
                expected="one column with the word Response under the question",
                hint="export condensed columns",
            )
        return plan


adapter = SurveyMonkeyAdapter()
