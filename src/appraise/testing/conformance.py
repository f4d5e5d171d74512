"""The conformance suite for adapters.

A plugin's test file calls it in three lines:

    from appraise.testing.conformance import conformance_suite
    from appraise_acme import adapter

    test_adapter = conformance_suite(adapter)

An adapter that is an `ExampleWriter` is tried on what it writes of a small company, and must read it back. Others, and
whoever has recorded files, pass `examples`.
"""

import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from appraise.adapters.contract import (
    Adapter,
    EmployeeSource,
    EventSource,
    ExampleCompany,
    ExampleWriter,
    ImportOptions,
)
from appraise.testing import event_conformance, people_conformance
from appraise.testing.declarations import declaration_is_complete, foreign_files_are_refused
from appraise.testing.tiny_company import tiny_company


@dataclass(frozen=True, slots=True)
class Example:
    """A file to try an adapter on: written as `content` under the name `file`, or lying at `path`."""

    name: str
    options: ImportOptions
    content: str | bytes = b""
    file: str = "export.csv"
    path: Path | None = None

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
    checks = dict(_checks(adapter, examples, company or tiny_company()))

    @pytest.mark.parametrize("check", checks.values(), ids=checks)
    def test_adapter(check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(socket, "socket", _no_network)
        check(tmp_path)

    return test_adapter


class _no_network(socket.socket):  # noqa: N801  # stands in for a function
    def __init__(self, *_: object, **__: object) -> None:
        pytest.fail("the adapter opens a network connection; adapters read files")


def _checks(
    adapter: Adapter, examples: Sequence[Example], company: ExampleCompany
) -> Iterator[tuple[str, Check]]:
    yield "the declaration is complete", partial(declaration_is_complete, adapter)
    yield "files of another format are refused", partial(foreign_files_are_refused, adapter, examples)
    for example in examples:
        for title, check in _file_checks(adapter):
            yield f"{example.name}: {title}", partial(_on_example, check, adapter, example)
    if isinstance(adapter, ExampleWriter):
        yield "the same company makes the same bytes", partial(_same_bytes, adapter, company)
        for title, check in (*_file_checks(adapter), ("header drift is survived", _survives_drift)):
            yield f"own example: {title}", partial(_on_written, check, adapter, company)
        yield "own example: what was written is read back", partial(_round_trip, adapter, company)


FileCheck = Callable[[Adapter, Path, ImportOptions], None]


def _file_checks(adapter: Adapter) -> Iterator[tuple[str, FileCheck]]:
    if isinstance(adapter, EmployeeSource):
        yield from people_conformance.CHECKS
    if isinstance(adapter, EventSource):
        yield from event_conformance.CHECKS


def _on_example(check: FileCheck, adapter: Adapter, example: Example, directory: Path) -> None:
    check(adapter, example.written(directory), example.options)


def _on_written(check: FileCheck, adapter: ExampleWriter, company: ExampleCompany, directory: Path) -> None:
    for written in adapter.write_example(company, directory):
        check(adapter, written.path, written.options)


def _same_bytes(adapter: ExampleWriter, company: ExampleCompany, directory: Path) -> None:
    contents = []
    for name in ("first", "second"):
        (directory / name).mkdir()
        list(adapter.write_example(company, directory / name))
        contents.append({path.name: path.read_bytes() for path in sorted((directory / name).iterdir())})
    assert contents[0] == contents[1]  # noqa: S101  # a test


def _survives_drift(adapter: Adapter, path: Path, options: ImportOptions) -> None:
    if isinstance(adapter, EmployeeSource) and not isinstance(adapter, EventSource):
        people_conformance.survives_drift(adapter, path, options)
    elif isinstance(adapter, EventSource):
        event_conformance.survives_drift(adapter, path, options)


def _round_trip(adapter: ExampleWriter, company: ExampleCompany, directory: Path) -> None:
    written = list(adapter.write_example(company, directory))
    assert {example.adapter for example in written} == {adapter.declaration.name}  # noqa: S101  # a test
    for example in written:
        if isinstance(adapter, EventSource):
            event_conformance.reads_back(adapter, example, company)
        elif isinstance(adapter, EmployeeSource):
            people_conformance.reads_back(adapter, example, company)
