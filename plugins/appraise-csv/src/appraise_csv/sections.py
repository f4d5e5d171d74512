"""Finished sections as a table or as JSON lines, for any host that imports one; and the same file read back."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from appraise.adapters.contract import Verification
from appraise.adapters.section_tables import REASON, csv_table, table_answers
from appraise.adapters.sinks import (
    FileAnswer,
    HostEntry,
    HostRefused,
    SinkDeclaration,
    SinkOptions,
    Writes,
    employee_id,
    number_text,
)
from appraise.domain.finished_sections import FinishedItem, FinishedSection, WrittenTotal
from appraise.domain.host_scale import HostScale

WHOSE = ("section", "revision", "employee", "employee_name", "employee_email", "cycle")
ALL = (Writes.TOTAL, Writes.ITEMS, Writes.COMMENTS, Writes.STATUS, Writes.RECEIPT)
SETTINGS: Mapping[str, str] = {"names": "`no` leaves out names and e-mail addresses: the file then knows people by id."}


def plan(section: FinishedSection, options: SinkOptions) -> HostEntry:
    """Totals are on the declared scale where there is one, else as they are shown here, 1 to 5."""
    scale = options.scale or HostScale.of_ratings()
    total = WrittenTotal.of(section, options.scale)
    fields = {
        "total": number_text(None if total is None else total.value),
        "scale_lowest": number_text(scale.worst),
        "scale_highest": number_text(scale.best),
        "status": section.status,
        "status_reason": None if section.absence is None else section.absence.reason,
        "observed_weight": number_text(section.observed_weight),
        "reviewed": "no" if section.is_unreviewed else "yes",
        **{name: text for item in section.items for name, text in _item(item)},
        "finalised_at": section.finalised_at.isoformat(timespec="seconds"),
        "manifest_hash": section.manifest_hash,
    }
    whose = {
        "section": str(section.id),
        "revision": str(section.revision),
        "employee": employee_of(section, options),
        "employee_name": section.name,
        "employee_email": section.email or "",
        "cycle": section.cycle,
    }
    if options.settings.get("names") == "no":
        whose |= {"employee_name": "", "employee_email": ""}
    return HostEntry(section.id, section.revision, f"line of {whose['employee']}", fields, total, whose)


def employee_of(section: FinishedSection, options: SinkOptions) -> str:
    """By the namespace that is asked for; else by the only id that is neither a name nor an address."""
    if options.employee is not None:
        return employee_id(section, options, CsvSink.declaration)
    ids = [one.value for one in section.references if one.namespace not in {"email", "name"}]
    if len(ids) == 1:
        return ids[0]
    if section.email is None or options.settings.get("names") == "no":
        instead = "the file is to know people by id" if section.email else "no e-mail address"
        raise HostRefused(f"{section.name} has {len(ids)} ids, and {instead}; name a namespace as `employee`")
    return section.email


def _item(item: FinishedItem) -> Iterator[tuple[str, str | None]]:
    yield f"{item.indicator}_rating", number_text(item.rating)
    yield f"{item.indicator}_level", number_text(item.level)
    yield f"{item.indicator}_status", "SCORED" if item.absence is None else item.absence.kind.value
    yield f"{item.indicator}_comment", item.comment


def columns_of(entries: Sequence[HostEntry]) -> list[str]:
    fields = dict.fromkeys(name for entry in entries for name in entry.fields)
    return [*WHOSE, *fields, REASON]


class CsvSink:
    declaration: ClassVar[SinkDeclaration] = SinkDeclaration(
        name="csv",
        title="Table of final sections (CSV)",
        version="our own columns",
        verification=Verification.VERIFIED,
        writes=ALL,
        employee="",
        scale="The declared one; without one 1 to 5, with two places.",
        settings=SETTINGS,
        limits=("Confirmed only when the host's own export, or the file with its reasons, is read back.",),
    )

    def suffix(self, options: SinkOptions) -> str:
        del options
        return ".csv"

    def plan(self, section: FinishedSection, options: SinkOptions) -> HostEntry:
        return plan(section, options)

    def content(self, entries: Sequence[HostEntry], options: SinkOptions) -> bytes:
        del options
        return csv_table(columns_of(entries), ({**entry.fields, **entry.key} for entry in entries))

    def answers(self, path: Path, options: SinkOptions) -> Iterator[FileAnswer]:
        del options
        return table_answers(path, section="section", others=WHOSE, needed=(REASON,))


class JsonLinesSink:
    declaration: ClassVar[SinkDeclaration] = SinkDeclaration(
        name="jsonl",
        title="Final sections as JSON lines",
        version="our own names",
        verification=Verification.VERIFIED,
        writes=ALL,
        employee="",
        scale="The declared one; without one 1 to 5, with two places.",
        settings=SETTINGS,
        limits=("Confirmed only when the host's own export, or the file with its reasons, is read back.",),
    )

    def suffix(self, options: SinkOptions) -> str:
        del options
        return ".jsonl"

    def plan(self, section: FinishedSection, options: SinkOptions) -> HostEntry:
        return plan(section, options)

    def content(self, entries: Sequence[HostEntry], options: SinkOptions) -> bytes:
        del options
        columns = columns_of(entries)
        lines = []
        for entry in entries:
            values = {**entry.fields, **entry.key}
            lines.append(json.dumps({name: values.get(name) for name in columns}, ensure_ascii=False) + "\n")
        return "".join(lines).encode()

    def answers(self, path: Path, options: SinkOptions) -> Iterator[FileAnswer]:
        del options
        return table_answers(path, section="section", others=WHOSE, needed=(REASON,), is_csv=False)


csv_sink = CsvSink()
json_lines_sink = JsonLinesSink()
