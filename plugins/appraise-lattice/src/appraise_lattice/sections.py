"""Final sections as historical reviews for Lattice: an archive with one PDF for each, named by e-mail address or id."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from appraise.adapters.contract import Verification
from appraise.adapters.section_papers import FILE, file_name, papers
from appraise.adapters.sinks import (
    FileAnswer,
    HostEntry,
    SinkDeclaration,
    SinkOptions,
    Writes,
    employee_address,
    number_text,
)
from appraise.domain.finished_sections import FinishedSection, WrittenTotal


class LatticeSink:
    declaration: ClassVar[SinkDeclaration] = SinkDeclaration(
        name="lattice",
        title="Lattice: historical reviews (PDFs in a zip archive)",
        version="names of the files by the vendor's help pages; never uploaded into an installation",
        verification=Verification.SECOND_HAND,
        writes=(Writes.TOTAL, Writes.ITEMS, Writes.COMMENTS, Writes.STATUS, Writes.RECEIPT),
        employee="",
        scale="As it is printed: 1 to 5, and the declared one beside it.",
        limits=(
            "A document beside the reviews: nothing in it counts in Lattice.",
            "Nothing comes back: what became of the file is noted by hand.",
        ),
        is_read_back=False,
    )

    def suffix(self, options: SinkOptions) -> str:
        del options
        return ".zip"

    def plan(self, section: FinishedSection, options: SinkOptions) -> HostEntry:
        name = f"{file_name(employee_address(section, options, self.declaration), section.cycle)}.pdf"
        total = WrittenTotal.of(section, options.scale)
        fields = {"total": None if total is None else number_text(total.value), "status": section.status}
        return HostEntry(section.id, section.revision, name, fields, total, {FILE: name})

    def content(self, entries: Sequence[HostEntry], options: SinkOptions) -> bytes:
        return papers(entries, options)

    def answers(self, path: Path, options: SinkOptions) -> Iterator[FileAnswer]:
        del path, options
        return iter(())


sink = LatticeSink()
