"""Final sections as external performance data for 15Five: one row for each question, in one column."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Final

from appraise.adapters.contract import Verification
from appraise.adapters.section_tables import csv_table
from appraise.adapters.section_texts import receipt
from appraise.adapters.sinks import (
    FileAnswer,
    HostEntry,
    HostRefused,
    SinkDeclaration,
    SinkOptions,
    Writes,
    employee_address,
    number_text,
)
from appraise.domain.finished_sections import FinishedItem, FinishedSection, WrittenTotal

SCORE: Final = "Performance Designation Score"
WHOSE: Final = ("Employee Name", "Employee ID", "Employee Email", "Responder Name")
COLUMNS: Final = (*WHOSE, SCORE, "Question", "Answer")


class FifteenFiveSink:
    declaration: ClassVar[SinkDeclaration] = SinkDeclaration(
        name="15five",
        title="15Five: external performance data (CSV)",
        version="fields by the vendor's help pages, whose list was read in part; its staff maps the columns",
        verification=Verification.SECOND_HAND,
        writes=(Writes.TOTAL, Writes.ITEMS, Writes.COMMENTS, Writes.RECEIPT),
        employee="",
        scale="The declared one; without one 1 to 5, with two places.",
        limits=(
            "One file for each cycle, whose name and dates are typed in 15Five.",
            "A section without a total is rejected: the performance designation score is required.",
            "15Five's staff load the file, and nothing comes back: what became of it is noted by hand.",
        ),
        is_read_back=False,
    )

    def suffix(self, options: SinkOptions) -> str:
        del options
        return ".csv"

    def plan(self, section: FinishedSection, options: SinkOptions) -> HostEntry:
        employee = employee_address(section, options, self.declaration)
        total = WrittenTotal.of(section, options.scale)
        if total is None:
            raise HostRefused(f"{section.status}: 15Five takes nobody without a performance designation score")
        answers = {f"Customer service: {item.title}": _answer(item) for item in section.items}
        fields = {SCORE: number_text(total.value), **answers, "Customer service: receipt": receipt(section)}
        whose = (section.name, employee if options.employee else "", section.email or "", section.manager or "")
        key = dict(zip(WHOSE, whose, strict=True))
        return HostEntry(section.id, section.revision, f"rows of {employee}", fields, total, key)

    def content(self, entries: Sequence[HostEntry], options: SinkOptions) -> bytes:
        del options
        rows = [
            {**entry.key, SCORE: entry.fields[SCORE], "Question": question, "Answer": answer}
            for entry in entries
            for question, answer in entry.fields.items()
            if question != SCORE
        ]
        return csv_table(COLUMNS, rows)

    def answers(self, path: Path, options: SinkOptions) -> Iterator[FileAnswer]:
        del path, options
        return iter(())


def _answer(item: FinishedItem) -> str:
    if item.absence is not None:
        return f"{item.absence.kind.value}: {item.absence.reason}"
    said = "not rated" if item.rating is None else f"{item.rating} of 5"
    return said if item.comment is None else f"{said}. {' '.join(item.comment.split())}"


sink = FifteenFiveSink()
