"""What is no export, or means harm, is refused with a reason within a second; what only looks odd is read."""

import errno
import gzip
import os
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import duckdb
import pytest

from appraise.adapters import archives
from appraise.adapters.contract import ImportOptions
from appraise.bootstrap import initialise
from appraise.domain.events import EventKind
from appraise.domain.progress import silent
from appraise.errors import InvalidInput
from appraise.events.report import ImportReport
from appraise.settings import Settings
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.import_events import import_events

HEADER = "event_id,occurred_at,customer_key,region\n"
ROW = "1,2024-05-01T10:00:00Z,anna,EU\n"


@dataclass(frozen=True, slots=True)
class Inbox:
    deployment: Deployment
    directory: Path

    @property
    def rejected(self) -> Path:
        return self.directory / "rejected.csv"

    def take(self, content: bytes, *, dry_run: bool = True, zone: str | None = None) -> ImportReport:
        path = self.directory / "contacts.csv"
        path.write_bytes(content)
        return import_events(
            self.deployment,
            "csv",
            path,
            ImportOptions("csv", time_zone=zone, settings={"kind": "contacts"}),
            at=datetime(2026, 1, 1, tzinfo=UTC),
            dry_run=dry_run,
            error_policy="reject-rows",
            rejected_to=self.rejected,
            progress=silent,
        )


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Inbox:
    directory = tmp_path_factory.mktemp("hostile")
    return Inbox(initialise(Settings(data=directory / "data")), directory)


def packed(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for member, content in members:
            archive.writestr(member, content)
    return stream.getvalue()


def damaged(method: int) -> bytes:
    """Its packed bytes begin after 30 of the header and the name; the first of LZMA's and bzip2's say how they go on."""
    whole = packed(("a.csv", b"1,2\n" * 500), method=method)
    return whole[:40] + bytes(10) + whole[50:]


def misnamed() -> bytes:
    """Its name says that it is UTF-8, and is not."""
    return packed(("ä.csv", b"x")).replace("ä".encode(), b"\xff\xfe")


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]><lolz>&b;</lolz>'
HOSTILE: tuple[tuple[str, Callable[[], bytes], str], ...] = (
    ("a program", lambda: b"\x7fELF" + bytes(200), "a program"),
    ("NUL bytes", (HEADER + "1,2024\0,x,y\n").encode, "NUL byte at offset"),
    ("laughs", lambda: LAUGHS, "'xml' cannot be read row by row"),
    (
        "wide",
        (",".join(f"c{i}" for i in range(100_000)) + "\n" + "x," * 99_999 + "x\n").encode,
        "no plain event file of contacts",
    ),
    ("one line", lambda: b"x" * (20 << 20), "a line has 16,777,216 characters or more"),
    ("gzip bomb", lambda: gzip.compress(bytes(80 << 20)), "unpacks to more than 64 MiB"),
    ("cut gzip", lambda: gzip.compress(HEADER.encode() * 500)[:-9], "cannot be unpacked"),
    ("damaged LZMA", lambda: damaged(zipfile.ZIP_LZMA), "cannot be unpacked"),
    ("damaged bzip2", lambda: damaged(zipfile.ZIP_BZIP2), "cannot be unpacked: Invalid data stream"),
    ("misnamed", misnamed, "cannot be unpacked"),
    ("two in a zip", lambda: packed(("a.csv", b"x"), ("b.csv", b"y")), "holds 2 files: a.csv, b.csv"),
)


@pytest.mark.parametrize(("content", "found"), [one[1:] for one in HOSTILE], ids=[one[0] for one in HOSTILE])
def test_what_is_no_export_is_refused_soon_and_with_a_reason(
    inbox: Inbox, content: Callable[[], bytes], found: str
) -> None:
    made, began = content(), time.process_time()

    with pytest.raises(InvalidInput, match=found):
        inbox.take(made)

    assert time.process_time() - began < 3.0  # a second where nothing else runs


def test_no_archive_unpacks_without_end(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST", 1 << 20)

    with pytest.raises(InvalidInput, match=r"more than 1 MiB\n") as refused:
        inbox.take(gzip.compress(os.urandom(2 << 20)))
    assert "in parts" in str(refused.value)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_no_fault_of_the_archive(number: int) -> None:
    told = archives.refusal(OSError(number, os.strerror(number)), Path("a.csv.gz"), "/scratch/appraise-unpacked-1")

    assert "no room to unpack" in told.found
    assert told.expected is not None
    assert "/scratch" in told.expected
    assert "appraise-unpacked" not in told.expected
    assert "export it again" not in str(told)


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress((HEADER + ROW).encode()),
        packed(("export/contacts.csv", (HEADER + ROW).encode())),
        ("\ufeff" + HEADER + ROW).encode(),
        (HEADER + ROW).encode("utf-16"),
        (HEADER + ROW).replace("anna", "Jürgen").encode("cp1252"),
        (HEADER + ROW).replace(",", ";").encode(),
        (HEADER + ROW).replace("\n", "\r\n").encode(),
    ],
    ids=["gzip", "zip", "mark", "UTF-16", "Windows-1252", "semicolons", "CR LF"],
)
def test_exports_are_read_however_they_are_packed_and_written(inbox: Inbox, content: bytes) -> None:
    assert inbox.take(content).accepted == 1


def test_odd_names_times_and_formulas_are_kept_or_rejected_and_never_run(inbox: Inbox) -> None:
    rows = (
        "1,2024-05-01 10:00:00,أحمد 😀,EU",
        "2,9999-12-31 00:00:00,far,EU",
        "3,2024-03-31 02:30:00,gap,EU",  # this hour was left out in Berlin
        '4,"=HYPERLINK(""http://x"")",formula,EU',
    )

    report = inbox.take((HEADER + "\n".join(rows) + "\n").encode(), dry_run=False, zone="Europe/Berlin")

    query = inbox.deployment.events.snapshot().query(EventKind.CONTACTS)
    found = duckdb.sql(f"SELECT customer_key, epoch(occurred_at)::BIGINT FROM ({query}) ORDER BY event_id").fetchall()
    assert found == [("أحمد 😀", 1714550400), ("gap", 1711848600)]  # 08:00Z; 01:30Z, which Berlin called 03:30
    assert report.rejected_by_reason == {"in the future": 1, "not a time in the expected form": 1}
    assert "'=HYPERLINK" in inbox.rejected.read_text()
