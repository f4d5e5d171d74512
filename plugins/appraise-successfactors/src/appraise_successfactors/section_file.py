"""Final sections as a table for SuccessFactors' Integration Center, where a custom section is filled from a file."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Final

from appraise.adapters.contract import Verification
from appraise.adapters.section_tables import csv_table, table_answers
from appraise.adapters.section_texts import fitting
from appraise.adapters.sinks import (
    FileAnswer,
    HostEntry,
    SinkDeclaration,
    SinkOptions,
    Writes,
    employee_id,
    number_text,
)
from appraise.domain.finished_sections import FinishedSection, WrittenTotal
from appraise.domain.host_scale import HostScale

WHOSE: Final = ("USERID", "CYCLE", "APPRAISE_SECTION", "APPRAISE_REVISION")
FIELDS: Final = ("APPRAISE_SCORE", "APPRAISE_STATUS", "APPRAISE_NOTE")
LONGEST: Final = 4_000


class IntegrationCenterSink:
    declaration: ClassVar[SinkDeclaration] = SinkDeclaration(
        name="successfactors-csv",
        title="SAP SuccessFactors: a table for Integration Center (CSV)",
        version="our own columns, to be mapped in an integration of the customer's; unverified that one can be",
        verification=Verification.UNVERIFIED,
        writes=(Writes.TOTAL, Writes.ITEMS, Writes.COMMENTS, Writes.STATUS, Writes.RECEIPT),
        employee="successfactors:userid",
        scale="The declared one, else 0 to 100.",
        limits=(
            "An integration that maps these columns to the form is the customer's; it writes in its owner's inbox.",
            "Where there is no total the score's cell is empty; what an empty cell does, that integration decides.",
            "Confirmed only when a report of these columns, or the file with its reasons, is read back.",
        ),
    )

    def suffix(self, options: SinkOptions) -> str:
        del options
        return ".csv"

    def plan(self, section: FinishedSection, options: SinkOptions) -> HostEntry:
        employee = employee_id(section, options, self.declaration)
        total = WrittenTotal.of(section, options.scale or HostScale.percent())
        values = (None if total is None else number_text(total.value), section.status, fitting(section, LONGEST))
        whose = (employee, section.cycle, str(section.id), str(section.revision))
        fields, key = dict(zip(FIELDS, values, strict=True)), dict(zip(WHOSE, whose, strict=True))
        return HostEntry(section.id, section.revision, f"line of {employee}", fields, total, key)

    def content(self, entries: Sequence[HostEntry], options: SinkOptions) -> bytes:
        del options
        return csv_table((*WHOSE, *FIELDS), ({**entry.key, **entry.fields} for entry in entries))

    def answers(self, path: Path, options: SinkOptions) -> Iterator[FileAnswer]:
        del options
        return table_answers(path, section="APPRAISE_SECTION", others=WHOSE, needed=FIELDS)


sink = IntegrationCenterSink()
