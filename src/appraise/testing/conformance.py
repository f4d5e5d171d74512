"""The conformance suite for adapters.

A plugin's test file calls it in three lines:

    from appraise.testing.conformance import conformance_suite
    from appraise_acme import adapter

    test_adapter = conformance_suite(adapter)

An adapter that is an `ExampleWriter` is tried on what it writes of a small company, and must read it back. Others, and
whoever has recorded files, pass `examples`.
"""

import socket
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from appraise.adapters.contract import (
    Adapter,
    EmployeeSource,
    EventSource,
    ExampleCompany,
    ExampleWriter,
    ImportOptions,
)
from appraise.errors import InvalidInput
from appraise.testing import event_conformance, people_conformance
from appraise.testing.declarations import declaration_is_complete, foreign_files_are_refused
from appraise.testing.requirements import require
from appraise.testing.tiny_company import tiny_company


@dataclass(frozen=True, slots=True)
class Example:
    """A file of people or events to try an adapter on: `content` under the name `file`, or lying at `path`.

    `golden` is the text that `people_text` or `events_text` makes of what is read; somebody has checked it by hand.
    `is_table` says whether the file's rows are its lines or worksheet rows, so that the suite can tell whether one was
    lost.
    """

    name: str
    options: ImportOptions
    of_people: bool
    content: str | bytes = b""
    file: str = "export.csv"
    path: Path | None = None
    golden: Path | None = None
    is_table: bool = True

    def written(self, directory: Path) -> Path:
        if self.path is not None:
            return self.path
        path = directory / self.file
        path.write_bytes(self.content.encode() if isinstance(self.content, str) else self.content)
        return path


Check = Callable[[Path], None]


