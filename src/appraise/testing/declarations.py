"""Checks of what an adapter says of itself, and of what it refuses."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from appraise.adapters.contract import Adapter, EmployeeSource, EventSource, ImportOptions
from appraise.adapters.discovery import installed_adapters
from appraise.adapters.files import read_header
from appraise.domain.events import EventKind
from appraise.testing.requirements import refused, require

FOREIGN: Mapping[str, tuple[str, bytes]] = {
    "a table of fruit": ("fruit.csv", b"apples,pears\n1,2\n"),
    "a JSON document of fruit": ("fruit.json", b'{"fruit": [{"apples": 1, "pears": 2}]}'),
    "an empty file": ("empty.csv", b""),
    "a header without rows of another table": ("header.csv", b"apples\n"),
    "a picture": ("picture.csv", b"\x89PNG\r\n\x1a\n\x00\x00"),
    "text with NUL bytes": ("zeros.csv", b"apples,pears\n\x00,\x00\n"),
    "a quote that is never closed": ("quote.csv", b'apples,pears\n1,"2\n3,4\n'),
    "deeply nested JSON": ("deep.json", b"[" * 50_000),
}


def declaration_is_complete(adapter: Adapter, _: Path) -> None:
    declaration = adapter.declaration
    require(re.fullmatch(r"[a-z][a-z0-9_-]*", declaration.name), f"the name {declaration.name!r} is no plain word")
    for field in ("title", "format_version", "files", "reads"):
        require(getattr(declaration, field), f"the declaration has no {field}")
    for kind in declaration.reads:
        require(kind in {"people", *EventKind}, f"the declaration reads {kind!r}, which is no kind of record or event")
    reads_events = bool(set(declaration.reads) & set(EventKind))
    require(isinstance(adapter, EmployeeSource) or "people" not in declaration.reads, "it says that it reads people")
    require(isinstance(adapter, EventSource) or not reads_events, "it says that it reads events")
    for sentence in (*declaration.quirks, *declaration.unknowable):
        require(re.match(r"[A-Za-z].*[.!]$", sentence), f"not a sentence: {sentence!r}")
    require(
        installed_adapters().get(declaration.name) is adapter,
        f"no entry point appraise.adapters {declaration.name!r} leads to this adapter",
    )


def foreign_files_are_refused(adapter: Adapter, directory: Path) -> None:
    options = ImportOptions(source=adapter.declaration.name, time_zone="UTC")
    for name, (file, content) in FOREIGN.items():
        path = directory / file
        path.write_bytes(content)
        if isinstance(adapter, EmployeeSource):
            refused(f"{name} is taken for people", _reading(adapter, path, options))
        if isinstance(adapter, EventSource):
            refused(f"{name} is taken for events", _planning(adapter, path, options))


def _reading(adapter: EmployeeSource, path: Path, options: ImportOptions) -> Callable[[], object]:
    return lambda: adapter.read_people(path, options)


def _planning(adapter: EventSource, path: Path, options: ImportOptions) -> Callable[[], object]:
    return lambda: adapter.plan_events(read_header(path, adapter.shape(path, options)), path, options)
