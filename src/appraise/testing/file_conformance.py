"""The conformance suite for sinks whose host imports a file: what each declares is found in the file, and read back.

A plugin's test file calls it in three lines:

    from appraise.testing.file_conformance import file_suite
    from appraise_acme.sections import sink

    test_sink = file_suite(sink, FileTrial("69", {"template": "…"}), Path(__file__).with_name("golden.csv"))
"""

import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Final

from appraise.adapters.section_tables import csv_table
from appraise.adapters.sending import answered
from appraise.adapters.sinks import FileSink, HostEntry, HostRefused, SinkOptions, Writes
from appraise.domain.finished_sections import FinishedSection
from appraise.domain.host_scale import HostScale
from appraise.domain.write_back import WriteBackState, meant, queued, taken
from appraise.errors import InvalidInput
from appraise.printing.section import section_pdf
from appraise.testing.finished import absent_section, finished_section
from appraise.testing.requirements import refused, require

FORMULA: Final = '=HYPERLINK("https://example.com")'
AT: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANOTHER: Final = "12"
"""What somebody enters in the host by hand."""


@dataclass(frozen=True, slots=True)
class FileTrial:
    """How a sink is tried: `expected` is 3.75 of 1 to 5 in the host's words, on the declared scale where it has one.

    `settings` makes the sink's settings, in a directory where it may put what they name. `report` is the column of our
    id in the host's own report as CSV, where the host gives back another file than it was given.
    """

    expected: str
    settings: Callable[[Path], Mapping[str, str]] = field(default=lambda _: {})
    scale: HostScale | None = None
    employee: str | None = None
    report: str | None = None


class _Tried:
    """One sink with the suite's section, and what its file holds."""

    def __init__(self, sink: FileSink, trial: FileTrial, directory: Path) -> None:
        self.sink, self.trial, self.directory = sink, trial, directory
        namespace = trial.employee or sink.declaration.employee or "hr:id"
        self.section, self.absent = finished_section(namespace), absent_section(namespace)
        printed = lambda _: section_pdf(self.section, scale=trial.scale)  # noqa: E731
        settings = trial.settings(directory)
        self.options = SinkOptions(
            "file", settings=settings, scale=trial.scale, employee=trial.employee, printed=printed
        )

    def entry(self, section: FinishedSection | None = None) -> HostEntry:
        return self.sink.plan(section or self.section, self.options)

    def content(self, *entries: HostEntry) -> bytes:
        return self.sink.content(entries, self.options)

    @property
    def suffix(self) -> str:
        return self.sink.suffix(self.options)

    @cached_property
    def text(self) -> str:
        return text_of(self.content(self.entry()))

    @property
    def is_on_paper(self) -> bool:
        """Whether the archive holds the section's PDF itself; what that says is proven where it is printed."""
        content = self.content(self.entry())
        return section_pdf(self.section, scale=self.trial.scale) in members(content).values()


def members(content: bytes) -> dict[str, bytes]:
    if not zipfile.is_zipfile(BytesIO(content)):
        return {"": content}
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def text_of(content: bytes) -> str:
    return "\n".join(part.decode("utf-8", errors="replace") for part in members(content).values())


def _holds(tried: _Tried, *words: str) -> None:
    missing = [word for word in words if word not in tried.text]
    require(not missing or tried.is_on_paper, f"the file has no {', '.join(missing)}:\n{tried.text}")


def _total(tried: _Tried) -> None:
    entry, expected = tried.entry(), tried.trial.expected
    _holds(tried, expected)
    require(entry.total is not None, "nothing shows how the total is rounded before it is sent")
    require(expected in entry.fields.values(), f"3.75 of 1 to 5 is not {expected}: {dict(entry.fields)}")


def _items(tried: _Tried) -> None:
    _holds(tried, "NOT_OBSERVED")
    require("satisfaction" in tried.text.casefold() or tried.is_on_paper, f"there are no items:\n{tried.text}")


def _comments(tried: _Tried) -> None:
    if tried.is_on_paper:
        return
    require("Calm & quick" in tried.text or "Calm &amp; quick" in tried.text, f"there is no comment:\n{tried.text}")
    first, *others = tried.section.items
    spoken = replace(tried.section, items=(replace(first, comment=FORMULA), *others))
    text = text_of(tried.content(tried.entry(spoken)))
    for start in (",=", "\n=", ',"=', "<f>", 'Formula="=HYPERLINK'):
        require(start not in text, f"a comment is run as a formula:\n{text}")


def _receipt(tried: _Tried) -> None:
    _holds(tried, str(tried.section.id))


def _absence(tried: _Tried) -> None:
    """With its type where the sink writes a status, else refused; never as a number."""
    if Writes.STATUS not in tried.sink.declaration.writes:
        _is_refused(tried, tried.absent, "an absence is written where there is no place for its type")
        return
    entry, before = tried.entry(tried.absent), tried.entry()
    numbers = [name for name, value in before.fields.items() if value == tried.trial.expected]
    require(entry.total is None, "an absence has a total")
    for name in numbers:
        value = entry.fields.get(name)
        require(value is None or not value.strip("+-")[:1].isdecimal(), f"an absence is a number: {name} {value}")
    if not tried.is_on_paper:
        text = text_of(tried.content(entry))
        require("INSUFFICIENT_EVIDENCE" in text, f"the absence has no type:\n{text}")


