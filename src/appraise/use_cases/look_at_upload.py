"""What a file that was sent holds, and which adapters can read it; nothing is imported."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from appraise.adapters.code_pages import SETTING, UnknownCodePage, as_declared
from appraise.adapters.contract import Adapter, EmployeeSource, EventSource, FileShape, ImportOptions, MixedSource
from appraise.adapters.discovery import installed_adapters
from appraise.adapters.files import detect, read_header, read_rows
from appraise.domain.access import Principal, may_import
from appraise.domain.identifiers import UploadId
from appraise.domain.imports import Upload
from appraise.errors import Forbidden, InvalidInput, NotFound
from appraise.storage import uploads
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.files import existing

LARGEST_WHOLE: Final = 4 << 20
"""Bytes; of larger tables only the beginning is looked at, and larger documents not at all."""
BEGINNING: Final = 256 << 10
SHOWN_ROWS: Final = 5
LONGEST_VALUE: Final = 80


@dataclass(frozen=True, slots=True)
class Column:
    """`values` are those of the first rows, shortened."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """An adapter that can read the file, and how many of its columns it reads; it may have to be told the time zone."""

    adapter: str
    recognised: int
    needs_time_zone: bool = False


@dataclass(frozen=True, slots=True)
class LookedAt:
    """`fits` begins with the adapter that knows the most columns; `mapping` is a first mapping for any other table.

    Both are empty for what cannot be looked at by its beginning alone. `readings` are what a word of it would be, with
    the encodings of each, where the encoding has to be declared before anything can be looked at.
    """

    upload: Upload
    columns: tuple[Column, ...] = ()
    fits: tuple[Fit, ...] = ()
    mapping: str | None = None
    readings: Mapping[str, Sequence[str]] | None = None


def look_at_upload(
    deployment: Deployment, principal: Principal, key: UploadId, *, encoding: str | None, at: datetime
) -> LookedAt:
    """`encoding` is the declared one of a text.

    Raises `Forbidden`, `NotFound` for what somebody else sent, `InvalidInput` for what no import could read.
    """
    if not may_import(principal):
        raise Forbidden(f"{principal.name} may not import")
    with deployment.database.reading() as session:
        upload = uploads.get(session, key)
    if upload is None or upload.expires_at <= at or upload.owner != principal.key:
        raise NotFound("there is no such upload, or its time is over", hint="send the file again")
    try:
        with _beginning(existing(deployment, upload.file), upload, encoding) as path:
            return LookedAt(upload) if path is None else _looked_at(path, upload, encoding)
    except UnknownCodePage as unknown:
        return LookedAt(upload, readings=unknown.readings)


def _looked_at(file: Path, upload: Upload, encoding: str | None) -> LookedAt:
    declared = ImportOptions("", settings={} if encoding is None else {SETTING: encoding})
    with as_declared(file, declared) as (path, _):
        adapters = installed_adapters()
        special = {name: adapter for name, adapter in adapters.items() if not isinstance(adapter, MixedSource)}
        found = [_fit(name, adapter, path) for name, adapter in special.items()]
        fits = sorted((fit for fit in found if fit is not None), key=lambda fit: (-fit.recognised, fit.adapter))
        general = next((one for one in adapters.values() if isinstance(one, MixedSource)), None)
        return LookedAt(upload, _columns(path), tuple(fits), None if general is None else _suggested(general, path))


@contextmanager
def _beginning(file: Path, upload: Upload, encoding: str | None) -> Iterator[Path | None]:
    """The file, or its first whole lines, under its sender's name; None where it is large and has no lines."""
    end = _end_of_line(encoding)
    with tempfile.TemporaryDirectory(prefix="appraise-") as directory:
        path = Path(directory) / upload.name
        if upload.bytes <= LARGEST_WHOLE and Path(upload.name).suffix.casefold() not in {".csv", ".tsv", ".txt"}:
            path.symlink_to(file)
        else:
            with file.open("rb") as stream:
                start = stream.read(BEGINNING)
            whole = start if len(start) == upload.bytes else start[: start.rfind(end) + len(end)]
            path.write_bytes(whole)
            shape = FileShape(encoding=encoding)
            if not whole or (len(whole) < upload.bytes and detect(path, shape).format not in {"csv", "jsonl"}):
                yield None
                return
        yield path


def _end_of_line(encoding: str | None) -> bytes:
    with suppress(LookupError):  # reading the text says so
        return "\n".encode(encoding or "utf-8")
    return b"\n"


def _columns(path: Path) -> tuple[Column, ...]:
    shape = detect(path, FileShape())
    if shape.format not in {"csv", "xlsx", "json", "jsonl"}:
        return ()
    rows = [row for _, row in islice(read_rows(path, shape, on_reject=lambda _: None), SHOWN_ROWS)]
    return tuple(
        Column(name, tuple(row.get(name, "").strip()[:LONGEST_VALUE] for row in rows))
        for name in read_header(path, shape)
    )


def _fit(name: str, adapter: Adapter, path: Path) -> Fit | None:
    if isinstance(adapter, EventSource):
        known = _events_columns(adapter, path, ImportOptions(name))
        if known is not None:
            return Fit(name, known)
        known = _events_columns(adapter, path, ImportOptions(name, time_zone="UTC"))
        return None if known is None else Fit(name, known, needs_time_zone=True)
    if isinstance(adapter, EmployeeSource):
        with suppress(InvalidInput):
            read = adapter.read_people(path, ImportOptions(name))
            columns = read_header(path, detect(path, FileShape()))
            return Fit(name, len(columns) - len(read.unmapped_columns)) if read.records else None
    return None


def _events_columns(adapter: EventSource, path: Path, options: ImportOptions) -> int | None:
    """None where it cannot read the file so."""
    try:
        shape = adapter.shape(path, options)
        plan = adapter.plan_events(read_header(path, shape), path, options)
    except InvalidInput:
        return None
    return len({rule.column for stage in plan.stages for rule in stage.rules.values() if rule.column})


def _suggested(adapter: MixedSource, path: Path) -> str | None:
    try:
        return adapter.suggest_mapping(path)
    except InvalidInput:
        return None
