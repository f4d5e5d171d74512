"""Final sections as PDFs in one archive, for any host that takes documents, or for the files of HR."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Final

from appraise.adapters.contract import Verification
from appraise.adapters.section_papers import FILE, file_name, papers
from appraise.adapters.sinks import FileAnswer, HostEntry, SinkDeclaration, SinkOptions, number_text
from appraise.domain.finished_sections import FinishedSection, WrittenTotal
from appraise.errors import InvalidInput
from appraise_csv.sections import ALL, employee_of

NAME: Final = "{employee}_{cycle}"


class PdfSink:
    declaration: ClassVar[SinkDeclaration] = SinkDeclaration(
        name="pdf",
        title="Final sections on paper (PDFs in a zip archive)",
        version="tagged PDF/UA-1 and PDF/A-2a, as `appraise section pdf` prints them",
        verification=Verification.VERIFIED,
        writes=ALL,
        employee="",
        scale="As it is printed: 1 to 5, and the declared one beside it.",
        settings={
            "file_name": f"Name of each document, of {{employee}}, {{cycle}} and {{section}}; {NAME} where not given."
        },
        limits=("Nothing comes back: what became of the documents is noted by hand.",),
        is_read_back=False,
    )

    def suffix(self, options: SinkOptions) -> str:
        del options
        return ".zip"

    def plan(self, section: FinishedSection, options: SinkOptions) -> HostEntry:
        known = {"employee": employee_of(section, options), "cycle": section.cycle, "section": str(section.id)}
        name = f"{_named(options.settings.get('file_name', NAME), known)}.pdf"
        total = WrittenTotal.of(section, options.scale)
        fields = {"total": None if total is None else number_text(total.value), "status": section.status}
        return HostEntry(section.id, section.revision, name, fields, total, {FILE: name})

    def content(self, entries: Sequence[HostEntry], options: SinkOptions) -> bytes:
        return papers(entries, options)

    def answers(self, path: Path, options: SinkOptions) -> Iterator[FileAnswer]:
        del path, options
        return iter(())


def _named(pattern: str, known: Mapping[str, str]) -> str:
    name = pattern
    for key, value in known.items():
        name = name.replace(f"{{{key}}}", file_name(value))
    if "{" in name or file_name(name) != name:
        raise InvalidInput(
            f"the setting file_name is {pattern!r}",
            expected="letters, digits, - _ . @ +, and any of {employee}, {cycle}, {section}",
        )
    return name


pdf_sink = PdfSink()
