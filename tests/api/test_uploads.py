"""Files that are sent for imports: packed, hostile, too many."""

import gzip
import io
import os
import zipfile
from typing import Any

import pytest
from tests.api.builder import AT
from tests.api.importing import (
    RATINGS,
    Importing,
)

from appraise.domain.jobs import KEPT_FOR
from appraise.use_cases import take_upload


@pytest.mark.parametrize(
    ("name", "pack"), [("ratings.csv.gz", gzip.compress), ("all.zip", None), ("ratings.csv", bytes)]
)
def test_packed_files_are_one_file(importing: Importing, name: str, pack: Any) -> None:
    if pack is None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("export/ratings.csv", RATINGS)
        content = buffer.getvalue()
    else:
        content = pack(RATINGS)
    told = importing.send("Hal Novak", content, name).json()

    assert (told["name"], told["bytes"]) == ("ratings.csv", len(RATINGS))


def zipped(*names: str, content: bytes = b"a", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name in names:
            archive.writestr(name, content)
    return buffer.getvalue()


def damaged(method: int) -> bytes:
    whole = zipped("a.csv", content=b"1,2\n" * 500, method=method)
    return whole[:40] + bytes(10) + whole[50:]


@pytest.mark.parametrize(
    ("content", "name", "status", "words"),
    [
        (b"a", "", 422, "no name of a file"),
        (b"a", "..", 422, "no name of a file"),
        (b"a", "a%00b.csv", 422, "no name of a file"),
        (b"a", "x" * 201, 422, "no name of a file"),
        (gzip.compress(RATINGS)[:-9], "a.csv.gz", 422, "cannot be unpacked"),
        (b"no gzip", "a.csv.gz", 422, "cannot be unpacked"),
        (b"no zip", "a.zip", 422, "cannot be unpacked"),
        (damaged(zipfile.ZIP_LZMA), "a.zip", 422, "cannot be unpacked"),
        (damaged(zipfile.ZIP_BZIP2), "a.zip", 422, "cannot be unpacked"),
        (zipped("ä.csv").replace("ä".encode(), b"\xff\xfe"), "a.zip", 422, "cannot be unpacked"),
        (zipped("a", "b"), "a.zip", 422, "holds 2 files"),
        (gzip.compress(bytes(3_000_000)), "bomb.csv.gz", 422, "unpacked it has more"),
        (zipped("bomb", content=bytes(3_000_000)), "bomb.zip", 422, "unpacked it has more"),
        (os.urandom(2_000_001), "large.csv", 422, "has more than 2,000,000 bytes"),
    ],
)
def test_hostile_uploads_are_refused_and_leave_nothing(
    importing: Importing, monkeypatch: pytest.MonkeyPatch, content: bytes, name: str, status: int, words: str
) -> None:
    from appraise.api import uploads

    monkeypatch.setattr(take_upload, "LARGEST", 2_000_000)
    monkeypatch.setattr(uploads, "LARGEST", 2_000_000)
    answer = importing.send("Hal Novak", content, name)

    assert (answer.status_code, words in answer.json()["errors"][0]["message"]) == (status, True), answer.text
    files = importing.company.deployment.files
    assert not files.exists() or list(files.iterdir()) == []


def test_a_name_from_elsewhere_stays_in_its_place(importing: Importing) -> None:
    told = importing.send("Hal Novak", RATINGS, "..%2F..%2Fetc%2Fratings.csv").json()
    assert told["name"] == "ratings.csv"
    inside = importing.send("Hal Novak", zipped("../../etc/cron.csv", content=RATINGS), "a.zip").json()
    assert inside["name"] == "cron.csv"
    assert importing.send("Hal Novak", RATINGS, content_encoding="gzip").status_code == 422


def test_uploads_are_bounded_and_cleared_away(importing: Importing) -> None:
    for _ in range(take_upload.MOST):
        assert importing.send("shop", RATINGS).status_code == 201
    assert importing.send("shop", RATINGS).status_code == 409
    importing.clock[0] = AT + KEPT_FOR
    importing.work()

    assert list(importing.company.deployment.files.iterdir()) == []
    assert importing.send("shop", RATINGS).status_code == 201


def test_a_full_disk_is_told(importing: Importing) -> None:
    importing.company.deployment.files.write_text("a file where the directory should be")

    assert importing.send("Hal Novak", RATINGS).status_code == 507