def conformance_suite(
    adapter: Adapter, *, examples: Sequence[Example] = (), company: ExampleCompany | None = None
) -> Callable[..., None]:
    """A test function, parametrised over all checks that apply to the adapter."""
    checks = dict(conformance_checks(adapter, examples=examples, company=company))

    @pytest.mark.parametrize("check", checks.values(), ids=checks)
    def test_adapter(check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(socket, "socket", _no_network)
        check(tmp_path)

    return test_adapter


class _no_network(socket.socket):  # noqa: N801  # stands in for a function
    def __init__(self, *_: object, **__: object) -> None:
        pytest.fail("the adapter opens a network connection; adapters read files")


def conformance_checks(
    adapter: Adapter, *, examples: Sequence[Example] = (), company: ExampleCompany | None = None
) -> Iterator[tuple[str, Check]]:
    """Every check with its title, for whoever runs them by other means than pytest's parameters."""
    company = company or tiny_company()
    yield "the declaration is complete", partial(declaration_is_complete, adapter)
    yield "files of another format are refused", partial(foreign_files_are_refused, adapter)
    for example in examples:
        for title, check, of_people in _example_checks(adapter, example):
            if of_people is example.of_people:
                yield f"{example.name}: {title}", partial(_on_example, check, adapter, example)
    if isinstance(adapter, ExampleWriter):
        yield "own example: the same company makes the same bytes", partial(_same_bytes, adapter, company)
        for title, check, of_people in (*_file_checks(adapter), *_drift_checks(adapter)):
            yield f"own example: {title}", partial(_on_written, check, adapter, company, of_people=of_people)
        yield "own example: what was written is read back", partial(_round_trip, adapter, company)


FileCheck = Callable[[Any, Path, ImportOptions], None]


def golden_files(directory: Path, source: str, *, of_people: bool = True) -> tuple[Example, ...]:
    """An example of people, or of events, for each file that has `<name>.golden.txt` beside it.

    Options of its import stand in `<name>.options.toml`, under the names of `ImportOptions`.
    """
    found = []
    for golden in sorted(directory.glob("*.golden.txt")):
        path = golden.with_name(golden.name.removesuffix(".golden.txt"))
        extra = path.with_name(f"{path.name}.options.toml")
        options = tomllib.loads(extra.read_text(encoding="utf-8")) if extra.exists() else {}
        if "mapping" in options:
            options["mapping"] = directory / options["mapping"]
        is_table = path.suffix in {".csv", ".tsv", ".txt", ".xlsx", ".xls", ".jsonl"}
        found.append(
            Example(
                path.name,
                ImportOptions(source=source, **options),
                of_people=of_people,
                path=path,
                golden=golden,
                is_table=is_table,
            )
        )
    require(found, f"no file in {directory} has a golden result beside it")
    return tuple(found)


def _example_checks(adapter: Adapter, example: Example) -> Iterator[tuple[str, FileCheck, bool]]:
    for title, check, of_people in _file_checks(adapter):
        needed = example.golden is None or check is not event_conformance.the_event_store_carries_it_out
        if needed and (example.is_table or check is not people_conformance.no_row_is_lost):
            yield title, check, of_people
    if example.golden is not None and not example.of_people:
        for title, held in (
            ("what is read is the golden result", event_conformance.is_golden),
            ("events survive a drift of the header", event_conformance.survives_drift_of_a_copy),
        ):
            yield title, partial(held, golden=example.golden), False
    elif example.golden is not None:
        yield "what is read is the golden result", partial(people_conformance.is_golden, golden=example.golden), True
        if example.is_table:
            yield "people survive a drift of the header", people_conformance.survives_drift_of_a_copy, True


def _file_checks(adapter: Adapter) -> Iterator[tuple[str, FileCheck, bool]]:
    """Title, check, and whether it is one of people."""
    if isinstance(adapter, EmployeeSource):
        yield from ((title, check, True) for title, check in people_conformance.CHECKS)
    if isinstance(adapter, EventSource):
        yield from ((title, check, False) for title, check in event_conformance.CHECKS)


def _drift_checks(adapter: Adapter) -> Iterator[tuple[str, FileCheck, bool]]:
    if isinstance(adapter, EmployeeSource):
        yield "people survive a drift of the header", people_conformance.survives_drift, True
    if isinstance(adapter, EventSource):
        yield "events survive a drift of the header", event_conformance.survives_drift, False


def _is_of_people(adapter: Adapter, path: Path, options: ImportOptions) -> bool:
    """What a file holds, by asking: an adapter that reads both must refuse the one as the other."""
    if not isinstance(adapter, EventSource) or not isinstance(adapter, EmployeeSource):
        return isinstance(adapter, EmployeeSource)
    try:
        adapter.read_people(path, options)
    except InvalidInput:
        return False
    return True


def _on_example(check: FileCheck, adapter: Adapter, example: Example, directory: Path) -> None:
    check(adapter, example.written(directory), example.options)


def _on_written(
    check: FileCheck, adapter: ExampleWriter, company: ExampleCompany, directory: Path, *, of_people: bool
) -> None:
    for written in adapter.write_example(company, directory):
        if _is_of_people(adapter, written.path, written.options) is of_people:
            check(adapter, written.path, written.options)


def _same_bytes(adapter: ExampleWriter, company: ExampleCompany, directory: Path) -> None:
    contents = []
    for name in ("first", "second"):
        (directory / name).mkdir()
        list(adapter.write_example(company, directory / name))
        contents.append({path.name: path.read_bytes() for path in sorted((directory / name).iterdir())})
    require(contents[0] == contents[1], "two writings of one company differ")


def _round_trip(adapter: Any, company: ExampleCompany, directory: Path) -> None:
    written = list(adapter.write_example(company, directory))
    require(written, "no example was written")
    for example in written:
        require(example.adapter == adapter.declaration.name, f"{example.path.name} is for {example.adapter!r}")
        if _is_of_people(adapter, example.path, example.options):
            people_conformance.reads_back(adapter, example, company)
        else:
            event_conformance.reads_back(adapter, example, company)
