"""Final sections as a review cycle for Small Improvements: one row for each question that the manager answered."""

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
    number_text,
)
from appraise.domain.finished_sections import FinishedItem, FinishedSection, WrittenTotal

COLUMNS: Final = (
    "REVIEWEE_EMAIL",
    "REVIEWER_EMAIL",
    "COMPLETED",
    "REVIEWER_QUESTION",
    "REVIEWER_ANSWER",
    "REVIEWER_ANSWER_COMMENT",
)
TOTAL: Final = "Customer service: total"
COMMENT: Final = " (comment)"


class SmallImprovementsSink:
    declaration: ClassVar[SinkDeclaration] = SinkDeclaration(
        name="small-improvements",
        title="Small Improvements: a review cycle (CSV for POST /api/v2/review-cycle/import)",
        version="names of columns by a third party's description of the interface; never imported into an installation",
        verification=Verification.UNVERIFIED,
        writes=(Writes.TOTAL, Writes.ITEMS, Writes.COMMENTS, Writes.STATUS, Writes.RECEIPT),
        employee="",
        scale="The declared one; without one 1 to 5, with two places.",
        limits=(
            "Give the file's header as columnMapping, and yyyy-MM-dd as dateFormat.",
            "People are known by e-mail address; a section whose employee or manager has none is rejected.",
            "The import makes a cycle, so that the same file imported twice makes two.",
            "Nothing comes back: what became of the file is noted by hand.",
        ),
        is_read_back=False,
    )

    def suffix(self, options: SinkOptions) -> str:
        del options
        return ".csv"

    def plan(self, section: FinishedSection, options: SinkOptions) -> HostEntry:
        addresses = {"REVIEWEE_EMAIL": section.email, "REVIEWER_EMAIL": section.manager_email}
        known = {name: address for name, address in addresses.items() if address is not None}
        if len(known) < len(addresses):
            raise HostRefused(f"{section.name} or their manager has no e-mail address, by which reviews are imported")
        total = WrittenTotal.of(section, options.scale)
        reason = None if section.absence is None else section.absence.reason
        fields = {
            TOTAL: section.status if total is None else number_text(total.value),
            TOTAL + COMMENT: "; ".join(filter(None, [reason, receipt(section)])),
        }
        for item in section.items:
            title = f"Customer service: {item.title}"
            fields[title], fields[title + COMMENT] = _answer(item)
        key = {**known, "COMPLETED": section.finalised_at.date().isoformat()}
        return HostEntry(section.id, section.revision, f"review of {known['REVIEWEE_EMAIL']}", fields, total, key)

    def content(self, entries: Sequence[HostEntry], options: SinkOptions) -> bytes:
        del options
        rows = [
            {
                **entry.key,
                "REVIEWER_QUESTION": question,
                "REVIEWER_ANSWER": answer,
                "REVIEWER_ANSWER_COMMENT": entry.fields[question + COMMENT],
            }
            for entry in entries
            for question, answer in entry.fields.items()
            if not question.endswith(COMMENT)
        ]
        return csv_table(COLUMNS, rows)

    def answers(self, path: Path, options: SinkOptions) -> Iterator[FileAnswer]:
        del path, options
        return iter(())


def _answer(item: FinishedItem) -> tuple[str | None, str | None]:
    if item.absence is not None:
        return item.absence.kind.value, item.absence.reason
    return number_text(item.rating), item.comment


sink = SmallImprovementsSink()