def _twice(tried: _Tried) -> None:
    content = tried.content(tried.entry())
    require(content == tried.content(tried.entry()), "the same section gives another file the second time")
    if zipfile.is_zipfile(BytesIO(content)):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            years = {about.date_time[0] for about in archive.infolist()}
        require(years == {1980}, f"the archive holds the time at which it was made: {years}")


def _is_refused(tried: _Tried, section: FinishedSection, sentence: str) -> None:
    try:
        tried.entry(section)
    except HostRefused:
        return
    raise AssertionError(sentence)


def _unknown(tried: _Tried) -> None:
    nobody = replace(tried.section, references=(), email=None)
    _is_refused(tried, nobody, "an employee without an id in the host is written")


def _next_revision(tried: _Tried) -> None:
    second = tried.entry(replace(tried.section, revision=2, total=Decimal(5)))
    require(second.fields != tried.entry().fields, "another revision with another total says the same")


def _drift(tried: _Tried) -> None:
    """The host's own table confirms what was sent, and shows what somebody changed."""
    entry = tried.entry()
    changed = replace(
        entry,
        fields={name: ANOTHER if text == tried.trial.expected else text for name, text in entry.fields.items()},
    )
    for one, is_kept in ((entry, True), (changed, False)):
        report = tried.trial.report
        path = tried.directory / (f"answer{tried.suffix}" if report is None else "report.csv")
        row = {report or "": str(one.section), **one.fields}
        path.write_bytes(tried.content(one) if report is None else csv_table(list(row), [row]))
        answers = list(tried.sink.answers(path, tried.options))
        require([answer.section for answer in answers] == [entry.section], f"its own file is not read: {answers}")
        held = {name: answers[0].found.get(name) for name in entry.fields}
        require((held == dict(entry.fields)) is is_kept, f"the host holds {held}, sent was {dict(entry.fields)}")
    fruit = tried.directory / "fruit.csv"
    fruit.write_bytes(b"apples,pears\n1,2\n")
    refused("a table of fruit is taken for an answer", lambda: list(tried.sink.answers(fruit, tried.options)))


def _added(tried: _Tried) -> None:
    """An import that only adds has made it twice: that is seen in what the host gives back, and is no confirmation."""
    entry, report = tried.entry(), tried.trial.report
    path = tried.directory / (f"twice{tried.suffix}" if report is None else "twice.csv")
    row = {report or "": str(entry.section), **entry.fields}
    path.write_bytes(tried.content(entry, entry) if report is None else csv_table(list(row), [row, row]))
    sent = taken(meant(queued(entry.section, 1, "file", earlier=None, at=AT), entry.place, entry.fields), at=AT)
    line = answered(sent, list(tried.sink.answers(path, tried.options)), at=AT)
    require(line.state is WriteBackState.REJECTED, f"what is there twice is {line.state}")


CHECKS: Final[Mapping[str, Callable[[_Tried], None]]] = {
    Writes.TOTAL: _total,
    Writes.ITEMS: _items,
    Writes.COMMENTS: _comments,
    Writes.RECEIPT: _receipt,
    "absence": _absence,
    "written twice": _twice,
    "next revision": _next_revision,
    "drift": _drift,
    "added twice": _added,
    "unknown employee": _unknown,
}
"""Named as the checks of hosts that are called."""
READ_BACK: Final = frozenset({"drift", "added twice"})
"""Not asked of a sink whose host gives nothing back."""


def file_checks_of(sink: FileSink) -> list[str]:
    declared = sink.declaration
    names = [name for name in CHECKS if name not in set(Writes) or name in declared.writes]
    return [name for name in names if name not in READ_BACK or declared.is_read_back]


def proven_file(sink: FileSink, trial: FileTrial) -> dict[str, str | None]:
    """By check what went wrong, None where nothing did."""
    found = dict[str, str | None]()
    with tempfile.TemporaryDirectory() as directory:
        for name in file_checks_of(sink):
            try:
                CHECKS[name](_Tried(sink, trial, Path(directory)))
            except (AssertionError, HostRefused, InvalidInput) as failure:
                found[name] = str(failure)
            else:
                found[name] = None
    return found


def file_suite(sink: FileSink, trial: FileTrial, golden: Path | None = None) -> Callable[[Path], None]:
    """A test function that proves what the sink declares, and that its file is the golden one, letter by letter."""

    def test_sink(tmp_path: Path) -> None:
        failures = {name: problem for name, problem in proven_file(sink, trial).items() if problem is not None}
        require(not failures, "\n".join(f"{name}: {problem}" for name, problem in failures.items()))
        if golden is not None:
            tried = _Tried(sink, trial, tmp_path)
            entries = [tried.entry()]
            if Writes.STATUS in sink.declaration.writes:
                entries.append(tried.entry(tried.absent))
            text = text_of(tried.content(*entries))
            require(text == golden.read_bytes().decode(), f"{golden.name} is not the file that is written:\n{text}")

    return test_sink
